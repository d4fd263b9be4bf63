"""Serial markers over columns: stretches of the course, every value against the lowest before it (see `case.marker_series`).

What a value fulfils is worked out by whole columns where the operator stands; the loops over stretches are compiled here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...case.case import LONG_AGO
from ...case.marker_series import MAY, NO, YES, Course
from .cohort import Cohort
from .courses import PHASE, Courses, courses
from .images import diagnosed
from .kernel import Column, counted, kernel
from .listed import listed

_RADIOTHERAPY = PHASE["radiotherapy"]
_A_MONTH = 31
_COURSES: tuple[Course, ...] = ("current", "earlier", "any")
_CURRENT, _ANY = counted(_COURSES.index("current")), counted(_COURSES.index("any"))


class Stretches(NamedTuple):
    """The stretches of all patients who have panels: for each patient the whole course first, those before the current one,
    and the current one last. See `Stretch`."""

    offset: Column
    begin_from: Column
    begin_to: Column
    end_from: Column
    end_to: Column
    certain: Column


class Series(NamedTuple):
    """Values by stretch, in order of time within each. `owner` is the patient of each value and `place` its panel.

    `inside` is whether the panel belongs to the stretch for certain; `certain` and `possible` are the lowest values
    certainly and possibly before it (NaN: none).
    """

    offset: Column
    owner: Column
    place: Column
    earliest: Column
    latest: Column
    value: Column
    inside: Column
    certain: Column
    possible: Column


class Confirmations(NamedTuple):
    """`case.marker_series.Confirmation` of every patient, in one of their stretches or more."""

    confirmed: Column
    open: Column
    refuted: Column
    refutable: Column


def stretches(cohort: Cohort) -> Stretches:
    """The stretches of the course of those who have marker panels."""
    return cohort.once(
        "stretches",
        lambda: _stretches(courses(cohort), diagnosed(cohort).earliest, listed(cohort, "markers").lengths, cohort.days),
    )


def series(cohort: Cohort, name: str, values: Column, course: Course, *, highest: bool = False) -> Series:
    """The values of the current, the earlier or all stretches; `values` has one for each panel (NaN: not measured). `name` says
    which values. With `highest` each is set against the highest value before it."""

    def make() -> Series:
        panels, sign = listed(cohort, "markers"), -1 if highest else 1
        found = _series(
            stretches(cohort), panels.offset, panels.earliest, panels.latest, sign * values, _COURSES.index(course)
        )
        if not highest:
            return found
        return found._replace(value=-found.value, certain=-found.certain, possible=-found.possible)

    return cohort.once(("series", name, course), make)


def confirmed(cohort: Cohort, found: Series, flags: Column) -> Confirmations:
    """Whether two assessments in a row fulfil a criterion; each stretch is a row of its own."""
    owner = np.full(found.offset.size - 1, -1, dtype=np.int64)
    some = np.flatnonzero(np.diff(found.offset))
    owner[some] = found.owner[found.offset[some]]
    return Confirmations(*_confirmed(len(cohort), found.offset, owner, found.earliest, found.latest, flags))


def confirmed_by_patient(cohort: Cohort, found: Series, flags: Column, kept: Column) -> Confirmations:
    """The same of all values that are kept of each patient, whatever their stretch."""
    owner = found.owner[kept]
    offset = np.searchsorted(owner, np.arange(len(cohort) + 1))
    return Confirmations(
        *_confirmed(len(cohort), offset, np.arange(len(cohort)), found.earliest[kept], found.latest[kept], flags[kept])
    )


def any_of(cohort: Cohort, owner: Column, which: Column) -> Column:
    """Whether something holds of any value of each patient."""
    counted: Column = np.bincount(owner[which], minlength=len(cohort)) > 0
    return counted


def at_least(values: Column, threshold: float) -> Column:
    """`round(value, 9) >= threshold`, as the one-patient engine compares differences."""
    return values >= threshold - 5e-10


@kernel
def _stretches(therapy: Courses, diagnosis: Column, panels: Column, today: Column) -> Stretches:
    patients = panels.size
    most = therapy.phase.size + 4 * patients
    offset = np.zeros(patients + 1, dtype=np.int64)
    days = np.zeros((4, most), dtype=np.int32)
    certain = np.zeros(most, dtype=np.bool_)
    starts = np.zeros((2, 64), dtype=np.int32)
    count = 0
    for patient in range(patients):
        as_of = today[patient]
        if panels[patient]:
            lines, open_until = _starts(therapy, patient, diagnosis[patient], as_of, starts)
            days[0, count], days[1, count] = starts[0, 0], starts[1, 0]
            days[2, count], days[3, count], certain[count] = as_of, as_of, True
            count += 1
            for line in range(lines - 1):
                days[0, count], days[1, count] = starts[0, line], starts[1, line]
                days[2, count], days[3, count] = starts[0, line + 1], starts[1, line + 1]
                certain[count] = open_until < 0
                count += 1
            first, last = starts[0, lines - 1], starts[1, lines - 1]
            if open_until >= 0:
                days[0, count], days[1, count] = first, last
                days[2, count], days[3, count] = first, max(open_until, first)
                count += 1
            days[0, count], days[1, count] = first, max(last, open_until)
            days[2, count], days[3, count], certain[count] = as_of, as_of, True
            count += 1
        offset[patient + 1] = count
    return Stretches(offset, days[0, :count], days[1, :count], days[2, :count], days[3, :count], certain[:count])


@kernel
def _starts(therapy: Courses, patient: int, diagnosis: int, as_of: int, starts: Column) -> tuple[int, int]:
    """The first and last day on which therapy, and each later line, can have begun. Returns how many there are, and until
    when another line may have begun that is not on record (-1: none can have)."""
    floor = diagnosis if diagnosis > 0 else LONG_AGO
    open_from = open_until = earliest = latest = -1
    if not therapy.whole[patient]:
        open_from, open_until, earliest = floor, as_of, floor
    begin, end = therapy.offset[patient], therapy.offset[patient + 1]
    for place in range(begin, end):
        if therapy.phase[place] == _RADIOTHERAPY:
            continue
        first = therapy.earliest[place] if therapy.begins[place] else max(therapy.earliest[place], floor)
        earliest = first if earliest < 0 else min(earliest, first)
        if therapy.phase[place] != 0:
            latest = therapy.latest[place] if latest < 0 else min(latest, therapy.latest[place])
        if therapy.line[place] == 0:
            open_from = first if open_from < 0 else min(open_from, first)
            open_until = max(open_until, therapy.latest[place])
    starts[0, 0], starts[1, 0] = floor if earliest < 0 else earliest, as_of if latest < 0 else latest
    count = 1
    for line in range(2, 31):
        first, last = open_from, -1
        for place in range(begin, end):
            if therapy.line[place] == line and therapy.phase[place] != _RADIOTHERAPY:
                begun = therapy.earliest[place] if therapy.begins[place] else max(therapy.earliest[place], floor)
                first = begun if first < 0 else min(first, begun)
                last = therapy.latest[place] if last < 0 else min(last, therapy.latest[place])
        if last < 0:
            continue
        # By the last day on which a line can have begun, of the same day the lower line first.
        place = count
        while place > 1 and starts[1, place - 1] > last:
            starts[0, place], starts[1, place] = starts[0, place - 1], starts[1, place - 1]
            place -= 1
        starts[0, place], starts[1, place] = first, last
        count += 1
    return count, open_until


@kernel
def _series(
    found: Stretches, panel_offset: Column, earliest: Column, latest: Column, values: Column, course: int
) -> Series:
    patients = panel_offset.size - 1
    stretches_of_all = rows = 0
    for patient in range(patients):
        begin, end = _chosen(found, patient, course)
        stretches_of_all += end - begin
        rows += (end - begin) * (panel_offset[patient + 1] - panel_offset[patient])
    offset = np.zeros(stretches_of_all + 1, dtype=np.int64)
    owner, place = np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.int64)
    days, inside = np.empty((2, rows), dtype=np.int32), np.empty(rows, dtype=np.bool_)
    value, certain, possible = np.empty(rows), np.empty(rows), np.empty(rows)
    count = done = 0
    for patient in range(patients):
        begin, end = _chosen(found, patient, course)
        for stretch in range(begin, end):
            first = count
            for panel in range(panel_offset[patient], panel_offset[patient + 1]):
                if np.isnan(values[panel]):
                    continue
                if latest[panel] < found.begin_from[stretch] or earliest[panel] > found.end_to[stretch]:
                    continue
                owner[count], place[count], value[count] = patient, panel, values[panel]
                days[0, count], days[1, count] = earliest[panel], latest[panel]
                inside[count] = (
                    found.certain[stretch]
                    and earliest[panel] >= found.begin_to[stretch]
                    and latest[panel] <= found.end_from[stretch]
                )
                count += 1
            for row in range(first, count):
                certain[row] = possible[row] = np.nan
                for other in range(first, count):
                    if inside[other] and days[1, other] < days[0, row] and not certain[row] <= value[other]:
                        certain[row] = value[other]
                    if days[0, other] < days[1, row] and not possible[row] <= value[other]:
                        possible[row] = value[other]
            done += 1
            offset[done] = count
    return Series(
        offset, owner[:count], place[:count], days[0, :count], days[1, :count], value[:count], inside[:count],
        certain[:count], possible[:count],
    )  # fmt: skip


@kernel
def _chosen(found: Stretches, patient: int, course: int) -> tuple[int, int]:
    """The stretches of a patient: the current one, those before it, or all."""
    begin, end = found.offset[patient], found.offset[patient + 1]
    if begin == end or course == _ANY:
        return begin, end
    return (end - 1, end) if course == _CURRENT else (begin + 1, end - 1)


@kernel
def _confirmed(
    patients: int, offset: Column, owner: Column, earliest: Column, latest: Column, flags: Column
) -> tuple[Column, Column, Column, Column]:
    """`refuted` and `refutable` hold only of stretches in which nothing is confirmed; `refuted` only where nothing is open."""
    found = np.zeros((4, patients), dtype=np.bool_)
    for group in range(owner.size):
        begin, end = offset[group], offset[group + 1]
        some = False
        for row in range(begin, end):
            some = some or flags[row] != NO
        if not some:
            continue
        patient = owner[group]
        agreed, open_, refuted = _in_a_row(earliest[begin:end], latest[begin:end], flags[begin:end])
        found[0, patient] = found[0, patient] or agreed
        found[1, patient] = found[1, patient] or open_
        if not agreed:
            found[2, patient] = found[2, patient] or (refuted and not open_)
            if open_ and _refutable(earliest[begin:end], latest[begin:end], flags[begin:end]):
                found[3, patient] = True
    return found[0], found[1], found[2], found[3]


@kernel
def _in_a_row(earliest: Column, latest: Column, flags: Column) -> tuple[bool, bool, bool]:
    """Whether two assessments in a row fulfil it, one is open, one was refuted."""
    order = np.argsort(earliest.astype(np.int64) * 4_000_000 + latest)
    confirmed_ = open_ = refuted = agreed = False
    before, last_quiet, last, flag, first = NO, -1, -1, -1, -1
    for step in range(order.size + 1):
        at_end = step == order.size
        row = order[step] if not at_end else 0
        if not at_end and latest[row] - earliest[row] > _A_MONTH:
            continue
        if flag >= 0 and (at_end or earliest[row] > last):
            if flag == NO:
                refuted = refuted or (before != NO and not agreed)
                agreed = False
                last_quiet = max(last_quiet, first)
            elif before != NO:
                agreed = agreed or (before == YES and flag == YES)
                confirmed_, open_ = confirmed_ or agreed, open_ or not agreed
            before, flag = flag, -1
        if not at_end:
            if flag < 0:
                flag, first = int(flags[row]), earliest[row]
            elif flag != flags[row]:
                flag = MAY
            last = max(last, latest[row])
    open_ = open_ or (before != NO and not agreed)
    for row in range(order.size):
        if flags[row] != NO and latest[row] - earliest[row] > _A_MONTH:
            quiet = last_quiet > latest[row]
            open_, refuted = open_ or not quiet, refuted or quiet
    return confirmed_, open_, refuted


@kernel
def _refutable(earliest: Column, latest: Column, flags: Column) -> bool:
    """Whether a value that may not fulfil a criterion may come after one that may."""
    for first in range(flags.size):
        for then in range(flags.size):
            after = flags[first] != NO and flags[then] != YES and then != first
            if after and latest[then] > earliest[first]:
                return True
    return False
