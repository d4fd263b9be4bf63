"""What each possible answer to a missing fact makes of a patient."""

from __future__ import annotations

import pytest

from mrdguide.case.case import Case
from mrdguide.dates import parse_date
from mrdguide.logic.operator import DataRequirement
from mrdguide.patient import read_patient
from mrdguide.rulebook.possible_results import Thresholds, possible_results

AS_OF = parse_date("2026-11-21").earliest
BOOK = Thresholds({"mrd": (1e-7, 1e-6, 1e-5)}, 1e-6)


def test_a_test_of_a_time_gone_by_is_played_through_on_that_day() -> None:
    patient = read_patient({"id": "p", "diagnosis": {"disease": "multiple-myeloma"}})
    answers = dict(
        possible_results(patient, DataRequirement("mrd:2020-05-10", "marrow MRD after induction"), AS_OF, BOOK)
    )
    assert list(answers) == ["negative", "detected between 1e-6 and 1e-5", "positive"]
    assert {str(changed.mrd[-1].date) for changed in answers.values()} == {"2020-05-10"}


def test_a_level_is_asked_for_in_every_stretch_that_the_assay_can_see_and_once_below() -> None:
    test = {"date": "2026-10-01", "specimen": "marrow", "method": "NGF", "result": "detected"}
    need = DataRequirement("mrd[0].level", "level")

    def levels(limit: float | None) -> dict[str, float | None]:
        patient = read_patient(
            {"id": "p", "diagnosis": {"disease": "multiple-myeloma"}, "mrd": [{**test, "limit_of_detection": limit}]}
        )
        return {label: changed.mrd[0].level for label, changed in possible_results(patient, need, AS_OF, BOOK)}

    stretches = [1e-7 / 2, 1e-7 * 1.5, 1e-6 * 1.5, 1e-5 * 1.5]
    assert list(levels(1e-8).values()) == list(levels(None).values()) == stretches
    # Between the limit of detection and the next threshold disease can be found as well.
    assert levels(2e-6) == {
        "below its limit of detection of 2e-6": 1e-6, "2e-6 or just above": pytest.approx(3e-6),
        "1e-5 or more": pytest.approx(1.5e-5),
    }  # fmt: skip
    assert list(levels(1e-5)) == ["below its limit of detection of 1e-5", "1e-5 or more"]
    assert list(levels(1e-4)) == ["below its limit of detection of 1e-4", "1e-4 or more"]


@pytest.mark.parametrize(
    ("result", "words"), [("indeterminate", ["failed", "detected"]), (None, ["not detected", "failed", "detected"])]
)
def test_what_the_laboratory_could_not_call_never_turns_out_negative(result: str | None, words: list[str]) -> None:
    """It is read so; an answer beyond that reading would lead where nobody was told that it can."""
    tests = [{"date": "2026-10-01", "specimen": "marrow", "method": "NGS", "result": result}]
    patient = read_patient({"id": "p", "diagnosis": {"disease": "multiple-myeloma"}, "mrd": tests})
    answers = dict(possible_results(patient, DataRequirement("mrd[0].result", "result"), AS_OF, BOOK))
    assert list(answers) == words


@pytest.mark.parametrize(("first", "label"), [(0.0, "0"), (2.0, "below 2")])
def test_no_number_below_the_least_that_a_fact_can_be_is_tried(first: float, label: str) -> None:
    patient = read_patient({"id": "p", "diagnosis": {"disease": "multiple-myeloma"}})
    path = "baseline.circulating_plasma_cells_percent"
    answers = possible_results(patient, DataRequirement(path, "cells"), AS_OF, Thresholds({path: (first, 5.0)}, 1e-6))
    assert next(answers)[0].startswith(label)


def test_a_value_read_by_its_reference_range_is_one_that_can_be() -> None:
    patient = read_patient({"id": "p", "diagnosis": {"disease": "multiple-myeloma"}})
    answers = dict(possible_results(patient, DataRequirement("baseline.labs.ldh", "LDH"), AS_OF, BOOK))
    verdicts = {}
    for label, changed in answers.items():
        ldh = Case(changed, AS_OF).patient.baseline.labs.ldh
        assert ldh is not None
        assert ldh.upper_limit is not None
        verdicts[label] = ldh.value > ldh.upper_limit
    assert verdicts == {"within the reference range": False, "above the upper limit": True}


def test_the_first_and_the_last_day_of_a_vague_test_are_tried() -> None:
    tests = [{"date": "2025-09-15"}, {"date": "2025-09"}, {"date": "2026-09-15"}]
    patient = read_patient({"id": "p", "diagnosis": {"disease": "multiple-myeloma"}, "mrd": tests})
    need = DataRequirement("mrd[1].date", "date")
    days = [str(changed.mrd[1].date) for _, changed in possible_results(patient, need, AS_OF, BOOK)]
    assert days[0] == "2025-09-01"
    assert days[-1] == "2025-09-30"
    assert len(days) == 4
