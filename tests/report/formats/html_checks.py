"""What every HTML page must be: valid, in order, without dead references, inert, with tables that say what they mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise

from justhtml import JustHTML, Node

_VOID = {"meta", "br", "hr", "img", "link", "input"}


class _Balance(HTMLParser):
    """Start and end tags as they stand in the source: HTML parsers repair what does not match, this one does not."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.repeated: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.repeated += [name for name in names if names.count(name) > 1]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def parsed(html: str) -> Node:
    return JustHTML(html, strict=True, sanitize=False).root


def elements(root: Node) -> list[Node]:
    return [node for node in _walked(root) if not node.name.startswith(("#", "!"))]


def _walked(node: Node) -> Iterator[Node]:
    for child in node.children or ():
        if isinstance(child, Node):
            yield child
            yield from _walked(child)


def attributes(node: Node) -> dict[str, str]:
    return {name: value or "" for name, value in (node.attrs or {}).items()}


def shown(node: Node) -> str:
    return node.to_text(separator="", strip=False)


def check_valid(html: str) -> None:
    """Balanced tags, no repeated attribute, no parse error."""
    parsed(html)
    balance = _Balance()
    balance.feed(html)
    assert not balance.open
    assert not balance.repeated


def check_headings(html: str) -> None:
    """One title, and no heading more than one level below the one before."""
    levels = [int(node.name[1]) for node in elements(parsed(html)) if re.fullmatch("h[1-6]", node.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def check_references(html: str) -> None:
    """Ids are unique and every reference has its target."""
    found = elements(parsed(html))
    ids = Counter(attributes(node)["id"] for node in found if "id" in attributes(node))
    assert [name for name, count in ids.items() if count > 1] == []
    referred = set()
    for node in found:
        given = attributes(node)
        for name in ("aria-labelledby", "aria-describedby", "headers"):
            referred |= set(given.get(name, "").split())
        for name in ("href", "xlink:href"):
            if given.get(name, "").startswith("#"):
                referred.add(given[name][1:])
        referred |= {match for value in given.values() for match in re.findall(r"url\(#([^)]+)\)", value)}
    assert referred
    assert referred <= set(ids)


def check_inert(html: str) -> None:
    """Nothing runs and nothing is loaded."""
    found = elements(parsed(html))
    assert {node.name for node in found}.isdisjoint({"script", "img", "iframe", "object", "embed", "link", "base", "b"})
    for node in found:
        for name, value in attributes(node).items():
            assert not name.startswith("on")
            assert name not in {"src", "srcset", "style", "action", "formaction"}
            if name in {"href", "xlink:href"}:
                assert value.startswith("#")
    styles = [shown(node) or node.to_html() for node in found if node.name == "style"]
    assert len(styles) == 1
    assert "url(" not in styles[0]
    assert "@import" not in styles[0]


def check_tables(html: str) -> None:
    """Every table has its caption, and every row and column its header."""
    for table in (node for node in elements(parsed(html)) if node.name == "table"):
        inside = elements(table)
        assert [node.name for node in inside].count("caption") == 1
        rows = [node for node in inside if node.name == "tr"]
        assert {attributes(cell).get("scope") for cell in elements(rows[0]) if cell.name == "th"} == {"col"}
        for row in rows[1:]:
            cells = [node for node in elements(row) if node.name in {"th", "td"}]
            # Room to write in heads no row.
            first = "th" if shown(cells[0]).strip() else "td"
            assert [cell.name for cell in cells] == [first] + ["td"] * (len(cells) - 1)
            assert attributes(cells[0]).get("scope") == ("row" if first == "th" else None)
            assert len(cells) == len([cell for cell in elements(rows[0]) if cell.name == "th"])


def check_drawings(html: str) -> None:
    """Every drawing is named and described in itself, and its figure described in words."""
    root = parsed(html)
    by_id = {attributes(node)["id"]: node for node in elements(root) if "id" in attributes(node)}
    for figure in (node for node in elements(root) if node.name == "figure"):
        assert shown(by_id[attributes(figure)["aria-describedby"]]).strip()
        [drawing] = [node for node in elements(figure) if node.name == "svg"]
        assert attributes(drawing)["role"] == "img"
        named = [by_id[name] for name in attributes(drawing)["aria-labelledby"].split()]
        assert [node.name for node in named] == ["title", "desc"]
        assert all(shown(node).strip() for node in named)


def check(html: str) -> None:
    """All of it."""
    for one in (check_valid, check_headings, check_references, check_inert, check_tables, check_drawings):
        one(html)
