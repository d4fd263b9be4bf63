"""Law: nothing that happens to elements of a record, one at a time or two, makes an answer more permissive.

A sample by default; `make damage` tries 50,000 single and 20,000 double mutations, others on every run.
"""

from __future__ import annotations

import copy
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import MrdguideError

from .test_damage import CASES, Resource, answer, written

SINGLE = int(os.environ.get("MRDGUIDE_SINGLE_MUTATIONS", "48"))
DOUBLE = int(os.environ.get("MRDGUIDE_DOUBLE_MUTATIONS", "48"))
SEED = int(os.environ.get("MRDGUIDE_SEED", "7"))
HOW = ("removed", "recoded", "garbled", "distrusted", "reasoned", "doubled")

Place = tuple[int, tuple[Any, ...]]


def places(items: list[Resource]) -> list[Place]:
    return [(index, path) for index, item in enumerate(items) for path in _inside(item)]


def _inside(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        if name != "resourceType":
            yield (*path, name)
            yield from _inside(item, (*path, name))


def mutate(items: list[Resource], place: Place, how: str) -> None:
    """Change one element where it stands; where a mutation before has taken it away nothing is left to do."""
    index, path = place
    here: Any = items[index]
    try:
        for name in path[:-1]:
            here = here[name]
        old = here[path[-1]]
    except (KeyError, IndexError, TypeError):
        return
    if how == "removed":
        del here[path[-1]]
    elif how == "recoded" and path[-1] == "code" and isinstance(old, str):
        here["code"] = "999999-0"
    elif how == "distrusted" and isinstance(old, dict):
        old["modifierExtension"] = [{"url": "urn:x", "valueBoolean": True}]
    elif how == "reasoned" and isinstance(here, dict) and any(name.startswith("value") for name in here):
        here["dataAbsentReason"] = {"text": "error"}
    elif how == "doubled" and isinstance(old, list):
        old.extend(copy.deepcopy(old))
    elif how != "doubled":
        here[path[-1]] = {"other": 1}


@pytest.mark.parametrize(("mutations", "number"), [(1, SINGLE), (2, DOUBLE)])
def test_law_no_mutation_makes_an_answer_more_permissive(
    mutations: int, number: int, shipped_rules: mrdguide.RuleBook
) -> None:
    known = {item.id: item.permissiveness for item in shipped_rules.decision.outcomes}
    chance = random.Random(SEED * 10 + mutations)
    judged = []
    for example in CASES:
        items = written(example)
        before = answer(items, shipped_rules, example.as_of)
        judged.append((example, items, places(items), max(known[name] for name in before.possible_outcomes)))
    answered = 0
    for _ in range(number):
        example, items, found, most = chance.choice(judged)
        chosen = [(chance.choice(found), chance.choice(HOW)) for _ in range(mutations)]
        changed = copy.deepcopy(items)
        for place, how in chosen:
            mutate(changed, place, how)
        try:
            after = answer(changed, shipped_rules, example.as_of)
        except MrdguideError:
            continue  # refused, so there is no answer
        answered += 1
        assert not after.settled or after.permissiveness <= most, (example.file, chosen, after.outcome)
    assert answered > number / 2, "most mutations must leave something to judge"
