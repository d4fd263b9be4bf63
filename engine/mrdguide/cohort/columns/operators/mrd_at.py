"""`mrd_at` over columns."""

from __future__ import annotations

import numpy as np

from ....case.possible import NEGATIVE, POSITIVE
from ....logic.operators.mrd_at import MrdAt
from ....logic.parameters import marrow_rules
from ....logic.truth import MET, NOT_MET, UNKNOWN
from .. import marrow
from ..cohort import Verdicts
from ..courses import PHASE, Courses, courses
from ..kernel import Column, kernel
from ..meaning import Asked, Meaning
from ..months import Calendar, add_months, calendar

_TRANSPLANT = PHASE["transplant"]


def _at(operator: MrdAt, asked: Asked) -> Verdicts:
    rules, cohort = marrow_rules(asked.context, operator.methods), asked.cohort
    possible = marrow.interpreted(cohort, operator.threshold, rules, below_counts=operator.below_counts)
    return _at_time_points(
        calendar(),
        courses(cohort),
        marrow.tests(cohort),
        possible,
        PHASE[operator.after],
        operator.months,
        cohort.days,
    )


@kernel
def _at_time_points(
    table: Calendar, found: Courses, tests: marrow.Tests, possible: Column, phase: int, months: int, today: Column
) -> Column:
    verdicts = np.empty(found.whole.size, dtype=np.uint8)
    for patient in range(verdicts.size):
        as_of = today[patient]
        begin, end = found.offset[patient], found.offset[patient + 1]
        best = NOT_MET if found.whole[patient] else UNKNOWN
        for place in range(begin, end):
            if found.phase[place] == 0:
                best = max(best, UNKNOWN)
            if found.phase[place] != phase:
                continue
            first, last = _ended(found, place, as_of)
            if first < 0 or first > as_of:
                continue
            window = _window(table, found, begin, end, place, first, last, months, as_of)
            best = max(best, _within(tests, possible, patient, window))
        verdicts[patient] = best
    return verdicts


@kernel
def _ended(found: Courses, place: int, as_of: int) -> tuple[int, int]:
    """The days between which a phase ended (a transplant: the day after it); -1 while it goes on."""
    earliest, latest = found.earliest[place], found.latest[place]
    if found.phase[place] == _TRANSPLANT:
        return earliest + 1, latest + 1
    if found.ended[place]:
        return max(found.end_earliest[place], earliest), found.end_latest[place]
    return (-1, -1) if found.end_said[place] else (earliest, as_of)


@kernel
def _window(
    table: Calendar, found: Courses, begin: int, end: int, place: int, first: int, last: int, months: int, as_of: int
) -> tuple[int, int, int, int]:
    """The days that certainly belong to the time after a phase, and those that may: two first and last days."""
    sure_to = -1
    perhaps_to = add_months(table, last, months)
    for other in range(begin, end):
        if other == place or found.latest[other] < first:
            continue
        day = max(found.earliest[other], found.earliest[place])
        sure_to = day if sure_to < 0 else min(sure_to, day)
        if found.earliest[other] >= last:
            perhaps_to = min(perhaps_to, found.latest[other])
    if sure_to < 0:
        sure_to = as_of
    return last, min(sure_to, add_months(table, first, months)), first, perhaps_to


@kernel
def _within(tests: marrow.Tests, possible: Column, patient: int, window: tuple[int, int, int, int]) -> int:
    """What the newest evaluable test of a window says."""
    sure_from, sure_to, perhaps_from, perhaps_to = window
    begin, end = tests.offset[patient], tests.offset[patient + 1]
    after = last_positive = -1
    evaluable = False
    for place in range(begin, end):
        earliest, latest = tests.earliest[place], tests.latest[place]
        sure = sure_from <= earliest and latest <= sure_to
        if not sure and (latest < perhaps_from or earliest > perhaps_to):
            continue
        if possible[place] & POSITIVE:
            after = max(after, latest)
        if sure and marrow.evaluable(possible[place]):
            evaluable = True
            if possible[place] == POSITIVE:
                last_positive = max(last_positive, earliest)
    may_be_negative = False
    for place in range(begin, end):
        earliest, latest = tests.earliest[place], tests.latest[place]
        sure = sure_from <= earliest and latest <= sure_to
        if not sure and (latest < perhaps_from or earliest > perhaps_to):
            continue
        if sure and possible[place] == NEGATIVE and earliest > after:
            return MET
        may_be_negative = may_be_negative or (possible[place] & NEGATIVE != 0 and latest > last_positive)
    return NOT_MET if evaluable and not may_be_negative else UNKNOWN


MEANINGS: dict[str, Meaning] = {"mrd_at": _at}
