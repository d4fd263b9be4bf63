"""`mrdguide words`, and `evaluate --words`: catalogues to translate the page for patients."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mrdguide.report.for_patients.all_words import messages
from mrdguide.report.pages.every_text import every_text
from tests.report.languages.pseudo import filled, wide, with_text

from . import EXAMPLE, Run, refused

PATIENT = ("--audience", "patient", "--as-of", "2026-11-21", "--format", "markdown")


@pytest.fixture
def whole(tmp_path: Path) -> str:
    path = tmp_path / "de.po"
    path.write_text(filled("de"), encoding="utf-8")
    return str(path)


def test_a_template_is_written_and_what_it_lacks_is_listed(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "es.po"
    assert run("words", "template", "--language", "es", "--output", target).status == 0
    listed = run("words", "missing", target)
    assert "plain_language.page.title\n    About your treatment and your tests\n" in listed.out
    assert listed.out.endswith(f"{len(every_text())} of {len(every_text())} texts are not translated\n")
    assert run("words", "check", target).status == 2


def test_what_is_missing_as_json(run: Run, tmp_path: Path, whole: str) -> None:
    path = tmp_path / "part.po"
    path.write_text(with_text(filled("de"), "figures.sentences.range", ""), encoding="utf-8")
    [entry] = json.loads(run("words", "missing", path, "--format", "json").out)["missing"]
    assert entry == {
        "id": "figures.sentences.range", "english": ", range {low} to {high}", "page": "for patients, with --numbers",
        "placeholders": ["low", "high"],
    }  # fmt: skip
    assert json.loads(run("words", "missing", whole, "--format", "json").out) == {
        "of": len(every_text()),
        "missing": [],
    }
    assert len(json.loads(run("words", "missing", "--format", "json").out)["missing"]) == len(every_text())


def test_a_catalogue_is_checked_with_its_lines(run: Run, tmp_path: Path, whole: str) -> None:
    good = run("words", "check", whole)
    assert good.status == 0
    assert good.out.startswith(f"de: 0 of {len(every_text())} texts are not translated\nchecked by ")
    path = tmp_path / "bad.po"
    path.write_text(with_text(filled("de"), "figures.sentences.range", "{low}"), encoding="utf-8")
    bad = run("words", "check", path)
    assert bad.status == 2
    assert f"{path}:" in bad.out
    assert "expected: {low}, {high}" in bad.out


def test_a_page_in_the_language_of_a_catalogue(run: Run, whole: str) -> None:
    page = run("evaluate", EXAMPLE, *PATIENT, "--words", whole, "--language", "de")
    assert page.status == 0
    assert wide("About your treatment and your tests") in page.out
    assert "21. November 2026" in page.out
    english = run("evaluate", EXAMPLE, *PATIENT)
    assert run("evaluate", EXAMPLE, *PATIENT, "--language", "en").out == english.out


def test_no_page_is_in_half_a_language(run: Run, tmp_path: Path, whole: str) -> None:
    refused(run("evaluate", EXAMPLE, *PATIENT, "--language", "de"), "mrdguide comes with no catalogue of this language")
    refused(run("evaluate", EXAMPLE, *PATIENT, "--words", whole, "--language", "es"), "is in 'de', not in 'es'")
    refused(run("evaluate", EXAMPLE, "--words", whole, "--format", "json"), "are for pages to read")
    path = tmp_path / "part.po"
    path.write_text(with_text(filled("de"), "plain_language.page.title", ""), encoding="utf-8")
    refused(run("evaluate", EXAMPLE, *PATIENT, "--words", path), f"1 of {len(messages())} texts are not translated")
    path.write_text(with_text(filled("de"), "catalogue.reviewed_by", ""), encoding="utf-8")
    refused(run("evaluate", EXAMPLE, *PATIENT, "--words", path), "nobody has checked it")


def test_the_report_for_a_board_needs_no_whole_catalogue(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "part.po"
    path.write_text(with_text(filled("de"), "board.front.why", ""), encoding="utf-8")
    page = run("evaluate", EXAMPLE, "--words", path, "--format", "html")
    assert page.status == 0
    assert '<html lang="de">' in page.out
    assert '<span lang="en">Why</span>' in page.out
    assert wide("Options to discuss") in page.out
    path.write_text(with_text(filled("de"), "catalogue.reviewed_by", ""), encoding="utf-8")
    refused(run("evaluate", EXAMPLE, "--words", path), "nobody has checked it")
    path.write_text(with_text(filled("de"), "board.patient.risk", "Risiko"), encoding="utf-8")
    refused(run("evaluate", EXAMPLE, "--words", path), "the translation has no names in braces")
