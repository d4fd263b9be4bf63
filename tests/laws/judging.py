"""Judging generated patients by the shipped rule book."""

from __future__ import annotations

from functools import cache

import mrdguide
from mrdguide import Recommendation, RuleBook, Verdict

from .patients import AS_OF, Profile


@cache
def shipped() -> RuleBook:
    """The shipped rule book. Not a fixture: hypothesis would print all of it beside every counterexample."""
    return mrdguide.load_rules()


def judged(profile: Profile) -> Recommendation:
    """The recommendation; a profile that can be read always gets one, so whatever is raised here breaks a law."""
    return mrdguide.evaluate(profile, rules=shipped(), as_of=AS_OF)


def verdicts(recommendation: Recommendation) -> dict[str, Verdict]:
    """Every verdict by id."""
    return {name: result.verdict for name, result in recommendation.criteria.items()}


def most_permissive(recommendation: Recommendation) -> int:
    """The most that could still come of what is unknown."""
    outcomes = recommendation.rules.decision.outcomes
    return max(item.permissiveness for item in outcomes if item.id in recommendation.possible_outcomes)
