"""Days ahead for one patient: windows that close, tests due under a study's schedule, the review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..dates import add_months
from ..errors import UsageError
from ..rulebook.book import RuleBook
from ..rulefiles.model import PlanItem
from .when import Projection

Kind = Literal["window", "test", "review"]


@dataclass(frozen=True, slots=True)
class DayAhead:
    """Something that is due on a day (a proleptic Gregorian ordinal): `what` in words, and `why` the day is this one."""

    day: int
    kind: Kind
    what: str
    why: str


def windows(projection: Projection, rules: RuleBook) -> Iterator[DayAhead]:
    """The last days on which tests on record count, with what holds until then."""
    for expiry in projection.expiries:
        if expiry.tests:
            holds = "; ".join(rules.rules[name].title for name in expiry.criteria)
            yield DayAhead(expiry.last_day, "window", " and ".join(expiry.tests), f"until this day holds: {holds}")


def tests_due(rules: RuleBook, study: str, start: int, after: int) -> Iterator[DayAhead]:
    """The tests of the schedule that a study followed, counted from the day therapy was stopped; those after a day.

    Raises:
        UsageError: the rules have no schedule of that study.
    """
    schedules = {item.source: item for plan in rules.plans for item in plan.items if item.every}
    if study not in schedules:
        raise UsageError(
            f"there is no schedule of a study '{study}' in the rules; those with one: {', '.join(schedules) or 'none'}"
        )
    name = rules.evidence.entry(study).called
    for day, what in _rounds(schedules[study], start):
        if day > after:
            yield DayAhead(day, "test", what, f"schedule of {name}: {schedules[study].what}")


def _rounds(item: PlanItem, start: int) -> Iterator[tuple[int, str]]:
    for test in item.every:
        for months in range(test.months, item.for_months + 1, test.months):
            yield add_months(start, months), test.what
