"""News stands where a record has room for it: inside another resource, in a reason, in a status, in an attachment, in what
was cancelled, in another record of the same person. The answer does not go on as if it stood nowhere."""

from __future__ import annotations

import base64
from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .bundles import LOINC, OWN, concept
from .test_beside_a_result import each, more
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
    observation,
    written,
)

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
RELAPSE, MYELOMA = concept(ICD, "C90.02"), concept(ICD, "C90.00")
FOUND = observation(id="inner", code=concept(OWN, "mrd"), valueCodeableConcept=concept(OWN, "present"))


def inside(kind: str, item: Resource, **refers: Any) -> Change:
    """An addition: a resource that holds another one and refers to it."""
    without = {name: value for name, value in item.items() if name != "subject"}
    around = {"resourceType": kind, "id": "around", "status": "final", **TOLD, "contained": [without], **refers}
    return lambda items: items.append(around)


def added(**item: Any) -> Change:
    return lambda items: items.append({"id": "added", **TOLD, **item})


def linked(kind: str, other: dict[str, Any]) -> Change:
    return each("Patient", more(link=[{"type": kind, "other": other}]))


def of_the_other(kind: str) -> Change:
    """A finding about another record, which the Patient names."""

    def change(items: list[Resource]) -> None:
        linked(kind, {"reference": "Patient/second"})(items)
        items.append({**FOUND, "subject": {"reference": "Patient/second"}})

    return change


