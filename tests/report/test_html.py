"""The HTML report: valid, reachable for everyone, self-contained, and deaf to whatever a profile says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from justhtml import JustHTML, Node

from mrdguide.report.blocks import Page, Paragraph, Section, legible, line
from mrdguide.report.html import to_html

from .pages import HOSTILE, hostile_page, one_of_each, plain_page

_VOID = {"meta", "br", "hr", "img", "link", "input"}
_PAGES = {
    "plain": plain_page(),
    "hostile": hostile_page(),
    "bare": Page("Bare", "", (), (), ()),
    **{f"each-{number}": one_of_each(text) for number, text in enumerate(HOSTILE)},
}

every_page = pytest.mark.parametrize("page", _PAGES.values(), ids=_PAGES.keys())


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


def _parsed(html: str) -> Node:
    return JustHTML(html, strict=True, sanitize=False).root


def _elements(root: Node) -> list[Node]:
    return [node for node in _walked(root) if not node.name.startswith(("#", "!"))]


def _walked(node: Node) -> Iterator[Node]:
    for child in node.children or ():
        if isinstance(child, Node):
            yield child
            yield from _walked(child)


def _attributes(node: Node) -> dict[str, str]:
    return {name: value or "" for name, value in (node.attrs or {}).items()}


def _shown(node: Node) -> str:
    return node.to_text(separator="", strip=False)


@every_page
def test_the_file_is_valid_html(page: Page) -> None:
    html = to_html(page)
    _parsed(html)
    balance = _Balance()
    balance.feed(html)
    assert not balance.open
    assert not balance.repeated


@every_page
def test_headings_descend_without_a_gap_from_one_title(page: Page) -> None:
    levels = [int(node.name[1]) for node in _elements(_parsed(to_html(page))) if re.fullmatch("h[1-6]", node.name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_a_section_in_a_section_is_one_heading_lower_and_no_heading_is_lower_than_six() -> None:
    inner = Section("deepest", (Paragraph(line("text")),))
    for depth in range(8, 0, -1):
        inner = Section(f"depth {depth}", (inner,))
    found = re.findall(r"<h(\d) id=\"depth-(\d)\"", to_html(Page("Deep", "", (inner,), (), ())))
    assert found == [(str(min(depth + 1, 6)), str(depth)) for depth in range(1, 9)]


@every_page
def test_ids_are_unique_and_every_reference_has_its_target(page: Page) -> None:
    elements = _elements(_parsed(to_html(page)))
    ids = Counter(_attributes(node)["id"] for node in elements if "id" in _attributes(node))
    assert [name for name, count in ids.items() if count > 1] == []
    referred = set()
    for node in elements:
        attributes = _attributes(node)
        for name in ("aria-labelledby", "aria-describedby", "headers"):
            referred |= set(attributes.get(name, "").split())
        for name in ("href", "xlink:href"):
            if attributes.get(name, "").startswith("#"):
                referred.add(attributes[name][1:])
        referred |= {match for value in attributes.values() for match in re.findall(r"url\(#([^)]+)\)", value)}
    assert referred
    assert referred <= set(ids)


@every_page
def test_nothing_runs_and_nothing_is_loaded(page: Page) -> None:
    elements = _elements(_parsed(to_html(page)))
    assert {node.name for node in elements}.isdisjoint(
        {"script", "img", "iframe", "object", "embed", "link", "base", "b"}
    )
    for node in elements:
        for name, value in _attributes(node).items():
            assert not name.startswith("on")
            assert name not in {"src", "srcset", "style", "action", "formaction"}
            if name in {"href", "xlink:href"}:
                assert value.startswith("#")
    styles = [_shown(node) or node.to_html() for node in elements if node.name == "style"]
    assert len(styles) == 1
    assert "url(" not in styles[0]
    assert "@import" not in styles[0]


def test_a_policy_forbids_what_the_file_does_not_use() -> None:
    policies = [
        _attributes(node)["content"]
        for node in _elements(_parsed(to_html(plain_page())))
        if _attributes(node).get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_the_frame_of_the_file() -> None:
    root = _parsed(to_html(plain_page()))
    names = Counter(node.name for node in _elements(root) if node.namespace == "html")
    assert all(names[name] == 1 for name in ("html", "title", "main", "header", "footer", "nav"))
    html = next(node for node in _elements(root) if node.name == "html")
    assert _attributes(html)["lang"] == "en"
    assert 'name="viewport"' in to_html(plain_page())
    skip = next(node for node in _elements(root) if node.name == "a")
    main = next(node for node in _elements(root) if node.name == "main")
    assert _attributes(skip)["href"] == f"#{_attributes(main)['id']}"


@every_page
def test_every_table_says_what_it_is_and_what_its_cells_mean(page: Page) -> None:
    for table in (node for node in _elements(_parsed(to_html(page))) if node.name == "table"):
        inside = _elements(table)
        assert [node.name for node in inside].count("caption") == 1
        rows = [node for node in inside if node.name == "tr"]
        assert {_attributes(cell).get("scope") for cell in _elements(rows[0]) if cell.name == "th"} == {"col"}
        for row in rows[1:]:
            cells = [node for node in _elements(row) if node.name in {"th", "td"}]
            assert [cell.name for cell in cells] == ["th"] + ["td"] * (len(cells) - 1)
            assert _attributes(cells[0])["scope"] == "row"
            assert len(cells) == len([cell for cell in _elements(rows[0]) if cell.name == "th"])


def test_every_drawing_has_a_name_of_its_own_and_words() -> None:
    root = _parsed(to_html(plain_page()))
    by_id = {_attributes(node)["id"]: node for node in _elements(root) if "id" in _attributes(node)}
    drawings = [node for node in _elements(root) if node.name == "svg"]
    assert len(drawings) == 2
    for drawing in drawings:
        assert _attributes(drawing)["role"] == "img"
        named = [by_id[name] for name in _attributes(drawing)["aria-labelledby"].split()]
        assert [node.name for node in named] == ["title", "desc"]
        assert all(node in _elements(drawing) for node in named)
    for figure in (node for node in _elements(root) if node.name == "figure"):
        assert "Three negative MRD results" in _shown(by_id[_attributes(figure)["aria-describedby"]])
        assert [node.name for node in _elements(figure)][-1] == "figcaption"


def test_a_verdict_is_sign_words_and_shape() -> None:
    html = to_html(plain_page())
    for style, sign, spoken, words in (
        ("met", "+", "met: ", "MRD negative at 10⁻⁵ for 26 months"),
        ("not_met", "\N{MINUS SIGN}", "not met: ", "36 months of maintenance"),
        ("unknown", "?", "unknown: ", "Imaging negative within 12 months"),
    ):
        shown = (
            f'<span class="verdict {style}"><span class="sign" aria-hidden="true">{sign}</span>\N{NO-BREAK SPACE}'
            f'<span class="hidden">{spoken}</span><span class="words">{words}</span></span>'
        )
        assert shown in html
    assert '</span>\N{NO-BREAK SPACE}<span class="words">not met</span>' in html, "the word is not said twice"


def test_the_contents_lead_to_the_details_in_their_order() -> None:
    root = _parsed(to_html(plain_page()))
    contents = next(node for node in _elements(root) if node.name == "nav")
    assert [_shown(node) for node in _elements(contents) if node.name == "a"] == ["Every measurement", "Why", "Limits"]
    targets = [_attributes(node)["href"][1:] for node in _elements(contents) if node.name == "a"]
    assert targets == ["every-measurement", "why", "limits"]


def test_hostile_text_is_shown_as_text() -> None:
    for text in HOSTILE:
        paragraph = next(
            node for node in _elements(_parsed(to_html(one_of_each(text)))) if node.name == "p" and not node.attrs
        )
        assert _shown(paragraph) == legible(text)


def test_no_character_turns_or_breaks_what_stands_after_it() -> None:
    html = to_html(one_of_each("a\u202eb\x00c\x1bd\ud800e\ufffff"))
    assert "a�b�c�d�e�f" in html
    html.encode("utf-8")


def test_the_running_foot_cannot_leave_its_string() -> None:
    html = to_html(replace(plain_page(), subtitle='a"; } </style><script>alert(1)</script>é'))
    running = re.search(r'@bottom-left \{ content: "([^"]*)"', html)
    assert running
    assert re.fullmatch(r"(?:[A-Za-z0-9 ]|\\[0-9a-f]{6})*", running[1])
    assert running[1].startswith(r"a\000022\00003b ")
    assert running[1].endswith(r"\0000e9")


def test_the_same_page_gives_the_same_text() -> None:
    assert to_html(plain_page()) == to_html(plain_page())


@given(st.text(max_size=40))
@settings(derandomize=True, deadline=None, database=None, max_examples=100)
def test_law_any_text_is_only_text(text: str) -> None:
    page = Page(text, text, (Paragraph(line(text)),), (Section(text, ()),), (text,))
    root = _parsed(to_html(page))
    harmless = _parsed(to_html(Page("x", "x", (Paragraph(line("x")),), (Section("x", ()),), ("x",))))
    expected = [node.name for node in _elements(harmless)]
    if not text:
        expected.remove("p")  # an empty subtitle is left out
    assert [node.name for node in _elements(root)] == expected
    assert _shown(next(node for node in _elements(root) if node.name == "p" and not node.attrs)) == legible(text)
