"""An invented bulk export of a general population: the resource types that generators of whole populations write, with values of
our own. Most of it has nothing to do with myeloma; some patients have it, with the gaps of such exports."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

Resource = dict[str, Any]
_SNOMED, _LOINC, _RXNORM = "http://snomed.info/sct", "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm"
_MYELOMA = ("109989006", "Multiple myeloma (disorder)")
# Codes of the terminologies, with everyday findings of any population.
_CONDITIONS = (("44054006", "Diabetes mellitus type 2 (disorder)"), ("59621000", "Essential hypertension (disorder)"),
               ("10509002", "Acute bronchitis (disorder)"), ("160903007", "Full-time employment (finding)"))  # fmt: skip
_PROCEDURES = (("430193006", "Medication reconciliation (procedure)"), ("367336001", "Chemotherapy (procedure)"),
               ("108290001", "Radiation oncology AND/OR radiotherapy (procedure)"))  # fmt: skip
_MEASURED = (("8302-2", "Body Height", "cm", 171.0), ("29463-7", "Body Weight", "kg", 74.0), ("2160-0", "Creatinine", "mg/dL", 0.9),
             ("718-7", "Hemoglobin", "g/dL", 13.1), ("6299-2", "Urea nitrogen", "mg/dL", 14.0))  # fmt: skip
_DRUGS = (("314076", "lisinopril 10 MG Oral Tablet"), ("860975", "metformin 500 MG Oral Tablet"), ("1094089", "lenalidomide 10 MG Oral Capsule"))  # fmt: skip


def _concept(system: str, code: str, display: str) -> Resource:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


class _Population:
    """Makes ids and days, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.lots = Random(seed)

    def id(self) -> str:
        return str(UUID(int=self.lots.getrandbits(128), version=4))

    def moment(self) -> str:
        return (
            f"{self.lots.randint(2008, 2026)}-{self.lots.randint(1, 9):02}-{self.lots.randint(1, 28):02}T08:14:09+01:00"
        )

    def resource(self, kind: str, **content: Any) -> Resource:
        return {"resourceType": kind, "id": self.id(), "meta": {"profile": [f"http://hl7.org/fhir/us/core/StructureDefinition/us-core-{kind.lower()}"]}, **content}  # fmt: skip


def population(patients: int, seed: int, shared: int = 3) -> tuple[list[str], Iterator[Resource]]:
    """The ids of the patients, and all resources; every third has myeloma."""
    made = _Population(seed)
    ids = [made.id() for _ in range(patients)]
    return ids, _resources(made, ids, shared)