def attached(text: str) -> list[dict[str, Any]]:
    return [{"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}]


def drug(code: str, **item: Any) -> Change:
    return added(
        resourceType="MedicationRequest", intent="order", authoredOn="2026-10-01",
        medicationCodeableConcept=concept(RXNORM, code), **item,
    )  # fmt: skip


def of_the_last_test(**report: Any) -> Change:
    """A report that points to the last MRD test."""

    def change(items: list[Resource]) -> None:
        last = [item for item in items if item["resourceType"] == "Observation" and item.get("method")][-1]
        items.append(
            {"resourceType": "DiagnosticReport", "id": "report", "status": "final", **TOLD, "effectiveDateTime": last["effectiveDateTime"],
             "result": [{"reference": f"Observation/{last['id']}"}], **report}
        )  # fmt: skip

    return change


def transplanted_again(items: list[Resource]) -> None:
    """The same transplant, before the one that says its line, by another id."""
    first = next(item for item in items if item["resourceType"] == "Procedure")
    items.insert(1, {**first, "id": "again", "category": None})


STABLE = observation(id="stable", code=concept(LOINC, "97509-4"), valueCodeableConcept=concept(SNOMED, "359746009"))
PANEL = {"code": {"text": "Laboratory report"}, "result": [{"reference": "#inner"}]}
NEWS: dict[str, Change] = {
    "a result inside its report": inside("DiagnosticReport", FOUND, **PANEL),
    "a result inside a panel": inside("Observation", FOUND, code={"text": "panel"}, hasMember=[{"reference": "#inner"}]),
    "a result about a Patient inside it": lambda items: items.append(
        {**FOUND, "subject": {"reference": "#me"}, "contained": [{"resourceType": "Patient", "id": "me"}]}
    ),
    "the Condition inside an order": each(
        "MedicationStatement",
        lambda item: item.update(
            contained=[*item.get("contained", []), {"resourceType": "Condition", "id": "why", "code": RELAPSE}],
            reasonReference=[{"reference": "#why"}],
        ),
    ),
    "a code in the reason of a drug": each("MedicationStatement", more(reasonCode=[RELAPSE])),
    "a code in the reason of another drug": drug("161", status="active", reasonCode=[RELAPSE]),
    "a code in why it was stopped": each("MedicationStatement", more(statusReason=[concept(SNOMED, "271299001")])),
    "a code in the evidence": each("Condition", more(evidence=[{"code": [RELAPSE]}])),
    "a code in an answer": added(
        resourceType="QuestionnaireResponse", status="completed",
        item=[{"linkId": "1", "answer": [{"valueCoding": {"system": SNOMED, "code": "271299001"}}]}],
    ),
    "why an order was cancelled": drug("342369", status="cancelled", statusReason={"text": "Disease progression"}),
    "a note of a state that says nothing": lambda items: items.append({**STABLE, "note": [{"text": "Biochemical relapse"}]}),
    "a note of an event that did not happen": lambda items: items.append(
        observation(id="event", code=concept(OWN, "progression"), valueCodeableConcept=concept(OWN, "absent"),
                    note=[{"text": "but new plasmacytoma of the chest wall"}])
    ),
    "a clinical status in capitals": each("Condition", more(clinicalStatus=concept(CLINICAL, "Relapse"))),
    "a clinical status without system": each("Condition", more(clinicalStatus={"coding": [{"code": "recurrence"}]})),
    "a clinical status of another system": each("Condition", more(clinicalStatus=concept(SNOMED, "263855007"))),
    "a clinical status in another language": each("Condition", more(clinicalStatus={"text": "Rezidiv"})),
    "a report that is attached to an image": each(
        "DiagnosticReport", more(presentedForm=attached("New lytic lesions, progression of myeloma."))
    ),
    "a letter that is attached": added(
        resourceType="DocumentReference", status="current", content=[{"attachment": attached("Relapse of myeloma")[0]}]
    ),
    "a document that names no patient": lambda items: items.append(
        {"resourceType": "Composition", "id": "nobody", "status": "final", "title": "Relapse of multiple myeloma"}
    ),
    "a finding of another record of the same person": of_the_other("seealso"),
    "a record of which another one holds": linked("refer", {"reference": "Patient/second"}),
    "a record that was replaced by one with a number": linked("replaced-by", {"identifier": {"value": "77"}}),
    "a code in the reason of an act that nobody knows": added(
        resourceType="Procedure", status="completed", performedDateTime="2026-10-01", code={"text": "Venous access"},
        reasonCode=[RELAPSE],
    ),
    "why an ordinary drug is given": drug("161", status="active", reasonCode=[{"text": "bone pain, relapsed multiple myeloma"}]),
    "a result that is registered and has a value": lambda items: items.append({**FOUND, "status": "registered"}),
    "a result among the parameters of an operation": lambda items: items.append(
        {"resourceType": "Parameters", "parameter": [{"name": "return", "resource": FOUND}]}
    ),
    "what a report concludes beside its coded results": of_the_last_test(
        code={"text": "Laboratory report"}, conclusion="Residual clone quantified at 3.2E-05"
    ),
    "what a report takes back beside its coded results": of_the_last_test(
        code={"text": "Laboratory report"}, conclusion="Result withdrawn, sample exchanged"
    ),
    "a narrative that says more": each(
        "Condition", more(text={"status": "additional", "div": "<div>Relapse in October</div>"})
    ),
    "a band in a note": lambda items: items.append(
        observation(id="fixed", code=concept(LOINC, "25700-6"), valueCodeableConcept=concept(OWN, "absent"),
                    note=[{"text": "Small IgG kappa band visible"}])
    ),
    "a report of unknown code": added(
        resourceType="DiagnosticReport", status="final", effectiveDateTime="2026-10-01", code={"text": "MRI lumbar spine"},
        conclusion="Pathological fracture of T12 with marrow replacement",
    ),
    "a result of which parts are hidden": each("Observation", more(meta={"security": [{"code": "MASKED"}]})),
}  # fmt: skip


@pytest.mark.parametrize("name", NEWS)
def test_news_counts_wherever_it_stands(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    NEWS[name](items)
    assert answer(items, shipped_rules).outcome not in PERMISSIVE
    _, report = fhir.read(items)
    assert report.gaps or [issue for issue in report.issues if issue.severity != "information"]


NONE: dict[str, Change] = {
    "the Condition inside an order": each(
        "MedicationStatement",
        lambda item: item.update(
            contained=[*item.get("contained", []), {"resourceType": "Condition", "id": "why", "code": MYELOMA}],
            reasonReference=[{"reference": "#why"}],
        ),
    ),
    "a code in the reason of a drug": each("MedicationStatement", more(reasonCode=[MYELOMA])),
    "why an order was cancelled": drug("342369", status="cancelled", statusReason={"text": "Duplicate order"}),
    "a note of a state": lambda items: items.append({**STABLE, "note": [{"text": "No relapse since 2020"}]}),
    "a clinical status": each("Condition", more(clinicalStatus=concept(CLINICAL, "remission"))),
    "a clinical status with a code of the house": each(
        "Condition", more(clinicalStatus={"coding": [{"system": "urn:house", "code": "1", "display": "Active"}]})
    ),
    "a report that is attached to an image": each(
        "DiagnosticReport", more(presentedForm=attached("No new lesion, no progression."))
    ),
    "an attachment that is no text": each(
        "DiagnosticReport", more(presentedForm=[{"contentType": "application/pdf", "data": "JVBERi0="}])
    ),
    "a result that is registered": lambda items: items.append(
        {name: value for name, value in {**FOUND, "status": "registered"}.items() if not name.startswith("value")}
    ),
    "a report that says no more than its results": of_the_last_test(code=concept(OWN, "mrd")),
    "a report that concludes what its results say": of_the_last_test(
        code=concept(OWN, "mrd"), conclusionCode=[concept(OWN, "absent")]
    ),
    "what a report concludes as its coded results do": of_the_last_test(
        code={"text": "Laboratory report"}, conclusion="MRD not detected at 10^-6."
    ),
    "a transplant that is told again": transplanted_again,
    "a narrative that was generated": each(
        "Condition", more(text={"status": "generated", "div": "<div>Multiple myeloma</div>"})
    ),
    "no band in a note": lambda items: items.append(
        observation(id="fixed", code=concept(LOINC, "25700-6"), valueCodeableConcept=concept(OWN, "absent"),
                    note=[{"text": "No monoclonal band, no IgG kappa band."}])
    ),
    "why an ordinary drug is given": drug("161", status="active", reasonCode=[{"text": "headache"}]),
    "a record that this one replaced": linked("replaces", {"reference": "Patient/before"}),
    "the same person as a relative": linked("seealso", {"reference": "RelatedPerson/me"}),
    "a family history that holds a Condition": inside(
        "FamilyMemberHistory", {"resourceType": "Condition", "id": "inner", "code": RELAPSE}
    ),
    "a result inside a report that was entered in error": inside(
        "DiagnosticReport", FOUND, **PANEL, status="entered-in-error"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_news_opens_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    NONE[name](items)
    assert answer(items, shipped_rules).outcome == "cessation-supported"


def test_a_record_of_the_same_person_that_is_not_here_is_named() -> None:
    items = written(SUPPORTED)
    linked("seealso", {"reference": "Patient/second"})(items)
    assert any("second is another record of the same person" in item.text for item in fhir.read(items)[1].issues)


@pytest.mark.parametrize(
    "issue",
    [
        {"severity": "information", "code": "informational", "diagnostics": "Some records were withheld: sensitive"},
        {"severity": "warning", "code": "processing", "details": {"text": "Result set was truncated at 1000 entries"}},
    ],
)
def test_a_server_that_says_in_words_that_data_are_missing_is_heard(issue: dict[str, Any]) -> None:
    items = [*written(SUPPORTED), {"resourceType": "OperationOutcome", "id": "said", "issue": [issue]}]
    assert not fhir.read(items)[1].complete


def test_an_entry_of_which_a_part_came_back_is_not_whole() -> None:
    entries: list[dict[str, Any]] = [{"resource": item} for item in written(SUPPORTED)]
    entries[-1]["response"] = {"status": "206 Partial Content"}
    assert not fhir.read({"resourceType": "Bundle", "type": "batch-response", "entry": entries})[1].complete


def test_a_bundle_that_says_that_parts_are_left_out_is_not_whole(shipped_rules: mrdguide.RuleBook) -> None:
    entries = [{"resource": item} for item in written(SUPPORTED)]
    whole = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    assert (
        mrdguide.evaluate(fhir.read(whole)[0], rules=shipped_rules, as_of="2026-11-21").outcome == "cessation-supported"
    )
    for meta in ({"tag": [{"code": "SUBSETTED"}]}, {"security": [{"code": "REDACTED"}]}):
        patient = fhir.read({**whole, "meta": meta})[0]
        assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").outcome not in PERMISSIVE
