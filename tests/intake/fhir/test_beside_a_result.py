"""What stands beside a result and takes its ground away: its site, its sample, its date, its place in a panel, its labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import mrdguide
from mrdguide import fhir

from .bundles import concept
from .test_damage import PERMISSIVE, SNOMED, SUPPORTED, Change, Resource, answer, each_mrd, written

OBSERVATION_VALUE = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
MARROW = concept(SNOMED, "14016003")


def each(kind: str, change: Callable[[Resource], object]) -> Change:
    return lambda items: [change(item) for item in items if item["resourceType"] == kind]


def mrd(change: Callable[[Resource], object]) -> Change:
    return lambda items: [
        change(item) for item in items if item["resourceType"] == "Observation" and item.get("method")
    ]


def coded(word: str, **added: Any) -> Change:
    """A change of every result whose code has a word in it."""
    return lambda items: [
        item.update(added)
        for item in items
        if item["resourceType"] in ("Observation", "DiagnosticReport") and word in str(item["code"])
    ]


def note(text: str) -> dict[str, Any]:
    return {"note": [{"text": text}]}


def more(**added: Any) -> Callable[[Resource], object]:
    return lambda item: item.update(added)


AGAINST: dict[str, Change] = {
    "the site is blood": each_mrd(bodySite=concept(SNOMED, "87612001")),
    "the site is another one, in words": each_mrd(bodySite={"text": "pleural fluid"}),
    "its code speaks of blood": mrd(lambda item: item["code"].update(text="MRD, peripheral blood")),
    "its method is an old one, in words": mrd(lambda item: item["method"].update(text="4-colour flow cytometry")),
    "a note names a shallow depth": each_mrd(note=[{"text": "No clonotype found at a sensitivity of 10^-4."}]),
    "a reference range names one": each_mrd(referenceRange=[{"text": "sensitivity 1E-4"}]),
    "its device names one": each_mrd(device={"display": "Panel, LoD 1 x 10-4"}),
    "an extension that nobody knows": each_mrd(
        extension=[{"url": "urn:local:adequacy", "valueString": "inadequate"}]
    ),
    "it was issued before it was taken": each_mrd(issued="2019-01-01T00:00:00Z"),
    "a part of the panel is not here": each_mrd(hasMember=[{"reference": "Observation/elsewhere"}]),
    "the server left parts out": mrd(
        more(meta={"tag": [{"system": OBSERVATION_VALUE, "code": "SUBSETTED"}]})
    ),
    "it is test data": mrd(more(meta={"security": [{"system": REASON, "code": "HTEST"}]})),
    "an image of a part": coded("pet-ct", bodySite={"text": "skull"}),
    "an image that shows little": coded("pet-ct", **note("Limited study, motion artefact")),
    "an image of which the note is in doubt": coded("pet-ct", **note("Equivocal uptake in L3")),
    "an image that was issued before it": coded("pet-ct", issued="2010-01-01T00:00:00Z"),
    "genetics of too few cells": coded("del-17p", **note("Insufficient plasma cells")),
    "genetics that found it in part": coded("del-17p", **note("17p deletion present in a subclone")),
    "genetics whose method is limited": coded("del-17p", method={"text": "karyotype only"}),
    "genetics of which a part is not here": coded("del-17p", hasMember=[{"reference": "Observation/elsewhere"}]),
    "a response that is not confirmed": coded("imwg-response", **note("Unconfirmed")),
    "a response with news in a part": coded(
        "imwg-response", component=[{"code": {"text": "new lesion"}, "valueBoolean": True}]
    ),
    "the disease is told to be elsewhere": each("Condition", more(bodySite=[{"text": "extramedullary, liver"}])),
    "the disease is told to get worse": each("Condition", more(severity={"text": "progressive"})),
    "why the drug is given, by the name of a reference": each(
        "MedicationStatement", more(reasonReference=[{"display": "Myeloma, second relapse"}])
    ),
    "the plan that it belongs to": each("MedicationStatement", more(basedOn=[{"display": "plan after the relapse"}])),
    "what came of a procedure": each("Procedure", more(complication=[{"text": "second primary AML"}])),
    "the record was replaced by one that is not here": each(
        "Patient", more(link=[{"type": "replaced-by", "other": {"reference": "Patient/elsewhere"}}])
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", AGAINST)
def test_what_stands_beside_a_result_counts(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    AGAINST[name](items)
    assert answer(items, shipped_rules).outcome not in PERMISSIVE
    assert not fhir.read(items)[1].complete or fhir.read(items)[1].issues


USUAL: dict[str, Change] = {
    "an image of the whole body": coded("pet-ct", bodySite={"text": "Whole body"}),
    "an image of the whole body, coded": coded("pet-ct", bodySite=concept(SNOMED, "38266002")),
    "genetics as usual": coded("del-17p", **note("FISH on CD138 sorted plasma cells, 200 nuclei, no deletion")),
    "a response as usual": coded("imwg-response", **note("Serum and urine immunofixation negative")),
    "a site of marrow": each_mrd(bodySite=MARROW),
    "a site of marrow in words": each_mrd(bodySite={"text": "left posterior iliac crest"}),
    "a code for blood or marrow": mrd(lambda item: item["code"].update(text="MRD in blood or bone marrow")),
    "the depth of the data in words": each_mrd(note=[{"text": "Negative at 10^-6, and so at 1e-4 and 1e-5."}]),
    "issued some days later": each_mrd(issued="2026-11-20T08:00:00Z"),
    "an extension of no meaning": each_mrd(extension=[{"url": "urn:local:order", "valueString": "4711"}]),
    "test data throughout": lambda items: [
        item.update(meta={"security": [{"system": REASON, "code": "HTEST"}]}) for item in items
    ],
    "a record that replaced another one": each(
        "Patient", more(link=[{"type": "replaces", "other": {"reference": "Patient/before"}}])
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", USUAL)
def test_what_is_usual_beside_a_result_opens_nothing(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    items = written(SUPPORTED)
    USUAL[name](items)
    assert answer(items, shipped_rules).outcome == "cessation-supported"
