"""Exports that are damaged or written otherwise: nothing permissive where news may be lost, the same answer where nothing is."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import mrdguide
from mrdguide import fhir
from mrdguide.errors import FhirError, MrdguideError
from mrdguide.reading.document import read_file
from mrdguide.teach.examples import Example, examples

from .bundles import LOINC, OWN, UCUM, concept, resources

Resource = dict[str, Any]
Change = Callable[[list[Resource]], object]
CASES = [example for example in examples() if example.file != "benign-band.yaml"]
SUPPORTED = next(example for example in CASES if example.file == "cessation-supported.yaml")
SNOMED, ICD = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
PERMISSIVE = ("cessation-supported", "cessation-conditional", "surveil-off-therapy")
TOLD = {"subject": {"reference": "Patient/cessation-supported"}}


def written(example: Example) -> list[Resource]:
    return copy.deepcopy(resources(read_file(example.path).data))


def answer(given: Any, rules: mrdguide.RuleBook, as_of: Any = "2026-11-21") -> mrdguide.Recommendation:
    return mrdguide.evaluate(fhir.read(given)[0], rules=rules, as_of=as_of)


def condition(**more: Any) -> Resource:
    return {"resourceType": "Condition", "id": "new", **TOLD, "onsetDateTime": "2026-10-04", **more}


def observation(**more: Any) -> Resource:
    return {
        "resourceType": "Observation", "id": "new", "status": "final", **TOLD, "effectiveDateTime": "2026-10-04", **more,
    }  # fmt: skip


def procedure(**more: Any) -> Resource:
    return {
        "resourceType": "Procedure", "id": "new", "status": "completed", **TOLD, "performedDateTime": "2026-02-04", **more,
    }  # fmt: skip


def each_mrd(**more: Any) -> Change:
    return lambda items: [item.update(copy.deepcopy(more)) for item in items if _has(item, "mrd")]


def _has(item: Resource, code: str) -> bool:
    return any(part["code"] == code for part in item.get("code", {}).get("coding", []))


def _maintenance(items: list[Resource]) -> Resource:
    return next(
        item for item in items
        if item["resourceType"] == "MedicationStatement" and item["category"]["coding"][0]["code"] == "maintenance"
    )  # fmt: skip


def as_an_order(**more: Any) -> Change:
    def change(items: list[Resource]) -> None:
        items.remove(_maintenance(items))
        items.append(
            {
                "resourceType": "MedicationRequest", "id": "order", "status": "active", "intent": "order", **TOLD,
                "authoredOn": "2022-03-01", "category": [{"coding": [*concept(OWN, "maintenance")["coding"], {"system": "urn:mrdguide:line", "code": "1"}]}],
                "medicationCodeableConcept": concept(RXNORM, "342369"), **more,
            }
        )  # fmt: skip

    return change


def each_component(name: str, content: Resource) -> Change:
    def change(items: list[Resource]) -> None:
        for item in items:
            if _has(item, "mrd"):
                kept = [part for part in item["component"] if not _has(part, name)]
                item["component"] = [*kept, {"code": concept(OWN, name), **content}]

    return change


def each_image(**more: Any) -> Change:
    return lambda items: [
        item.update(copy.deepcopy(more)) for item in items if item["resourceType"] == "DiagnosticReport"
    ]


def later_in_error(items: list[Resource]) -> None:
    for item in [item for item in items if _has(item, "mrd")]:
        item["meta"] = {"versionId": "1"}
        items.append({**item, "status": "entered-in-error", "meta": {"versionId": "2"}})


def on_genetics(**more: Any) -> Change:
    return lambda items: [
        item.update(copy.deepcopy(more)) for item in items if _has(item, "t-4-14") or _has(item, "del-17p")
    ]


REASON = concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "error")
OPEN: dict[str, Change] = {
    "relapse in a later coding of the clinical status": lambda items: next(
        item for item in items if item["resourceType"] == "Condition"
    ).update(clinicalStatus={"coding": [{"system": "urn:local", "code": "7"}, {"system": "x", "code": "recurrence"}]}),
    "relapse by a code without its dot": lambda items: items.append(condition(code=concept(ICD, "C9032"))),
    "the same by an OID": lambda items: items.append(condition(code=concept("urn:oid:2.16.840.1.113883.6.90", "C90.02"))),
    "a plasmacytoma outside bone": lambda items: items.append(condition(code=concept(ICD, "C90.21"))),
    "a plasmacytoma of bone": lambda items: items.append(condition(code=concept(ICD, "C90.30"))),
    "another cancer": lambda items: items.append(condition(code=concept(ICD, "C50.911"))),
    "relapse in words": lambda items: items.append(condition(code={"text": "Relapsing plasma cell myeloma"})),
    "a code of this project that nobody knows": lambda items: items.append(condition(code=concept(OWN, "progresion"))),
    "worsened in the words of mCODE": lambda items: items.append(
        observation(code=concept(LOINC, "97509-4"), valueCodeableConcept=concept(SNOMED, "271299001"))
    ),
    "progress as text": lambda items: items.append(observation(code=concept(LOINC, "21976-6"), valueString="PD")),
    "an MRD result as text": lambda items: items.append(observation(code={"text": "clonoSEQ"}, valueString="4 clonal cells")),
    "M-protein in an unknown unit": lambda items: items.append(
        observation(code=concept(LOINC, "33358-3"), valueQuantity={"value": 4, "unit": "squares"})
    ),
    "a severe adverse event": lambda items: items.append(
        {"resourceType": "AdverseEvent", "id": "new", **TOLD, "severity": concept("x", "severe"), "event": {"text": "rash"}}
    ),
    "a dispense": lambda items: items.append(
        {
            "resourceType": "MedicationDispense", "id": "new", "status": "completed", **TOLD,
            "medicationCodeableConcept": concept(RXNORM, "1302966"),
        }
    ),
    "T cells": lambda items: items.append(procedure(code=concept("http://hl7.org/fhir/sid/icd-10-pcs", "XW043K7"))),
    "stem cells": lambda items: items.append(procedure(code=concept("http://www.ama-assn.org/go/cpt", "38240"))),
    "radiotherapy": lambda items: items.append(procedure(code=concept(SNOMED, "33195004"))),
    "words against the kind of transplant": lambda items: next(
        item for item in items if item["resourceType"] == "Procedure"
    )["code"].update(text="haplo transplant"),
    "an order not to give": as_an_order(doNotPerform=True),
    "a proposal": as_an_order(intent="proposal"),
    "an option": as_an_order(intent="option"),
    "stopped before its planned end": as_an_order(
        status="stopped", dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"start": "2022-03-01", "end": "2026-12-31"}}}}]
    ),
    "another server": each_mrd(subject={"reference": "https://elsewhere.example/r4/Patient/cessation-supported"}),
    "another identifier": each_mrd(subject={**TOLD["subject"], "identifier": {"system": "urn:n", "value": "4"}}),
    "a donor": each_mrd(focus=[{"reference": "RelatedPerson/brother"}]),
    "rules that change the meaning": each_mrd(implicitRules="https://rules.example"),
    "an extension that changes the meaning": each_image(modifierExtension=[{"url": "x", "valueBoolean": True}]),
    "an interpretation against the value": each_mrd(interpretation=[concept("http://hl7.org/fhir/v3/ObservationInterpretation", "DET")]),
    "a display against the value": each_mrd(valueCodeableConcept={"coding": [{"system": OWN, "code": "absent", "display": "Detected"}]}),
    "a reason for no value beside it": each_mrd(dataAbsentReason=REASON),
    "more than a limit of detection": each_component(
        "limit-of-detection", {"valueQuantity": {"value": 1e-6, "comparator": ">=", "system": UCUM, "code": "1"}}
    ),
    "a limit of detection that is not there": each_component(
        "limit-of-detection", {"valueQuantity": {"value": 1e-6, "system": UCUM, "code": "1"}, "dataAbsentReason": REASON}
    ),
    "haemodilution coded": each_component("hemodiluted", {"valueCodeableConcept": concept("http://terminology.hl7.org/CodeSystem/v2-0136", "Y")}),
    "haemodilution damaged": each_component("hemodiluted", {"valueString": "see report"}),
    "a component of no known meaning": each_component("dilution", {"valueBoolean": True}),
    "specimens of no use": lambda items: [
        item.update(status="unsatisfactory") for item in items if item["resourceType"] == "Specimen"
    ],
    "blood under a code for marrow": lambda items: [
        item.update(code=concept(LOINC, "93021-4"), specimen={"reference": "Specimen/blood"}) for item in items if _has(item, "mrd")
    ],
    "a later version entered in error": later_in_error,
    "two versions and no later one": lambda items: items.extend(
        [{**item, "valueCodeableConcept": concept(OWN, "present")} for item in items if _has(item, "mrd")]
    ),
    "a conclusion with a part in words": each_image(conclusionCode=[concept(OWN, "absent"), {"text": "see below"}]),
    "a conclusion with words against it": each_image(
        conclusionCode=[{"coding": [{"system": OWN, "code": "absent", "display": "uptake identified"}]}]
    ),
    "genetics that failed": on_genetics(dataAbsentReason=REASON),
    "genetics of no known value": on_genetics(valueCodeableConcept=concept(OWN, "perhaps")),
    "two abnormalities a week later": lambda items: items.extend(
        observation(
            id=code, code=concept(OWN, code), effectiveDateTime="2019-09-10", valueCodeableConcept=concept(OWN, "present")
        )
        for code in ("del-17p", "t-4-14")
    ),
    "a gene by another address, against another report": lambda items: items.append(
        observation(
            code=concept(LOINC, "69548-6"), effectiveDateTime="2019-09-02", valueCodeableConcept=concept(LOINC, "LA9633-4"),
            component=[{
                "code": concept(LOINC, "48018-6"), "valueCodeableConcept": concept("https://www.genenames.org/", "HGNC:11998"),
            }],
        )
    ),
    "a patient who died": lambda items: items[0].update(deceasedBoolean=True),
    "a patient who died on a day": lambda items: items[0].update(deceasedDateTime="2026-10-30"),
    "a patient of whom it cannot be read whether he died": lambda items: items[0].update(deceasedBoolean="true"),
    "suppressed data": lambda items: items.append(
        {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "suppressed"}]}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPEN)
def test_news_that_cannot_be_read_supports_no_stop(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    assert answer(items, shipped_rules).outcome == "cessation-supported"
    OPEN[name](items)
    assert answer(items, shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize(
    ("resource", "release"),
    [
        ({"resourceType": "MedicationOrder", "id": "m"}, "DSTU2"),
        ({"resourceType": "MedicationStatement", "id": "m", "taken": "y"}, "STU3"),
        ({"resourceType": "Observation", "id": "o", "triggeredBy": []}, "R5"),
    ],
)
def test_other_releases_are_refused_by_name(resource: Resource, release: str) -> None:
    with pytest.raises(FhirError, match=release):
        fhir.read([*written(SUPPORTED), resource])


SAME: dict[str, Change] = {
    "a filler order": as_an_order(intent="filler-order"),
    "a draft": lambda items: items.append(
        {
            "resourceType": "MedicationRequest", "id": "new", "status": "draft", "intent": "order", **TOLD,
            "medicationCodeableConcept": concept(RXNORM, "1302966"), "category": [concept(OWN, "relapse")],
        }
    ),
    "a refuted relapse": lambda items: items.append(
        condition(code=concept(ICD, "C90.02"), verificationStatus={"coding": [{"system": "x", "code": "refuted"}]})
    ),
    "family history": lambda items: items.append(condition(code=concept(ICD, "Z80.7"))),
    "progression said not to have happened": lambda items: items.append(
        observation(code=concept(OWN, "progression"), valueBoolean=False)
    ),
    "a warning that nothing was found": lambda items: items.append(
        {"resourceType": "OperationOutcome", "issue": [{"severity": "warning", "code": "not-found"}]}
    ),
    "high blood pressure and its drug": lambda items: items.extend(
        [
            condition(code=concept(ICD, "I10")),
            {
                "resourceType": "MedicationRequest", "id": "new", "status": "completed", "intent": "order", **TOLD,
                "authoredOn": "2015-02-01", "medicationCodeableConcept": concept(RXNORM, "17767"),
            },
        ]
    ),
    "a quiet panel": lambda items: items.extend(
        [
            observation(id="m", code=concept(LOINC, "33358-3"), valueQuantity={"value": 0, "unit": "g/dL"}),
            observation(id="i", code=concept(LOINC, "25700-6"), valueCodeableConcept=concept(SNOMED, "260385009")),
            observation(id="k", code=concept(LOINC, "36916-5"), valueQuantity={"value": 11, "unit": "mg/L"}),
            observation(id="l", code=concept(LOINC, "33944-0"), valueQuantity={"value": 12, "unit": "mg/L"}),
        ]
    ),
    "words that are no news": lambda items: items.extend(
        [condition(id="fall", code={"text": "Fall at home"}), procedure(code={"text": "Progress note written"})]
    ),
    "a genomic variant that no rule reads": lambda items: items.append(
        observation(
            code=concept(LOINC, "69548-6"), valueCodeableConcept=concept(LOINC, "LA9633-4"),
            component=[{
                "code": concept(LOINC, "48018-6"), "valueCodeableConcept": concept("http://www.genenames.org", "HGNC:7989"),
            }],
        )
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_what_changes_nothing_changes_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    SAME[name](items)
    assert answer(items, shipped_rules).outcome == "cessation-supported"


def test_merged_patients_are_one(shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    old = {"resourceType": "Patient", "id": "old", "link": [{"type": "replaced-by", "other": TOLD["subject"]}]}
    relapse = observation(code=concept(OWN, "progression"), valueBoolean=True, subject={"reference": "Patient/old"})
    assert answer([*items, old, relapse], shipped_rules).outcome == "treat-relapse"


def test_a_deleted_result_does_not_count(shipped_rules: mrdguide.RuleBook) -> None:
    entries = [{"resource": item} for item in written(SUPPORTED)]
    relapse = observation(code=concept(OWN, "progression"), valueBoolean=True, meta={"versionId": "1"})
    gone = {"request": {"method": "DELETE", "url": "Observation/new"}, "response": {"status": "204", "etag": 'W/"2"'}}
    history = {"resourceType": "Bundle", "type": "history", "entry": [*entries, {"resource": relapse}]}
    assert answer(history, shipped_rules).outcome == "treat-relapse"
    history["entry"] = [gone, *history["entry"]]
    assert answer(history, shipped_rules).outcome == "cessation-supported"


def test_a_gap_names_resource_element_and_domain() -> None:
    items = [*written(SUPPORTED), observation(code=concept(LOINC, "33358-3"), valueString="see report")]
    patient, report = fhir.read(items)
    [gap] = report.gaps
    assert (gap.domains, gap.resource_type, gap.resource_id) == (("response",), "Observation", "new")
    assert gap.element == "Observation.value[x]"
    assert patient.incomplete == ("responses", "markers")


@pytest.mark.parametrize("example", CASES, ids=lambda example: str(example.file))
def test_order_and_copies_do_not_matter(example: Example, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(example)
    before = answer(items, shipped_rules, example.as_of)
    versions = [{**item, "meta": {"versionId": "3"}} for item in items]
    mixed = [*items, *copy.deepcopy(items), *versions]
    random.Random(5).shuffle(mixed)
    after = answer(mixed, shipped_rules, example.as_of)
    assert (after.outcome, after.possible_outcomes) == (before.outcome, before.possible_outcomes)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        if name != "resourceType":
            yield (*path, name)
            yield from _places(item, (*path, name))


def _damaged(items: list[Resource], index: int, path: tuple[Any, ...], how: str) -> list[Resource]:
    items = copy.deepcopy(items)
    here: Any = items[index]
    for name in path[:-1]:
        here = here[name]
    if how == "removed":
        del here[path[-1]]
    elif how == "recoded" and path[-1] == "code" and isinstance(here[path[-1]], str):
        here["code"] = "999999-0"
    else:
        here[path[-1]] = {"other": 1}
    return items


@pytest.mark.parametrize("example", CASES, ids=lambda example: str(example.file))
def test_law_no_damage_to_one_element_makes_an_answer_more_permissive(
    example: Example, shipped_rules: mrdguide.RuleBook
) -> None:
    """A sample of the elements; the quality of a sample may be removed whole, and then nobody can know of it."""
    items = written(example)
    before = answer(items, shipped_rules, example.as_of)
    known = {item.id: item.permissiveness for item in shipped_rules.decision.outcomes}
    most = max(known[name] for name in before.possible_outcomes)
    places = [(index, path) for index, item in enumerate(items) for path in _places(item)]
    for index, path in random.Random(11).sample(places, 25):
        for how in ("removed", "recoded", "garbled"):
            try:
                after = answer(_damaged(items, index, path, how), shipped_rules, example.as_of)
            except MrdguideError:
                continue  # refused, so there is no answer
            assert not after.settled or after.permissiveness <= most, (items[index].get("code"), path, how)


def test_an_entry_whose_type_is_no_text_is_named() -> None:
    records = written(SUPPORTED)
    records.append({"resourceType": ["Condition"], "id": "odd"})
    report = fhir.read({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in records]})[1]  # fmt: skip
    assert any("holds no resource" in issue.text for issue in report.issues), report.issues
