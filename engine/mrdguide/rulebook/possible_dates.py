"""When an entry of unknown or vague date can have been: a day in every stretch between the dates that matter for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from ..dates import CalendarDate, add_months, iso
from ..patient.profile import Patient

# What an entry's date is weighed against. Marrow and imaging are read together.
_BESIDE = {
    "mrd": ("mrd", "imaging"), "imaging": ("imaging", "mrd"), "responses": ("responses",), "markers": ("markers",),
    "events": ("mrd", "imaging"), "toxicities": (), "therapy": (),
}  # fmt: skip
_MOST = 6
_LATER = re.compile(r"(?:from (?P<start>[-0-9]+) to )?before (?P<end>[-0-9]+)")
_EARLIER = re.compile(r"(?:from |on )(?P<start>[-0-9]+) (?:to before (?P<end>[-0-9]+)|or later)")


def date_answers(
    patient: Patient,
    name: str,
    index: int,
    field: str,
    as_of: int,
    last: int,
    durations: tuple[int, ...] = (),
    spans: tuple[int, ...] = (),
) -> Iterator[tuple[str, Patient]]:
    """The days an entry can have been on, up to `last`; of one dated later also that it is truly later (one looks back).

    `durations` are the months that rules ask of a therapy, `spans` those that they count from events and images.
    """
    entry = getattr(patient, name)[index]
    recorded: CalendarDate | None = getattr(entry, field)

    def dated(day: int) -> Patient:
        entries = list(getattr(patient, name))
        update: dict[str, Any] = {field: CalendarDate(day, day, iso(day))}
        end: CalendarDate | None = getattr(entry, "end", None)
        if end is not None and end.latest < day:
            update["end"] = None
        entries[index] = entry.model_copy(update=update)
        return patient.model_copy(update={name: tuple(entries)})

    later = recorded is not None and recorded.earliest > last
    first, until = _span(patient, recorded, last)
    ended: CalendarDate | None = getattr(entry, "end", None)
    if ended is not None and first <= ended.latest:
        until = min(until, ended.latest)  # nothing begins after its own end
    days = _boundaries(patient, name, index, first, until)
    if name == "mrd" and days and recorded is not None and not recorded.exact and recorded.earliest <= last:
        # How long negativity has lasted is counted to the day, so the first and the last of a vague date are tried.
        days = sorted({*days, first + 1, until} - {first})
    if name == "therapy":
        asked = (add_months(last, -months) + 1 for months in durations)
        days = sorted({*days, *(day for day in asked if first < day <= until)})
    if name in ("events", "imaging"):
        days = sorted({*days, *(day for day in _turns(patient, last, spans) if first < day <= until)})
    for label, day in _stretches(days, first, until):
        yield label, dated(day)
    if later and recorded is not None and recorded.earliest > as_of:
        yield f"after {iso(as_of)} (one looks back)", patient.model_copy(update={"recorded": recorded})


def joined(labels: Sequence[str]) -> list[str]:
    """The labels of answers that lead to the same place; stretches of time that follow each other are one."""
    found: list[str] = []
    for label in labels:
        before = _LATER.fullmatch(found[-1]) if found else None
        after = _EARLIER.fullmatch(label)
        if before is None or after is None or before["end"] != after["start"]:
            found.append(label)
            continue
        start, end = before["start"], after["end"]
        both = (
            (f"from {start}", f"to before {end}")
            if start and end
            else (f"before {end}",)
            if end
            else (f"on {start} or later",)
        )
        found[-1] = " ".join(both) if start or end else "on any day"
    return found


def _span(patient: Patient, recorded: CalendarDate | None, last: int) -> tuple[int, int]:
    """The first and the last day that can be answered: within a vague date, else since the diagnosis."""
    if recorded is not None and not recorded.exact and recorded.earliest <= last:
        return recorded.earliest, min(recorded.latest, last)
    diagnosed = patient.diagnosis.date
    years_ago = last - 10 * 365
    return (diagnosed.earliest if diagnosed is not None and diagnosed.earliest < last else years_ago), last


def _boundaries(patient: Patient, name: str, index: int, first: int, last: int) -> list[int]:
    """Days within the span on which something beside the entry was found, or maintenance began; the last few."""
    days = {
        entry.date.earliest
        for beside in _BESIDE.get(name, ())
        for place, entry in enumerate(getattr(patient, beside))
        if entry.date is not None and (beside, place) != (name, index)
    }
    days |= {
        entry.start.earliest for entry in patient.therapy if entry.phase == "maintenance" and entry.start is not None
    }
    if name == "therapy":
        entry = patient.therapy[index]
        days = {other.begins.earliest for other in patient.therapy if other is not entry and other.begins is not None}
    return sorted(day for day in days if first < day <= last)[-_MOST:]


def _turns(patient: Patient, last: int, spans: tuple[int, ...]) -> Iterator[int]:
    """Days so many months back from the last day, or after the start of therapy, and that start itself."""
    starts = [item.begins.earliest for item in patient.therapy if item.begins is not None]
    yield from (add_months(last, -months) for months in spans)
    if starts:
        yield min(starts)
        yield from (add_months(min(starts), months) + 1 for months in spans)


def _stretches(days: list[int], first: int, last: int) -> Iterator[tuple[str, int]]:
    if not days:
        yield (f"on {iso(first)}", first)
        if last > first:
            yield (f"on {iso(last)}", last)
        return
    yield f"before {iso(days[0])}", (first + days[0]) // 2
    for start, following in pairwise(days):
        yield f"from {iso(start)} to before {iso(following)}", (start + following) // 2
    yield f"on {iso(days[-1])} or later", (days[-1] + last + 1) // 2
