"""Kinds: what an ordinary code, category or type of resource must not hide, and what it may."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .bundles import LOINC, concept
from .test_damage import (
    ICD,
    PERMISSIVE,
    RXNORM,
    SNOMED,
    SUPPORTED,
    TOLD,
    Resource,
    answer,
    condition,
    observation,
    procedure,
    written,
)

CPT, PCS, ATC = "http://www.ama-assn.org/go/cpt", "http://hl7.org/fhir/sid/icd-10-pcs", "http://www.whocc.no/atc"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def coded(system: str, code: str, display: str = "", text: str = "") -> Resource:
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding], **({"text": text} if text else {})}


def report(code: Resource, **more: Any) -> Resource:
    return {
        "resourceType": "DiagnosticReport", "id": "new", "status": "final", **TOLD, "effectiveDateTime": "2026-10-01",
        "code": code, **more,
    }  # fmt: skip


def order(code: Resource) -> Resource:
    return {
        "resourceType": "MedicationRequest", "id": "new", "status": "active", "intent": "order", **TOLD,
        "authoredOn": "2026-10-01", "medicationCodeableConcept": code,
    }  # fmt: skip


OPENS: dict[str, Resource] = {
    "a nuclear image of a procedure code": report(coded(PCS, "CW2NZZZ"), conclusion="relapse of myeloma"),
    "a coded conclusion of an unknown report": report(
        coded(LOINC, "18748-4", "Diagnostic imaging study"), conclusionCode=[concept(SNOMED, "999999001")]
    ),
    "a progress note": observation(code=coded(LOINC, "11506-3", "Progress note"), valueString="Relapse. Restart therapy."),
    "a remark on an ordinary value": observation(
        code=coded(LOINC, "2345-7", "Glucose"), valueQuantity={"value": 5}, note=[{"text": "MRD positive"}]
    ),
    "a local code beside an ordinary one": observation(
        code={"coding": [{"system": LOINC, "code": "2345-7"}, {"system": "urn:x", "code": "1", "display": "MRD NGS"}]},
        valueString="positive",
    ),
    "MRD as a vital sign": observation(
        code={"text": "MRD by flow"}, category=[concept(CATEGORY, "vital-signs")], valueString="positive"
    ),
    "a questionnaire on the disease": observation(
        code={"text": "Disease status"}, category=[concept(CATEGORY, "survey")], valueString="progression of myeloma"
    ),
    "a follow-up of a relapse": condition(code=coded(ICD, "Z08", text="Relapsed multiple myeloma")),
    "a finding that the disease rises": condition(code=coded(ICD, "R79.89", text="M-protein rising, progression")),
    "a drug of myeloma under the code of another": order(coded(ATC, "C10AA05", "lenalidomide 10 mg")),
    "the same as a product": order(coded(RXNORM, "308136", "amlodipine", "daratumumab subcutaneous")),
    "radionuclide therapy": procedure(code=coded(CPT, "79101")),
    "an antineoplastic under the skin": procedure(code=coded(PCS, "3E01305")),
    "a new cellular therapy": procedure(code=coded(PCS, "XW23346")),
    "a document": {
        "resourceType": "DocumentReference", "id": "new", "status": "current", **TOLD, "description": "Letter on the relapse",
    },
    "an impression": {
        "resourceType": "ClinicalImpression", "id": "new", "status": "completed", **TOLD, "summary": "Progressive disease",
    },
}  # fmt: skip
QUIET: dict[str, Resource] = {
    "a complication of the disease": condition(code=coded(ICD, "D63.0", text="Anaemia due to multiple myeloma")),
    "a disease that comes back": condition(code=coded(ICD, "F33.1", "Major depressive disorder, recurrent, moderate")),
    "a progress note without news": observation(code=coded(LOINC, "11506-3", "Progress note"), valueString="Well. A fall."),
    "a questionnaire": observation(
        code={"text": "Cancer worry"}, category=[concept(CATEGORY, "survey")], valueString="stable"
    ),
    "an ordinary drug": order(coded(ATC, "C10AA05", "atorvastatin")),
    "an ordinary conclusion": report(coded(LOINC, "24627-2", "CT chest"), conclusionCode=[coded(ICD, "J18.9")]),
    "a document of a visit": {
        "resourceType": "DocumentReference", "id": "new", "status": "current", **TOLD, "type": {"text": "Progress note"},
    },
    "a document entered in error": {
        "resourceType": "DocumentReference", "id": "new", "status": "entered-in-error", **TOLD, "description": "Relapse",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", OPENS)
def test_an_ordinary_code_or_type_hides_no_news(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), OPENS[name]], shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("name", QUIET)
def test_what_is_ordinary_opens_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), QUIET[name]], shipped_rules).outcome == "cessation-supported"


@pytest.mark.parametrize("name", ["a progress note", "a document", "a follow-up of a relapse", "an impression"])
def test_what_such_words_open_a_person_closes(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = [*written(SUPPORTED), OPENS[name]]
    [text] = fhir.read(items)[1].to_be_read
    said = {"by": "treating haematologist", "date": "2026-11-20", "texts": [text.name], "nothing_found": True}
    patient, _ = fhir.read(items, attested=[said])
    assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").outcome == "cessation-supported"


def test_what_one_ordinary_value_was_found_to_say_is_not_taken_for_another_that_says_more(
    shipped_rules: mrdguide.RuleBook,
) -> None:
    """Values that are alike are looked at once; one with a word, an element or a reason of its own is not alike."""
    glucose = {
        "resourceType": "Observation", "status": "final", **TOLD, "code": concept("http://loinc.org", "2345-7"),
        "effectiveDateTime": "2026-10-01", "valueQuantity": {"value": 90, "unit": "mg/dL"},
    }  # fmt: skip
    alike = [{**glucose, "id": f"g{day}", "effectiveDateTime": f"2026-10-{day:02}"} for day in range(1, 6)]
    for more in (
        {"note": [{"text": "relapse of myeloma"}]},
        {"valueQuantity": None, "valueString": "relapse"},
        {"category": [concept("http://hl7.org/fhir/sid/icd-10-cm", "C90.02")]},
        {"extension": [{"url": "x", "valueCodeableConcept": {"text": "relapse of myeloma"}}]},
    ):
        said = {name: item for name, item in {**glucose, "id": "n", **more}.items() if item is not None}
        for items in ([*alike, said], [said, *alike]):
            assert answer([*written(SUPPORTED), *items], shipped_rules).outcome != "cessation-supported", more
    assert answer([*written(SUPPORTED), *alike], shipped_rules).outcome == "cessation-supported"
