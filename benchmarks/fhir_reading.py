"""A large chart read from FHIR: how long it takes, beside parsing the same text as JSON, which nobody can go below."""

from __future__ import annotations

import gc
import json
from time import process_time
from typing import Any

from mrdguide import fhir

MEGABYTES = 8
_LOINC, _SNOMED, _ICD = "http://loinc.org", "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm"
_RXNORM, _UCUM = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://unitsofmeasure.org"
_SUBJECT = {"subject": {"reference": "Patient/p"}}


def chart(megabytes: float = MEGABYTES) -> str:
    """The JSON text of a Bundle of one invented patient: laboratory values, vital signs, conditions, orders, as in a real chart."""
    entries: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "p", "birthDate": "1961"},
        {
            "resourceType": "Condition",
            "id": "d",
            **_SUBJECT,
            "code": _coded(_SNOMED, "109989006"),
            "onsetDateTime": "2019-08",
        },
    ]
    size = number = 0
    while size < megabytes * 1_000_000:
        batch = [_one(number + place) for place in range(500)]
        size += len(json.dumps(batch, indent=1))
        entries += batch
        number += len(batch)
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in entries]}
    return json.dumps(bundle, indent=1)


def _coded(system: str, code: str) -> dict[str, Any]:
    return {
        "coding": [{"system": system, "code": code, "display": "as the register calls it"}],
        "text": "as it is called here",
    }


def _one(number: int) -> dict[str, Any]:
    day = f"20{10 + number % 16}-{1 + number % 12:02}-{1 + number % 28:02}"
    name = {"id": f"r{number}", **_SUBJECT}
    kind = number % 10
    if kind < 7:
        codes = ("2160-0", "718-7", "2345-7", "2951-2", "777-3", "8480-6", "29463-7")
        category = "vital-signs" if kind > 4 else "laboratory"
        return {
            "resourceType": "Observation", **name, "status": "final", "effectiveDateTime": f"{day}T08:00:00Z",
            "category": [_coded("http://terminology.hl7.org/CodeSystem/observation-category", category)],
            "code": _coded(_LOINC, codes[kind]),
            "valueQuantity": {"value": 90 + number % 40 / 10, "unit": "mg/dL", "system": _UCUM, "code": "mg/dL"},
        }  # fmt: skip
    if kind == 7:
        return {"resourceType": "Condition", **name, "code": _coded(_ICD, "I10"), "onsetDateTime": day}
    if kind == 8:
        drug = _coded(_RXNORM, "17767")
        order = {"status": "completed", "intent": "order", "authoredOn": day, "medicationCodeableConcept": drug}
        return {"resourceType": "MedicationRequest", **name, **order}
    done = {"status": "completed", "code": _coded("http://www.ama-assn.org/go/cpt", "99213"), "performedDateTime": day}
    return {"resourceType": "Procedure", **name, **done}


def parsing_and_reading(text: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of parsing and of reading, in turns."""
    parsing, reading = [], []
    fhir.read(json.loads(text))  # the code table is loaded once
    for _ in range(rounds):
        gc.collect()
        began = process_time()
        data = json.loads(text)
        parsing.append(process_time() - began)
        began = process_time()
        fhir.read(data)
        reading.append(process_time() - began)
    return parsing, reading
