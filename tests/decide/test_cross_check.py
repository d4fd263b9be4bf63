"""What is said of the second engine is so: it decided, or the answer says that it did not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import pytest

import mrdguide
from mrdguide.decide import forward_chaining as chain
from mrdguide.decide.kleene import deciding
from mrdguide.errors import InferenceDisagreement
from mrdguide.logic.operator import parse_expression
from mrdguide.logic.truth import MET, NOT_MET, UNKNOWN

from ..examples import EXAMPLES

needs_durable_rules = pytest.mark.skipif(not chain.available(), reason="durable-rules cannot be imported here")
EXAMPLE = next(item for item in EXAMPLES if item.file == "cessation-supported.yaml")
RULES = {
    "both": parse_expression({"all": ["a", "b"]}),
    "outcome:stop": parse_expression("both"),
    "outcome:go-on": parse_expression({"not": "both"}),
}


def second_engine() -> chain.ForwardChaining:
    return chain.ForwardChaining(RULES, ["outcome:stop", "outcome:go-on"])


def run(engine: chain.ForwardChaining, verdicts: Mapping[str, int]) -> tuple[dict[str, int], tuple[int, ...]]:
    """What it concludes by name, without what stays unknown, and the places of the open outcomes."""
    concluded, places = engine.run([verdicts[name] for name in engine.given])
    named = zip(engine.names, concluded, strict=True)
    return {name: verdict for name, verdict in named if verdict != UNKNOWN}, places


def test_without_the_second_engine_no_cross_check_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "available", lambda: False)
    answer = mrdguide.evaluate(EXAMPLE.path, rules=mrdguide.load_rules(), as_of=EXAMPLE.as_of)
    assert answer.outcome == EXAMPLE.expected.outcome
    assert answer.provenance.cross_checked is False


@needs_durable_rules
def test_a_cross_check_that_is_claimed_has_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    run = chain.ForwardChaining.run

    def counted(self: chain.ForwardChaining, given: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        runs.append(len(self.given))
        return run(self, given)

    monkeypatch.setattr(chain.ForwardChaining, "run", counted)
    answer = mrdguide.evaluate(EXAMPLE.path, rules=mrdguide.load_rules(), as_of=EXAMPLE.as_of)
    assert answer.provenance.cross_checked is True
    assert len(runs) == 1
    # All that the outcome hangs on was given to it.
    assert runs[0] >= len(answer.rules.decider.asked)


@needs_durable_rules
def test_equal_inputs_are_inferred_once() -> None:
    engine = second_engine()
    assert run(engine, {"a": MET, "b": MET}) == ({"both": MET, "outcome:stop": MET, "outcome:go-on": NOT_MET}, (0,))
    inferred = engine.inferred
    assert inferred > 0
    assert run(engine, {"a": MET, "b": MET})[1] == (0,)
    assert engine.inferred == inferred
    # Another verdict of the same conclusion is inferred anew, what follows from it is not.
    assert run(engine, {"a": MET, "b": NOT_MET})[1] == (1,)
    assert engine.inferred > inferred


@needs_durable_rules
def test_rules_of_one_form_are_inferred_once_and_those_of_another_are_not_taken_for_them() -> None:
    names = ("first", "second", "third")
    first, second, third = ({"all": ["a", "b"]}, {"all": ["b", "c"]}, {"all": ["b", {"not": "a"}]})
    rules = {name: parse_expression(rule) for name, rule in zip(names, (first, second, third), strict=True)}
    engine = chain.ForwardChaining(rules, names)
    conclude = {name: conclude for name, _, conclude in engine.parts()}
    for name, verdict, inferred in (("first", MET, 1), ("second", MET, 0), ("third", NOT_MET, 1)):
        before = engine.inferred
        assert conclude[name]((MET, MET)) == verdict
        assert engine.inferred - before == inferred
    concluded, places = run(engine, {"a": MET, "b": MET, "c": MET})
    assert (concluded, places) == ({"first": MET, "second": MET, "third": NOT_MET}, (0,))


@needs_durable_rules
def test_the_clock_of_the_host_may_jump(monkeypatch: pytest.MonkeyPatch) -> None:
    """durable-rules drops actions when the time it reads is ten seconds later; it reads one that is never set."""
    from durable import engine

    monkeypatch.setattr(engine, "datetime", None)
    assert run(second_engine(), {"a": MET, "b": MET})[1] == (0,)


@needs_durable_rules
def test_what_is_unknown_leaves_both_outcomes_open() -> None:
    assert run(second_engine(), {"a": MET, "b": UNKNOWN}) == ({}, (0, 1))
    assert run(second_engine(), {"a": UNKNOWN, "b": NOT_MET})[1] == (1,)


@needs_durable_rules
def test_a_gate_wider_than_a_rule_can_join_is_exact() -> None:
    names = [f"c{number}" for number in range(19)]
    engine = chain.ForwardChaining(
        {"every": parse_expression({"all": names}), "some": parse_expression({"any": names})}, ["every", "some"]
    )
    for met in (0, 1, 18, 19):
        verdicts = {name: MET if number < met else NOT_MET for number, name in enumerate(names)}
        concluded, _ = run(engine, verdicts)
        assert concluded == {"every": MET if met == 19 else NOT_MET, "some": MET if met else NOT_MET}


@pytest.mark.parametrize(
    ("verdicts", "named"),
    [((MET, MET), ["a", "b"]), ((MET, NOT_MET), ["b"]), ((MET, UNKNOWN), ["b"]), ((NOT_MET, NOT_MET), ["a", "b"])],
)
def test_the_parts_that_make_a_combination_what_it_is(verdicts: tuple[int, int], named: list[str]) -> None:
    assert deciding(parse_expression({"all": ["a", {"not": {"not": "b"}}]}), verdicts, {"a": 0, "b": 1}) == named


@needs_durable_rules
def test_what_was_inferred_before_is_what_it_infers_and_it_is_asked_for_the_rest() -> None:
    wide = parse_expression({"any": [{"at_least": {"count": 2, "of": list("abcdefgh")}}, "i"]})
    rules = {**RULES, "wide": wide}
    names = ["outcome:stop", "outcome:go-on"]
    first = chain.ForwardChaining(rules, names)
    second = chain.ForwardChaining(rules, names, first.kept())
    assert second.kept() == first.kept() == chain.ForwardChaining(rules, names).kept()
    inferred = second.inferred
    anew = chain.ForwardChaining(rules, names)
    for verdicts in product((NOT_MET, UNKNOWN, MET), repeat=3):
        given = dict(zip("abi", verdicts, strict=True)) | dict.fromkeys("cdefgh", UNKNOWN)
        assert run(second, given) == run(anew, given)
    assert second.inferred > inferred  # of the conclusion that reads many


@needs_durable_rules
def test_a_verdict_kept_wrongly_stops_the_answer() -> None:
    """What is kept is compared for every patient, as what is inferred anew is."""
    rules = mrdguide.load_rules()
    engine = rules.decider.second_engine
    assert engine is not None
    kept = engine.kept()
    turned = str.maketrans("012", "210")
    forms = [(name, verdicts.translate(turned)) for name, verdicts in kept.forms]
    rules.decider._kept_chaining = chain.KeptChaining(kept.given, kept.parts, forms)
    rules.decider._chain = None
    with pytest.raises(InferenceDisagreement):
        mrdguide.evaluate(EXAMPLE.path, rules=rules, as_of=EXAMPLE.as_of)
