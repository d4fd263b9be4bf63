"""What stands in the chart of any patient, and says nothing of the disease or nothing that is coded. All of it is invented."""

from __future__ import annotations

from typing import Any

from .bundles import LOINC, concept

Resource = dict[str, Any]
SNOMED, ICD = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM, ATC, CPT = (
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://www.whocc.no/atc",
    "http://www.ama-assn.org/go/cpt",
)
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"

_LABS = "718-7 2345-7 4548-4 2951-2 2823-3 17861-6 3094-0 1742-6 1920-8 1975-2 6768-6 2885-2 6690-2 777-3 789-8 787-2 2093-3 2571-8 3016-3 2276-4"
_VITAL_SIGNS = "8480-6 8462-4 8867-4 9279-1 8310-5 29463-7 8302-2 39156-5 59408-5 72514-3"
_INGREDIENTS = "29046 83367 6809 161 1191 7646 17767 36567 5640 10582"
_PRODUCTS = "314076 617311 860975 243670 198440 312961 310965 313782 308136 314077"
_OTHER_DRUGS = "C08CA01 N02BE01 A02BC01 C09AA05 C10AA05 B01AC06 J05AB01 M05BA08 A10BA02 C07AB07"
_CONDITIONS = "I10 E11.9 J45.909 M17.0 K21.9 E78.5 F32.A N39.0 G47.33 M54.50 H25.9 I48.91 E03.9 R05.9 S52.501A I25.10 N18.30 B02.9 J18.9 E55.9"
_FINDINGS = "44054006 38341003 195967001 59621000 55822004 271737000 230690007 22298006 84757009 414545008"
_DONE = "99213 80053 71046 93000 36415 90686 45378 66984 27447 90471"
_WORDS = ("Lives alone", "Hearing aid fitted", "Wound care done", "Diet advice given", "Physiotherapy of the shoulder")


def ordinary(subject: str, number: int = 200) -> list[Resource]:
    """So many resources of a chart that bear on no answer: drugs, conditions, laboratory values, procedures, vital signs."""
    kinds = [
        *(_observation(code, "laboratory") for code in _LABS.split()),
        *(_observation(code, "vital-signs") for code in _VITAL_SIGNS.split()),
        *(_drug(RXNORM, code) for code in (*_INGREDIENTS.split(), *_PRODUCTS.split())),
        *(_drug(ATC, code) for code in _OTHER_DRUGS.split()),
        *(_condition(ICD, code) for code in _CONDITIONS.split()),
        *(_condition(SNOMED, code) for code in _FINDINGS.split()),
        *({"resourceType": "Procedure", "status": "completed", "code": concept(CPT, code)} for code in _DONE.split()),
        *({"resourceType": "Procedure", "status": "completed", "code": {"text": text}} for text in _WORDS),
    ]
    made = []
    for place in range(number):
        item = dict(kinds[place % len(kinds)])
        item |= {"id": f"ordinary-{place}", "subject": {"reference": subject}}
        item |= _dated(item["resourceType"], f"20{15 + place % 11}-{1 + place % 12:02}-{1 + place % 28:02}")
        made.append(item)
    return made


def _observation(code: str, category: str) -> Resource:
    return {
        "resourceType": "Observation", "status": "final", "category": [concept(CATEGORY, category)],
        "code": {"coding": [{"system": LOINC, "code": code, "display": "an ordinary value"}]}, "valueQuantity": {"value": 12, "unit": "1"},
    }  # fmt: skip


def _drug(system: str, code: str) -> Resource:
    return {
        "resourceType": "MedicationRequest", "status": "completed", "intent": "order",
        "medicationCodeableConcept": concept(system, code),
    }  # fmt: skip


def _condition(system: str, code: str) -> Resource:
    return {"resourceType": "Condition", "clinicalStatus": concept("x", "active"), "code": concept(system, code)}


def _dated(kind: str, day: str) -> Resource:
    name = {"Observation": "effectiveDateTime", "Procedure": "performedDateTime", "MedicationRequest": "authoredOn"}
    return {name.get(kind, "onsetDateTime"): day}


def negative_reports(subject: str, days: tuple[str, ...]) -> list[Resource]:
    """Ten ordinary negative reports for each visit, the kinds that a follow-up of the disease brings: half coded, half as text."""
    return [
        {"id": f"visit-{visit}-{number}", "status": "final", "subject": {"reference": subject}, "effectiveDateTime": day, **report}
        for visit, day in enumerate(days)
        for number, report in enumerate(_visit())
    ]  # fmt: skip


def _visit() -> list[Resource]:
    normal = {"referenceRange": [{"low": {"value": 0.26}, "high": {"value": 1.65}}]}
    return [
        _report(concept(LOINC, "33358-3"), valueQuantity={"value": 0, "unit": "g/dL"}),
        _report(concept(LOINC, "25700-6"), valueCodeableConcept=concept(SNOMED, "260385009")),
        _report(concept(LOINC, "48378-4"), valueQuantity={"value": 1.1}, **normal),
        _report(concept(LOINC, "36916-5"), valueQuantity={"value": 11, "unit": "mg/L"}),
        _report(concept(LOINC, "33944-0"), valueQuantity={"value": 12, "unit": "mg/L"}),
        _report({"text": "Serum protein electrophoresis, M-spike"}, valueQuantity={"value": 0, "unit": "g/dL"}),
        _report(concept(LOINC, "25700-6"), valueString="no monoclonal protein"),
        _report({"text": "Marrow MRD by flow"}, valueString="MRD negative"),
        _report({"text": "Progress note"}, valueString="Well. A fall at home."),
        {"resourceType": "DiagnosticReport", "code": {"text": "CT chest"}, "conclusion": "No plasmacytoma, no progression."},
    ]  # fmt: skip


def _report(code: Resource, **value: Any) -> Resource:
    return {"resourceType": "Observation", "code": code, **value}
