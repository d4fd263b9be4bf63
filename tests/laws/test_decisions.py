"""The three ways the engine decides (compiled, by diagram, by durable-rules) and a brute-force oracle always agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrdguide.decide import forward_chaining as chain
from mrdguide.decide.decision import Decided, Decider
from mrdguide.decide.kleene import compile_derived_rules, derive_by, select
from mrdguide.errors import InconsistentVerdicts, InferenceDisagreement, SafetyInvariantViolated
from mrdguide.logic.operator import parse_expression
from mrdguide.logic.truth import MET, NOT_MET, UNKNOWN, at_least

from . import books, oracle
from .effort import law

needs_durable_rules = pytest.mark.skipif(not chain.available(), reason="durable-rules cannot be imported here")


@law(150)
@given(st.data())
def test_compiled_combinations_are_strong_kleene_logic(data: st.DataObject) -> None:
    book = data.draw(books.books())
    combined = books.combinations(book)
    slots = {name: slot for slot, name in enumerate([*book.criteria, *combined])}
    for known in data.draw(st.lists(books.verdicts(book), min_size=1, max_size=8)):
        judged = compile_derived_rules(combined, slots)(books.judged_verdicts(book, known))
        assert derive_by(combined, slots)(books.judged_verdicts(book, known)) == judged  # not compiled yet

        expected = oracle.with_conclusions(book, known)
        assert {name: books.TRUTH[judged[slots[name]]] for name in expected} == expected

        chosen = select([judged[slots[f"outcome:{name}"]] for name in book.outcomes])
        assert [list(book.outcomes)[place] for place in chosen] == oracle.still_open(book, known)


@needs_durable_rules
@law(40)
@given(st.data())
def test_durable_rules_derives_exactly_the_kleene_verdicts_and_the_open_outcomes(data: st.DataObject) -> None:
    book = data.draw(books.books())
    second = chain.ForwardChaining(books.chained(book), [f"outcome:{name}" for name in book.outcomes])
    for known in data.draw(st.lists(books.verdicts(book), min_size=1, max_size=8)):
        facts = dict(zip(book.criteria, books.judged_verdicts(book, known), strict=True))
        given_facts = [facts[name] for name in second.given]
        found, places = second.run(given_facts)
        for _ in range(5):  # step by step, and compiled
            assert second.run(given_facts) == (found, places)
        concluded = dict(zip(second.names, found, strict=True))

        expected = oracle.with_conclusions(book, known)
        for name in book.conclusions:
            assert books.TRUTH[concluded[name]] == expected[name]
        assert [list(book.outcomes)[place] for place in places] == oracle.still_open(book, known)


@needs_durable_rules
@law(30)
@given(st.data())
def test_durable_rules_counts_among_more_parts_than_one_rule_can_join(data: st.DataObject) -> None:
    names = [f"part-{number}" for number in range(data.draw(st.integers(9, 30), label="parts"))]
    needed = data.draw(st.integers(1, len(names)), label="needed")
    signs = data.draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)), label="as it is, or negated")
    parts = [name if sign else {"not": name} for name, sign in zip(names, signs, strict=True)]
    rule = parse_expression({"at_least": {"count": needed, "of": parts}})
    second = chain.ForwardChaining({"enough": rule}, ["enough"])
    known = {name: data.draw(st.sampled_from([MET, NOT_MET, UNKNOWN])) for name in names}

    expected = at_least(
        needed, [known[name] if sign else MET - known[name] for name, sign in zip(names, signs, strict=True)]
    )
    assert second.run([known[name] for name in second.given])[0] == (expected,)


@law(60)
@given(st.data())
def test_a_decision_is_what_trying_every_filling_in_gives(data: st.DataObject) -> None:
    book = data.draw(books.books())
    decider = books.decider(book)
    for known in data.draw(st.lists(books.verdicts(book), min_size=1, max_size=6)):
        exact = oracle.possible(book, known)
        if not exact:
            _at_fault(book, known, decider.decide(books.judged_verdicts(book, known)))
            continue
        outcome = str(next(iter(exact))) if len(exact) == 1 else books.INSUFFICIENT
        forced = oracle.follows(book, known)
        forbidden = oracle.violated(book, forced, outcome)
        if forbidden:
            with pytest.raises(SafetyInvariantViolated) as withheld:
                decider.decide(books.judged_verdicts(book, known))
            assert withheld.value.invariant in forbidden
            continue

        decided = decider.decide(books.judged_verdicts(book, known))
        assert decided.possible == tuple(name for name in book.outcomes if name in exact)
        assert decided.settled is (len(exact) == 1)
        assert decided.outcome == outcome
        assert decided.cross_checked is chain.available()
        assert decided.faults == ()
        expected = oracle.with_conclusions(book, known)
        assert {name: books.TRUTH[decided.verdicts[decider.index_of[name]]] for name in expected} == expected
        _hangs_on_enough(book, known, decider)
        _schemes_are_exact(book, known, decider)


def _at_fault(book: oracle.Book, known: oracle.Verdicts, decided: Decided) -> None:
    """Verdicts that contradict each other give the answer that not enough is known, and stay as they were judged."""
    assert decided.outcome == books.INSUFFICIENT
    assert not decided.settled
    assert decided.faults
    assert not decided.cross_checked
    assert decided.verdicts[: len(book.criteria)] == tuple(books.judged_verdicts(book, known))


def _hangs_on_enough(book: oracle.Book, known: oracle.Verdicts, decider: Decider) -> None:
    """Only unknown criteria are named, and knowing all that are named settles the answer."""
    judged = books.judged_verdicts(book, known)
    named = [book.criteria[slot] for slot in decider.depends_on(judged)]
    assert all(known[name] is None for name in named)
    assert bool(named) is not decider.decide(judged).settled
    answers = defaultdict(set)
    for filled in oracle.fillings(book, known):
        answers[tuple(filled[name] for name in named)].add(oracle.answer(book, filled))
    assert all(len(found) == 1 for found in answers.values())


def _schemes_are_exact(book: oracle.Book, known: oracle.Verdicts, decider: Decider) -> None:
    totals = oracle.sums(book, known)
    bands = {oracle.band(book, total) for total in totals}
    schemes = decider.schemes(books.judged_verdicts(book, known))
    banded, count, first = (schemes[name] for name in ("points", "count", "first"))
    assert set(banded.possible) == bands
    assert banded.value == (next(iter(bands)) if len(bands) == 1 else None)
    assert banded.points == count.points == (next(iter(totals)) if len(totals) == 1 else None)
    assert set(count.possible) == totals
    listed = oracle.classes(book, known)
    assert set(first.possible) == listed
    assert first.value == (next(iter(listed)) if len(listed) == 1 else None)


@law(60)
@given(books.books())
def test_what_is_proved_at_loading_is_what_trying_every_patient_gives(book: oracle.Book) -> None:
    decider = books.decider(book)
    ways = list(oracle.fillings(book, dict.fromkeys(book.criteria)))
    assert decider.ends() == {oracle.answer(book, filled) for filled in ways}
    for invariant in decider._invariants:
        never, condition, _ = book.invariants[invariant.id]
        counterexamples = defaultdict(list)
        for filled in ways:
            given_outcome = oracle.answer(book, filled)
            if given_outcome in never and oracle.truth(condition, oracle.with_conclusions(book, filled)):
                counterexamples[given_outcome].append(filled)
        broken = decider.broken(invariant)
        assert broken.keys() == counterexamples.keys()
        for outcome, shown in broken.items():
            patient = {name: books.TRUTH[verdict] for name, verdict in shown.items()}
            assert any(patient.items() <= filled.items() for filled in counterexamples[outcome])


@law(60)
@given(st.data())
def test_learning_more_never_opens_an_outcome(data: st.DataObject) -> None:
    """Filling in one unknown verdict can only take outcomes away."""
    book = data.draw(books.books())
    decider = books.decider(book)
    known = data.draw(books.verdicts(book))
    before = oracle.possible(book, known)
    for name in [name for name, verdict in known.items() if verdict is None]:
        for value in (True, False):
            judged_verdicts = books.judged_verdicts(book, {**known, name: value})
            if oracle.possible(book, {**known, name: value}):
                assert set(decider.possible(judged_verdicts)) <= before
            else:
                with pytest.raises(InconsistentVerdicts):
                    decider.possible(judged_verdicts)


_TWO_WAYS = oracle.Book(
    criteria=["a", "b"],
    conclusions={"both": {"all": ["a", "b"]}},
    outcomes={"stop": "both", "rest": {"any": ["a", {"not": "a"}]}},
    points=[("a", 1.0)],
    bands=[("low", None, 0.5), ("high", 1.0, None)],
    classes=[("yes", "a"), ("other", None)],
    invariants={"never-stop-with-b": (frozenset({"stop"}), "b", True)},
)


@needs_durable_rules
def test_a_second_engine_that_disagrees_stops_the_answer_and_both_answers_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = chain.ForwardChaining.run

    def wrong(self: chain.ForwardChaining, given: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        concluded = dict(zip(self.names, right(self, given)[0], strict=True))
        return tuple({**concluded, "both": books.VERDICT[True]}.values()), (0,)

    monkeypatch.setattr(chain.ForwardChaining, "run", wrong)
    with pytest.raises(InferenceDisagreement) as refused:
        books.decider(_TWO_WAYS).decide(books.judged_verdicts(_TWO_WAYS, {"a": True, "b": False}))
    assert refused.value.compiled["possible outcomes"] == ["rest"]
    assert refused.value.chained["possible outcomes"] == ["stop"]
    assert refused.value.compiled["both"] == books.VERDICT[False]
    assert refused.value.chained["both"] == books.VERDICT[True]
    assert "both" in str(refused.value)


@needs_durable_rules
@law(40)
@given(st.data())
def test_no_wrong_answer_of_the_second_engine_goes_unnoticed(data: st.DataObject) -> None:
    """Drop or turn over any one conclusion, or change the open outcomes: the answer is withheld."""
    book = data.draw(books.books().filter(lambda book: not book.invariants))
    known = data.draw(books.verdicts(book).filter(lambda known: bool(oracle.possible(book, known))))
    right = chain.ForwardChaining.run
    decider = books.decider(book)
    second = decider._second_engine()
    facts = dict(zip(book.criteria, books.judged_verdicts(book, known), strict=True))
    concluded, places = second.run([facts[name] for name in second.given])
    wrong = [(concluded, (*places, len(book.outcomes) - 1)), (concluded, places[1:]), (concluded, ())]
    for place in range(len(concluded)):
        for verdict in (NOT_MET, UNKNOWN, MET):
            wrong.append(((*concluded[:place], verdict, *concluded[place + 1 :]), places))
    given_instead = data.draw(st.sampled_from([answer for answer in wrong if answer != (concluded, places)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain.ForwardChaining, "run", lambda _self, _given: given_instead)
        with pytest.raises(InferenceDisagreement):
            decider.decide(books.judged_verdicts(book, known))
    assert chain.ForwardChaining.run is right


@pytest.mark.parametrize("condition", [True, None], ids=["the invariant's condition holds", "it is unknown"])
def test_an_answer_that_breaks_a_safety_invariant_is_withheld(condition: bool | None) -> None:
    book = oracle.Book(
        criteria=["a", "b"],
        conclusions={},
        outcomes={"stop": "a", "rest": {"not": "a"}},
        points=[("a", 1.0)],
        bands=[("low", None, 0.5), ("high", 1.0, None)],
        classes=[("yes", "a"), ("other", None)],
        invariants={"never-stop-with-b": (frozenset({"stop"}), "b", True)},
    )
    with pytest.raises(SafetyInvariantViolated, match="never-stop-with-b"):
        books.decider(book).decide(books.judged_verdicts(book, {"a": True, "b": condition}))
    assert books.decider(book).decide(books.judged_verdicts(book, {"a": True, "b": False})).outcome == "stop"


def test_verdicts_that_contradict_a_chain_of_implications_are_a_fault_and_no_exception() -> None:
    book = oracle.Book(
        criteria=["deep", "middle", "shallow"],
        conclusions={},
        outcomes={"stop": "shallow", "rest": {"not": "shallow"}},
        implications=[("deep", "middle", True), ("middle", "shallow", True)],
        points=[("deep", 1.0)],
        bands=[("low", None, 0.5), ("high", 1.0, None)],
        classes=[("yes", "deep"), ("other", None)],
    )
    decider = books.decider(book)
    decided = decider.decide(books.judged_verdicts(book, {"deep": True, "middle": None, "shallow": False}))
    assert decided.outcome == books.INSUFFICIENT
    assert set(decided.possible) == {"stop", "rest"}, "neither of the two is relied on"
    assert len(decided.faults) == 1
    assert "'deep' is met" in decided.faults[0]
    assert "'shallow' must be met" in decided.faults[0]
    with pytest.raises(InconsistentVerdicts, match="deep"):
        decider.possible(books.judged_verdicts(book, {"deep": True, "middle": None, "shallow": False}))
    assert (
        decider.decide(books.judged_verdicts(book, {"deep": True, "middle": None, "shallow": None})).outcome == "stop"
    )
