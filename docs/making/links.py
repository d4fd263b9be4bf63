"""Every link inside a site that was made: to a file that is there, and to a place in it that is there."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself, and what a reader may follow.
_LOADED = {"img": "src", "script": "src", "link": "href", "iframe": "src"}


class _Page(HTMLParser):
    """What a page loads, what it links, and the places in it that can be linked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: set[str] = set()
        self.linked: set[str] = set()
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if place := found.get("id"):
            self.places.add(place)
        if tag == "a" and (target := found.get("href")):
            self.linked.add(target)
        if tag in _LOADED and (target := found.get(_LOADED[tag])):
            self.loaded.add(target)


def broken_links(site: Path) -> list[str]:
    """What leads nowhere, and what a browser would load from the network, as `page.html: target`; empty when all is well."""
    pages = {file.resolve(): _Page(file.read_text(encoding="utf-8")) for file in site.rglob("*.html")}
    return sorted(
        f"{file.relative_to(site.resolve())}: {target}"
        for file, page in pages.items()
        for target in page.loaded | page.linked
        if (_is_elsewhere(target) if target in page.loaded else False) or not _leads_somewhere(file, target, pages)
    )


def _is_elsewhere(target: str) -> bool:
    return bool(urlsplit(target).netloc)


def _leads_somewhere(file: Path, target: str, pages: dict[Path, _Page]) -> bool:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return True
    wanted = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    if not wanted.exists():
        return False
    return not parts.fragment or wanted not in pages or unquote(parts.fragment) in pages[wanted].places
