"""A layer can only tighten: whatever it says, over examples and invented patients."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrdguide
from mrdguide import Recommendation, RuleBook
from mrdguide.errors import RuleBookError
from mrdguide.teach.examples import examples
from tests.laws.effort import QUICK, law
from tests.laws.judging import judged, shipped
from tests.laws.patients import AS_OF, Profile, profiles

from .writing import random_layer, write


@cache
def on_examples() -> list[tuple[Path, str, Recommendation]]:
    return [
        (item.path, item.as_of, mrdguide.evaluate(item.path, rules=shipped(), as_of=item.as_of)) for item in examples()
    ]


def holds(core: Recommendation, layered: Recommendation) -> None:
    """The law for one patient."""
    rules = shipped().decision.layers
    assert rules is not None
    assert layered.layers is not None
    assert layered.layers.core_possible_outcomes == core.possible_outcomes
    assert layered.core_outcome == core.outcome
    rank = {name: place for place, name in enumerate(rules.strictness)}
    found, alone = set(layered.possible_outcomes), set(core.possible_outcomes)
    for name in alone:
        assert any(rank[other] <= rank[name] or name in rules.core_stays for other in found), (alone, found)
    for name in found:
        assert any(rank[name] <= rank[other] or name == other for other in alone), (alone, found)
        assert name not in rules.core_only or name in alone
    if alone <= set(shipped().decision.alarms):
        assert found <= set(shipped().decision.alarms), "an alarm of the core is left out"
    assert layered.stop_possible <= core.stop_possible
    assert found == product(layered)


def stricter(core: str, layers: str | None) -> str:
    """The stricter of two answers, as the rules for layers say it."""
    rules = shipped().decision.layers
    assert rules is not None
    if layers is None or core in rules.core_stays:
        return core
    return min(core, layers, key=rules.strictness.index)


@lru_cache(maxsize=4)  # a book and its dated stretches
def both_answers(book: RuleBook) -> int:
    """The diagram of both answers: what the core alone says, and what the layers alone say, for all verdicts there can be."""
    rules, layering, decider = shipped().decision.layers, book.layering, book.decider
    assert rules is not None
    assert layering is not None
    space = decider.diagrams
    layers = {name: condition for name, condition in layering.layers.items() if name not in rules.core_only}
    roots = []
    for conditions in (layering.core, layers):
        answer = space.end(None)
        for name, condition in reversed(list(conditions.items())):
            answer = space.ite(decider._nodes[condition], space.end(name), answer)
        roots.append(answer)
    return decider._possible_only(space.paired(*roots))


def product(layered: Recommendation) -> set[str]:
    """The stricter of both answers for every way of filling in what is unknown: the diagrams multiplied."""
    decider = layered.rules.decider
    # Verdicts that contradict each other are unknown, here as in the answer.
    judged, _ = decider.implications.reconciled(layered.decided.verdicts[: len(decider.order)])
    known = decider.implications.propagate(judged)
    ends = decider.diagrams.reachable(both_answers(layered.rules), [known[slot] for slot in decider.order])
    return {stricter(*pair) for pair in ends if isinstance(pair, tuple)}


def loaded(folder: Path, rng: Random) -> RuleBook | None:
    try:
        return mrdguide.load_rules(write(folder, random_layer(rng)))
    except RuleBookError:
        return None  # refused, with its place


# In the long run 20,000 patients meet 500 layers.
_LAYERS, _PATIENTS = (10, 15) if QUICK else (500, 40)


@settings(law(25), max_examples=_LAYERS)
@given(seed=st.integers(0, 10**9), patients=st.lists(profiles(), min_size=_PATIENTS, max_size=_PATIENTS))
def test_no_layer_is_less_strict_than_the_core(
    tmp_path_factory: pytest.TempPathFactory, seed: int, patients: list[Profile]
) -> None:
    book = loaded(tmp_path_factory.mktemp("layer"), Random(seed))
    if book is None:
        return
    for path, day, core in on_examples():
        holds(core, mrdguide.evaluate(path, rules=book, as_of=day))
    for profile in patients:
        holds(judged(profile), mrdguide.evaluate(profile, rules=book, as_of=AS_OF))


def test_most_of_the_layers_tried_can_be_loaded(tmp_path: Path) -> None:
    """Otherwise the law would hold because nothing is tried."""
    books = [loaded(tmp_path / str(seed), Random(seed)) for seed in range(12)]
    assert sum(book is not None for book in books) >= 6
