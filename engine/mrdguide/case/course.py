"""The current course of a phase: a short pause is a pause, a longer one begins a new course.

A pause of at most so many calendar months belongs to the course if it has a reason, or if nothing in it showed disease.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..dates import add_months
from . import imaging
from .case import Case, Timed
from .events import happened
from .possible import POSITIVE
from .therapy import Episode, Phases, episodes

if TYPE_CHECKING:
    from ..patient.therapy import TherapyEntry
    from .interpretation_rules import InterpretationRules

Stretch = tuple[int, int]

_RESTART_REASONS = ("toxicity", "access", "choice", "after-interruption")
_DISEASE_EVENTS = ("progression", "clinical-relapse", "mrd-resurgence", "extramedullary-disease")
_DEPTH = ("PD", "SD", "MR", "PR", "VGPR", "CR", "sCR")


class _Span(NamedTuple):
    start: int
    end: int
    timed: Timed[TherapyEntry]


class _Gap(NamedTuple):
    """From the end of what came before to the next start, and the entries at both ends."""

    first: int
    last: int
    before: Timed[TherapyEntry]
    after: Timed[TherapyEntry]


def current(
    case: Case, found: list[Episode], pause: int, rules: InterpretationRules
) -> tuple[Stretch | None, Stretch | None]:
    """The last course at its shortest and at its longest, each as one stretch with the days of its pauses taken out."""
    return _shortest(case, found, pause, rules), _longest(case, found, pause, rules)


def _shortest(case: Case, found: list[Episode], pause: int, rules: InterpretationRules) -> Stretch | None:
    sure = sorted(
        _Span(item.latest_start, item.earliest_end, item.timed)
        for item in found
        if item.latest_start < item.earliest_end
    )
    course = _last_course(sure, lambda gap: _breaks(case, gap, pause, rules) is not False)
    end = course[1] if course is not None else 0
    for item in found:
        # An episode whose days are not known may be a course of its own, begun only lately.
        unsure = item.latest_start >= item.earliest_end
        if unsure and item.timed.latest > add_months(max(end, 1), pause) and item.latest_end > end:
            return None
    return course


def _longest(case: Case, found: list[Episode], pause: int, rules: InterpretationRules) -> Stretch | None:
    possible = sorted(
        _Span(item.earliest_start, item.latest_end, item.timed)
        for item in found
        if item.earliest_start <= item.latest_end
    )
    recorded = [span for span in possible if span.timed.entry.phase is not None]
    courses = (
        _last_course(spans, lambda gap: _breaks(case, gap, pause, rules) is True) for spans in (possible, recorded)
    )
    return max((course for course in courses if course is not None), key=lambda item: item[1] - item[0], default=None)


def _last_course(spans: list[_Span], breaks: Callable[[_Gap], bool]) -> Stretch | None:
    if not spans:
        return None
    start, end, before = spans[0]
    for span in spans[1:]:
        if span.start > end:
            if breaks(_Gap(end, span.start, before, span.timed)):
                start = span.start
            else:
                start += span.start - end
        if span.end > end:
            end, before = span.end, span.timed
    return start, end


def restarts(case: Case, phase: Phases, pause: int, rules: InterpretationRules) -> frozenset[int]:
    """The places of entries that may begin a new course after an earlier one."""
    found = episodes(case, phase)
    return frozenset(item.timed.place for item in found if _may_restart(case, item, found, pause, rules))


def _may_restart(case: Case, item: Episode, found: list[Episode], pause: int, rules: InterpretationRules) -> bool:
    latest = item.timed.latest
    before = [other for other in found if other.timed.place != item.timed.place and other.earliest_start < latest]
    if not before or item.timed.entry.phase is None:
        return False
    last = max(before, key=lambda other: other.earliest_end)
    if last.earliest_end >= latest:
        return False
    return _breaks(case, _Gap(last.earliest_end, latest, last.timed, item.timed), pause, rules) is not False


def _breaks(case: Case, gap: _Gap, pause: int, rules: InterpretationRules) -> bool | None:
    """Whether a gap ends a course; None where something in it leaves that open."""
    if gap.last - gap.first <= 1:
        return False
    if add_months(gap.first, pause) < gap.last:
        return True
    if gap.before.entry.stop_reason or gap.after.entry.start_reason in _RESTART_REASONS:
        return False
    return _disease_seen(case, gap, rules)


def _disease_seen(case: Case, gap: _Gap, rules: InterpretationRules) -> bool | None:
    """Any sign of disease between two days: MRD or an image, a response that was better before, an event."""
    signs = case.once("signs-of-disease", lambda: _signs(case, rules))
    inside = [timed for timed in signs if timed.latest >= gap.first and timed.earliest <= gap.last]
    if any(timed.earliest >= gap.first and timed.latest <= gap.last for timed in inside):
        return True
    return None if inside else False


def _signs(case: Case, rules: InterpretationRules) -> list[Timed[Any]]:
    signs: list[Timed[Any]] = [timed for timed in case.mrd if timed.entry.result == "detected"]
    signs += [
        timed
        for timed in case.timed("events")
        if timed.entry.kind in _DISEASE_EVENTS and happened(timed.entry) is not False
    ]
    signs += [item.timed for item in imaging.interpret(case, rules.imaging) if item.possible == POSITIVE]
    return signs + _falls(case)


def _falls(case: Case) -> list[Timed[Any]]:
    """Response assessments worse than one before them."""
    found, best = [], -1
    for timed in case.timed("responses"):
        if timed.entry.category is None:
            continue
        rank = _DEPTH.index(timed.entry.category)
        if rank < min(best, _DEPTH.index("CR")) or rank == 0:
            found.append(timed)
        best = max(best, rank)
    return found
