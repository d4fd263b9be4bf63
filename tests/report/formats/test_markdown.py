"""The Markdown report: the page's own structure, and nothing that a profile's texts bring along."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from mrdguide.report.blocks import Item, Items, Page, Paragraph, Part, Section, Table, line
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.legible import legible

from .pages import HOSTILE, hostile_page, one_of_each, plain_page

# An empty text leaves its paragraph out.
_SOLID = tuple(text for text in HOSTILE if text.strip())
_JOINER = "\N{WORD JOINER}"
_FORBIDDEN = {
    "html_block", "html_inline", "link_open", "image", "fence", "code_block", "s_open", "softbreak", "hardbreak",
}  # fmt: skip


def _tokens(markdown: str) -> list[Token]:
    """GitHub's dialect: CommonMark with HTML let through, tables and struck-out text."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown)


def _every(tokens: list[Token]) -> list[Token]:
    return [inner for token in tokens for inner in (token, *(token.children or ()))]


def _shape(markdown: str) -> list[str]:
    """The blocks that the text makes, without what stands in them."""
    return [f"{token.type} {token.tag} {token.level}" for token in _tokens(markdown) if token.type != "inline"]


def _texts(markdown: str) -> list[str]:
    """What a reader sees of every inline block."""
    return [
        "".join(child.content for child in token.children or ())
        for token in _tokens(markdown)
        if token.type == "inline"
    ]


def _collapsed(text: str) -> str:
    return re.sub(r"\s+", " ", legible(text)).strip()


def test_the_page_keeps_its_structure() -> None:
    tokens = _tokens(to_markdown(plain_page()))
    headings = [(token.tag, inline.content) for token, inline in pairwise(tokens) if token.type == "heading_open"]
    assert headings == [
        ("h1", "MRD-guided cessation of maintenance"),
        ("h2", "Why"),
        ("h2", "What is missing, and where each result leads"),
        ("h2", "Course"),
        ("h2", "Studies"),
        ("h2", "Cautions"),
        ("h2", "Every measurement"),
        ("h3", "How it was read"),
        ("h4", "Units"),
        ("h2", "Why"),
        ("h2", "Limits"),
    ]
    kinds = [token.type for token in tokens]
    assert kinds.count("table_open") == 2
    assert kinds.count("blockquote_open") == 4
    assert kinds.count("hr") == 2
    assert kinds.count("ordered_list_open") == 1


def test_verdicts_have_their_sign_and_styles_their_marks() -> None:
    markdown = to_markdown(plain_page())
    assert "- \\+ MRD negative at 10⁻⁵ for 26 months *W-03*\n  - 2024-01-10" in markdown
    assert "- \N{MINUS SIGN} 36 months of maintenance *W-07*" in markdown
    assert "| FREEDMM | ? unknown | lenalidomide with daratumumab | PET/CT; MRD at 10⁻⁶ |" in markdown
    assert "Still possible: **continue maintenance**, stop under surveillance." in markdown
    assert "As read from `profile.yaml`, oldest first." in markdown


def test_a_picture_is_its_words() -> None:
    markdown = to_markdown(plain_page())
    assert "**Figure:** MRD and therapy over time\n\nThree negative MRD results in 26 months" in markdown
    assert "<svg" not in markdown


def test_two_lists_in_a_row_stay_two() -> None:
    for ordered in (False, True):
        lists = (Items((Item(line("a")),), ordered), Items((Item(line("b")),), ordered))
        kinds = [token.type for token in _tokens(to_markdown(Page("x", "", lists, (), ())))]
        assert kinds.count("ordered_list_open" if ordered else "bullet_list_open") == 2


def test_entries_below_the_tenth_of_a_ranking_stay_below_it() -> None:
    ranking = Items(tuple(Item(line(str(n)), (Item(line("below")),)) for n in range(12)), ordered=True)
    shape = _shape(to_markdown(Page("x", "", (ranking,), (), ())))
    assert shape.count("bullet_list_open ul 2") == 12


@pytest.mark.parametrize("text", _SOLID, ids=range(len(_SOLID)))
def test_hostile_text_adds_nothing_to_the_structure(text: str) -> None:
    markdown = to_markdown(one_of_each(text))
    assert _shape(markdown) == _shape(to_markdown(one_of_each("harmless")))
    assert {token.type for token in _every(_tokens(markdown))}.isdisjoint(_FORBIDDEN)


