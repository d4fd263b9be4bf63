"""Pages written by hand, with links that fit the site: what is not in it is named, and no longer a link."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# Pages at the top of the project, by their path in the site.
_OF_THE_PROJECT = {
    "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md", "SECURITY.md": "security/reporting.md",
}  # fmt: skip
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
_ELSEWHERE = re.compile(r"[a-z]+:|#")
_FENCE = re.compile(r"(^```.*?^```|`[^`\n]+`)", re.MULTILINE | re.DOTALL)


def handwritten_pages() -> Mapping[str, str]:
    """Every page written by hand, by its path in the site."""
    found = {file: str(file.relative_to(DOCS)) for file in sorted(DOCS.rglob("*.md")) if _in_the_site(file)}
    found |= {ROOT / name: place for name, place in _OF_THE_PROJECT.items()}
    return {place: _fitted(file, place) for file, place in found.items()}


def _in_the_site(file: Path) -> bool:
    return file.relative_to(DOCS).parts[0] not in ("making", "paper")


def _fitted(file: Path, place: str) -> str:
    """The page with its links as they are in the site. Code is left as it is."""
    pieces = _FENCE.split(file.read_text(encoding="utf-8"))
    return "".join(
        piece if number % 2 else _LINK.sub(lambda found: _link(found, file, place), piece)
        for number, piece in enumerate(pieces)
    )


def _link(found: re.Match[str], file: Path, place: str) -> str:
    text, target = found.groups()
    if _ELSEWHERE.match(target):
        return found[0]
    name, _, anchor = target.partition("#")
    wanted = (file.parent / name).resolve()
    inside = _place(wanted)
    if inside is None:
        return text if text.startswith("`") else f"`{text}`"
    relative = os.path.relpath(inside, Path(place).parent)
    return f"[{text}]({relative}{'#' if anchor else ''}{anchor})"


def _place(file: Path) -> str | None:
    """Where a file of the project is in the site; None when it is not in it."""
    if file.parent == ROOT:
        return _OF_THE_PROJECT.get(file.name)
    if file.is_relative_to(DOCS) and file.suffix == ".md":
        return str(file.relative_to(DOCS))
    return None
