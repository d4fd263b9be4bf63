"""What is damaged, doubtful or cannot be assigned never makes an answer more permissive."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

import mrdguide
from mrdguide import fhir
from mrdguide.intake.fhir.import_report import ImportReport
from mrdguide.reading.document import read_file
from mrdguide.teach.examples import examples

from .bundles import OWN, UCUM, bundle, concept

_EXAMPLES = {str(item.file).removesuffix(".yaml"): item for item in examples()}
_SUPPORTED = "cessation-supported"
Resource = dict[str, Any]
Change = Callable[[list[Resource]], object]


def _resources(name: str) -> list[Resource]:
    return [entry["resource"] for entry in copy.deepcopy(bundle(read_file(_EXAMPLES[name].path).data))["entry"]]


def _answer(given: Any, rules: mrdguide.RuleBook) -> tuple[mrdguide.Recommendation, ImportReport]:
    patient, report = fhir.read(given)
    return mrdguide.evaluate(patient, rules=rules, as_of="2026-11-21"), report


def _coded(resources: list[Resource], *codes: str) -> list[Resource]:
    return [item for item in resources if any(part["code"] in codes for part in item.get("code", {}).get("coding", []))]


def _progression(resources: list[Resource]) -> Resource:
    return _coded(resources, "progression", "clinical-relapse")[0]


def _of(kind: str, resources: list[Resource]) -> Resource:
    return next(item for item in resources if item["resourceType"] == kind)


def _all_mrd(change: Callable[[Resource], object]) -> Change:
    return lambda resources: [change(item) for item in _coded(resources, "mrd")]


def _in_unit(unit: str, name: str) -> Callable[[Resource], None]:
    def change(item: Resource) -> None:
        for part in [item, *item["component"]]:
            if "valueQuantity" in part and (name == "level") == (part is item):
                part["valueQuantity"]["code"] = unit

    return change


@pytest.mark.parametrize("subject", [
    None, {"identifier": {"value": "1"}}, {"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"}, "Patient/1",
    {"display": "the patient"}, {"reference": ""}, {"reference": 5},
], ids=repr)  # fmt: skip
def test_a_resource_that_names_no_patient_leaves_the_record_open(
    subject: Any, shipped_rules: mrdguide.RuleBook
) -> None:
    resources = _resources("treat-relapse")
    _progression(resources)["subject"] = subject
    found, report = _answer(resources, shipped_rules)
    assert not report.complete
    assert found.outcome == "insufficient-data"


@pytest.mark.parametrize("end", ["/_history/2", " ", "/"])
def test_a_version_of_the_patient_is_the_patient(end: str, shipped_rules: mrdguide.RuleBook) -> None:
    resources = _resources("treat-relapse")
    _progression(resources)["subject"]["reference"] += end
    assert _answer(resources, shipped_rules)[0].outcome == "treat-relapse"


def test_what_is_about_somebody_else_is_left_out(shipped_rules: mrdguide.RuleBook) -> None:
    resources = _resources(_SUPPORTED)
    other = copy.deepcopy(_progression(_resources("treat-relapse")))
    resources.append(other | {"id": "of-somebody-else", "subject": {"reference": "Patient/somebody-else"}})
    found, report = _answer(resources, shipped_rules)
    assert (found.outcome, report.complete) == (_SUPPORTED, True)


@pytest.mark.parametrize("status", ["relapse", "recurrence"])
def test_a_clinical_status_of_relapse_is_a_relapse(status: str, shipped_rules: mrdguide.RuleBook) -> None:
    resources = _resources(_SUPPORTED)
    _of("Condition", resources)["clinicalStatus"] = concept(
        "http://terminology.hl7.org/CodeSystem/condition-clinical", status
    )
    assert _answer(resources, shipped_rules)[0].outcome == "treat-relapse"


_CHANGES: dict[str, tuple[str, Change]] = {
    f"{example}: {what}": (example, change)
    for example, what, change in (
        *[
            ("insufficient-shallow-assay", f"limits of detection in {unit}", _all_mrd(_in_unit(unit, "limit")))
            for unit in ("10*-3", "10*-6", "[ppm]")
        ],
        *[
            ("resurgence-on-therapy", f"levels in {unit}", _all_mrd(_in_unit(unit, "level")))
            for unit in ("%", "10*-6", "[ppm]")
        ],
        *[
            (_SUPPORTED, f"MRD with status {status}", _all_mrd(lambda item, status=status: item.update(status=status)))  # type: ignore[misc]
            for status in ("unknown", "preliminary", "bogus", 5, ["final"], None)
        ],
        *[
            (_SUPPORTED, f"images with status {status}",
             lambda items, status=status: [item.update(status=status) for item in items if item["resourceType"] == "DiagnosticReport"])
            for status in ("preliminary", "partial", "unknown")
        ],
        (_SUPPORTED, "images with a conclusion in words",
         lambda items: [item.update(conclusionCode=[{"text": "new lesion"}]) for item in items if item["resourceType"] == "DiagnosticReport"]),
        (_SUPPORTED, "a list with an OperationOutcome", lambda items: items.append({"resourceType": "OperationOutcome"})),
        (_SUPPORTED, "a list with a page",
         lambda items: items.append({"resourceType": "Bundle", "link": [{"relation": "next", "url": "x"}]})),
        (_SUPPORTED, "functional high risk both present and absent",
         lambda items: items.extend(_finding(items, "functional-high-risk", word) for word in ("present", "absent"))),
        (_SUPPORTED, "a flag that changes twice",
         lambda items: items.extend(_coded(items, "surveillance-feasible")[0] | {"valueBoolean": value} for value in (False, True))),
        (_SUPPORTED, "two results in one test", _all_mrd(
            lambda item: item.update(valueQuantity={"value": 3e-4, "system": UCUM, "code": "1"}))),
        ("treat-relapse", "no code", lambda items: _progression(items).pop("code")),
        ("treat-relapse", "a code without system", lambda items: _progression(items)["code"]["coding"][0].pop("system")),
        ("treat-relapse", "two codes", lambda items: _progression(items)["code"]["coding"].append({"system": OWN, "code": "mrd"})),
        ("treat-relapse", "a misspelt type", lambda items: _progression(items).update(resourceType="observation")),
        ("treat-relapse", "not certain", lambda items: _progression(items).update(
            status="preliminary", valueCodeableConcept=concept(OWN, "absent"))),
    )
}  # fmt: skip


def _finding(items: list[Resource], code: str, word: str) -> Resource:
    subject = {"subject": {"reference": f"Patient/{_of('Patient', items)['id']}"}}
    return {
        "resourceType": "Observation", "id": f"{code}-{word}", "status": "final", "code": concept(OWN, code), **subject,
        "valueCodeableConcept": concept(OWN, word),
    }  # fmt: skip


@pytest.mark.parametrize("name", _CHANGES)
def test_what_is_damaged_or_doubtful_supports_no_stop(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    example, change = _CHANGES[name]
    resources = _resources(example)
    change(resources)
    found, report = _answer(resources, shipped_rules)
    assert not found.outcome.startswith("cessation")
    assert report.issues or report.conflicts or not report.complete


@pytest.mark.parametrize("status", ["unknown", "stopped", "on-hold", "bogus", None])
def test_a_transplant_that_may_have_been_done_leaves_therapy_open(
    status: Any, shipped_rules: mrdguide.RuleBook
) -> None:
    resources = _resources(_SUPPORTED)
    _of("Procedure", resources)["status"] = status
    patient, _ = fhir.read(resources)
    assert "therapy" in patient.incomplete


def test_a_relapse_in_a_bundle_within_the_bundle_counts(shipped_rules: mrdguide.RuleBook) -> None:
    resources = _resources("treat-relapse")
    relapse = _progression(resources)
    resources.remove(relapse)
    inner = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": relapse}]}
    assert _answer([*resources, inner], shipped_rules)[0].outcome == "treat-relapse"
    whole = {
        "resourceType": "Bundle",
        "type": "batch-response",
        "entry": [{"resource": item} for item in [*resources, inner]],
    }
    assert _answer(whole, shipped_rules)[0].outcome == "treat-relapse"


@pytest.mark.parametrize(
    "damage", [{"link": {"relation": "next"}}, {"link": [5]}, {"total": "999"}, {"total": 999.0}], ids=str
)
def test_paging_that_cannot_be_read_leaves_the_record_open(damage: Resource, shipped_rules: mrdguide.RuleBook) -> None:
    whole = {"resourceType": "Bundle", "entry": [{"resource": item} for item in _resources(_SUPPORTED)]}
    assert _answer(whole, shipped_rules)[0].outcome == _SUPPORTED
    found, report = _answer(whole | damage, shipped_rules)
    assert found.outcome == "insufficient-data"
    assert not report.complete


@pytest.mark.parametrize("profile", ["http://hl7.org/fhir/5.0/StructureDefinition/Bundle", "http://x/Bundle|5.0.0"])
def test_a_bundle_of_another_version_is_refused(profile: str) -> None:
    whole = {"resourceType": "Bundle", "meta": {"profile": [profile]}, "entry": []}
    with pytest.raises(mrdguide.errors.FhirError, match="R5"):
        fhir.read(whole)