def test_a_hostile_page_has_no_html_link_or_image() -> None:
    markdown = to_markdown(hostile_page())
    assert {token.type for token in _every(_tokens(markdown))}.isdisjoint(_FORBIDDEN)
    harmless = to_markdown(plain_page())
    cells = [token.type for token in _tokens(markdown)].count("td_open")
    assert cells == [token.type for token in _tokens(harmless)].count("td_open")


@pytest.mark.parametrize("text", _SOLID, ids=range(len(_SOLID)))
def test_hostile_text_is_shown_letter_by_letter(text: str) -> None:
    markdown = to_markdown(Page("x", "", (Paragraph(line(text)),), (), ()))
    assert _texts(markdown)[1].replace(_JOINER, "") == _collapsed(text)


def test_github_makes_no_link_by_itself() -> None:
    markdown = to_markdown(
        Page("x", "", (Paragraph(line("http://a.example www.b.example WWW.c.example d@e.example")),), (), ())
    )
    assert not re.search(r"https?://|www\.|@[a-z]", markdown, re.IGNORECASE)


def test_ordinary_prose_stays_as_it_is() -> None:
    for prose in (
        "VRd (n = 474), hazard ratio 0.61 (95% CI 0.45-0.83; p < 0.001) - see Perrot et al. 2025!",
        "MRD_NEG at 10⁻⁵, del(17p) #3, R&D, PET/CT >= 12 months",
        "2025-01-14: negative.",
    ):
        assert prose in to_markdown(Page("x", "", (Paragraph(line(prose)),), (), ()))


_styles = st.sampled_from(["plain", "strong", "quiet", "code", "met", "not_met", "unknown"])
_acting = st.text(alphabet="\\`*_{}[]<>()#+-.!|~&;:@/$=1aé \n\t\x00\u202e", max_size=12)
_signs = {"met": "+ ", "not_met": "\N{MINUS SIGN} ", "unknown": "? "}


@given(st.lists(st.builds(Part, st.one_of(_acting, st.text(max_size=12)), _styles), min_size=1, max_size=4))
@settings(derandomize=True, deadline=None, database=None, max_examples=300)
def test_law_any_line_is_shown_letter_by_letter_and_builds_nothing(parts: list[Part]) -> None:
    words = (Part("a"), *parts, Part("z"))
    page = Page("x", "", (Paragraph(tuple(parts)), Paragraph(words), Table("t", ("h", "h"), ((words, words),))), (), ())
    markdown = to_markdown(page)
    assert {token.type for token in _every(_tokens(markdown))}.isdisjoint(_FORBIDDEN)
    whole = "".join(f"{_signs.get(part.style, '')}{part.text}" for part in words)
    texts = [re.sub(r"\s+", "", text).replace(_JOINER, "") for text in _texts(markdown)]
    expected = re.sub(r"\s+", "", legible(whole)).replace(_JOINER, "")
    assert texts[-2:] == [expected, expected], "both cells of the row"
    assert expected in texts[:-2], "the paragraph"
    assert len([token for token in _tokens(markdown) if token.type == "td_open"]) == 2
    first = re.sub(r"\s+", "", legible("".join(f"{_signs.get(part.style, '')}{part.text}" for part in parts)))
    assert not first or first.replace(_JOINER, "") in texts


@given(_acting)
@settings(derandomize=True, deadline=None, database=None, max_examples=100)
def test_law_any_title_is_one_heading(text: str) -> None:
    tokens = _tokens(to_markdown(Page(text, "", (Section(text, (Section(text, ()),)),), (), ())))
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2", "h3"]
    assert {_collapsed(text)} == {
        re.sub(r"\s+", " ", "".join(child.content for child in token.children or ())).replace(_JOINER, "").strip()
        for token in tokens
        if token.type == "inline"
    }


def test_a_link_leads_where_it_says() -> None:
    page = Page("x", "", (Paragraph(line(Part("the days [ahead](b)", "link", "token/calendar.ics"))),), (), ())
    tokens = [child for token in _tokens(to_markdown(page)) for child in token.children or ()]
    assert [token.attrs["href"] for token in tokens if token.type == "link_open"] == ["token/calendar.ics"]
    assert "".join(token.content for token in tokens if token.type == "text").endswith("the days [ahead](b)")
