"""Events over columns: their days, whether each happened and is over (see `case.events`), and therapy around them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...case.case import LONG_AGO
from ...case.events import happened
from ...logic.truth import MET, NOT_MET, UNKNOWN, of_bool
from ...patient.events import Event
from .cohort import Cohort
from .courses import Courses, courses
from .images import diagnosed
from .kernel import Column, kernel
from .listed import codes_of, listed

KIND, STATUS = codes_of(Event, "kind"), codes_of(Event, "status")
ACTIVE, _RESOLVED = STATUS["active"], STATUS["resolved"]


class Happenings(NamedTuple):
    """All events, in order of time for each patient. An end that is not recorded is 0; `happened` is a verdict."""

    offset: Column
    earliest: Column
    latest: Column
    kind: Column
    status: Column
    happened: Column
    end_earliest: Column
    end_latest: Column


class Begun(NamedTuple):
    """For each patient the first and the last day on which therapy can have begun."""

    first: Column
    last: Column


def happenings(cohort: Cohort) -> Happenings:
    """The events of a cohort, laid out once."""

    def make() -> Happenings:
        found = listed(cohort, "events")
        codes, kinds = found.alike(("kind", "attribution", "confirmed", "term", "note"))
        really = np.array([of_bool(happened(event)) for event in kinds], dtype=np.uint8)
        return Happenings(
            found.offset, found.earliest, found.latest, found.words("kind", KIND), found.words("status", STATUS),
            really[codes], *found.dates("end")[1:],
        )  # fmt: skip

    return cohort.once("happenings", make)


@kernel
def over(found: Happenings, place: int, as_of: int) -> int:
    """Whether an event is over by the as-of day. Nothing recorded of its end: it is not over."""
    if found.status[place] == ACTIVE:
        return NOT_MET
    if found.end_latest[place] > as_of:
        return NOT_MET if found.end_earliest[place] > as_of else UNKNOWN
    return MET if found.status[place] == _RESOLVED or found.end_latest[place] > 0 else NOT_MET


def begun(cohort: Cohort) -> Begun:
    """When therapy can have begun (see `case.lines.begun`)."""
    return cohort.once("begun", lambda: _begun(courses(cohort), diagnosed(cohort).earliest, cohort.days))


@kernel
def _begun(found: Courses, diagnosis: Column, today: Column) -> Begun:
    first = np.empty(found.whole.size, dtype=np.int32)
    last = today.copy()
    for patient in range(first.size):
        floor = diagnosis[patient] if diagnosis[patient] > 0 else LONG_AGO
        begin, end = found.offset[patient], found.offset[patient + 1]
        earliest = -1 if found.whole[patient] else floor
        for place in range(begin, end):
            day = found.earliest[place] if found.begins[place] else max(found.earliest[place], floor)
            earliest = day if earliest < 0 else min(earliest, day)
            last[patient] = min(last[patient], found.latest[place])
        first[patient] = earliest
    return Begun(first, last)


@kernel
def after_the_start(begun: Begun, patient: int, earliest: int, latest: int) -> int:
    """Whether a time lies after therapy had begun."""
    if latest < begun.first[patient]:
        return NOT_MET
    return MET if earliest >= begun.last[patient] else UNKNOWN


@kernel
def followed_by_line(found: Courses, patient: int, earliest: int, latest: int, line: int, as_of: int) -> int:
    """Whether a later line of therapy, at least this one, began in the time given or after it (see `case.lines`)."""
    if earliest >= as_of:
        return NOT_MET
    begin, end = found.offset[patient], found.offset[patient + 1]
    before = 1
    for place in range(begin, end):
        if found.latest[place] < earliest:
            before = max(before, found.line[place])
    needed = max(line, before + 1)
    followed = NOT_MET
    for place in range(begin, end):
        if (found.line[place] != 0 and found.line[place] < needed) or found.doubted[place]:
            continue  # a line that is yet to begin, or cannot have begun then, answers nothing
        if found.earliest[place] >= latest and latest < as_of and found.line[place] != 0:
            return MET
        if found.latest[place] >= earliest:
            followed = UNKNOWN
    return followed
