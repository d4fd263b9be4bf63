"""The HTML report: valid, reachable for everyone, self-contained, and deaf to whatever a profile says."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrdguide.report.blocks import Page, Paragraph, Part, Section, line
from mrdguide.report.formats.html import to_html
from mrdguide.report.legible import legible

from .html_checks import (
    attributes,
    check_headings,
    check_inert,
    check_references,
    check_tables,
    check_valid,
    elements,
    parsed,
    shown,
)
from .pages import HOSTILE, hostile_page, one_of_each, plain_page

_PAGES = {
    "plain": plain_page(),
    "hostile": hostile_page(),
    "bare": Page("Bare", "", (), (), ()),
    **{f"each-{number}": one_of_each(text) for number, text in enumerate(HOSTILE)},
}

every_page = pytest.mark.parametrize("page", _PAGES.values(), ids=_PAGES.keys())


@every_page
def test_the_file_is_valid_html(page: Page) -> None:
    check_valid(to_html(page))


@every_page
def test_headings_descend_without_a_gap_from_one_title(page: Page) -> None:
    check_headings(to_html(page))


def test_a_section_in_a_section_is_one_heading_lower_and_no_heading_is_lower_than_six() -> None:
    inner = Section("deepest", (Paragraph(line("text")),))
    for depth in range(8, 0, -1):
        inner = Section(f"depth {depth}", (inner,))
    found = re.findall(r"<h(\d) id=\"depth-(\d)\"", to_html(Page("Deep", "", (inner,), (), ())))
    assert found == [(str(min(depth + 1, 6)), str(depth)) for depth in range(1, 9)]


@every_page
def test_ids_are_unique_and_every_reference_has_its_target(page: Page) -> None:
    check_references(to_html(page))


@every_page
def test_nothing_runs_and_nothing_is_loaded(page: Page) -> None:
    check_inert(to_html(page))


def test_a_policy_forbids_what_the_file_does_not_use() -> None:
    policies = [
        attributes(node)["content"]
        for node in elements(parsed(to_html(plain_page())))
        if attributes(node).get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_the_frame_of_the_file() -> None:
    root = parsed(to_html(plain_page()))
    names = Counter(node.name for node in elements(root) if node.namespace == "html")
    assert all(names[name] == 1 for name in ("html", "title", "main", "header", "footer", "nav"))
    html = next(node for node in elements(root) if node.name == "html")
    assert attributes(html)["lang"] == "en"
    assert 'name="viewport"' in to_html(plain_page())
    skip = next(node for node in elements(root) if node.name == "a")
    main = next(node for node in elements(root) if node.name == "main")
    assert attributes(skip)["href"] == f"#{attributes(main)['id']}"


@every_page
def test_every_table_says_what_it_is_and_what_its_cells_mean(page: Page) -> None:
    check_tables(to_html(page))


def test_every_drawing_has_a_name_of_its_own_and_words() -> None:
    root = parsed(to_html(plain_page()))
    by_id = {attributes(node)["id"]: node for node in elements(root) if "id" in attributes(node)}
    drawings = [node for node in elements(root) if node.name == "svg"]
    assert len(drawings) == 2
    for drawing in drawings:
        assert attributes(drawing)["role"] == "img"
        named = [by_id[name] for name in attributes(drawing)["aria-labelledby"].split()]
        assert [node.name for node in named] == ["title", "desc"]
        assert all(node in elements(drawing) for node in named)
    for figure in (node for node in elements(root) if node.name == "figure"):
        assert "Three negative MRD results" in shown(by_id[attributes(figure)["aria-describedby"]])
        assert [node.name for node in elements(figure)][-1] == "figcaption"


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
    root = parsed(to_html(plain_page()))
    contents = next(node for node in elements(root) if node.name == "nav")
    assert [shown(node) for node in elements(contents) if node.name == "a"] == ["Every measurement", "Why", "Limits"]
    targets = [attributes(node)["href"][1:] for node in elements(contents) if node.name == "a"]
    assert targets == ["every-measurement", "why", "limits"]


def test_hostile_text_is_shown_as_text() -> None:
    for text in HOSTILE:
        paragraph = next(
            node for node in elements(parsed(to_html(one_of_each(text)))) if node.name == "p" and not node.attrs
        )
        assert shown(paragraph) == legible(text)


def test_no_character_turns_or_breaks_what_stands_after_it() -> None:
    html = to_html(one_of_each("a\u202eb\x00c\x1bd\ud800e\ufffff"))
    assert "a�b�c�d�e�f" in html
    html.encode("utf-8")


def test_the_running_foot_cannot_leave_its_string() -> None:
    html = to_html(replace(plain_page(), subtitle='a"; } </style><script>alert(1)</script>é'))
    running = re.search(r'@bottom-left \{ content: "([^"]*)"', html)
    assert running
    assert re.fullmatch(r"(?:[A-Za-z0-9]|\\[0-9a-f]{6})*", running[1])
    assert running[1].startswith(r"a\000022\00003b\000020")
    assert running[1].endswith(r"\0000e9")


def test_the_same_page_gives_the_same_text() -> None:
    assert to_html(plain_page()) == to_html(plain_page())


@given(st.text(max_size=40))
@settings(derandomize=True, deadline=None, database=None, max_examples=100)
def test_law_any_text_is_only_text(text: str) -> None:
    page = Page(text, text, (Paragraph(line(text)),), (Section(text, ()),), (text,))
    root = parsed(to_html(page))
    harmless = parsed(to_html(Page("x", "x", (Paragraph(line("x")),), (Section("x", ()),), ("x",))))
    expected = [node.name for node in elements(harmless)]
    if not text:
        expected.remove("p")  # an empty subtitle is left out
    assert [node.name for node in elements(root)] == expected
    assert shown(next(node for node in elements(root) if node.name == "p" and not node.attrs)) == legible(text)


def test_a_link_leads_where_it_says() -> None:
    page = Page("x", "", (Paragraph(line(Part("the days <ahead>", "link", 'token/"calendar.ics'))),), (), ())
    [link] = [node for node in elements(parsed(to_html(page))) if attributes(node).get("href", "#")[0] != "#"]
    assert (link.name, attributes(link)["href"], shown(link)) == ("a", 'token/"calendar.ics', "the days <ahead>")
