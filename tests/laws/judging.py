"""Judging generated patients by the shipped rule book."""

from __future__ import annotations

from functools import cache

import mrdguide
from mrdguide import Recommendation, RuleBook, Verdict
from mrdguide.logic.operators.reference import references
from mrdguide.logic.truth import VERDICTS

from .patients import AS_OF, Profile


@cache
def shipped() -> RuleBook:
    """The shipped rule book. Not a fixture: hypothesis would print all of it beside every counterexample."""
    return mrdguide.load_rules()


def judged(profile: Profile) -> Recommendation:
    """The recommendation; a profile that can be read always gets one, so whatever is raised here breaks a law."""
    return mrdguide.evaluate(profile, rules=shipped(), as_of=AS_OF)


def verdicts(recommendation: Recommendation) -> dict[str, Verdict]:
    """Every verdict by id, without putting into words what was observed."""
    found, index_of = recommendation.decided.verdicts, recommendation.rules.decider.index_of
    return {name: VERDICTS[found[index_of[name]]] for name in recommendation.criteria}


@cache
def of_the_record() -> frozenset[str]:
    """The rules that read what is written down rather than what is the case; new facts may turn their verdicts over."""
    rules = shipped().rules
    found = {
        item.rule.id
        for item in shipped().compiled_criteria
        if any(part.of_the_record for part in item.rule.when.walk())
    }
    while more := {name for name, rule in rules.items() if name not in found and found & set(references(rule.when))}:
        found |= more
    return frozenset(found)


def most_permissive(recommendation: Recommendation) -> int:
    """The most that could still come of what is unknown."""
    outcomes = recommendation.rules.decision.outcomes
    return max(item.permissiveness for item in outcomes if item.id in recommendation.possible_outcomes)
