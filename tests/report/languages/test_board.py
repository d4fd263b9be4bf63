"""The report for a board in an invented language: what stays English is marked as such, and belongs to a short list."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.report.blocks import EnglishText, Page, Picture
from mrdguide.report.formats.html import to_html
from mrdguide.report.formats.pdf import to_pdf
from mrdguide.report.languages.catalogue import template
from mrdguide.report.languages.language import Language
from mrdguide.report.pages.board import board
from mrdguide.report.pages.every_text import every_text
from mrdguide.report.pages.sheet import sheet
from tests.examples import NAMES, evaluated

from ..charts.drawing import outside, overlaps, parsed
from ..formats.test_pdf import needs_weasyprint, pages_in
from .pseudo import catalogue, filled, language, longer, wide, with_text

# Why each of these is in no catalogue.
STAYS = {
    "observation": "the operators of rules put the patient's own data together in English",
    "asked": "what is asked for and its answers are put together for the patient by the operators",
    "figure": "published figures with their clock, as the evidence files have them",
    "reference": "names of studies",
    "test": "a test as it was recorded, by the operators",
    "set-aside": "entries that were not used, put together for the patient",
    "noted": "what the profile says in its own words",
    "declared": "on whose word the answer rests, put together for the patient",
    "layer": "sentences on a site's own rules",
}
# Codes and names that are the same in every language; units of the locale.
SAME = re.compile(r"mrdguide|calendar|FILE|core|VERSION|board|hash|ECOG|http")


OF_LOCALE = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember", "und", "oder", "Tag", "Tage", "Tagen", "Monat", "Monate", "Jahr", "Jahre"}  # fmt: skip


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Language:
    return language(tmp_path_factory.mktemp("words"), "de")


def english_in(value: Any) -> list[EnglishText]:
    """Every text that is marked as English on a page in another language."""
    if isinstance(value, EnglishText):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in english_in(item)]
    if is_dataclass(value):
        return [text for item in fields(value) for text in english_in(getattr(value, item.name))]
    return []


def unmarked(value: Any, name: str = "") -> list[str]:
    """Every text that is not marked, but for what says itself to be in English as a whole."""
    if isinstance(value, EnglishText) or name in ("style", "tone", "language", "svg", "alt"):
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in unmarked(item, name)]
    if is_dataclass(value):
        if getattr(value, "language", "") == "en":
            return []
        return [text for item in fields(value) for text in unmarked(getattr(value, item.name), item.name)]
    return []


@pytest.mark.parametrize("name", NAMES)
def test_what_stays_english_is_marked_and_listed(name: str, german: Language) -> None:
    found = evaluated(name)
    pages: list[Page] = [board(found, "sheet", german), board(found, "asked", german), sheet(found, german)]
    for page in pages:
        assert {text.kind for text in english_in((page.front, page.overleaf, page.details))} <= set(STAYS)
    data = {
        *re.findall(r"[A-Za-z]+", repr(found.profile)),
        found.patient_id,
        *re.findall(r"[A-Za-z]+", found.patient_id),
    }
    for page in pages[:2]:
        left = {
            word
            for text in unmarked((page.front, page.overleaf, page.details))
            for word in re.findall(r"[A-Za-zÄÖÜäöü]{4,}", text)
            if word not in data | OF_LOCALE and not SAME.search(word)
        }
        assert left == set(), left


@pytest.mark.parametrize("name", NAMES)
def test_the_timeline_is_in_the_language_of_the_page(name: str, german: Language) -> None:
    found = evaluated(name)
    for picture in (item for item in board(found, "asked", german).overleaf if isinstance(item, Picture)):
        assert (picture.language, picture.label) == ("", wide("Figure"))
        data = set(re.findall(r"[A-Za-z]+", f"{found.profile!r} {found.patient_id}"))
        said = [
            text
            for item in parsed(picture).iter()
            if item.text and item.get("lang") != "en"
            for text in re.findall(r"[A-Za-zÄÖÜäöü]{4,}", item.text)
        ]
        left = {text for text in said if text not in data | OF_LOCALE and not SAME.search(text)}
        assert left == set(), left
        # Its letters are wider than those of any language that takes more of them.
        assert not overlaps(parsed(picture))
        assert not outside(parsed(picture))


@needs_weasyprint
@pytest.mark.parametrize(
    "name", ["cessation-supported", "community-panel", "insufficient-risk-unknown", "resurgence-on-therapy"]
)
def test_the_sheet_is_one_page_in_a_language_of_longer_words(name: str, tmp_path: Path) -> None:
    page = board(evaluated(name), "sheet", language(tmp_path, "de", longer))
    assert pages_in(to_pdf(to_html(page))) == 1


def test_english_has_no_marks() -> None:
    for extent in ("sheet", "asked", "full"):
        assert english_in(board(evaluated("cessation-supported"), extent)) == []


def test_html_says_the_language_of_the_page_and_of_what_stays_english(german: Language) -> None:
    html = to_html(board(evaluated("insufficient-no-imaging"), "asked", german))
    assert '<html lang="de">' in html
    assert '<span lang="en">' in html
    assert f"<title>{wide('May maintenance be stopped?')}" in html
    assert "<title><span" not in html


def test_the_full_trace_is_english_and_says_so(german: Language) -> None:
    page = board(evaluated("out-of-scope"), "full", german)
    assert {section.language for section in page.details} == {"en"}
    assert 'lang="en">' in to_html(page)


def test_where_the_catalogue_lacks_a_text_english_stands_marked(tmp_path: Path) -> None:
    half = catalogue(tmp_path, with_text(filled("de"), "board.front.options", "")).language(())
    titles = [getattr(block, "title", "") for block in board(evaluated("cessation-supported"), "sheet", half).front]
    assert "Options to discuss" in titles
    assert isinstance(titles[titles.index("Options to discuss")], EnglishText)
    assert wide("Why") in titles


def test_a_translation_changes_words_and_nothing_else(german: Language) -> None:
    found = mrdguide.evaluate(evaluated("cessation-supported").profile, as_of="2026-11-21")
    before = found.to_json()
    board(found, "asked", german)
    assert found.to_json() == before


def test_a_number_of_the_english_cannot_be_lost_or_changed(tmp_path: Path) -> None:
    message = next(one for one in every_text() if one.english == "Marrow NGS negative at entry (1e-6)")
    for said in ("NGS negativ", "NGS negativ (1e-5)", "NGS negativ (1e-6) seit 12 Monaten"):
        [problem] = catalogue(tmp_path, with_text(filled("de"), message.id, said)).problems()
        assert problem.expected == "1, 6"
    assert catalogue(tmp_path, with_text(filled("de"), message.id, "NGS negativ (1e-6)")).problems() == ()


def test_a_changed_english_makes_the_translation_missing(tmp_path: Path) -> None:
    text = filled("de").replace('msgid "Continue maintenance."', 'msgid "Go on."')
    assert [one.english for one in catalogue(tmp_path, text).missing] == ["Continue maintenance."]
    assert "board.figures.stopped" in template("de", every_text())


def test_verdicts_have_different_words(tmp_path: Path) -> None:
    [problem] = catalogue(tmp_path, with_text(filled("de"), "frame.not_met", wide("Met"))).problems()
    assert (problem.path, problem.message) == ("frame.not_met", "the same words as 'frame.met'")
