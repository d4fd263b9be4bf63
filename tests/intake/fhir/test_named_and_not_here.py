"""What a record names and does not hold: results elsewhere, and why something did not come about."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide import fhir
from mrdguide.errors import FhirError

from .bundles import concept
from .test_damage import ICD, PERMISSIVE, SUPPORTED, TOLD, Resource, answer, condition, observation, procedure, written

RELAPSE = concept(ICD, "C90.02")
BACK = {"text": "Relapse of multiple myeloma"}
SECTION = "http://terminology.hl7.org/CodeSystem/v2-0074"


def other(kind: str, status: str, **more: Any) -> Resource:
    return {"resourceType": kind, "id": "new", "status": status, **TOLD, "patient": TOLD["subject"], **more}


def report(**more: Any) -> Resource:
    return other("DiagnosticReport", "final", code={"text": "Laboratory report"}, **more)


def elsewhere(display: str) -> dict[str, str]:
    return {"reference": "Observation/not-here", "display": display}


NEWS: dict[str, Resource] = {
    "an appointment that was cancelled": other("Appointment", "cancelled", cancelationReason=BACK),
    "a visit that was cancelled": other("Encounter", "cancelled", reasonCode=[RELAPSE]),
    "a task that was cancelled": other("Task", "cancelled", statusReason=BACK),
    "a vaccine that was not given": other("Immunization", "not-done", statusReason=BACK),
    "images that were registered": other("ImagingStudy", "registered", description="PET-CT: new lytic lesion"),
    "a relapse inside an order that was cancelled": other(
        "ServiceRequest", "cancelled", contained=[condition(id="inner", code=RELAPSE)]
    ),
    "a result elsewhere": report(result=[elsewhere("MRD by flow cytometry: positive")]),
    "a result elsewhere, by its name": report(result=[elsewhere("Minimal residual disease")]),
    "a result with nothing but a name": report(result=[{"display": "M-protein, rising"}]),
    "a member elsewhere": observation(code={"text": "Panel"}, hasMember=[elsewhere("Immunofixation: positive")]),
    "a result with a number alone": report(category=[concept(SECTION, "HM")], result=[{"identifier": {"value": "77"}}]),
}
NONE: dict[str, Resource] = {
    "an appointment that was cancelled": other("Appointment", "cancelled", cancelationReason={"text": "On holiday"}),
    "a mistake": other("Encounter", "entered-in-error", reasonCode=[RELAPSE]),
    "therapy that was not given": other("ServiceRequest", "cancelled", code={"text": "Carfilzomib infusion"}),
    "images that were registered": other("ImagingStudy", "registered", description="PET-CT, whole body"),
    "a result elsewhere": report(result=[elsewhere("Hemoglobin")]),
    "a member elsewhere": observation(code={"text": "Panel"}, hasMember=[elsewhere("Sodium")]),
    "a result with a number alone": report(category=[concept(SECTION, "MB")], result=[{"identifier": {"value": "77"}}]),
}


@pytest.mark.parametrize("name", NEWS)
def test_news_that_is_named_opens(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), NEWS[name]], shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("name", NONE)
def test_what_is_named_and_is_no_news_opens_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), NONE[name]], shipped_rules).outcome == "cessation-supported"


@pytest.mark.parametrize(
    ("resource", "release"),
    [
        (procedure(code={"text": "Venous access"}, reason=[{"concept": RELAPSE}]), "R5"),
        (procedure(code={"text": "Biopsy"}, bodyStructure={"display": "Chest wall"}), "R5"),
        (other("MedicationRequest", "active", reason=[{"concept": RELAPSE}]), "R5"),
        (observation(code={"text": "Panel"}, organizer=True), "R5"),
        (report(image=[{"comment": "New lesion"}]), "STU3"),
        ({"resourceType": "AdverseEvent", "id": "new", **TOLD, "reaction": [BACK]}, "STU3"),
        (condition(code=concept(ICD, "I10"), notes="Relapse of multiple myeloma"), "DSTU2"),
    ],
)
def test_elements_of_other_releases_are_refused(resource: Resource, release: str) -> None:
    with pytest.raises(FhirError, match=release):
        fhir.read([*written(SUPPORTED), resource])
