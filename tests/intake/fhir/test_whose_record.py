"""Whose a resource is: each type names it in an element of its own, and records of one person are tied in several ways."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .bundles import concept
from .test_damage import ICD, PERMISSIVE, SUPPORTED, TOLD, Resource, answer, condition, written

OWN_ID, OTHER = TOLD["subject"], {"reference": "Patient/somebody-else"}
SAID = "Relapse of multiple myeloma"


def of(person: dict[str, Any]) -> list[Resource]:
    """News about a person in types that name the person in different elements."""
    return [
        {"resourceType": "Task", "status": "requested", "intent": "order", "for": person, "description": SAID},
        {"resourceType": "Appointment", "status": "booked", "description": SAID, "participant": [
            {"actor": {"reference": "Practitioner/doctor"}}, {"actor": person}]},
        {"resourceType": "AppointmentResponse", "participantStatus": "declined", "comment": SAID, "actor": person},
        {"resourceType": "Account", "status": "active", "subject": [person], "name": SAID},
        {"resourceType": "Coverage", "status": "active", "beneficiary": person, "payor": [{"display": SAID}]},
        {"resourceType": "Group", "type": "person", "actual": True, "name": SAID, "member": [{"entity": person}]},
    ]  # fmt: skip


NOBODY: list[Resource] = [
    {"resourceType": "Location", "name": "Clinic for relapsed multiple myeloma"},
    {"resourceType": "HealthcareService", "name": "Relapsed multiple myeloma"},
    {"resourceType": "Group", "type": "person", "actual": False, "name": "Relapsed multiple myeloma"},
]


@pytest.mark.parametrize("news", of(OWN_ID), ids=lambda news: str(news["resourceType"]))
def test_news_of_the_patient_opens_and_a_person_can_close_it(news: Resource, shipped_rules: mrdguide.RuleBook) -> None:
    items = [*written(SUPPORTED), {"id": "new", **news}]
    assert answer(items, shipped_rules).outcome not in PERMISSIVE
    [text] = fhir.read(items)[1].texts
    said = {"by": "A. Example", "date": "2026-11-20", "texts": [text.name], "nothing_found": True}
    patient = fhir.read(items, attested=[said])[0]
    assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").outcome == "cessation-supported"


@pytest.mark.parametrize("news", [*of(OTHER), *NOBODY], ids=lambda news: str(news["resourceType"]))
def test_news_of_another_or_of_nobody_opens_nothing(news: Resource, shipped_rules: mrdguide.RuleBook) -> None:
    items = [*written(SUPPORTED), {"id": "new", **news}]
    assert answer(items, shipped_rules).outcome == "cessation-supported"


@pytest.mark.parametrize("news", of({"display": "a patient"})[:-1], ids=lambda news: str(news["resourceType"]))
def test_news_of_somebody_without_a_name_opens(news: Resource, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), {"id": "new", **news}], shipped_rules).outcome not in PERMISSIVE


def tie(kind: str, *others: dict[str, Any], **more: Any) -> Resource:
    listed = [{"type": "source", "resource": item, "target": item} for item in (OWN_ID, *others)]
    return {"resourceType": kind, "id": "tie", "link": listed, "item": listed, **more}


RELAPSE = condition(code=concept(ICD, "C90.02"), subject=OTHER)


@pytest.mark.parametrize("kind", ["Linkage", "Person"])
def test_records_tied_from_outside_are_one(kind: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    assert answer([*items, RELAPSE, tie(kind, OTHER)], shipped_rules).outcome == "treat-relapse"
    also_here = {"resourceType": "Patient", "id": "somebody-else"}
    assert answer([*items, RELAPSE, also_here, tie(kind, OTHER)], shipped_rules).outcome == "treat-relapse"


@pytest.mark.parametrize(
    "tied", [tie("Linkage", OTHER, active=False), tie("Person"), tie("Linkage", {"reference": "Condition/new"})]
)
def test_what_ties_nobody_to_the_patient_changes_nothing(tied: Resource, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), RELAPSE, tied], shipped_rules).outcome == "cessation-supported"
