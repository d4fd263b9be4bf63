"""What nothing names: a test that found something, a group that the patient may be in, what a list points to."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide

from .bundles import LOINC, OWN, concept
from .test_damage import PERMISSIVE, SNOMED, SUPPORTED, TOLD, Resource, answer, observation, written

FOUND, NOTHING = concept(SNOMED, "10828004"), concept(SNOMED, "260385009")
FLAG = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
AWAY = {"reference": "Condition/not-here"}
MRD = observation(
    code=concept(OWN, "mrd"), valueCodeableConcept=concept(OWN, "present"), subject={"reference": "Group/g"}
)


def other(kind: str, **more: Any) -> Resource:
    return {"resourceType": kind, "id": "new", "status": "current", **TOLD, "patient": TOLD["subject"], **more}


def listed(reference: dict[str, Any], title: str = "Problem list", **more: Any) -> Resource:
    return other("List", title=title, entry=[{"item": reference, **more}])


def section(title: str, reference: str) -> Resource:
    inner = {"title": title, "entry": [{"reference": reference}]}
    return other("Composition", status="final", title="Summary", section=[{"title": "All", "section": [inner]}])


def group(member: str) -> Resource:
    return {"resourceType": "Group", "id": "g", "type": "person", "member": [{"entity": {"reference": member}}]}


NEWS: dict[str, list[Resource]] = {
    "a test": [observation(code={"text": "Test"}, valueCodeableConcept=FOUND)],
    "a result of a laboratory, in words": [observation(code={"text": "Laboratory test result"}, valueString="detected")],
    "a test of marrow": [observation(code={"text": "Flow cytometry, bone marrow"}, valueString="positive")],
    "a test by its interpretation": [observation(code={"text": "Test"}, interpretation=[concept(FLAG, "POS")])],
    "cells that are tracked": [observation(code={"text": "Clone tracking"}, valueCodeableConcept=FOUND)],
    "a test of a group that is not here": [MRD],
    "a test of a group with the patient": [MRD, group(TOLD["subject"]["reference"])],
    "a problem elsewhere": [listed(AWAY)],
    "a problem elsewhere with its name": [listed({**AWAY, "display": "Relapse"})],
    "a problem elsewhere by an identifier": [listed({"type": "Condition", "identifier": {"value": "7"}})],
    "a problem elsewhere by an address": [listed({"reference": "urn:uuid:77", "type": "Condition"})],
    "a result elsewhere in a document": [section("Results", "Observation/not-here")],
    "a drug elsewhere in a document": [section("Medication", "MedicationStatement/not-here")],
    "the reason for a visit elsewhere": [other("Encounter", diagnosis=[{"condition": AWAY}])],
    "the result of a report of nothing": [
        other("DiagnosticReport", status="final", code={"text": "Laboratory report"}, result=[{"reference": "Observation/x"}])
    ],
    "a conclusion in words": [
        other("DiagnosticReport", status="final", code={"text": "Laboratory report"}, conclusion="Detected")
    ],
    "a conclusion by a code": [
        other("DiagnosticReport", status="final", code={"text": "Result"}, conclusionCode=[FOUND])
    ],
    "a finding that is contained without a list": [
        other("DiagnosticReport", status="final", code={"text": "External report"}, contained={**MRD, "id": "a"})
    ],
    "a sample of a plasmacytoma": [other("Specimen", type={"text": "Tissue, extramedullary plasmacytoma"})],
    "a sample with a note": [other("Specimen", note=[{"text": "Relapse of multiple myeloma"}])],
}  # fmt: skip
NONE: dict[str, list[Resource]] = {
    "a test": [observation(code={"text": "Test"}, valueCodeableConcept=NOTHING)],
    "a test with a name": [observation(code={"text": "SARS-CoV-2 antigen test"}, valueCodeableConcept=FOUND)],
    "a result with a name": [observation(code={"text": "Urine nitrite"}, valueString="positive")],
    "cells that are tracked": [observation(code={"text": "Clone tracking"}, valueCodeableConcept=NOTHING)],
    "a conclusion in words": [
        other("DiagnosticReport", status="final", code={"text": "Laboratory report"}, conclusion="All within normal limits")
    ],
    "a conclusion by a code": [
        other("DiagnosticReport", status="final", code={"text": "Result"}, conclusionCode=[NOTHING])
    ],
    "a test of a group of others": [MRD, group("Patient/other")],
    "a test of herds": [MRD, {**group(TOLD["subject"]["reference"]), "type": "animal"}],
    "glucose of a group": [observation(code=concept(LOINC, "2345-7"), subject={"reference": "Group/g"})],
    "a problem that is here": [listed({"reference": "Condition/r3"})],
    "a problem elsewhere with its name": [listed({**AWAY, "display": "Hypertension"})],
    "a problem that was taken out": [listed(AWAY, deleted=True)],
    "a list that holds no longer": [{**listed(AWAY), "status": "retired"}],
    "an allergy elsewhere": [listed({"reference": "AllergyIntolerance/not-here"}, "Allergies")],
    "vital signs elsewhere": [section("Vital signs", "Observation/not-here")],
    "a vaccine elsewhere": [section("Immunizations", "Immunization/not-here")],
    "the reason for a visit": [other("Encounter", diagnosis=[{"condition": {**AWAY, "display": "Influenza"}}])],
    "a sample": [other("Specimen", type={"text": "Bone marrow aspirate"}, note=[{"text": "Myeloma, routine control"}])],
    "a sample of somebody else": [
        {**other("Specimen", note=[{"text": "Relapse of multiple myeloma"}]), "subject": {"reference": "Patient/other"}}
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", NEWS)
def test_what_may_be_news_opens_without_a_name(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), *NEWS[name]], shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("name", NONE)
def test_what_is_named_or_of_others_opens_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), *NONE[name]], shipped_rules).outcome == "cessation-supported"
