"""What would change the answer, for the front of a report: findings, days, windows, definitions; nothing that changes nothing."""

from __future__ import annotations

from ...explain.when import Projected, Projection, words
from ...explain.why import Group
from ...logic.operator import Modifiability
from ...recommend.recommendation import Recommendation
from ..blocks import Block, Item, Items, Part, line
from .lines import both, day, either, few, titles

_MOST = 4


def change_blocks(recommendation: Recommendation, when: Projection) -> list[Block]:
    """Each in a line."""
    items = (
        *_findings(recommendation),
        *_first_days(when),
        *_windows(recommendation, when),
        *_definitions(recommendation),
        *_nothing(recommendation),
    )
    return [Items(items)] if items else []


def _findings(recommendation: Recommendation) -> list[Item]:
    """What a new test or an event would overturn, where the answer opens the way to stopping: one example an outcome."""
    if not recommendation.settled or recommendation.permissiveness == 0:
        return []
    examples: dict[tuple[str, ...], str] = {}
    decision = recommendation.rules.decision
    watched = decision.alarms or tuple(item.id for item in decision.outcomes)
    for critical in recommendation.explanation.robustness.critical_criteria:
        # What a board watches for: the alarms.
        closes = all(name in watched and _permissiveness(recommendation, name) == 0 for name in critical.otherwise)
        if critical.turn in (Modifiability.TEST, Modifiability.EVENT) and closes:
            what = (
                critical.title
                if critical.verdict == "not_met"
                else f"no longer \N{LEFT DOUBLE QUOTATION MARK}{critical.title}\N{RIGHT DOUBLE QUOTATION MARK}"
            )
            examples.setdefault(critical.otherwise, what)
    if not examples:
        return []
    told = "; ".join(
        f"{what} (then: {either(titles(recommendation.rules, outcomes))})" for outcomes, what in examples.items()
    )
    return [Item(line(Part("Overturned by: ", "strong"), told))]


def _permissiveness(recommendation: Recommendation, name: str) -> int:
    return next(item.permissiveness for item in recommendation.rules.decision.outcomes if item.id == name)


def _first_days(when: Projection) -> list[Item]:
    return [
        Item(line(Part(item.title, "strong"), f" from {day(item.day)}{_if_tested(item)}"))
        for item in when.outcomes
        if item.day is not None and not item.today
    ]


def _if_tested(item: Projected) -> str:
    named = ["marrow MRD and imaging today"] if item.first_round else []
    named += [f"{test.what} (done on or after {day(test.earliest)})" for test in item.tests]
    if not named:
        return ", with the tests on record"
    return f", if {both(named)} {'are' if len(named) > 1 or item.first_round else 'is'} negative"


def _windows(recommendation: Recommendation, when: Projection) -> list[Item]:
    """Windows whose closing changes the answer."""
    closing = [
        item.last_day for item in when.expiries if item.tests and item.possible != recommendation.possible_outcomes
    ]
    if not closing:
        return []
    due = [(what, last) for what, last in first_due(when) if last >= min(closing)]
    return [
        Item(
            line(
                f"{what} counts until ",
                Part(day(last), "strong"),
                "; after that nothing is settled without a new one",
            )
        )
        for what, last in due
    ]


def first_due(when: Projection) -> list[tuple[str, int]]:
    """For every kind of test the last day on which repeating it keeps every window open."""
    found: dict[str, int] = {}
    for visit in when.schedule:
        for what in words(visit.tests):
            found.setdefault(what, visit.day)
    for item in when.expiries:
        for what in item.tests:
            found.setdefault(what, item.last_day)
    return list(found.items())


def _definitions(recommendation: Recommendation) -> list[Item]:
    changed = [item for item in recommendation.explanation.robustness.other_definitions if item.changes]
    return [
        Item(line(f"{item.title}: the answer would be: {either(titles(recommendation.rules, item.possible))}"))
        for item in changed[:2]
    ]


def _nothing(recommendation: Recommendation) -> list[Item]:
    """Where neither tests nor time lead on: what stands in the way for good."""
    ways = recommendation.explanation.worth_asking
    fixed = [{item.criterion.title for item in way.of(Group.NOT_CHANGEABLE)} for way in ways]
    if not recommendation.settled or not ways or not all(fixed):
        return []
    titles = dict.fromkeys(item.criterion.title for way in ways for item in way.of(Group.NOT_CHANGEABLE))
    return [Item(line(f"No test and no waiting opens the way to stopping: {'; '.join(few(list(titles), _MOST))}"))]