def _resources(made: _Population, ids: list[str], shared: int) -> Iterator[Resource]:
    for number in range(shared):
        yield made.resource("Organization", name=f"Invented clinic {number}", active=True)
        yield made.resource("Practitioner", name=[{"family": f"Example{number}"}], active=True)
        yield made.resource("PractitionerRole", code=[_concept(_SNOMED, "62247001", "Family medicine specialist")])
        yield made.resource("Location", name=f"Invented ward {number}", status="active")
        yield made.resource("Medication", code=_concept(_RXNORM, *_DRUGS[number % 3]), status="active")
    for number, name in enumerate(ids):
        yield {
            "resourceType": "Patient", "id": name, "birthDate": f"{1940 + number % 50}-03-0{1 + number % 9}", "gender": ("female", "male")[number % 2],
            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName", "valueString": "Example"}],
            "identifier": [{"system": "https://hospital.example/ids", "value": name}], "multipleBirthBoolean": False,
            "name": [{"family": f"Invented{number}", "given": ["Person"]}], "maritalStatus": _concept("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "M", "Married"),
        }  # fmt: skip
        yield from _record(made, {"reference": f"Patient/{name}"}, myeloma=number % 3 == 0)


def _record(made: _Population, who: Resource, *, myeloma: bool) -> Iterator[Resource]:
    visit = made.resource("Encounter", subject=who, status="finished", period={"start": made.moment()}, type=[_concept(_SNOMED, "185347001", "Encounter for problem (procedure)")], **{"class": {"code": "AMB"}})  # fmt: skip
    at = {"encounter": {"reference": f"Encounter/{visit['id']}"}}
    yield visit
    for code in (*_CONDITIONS, *([_MYELOMA] if myeloma else [])):
        active = {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                    "code": made.lots.choice(("active", "resolved")),
                }
            ]
        }
        yield made.resource(
            "Condition",
            subject=who,
            code=_concept(_SNOMED, *code),
            clinicalStatus=active,
            onsetDateTime=made.moment(),
            **at,
        )
    for measured, display, unit, value in _MEASURED:
        quantity = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
        yield made.resource("Observation", subject=who, status="final", code=_concept(_LOINC, measured, display), effectiveDateTime=made.moment(), valueQuantity=quantity, **at)  # fmt: skip
    parts = [
        {
            "code": _concept(_LOINC, "8480-6", "Systolic Blood Pressure"),
            "valueQuantity": {"value": 121.0, "unit": "mm[Hg]"},
        }
    ]
    yield made.resource("Observation", subject=who, status="final", code=_concept(_LOINC, "85354-9", "Blood pressure panel"), effectiveDateTime=made.moment(), component=parts)  # fmt: skip
    yield made.resource("Observation", subject=who, status="final", code=_concept(_LOINC, "72166-2", "Tobacco smoking status"), effectiveDateTime=made.moment(), valueCodeableConcept=_concept(_SNOMED, "266919005", "Never smoked tobacco (finding)"))  # fmt: skip
    for code in _PROCEDURES if myeloma else _PROCEDURES[:1]:
        yield made.resource("Procedure", subject=who, status="completed", code=_concept(_SNOMED, *code), performedPeriod={"start": made.moment(), "end": made.moment()})  # fmt: skip
    for code in _DRUGS if myeloma else _DRUGS[:2]:
        request = made.resource("MedicationRequest", subject=who, status=made.lots.choice(("active", "stopped")), intent="order", authoredOn=made.moment(), medicationCodeableConcept=_concept(_RXNORM, *code))  # fmt: skip
        yield request
        yield made.resource("MedicationAdministration", subject=who, status="completed", effectiveDateTime=made.moment(), medicationCodeableConcept=_concept(_RXNORM, *code), context=at["encounter"])  # fmt: skip
    note = {"contentType": "text/plain; charset=utf-8", "data": "SW52ZW50ZWQu"}
    yield made.resource("DiagnosticReport", subject=who, status="final", code=_concept(_LOINC, "34117-2", "History and physical note"), effectiveDateTime=made.moment(), presentedForm=[note])  # fmt: skip
    yield made.resource("DiagnosticReport", subject=who, status="final", code=_concept(_LOINC, "51990-0", "Basic metabolic panel"), effectiveDateTime=made.moment(), result=[])  # fmt: skip
    yield made.resource("DocumentReference", subject=who, status="current", type=_concept(_LOINC, "34117-2", "History and physical note"), content=[{"attachment": note}])  # fmt: skip
    yield made.resource("AllergyIntolerance", patient=who, code=_concept(_SNOMED, "419474003", "Allergy to mould (disorder)"), type="allergy")  # fmt: skip
    yield made.resource("Immunization", patient=who, status="completed", vaccineCode=_concept("http://hl7.org/fhir/sid/cvx", "140", "Influenza, seasonal"), occurrenceDateTime=made.moment())  # fmt: skip
    plan = made.resource("CarePlan", subject=who, status="active", intent="order", category=[_concept(_SNOMED, "736252007", "Cancer care plan (record artifact)")])  # fmt: skip
    yield plan
    yield made.resource("CareTeam", subject=who, status="active", participant=[{"member": who}])
    yield made.resource("Goal", subject=who, lifecycleStatus="active", description={"text": "Walk every day"})
    yield made.resource("Device", patient=who, status="active", type=_concept(_SNOMED, "72506001", "Implantable defibrillator (device)"))  # fmt: skip
    yield made.resource("ImagingStudy", subject=who, status="available", started=made.moment(), series=[{"uid": "1.2.3", "modality": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "CT"}}])  # fmt: skip
    yield made.resource("SupplyDelivery", patient=who, status="completed")
    claim = made.resource("Claim", patient=who, status="active", use="claim", created=made.moment(), total={"value": 129.16, "currency": "EUR"})  # fmt: skip
    yield claim
    yield made.resource("ExplanationOfBenefit", patient=who, status="active", use="claim", outcome="complete", claim={"reference": f"Claim/{claim['id']}"})  # fmt: skip
    yield made.resource("Coverage", beneficiary=who, status="active", payor=[{"display": "Invented insurer"}])
    yield made.resource("ServiceRequest", subject=who, status="active", intent="order", code=_concept(_SNOMED, "77477000", "Computed tomography (procedure)"))  # fmt: skip
    yield made.resource("QuestionnaireResponse", subject=who, status="completed", item=[{"linkId": "1", "text": "How do you feel?", "answer": [{"valueString": "Well"}]}])  # fmt: skip
    yield made.resource("Provenance", target=[who, {"reference": f"CarePlan/{plan['id']}"}], recorded=made.moment())


def write_export(folder: Path, resources: Iterator[Resource]) -> list[Path]:
    """One NDJSON file for each type, as a server writes them."""
    lines: dict[str, list[str]] = defaultdict(list)
    for resource in resources:
        lines[resource["resourceType"]].append(json.dumps(resource))
    folder.mkdir()
    for kind, found in lines.items():
        (folder / f"{kind}.000.ndjson").write_text("\n".join(found) + "\n", encoding="utf-8")
    return sorted(folder.iterdir())
