"""What a comparison of rule books says holds for patients: over random layers and books of one's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mrdguide
from mrdguide import Recommendation, RuleBook
from mrdguide.authoring.comparing import compare_books
from mrdguide.authoring.witnesses import MOST_CHANGES, PatientSearch
from mrdguide.errors import RuleBookError
from mrdguide.rulebook.compare import NO_ANSWER, RULED_OUT, Comparison
from mrdguide.teach.examples import examples
from tests.laws.effort import QUICK, law
from tests.laws.judging import judged, shipped
from tests.laws.patients import AS_OF, Profile, profiles
from tests.layers.writing import entry, random_layer, shipped_readings, write

from .layers import own_book

# In the long run 400 books and 30 patients each, beside the examples.
_BOOKS, _PATIENTS = (5, 12) if QUICK else (400, 30)
# Random books among which patients are looked for, and how many profiles are tried for each.
_SEARCHED, _TRIED = (range(100), 40) if QUICK else (range(200), 2_000)


@cache
def on_examples() -> list[tuple[Path, str, Recommendation]]:
    return [
        (item.path, item.as_of, mrdguide.evaluate(item.path, rules=shipped(), as_of=item.as_of)) for item in examples()
    ]


def other_book(folder: Path, rng: Random) -> RuleBook | None:
    """The shipped book under a random layer, or changed in its own files so that it can loosen as well; None if refused."""
    layer = random_layer(rng)
    if rng.random() < 0.6:  # one change alone has a direction more often
        section = rng.choice([key for key in layer if layer[key]])
        layer = {section: layer[section] if section == "readings" else layer[section][:1]}
    for items in layer.values():
        for item in items if isinstance(items, list) else ():
            # Two books are compared as they are in force on one day.
            item.pop("from", None)
            item.pop("until", None)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if rng.random() < 0.4:
            return mrdguide.load_rules(write(folder / "layer", layer))
        layer.pop("off", None)
        layer["parameters"] = [{**entry("parameters", item["id"]), **item} for item in layer.get("parameters", [])]
        (folder / "layer.yaml").write_text(json.dumps(layer), encoding="utf-8")
        return own_book(folder, folder)
    except RuleBookError:
        return None


def agrees(comparison: Comparison, before: Recommendation, after: Recommendation) -> None:
    """What is said of the books holds for one patient by both."""
    if before.settled and after.settled:
        assert (before.outcome, after.outcome) in comparison.pairs
    # Whatever the unknown turns out to be, the patient's two answers are a pair that the comparison knows.
    pairs = {
        (one, two) for one in before.possible_outcomes for two in after.possible_outcomes
        if (one, two) in comparison.pairs
    }  # fmt: skip
    ruled_out = any({NO_ANSWER, RULED_OUT} & set(pair) for pair in comparison.pairs)
    if not ruled_out:
        assert {one for one, _ in pairs} == set(before.possible_outcomes)
        assert {two for _, two in pairs} == set(after.possible_outcomes)
    if comparison.verdict == "equal":
        assert set(after.possible_outcomes) == set(before.possible_outcomes)
        assert after.outcome == before.outcome
    if ruled_out:
        return  # which answers are left out is another question than which is given
    ranks = comparison.permissiveness
    for direction, one, two in (("looser", before, after), ("stricter", after, before)):
        if direction not in comparison.directions:  # then the second of the two is nowhere the more permissive one
            for end in (max, min):
                assert end(ranks[name] for name in two.possible_outcomes) <= end(
                    ranks[name] for name in one.possible_outcomes
                )


def patients_by(book: RuleBook, patients: list[Profile]) -> Iterator[tuple[Recommendation, Recommendation]]:
    for path, day, core in on_examples():
        yield core, mrdguide.evaluate(path, rules=book, as_of=day)
    for profile in patients:
        yield judged(profile), mrdguide.evaluate(profile, rules=book, as_of=AS_OF)


@settings(law(25), max_examples=_BOOKS)
@given(seed=st.integers(0, 10**9), patients=st.lists(profiles(), min_size=_PATIENTS, max_size=_PATIENTS))
def test_what_is_said_of_two_books_holds_for_patients(
    tmp_path_factory: pytest.TempPathFactory, seed: int, patients: list[Profile]
) -> None:
    book = other_book(tmp_path_factory.mktemp("book"), Random(seed))
    if book is None:
        return
    comparison = Comparison(shipped(), book)
    back = Comparison(book, shipped())
    assert back.pairs == {(two, one) for one, two in comparison.pairs}
    if book.layering is not None:
        assert "looser" not in comparison.directions, "no layer is looser than its core"
    for before, after in patients_by(book, patients):
        agrees(comparison, before, after)
        agrees(back, after, before)


def test_every_patient_found_answers_as_claimed(tmp_path: Path) -> None:
    found = set()
    for seed in _SEARCHED:
        book = other_book(tmp_path / str(seed), Random(seed))
        if book is None:
            continue
        comparison = Comparison(shipped(), book)
        for direction in sorted(comparison.directions):
            witness = PatientSearch(comparison, _TRIED).find(direction).witness
            if witness is None:
                continue
            before, after = (
                mrdguide.evaluate(witness.profile, rules=rules, as_of=witness.as_of) for rules in (shipped(), book)
            )
            assert (before.outcome, after.outcome) == (witness.before.outcome, witness.after.outcome)
            assert comparison.direction(before.outcome, after.outcome) == direction
            assert len(witness.changes) <= MOST_CHANGES
            found.add((direction, book.layering is not None))
        if {direction for direction, _ in found} >= {"stricter", "looser", "other"} and ("stricter", True) in found:
            return
    assert {direction for direction, _ in found} == {"stricter", "looser", "other"}
    assert ("stricter", True) in found


def test_the_random_books_differ_from_the_shipped_one_in_every_way(tmp_path: Path) -> None:
    """Otherwise the law would hold because nothing is tried."""
    found: set[str] = set()
    for seed in range(40):
        book = other_book(tmp_path / str(seed), Random(seed))
        if book is not None:
            found.add(Comparison(shipped(), book).verdict)
        if found >= {"equal", "stricter", "neither"}:
            return
    raise AssertionError(found)


def test_a_layer_that_changes_nothing_changes_no_answer_of_the_examples(tmp_path: Path) -> None:
    """The layered book names what is possible by its own order of strictness."""
    layer = {"cautions": [entry("cautions", "caution.high-ldh")]}
    found = compare_books(shipped(), mrdguide.load_rules(write(tmp_path / "layer", layer)))
    assert (found.comparison.verdict, found.answers) == ("equal", ())


def test_a_layer_with_other_readings_is_never_looser_than_its_core(tmp_path: Path) -> None:
    """What the layered book keeps of the core's readings is the core's criterion, not one more unknown."""
    layer = {
        "readings": {**shipped_readings(), "imaging": {**shipped_readings()["imaging"], "deauville_positive_from": 5}}
    }
    comparison = Comparison(shipped(), mrdguide.load_rules(write(tmp_path / "layer", layer)))
    assert comparison.directions == {"stricter", "other"}
    assert ("first", "imaging.negative-now") in comparison.variables
    assert ("second", "core:imaging.negative-now") not in comparison.variables
