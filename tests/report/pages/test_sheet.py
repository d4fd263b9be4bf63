"""The answer on a terminal: the front of the report, read in ten seconds, and the way to the rest."""

from __future__ import annotations

import dataclasses
from io import StringIO

import pytest
import yaml
from rich.console import Console

import mrdguide
from mrdguide import Recommendation
from mrdguide.report.blocks import Banner, Picture, Section, Table
from mrdguide.report.formats.terminal import to_text
from mrdguide.report.pages.board import board
from mrdguide.report.pages.board_words import board_words
from mrdguide.report.pages.patient_line import patient_line
from mrdguide.report.pages.sheet import sheet

from ...examples import EXAMPLES, NAMES, evaluated, shipped

ORDER = (
    "Options to discuss", "Why", "Blocks that are established as well", "What is missing, and where each result leads",
    "Cautions", "Watching, and when to restart, agreed beforehand", "Both sides, in figures", "What studies found", "Also",
    "What would change the answer", "Studies that stopped therapy", "Risk at diagnosis", "Set aside",
)  # fmt: skip


def printed(recommendation: Recommendation, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(to_text(sheet(recommendation)))
    assert isinstance(console.file, StringIO)
    return "\n".join(text.rstrip() for text in console.file.getvalue().splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_comes_first_and_the_rest_in_one_order(name: str) -> None:
    found = evaluated(name)
    page = sheet(found)
    assert isinstance(page.front[0], Banner)
    assert found.answer == page.front[0].title
    titles = [block.title for block in page.front[1:] if isinstance(block, Section)]
    assert len(titles) == len(page.front) - 1
    assert titles == [title for title in ORDER if title in titles]
    # Where the question does not arise, a stage of myeloma says nothing.
    assert ("Risk at diagnosis" in titles) is (found.outcome != "out-of-scope")
    assert page.details == ()


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_the_front_of_the_report_says(name: str) -> None:
    whole, short = board(evaluated(name)), sheet(evaluated(name))
    shared = tuple(block for block in (*whole.front, *whole.overleaf) if not isinstance(block, Picture | Table))
    assert short.front[: len(shared)] == shared


@pytest.mark.parametrize("name", NAMES)
def test_the_sheet_names_no_files_and_no_codes(name: str) -> None:
    found = evaluated(name)
    said = printed(dataclasses.replace(found, patient_id="x")).splitlines()
    until = next(place for place, text in enumerate(said) if text == "Risk at diagnosis" or text.startswith("\u2500"))
    front = "\n".join(said[1:until])
    assert ".yaml" not in front
    decision = found.rules.decision
    for code in (*(item.id for item in decision.outcomes), decision.insufficient.id):
        assert code not in front or "-" not in code  # "continue" is a word of the language as well


@pytest.mark.parametrize("name", NAMES)
def test_where_a_stop_is_an_option_both_sides_are_shown(name: str) -> None:
    found = evaluated(name)
    text = " ".join(printed(found).split())
    assert found.rules.decision.stop_possible([found.outcome]) <= bool(found.sides)
    for side in found.sides:
        assert f"{side.title}. {side.note}" in text
    assert bool(found.sides) == ("Both sides, in figures" in text)


def test_the_patient_is_presented_in_a_line() -> None:
    text = " ".join(
        printed(evaluated("cessation-supported"), 200).replace("\N{BOX DRAWINGS LIGHT VERTICAL}", " ").split()
    )
    assert (
        "Born 1961; ECOG 1; multiple myeloma, diagnosed 2019-09-02; risk standard; line 1; 1 earlier phase of therapy; "
        "autologous transplant 2020-03-15; maintenance with lenalidomide since 2020-06-20 (6 years 5 months 1 day); "
        "marrow MRD negative at 1e-6 on 4 days, 2023-08-28 to 2026-09-10."
    ) in text
    nothing = mrdguide.evaluate(
        {"id": "x", "diagnosis": {"disease": "multiple-myeloma"}}, rules=shipped(), as_of="2026-11-21"
    )
    assert "multiple myeloma; risk unknown; no MRD test on record." in " ".join(printed(nothing).split())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("resurgence-off-therapy", "2025-03-03; last MRD test: NGS 2026-09-10: detected, level 3e-6, LoD 1e-6."),
        (
            "insufficient-haemodiluted",
            "last MRD test: NGS 2026-09-10: not detected, LoD 1e-6, not a negative (haemodiluted sample).",
        ),
        (
            "mass-spectrometry-positive",
            "last MRD test: mass-spectrometry 2026-09-10: detected, LoD not recorded, blood.",
        ),
        (
            "insufficient-shallow-assay",
            "last MRD test: MFC 2026-09-08: not detected, LoD 1e-4, not a negative (LoD 1e-4 is worse than 1e-5).",
        ),
    ],
)
def test_a_run_of_negatives_is_not_presented_without_a_test_that_does_not_belong_to_it(name: str, said: str) -> None:
    text = "".join(part.text for part in patient_line(evaluated(name), board_words()))
    assert text.endswith(said)


