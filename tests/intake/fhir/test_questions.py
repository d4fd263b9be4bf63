"""Questions and goals: no is no news, unless good news was asked for; and whose history it is."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide

from .bundles import LOINC, concept
from .test_asides import added, first, other
from .test_damage import ICD, PERMISSIVE, TOLD, Change
from .test_words_that_open import condition, finding, named, outcome

GOALS = "http://terminology.hl7.org/CodeSystem/goal-achievement"
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
RELAPSED = [{"code": concept(ICD, "C90.02")}]


def asked(text: str, *values: Any, **more: Any) -> Change:
    names = {bool: "valueBoolean", int: "valueInteger", str: "valueString", dict: "valueCoding"}
    answers = [{names[type(value)]: value} for value in values]
    item = {"linkId": "1", "text": text, **({"answer": answers} if answers else {}), **more}
    return added(other("QuestionnaireResponse", status="completed", item=[item]))


def goal(text: str, achieved: str) -> Change:
    return added(
        other("Goal", lifecycleStatus="active", description=named(text), achievementStatus=concept(GOALS, achieved))
    )


def section(title: str, text: str) -> Change:
    return added(other("Composition", section=[{"title": title, "text": {"div": f"<div>{text}</div>"}}]))


def group(**more: Any) -> Change:
    return added(
        {"resourceType": "Group", "id": "new", "type": "person", "actual": True, "name": "Relapsed multiple myeloma", **more}
    )  # fmt: skip


NO_NEWS: dict[str, Change] = {
    "never": asked("Has your myeloma relapsed?", "Never."),
    "none so far": asked("Has your myeloma relapsed?", "No, none so far"),
    "not answered": asked("Has your myeloma relapsed?"),
    "none of them": asked("Number of relapses of myeloma", 0),
    "no by its code": asked("Relapse of myeloma?", {"system": LOINC, "code": "LA32-8"}),
    "a group": asked("Relapse of myeloma", item=[{"linkId": "1.1", "text": "Any?", "answer": [{"valueBoolean": False}]}]),
    "what is asked only after yes": asked(
        "Relapse of myeloma?", item=[], answer=[{"valueBoolean": False, "item": [{"linkId": "1.1", "text": "If so, when?"}]}]
    ),
    "good news": asked("Is your myeloma in remission?", True),
    "another disease": asked("Is your diabetes stable?", False),
    "one line": asked("Number of prior lines of myeloma therapy", 1),
    "a result that is false": finding("Observation", named("Progression of disease (y/n)"), valueBoolean=False),
    "a count of none": finding("Observation", named("Number of relapses"), valueInteger=0),
    "no plasma cells": finding("Observation", named("Plasma cells in blood"), valueQuantity={"value": 0, "unit": "%"}),
    "a goal": goal("Maintain remission of multiple myeloma", "in-progress"),
    "a goal of something else": goal("Lose weight", "not-achieved"),
    "a relative": finding("Observation", named("Family history"), valueString="Brother with acute myeloid leukaemia"),
    "a relative by a code": condition({**concept(ICD, "Z80.7"), "text": "Mother had myeloma with relapse"}),
    "a section on relatives": section("Family history", "Father: relapsed multiple myeloma"),
    "history of another": added(other("FamilyMemberHistory", condition=RELAPSED, relationship=concept(ROLES, "FTH"))),
    "a clinic": added({"resourceType": "Location", "id": "new", "name": "Clinic for relapsed myeloma"}),
    "a definition": added({"resourceType": "Measure", "id": "new", "title": "Relapse of multiple myeloma"}),
    "a group of nobody": group(),
}  # fmt: skip

NEWS: dict[str, Change] = {
    "remission": asked("Is your myeloma in remission?", False),
    "remission, the disease not named": asked("Still in remission?", False),
    "stable": asked("Is the disease stable?", "No"),
    "a test": asked("MRD negative on the last test?", False),
    "free of it": asked("Free of relapse of multiple myeloma?", False),
    "two answers": asked("Has your myeloma relapsed?", False, True),
    "no, but": asked("Has your myeloma relapsed?", "No, but progression is suspected"),
    "not sure": asked("Has your myeloma relapsed?", "not sure"),
    "how long ago": asked("Months since relapse of myeloma", 0),
    "what is asked inside": asked(
        "Any change?", answer=[{"valueBoolean": False, "item": [{"linkId": "1.1", "text": "Relapse of myeloma",
                                                                 "answer": [{"valueBoolean": True}]}]}]
    ),
    "lines": asked("Number of prior lines of myeloma therapy", 3),
    "lines of a result": finding("Observation", named("Number of prior lines of therapy"), valueInteger=2),
    "a result that is false": finding("Observation", named("Myeloma in remission"), valueBoolean=False),
    "a result that is true": finding("Observation", named("Progression of disease (y/n)"), valueBoolean=True),
    "a note beside no": finding(
        "Observation", named("Progression of disease"), valueBoolean=False, note=[{"text": "Relapse confirmed"}]
    ),
    "a goal that failed": goal("Maintain remission of multiple myeloma", "not-achieved"),
    "a goal that gets worse": goal("Prevent relapse of multiple myeloma", "worsening"),
    "the patient": finding("Observation", named("Family history"), valueString="Father well. Patient: relapse of myeloma"),
    "a code of the family on another finding": condition({**concept(ICD, "Z80.7"), "text": "Relapsed myeloma"}),
    "oneself": added(other("FamilyMemberHistory", condition=RELAPSED, relationship=concept(ROLES, "ONESELF"))),
    "a section on the patient": section("History", "Relapsed multiple myeloma"),
    "a group that the patient is in": group(member=[{"entity": TOLD["subject"]}]),
}  # fmt: skip


@pytest.mark.parametrize("change", NO_NEWS.values(), ids=NO_NEWS)
def test_what_is_answered_with_no_or_told_of_others_is_no_news(
    change: Change, shipped_rules: mrdguide.RuleBook
) -> None:
    assert outcome(change, shipped_rules) == "cessation-supported"


@pytest.mark.parametrize("change", NEWS.values(), ids=NEWS)
def test_good_news_that_is_denied_and_news_of_the_patient_open(
    change: Change, shipped_rules: mrdguide.RuleBook
) -> None:
    assert outcome(change, shipped_rules) not in PERMISSIVE


# How certain a diagnosis is, beside its code.
CERTAINTY = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"
GM = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"


def certain(code: str, how: str) -> dict[str, Any]:
    return {"coding": [{"system": GM, "code": code, "extension": [{"url": CERTAINTY, "valueCoding": {"code": how}}]}]}


@pytest.mark.parametrize("code", ["C92.00", "C90.20", "C90.02"])
def test_a_diagnosis_that_was_excluded_is_none(code: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(condition(certain(code, "A")), shipped_rules) == "cessation-supported"
    claim = added(other("Claim", diagnosis=[{"diagnosisCodeableConcept": certain(code, "A")}]))
    assert outcome(claim, shipped_rules) == "cessation-supported"


@pytest.mark.parametrize("how", ["V", "G", "Z"])
@pytest.mark.parametrize("code", ["C92.00", "C90.20", "C90.02"])
def test_a_diagnosis_that_is_suspected_or_certain_opens(code: str, how: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(condition(certain(code, how)), shipped_rules) not in PERMISSIVE


@pytest.mark.parametrize(("how", "counts"), [("A", False), ("V", False), ("G", True), ("Z", True)])
def test_the_diagnosis_itself_counts_only_where_it_is_certain(
    how: str, counts: bool, shipped_rules: mrdguide.RuleBook
) -> None:
    try:
        found = outcome(first("Condition", code=certain("C90.00", how)), shipped_rules)
    except mrdguide.errors.NoUsablePatient:
        found = ""
    assert (found == "cessation-supported") is counts
    assert counts or found not in PERMISSIVE


@pytest.mark.parametrize("code", ["Z51.11", "Z51.12", "G92.04", "T80.82XA"])
def test_therapy_that_goes_on_is_told_by_these_codes(code: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(condition(concept(ICD, code)), shipped_rules) not in PERMISSIVE


def test_an_encounter_for_chemotherapy_in_a_recorded_phase_is_explained(shipped_rules: mrdguide.RuleBook) -> None:
    assert outcome(condition(concept(ICD, "Z51.11"), "2019-11-05"), shipped_rules) == "cessation-supported"
