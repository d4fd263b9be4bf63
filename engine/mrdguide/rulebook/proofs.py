"""What must hold for every patient there can be, proved on the decision diagram when a rule book is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import Problem
from ..logic.truth import MET
from ..rulefiles.source import RuleSource

if TYPE_CHECKING:
    from ..decide.decision import Decider


def prove(source: RuleSource, decider: Decider) -> Iterator[Problem]:
    """Every combination of verdicts has an outcome, every outcome is reached, no invariant can be broken."""
    decision, place = source.single["decision"]
    for name, met in decider.impossible():
        named = (item for rule, item in source.implications if name in (rule.if_, rule.then, rule.then_not))
        text = f"together the implications say that '{name}' can never be {'met' if met else 'not met'}"
        hint = "remove or correct one of the implications that name it"
        yield next(named, place).problem(text, code="contradiction", hint=hint)
    ends = decider.ends()
    if None in ends:
        yield place.problem(
            f"some patients get no outcome, for example with {_shown(decider.counterexample(decider.answer, None))}",
            "outcomes", code="no-outcome", hint="let the last outcome hold whenever none of the others does",
        )  # fmt: skip
    for index, outcome in enumerate(decision.outcomes):
        if outcome.id not in ends:
            yield place.problem(
                f"nothing reaches the outcome '{outcome.id}'", "outcomes", index, "when", code="outcome-not-reached",
                hint="an outcome above it always holds first, or its condition contradicts itself",
            )  # fmt: skip
    yield from _points(source, decider)
    yield from _invariants(source, decider)


def prove_layered(source: RuleSource, decider: Decider) -> Iterator[Problem]:
    """The same for a book with layers; a layer may leave outcomes that nothing reaches any more."""
    yield from _points(source, decider)
    yield from _invariants(source, decider)


def _points(source: RuleSource, decider: Decider) -> Iterator[Problem]:
    for scheme, where in source.entries["schemes"].values():
        for total in decider.unclassed_points(scheme.id):
            text = f"no class covers {total:g} points"
            yield where.problem(text, "classes", code="points-without-class", hint="extend a class, or add one")


def _invariants(source: RuleSource, decider: Decider) -> Iterator[Problem]:
    for invariant, where in source.entries["invariants"].values():
        for name, verdicts in decider.broken(invariant).items():
            yield where.problem(
                f"the rules can break this invariant: '{name}' is given with {_shown(verdicts)}", "when",
                code="invariant-broken", hint="add a block, or correct the outcome's condition",
            )  # fmt: skip


def _shown(verdicts: dict[str, int]) -> str:
    return ", ".join(f"{name} {'met' if value == MET else 'not met'}" for name, value in verdicts.items()) or "anything"
