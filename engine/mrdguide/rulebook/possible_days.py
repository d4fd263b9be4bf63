"""Days that a missing or vague date can turn out to be: one for every stretch between the days that the profile knows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from ..dates import CalendarDate, add_months, iso, parse_date
from ..patient.profile import Patient

_LABEL = re.compile(r"(before )?([0-9]{4}-[0-9]{2}-[0-9]{2})(?: to ([0-9]{4}-[0-9]{2}-[0-9]{2}))?")
_LISTS = ("mrd", "imaging", "responses", "events", "therapy")


def possible_days(
    patient: Patient, recorded: CalendarDate | None, as_of: int, spans: Collection[int] = ()
) -> Iterator[tuple[str, CalendarDate]]:
    """The stretches of days that a date can lie in, each with a day in it; those that a vague date rules out are left out.

    They also end where one of the `spans` (calendar months that rules count) from the start of therapy or back from the
    as-of day does.
    """
    first = recorded.earliest if recorded is not None else _before_everything(patient, as_of)
    last = min(recorded.latest, as_of) if recorded is not None else as_of
    if first > last:
        return
    starts = [item.begins.earliest for item in patient.therapy if item.begins is not None]
    turns = {add_months(as_of, -months) for months in spans}
    turns |= {add_months(min(starts), months) + 1 for months in spans if starts}
    marks = sorted(day for day in {*_known_days(patient), *turns} if first < day <= last)
    for low, high in pairwise([first, *marks, last + 1]):
        end = high - 1
        middle = (low + end) // 2
        label = iso(low) if low == end else f"{iso(low)} to {iso(end)}"
        if recorded is None and low == first:
            label = f"before {iso(high)}"
        yield label, CalendarDate(middle, middle, iso(middle))


def _known_days(patient: Patient) -> Iterator[int]:
    """The exact days of the profile on which something began or ended."""
    dates = [patient.diagnosis.date]
    for name in _LISTS:
        for entry in getattr(patient, name):
            dates += [getattr(entry, field, None) for field in ("date", "start", "end")]
    for date in dates:
        if date is not None:
            yield date.earliest
            if date.latest != date.earliest:
                yield date.latest + 1


def _before_everything(patient: Patient, as_of: int) -> int:
    """Ten years before the first known day."""
    return max(min([*_known_days(patient), as_of]) - 3653, 693_596)


def joined(labels: Sequence[str]) -> list[str]:
    """Labels with stretches of days that follow each other made one; anything else is left as it is."""
    found: list[str] = []
    for label in labels:
        before, after = (_stretch(found[-1]) if found else None), _stretch(label)
        if before is not None and after is not None and before[1] + 1 == after[0]:
            start = f"before {iso(after[1] + 1)}" if before[0] < 0 else f"{iso(before[0])} to {iso(after[1])}"
            found[-1] = start
        else:
            found.append(label)
    return found


def _stretch(label: str) -> tuple[int, int] | None:
    match = _LABEL.fullmatch(label)
    if match is None:
        return None
    open_start, first, last = match.groups()
    day = parse_date(first).earliest
    if open_start:
        return -1, day - 1
    return day, parse_date(last).earliest if last else day
