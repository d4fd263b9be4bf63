"""Calls of the hook about invented patients."""

from __future__ import annotations

from typing import Any

from mrdguide.cds.services import PREFETCH
from mrdguide.fhir import ImportReport
from mrdguide.intake.fhir.import_report import Completeness
from mrdguide.patient import Patient

PATIENT = "invented-1"
INSTANCE = "7c0f8a52-64a1-4f0e-9b1c-2f5d3b8e9a10"
AS_OF = "2026-11-21"
ICD10, SNOMED = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"


def patient(identity: str = PATIENT) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": identity, "birthDate": "1961-05-04", "gender": "female"}


def bundle(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": item} for item in resources], **more}


def condition(code: str = "C90.01", system: str = ICD10) -> dict[str, Any]:
    return {
        "resourceType": "Condition", "id": "diagnosis", "subject": {"reference": f"Patient/{PATIENT}"},
        "code": {"coding": [{"system": system, "code": code}]}, "onsetDateTime": "2021-01-10",
    }  # fmt: skip


def prefetch(**changed: Any) -> dict[str, Any]:
    """Everything that is asked for: a patient with myeloma of whom nothing else is known."""
    found: dict[str, Any] = {name: bundle() for name in PREFETCH}
    return {**found, "patient": patient(), "conditions": bundle(condition()), **changed}


def call(data: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    request = {
        "hook": "patient-view", "hookInstance": INSTANCE, "context": {"userId": "Practitioner/9", "patientId": PATIENT},
        "prefetch": prefetch() if data is None else data,
    }  # fmt: skip
    return {**request, **changed}


def without(mapping: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}


def report_on(profile: Patient, **states: Completeness) -> ImportReport:
    """An import that went well, but for the parts named."""
    complete = dict.fromkeys(PREFETCH, Completeness.COMPLETE)
    return ImportReport(PATIENT, (), (), (), (), {**complete, **states}, "tables-for-tests")
