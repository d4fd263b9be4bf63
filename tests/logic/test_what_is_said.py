"""What operators say beside their verdict: what was seen, what is asked for, how a rule reads in words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from mrdguide.case import imaging
from mrdguide.case.case import Case
from mrdguide.case.marker_series import MAY, NO, YES, Flagged, confirmation, stretches
from mrdguide.dates import iso
from mrdguide.logic.operator import CompiledOperator, Context, parse_expression

from .judging import READINGS, case, judge, marrow

START = {"phase": "induction", "line": 1, "start": "2020-01-10", "end": "2020-06-01"}
ON = {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": "2020-08-01", "end": "2025-07-01"}
AGAIN = {"phase": "maintenance", "line": 1, "start": "2025-12-01", "end": None}


def compiled(expression: dict[str, Any]) -> CompiledOperator:
    return parse_expression(expression).compile(Context(interpretation=READINGS))


def asked(expression: dict[str, Any], subject: Case) -> list[str]:
    """What is asked for, in words."""
    return [need.what for need in compiled(expression).needs(subject)]


def test_without_a_birth_year_that_is_asked_for_and_else_the_exact_age() -> None:
    adult = {"age": {"operator": ">=", "years": 18}}
    assert asked(adult, case()) == ["birth year"]
    assert asked(adult, case(birth_year=2008)) == ["exact age"]


def test_why_therapy_was_begun() -> None:
    relapse = {"begun_for": {"reason": "relapse", "pause": 6}}
    assert judge(relapse, therapy=[START]).observed == ["no therapy on record that was begun for relapse"]
    [text] = judge(relapse, therapy=[START, {**START, "line": 2, "start": "2024-01-10", "end": None}]).observed
    assert "2024-01-10" in text


def test_a_flag_in_words() -> None:
    rule = {"one_of": {"fact": "surveillance.feasible", "values": [True, False]}}
    assert parse_expression(rule).wording().endswith("is yes or no")


@pytest.mark.parametrize(("reads", "words"), [("myeloma", ", due to myeloma"), ("past", ", explained or passed")])
def test_what_the_disease_does_in_words(reads: str, words: str) -> None:
    rule = parse_expression({"marker_abnormal": {"marker": "calcium", "above": 2.75, "reads": reads}})
    assert rule.wording() == f"calcium above 2.75 mmol/L{words}"


def test_every_response_is_shown() -> None:
    lost = {
        "response_course": {
            "reads": "lost",
            "near_days": 30,
            "same_days": 14,
            "antibodies": ["daratumumab"],
            "washout": 6,
        }
    }
    responses = [
        {"date": "2021-01-10", "category": "CR", "confirmed": True},
        {"date": "2024-02-10", "category": "VGPR", "confirmed": False},
    ]
    observed = judge(lost, responses=responses).observed
    assert observed[:2] == ["response CR 2021-01-10, confirmed", "response VGPR 2024-02-10, not confirmed"]


def test_another_test_of_the_same_day_is_shown_beside_the_newest() -> None:
    now = {"mrd_now": {"threshold": 1e-5, "within": 6}}
    tests = [marrow("2026-05-01"), marrow("2026-05-01", method="NGF"), marrow("2026-04-30", method="MFC")]
    observed = judge(now, mrd=tests).observed
    assert len([text for text in observed if "2026-05-01" in text]) == 2
    assert not [text for text in observed if "2026-04-30" in text]


def test_how_far_a_number_lies_from_its_cut() -> None:
    rule = {"compare": {"fact": "baseline.labs.beta2_microglobulin", "operator": ">=", "value": 5, "unit": "mg/L"}}
    subject = case(baseline={"labs": {"beta2_microglobulin": {"value": 4, "unit": "mg/L"}}})
    [margin] = compiled(rule).margins(subject)
    assert margin.unit == "%"
    assert margin.distance == pytest.approx(20)


@pytest.mark.parametrize("grade", [1, 5])
def test_grades_from_one_to_five_can_be_judged_from(grade: int) -> None:
    assert parse_expression({"toxicity": {"judged_from": grade}})


@pytest.mark.parametrize(
    "parameters",
    [
        {"after": "complete-response", "threshold": 1e-5},
        {"after": "negative-marrow"},
    ],
)
def test_a_threshold_belongs_to_a_negative_marrow(parameters: dict[str, Any]) -> None:
    with pytest.raises((ValueError, ValidationError), match="belongs to 'after: negative-marrow'"):
        parse_expression({"adverse_finding": {"in": "mrd", **parameters}})


@pytest.mark.parametrize(("attribution", "words"), [("myeloma", "myeloma"), ("benign", "something benign")])
def test_what_an_image_was_due_to(attribution: str, words: str) -> None:
    study = {"date": "2026-05-01", "modality": "PET-CT", "conclusion": "positive", "attribution": attribution}
    [timed] = case(imaging=[study]).imaging
    assert f"attributed to {words}" in imaging.describe(timed)


def test_an_assessment_without_its_category_may_be_a_sign_of_disease() -> None:
    year = {"therapy_duration": {"phase": "maintenance", "months": 12, "pause": 6}}
    unnamed = [{"date": "2025-08-10", "category": None}]
    assert judge(year, therapy=[START, ON, AGAIN]).verdict == "met"
    assert judge(year, therapy=[START, ON, AGAIN], responses=unnamed).verdict == "unknown"


def test_an_event_in_a_pause_is_a_sign_of_disease_for_certain_only_when_its_kind_is_known() -> None:
    year = {"therapy_duration": {"phase": "maintenance", "months": 12, "pause": 6}}
    named, unnamed = {"date": "2025-08-10", "kind": "mrd-resurgence"}, {"date": "2025-08-10"}
    assert judge(year, therapy=[START, ON, AGAIN], events=[named]).verdict == "not_met"
    assert judge(year, therapy=[START, ON, AGAIN], events=[unnamed]).verdict == "unknown"


def test_a_stretch_begins_for_certain_when_its_therapy_has_begun_for_certain() -> None:
    subject = case(therapy=[{**START, "start": "2020-01"}], therapy_complete=True, markers=[{"date": "2020-03-01"}])
    [current] = stretches(subject, "current")
    assert tuple(map(iso, current.begins)) == ("2020-01-01", "2020-01-31")


@pytest.mark.parametrize(("quiet_from", "open_"), [(1200, True), (1201, False)])
@pytest.mark.parametrize("flag", [MAY, YES])
def test_a_value_of_a_vague_day_is_refuted_by_what_certainly_comes_later(
    flag: int, quiet_from: int, open_: bool
) -> None:
    found = confirmation([Flagged(1000, 1200, flag), Flagged(quiet_from, quiet_from, NO)])
    assert (found.confirmed, found.open_, found.refuted) == (False, open_, not open_)


def test_a_plan_that_lies_within_the_record_is_no_doubt() -> None:
    event = {"date": "2026-01-01", "kind": "unexplained-cytopenia", "status": "resolved", "end": "2026-07-01"}
    found = case(events=[event], recorded="2026-08-01")
    assert found.doubts == ()
    assert (found.patient.events[0].status, found.patient.events[0].end) == (None, None)
    assert [doubt.path for doubt in case(events=[event]).doubts] == ["events[0].end"]


def test_a_date_before_the_diagnosis_is_told_from_one_before_birth() -> None:
    diagnosis = {"disease": "multiple-myeloma", "date": "2019-05-01"}
    [doubt] = case(diagnosis=diagnosis, birth_year=1961, mrd=[marrow("2018-01-01")]).doubts
    assert "before the diagnosis of 2019-05-01" in doubt.text
