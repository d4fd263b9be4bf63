"""Lines of therapy: the start of treatment, what was begun anew, whether a later line answered an event."""

from __future__ import annotations

from typing import Any

from ..patient.therapy import TherapyEntry
from .case import LONG_AGO, Case, Timed

# Phases that are begun when disease has to be treated, and those that are also given for other reasons.
TREATMENT = ("induction", "continuous", "transplant")
LOCAL = ("consolidation", "radiotherapy")


def begun(case: Case) -> tuple[int, int]:
    """The first and the last day on which therapy can have begun; not before diagnosis where no start is recorded."""
    return case.once("therapy-begun", lambda: _begun(case))


def _begun(case: Case) -> tuple[int, int]:
    diagnosed = case.patient.diagnosis.date
    floor = diagnosed.earliest if diagnosed is not None else LONG_AGO
    starts = [
        (max(item.earliest, floor) if item.entry.begins is None else item.earliest, item.latest)
        for item in case.therapy
    ]
    if not starts or not case.therapy_is_whole():
        starts.append((floor, case.as_of))
    return min(first for first, _ in starts), min(last for _, last in starts)


def begun_anew(case: Case, timed: Timed[TherapyEntry]) -> bool | None:
    """Whether an entry begins a new line, or treatment anew after an earlier maintenance or transplant.

    None where its line, phase or date leaves that open, and for consolidation or radiotherapy after maintenance began,
    which only its reason explains. A sole course of induction whose date is vague is the first one.
    """
    entry = timed.entry
    if entry.line is not None and entry.line >= 2:
        return not any(_same_line_before(other, timed) for other in case.therapy)
    if entry.phase == "relapse":
        return True
    after = _after(case, timed)
    if after is True:
        return True if entry.phase in TREATMENT else None
    if after is None and entry.phase in TREATMENT and _another(case, timed):
        return None
    return None if entry.line is None else False


def _same_line_before(other: Timed[TherapyEntry], timed: Timed[TherapyEntry]) -> bool:
    return other.entry.line == timed.entry.line and other.place != timed.place and other.latest < timed.earliest


def _after(case: Case, timed: Timed[TherapyEntry]) -> bool | None:
    """Whether it began after an earlier maintenance (of induction and continuous therapy: or transplant)."""
    phase = timed.entry.phase
    if phase not in (*TREATMENT, *LOCAL):
        return False
    earlier = ("maintenance", "transplant") if phase in ("induction", "continuous") else ("maintenance",)
    found: bool | None = False
    for other in case.therapy:
        if other.entry.phase not in earlier or other.place == timed.place:
            continue
        if other.latest < timed.earliest:
            return True
        if other.earliest < timed.latest:
            found = None
    return found


def _another(case: Case, timed: Timed[TherapyEntry]) -> bool:
    """Whether another entry of its phase may be the first one."""
    return any(
        other.entry.phase == timed.entry.phase and other.place != timed.place and other.earliest < timed.latest
        for other in case.therapy
    )


def followed_by_line(case: Case, timed: Timed[Any], line: int) -> bool | None:
    """Whether a later line of therapy, at least this one, began on the day of an entry or after it."""
    before = [item.entry.line for item in case.therapy if item.latest < timed.earliest and item.entry.line is not None]
    needed = max(line, max(before, default=1) + 1)
    found: bool | None = False
    for therapy in case.therapy:
        if therapy.entry.line is not None and therapy.entry.line < needed:
            continue
        if therapy.earliest >= timed.latest and therapy.entry.line is not None:
            return True
        if therapy.latest >= timed.earliest:
            found = None
    return found
