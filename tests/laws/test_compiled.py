"""The one function that all criteria are compiled to gives the verdicts that each criterion gives by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given

import mrdguide
from mrdguide.case.case import Case

from .effort import law
from .judging import shipped
from .patients import profiles

DAY = date(2026, 11, 21).toordinal()


@law(150)
@given(profile=profiles())
def test_compiled_criteria_agree_with_criteria_judged_one_by_one(profile: dict[str, Any]) -> None:
    rules = shipped()
    patient = mrdguide.read_patient(profile)
    together = rules.judge_all(Case(patient, DAY))
    one_by_one = tuple(item.judge.verdict(Case(patient, DAY)) for item in rules.compiled_criteria)
    assert together == one_by_one


def test_a_changed_copy_of_a_patient_is_judged_by_its_own_facts() -> None:
    """What was computed from the old values is not carried along."""
    rules = shipped()
    patient = mrdguide.read_patient({"id": "x", "ecog": 1, "diagnosis": {"disease": "multiple-myeloma"}})
    slot = [item.rule.id for item in rules.compiled_criteria].index("fitness.ecog-0-to-2")
    before = rules.judge_all(Case(patient, DAY))[slot]
    after = rules.judge_all(Case(patient.model_copy(update={"ecog": 4}), DAY))[slot]
    assert (before, after) == (2, 0)
