"""Therapy told twice, otherwise or not at all: what contradicts opens, what a recorded phase explains changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .bundles import LOINC, OWN, UCUM, concept
from .test_damage import (
    ICD,
    PERMISSIVE,
    RXNORM,
    SNOMED,
    SUPPORTED,
    TOLD,
    Change,
    Resource,
    answer,
    condition,
    observation,
    procedure,
    written,
)

CPT, PCS = "http://www.ama-assn.org/go/cpt", "http://hl7.org/fhir/sid/icd-10-pcs"
PZN, ICD_9 = "http://fhir.de/CodeSystem/ifa/pzn", "http://hl7.org/fhir/sid/icd-9-cm"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
OF_THE_TRANSPLANT = {"performedDateTime": "2020-03-15"}


def coded(system: str, code: str, display: str = "", text: str = "") -> Resource:
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding], **({"text": text} if text else {})}


def lenalidomide(display: str = "", text: str = "") -> Resource:
    return coded(RXNORM, "342369", display, text)


def the_maintenance(items: list[Resource]) -> Resource:
    return next(
        item
        for item in items
        if item["resourceType"] == "MedicationStatement" and item["category"]["coding"][0]["code"] == "maintenance"
    )


def maintenance(**more: Any) -> Change:
    return lambda items: the_maintenance(items).update(more)


def of_the_drug(code: Resource) -> Change:
    def change(items: list[Resource]) -> None:
        item = the_maintenance(items)
        del item["contained"], item["medicationReference"]
        item["medicationCodeableConcept"] = code

    return change


def of_the_product(code: Resource) -> Change:
    return lambda items: the_maintenance(items)["contained"][0].update(code=code)


def transplant(**more: Any) -> Change:
    return lambda items: next(item for item in items if item["resourceType"] == "Procedure").update(more)


def disease(*verified: tuple[str, str]) -> Change:
    status = {"coding": [{"system": system, "code": code} for system, code in verified]}
    return lambda items: next(item for item in items if item["resourceType"] == "Condition").update(
        verificationStatus=status
    )


def added(resource: Resource) -> Change:
    return lambda items: items.append(resource)


def drug(kind: str, code: Resource | None = None, **more: Any) -> Change:
    given = {"resourceType": kind, "id": "new", "status": "completed", **TOLD, **more}
    return added({**given, "medicationCodeableConcept": code or lenalidomide()})


def order(code: Resource | None = None, **more: Any) -> Change:
    return drug(
        "MedicationRequest", code, **{"intent": "order", "status": "active", "authoredOn": "2026-05-01", **more}
    )


def done(text: str, **more: Any) -> Change:
    return added(procedure(code={"text": text}, **more))


def result(code: str) -> Change:
    value = {"value": 5, "unit": "g/L", "system": UCUM, "code": "g/L"}
    return added(observation(code=coded(LOINC, code), valueQuantity=value))


OPENS: dict[str, Change] = {
    # the words of a drug against its code
    "another drug in the text": of_the_drug(lenalidomide(text="Carfilzomib 60 mg")),
    "another drug in the display": of_the_drug(lenalidomide("Pomalidomide")),
    "another drug by its brand": of_the_drug(lenalidomide(text="Revlimid + Kyprolis")),
    "another product than its ingredient": of_the_product(coded(PZN, "123", "Ninlaro")),
    "two products and one ingredient": of_the_product({"text": "Kyprolis + Revlimid"}),
    "another drug where it is referred to": maintenance(
        medicationReference={"reference": "#drugs", "display": "Pomalidomid 4 mg"}
    ),
    # words against a transplant
    "cells that are none of a transplant": transplant(
        code={**concept(OWN, "autologous"), "text": "CAR-T cell infusion (autologous)"}
    ),
    "a transplant that was aborted": transplant(outcome={"text": "Transplant aborted, cells not infused"}),
    # what is said to go on, and does not
    "active, and ended": maintenance(effectivePeriod={"start": "2020-06-20", "end": "2023-01-01"}),
    "switched": maintenance(note=[{"text": "Switched to carfilzomib/dexamethasone 2026-04."}]),
    "another drug added": maintenance(note=[{"text": "Daratumumab added in March 2026."}]),
    "another line": maintenance(note=[{"text": "Now on second line therapy."}]),
    "another line in its category": maintenance(
        category={**concept(OWN, "maintenance"), "text": "maintenance after second-line therapy"}
    ),
    "paused": maintenance(note=[{"text": "Paused since 2025-03 because of neutropenia."}]),
    "stopped by the patient": maintenance(note=[{"text": "Patient stopped taking it in May 2025."}]),
    "stopped in the dosage": maintenance(dosage=[{"text": "stop since 05/2025"}]),
    # words of what was not given
    "not taken for progression": drug(
        "MedicationStatement", status="not-taken", effectiveDateTime="2026-05-01", note=[{"text": "progressive disease"}]
    ),
    "a draft for a relapse": order(
        coded(RXNORM, "1302966"), status="draft", reasonCode=[{"text": "relapsed multiple myeloma"}]
    ),
    "a procedure in preparation for a relapse": added(
        procedure(
            status="preparation", code={"text": "Line"}, note=[{"text": "Myeloma relapse"}], performedDateTime="2026-10-01"
        )
    ),
    # what no recorded phase explains
    "a harvest long after": added(procedure(code=coded(CPT, "38206"))),
    "a transplant of another day": added(procedure(code=coded(CPT, "38241"))),
    "an allogeneic transplant of that day": added(procedure(code=coded(CPT, "38240"), **OF_THE_TRANSPLANT)),
    "cells of a donor": added(procedure(code=coded(CPT, "38205"), performedDateTime="2020-02-20")),
    "chemotherapy long after": done("High-dose chemotherapy", performedDateTime="2026-03-13"),
    "cellular therapy": added(procedure(code=coded(CPT, "38228"))),
    "a status after allogeneic transplant": added(
        condition(code={"text": "Status post allogeneic stem cell transplant"})
    ),
    "a status after a second transplant": added(
        condition(code={"text": "Status post second autologous stem cell transplant"})
    ),
    "a transplant that is awaited": added(condition(code={"text": "Awaiting autologous stem cell transplant"})),
    "a relapse after transplant": added(
        condition(code=coded(ICD, "Z94.84", text="Myeloma relapse after stem cell transplant"))
    ),
    "an infusion of another drug": added(
        procedure(code=coded(CPT, "96413", text="Carfilzomib infusion"), performedDateTime="2019-10-20")
    ),
    "a dose after the phase": drug(
        "MedicationAdministration", coded(RXNORM, "358258"), effectiveDateTime="2025-10-10"
    ),
    "a dose that is named otherwise": drug(
        "MedicationAdministration", coded(RXNORM, "358258", "Kyprolis"), effectiveDateTime="2019-10-10"
    ),
    "a refill of another drug": drug(
        "MedicationDispense", coded(RXNORM, "1369713"), whenHandedOver="2024-05-01"
    ),
    "a refill that is named otherwise": drug(
        "MedicationDispense", lenalidomide(text="Imnovid 4 mg"), whenHandedOver="2024-05-01"
    ),
    "a refill without a day": drug("MedicationDispense"),
    "a last refill": drug(
        "MedicationDispense", whenHandedOver="2024-05-01", note=[{"text": "last pack, then stopped"}]
    ),
    "a renewal for a relapse": order(note=[{"text": "relapse"}]),
    "an order that goes on of a phase that is over": order(authoredOn="2019-10-10"),
    # a test that tells its result
    "the result of a test in its name": done("MRD positive"),
    "the result of a test as its outcome": done("PET-CT", outcome={"text": "new FDG-avid lesion"}),
    "why a test was done": added(
        procedure(code=coded(CPT, "78816"), reasonCode=[{"text": "suspected relapse of myeloma"}])
    ),
    "a biopsy of a lesion": done("Biopsy of new lesion"),
    "words in an ordinary component": lambda items: [
        item["component"].append({"code": concept(LOINC, "718-7"), "valueString": "clonal plasma cells detected"})
        for item in items
        if item.get("code") == concept(OWN, "mrd")
    ],
    "a relapse by an old code": added(condition(code=coded(ICD_9, "203.02"))),
}  # fmt: skip
QUIET: dict[str, Change] = {
    "the brand of the drug": of_the_drug(lenalidomide(text="Revlimid 10 mg")),
    "its name in another language": of_the_drug(lenalidomide("Lenalidomid")),
    "a product of the drug": of_the_product(coded(PZN, "123", "Revlimid 10 mg Hartkapseln")),
    "a product without words": of_the_product(coded(PZN, "123")),
    "a transplant in words": transplant(
        code=coded(SNOMED, "58776007", "Autologous bone marrow transplant", "Auto-SCT after melphalan 200")
    ),
    "how a transplant was done": transplant(
        note=[{"text": "Conditioning with melphalan"}], outcome={"text": "Engrafted"}
    ),
    "active until a day to come": maintenance(effectivePeriod={"start": "2020-06-20", "end": "2027-01-01"}),
    "how it is taken": maintenance(dosage=[{"text": "10 mg daily d1-21, then 7 days pause"}]),
    "taken with food": maintenance(note=[{"text": "Take with food"}]),
    "a smaller dose": maintenance(note=[{"text": "Dose reduced to 5 mg for neutropenia"}]),
    "not stopped": maintenance(note=[{"text": "Not stopped. Given after stem cell transplant."}]),
    "a draft": order(status="draft"),
    "not taken": drug("MedicationStatement", status="not-taken", effectiveDateTime="2026-05-01"),
    "sampling of marrow": added(procedure(code=coded(CPT, "38222", "Bone marrow biopsy and aspiration"))),
    "aspiration of marrow": added(procedure(code=coded(CPT, "38220"))),
    "a status after transplant": added(condition(code=coded(ICD, "Z94.84", "Stem cells transplant status"))),
    "a status after transplant of marrow": added(condition(code=coded(ICD, "Z94.81"))),
    "a status in words": added(condition(code={"text": "Status post autologous stem cell transplant (2020)"})),
    "the transplant billed": added(procedure(code=coded(CPT, "38241", "Autologous HPC transplantation"), **OF_THE_TRANSPLANT)),
    "the transplant in a hospital's codes": added(procedure(code=coded(PCS, "30243G0"), **OF_THE_TRANSPLANT)),
    "the transplant in words": done("Autologous stem cell transplantation", **OF_THE_TRANSPLANT),
    "the harvest": added(procedure(code=coded(CPT, "38206"), performedDateTime="2020-02-20")),
    "the harvest in words": done("Harvesting of peripheral blood stem cells", performedDateTime="2020-02-20"),
    "the mobilisation": done("Stem cell mobilization", performedDateTime="2020-02-10"),
    "the conditioning": done("High-dose chemotherapy", performedDateTime="2020-03-13"),
    "an infusion of the induction": added(procedure(code=coded(CPT, "96413"), performedDateTime="2019-10-20")),
    "a dose of the induction": drug(
        "MedicationAdministration", coded(RXNORM, "358258", "bortezomib"), effectiveDateTime="2019-10-10"
    ),
    "a refill": drug("MedicationDispense", whenHandedOver="2024-05-01"),
    "a renewal": order(),
    "a renewal of long ago": order(status="completed", authoredOn="2022-05-01"),
    "a confirmed disease": disease((VERIFICATION, "confirmed"), (SNOMED, "410605003")),
    "a disease confirmed in one system": disease((SNOMED, "410605003")),
    "a local word beside confirmed": disease((VERIFICATION, "confirmed"), ("urn:example:words", "K")),
    "a scan as a procedure": added(procedure(code=coded(CPT, "78816"), performedDateTime="2026-09-20")),
    "flow cytometry as a procedure": added(procedure(code=coded(CPT, "88184"))),
    "cytogenetics as a procedure": added(procedure(code=coded(CPT, "88271"))),
    "a scan in words": done("PET-CT"),
    "an electrophoresis": done("Protein electrophoresis"),
    "an MRD test in words": done("Flow cytometry MRD"),
    "an old code of remission": added(condition(code=coded(ICD_9, "203.01"), onsetDateTime="2021-01-01")),
    "MGUS years before": added(condition(code=coded(SNOMED, "277577000", "Monoclonal gammopathy"), onsetDateTime="2014-03-15")),
    **{f"the value {code}": result(code) for code in ("718-7", "17861-6", "2465-3", "2458-8", "2472-9", "2885-2", "2865-4", "6875-9")},
}  # fmt: skip


def changed(change: Change) -> list[Resource]:
    items = written(SUPPORTED)
    change(items)
    return items


@pytest.mark.parametrize("name", OPENS)
def test_what_contradicts_or_is_not_explained_stops_any_permission(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer(changed(OPENS[name]), shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("name", QUIET)
def test_what_fits_or_is_explained_changes_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer(changed(QUIET[name]), shipped_rules).outcome == "cessation-supported"


@pytest.mark.parametrize(
    "name", ["the harvest", "the transplant billed", "a status after transplant", "the conditioning"]
)
def test_without_a_recorded_transplant_they_open_therapy(name: str) -> None:
    items = [item for item in changed(QUIET[name]) if item.get("code") != concept(OWN, "autologous")]
    assert ("therapy",) in [gap.domains for gap in fhir.read(items)[1].gaps]


@pytest.mark.parametrize("name", ["a refill", "a renewal"])
def test_without_a_phase_that_goes_on_they_are_not_explained(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = changed(QUIET[name])
    items.remove(the_maintenance(items))
    patient, report = fhir.read(items)
    assert report.gaps or patient.therapy[-1].phase is None
    assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").outcome not in PERMISSIVE


def test_an_end_that_is_past_of_what_is_active_is_named_and_asked_for(shipped_rules: mrdguide.RuleBook) -> None:
    patient, report = fhir.read(changed(OPENS["active, and ended"]))
    assert any("an end on 2023-01-01 that is past" in issue.text for issue in report.issues)
    asked = mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").missing
    assert [item.what for item in asked] == ["end of maintenance (2020-06-20) (null if it goes on)"]


def test_the_end_of_the_dosage_of_an_active_order_is_one_too(shipped_rules: mrdguide.RuleBook) -> None:
    bounds = {"timing": {"repeat": {"boundsPeriod": {"start": "2020-06-20", "end": "2023-01-01"}}}}

    def change(items: list[Resource]) -> None:
        items.remove(the_maintenance(items))
        order(authoredOn="2020-06-20", category=[concept(OWN, "maintenance")], dosageInstruction=[bounds])(items)

    assert answer(changed(change), shipped_rules).outcome not in PERMISSIVE


def test_words_beside_a_drug_are_a_text_that_a_person_can_read(shipped_rules: mrdguide.RuleBook) -> None:
    items = changed(maintenance(note=[{"text": "Paused for one week in 2021."}]))
    [text] = fhir.read(items)[1].to_be_read
    said = {"by": "treating haematologist", "date": "2026-11-20", "texts": [text.name], "nothing_found": True}
    patient, _ = fhir.read(items, attested=[said])
    assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").outcome == "cessation-supported"


def test_what_was_found_beside_confirmed_is_still_doubted() -> None:
    patient, _ = fhir.read(changed(disease((VERIFICATION, "confirmed"), (VERIFICATION, "provisional"))))
    assert patient.diagnosis.disease != "multiple-myeloma"