def test_where_all_tests_belong_to_the_run_no_last_test_is_named() -> None:
    assert "last MRD test" not in "".join(part.text for part in patient_line(evaluated("restart"), board_words()))


@pytest.mark.parametrize("positive", [0, 1])
@pytest.mark.parametrize("earlier", [0, 3])
def test_of_two_tests_of_a_day_the_one_that_found_disease_is_named(positive: int, earlier: int) -> None:
    """Whichever stands first in the record, and whether or not a run of negatives lies before it."""
    shown = next(item for item in EXAMPLES if item.file == "cessation-supported.yaml")
    profile = yaml.safe_load(shown.path.read_text(encoding="utf-8"))
    same_day = profile["mrd"][-2:]
    assert same_day[0]["date"] == same_day[1]["date"]
    same_day[positive]["result"] = "detected"
    profile["mrd"] = [*profile["mrd"][:earlier], *same_day]
    found = mrdguide.evaluate(profile, as_of="2026-11-21")
    text = "".join(part.text for part in patient_line(found, board_words()))
    assert f"last MRD test: {same_day[positive]['method']} 2026-09-10: detected" in text


@pytest.mark.parametrize(
    ("result", "found"), [("failed", ""), ("detected", "disease found by NGS 2021-03-01: detected, LoD 1e-6; ")]
)
def test_the_last_test_is_the_newest_and_disease_found_before_it_is_said(result: str, found: str) -> None:
    def test_on(day: str, depth: float, result: str) -> dict[str, object]:
        return {"date": day, "specimen": "marrow", "method": "NGS", "limit_of_detection": depth, "result": result}

    tests = [test_on("2020-09-01", 1e-7, "not-detected"), test_on("2021-03-01", 1e-6, result)]
    tests.append({key: value for key, value in test_on("2026-11-16", 1, "not-detected").items() if "limit" not in key})
    profile = {"id": "x", "diagnosis": {"disease": "multiple-myeloma"}, "mrd": tests}
    answer = mrdguide.evaluate(profile, rules=shipped(), as_of="2026-11-21")
    text = "".join(part.text for part in patient_line(answer, board_words()))
    assert f"{found}last MRD test: NGS 2026-11-16: not detected" in text
    assert ("disease found" in text) is bool(found)


def test_outside_the_question_no_class_of_risk_is_said() -> None:
    assert "risk" not in "".join(part.text for part in patient_line(evaluated("out-of-scope"), board_words()))


@pytest.mark.parametrize("name", NAMES)
def test_that_nothing_opens_the_way_is_not_said_where_a_stop_is_open(name: str) -> None:
    found = evaluated(name)
    if found.stop_possible:
        assert "Neither tests nor time" not in " ".join(printed(found).split())


def test_a_reason_that_rests_on_studies_names_them() -> None:
    text = " ".join(printed(evaluated("cessation-supported"), 200).split())
    assert "with published results + met: Greek discontinuation study" in text
    text = " ".join(printed(evaluated("another-drug"), 200).split())
    assert "took a patient like this one - not met: Greek discontinuation study" in text


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_eighty_columns_and_ends_with_the_way_to_the_details(name: str) -> None:
    found = evaluated(name)
    lines = printed(found).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == f"{found.patient_id} on {found.provenance.as_of}: {found.outcome}"
    assert "--details" in lines[-1]
    assert "'mrdguide evidence show ID'" in printed(found)
    assert "decided by two engines that agree" in " ".join(lines[-8:])


def test_risk_stands_in_a_few_lines() -> None:
    said = " ".join(printed(evaluated("insufficient-risk-unknown")).split())
    assert (
        "ims-imwg-2025 unknown (high or standard); iss I; r-iss I; r2-iss I (0 points); hrca 0 (list: master)." in said
    )


def test_what_was_set_aside_is_said() -> None:
    found = mrdguide.evaluate(
        {"id": "later", "diagnosis": {"disease": "multiple-myeloma"}, "mrd": [{"date": "2027-01-01"}]},
        rules=shipped(), as_of="2026-11-21",
    )  # fmt: skip
    assert "Set aside" in printed(found).splitlines()
    assert "mrd[0], dated 2027-01-01, is after the as-of date and was ignored" in " ".join(printed(found).split())


def test_an_answer_that_was_not_cross_checked_says_so() -> None:
    found = evaluated("cessation-supported")
    alone = dataclasses.replace(found, decided=dataclasses.replace(found.decided, cross_checked=False))
    said = " ".join(printed(alone).split())
    assert "NOT cross-checked: the second engine is not installed here (with gcc: CPPFLAGS=" in said
    assert "two engines" not in said
