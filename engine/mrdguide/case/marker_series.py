"""Serial markers by stretch of the course: since therapy began, a new stretch with every later line of therapy.

A rise counts from the lowest value of its stretch. Biochemical change needs two assessments in a row; a value whose day is
not known may lie on either side of what it is compared with.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from heapq import nlargest, nsmallest
from itertools import accumulate, pairwise
from typing import Literal, NamedTuple

from ..patient.markers import MarkerPanel
from .case import LONG_AGO, Case, Timed

Course = Literal["current", "earlier", "any"]
# The sections of the profile that tell the stretches of the course.
_COURSE = ("therapy", "therapy_complete", "diagnosis", "incomplete")


class Stretch(NamedTuple):
    """A stretch of the course: the days on which it can have begun and can have ended, and whether it is one for certain
    (where the line of an entry is not known there may be one more)."""

    begins: tuple[int, int]
    ends: tuple[int, int]
    certain: bool = True


class Measured(NamedTuple):
    """A value of a stretch. `inside` is whether its panel belongs to the stretch for certain."""

    earliest: int
    latest: int
    value: float
    inside: bool
    timed: Timed[MarkerPanel]


class Change(NamedTuple):
    """A value against the extreme of those before it: those certainly before, and those possibly before (None: none)."""

    measured: Measured
    certain: float | None
    possible: float | None


def stretches(case: Case, course: Course) -> list[Stretch]:
    """The stretch that goes on (and whatever of it may be an earlier one), those before it, or `any`: the whole course and
    each of them, for what was found since therapy began lies in one of them though nobody may know in which. None without
    any panel, for then there is nothing that could belong to one."""
    if not case.markers:
        return []
    return case.once("marker stretches", lambda: _stretches(case), _COURSE)[course]


def _stretches(case: Case) -> dict[Course, list[Stretch]]:
    begun = [timed for timed in case.therapy if timed.entry.phase != "radiotherapy"]
    floor = case.patient.diagnosis.date.earliest if case.patient.diagnosis.date is not None else LONG_AGO
    days = {
        timed.place: (max(timed.earliest, floor) if timed.entry.begins is None else timed.earliest, timed.latest)
        for timed in begun
    }
    # Where the line is not known, or not all therapy is on record, another line may have begun.
    open_ = [days[timed.place] for timed in begun if timed.entry.line is None]
    if not case.therapy_is_whole():
        open_.append((floor, case.as_of))
    sure = [days[timed.place] for timed in begun if timed.entry.phase is not None]
    first = (
        min((earliest for earliest, _ in [*days.values(), *open_]), default=floor),
        min((latest for _, latest in sure), default=case.as_of),
    )
    starts = [first]
    for line in sorted({timed.entry.line for timed in begun if timed.entry.line is not None and timed.entry.line > 1}):
        of_line = [days[timed.place] for timed in begun if timed.entry.line == line]
        earliest = min([first for first, _ in of_line] + [first for first, last in open_])
        starts.append((earliest, min(last for _, last in of_line)))
    starts = [starts[0], *sorted(starts[1:], key=lambda days: days[1])]
    latest_open = max((last for _, last in open_), default=-1)
    today = (case.as_of, case.as_of)
    current = Stretch((starts[-1][0], max(starts[-1][1], latest_open)), today)
    earlier = [Stretch(first, last, not open_) for first, last in pairwise(starts)]
    if latest_open >= 0:
        earlier.append(Stretch(starts[-1], (starts[-1][0], max(latest_open, starts[-1][0])), False))
    whole = Stretch(starts[0], today)
    return {"current": [current], "earlier": earlier, "any": [whole, *earlier, current]}


def measured(case: Case, value: Callable[[MarkerPanel], float | None], stretch: Stretch) -> list[Measured]:
    """The values of a stretch in order of time, also those that only may belong to it."""
    found = []
    for timed in case.timed("markers"):
        number = value(timed.entry)
        if number is not None and timed.latest >= stretch.begins[0] and timed.earliest <= stretch.ends[1]:
            inside = stretch.certain and timed.earliest >= stretch.begins[1] and timed.latest <= stretch.ends[0]
            found.append(Measured(timed.earliest, timed.latest, number, inside, timed))
    return found


def changes(found: Sequence[Measured], *, highest: bool = False) -> list[Change]:
    """Every value with the lowest (or highest) before it, the order of vague dates left open."""
    pick: Callable[[float, float], float] = max if highest else min
    by_latest = sorted((item for item in found if item.inside), key=lambda item: item.latest)
    by_earliest = sorted(found, key=lambda item: item.earliest)
    surely = list(accumulate((item.value for item in by_latest), pick))
    perhaps = list(accumulate((item.value for item in by_earliest), pick))
    ends, begins = [item.latest for item in by_latest], [item.earliest for item in by_earliest]
    result = []
    for item in found:
        sure, may = bisect_left(ends, item.earliest), bisect_left(begins, item.latest)
        result.append(Change(item, surely[sure - 1] if sure else None, perhaps[may - 1] if may else None))
    return result


def series(
    case: Case, name: str, value: Callable[[MarkerPanel], float | None], stretch: Stretch, *, highest: bool = False
) -> list[Change]:
    """`changes` of the values of a stretch; `name` says which value, for several criteria read the same one."""
    return case.once(
        ("marker changes", name, stretch), lambda: changes(measured(case, value, stretch), highest=highest)
    )


# Whether a value fulfils a criterion: no, it may, for certain.
NO, MAY, YES = 0, 1, 2


class Flagged(NamedTuple):
    """A value with whether it fulfils a criterion."""

    earliest: int
    latest: int
    flag: int


class Confirmation(NamedTuple):
    """`confirmed`: two in a row fulfil it. `open_`: one may that no second has confirmed or refuted. `refuted`: one did
    that the next did not confirm. `refutable`: it is open, and a value on record may turn out to refute it."""

    confirmed: bool
    open_: bool
    refuted: bool
    refutable: bool


def confirmation(values: Sequence[Flagged]) -> Confirmation:
    """Whether two assessments in a row, on different days, fulfil a criterion.

    Values of one day, or of vague dates that overlap, are one assessment. A value that is not dated to the month counts
    against, and never for: it leaves the answer open until one that certainly comes later speaks against it.
    """
    confirmed = open_ = refuted = False
    before, agreed = NO, False
    dated = _assessments([item for item in values if item.latest - item.earliest <= _A_MONTH])
    for _, flag in dated:
        if flag == NO:
            refuted = refuted or (before != NO and not agreed)
            agreed = False
        elif before != NO:
            agreed = agreed or before == flag == YES
            confirmed, open_ = confirmed or agreed, open_ or not agreed
        before = flag
    open_ = open_ or (before != NO and not agreed)
    last_quiet = max((first for first, flag in dated if flag == NO), default=-1)
    for item in values:
        if item.flag != NO and item.latest - item.earliest > _A_MONTH:
            quiet = last_quiet > item.latest
            open_, refuted = open_ or not quiet, refuted or quiet
    return Confirmation(confirmed, open_, refuted, open_ and _refutable(values))


_A_MONTH = 31


def _refutable(values: Sequence[Flagged]) -> bool:
    """Whether a value that may not fulfil a criterion may come after one that may."""
    # The two earliest and the two latest are enough: one of them may be the other itself.
    firsts = nsmallest(2, (item for item in values if item.flag != NO), key=lambda item: item.earliest)
    thens = nlargest(2, (item for item in values if item.flag != YES), key=lambda item: item.latest)
    return any(then is not first and then.latest > first.earliest for first in firsts for then in thens)


def _assessments(values: Sequence[Flagged]) -> list[tuple[int, int]]:
    """First day and flag of each assessment in order of time; a flag is certain only where nothing of its time denies it."""
    found: list[tuple[int, int]] = []
    flags: set[int] = set()
    first = last = -1
    for item in sorted(values):
        if flags and item.earliest > last:
            found.append((first, _flag(flags)))
            flags = set()
        first = item.earliest if not flags else first
        last = max(last, item.latest)
        flags.add(item.flag)
    return [*found, (first, _flag(flags))] if flags else found


def _flag(flags: set[int]) -> int:
    return flags.pop() if len(flags) == 1 else MAY
