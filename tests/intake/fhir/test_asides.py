"""Words beside what is coded, and resources of types that are not read: they open, and a person closes them."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .bundles import concept
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
    each_image,
    each_mrd,
    written,
)

CPT = "http://www.ama-assn.org/go/cpt"
MYELOMA = {**concept(SNOMED, "109989006"), "text": "Multiple myeloma"}


def other(kind: str, **more: Any) -> Resource:
    return {"resourceType": kind, "id": "new", "status": "active", **TOLD, **more}


def added(resource: Resource) -> Change:
    return lambda items: items.append(resource)


def first(kind: str, **more: Any) -> Change:
    return lambda items: next(item for item in items if item["resourceType"] == kind).update(more)


def going_on(**more: Any) -> Change:
    def change(items: list[Resource]) -> None:
        next(
            item
            for item in items
            if item["resourceType"] == "MedicationStatement" and "end" not in item["effectivePeriod"]
        ).update(more)

    return change


TEXTS: dict[str, Change] = {
    "a relapse in the text beside the code of the disease": first(
        "Condition", code={**concept(SNOMED, "109989006"), "text": "Multiple myeloma in relapse"}
    ),
    "a stage": first("Condition", stage=[{"summary": {"text": "second relapse"}}]),
    "a note on the disease": first("Condition", note=[{"text": "Biochemical progression in March, watched"}]),
    "why the drug is given": going_on(reasonCode=[{"text": "Relapsed myeloma"}]),
    "why it was changed": going_on(statusReason=[{"text": "no CRAB, but disease progression"}]),
    "how it is taken": going_on(dosage=[{"text": "10 mg since the relapse"}]),
    "a poor sample": each_mrd(note=[{"text": "Haemodiluted aspirate, interpret with caution"}]),
    "a finding beside the result": each_mrd(note=[{"text": "MRD detected at 4e-6"}]),
    "a lesion in the words of an image": each_image(conclusion="New FDG-avid lesion in L3."),
    "an encounter for it": added(other("Encounter", reasonCode=[{"text": "Relapsed multiple myeloma"}])),
    "a claim for it": added(other("Claim", diagnosis=[{"diagnosisCodeableConcept": concept(ICD, "C90.02")}])),
    "a flag": added(other("Flag", code={"text": "Myeloma, relapse"})),
    "a plan": added(other("CarePlan", title="Care of relapsed myeloma")),
    "a structure": added(other("BodyStructure", morphology={"text": "Plasmacytoma"})),
    "a section of a letter": added(
        other("Composition", section=[{"text": {"div": "<div>Myeloma, <b>progressing</b></div>"}}])
    ),
    "an answer of the patient": added(
        other("QuestionnaireResponse", item=[{"text": "Relapse of myeloma?", "answer": [{"valueBoolean": True}]}])
    ),
    "a report that is attached": added(
        other("DiagnosticReport", status="final", code={"text": "Marrow"}, presentedForm=[{"title": "MRD report"}])
    ),
    "a type that nobody knows": added(other("Registration", text={"div": "<div>relapsed plasma cell myeloma</div>"})),
    "an allergy to the drug": added(other("AllergyIntolerance", code={"text": "Lenalidomide: severe skin reaction"})),
    "a result in a letter": added(
        other("Composition", section=[{"text": {"div": "<div>Marrow: MRD <b>positive</b>, 3 in 10,000</div>"}}])
    ),
    "a response that is lost": added(other("Communication", payload=[{"contentString": "Loss of complete response"}])),
    "an image that nobody reported": added(other("ImagingStudy", description="PET-CT: new lytic lesion of L3")),
    "a trial": added(
        {"resourceType": "ResearchSubject", "id": "new", "status": "on-study", "individual": TOLD["subject"],
         "study": {"display": "Relapsed myeloma, phase 3"}}
    ),
    "a drug in words": added(
        other("MedicationRequest", intent="order", medicationCodeableConcept={"text": "Study drug 7, once a week"})
    ),
    "a drug of a local code": added(
        other(
            "MedicationRequest", intent="order",
            medicationCodeableConcept={"coding": [{"system": "urn:local", "code": "77", "display": "METOPROLOL 50 MG"}]},
        )
    ),
    "a drug that is handed out": added(
        other("MedicationDispense", status="completed", medicationCodeableConcept={"text": "Vitamin D"})
    ),
}  # fmt: skip


# Of therapy a person says so expressly.
THERAPY: dict[str, Change] = {
    "a plan of other drugs": added(
        other("CarePlan", activity=[{"detail": {"status": "in-progress", "code": {"text": "Pomalidomide, dexamethasone"}}}])
    ),
    "another drug by its code": added(
        other("Claim", item=[{"productOrService": {"coding": [{"system": RXNORM, "code": "1369713"}]}}])
    ),
    "cells that were given": added(
        other("Immunization", status="completed", vaccineCode={"text": "ciltacabtagene autoleucel"})
    ),
    "cells that are ordered": added(other("ServiceRequest", intent="order", code={"text": "CAR-T cell infusion"})),
    "cells in other words": added(
        other("Procedure", status="completed", code={"text": "Infusion of modified autologous T cells"})
    ),
    "a plan in words": added(other("CarePlan", title="Salvage therapy")),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_words_open_and_a_person_closes_them(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    TEXTS[name](items)
    assert answer(items, shipped_rules).outcome not in PERMISSIVE
    texts = fhir.read(items)[1].to_be_read
    assert texts
    assert all(text.wording for text in texts)
    said = {"by": "tumor board", "date": "2026-11-20", "texts": [text.name for text in texts], "nothing_found": True}
    patient, report = fhir.read(items, attested=[said])
    assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").outcome == "cessation-supported"
    assert report.complete


def test_a_changed_text_opens_again(shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    going_on(note=[{"text": "progression cannot be ruled out"}])(items)
    said = {
        "by": "tumor board", "date": "2026-11-20", "nothing_found": True,
        "texts": [text.name for text in fhir.read(items)[1].to_be_read],
    }  # fmt: skip
    going_on(note=[{"text": "progression confirmed"}])(items)
    patient, _ = fhir.read(items, attested=[said])
    assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").outcome not in PERMISSIVE


@pytest.mark.parametrize("name", THERAPY)
def test_therapy_in_words_is_closed_by_who_has_read_them_for_therapy(
    name: str, shipped_rules: mrdguide.RuleBook
) -> None:
    items = written(SUPPORTED)
    THERAPY[name](items)
    [text] = fhir.read(items)[1].to_be_read
    said = {"by": "tumor board", "date": "2026-11-20", "texts": [text.name], "nothing_found": True}
    for about, closed in (None, False), (["therapy"], True):
        statement = {**said, "about": about} if about else said
        found = mrdguide.evaluate(fhir.read(items, attested=[statement])[0], rules=shipped_rules, as_of="2026-11-21")
        assert (found.outcome == "cessation-supported") is closed
        assert (found.outcome in PERMISSIVE) is closed


QUIET: dict[str, Change] = {
    "a disease in remission": first(
        "Condition", code={**concept(SNOMED, "109989006"), "text": "Multiple myeloma, in remission, no relapse"}
    ),
    "a result in the usual words": each_mrd(
        note=[{"text": "No MRD detected at 1e-6. No clonal plasma cells were identified."}],
    ),
    "the same beside the code of the value": lambda items: [
        item["valueCodeableConcept"].update(text="No MRD detected") for item in items if item.get("method")
    ],
    "an image in the usual words": each_image(
        conclusion="No FDG-avid lesion, no plasmacytoma. Degenerative change seen. Uptake in bowel."
    ),
    "a drug for the disease": going_on(reasonCode=[MYELOMA], note=[{"text": "tolerated well, without progression"}]),
    "an encounter": added(other("Encounter", reasonCode=[MYELOMA])),
    "a claim": added(other("Claim", diagnosis=[{"diagnosisCodeableConcept": MYELOMA}])),
    "a plan of the maintenance": added(other("CarePlan", title="Lenalidomide maintenance, multiple myeloma")),
    "a document": added(other("DocumentReference", description="Progress note: multiple myeloma in remission")),
    "a claim of the drug that is recorded": added(
        other("Claim", item=[{"productOrService": {"text": "Revlimid 10 mg capsules"}}])
    ),
    "a plan not to": added(other("ServiceRequest", intent="order", doNotPerform=True, code={"text": "CAR-T cell infusion"})),
    "an allergy to something else": added(other("AllergyIntolerance", code={"text": "Penicillin V"})),
    "vaccines": added(other("Immunization", status="completed", vaccineCode={"text": "Pneumococcal, conjugate"})),
    "desensitisation": added(other("Procedure", status="completed", code={"text": "Allergen immunotherapy"})),
    "a transplant that is recorded": added(other("EpisodeOfCare", type=[{"text": "After autologous stem cell transplant"}])),
    "good news in a letter": added(
        other("Composition", section=[{"text": {"div": "<div>No new lesion. MRD negative.</div>"}}])
    ),
    "somebody else": added(other("FamilyMemberHistory", note=[{"text": "father: relapsed myeloma"}])),
    "another disease that comes back": added(other("Flag", code={"text": "Relapsing polychondritis"})),
}  # fmt: skip


@pytest.mark.parametrize("name", QUIET)
def test_usual_words_open_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    QUIET[name](items)
    assert answer(items, shipped_rules).outcome == "cessation-supported"


def test_who_says_nothing_of_the_disease_has_not_said_it_of_a_drug_for_it(shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    added(other("MedicationRequest", intent="order", medicationCodeableConcept={"text": "Blenrep"}))(items)
    [text] = fhir.read(items)[1].to_be_read
    said = {"by": "tumor board", "date": "2026-11-20", "texts": [text.name], "nothing_found": True}
    patient, _ = fhir.read(items, attested=[said])
    assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").outcome not in PERMISSIVE
    patient, _ = fhir.read(items, attested=[{**said, "about": ["therapy"]}])
    assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").outcome == "cessation-supported"


@pytest.mark.parametrize(
    "more",
    [
        {"note": [{"text": "Second pull, haemodilute"}]},
        {"collection": {"bodySite": {"text": "Peripheral vein"}}},
        {"type": {"coding": [{"system": SNOMED, "code": "119359002"}], "text": "clotted marrow"}},
    ],
)
def test_words_of_the_sample_are_words_of_its_result(more: Resource, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    each_mrd(specimen={"reference": "Specimen/new"})(items)
    marrow = {"type": {"coding": [{"system": SNOMED, "code": "119359002"}]}}
    items.append({"resourceType": "Specimen", "id": "new", **TOLD, **marrow})
    assert answer(items, shipped_rules).outcome == "cessation-supported"
    items[-1].update(more)
    assert answer(items, shipped_rules).outcome not in PERMISSIVE
    [text] = fhir.read(items)[1].to_be_read
    assert text.resource_type == "Specimen"
    said = {"by": "tumor board", "date": "2026-11-20", "texts": [text.name], "nothing_found": True}
    assert mrdguide.evaluate(fhir.read(items, attested=[said])[0], as_of="2026-11-21").outcome == "cessation-supported"


@pytest.mark.parametrize("code", ["M84.58XA", "C79.51", "G95.20"])
@pytest.mark.parametrize(
    ("began", "opens"), [({"onsetDateTime": "2019-08-20"}, False), ({"onsetDateTime": "2026-10-04"}, True), ({}, True)]
)
def test_bone_disease_is_that_of_the_diagnosis_only_from_before_therapy(
    code: str, began: dict[str, str], opens: bool, shipped_rules: mrdguide.RuleBook
) -> None:  # fmt: skip
    items = written(SUPPORTED)
    added(other("Condition", code=concept(ICD, code), **began))(items)
    assert (answer(items, shipped_rules).outcome in PERMISSIVE) is not opens


@pytest.mark.parametrize(
    ("day", "opens"),
    [("2019-11-04", False), ("2020-03-13", False), ("2020-04-20", True), ("2026-10-04", True), (None, True)],
)
def test_a_drug_that_was_infused_is_explained_by_a_phase_of_such_drugs(
    day: str | None, opens: bool, shipped_rules: mrdguide.RuleBook
) -> None:
    items = written(SUPPORTED)
    when = {"performedDateTime": day} if day is not None else {}
    added(other("Procedure", code=concept(CPT, "96413"), **when) | {"status": "completed"})(items)
    assert (answer(items, shipped_rules).outcome in PERMISSIVE) is not opens


def test_a_drug_of_the_family_is_no_text() -> None:
    items = written(SUPPORTED)
    added(
        other(
            "MedicationRequest", intent="order", medicationCodeableConcept=concept("http://www.whocc.no/atc", "L01XX52")
        )
    )(items)
    _, report = fhir.read(items)
    assert not report.texts
    assert [gap.domains for gap in report.gaps] == [("therapy",)]


def test_a_death_is_told() -> None:
    items = written(SUPPORTED)
    first("Patient", deceasedDateTime="2026-10-01")(items)
    assert any("died on 2026-10-01" in issue.text for issue in fhir.read(items)[1].issues)


def test_a_drug_that_is_referred_to_by_name_can_be_read(shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    items.append({"resourceType": "Medication", "id": "m9", "code": {"text": "Folic acid"}})
    added(other("MedicationRequest", intent="order", medicationReference={"reference": "Medication/m9"}))(items)
    [text] = fhir.read(items)[1].to_be_read
    assert "Folic acid" in text.wording
    known = concept(RXNORM, "17767")
    items[-2]["code"] = known
    assert answer(items, shipped_rules).outcome == "cessation-supported"


@pytest.mark.parametrize(
    ("value", "more", "opens"),
    [(900, {}, True), (900, {"referenceRange": [{"low": {"value": 3.3}, "high": {"value": 19.4}}]}, True),
     (90, {"referenceRange": [{"low": {"value": 3.3}, "high": {"value": 100}}]}, False),
     (900, {"referenceRange": [{"low": {"value": 3.3}, "high": {"value": 1000}}]}, True)],
)  # fmt: skip
def test_one_light_chain_without_the_other_opens_unless_it_is_normal_and_not_high(
    value: float, more: dict[str, Any], opens: bool, shipped_rules: mrdguide.RuleBook
) -> None:
    items = written(SUPPORTED)
    kappa = {
        "resourceType": "Observation", "id": "k", "status": "final", **TOLD, "effectiveDateTime": "2026-10-04",
        "code": concept("http://loinc.org", "36916-5"), "valueQuantity": {"value": value, "unit": "mg/L"}, **more,
    }  # fmt: skip
    items.append(kappa)
    assert (answer(items, shipped_rules).outcome in PERMISSIVE) is not opens
    items.append(
        {
            **kappa,
            "id": "l",
            "code": concept("http://loinc.org", "33944-0"),
            "valueQuantity": {"value": value * 0.8, "unit": "mg/L"},
        }
    )
    assert answer(items, shipped_rules).outcome == "cessation-supported"
