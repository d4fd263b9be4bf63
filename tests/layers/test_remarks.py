"""What the core says in a remark is said whatever a layer does with it, unless that is declared to be loosened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.authoring.comparing import compare_books
from mrdguide.logic.operators.reference import references
from mrdguide.reading.document import read_file
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.pages.board import board
from mrdguide.service.app import create_app
from mrdguide.service.settings import Settings
from mrdguide.teach.examples import examples
from tests.cohort.test_columns import alike
from tests.laws.judging import shipped
from tests.service.client import client_of

from .test_loosening import declared
from .writing import Layer, entry, write

EXAMPLES = {item.path.stem: item for item in examples()}
OFF_THERAPY = EXAMPLES["surveil-off-therapy"]
NEVER = {"age": {"operator": "<", "years": 1}}
# Bad news of which a remark is the only trace, with the example that it is added to.
TRACES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "remark.harm-off-therapy": (
        "surveil-off-therapy", "events", {"kind": "therapy-related-myeloid-neoplasm", "date": "2026-05-01", "term": "MDS"},
    ),
    "remark.harm-history": (
        "cessation-supported", "events",
        {"kind": "second-primary-malignancy", "status": "resolved", "date": "2025-01-01", "term": "breast cancer"},
    ),
    "remark.earlier-imaging-finding": (
        "cessation-supported", "imaging",
        {"modality": "PET-CT", "deauville_focal": 3, "conclusion": "indeterminate", "date": "2025-06-01"},
    ),
}  # fmt: skip


@cache
def patient(remark: str) -> dict[str, Any]:
    name, section, added = TRACES[remark]
    data = dict(read_file(EXAMPLES[name].path).data)
    return {**data, section: [*data.get(section, []), added]}


def answered(remark: str, book: mrdguide.RuleBook) -> mrdguide.Recommendation:
    return mrdguide.evaluate(patient(remark), rules=book, as_of=EXAMPLES[TRACES[remark][0]].as_of)


def ids(found: mrdguide.Recommendation) -> list[str]:
    return [item.id for item in found.remarks]


def below(remark: str) -> Iterator[str]:
    """The criteria that a remark of the core rests on."""
    for name in references(shipped().rules[remark].when):
        if name in shipped().sections["criteria"]:
            yield name
        else:
            yield from below(name)


def silencing(remark: str) -> dict[str, Layer]:
    """Every way in which a layer can take a remark of the core away from itself."""
    criteria = [
        {**entry("criteria", name), "absence": "unknown", "when": NEVER} for name in dict.fromkeys(below(remark))
    ]
    for item in criteria:
        item.pop("attestable", None)
    other = {**entry("remarks", remark), "when": {"not": "scope.adult"}}
    renamed = {**other, "id": "own.remark", "aliases": [remark]}
    return {
        "off": {"off": [{"id": remark, "why": "not used in this house"}]}, "replaced": {"remarks": [other]},
        "renamed": {"remarks": [renamed]}, "criteria": {"criteria": criteria},
    }  # fmt: skip


@pytest.mark.parametrize("way", ["off", "replaced", "renamed", "criteria"])
@pytest.mark.parametrize("remark", TRACES)
def test_a_remark_of_the_core_stays_by_its_own_criteria(tmp_path: Path, remark: str, way: str) -> None:
    assert remark in ids(answered(remark, shipped()))
    layer = silencing(remark)[way]
    found = answered(remark, mrdguide.load_rules(write(tmp_path / "silent", layer)))
    assert [name for name in ids(found) if name.endswith(remark)] == [f"core:{remark}"]
    kept = next(item for item in found.remarks if item.id == f"core:{remark}")
    core = next(item for item in answered(remark, shipped()).remarks if item.id == remark)
    assert (kept.observed, kept.title) == (core.observed, f"{core.title} [mrdguide-core]")
    assert f"core:{remark}" in [item["id"] for item in found.to_dict()["remarks"]]
    assert core.title in to_markdown(board(found)).replace("\\", "")


@pytest.mark.parametrize("remark", TRACES)
def test_a_remark_that_is_loosened_goes_and_that_is_told(tmp_path: Path, remark: str) -> None:
    layer: Layer = {**silencing(remark)["off"], "loosens": declared(remark)}
    found = answered(remark, mrdguide.load_rules(write(tmp_path, layer)))
    assert not [name for name in ids(found) if name.endswith(remark)]
    assert any(f"Loosened by declaration: {remark}" in told for told in found.said_of_the_rules)


def test_every_remark_of_the_core_is_in_a_book_that_silences_it(tmp_path: Path) -> None:
    names = shipped().sections["remarks"]
    off = mrdguide.load_rules(write(tmp_path, {"off": [{"id": name, "why": "not used here"} for name in names]}))
    assert set(off.sections["remarks"]) == {f"core:{name}" for name in names}
    assert [item.code for item in off.warnings] == ["no-effect"]


def test_a_layer_that_touches_no_remark_adds_no_second_one(tmp_path: Path) -> None:
    own = {
        "id": "own.remark",
        "title": "Seen by the house",
        "when": "therapy.on-maintenance",
        "why": "It is the house.",
    }
    caution = {"id": "own.caution", "title": "A second look", "when": "therapy.on-maintenance"}
    book = mrdguide.load_rules(write(tmp_path, {"remarks": [own], "cautions": [caution]}))
    assert not [name for name in book.rules if name.startswith("core:remark.")]
    for item in EXAMPLES.values():
        core = mrdguide.evaluate(item.path, rules=shipped(), as_of=item.as_of)
        found = mrdguide.evaluate(item.path, rules=book, as_of=item.as_of)
        assert [name for name in ids(found) if name != "own.remark"] == ids(core)


def test_what_if_and_the_comparison_of_rules_know_a_remark_that_is_kept(tmp_path: Path) -> None:
    remark = "remark.harm-off-therapy"
    book = mrdguide.load_rules(write(tmp_path, silencing(remark)["off"]))
    before = mrdguide.evaluate(OFF_THERAPY.path, rules=book, as_of=OFF_THERAPY.as_of)
    added = {f"events[{'+' if key == 'kind' else '-1'}].{key}": value for key, value in TRACES[remark][2].items()}
    found = mrdguide.what_if(before, dict(sorted(added.items(), key=lambda item: "+" not in item[0])))
    assert f"core:{remark}" in ids(found.after)
    assert f"core:{remark}" in [item.id for item in found.verdict_changes if item.kind == "remark"]
    told = {item.id: item.how for item in compare_books(shipped(), book, most_tried=0).changes}
    assert told[remark] == "left out"
    assert not [name for name in told if name.startswith("core:")]


@pytest.mark.parametrize("way", ["off", "criteria"])
def test_a_cohort_and_the_answer_agree_on_a_remark_that_is_kept(tmp_path: Path, way: str) -> None:
    remark = "remark.harm-off-therapy"
    book = mrdguide.load_rules(write(tmp_path, silencing(remark)[way]))
    patients = [mrdguide.read_patient(patient(name)) for name in TRACES]
    found = alike(patients, book, date.fromisoformat(OFF_THERAPY.as_of))
    assert f"core:{remark}" in found.names


def test_the_service_says_what_is_kept(tmp_path: Path) -> None:
    remark = "remark.harm-off-therapy"
    folder = write(tmp_path / "layer", silencing(remark)["off"])
    with client_of(create_app(Settings(record="", rules=(folder,)))) as client:
        answer = client.post("/evaluate", json={"profile": patient(remark), "as_of": OFF_THERAPY.as_of}).json()
    assert f"core:{remark}" in [item["id"] for item in answer["recommendation"]["remarks"]]
