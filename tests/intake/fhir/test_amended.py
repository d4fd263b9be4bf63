"""A Provenance that says that a result was withdrawn opens what the result is about; one that says who wrote it, nothing."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .bundles import OWN, concept
from .test_damage import PERMISSIVE, SUPPORTED, TOLD, Change, Resource, answer, observation, written

DATA = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"


def newest_mrd(items: list[Resource]) -> Resource:
    found = [item for item in items if item.get("code") == concept(OWN, "mrd")]
    return max(found, key=lambda item: str(item["effectiveDateTime"]))


def of_the_newest(version: str = "", **said: Any) -> Change:
    def change(items: list[Resource]) -> None:
        target = {"reference": f"Observation/{newest_mrd(items)['id']}{version}"}
        items.append({
            "resourceType": "Provenance", "id": "new", "target": [target], "recorded": "2026-10-20T00:00:00Z",
            "agent": [{"who": {"display": "Laboratory"}}], **said,
        })  # fmt: skip

    return change


def of(reference: str, **said: Any) -> Change:
    def change(items: list[Resource]) -> None:
        of_the_newest(**said)(items)
        items[-1]["target"] = [{"reference": reference}]

    return change


def holding_its_copy(items: list[Resource]) -> None:
    of_the_newest(contained=[{**newest_mrd(items), "id": "inner", "meta": {"versionId": "1"}}])(items)


def of_an_older_version(items: list[Resource]) -> None:
    newest_mrd(items)["meta"] = {"versionId": "2"}
    of_the_newest("/_history/1", activity=concept(DATA, "NULLIFY"))(items)


POSITIVE = observation(id="inner", code=concept(OWN, "mrd"), valueCodeableConcept=concept(OWN, "present"))
LOST: dict[str, Change] = {
    "nullified": of_the_newest(activity=concept(DATA, "NULLIFY")),
    "nullified, the version that is here": of_the_newest("/_history/1", activity=concept(DATA, "NULLIFY")),
    "therapy of which the drug stands elsewhere": of("MedicationStatement/r23", activity=concept(DATA, "NULLIFY")),
    "therapy of another patient": of("MedicationStatement/r23", reason=[{"text": "Recorded for the wrong patient"}]),
    "deleted": of_the_newest(activity=concept(DATA, "DELETE")),
    "nullified in words": of_the_newest(activity={"text": "nullified"}),
    "exchanged": of_the_newest(reason=[{"text": "Sample mix-up in the laboratory"}]),
    "exchanged, in German": of_the_newest(reason=[{"text": "Proben vertauscht"}]),
    "positive before": of_the_newest(contained=[POSITIVE]),
    "said to be positive": of_the_newest(entity=[{"role": "source", "what": {"display": "Corrected: MRD positive"}}]),
    "the sample": of("Specimen/marrow", reason=[{"text": "Sample of another patient"}]),
    "the patient": of("Patient/cessation-supported", activity=concept(DATA, "NULLIFY")),
}
KEPT: dict[str, Change] = {
    "created": of_the_newest(activity=concept(DATA, "CREATE")),
    "updated": of_the_newest(activity=concept(DATA, "UPDATE"), reason=[{"text": "Amended report"}]),
    "imported": of_the_newest(
        activity={"text": "Import from the laboratory system"},
        entity=[{"role": "source", "what": {"display": "HL7 v2 message ORU^R01, sample 4711"}}],
    ),
    "holds a copy": holding_its_copy,
    "an older version": of_an_older_version,
    "something that is not here": of("Observation/not-here", activity=concept(DATA, "NULLIFY")),
}


@pytest.mark.parametrize("name", LOST)
def test_what_was_withdrawn_opens(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    LOST[name](items)
    assert answer(items, shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("name", KEPT)
def test_an_ordinary_provenance_opens_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    KEPT[name](items)
    assert answer(items, shipped_rules).outcome == "cessation-supported"


def test_it_opens_what_its_target_is_about() -> None:
    items = written(SUPPORTED)
    LOST["nullified"](items)
    [gap] = fhir.read(items)[1].gaps
    assert (gap.domains, gap.resource_type, gap.element) == (("mrd",), "Provenance", "Provenance.activity")


def test_of_a_result_of_somebody_else_it_says_nothing_of_the_patient(shipped_rules: mrdguide.RuleBook) -> None:
    other = {**POSITIVE, "id": "theirs", "subject": {"reference": "Patient/somebody-else"}}
    items = [*written(SUPPORTED), other]
    of("Observation/theirs", activity=concept(DATA, "NULLIFY"))(items)
    assert TOLD["subject"] != other["subject"]
    assert answer(items, shipped_rules).outcome == "cessation-supported"
