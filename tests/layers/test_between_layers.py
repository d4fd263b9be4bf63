"""What one layer takes from another is refused or told, in whatever order the two are named; what is apart stays quiet."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import RuleBookError
from mrdguide.teach.examples import examples

from .writing import Layer, entry, shipped_readings, write

STOPS = {item.path.stem: item for item in examples()}["cessation-supported"]
NEVER = {"age": {"operator": "<", "years": 1}}
SAID = {"why": "The house has decided so.", "cites": ["imwg2016"]}
NO: Layer = {"blocks": [{"id": "own.no", "title": "No stop", "when": "therapy.on-maintenance", **SAID}]}
OLD = {"age": {"operator": ">", "years": 60}}


def criterion(name: str, when: Any = NEVER, **more: Any) -> dict[str, Any]:
    return {"id": name, "title": "Otherwise", "absence": "unknown", "when": when, **SAID, **more}


def block(name: str, when: Any, **more: Any) -> Layer:
    return {"blocks": [{"id": name, "title": "No stop", "when": when, **SAID, **more}]}


def readings(**more: Any) -> dict[str, Any]:
    found = shipped_readings()
    return {**found, "imaging": {**found["imaging"], **more}}


# What one layer has, and another one that takes it away or makes it weaker.
TAKEN: dict[str, tuple[Layer, Layer]] = {
    "switched off": (NO, {"off": [{"id": "own.no", "why": "not here"}]}),
    "switched off and declared": (
        NO,
        {
            "off": [{"id": "own.no", "why": "not here"}],
            "loosens": [{"what": "own.no", "why": "not here", "by": "the board", "date": "2026-11-26"}],
        },
    ),
    "called otherwise": (NO, block("own.other", {"not": "scope.adult"}, aliases=["own.no"])),
    "replaced": (NO, block("own.no", {"not": "scope.adult"})),
    "what it is judged by": (NO, {"criteria": [criterion("therapy.on-maintenance")]}),
    "what it is judged by, under another id": (
        NO, {"criteria": [criterion("own.therapy", aliases=["therapy.on-maintenance"])]},
    ),
    "what it needs beside its list": (
        {"criteria": [criterion("own.old", OLD, kind="block")]}, {"criteria": [criterion("therapy.on-maintenance")]},
    ),
    "a part of its list": (
        block("own.course", {"any": ["relapse.progression", "relapse.ever"]}), {"off": [{"id": "relapse.progression", "why": "not here"}]},
    ),
    "its number": (block("own.image", {"not": "imaging.negative-now"}), {"parameters": {"imaging.recent": 24}}),
    "its stricter form": (
        block("block.mrd-positive", "mrd.positive-now"), {"off": [{"id": "block.mrd-positive", "why": "not here"}]},
    ),
    "its readings": (
        {"readings": readings(deauville_positive_from=3)}, {"readings": readings(deauville_positive_from=5)},
    ),
    "readings that it rests on": (block("own.image", "imaging.positive-now"), {"readings": readings(deauville_positive_from=5)}),
}  # fmt: skip


def loaded(tmp_path: Path, first: Layer, second: Layer, *, turned: bool = False, **pack: Any) -> mrdguide.RuleBook:
    folders = [write(tmp_path / "one", first), write(tmp_path / "two", second, name="ward-7", version="1.0", **pack)]
    return mrdguide.load_rules(*(reversed(folders) if turned else folders))


@pytest.mark.parametrize("turned", [False, True], ids=["after it", "before it"])
@pytest.mark.parametrize("how", TAKEN)
def test_a_layer_takes_nothing_from_another(tmp_path: Path, how: str, turned: bool) -> None:
    with pytest.raises(RuleBookError) as caught:
        loaded(tmp_path, *TAKEN[how], turned=turned)
    found = [item for item in caught.value.problems if item.severity == "error"]
    assert found
    assert all(item.line and item.hint for item in found if item.code in ("replaced", "not-in-a-layer"))
    assert any("st-elsewhere" in item.message or "ward-7" in item.message for item in found)


NEVER_TAKEN = ("switched off", "switched off and declared", "called otherwise", "its stricter form")


@pytest.mark.parametrize("how", [how for how in TAKEN if how not in NEVER_TAKEN])
def test_a_layer_that_is_written_for_another_may_change_it_and_that_is_told(tmp_path: Path, how: str) -> None:
    book = loaded(tmp_path, *TAKEN[how], extends="st-elsewhere@0.3")
    told = [item for item in book.warnings if item.code == "replaced"]
    assert told
    assert all(item.line and "two" in item.source and item.severity == "warning" for item in told)


def test_a_layer_takes_out_its_own_entry_and_does_not_switch_it_off(tmp_path: Path) -> None:
    with pytest.raises(RuleBookError, match=r"'own\.no' is an entry of this layer"):
        mrdguide.load_rules(write(tmp_path, {**NO, "off": [{"id": "own.no", "why": "not here"}]}))


# Layers that have nothing of each other's: both stay as they are.
APART: dict[str, tuple[Layer, Layer]] = {
    "two blocks": (NO, block("own.other", "scope.adult")),
    "a criterion that nothing of the other rests on": (NO, {"criteria": [criterion("fitness.frail-of-the-house", OLD)]}),
    "a number of other rules": (NO, {"parameters": {"mrd.recent": 3}}),
    "both switch the same entry of the core off": (
        {"off": [{"id": "caution.high-ldh", "why": "not here"}]}, {"off": [{"id": "caution.high-ldh", "why": "nor here"}]},
    ),
    "an entry of the core in other words": (
        NO, {"criteria": [{**entry("criteria", "therapy.on-maintenance"), "title": "On maintenance, as we say"}]},
    ),
    "an entry of the core under another id": (
        NO, {"criteria": [{**entry("criteria", "therapy.on-maintenance"), "id": "own.on", "aliases": ["therapy.on-maintenance"]}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", APART)
def test_layers_that_have_nothing_of_each_others_lie_beside_each_other_in_any_order(tmp_path: Path, how: str) -> None:
    folders = [
        write(tmp_path / name, layer, name=name, version="1.0")
        for name, layer in zip(("st-elsewhere", "ward-7"), APART[how], strict=True)
    ]
    answers = []
    for order in permutations(folders):
        book = mrdguide.load_rules(*order)
        assert not [item for item in book.warnings if item.code == "replaced"]
        answers.append(mrdguide.evaluate(STOPS.path, rules=book, as_of=STOPS.as_of))
    assert len({item.outcome for item in answers}) == 1
    if APART[how][0] is NO:
        assert answers[0].outcome == "continue"
