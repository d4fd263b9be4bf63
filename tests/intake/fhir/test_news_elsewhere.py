"""News is told by a code in a value, in a bill or a plan, in an adverse event, or in an element beside an ordinary code; therapy
that is over is told again. It counts there too, and what is recorded, old or ordinary opens nothing."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .bundles import LOINC, concept
from .test_damage import ICD, PERMISSIVE, RXNORM, SNOMED, SUPPORTED, TOLD, Resource, answer, observation, written

CPT, ATC = "http://www.ama-assn.org/go/cpt", "http://www.whocc.no/atc"
RELAPSE, LEUKAEMIA = concept(ICD, "C90.02"), concept(ICD, "C92.00")
POSITIVE, NEGATIVE = concept(SNOMED, "10828004"), concept(SNOMED, "260385009")
NOW, THEN = "2026-10-20", "2019-11-20"


def text(said: str) -> dict[str, str]:
    return {"text": said}


def told(name: str, value: Any) -> Resource:
    return observation(id="told", code=text(name), valueCodeableConcept=value)


def panel(code: Any, **value: Any) -> Resource:
    return observation(id="told", code=text("Chemistry panel"), component=[{"code": code, **value}])


def other(kind: str, **item: Any) -> Resource:
    return {"resourceType": kind, "id": "told", "status": "active", **TOLD, **item}


def bill(code: Any, date: str, **item: Any) -> Resource:
    lines = [{"sequence": 1, "servicedDate": date, "productOrService": code}]
    return other("Claim", patient=TOLD["subject"], created=date, item=lines, **item)


def visit(reason: Any, date: str = NOW, **item: Any) -> Resource:
    return other("Encounter", status="finished", period={"start": date}, reasonCode=[reason], **item)


def order(said: str, date: str | None = NOW) -> Resource:
    return other("ServiceRequest", intent="order", code=text(said), **({"authoredOn": date} if date else {}))


def letter(said: str) -> Resource:
    return other("DocumentReference", status="current", date=NOW, description=said)


def harm(**item: Any) -> Resource:
    mild = {"severity": concept("urn:house", "mild"), "event": text("Fatigue"), "date": NOW}
    return {"resourceType": "AdverseEvent", "id": "told", "actuality": "actual", **TOLD, **mild, **item}


def glucose(**item: Any) -> Resource:
    return observation(id="told", code=concept(LOINC, "2345-7"), valueQuantity={"value": 5}, **item)


def colonoscopy(**item: Any) -> Resource:
    return other("Procedure", status="completed", performedDateTime=NOW, code=concept(CPT, "45378"), **item)


def pressure(**item: Any) -> Resource:
    return {"resourceType": "Condition", "id": "told", **TOLD, "code": concept(ICD, "I10"), **item}


def pill(**item: Any) -> Resource:
    return other(
        "MedicationRequest", intent="order", authoredOn=NOW, medicationCodeableConcept=concept(RXNORM, "161"), **item
    )


NEWS: dict[str, Resource] = {
    # a code as the value or a component
    "a diagnosis as a value": told("Diagnosis at discharge", RELAPSE),
    "another cancer as a value": told("Diagnosis at discharge", concept(ICD, "C50.911")),
    "damage as a value": told("Diagnosis at discharge", concept(ICD, "M84.58XA")),
    "a drug as a value": told("Given today", concept(RXNORM, "1369713")),
    "a drug of the induction as a value": told("Given today", concept(RXNORM, "1721947")),
    "a marker in a panel": panel(concept(LOINC, "33358-3"), valueQuantity={"value": 0.6, "unit": "g/dL"}),
    "a test that found something in a panel": panel(concept(LOINC, "25700-6"), valueCodeableConcept=POSITIVE),
    "a state of the disease in a panel": panel(
        concept(LOINC, "97509-4"), valueCodeableConcept=concept(SNOMED, "271299001")
    ),
    "a marker in an ordinary panel": observation(
        id="told", code=concept(LOINC, "58410-2"), component=[{"code": concept(LOINC, "33358-3"), "valueQuantity": {"value": 2}}]
    ),
    # a code in a type that is not read
    "leukaemia on a bill": bill(concept(CPT, "99213"), NOW, diagnosis=[{"diagnosisCodeableConcept": LEUKAEMIA}]),
    "cellular therapy on a bill": bill(concept(CPT, "0540T"), NOW),
    "a new fracture at a visit": visit(concept(ICD, "M84.58XA")),
    "a plasmacytoma at a visit": visit(concept(ICD, "C90.30")),
    "a harvest on a bill": bill(concept(CPT, "38206"), NOW),
    # therapy that is over, told again
    "a drug on a bill of now": bill(concept(ATC, "L01FC01"), NOW),
    "a second transplant on a bill": bill(concept(CPT, "38241"), NOW),
    "an infusion at a visit": visit(text("Daratumumab infusion")),
    "a combination that is ordered": order("DVd, cycle 1"),
    "an order without a day": order("Start bortezomib", None),
    "an activity of an old plan": other(
        "CarePlan", intent="plan", period={"start": THEN}, title="Daratumumab",
        activity=[{"detail": {"status": "scheduled", "description": "Daratumumab weekly", "scheduledPeriod": {"start": NOW}}}],
    ),
    "a letter that it was restarted": letter("Stem cell transplant 2020. Bortezomib was restarted last week."),
    # adverse events that are mild by their grade
    "leukaemia, mild": harm(event=LEUKAEMIA),
    "mild and fatal": harm(outcome=concept("urn:house", "fatal")),
    "mild and in hospital": harm(seriousness=text("Required hospitalisation")),
    "mild, with what came of it": harm(resultingCondition=[{"display": "Acute myeloid leukaemia"}]),
    "mild, by a drug that is not recorded": harm(suspectEntity=[{"instance": {"display": "Pomalidomide 4 mg"}}]),
    "mild, by a drug that is over": harm(suspectEntity=[{"instance": {"display": "Daratumumab"}}]),
    "what nearly happened, in relapse": harm(actuality="potential", event=text("Wrong dose for relapsed myeloma")),
    # beside an ordinary code
    "in an extension": glucose(extension=[{"url": "u", "extension": [{"url": "v", "valueString": "Relapse of myeloma"}]}]),
    "in the display of a visit": glucose(encounter={"display": "Admission with relapsed multiple myeloma"}),
    "in a complication": colonoscopy(complication=[text("Bleeding from an extramedullary plasmacytoma")]),
    "in a code of what was used": colonoscopy(usedCode=[concept(CPT, "0540T")]),
    "in a stage": pressure(stage=[{"summary": text("Relapse of multiple myeloma")}]),
    "in the course of a drug": pill(courseOfTherapyType=text("During salvage therapy of relapsed myeloma")),
    "in the reason of a drug": pill(reasonCode=[text("Prophylaxis during bortezomib")]),
    "in the category": glucose(category=[RELAPSE]),
    "beside what was handed out": {
        "resourceType": "MedicationDispense", "id": "told", "status": "completed", **TOLD, "whenHandedOver": NOW,
        "medicationCodeableConcept": concept(RXNORM, "161"), "note": [{"text": "Starts treatment for relapse of myeloma"}],
    },
}  # fmt: skip

NO_NEWS: dict[str, Resource] = {
    "the diagnosis as a value": told("Diagnosis at discharge", concept(ICD, "C90.01")),
    "another disease as a value": told("Diagnosis at discharge", concept(ICD, "I10")),
    "the maintenance as a value": told("Current medication", concept(RXNORM, "342369")),
    "a marker of nothing in a panel": panel(concept(LOINC, "33358-3"), valueQuantity={"value": 0, "unit": "g/dL"}),
    "a test that found nothing in a panel": panel(concept(LOINC, "25700-6"), valueCodeableConcept=NEGATIVE),
    "a stable state in a panel": panel(concept(LOINC, "97509-4"), valueCodeableConcept=concept(SNOMED, "359746009")),
    "creatinine in a panel": panel(concept(LOINC, "2160-0"), valueQuantity={"value": 0.9, "unit": "mg/dL"}),
    "the disease and its transplant on a bill": bill(
        concept(CPT, "99213"), NOW, diagnosis=[{"diagnosisCodeableConcept": concept(ICD, code)} for code in ("C90.01", "Z94.84")]
    ),
    "tests on a bill": bill(concept(CPT, "84165"), NOW),
    "a fracture of before therapy": visit(concept(ICD, "M84.58XA"), "2019-09-05"),
    "skin on a bill": bill(concept(CPT, "99213"), NOW, diagnosis=[{"diagnosisCodeableConcept": concept(ICD, "C44.91")}]),
    "a drug on a bill of then": bill(concept(ATC, "L01FC01"), THEN),
    "melphalan of the transplant": bill(concept(ATC, "L01AA03"), "2020-03-13"),
    "the transplant on a bill of then": bill(concept(CPT, "38241"), "2020-03-15"),
    "an infusion at a visit of then": visit(text("Daratumumab infusion"), THEN),
    "the maintenance on a bill": bill(concept(ATC, "L04AX04"), NOW),
    "what a drug left behind": visit(text("Peripheral neuropathy after bortezomib")),
    "a ward by its name": visit(text("Follow-up"), location=[{"location": {"display": "Stem Cell Transplant Unit"}}]),
    "a clinic by its name": visit(text("Stem cell transplant clinic")),
    "a transplant by its year": order("Titres, autologous stem cell transplant 2020"),
    "a letter that tells the history": letter("D-VRd 2019, stem cell transplant 2020, then lenalidomide. Complete response."),
    "mild": harm(outcome=concept("urn:house", "resolved"), suspectEntity=[{"instance": {"display": "Lenalidomide"}}]),
    "mild, of then": harm(date=THEN, suspectEntity=[{"instance": {"display": "Bortezomib"}}]),
    "mild, not serious": harm(seriousness=text("Not serious")),
    "another disease in an extension": glucose(extension=[{"url": "u", "valueString": "Recurrence of polyps"}]),
    "the disease in the display of a visit": glucose(encounter={"display": "Visit, multiple myeloma in remission"}),
    "another complication": colonoscopy(complication=[text("Bleeding")], outcome=text("Two polyps, benign")),
    "an ordinary stage": pressure(stage=[{"summary": text("Stage 2")}]),
    "a reason of a drug": pill(reasonCode=[text("Thromboprophylaxis with lenalidomide")]),
}  # fmt: skip


@pytest.mark.parametrize("name", NEWS)
def test_news_told_elsewhere_counts(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), NEWS[name]], shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("name", NO_NEWS)
def test_what_is_recorded_old_or_ordinary_opens_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), NO_NEWS[name]], shipped_rules).outcome == "cessation-supported"


def test_each_item_of_a_bill_has_its_own_day(shipped_rules: mrdguide.RuleBook) -> None:
    old = bill(concept(ATC, "L01FC01"), THEN)
    both = {**old, "item": [*old["item"], {**old["item"][0], "servicedDate": NOW}]}
    assert fhir.read([*written(SUPPORTED), old])[1].gaps == ()
    assert [gap.domains for gap in fhir.read([*written(SUPPORTED), both])[1].gaps] == [("therapy",)]
