"""The report for the board: every example in every format, hostile text, crowded and empty profiles."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from functools import cache
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

import mrdguide
from mrdguide import Recommendation
from mrdguide.report.blocks import Page, Table
from mrdguide.report.for_patients.companion import companion
from mrdguide.report.formats.html import to_html
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.formats.pdf import to_pdf
from mrdguide.report.formats.terminal import to_text
from mrdguide.report.pages.basis import basis, paths_read
from mrdguide.report.pages.board import board
from mrdguide.report.pages.explained import difference_page, explanation_page, why_not_page

from ...examples import NAMES, evaluated, shipped
from ..formats.html_checks import check, elements, parsed, shown
from ..formats.pages import HOSTILE
from ..formats.test_pdf import needs_weasyprint, pages_in

every_example = pytest.mark.parametrize("name", NAMES)


@cache
def page_of(name: str) -> Page:
    return board(evaluated(name))


@cache
def html_of(name: str) -> str:
    return to_html(page_of(name))


@cache
def full_html_of(name: str) -> str:
    return to_html(board(evaluated(name), "full"))


def text_of(html: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(shown(parsed(html)).split())


@every_example
def test_the_html_is_valid_reachable_and_inert(name: str) -> None:
    check(html_of(name))
    check(full_html_of(name))
    check(to_html(board(evaluated(name), "sheet")))


@every_example
def test_the_same_patient_gives_the_same_bytes(name: str) -> None:
    case = evaluated(name)
    again = mrdguide.evaluate(case.case.patient, rules=shipped(), as_of=case.provenance.as_of)
    assert to_html(board(again)) == html_of(name)
    assert to_markdown(board(again)) == to_markdown(page_of(name))


@every_example
def test_everything_that_the_full_trace_must_hold(name: str) -> None:
    recommendation = evaluated(name)
    text = text_of(full_html_of(name))
    provenance = recommendation.provenance
    for wanted in (
        recommendation.patient_id, recommendation.outcome, recommendation.headline, recommendation.statement,
        provenance.rules_hash, provenance.input_hash, provenance.as_of, provenance.engine_version,
        f"{provenance.rules_name} {provenance.rules_version}", "No prospective validation", basis().intended_use,
        basis().feedback, *recommendation.options, *recommendation.limits, *basis().not_for, *basis().logic,
    ):  # fmt: skip
        assert " ".join(str(wanted).split()) in text
    for result in recommendation.criteria.values():
        assert result.title in text
        assert result.rule in text
    for protocol in recommendation.protocols.values():
        for title in (*protocol.not_published, *protocol.not_judged, *protocol.differs):
            assert title in text
    for entry in recommendation.evidence:
        for finding in entry.findings:
            assert " ".join(finding.text.split()) in text
            assert finding.read_at is not None
            assert finding.read_at.url in text
        for words in (*entry.warnings, *entry.limitations):
            assert " ".join(words.split()) in text


@every_example
def test_what_is_asked_next_names_no_files_and_no_outcome_codes(name: str) -> None:
    found = evaluated(name)
    said = to_markdown(replace(page_of(name), title="x"))
    assert ".yaml" not in said
    decision = found.rules.decision
    for code in (*(item.id for item in decision.outcomes), decision.insufficient.id):
        assert code not in said or "-" not in code  # "continue" is a word of the language as well
    for rule in found.criteria:
        assert not re.search(rf"(?<![\w.]){re.escape(rule)}(?![\w-])", said), rule


@every_example
def test_what_is_asked_next_says_why_and_what_it_rests_on(name: str) -> None:
    found = evaluated(name)
    text = text_of(html_of(name))
    for entry in found.evidence:
        assert " ".join(entry.citation.split()) in text
        for words in entry.warnings:
            assert " ".join(words.split()) in text
    for words in (*found.limits, *basis().not_for, basis().intended_use, "No prospective validation"):
        assert " ".join(words.split()) in text
    why = found.explanation.why
    for reason in why.reasons if why is not None else ():
        assert reason.title in text


@every_example
def test_the_sheet_alone_is_the_front_of_the_report(name: str) -> None:
    alone = board(evaluated(name), "sheet")
    assert alone.front == page_of(name).front
    assert (alone.overleaf, alone.details, alone.foot) == ((), (), ())
    made = evaluated(name).provenance
    assert made.rules_hash[:12] in alone.subtitle
    assert made.input_hash[:12] in alone.subtitle


@every_example
def test_going_on_is_among_the_options_wherever_therapy_goes_on(name: str) -> None:
    recommendation = evaluated(name)
    assert recommendation.options
    if recommendation.criteria["therapy.on-maintenance"].verdict == "met":
        assert any(re.search(r"\b(continue|go on)\b", text, re.IGNORECASE) for text in recommendation.options)


def test_thirteen_source_attributes_and_whether_a_rule_reads_them() -> None:
    text = text_of(full_html_of("cessation-supported"))
    assert len(basis().attributes) == 13
    table = next(
        node
        for node in elements(parsed(full_html_of("cessation-supported")))
        if "thirteen source attributes" in shown(node) and node.name == "table"
    )
    rows = [" ".join(shown(node).split()) for node in elements(table) if node.name == "tr"][1:]
    assert len(rows) == 13
    assert "sex" not in paths_read(shipped())
    said = {item.name: row for item, row in zip(basis().attributes, rows, strict=True)}
    for unused in (
        "Race",
        "Ethnicity",
        "Language",
        "Sexual orientation",
        "Gender identity",
        "Social determinants of health",
    ):
        assert "not used" in said[unused]
    assert "not used: sex can be recorded" in said["Sex"]
    assert "used: birth_year is read by a rule" in said["Date of birth"]
    assert "13" in text


def test_what_went_in_is_listed_with_what_was_not_read_or_set_aside() -> None:
    profile = evaluated("cessation-supported").case.patient.model_dump(mode="json", exclude_unset=True)
    profile["mrd"].append({**profile["mrd"][0], "date": "2027-03-01"})
    profile["baseline"]["labs"]["albumin"] = {"value": 4.1, "unit": "g/dL"}
    text = text_of(to_html(board(mrdguide.evaluate(profile, rules=shipped(), as_of="2026-11-21"), "full")))
    assert "mrd[5], dated 2027-03-01, is after the as-of date and was ignored" in text
    assert "no: after the day judged" in text
    assert "4.1 g/dL (converted: 41 g/L)" in text
    assert re.search(r"\bsex ?female ?no\b", text)
    assert re.search(r"\bbirth_year ?1961 ?yes\b", text)
    assert re.search(r"\becog ?1 ?yes\b", text)


@every_example
def test_the_markdown_has_the_same_sections(name: str) -> None:
    titles = [
        " ".join(shown(node).split()) for node in elements(parsed(html_of(name))) if re.fullmatch("h2", node.name)
    ]
    found = [
        re.sub(r"\\(.)", r"\1", line[3:]) for line in to_markdown(page_of(name)).splitlines() if line.startswith("## ")
    ]
    # A banner's title is a heading in HTML and bold text in Markdown.
    assert found == titles[1:]


@every_example
@pytest.mark.parametrize("width", [80, 120])
def test_the_explanation_fits_a_terminal(name: str, width: int) -> None:
    recommendation = evaluated(name)
    buffer = StringIO()
    console = Console(file=buffer, width=width, highlight=False)
    console.print(to_text(explanation_page(recommendation, recommendation.explanation.when)))
    assert max(len(line) for line in buffer.getvalue().splitlines()) <= width
    assert recommendation.outcome in buffer.getvalue()


@every_example
def test_no_word_of_a_table_is_broken_on_a_terminal_of_eighty_columns(name: str) -> None:
    console = Console(file=StringIO(), width=80, color_system=None)
    page = board(evaluated(name))
    console.print(to_text(page))
    assert isinstance(console.file, StringIO)
    said = set(console.file.getvalue().split())
    tables = [block for section in page.details for block in section.blocks if isinstance(block, Table)]
    for table in tables:
        for cell in (cell for row in table.rows for cell in row):
            for part in cell:
                broken = [word for word in part.text.split() if not any(word in shown for shown in said)]
                assert broken == []


@every_example
def test_other_pages_are_valid_too(name: str) -> None:
    recommendation = evaluated(name)
    check(to_html(companion(recommendation)))
    check(to_html(explanation_page(recommendation, recommendation.explanation.when)))
    check(
        to_html(
            difference_page(
                mrdguide.what_if(
                    recommendation, remove=["mrd"] if recommendation.case.patient.mrd else [], assignments={"ecog": 1}
                )
            )
        )
    )
    for found in recommendation.explanation.other_outcomes:
        check(to_html(why_not_page(recommendation, found)))


def test_the_matrix_shows_what_each_study_asks_for_as_it_asks() -> None:
    [matrix] = [
        block
        for section in board(evaluated("conditional-30-months"), "full").details
        for block in section.blocks
        if isinstance(block, Table) and block.caption.startswith("Criteria by studies")
    ]
    column = {name: place for place, name in enumerate(matrix.head)}
    signs = {row[0][0].text: [part[0].style if part[0].text else "" for part in row] for row in matrix.rows}
    assert signs["At least 36 months of maintenance"][column["terpos2025"]] == "not_met"
    assert signs["At least 24 months of maintenance"][column["terpos2025"]] == ""
    # HOVON 174 asks for first-line therapy: that no later line is on record speaks for it.
    assert signs["Not: A second or later line of therapy on record"][column["hovon174"]] == "met"
    patterns = evaluated("conditional-30-months").protocols
    assert {name: signs["Whole pattern"][column[name]] for name in patterns} == {
        name: item.verdict for name, item in patterns.items()
    }


def in_every_text(profile: dict[str, Any], text: str) -> dict[str, Any]:
    """The profile with a text wherever a profile takes one."""
    changed = deepcopy(profile)
    changed["id"] = f"id {text}"[:60]
    changed["functional_high_risk"] = {"status": "absent", "definition": text, "anchor": text}
    for entry in changed["therapy"]:
        entry.update(regimen=text, stop_reason=text)
        if "drugs" in entry:
            entry["drugs"] = [*entry["drugs"], text]
    changed["events"] = [{"date": "2024-01-01", "kind": "unexplained-cytopenia", "note": text}]
    changed["toxicities"] = [
        {"date": "2024-01-01", "term": text, "attributed_to": text, "grade": 1, "status": "resolved"}
    ]
    for study in changed["imaging"]:
        study["reference_standard"] = text[:200]
    return changed


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_every_field_stays_text(text: str) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8")[:400]
    plain = evaluated("cessation-supported").case.patient.model_dump(mode="json", exclude_unset=True)
    recommendation = mrdguide.evaluate(in_every_text(plain, text), rules=shipped(), as_of="2026-11-21")
    check(to_html(board(recommendation)))
    check(to_html(companion(recommendation)))
    check(to_html(explanation_page(recommendation, recommendation.explanation.when)))
    assert "<script" not in to_markdown(board(recommendation)).replace("\\<script", "")


def crowded() -> Recommendation:
    """Ten years of therapy under long names, thirty marrow tests."""
    profile = evaluated("cessation-supported").case.patient.model_dump(mode="json", exclude_unset=True)
    profile["diagnosis"]["date"] = "2016-11-20"
    profile["id"] = "a-patient-with-a-very-long-identifier-of-sixty-letters-in-all"
    first = profile["mrd"][0]
    profile["mrd"] = [
        {
            **first,
            "date": f"{2017 + number // 3}-{1 + 4 * (number % 3):02d}-15",
            "method": ("NGS", "NGF", "MFC")[number % 3],
        }
        for number in range(30)
    ]
    long_name = "daratumumab-and-hyaluronidase with lenalidomide and dexamethasone in a schedule of its own"
    profile["therapy"] = [
        {"phase": "induction", "line": 1, "regimen": long_name, "drugs": [long_name], "start": "2016-12-01", "end": "2017-04-01"},
        {"phase": "transplant", "line": 1, "kind": "tandem-autologous", "date": "2017-05-01"},
        {"phase": "consolidation", "line": 1, "regimen": long_name, "drugs": [long_name], "start": "2017-08-01", "end": "2017-11-01"},
        *(
            {"phase": "maintenance", "line": 1, "drugs": [long_name, "lenalidomide"], "start": f"{year}-01-01", "end": f"{year}-12-20"}
            for year in range(2018, 2026)
        ),
        {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": "2026-01-05", "end": None},
    ]  # fmt: skip
    return mrdguide.evaluate(profile, rules=shipped(), as_of="2026-11-21")


def empty() -> Recommendation:
    """Nothing known but the disease."""
    return mrdguide.evaluate(
        {"id": "x", "diagnosis": {"disease": "multiple-myeloma"}}, rules=shipped(), as_of="2026-11-21"
    )


def little_known() -> Recommendation:
    """The most that a sheet has to hold: five questions, cautions that cannot be excluded, and both sides."""
    profile = evaluated("cessation-supported").case.patient.model_dump(mode="json", exclude_unset=True)
    profile["id"] = "w" * 40
    for name in ("imaging", "responses", "surveillance", "functional_high_risk"):
        profile.pop(name, None)
    profile["baseline"] = {}
    profile["mrd"] = profile["mrd"][:2]
    for entry in profile["therapy"]:
        entry.pop("end", None)
    return mrdguide.evaluate(profile, rules=shipped(), as_of="2026-11-21")


UNUSUAL = {"crowded": crowded, "empty": empty, "little-known": little_known}


@pytest.mark.parametrize("name", UNUSUAL)
def test_crowded_and_empty_profiles_make_valid_pages(name: str) -> None:
    recommendation = UNUSUAL[name]()
    check(to_html(board(recommendation)))
    check(to_html(companion(recommendation)))
    assert to_markdown(board(recommendation)).startswith("# ")


@needs_weasyprint
@pytest.mark.parametrize("name", [*NAMES, *UNUSUAL])
def test_the_sheet_alone_is_one_page_of_a4(name: str) -> None:
    page = board(UNUSUAL[name]() if name in UNUSUAL else evaluated(name), "sheet")
    # The last thing on the sheet is where the board signs.
    assert isinstance(page.front[-1], Table)
    assert pages_in(to_pdf(to_html(page))) == 1


@needs_weasyprint
@every_example
def test_the_whole_report_has_at_most_eight_pages(name: str) -> None:
    pdf = to_pdf(html_of(name))
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 50_000
    assert 2 <= pages_in(pdf) <= 8
