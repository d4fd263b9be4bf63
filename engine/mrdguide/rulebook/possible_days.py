"""Days that a missing or vague date can turn out to be: one for every stretch between the days that the profile knows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ..dates import CalendarDate, iso
from ..patient.profile import Patient

_LISTS = ("mrd", "imaging", "responses", "events", "therapy")


def possible_days(patient: Patient, recorded: CalendarDate | None, as_of: int) -> Iterator[tuple[str, CalendarDate]]:
    """The stretches of days that a date can lie in, each with a day in it; those that a vague date rules out are left out."""
    first = recorded.earliest if recorded is not None else _before_everything(patient, as_of)
    last = min(recorded.latest, as_of) if recorded is not None else as_of
    if first > last:
        return
    marks = sorted({day for day in _known_days(patient) if first < day <= last})
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
