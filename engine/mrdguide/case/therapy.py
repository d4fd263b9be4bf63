"""Therapy over time: episodes of a phase, gaps taken out, ends that are not recorded kept open."""

from __future__ import annotations

from typing import NamedTuple

from ..dates import add_months
from ..patient.therapy import TherapyEntry
from .case import LONG_AGO, Case, Timed


class Episode(NamedTuple):
    """The shortest and the longest an entry can have lasted by the as-of day."""

    timed: Timed[TherapyEntry]
    latest_start: int
    earliest_end: int
    earliest_start: int
    latest_end: int


Phases = str | tuple[str, ...]


def episodes(case: Case, phase: Phases) -> list[Episode]:
    """The entries of a phase (or of several) as episodes, in order of time; an entry of no recorded phase may be one."""
    phases = (phase,) if isinstance(phase, str) else phase

    def make() -> list[Episode]:
        found = []
        for timed in case.therapy:
            if timed.entry.phase in phases:
                found.append(_episode(timed, case.as_of))
            elif timed.entry.phase is None:
                found.append(_episode(timed, case.as_of)._replace(latest_start=case.as_of, earliest_end=case.as_of))
        return found

    return case.once(("episodes", phases), make, ("therapy",))


def _episode(timed: Timed[TherapyEntry], as_of: int) -> Episode:
    entry = timed.entry
    if entry.end is not None:
        ends = (min(entry.end.earliest, as_of), min(entry.end.latest, as_of))
    elif entry.end_recorded:
        ends = (as_of, as_of)
    else:
        ends = (timed.earliest, as_of)
    return Episode(timed, timed.latest, max(ends[0], timed.earliest), timed.earliest, ends[1])


def ongoing(timed: Timed[TherapyEntry], as_of: int) -> bool | None:
    """Whether an entry goes on on the as-of day; None when the profile does not say."""
    end = timed.entry.end
    if end is None:
        return True if timed.entry.end_recorded else None
    if end.earliest > as_of:
        return True
    return False if end.latest <= as_of else None


def shortest(found: list[Episode]) -> tuple[int, int] | None:
    """Start and end of one stretch as long as all episodes at their shortest together; None when there is none.

    Gaps are taken out by moving the first start forward by their days, so that months stay calendar months.
    """
    return _stretch(
        sorted((item.latest_start, item.earliest_end) for item in found if item.latest_start < item.earliest_end)
    )


def longest(found: list[Episode]) -> tuple[int, int] | None:
    """The same at their longest."""
    return _stretch(
        sorted((item.earliest_start, item.latest_end) for item in found if item.earliest_start <= item.latest_end)
    )


def _stretch(spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    if not spans:
        return None
    start, end = spans[0]
    for next_start, next_end in spans[1:]:
        if next_start > end:
            start += next_start - end
        end = max(end, next_end)
    return start, end


def reaches(stretch: tuple[int, int] | None, months: int) -> bool:
    """Whether a stretch lasts at least so many calendar months (inclusive)."""
    return stretch is not None and (stretch[0] <= LONG_AGO or add_months(stretch[0], months) <= stretch[1])
