"""The adverse side of a layer's fact: its news is never better than that of the other side, or `rules check` says so."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrdguide
from mrdguide import RuleBook
from mrdguide.authoring.doubts import doubts
from mrdguide.errors import RuleBookError
from mrdguide.reading.document import read_file
from mrdguide.teach.examples import examples
from tests.laws.effort import law
from tests.laws.judging import most_permissive, shipped
from tests.laws.patients import AS_OF, Profile, profiles

from .writing import Layer, write

# A fact of each type, with conditions on it: values of which it is met by some and not by others.
FACTS: dict[str, tuple[dict[str, Any], tuple[Any, ...], tuple[dict[str, Any], ...]]] = {
    "number": (
        {"least": 0, "most": 5}, (0, 1, 2, 3, 4, 5),
        tuple({"compare": {"fact": "local.own", "operator": sign, "value": 2}} for sign in (">=", ">", "<", "<=")),
    ),
    "flag": ({}, (True, False), tuple({"one_of": {"fact": "local.own", "values": [value]}} for value in (True, False))),
    "finding": ({}, ("present", "absent"), ({"present": "local.own"},)),
    "word": (
        {"values": ["stop", "go-on"]}, ("stop", "go-on"),
        tuple({"one_of": {"fact": "local.own", "values": [value]}} for value in ("stop", "go-on")),
    ),
}  # fmt: skip
SIDES = {"number": ("low", "high"), "flag": ("no", "yes"), "finding": ("absent", "present"), "word": ("stop", "go-on")}


def random_fact(rng: Random) -> tuple[Layer, list[Any], list[Any]]:
    """A layer with a fact and a rule against stopping on it, and its values from the favourable to the adverse side."""
    kind = rng.choice(tuple(FACTS))
    given_of_it, values, conditions = FACTS[kind]
    adverse = rng.choice(SIDES[kind])
    criterion = {
        "id": "own.criterion",
        "title": "A criterion of the house",
        "absence": "unknown",
        "when": rng.choice(conditions),
    }
    layer: Layer = {
        "facts": [{"id": "own", "title": "A fact of the house", "type": kind, "adverse": adverse, "question": "Which?", **given_of_it}],
        "criteria": [criterion],
    }  # fmt: skip
    if rng.random() < 0.5:
        criterion["kind"] = rng.choice(("caution", "block", "relapse", "resurgence"))
    else:
        when: Any = rng.choice(("own.criterion", {"not": "own.criterion"}))
        section = rng.choice(("cautions", "blocks"))
        layer[section] = [{"id": "own.rule", "title": "A rule of the house", "when": when}]
    if kind == "number":
        ordered = sorted(values, reverse=adverse == "low")
    else:
        bad = {"yes": True, "no": False}.get(adverse, adverse)
        ordered = [value for value in values if value != bad] + [bad]
    return layer, ordered[:1], ordered[-1:]


@cache
def on_record() -> tuple[tuple[dict[str, Any], str], ...]:
    return tuple((dict(read_file(item.path).data), item.as_of) for item in examples())


def turned_round(book: RuleBook) -> bool:
    return any(item.code == "adverse-side" for item in doubts(book))


def most(book: RuleBook, profile: Profile, day: Any, value: Any) -> int:
    """The most that can come of a patient of whom the fact has a value."""
    return most_permissive(mrdguide.evaluate({**profile, "local": {"own": value}}, rules=book, as_of=day))


@settings(law(20))
@given(seed=st.integers(0, 10**9), profile=profiles())
def test_adverse_news_is_never_better_than_favourable_news_or_the_check_says_so(
    tmp_path_factory: pytest.TempPathFactory, seed: int, profile: Profile
) -> None:
    layer, favourable, adverse = random_fact(Random(seed))
    book = mrdguide.load_rules(write(tmp_path_factory.mktemp("layer"), layer))
    patients = [*on_record(), (profile, AS_OF)]
    better = [1 for data, day in patients if most(book, data, day, adverse[0]) > most(book, data, day, favourable[0])]
    assert bool(better) == turned_round(book), layer


def test_adverse_news_is_never_lost_where_it_was_not_known(tmp_path: Path) -> None:
    """What is left out may be the adverse side: it stays possible, and recorded it never opens more."""
    for seed in range(6):
        layer, _, adverse = random_fact(Random(seed))
        book = mrdguide.load_rules(write(tmp_path / str(seed), layer))
        for data, day in on_record():
            unknown = mrdguide.evaluate(data, rules=book, as_of=day)
            known = mrdguide.evaluate({**data, "local": {"own": adverse[0]}}, rules=book, as_of=day)
            assert set(known.possible_outcomes) <= set(unknown.possible_outcomes)
            alone = mrdguide.evaluate(data, rules=shipped(), as_of=day)
            assert most_permissive(known) <= most_permissive(alone)


@pytest.mark.parametrize(
    ("kind", "side"), [("number", "yes"), ("flag", "high"), ("finding", "low"), ("word", "continue")]
)
def test_a_side_that_a_fact_does_not_have_is_refused_at_its_line(tmp_path: Path, kind: str, side: str) -> None:
    fact = {
        "id": "own",
        "title": "A fact of the house",
        "type": kind,
        "adverse": side,
        "question": "Which?",
        **FACTS[kind][0],
    }
    with pytest.raises(RuleBookError, match=f"a {kind} has no side '{side}'; it has {', '.join(SIDES[kind])}, none"):
        mrdguide.load_rules(write(tmp_path, {"facts": [fact]}))
