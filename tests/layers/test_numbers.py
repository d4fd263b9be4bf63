"""Every number of criteria, readings and parameters, moved one step either way in a layer: no error, and it can only tighten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import RuleBookError
from tests.laws.effort import QUICK

from .test_law import holds, on_examples
from .writing import Layer, changed, moved, numbers, shipped, shipped_readings, write

# What a number may be is a matter of its operator; a step beyond it is refused, at its line.
_BEYOND = ("bad-value", "out-of-range", "contradiction", "misplaced")


def steps() -> list[tuple[str, Layer]]:
    """Every step: a name, and the layer that takes it."""
    found: list[tuple[str, Layer]] = []
    for item in shipped("parameters"):
        for up in (True, False):
            value = min(max(moved(item["value"], up), item["least"]), item["most"])
            found.append((f"{item['id']} {'up' if up else 'down'}", {"parameters": {item["id"]: value}}))
    readings = shipped_readings()
    for path, value in numbers(readings):
        for up in (True, False):
            layer: Layer = {"readings": changed(readings, path, moved(value, up))}
            found.append((f"readings {'.'.join(map(str, path))} {'up' if up else 'down'}", layer))
    for item in shipped("criteria"):
        for path, value in numbers(item["when"]):
            for up in (True, False):
                when = changed(item["when"], path, moved(value, up))
                name = f"{item['id']} {'.'.join(map(str, path))} {'up' if up else 'down'}"
                found.append((name, {"criteria": [{**item, "when": when}]}))
    return found


STEPS = dict(steps())


def test_there_are_many_numbers() -> None:
    assert len(STEPS) > 250


# An assay that is too shallow is an answer there: the layer's must not become the core's.
_ONCE_WRONG = ["mrd.depth-1e-6 mrd_depth.outer up"]


# All of them take minutes; the quick suite tries every fifteenth.
@pytest.mark.parametrize("name", [*list(STEPS)[::15], *_ONCE_WRONG] if QUICK else list(STEPS))
def test_a_number_moved_one_step(tmp_path: Path, name: str) -> None:
    try:
        book = mrdguide.load_rules(write(tmp_path, STEPS[name]))
    except RuleBookError as error:
        assert all(problem.line and problem.code in _BEYOND for problem in error.problems), str(error)  # noqa: PT017
        return
    no_effect = "no-effect" in [item.code for item in book.warnings]
    for path, day, core in on_examples():
        layered = mrdguide.evaluate(path, rules=book, as_of=day)
        holds(core, layered)
        assert not no_effect or set(layered.possible_outcomes) == set(core.possible_outcomes), path.name


def test_of_two_steps_the_stricter_shows_its_effect_and_the_looser_says_that_it_has_none(tmp_path: Path) -> None:
    told = {}
    for direction in ("up", "down"):
        name = f"mrd.sustained-12-1e-5 mrd_run.months {direction}"
        told[direction] = [item.code for item in mrdguide.load_rules(write(tmp_path / direction, STEPS[name])).warnings]
    assert told == {"up": [], "down": ["no-effect"]}


def risk_and_study_numbers() -> list[tuple[str, Layer]]:
    found: list[tuple[str, Layer]] = []
    for section in ("schemes", "protocols"):
        for item in shipped(section):
            layer: dict[str, Any] = {section: [item]}
            found.append((item["id"], layer))
    return found


@pytest.mark.parametrize(("name", "layer"), risk_and_study_numbers())
def test_risk_schemes_and_study_cards_are_refused_at_their_line(tmp_path: Path, name: str, layer: Layer) -> None:
    with pytest.raises(RuleBookError) as caught:
        mrdguide.load_rules(write(tmp_path, layer))
    (problem,) = caught.value.problems
    assert problem.code == "not-in-a-layer"
    assert name in problem.message
    assert problem.line
