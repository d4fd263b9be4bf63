"""Answers to a count, what a site adds to a question, years alone on a bill, numbers and texts that are none."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .bundles import concept
from .test_damage import PERMISSIVE, RXNORM, SUPPORTED, TOLD, Resource, answer, written


def asked(text: str, value: Resource, **more: Any) -> Resource:
    item = {"linkId": "1", "text": text, "answer": [value], **more}
    return {"resourceType": "QuestionnaireResponse", "id": "new", "status": "completed", **TOLD, "item": [item]}


def lines(value: Any, name: str = "valueString") -> Resource:
    return asked("Number of prior lines of therapy", {name: value})


def bill(year: str) -> Resource:
    item = {"sequence": 1, "servicedDate": year, "productOrService": concept(RXNORM, "358258")}
    return {
        "resourceType": "Claim", "id": "new", "status": "active", "patient": TOLD["subject"], "created": year, "item": [item],
    }  # fmt: skip


ADDED = {"extension": [{"url": "http://x", "valueString": "Relapse of multiple myeloma found on 2 October"}]}
NEWS = [
    lines("2 prior lines"), lines(">1"), lines("two"), lines({"value": 1, "comparator": ">"}, "valueQuantity"),
    lines({"value": 2, "comparator": ">="}, "valueQuantity"), lines({"display": "2 or more lines"}, "valueCoding"),
    asked("Any new complaints?", {"valueBoolean": False}, **ADDED), bill("2026"),
]  # fmt: skip
NONE = [
    lines("1 (since 2019)"), lines({"value": 1, "comparator": "<="}, "valueQuantity"), lines("one"), lines("1"),
    asked("Any infections?", {"valueString": "\u00b2"}), asked("Any infections?", {"valueInteger": 10**400}), bill("2019"),
]  # fmt: skip


@pytest.mark.parametrize("resource", NEWS)
def test_more_than_one_and_what_is_added_open(resource: Resource, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), resource], shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("resource", NONE)
def test_one_and_what_is_no_number_open_nothing(resource: Resource, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), resource], shipped_rules).outcome == "cessation-supported"


DAMAGE: list[Resource] = [
    {"status": ["final"]}, {"status": {"a": 1}}, {"text": []}, {"period": "2026"}, {"code": [1, None]}, {"contained": {}},
    {"meta": [1]}, {"extension": "x"}, {"note": {"text": "x"}}, {"item": [None, "x"]}, {"entry": "x"}, {"section": [1]},
    {"diagnosis": [None]}, {"target": [1]}, {"_status": ["x"]}, {"authored": {}}, {"content": [{"attachment": "x"}]},
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_elements_of_the_wrong_shape_break_nothing(damage: Resource) -> None:
    for kind in ("Claim", "List", "Composition", "Encounter", "Provenance", "QuestionnaireResponse", "Observation",
                 "Specimen", "Group", "DocumentReference", "DiagnosticReport", "MedicationRequest"):  # fmt: skip
        given = {"resourceType": kind, "id": "new", "status": "final", **TOLD, "patient": TOLD["subject"], **damage}
        fhir.read([*written(SUPPORTED), given])
