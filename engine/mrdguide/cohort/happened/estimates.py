"""Shares with 95 % intervals from steps in time: Kaplan-Meier, and Aalen-Johansen where another event competes.

Some forty lines of arithmetic, and no library: the usual ones bring scipy and pandas for it. Tests hold it against a published
textbook table, and against shares that need no estimating.

Intervals are Greenwood's variance (with competing events its delta-method form) on the scale log(-log), which keeps them between 0
and 1. Where nobody has had an event that scale gives none, so the lower end is that of the exact binomial for those still
followed: 100 % of few is not certain.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

How = Literal["event", "competing", "last seen"]
_TAIL = 0.025
_Z = NormalDist().inv_cdf(1 - _TAIL)


@dataclass(frozen=True, slots=True)
class Step:
    """What happened at one time, in days: how many were at risk until then, how many had the event, how many the competing one, and
    how many are still followed after it."""

    at: int
    at_risk: float
    events: int
    competing: int
    left: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share of patients, from 0 to 1, with its 95 % interval; None where none can be given."""

    value: float
    low: float | None
    high: float | None


def steps_by_day(followed: Iterable[tuple[int, How]]) -> list[Step]:
    """The steps of patients by their days of follow-up and how it ended."""
    by_day = Counter(followed)
    left, steps = sum(by_day.values()), []
    for day in sorted({day for day, _ in by_day}):
        ends = [by_day[day, how] for how in ("event", "competing", "last seen")]
        if ends[0] or ends[1]:
            steps.append(Step(day, left, ends[0], ends[1], left - sum(ends)))
        left -= sum(ends)
    return steps


def step_of_interval(until: int, began: int, events: int, competing: int, last_seen: int) -> Step:
    """A whole interval as one step (actuarial life table): who was last seen within it was at risk for half of it."""
    return Step(until, began - last_seen / 2, events, competing, began - events - competing - last_seen)


def free_of_both(steps: Sequence[Step], left: int) -> Share:
    """The share with neither event after these steps; `left` are those still followed then (Kaplan-Meier)."""
    share, variance = 1.0, 0.0
    for step in steps:
        share, variance = _freed(share, variance, step)
    return _with_interval(share, share**2 * variance, left)


def along(steps: Sequence[Step]) -> Iterator[tuple[Share, float]]:
    """After each step the share with neither event, and the share with the event without its interval: for drawing."""
    share, variance, grown = 1.0, 0.0, 0.0
    for step in steps:
        grown += share * step.events / step.at_risk
        share, variance = _freed(share, variance, step)
        yield _with_interval(share, share**2 * variance, step.left), grown


def _freed(share: float, variance: float, step: Step) -> tuple[float, float]:
    """The share with neither event after one more step, and its variance relative to its square."""
    lost = step.events + step.competing
    if lost and step.at_risk > lost:
        variance += lost / (step.at_risk * (step.at_risk - lost))
    return share * (1 - lost / step.at_risk), variance


def incidence(steps: Sequence[Step], left: int) -> Share:
    """The share with the event, where the competing one rules it out (Aalen-Johansen); `left` as above."""
    free, free_before, grown, cumulated = 1.0, [], [], 0.0
    for step in steps:
        free_before.append(free)
        cumulated += free * step.events / step.at_risk
        grown.append(cumulated)
        free *= 1 - (step.events + step.competing) / step.at_risk
    variance = 0.0
    for step, before, here in zip(steps, free_before, grown, strict=True):
        at_risk, lost, later = step.at_risk, step.events + step.competing, cumulated - here
        if lost < at_risk:  # nothing comes later where everybody is lost
            variance += later**2 * lost / (at_risk * (at_risk - lost))
        variance += before**2 * step.events * (at_risk - step.events) / at_risk**3
        variance -= 2 * later * before * step.events / at_risk**2
    without = _with_interval(1 - cumulated, variance, left)
    return Share(cumulated, _other(without.high), _other(without.low))


def _with_interval(share: float, variance: float, left: int) -> Share:
    if share >= 1:
        return Share(1.0, _TAIL ** (1 / left) if left else None, 1.0 if left else None)
    if share <= 0 or variance <= 0:
        return Share(max(share, 0.0), None, None)
    logarithm = math.log(share)
    factor = math.exp(_Z * math.sqrt(variance) / (share * abs(logarithm)))
    return Share(share, share**factor, share ** (1 / factor))


def _other(share: float | None) -> float | None:
    return None if share is None else 1 - share
