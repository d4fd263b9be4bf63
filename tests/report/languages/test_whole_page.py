"""The page for patients in another language has no sentence that is not from its catalogue, and its days and numbers."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import mrdguide
from mrdguide.dates import parse_date
from mrdguide.errors import UsageError
from mrdguide.recommend.recommendation import Recommendation
from mrdguide.report.blocks import Page
from mrdguide.report.for_patients.companion import companion
from mrdguide.report.for_patients.plain_language import explained, glossary, medicine
from mrdguide.report.for_patients.plain_record import date_in_words
from mrdguide.report.formats.html import to_html
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.formats.pdf import to_pdf
from mrdguide.report.formats.terminal import to_text
from mrdguide.report.languages.language import Language
from mrdguide.rulebook.book import RuleBook
from mrdguide.teach.examples import Example, examples
from tests.layers.writing import write
from tests.report.formats.test_pdf import needs_weasyprint, unpacked_objects

from .pseudo import catalogue, filled, language, wide, with_text

CASES = examples()
# What CLDR writes in German for days, spans and lists.
OF_THE_LOCALE = {
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
    "und", "Tag", "Tage", "Monat", "Monate", "Jahr", "Jahre",
}  # fmt: skip
LETTERS = re.compile(r"[A-Za-zÀ-ÿ]+")


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Language:
    return language(tmp_path_factory.mktemp("words"), "de")


def answered(example: Example, rules: RuleBook) -> Recommendation:
    return mrdguide.evaluate(example.path, rules=rules, as_of=example.as_of)


def texts(value: Any, place: str = "") -> list[str]:
    """Every text that stands anywhere in a page, drawings included; styles and the tag of the language are no words."""
    if isinstance(value, str):
        return re.findall(r">([^<]+)<", value) if place == "svg" else [value]
    if isinstance(value, tuple):
        return [text for item in value for text in texts(item, place)]
    if is_dataclass(value):
        names = [item.name for item in fields(value) if item.name not in ("style", "tone", "language")]
        return [text for name in names for text in texts(getattr(value, name), name)]
    return []


@pytest.mark.parametrize("example", CASES, ids=lambda case: case.file)
def test_no_sentence_is_from_elsewhere(example: Example, german: Language, shipped_rules: RuleBook) -> None:
    found = answered(example, shipped_rules)
    page = companion(found, numbers=True, language=german)
    sources = wide("Where this comes from")
    allowed = set(LETTERS.findall(f"{found.patient_id} {found.provenance.rules_name} {found.provenance.rules_version}"))
    left = [
        (word, text)
        for block in (page.title, page.subtitle, *page.front, *page.details, *page.foot, page.frame)
        if getattr(block, "title", "") != sources
        for text in texts(block)
        for word in LETTERS.findall(text)
        if word not in OF_THE_LOCALE | allowed
    ]
    assert left == []


def test_what_is_not_from_the_catalogue_would_be_found(german: Language) -> None:
    assert LETTERS.findall("".join(texts(("Skip", wide("Skip"))))) == ["Skip"]
    assert any(LETTERS.findall(text) for text in texts(companion_of("cessation-supported")))


def companion_of(name: str, language: Language | None = None) -> Page:
    example = next(case for case in CASES if case.file == f"{name}.yaml")
    found = mrdguide.evaluate(example.path, as_of=example.as_of)
    return companion(found, numbers=True, language=language) if language else companion(found, numbers=True)


def test_days_numbers_spans_and_lists_follow_the_locale(german: Language) -> None:
    page = to_markdown(companion_of("cessation-supported", german))
    for written in (
        "21. November 2026",
        "10. Februar 2020",
        "75,8 %",
        "52,8 Monate",
        "5 Jahre",
        "1.208 ",
        "605 und 603 ",
    ):
        assert written in page, written


def test_a_month_and_a_year_are_written_by_the_locale_too(german: Language) -> None:
    assert date_in_words(parse_date("2026-03"), german) == "März 2026"
    assert date_in_words(parse_date("2026"), german) == "2026"
    assert date_in_words(None, german) == wide("date not recorded")


def test_html_says_its_language_and_papers_stay_english(german: Language) -> None:
    page = companion_of("cessation-supported", german)
    html = to_html(page)
    assert '<html lang="de">' in html
    assert '<ol lang="en">' in html
    assert 'lang="en">\n<head>' in to_html(companion_of("cessation-supported"))


@needs_weasyprint
def test_pdf_says_its_language(german: Language) -> None:
    assert b"/Lang (de)" in unpacked_objects(to_pdf(to_html(companion_of("out-of-scope", german))))


def test_renderings_add_no_english(german: Language) -> None:
    page = companion_of("cessation-supported", german)
    console = Console(width=100, record=True, file=StringIO())
    console.print(to_text(page))
    for text in (to_markdown(page), to_html(page).partition("</style>")[2], console.export_text()):
        assert not re.search(r"\b(Figure|Details|Skip|years?|months?|and)\b", text.partition(wide("Where this"))[0])


def test_two_languages_at_once(tmp_path: Path, german: Language) -> None:
    polish = language(tmp_path, "pl")
    alone = [to_html(companion_of("cessation-supported", one)) for one in (german, polish, None)]
    assert len(set(alone)) == 3
    with ThreadPoolExecutor(3) as pool:
        for _ in range(2):
            together = pool.map(lambda one: to_html(companion_of("cessation-supported", one)), (german, polish, None))
            assert list(together) == alone


def test_the_plural_form_goes_by_the_number(tmp_path: Path) -> None:
    polish = language(tmp_path, "pl")
    forms = polish.texts["plain_language.record.several"]
    assert [polish.plural_form(number) for number in (1, 2, 5, 22)] == [0, 1, 2, 1]
    assert polish.counted("plain_language.record.several", "", 1) == forms[0] != forms[1]


def test_a_brand_becomes_the_medicine_as_it_is_called_there(german: Language) -> None:
    assert medicine("Revlimid", german) == wide("lenalidomide") == medicine("LENALIDOMIDE", german)
    assert medicine("Revlimid") == "lenalidomide"
    assert medicine("house mixture", german) is None


def test_a_word_is_explained_by_the_forms_that_the_catalogue_gives(tmp_path: Path) -> None:
    number = next(place for place, term in enumerate(glossary()) if term.term == "relapse")
    text = with_text(filled("de"), f"glossary.terms[{number}].found_by", "qwort | qwoerter")
    other = catalogue(tmp_path, text).language()
    assert wide("relapse") in [term.term for term in explained("Zwei Qwoerter.", other)]
    assert explained("Zwei Qworte.", other) == ()


def test_answers_of_own_rules_are_not_given_in_another_language(tmp_path: Path, german: Language) -> None:
    own = {
        "id": "own.block",
        "title": "Not here",
        "when": "therapy.on-maintenance",
        "why": "The house waits.",
        "cites": ["imwg2016"],
    }
    rules = mrdguide.load_rules(write(tmp_path, {"blocks": [own]}))
    found = mrdguide.evaluate(CASES[0].path, rules=rules, as_of=CASES[0].as_of)
    with pytest.raises(UsageError, match="made with the shipped rules alone"):
        companion(found, language=german)
    assert companion(found).title == "About your treatment and your tests"


def test_english_needs_no_babel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "babel", None)
    assert "21 November 2026" in companion_of("cessation-supported").subtitle
    with pytest.raises(UsageError, match=re.escape("pip install 'mrdguide[languages]'")):
        catalogue(tmp_path, "")
