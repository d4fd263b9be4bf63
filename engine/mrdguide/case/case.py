"""A patient on a day: the profile with its events in order of time, and everything dated after that day set aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar, cast

from ..dates import CalendarDate, iso
from ..patient.facts import fact_tuple
from ..patient.imaging import ImagingStudy
from ..patient.mrd import MrdTest
from ..patient.profile import Patient
from ..patient.therapy import TherapyEntry
from ..reading.arguments import shown

Entry = TypeVar("Entry")
Memo = TypeVar("Memo")

# An event whose date is not recorded can have happened on any day since then.
LONG_AGO = CalendarDate(693_596, 693_596, "1900-01-01").earliest


class Timed(NamedTuple, Generic[Entry]):
    """An entry of one of the profile's lists, with the first and the last day it can have happened."""

    place: int
    entry: Entry
    earliest: int
    latest: int

    @property
    def when(self) -> str:
        """The date as recorded, or that there is none."""
        date: CalendarDate | None = getattr(self.entry, "date", None) or getattr(self.entry, "start", None)
        return str(date) if date is not None else "date not recorded"

    @property
    def last_day(self) -> int:
        """The last day of its date, though it may lie after the as-of day."""
        date = _date_of(self.entry)
        return date.latest if date is not None else self.latest


# The place of an entry that stands for all that a list may lack.
NOT_HANDED_OVER = -1_000_000


class Case:
    """What the operators judge. Made anew for every evaluation; nothing in it outlives the recommendation."""

    __slots__ = ("_memo", "as_of", "patient")

    def __init__(self, patient: Patient, as_of: int) -> None:
        self.patient = patient
        self.as_of = as_of
        self._memo: dict[Any, Any] = {}

    def __repr__(self) -> str:
        return f"<Case of {shown(self.patient.id)} on {iso(self.as_of)}>"

    def __reduce__(self) -> tuple[object, ...]:
        # What was worked out once may hold anything, and is worked out again.
        return type(self), (self.patient, self.as_of)

    @property
    def facts(self) -> tuple[Any, ...]:
        """All single facts of the profile, in the order of `patient.facts.catalogue()`."""
        return self.once("facts", lambda: fact_tuple(self.patient))

    def once(self, key: object, make: Callable[[], Memo]) -> Memo:
        """Compute something once per case."""
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = make()
        return cast("Memo", found)

    @property
    def mrd(self) -> list[Timed[MrdTest]]:
        return self.timed("mrd")

    @property
    def imaging(self) -> list[Timed[ImagingStudy]]:
        return self.timed("imaging")

    @property
    def therapy(self) -> list[Timed[TherapyEntry]]:
        return self.timed("therapy")

    def therapy_is_whole(self) -> bool:
        """Whether a phase that is not in the therapy list was not given; an empty list says nothing."""
        return bool(self.therapy) and self.patient.therapy_complete is not False and not self.may_lack("therapy")

    def may_lack(self, name: str) -> bool:
        """Whether a list may lack entries, so that what is not in it is unknown."""
        return name in self.patient.incomplete

    def timed(self, name: str) -> list[Timed[Any]]:
        """The entries of a list that can have happened by the as-of day, in order of time."""
        found = self._memo.get(name)
        if found is None:
            found = self._memo[name] = self._in_order(name)
        return cast("list[Timed[Any]]", found)

    def ignored(self) -> list[str]:
        """What was recorded and set aside, in words: entries dated after the as-of day, values without number or unit."""
        found = [
            f"baseline.labs.{name} is recorded without its value or its unit and was ignored"
            for name in self.patient.baseline.labs.incomplete
        ]
        for name in ("mrd", "imaging", "responses", "events", "toxicities", "therapy"):
            for index, entry in enumerate(getattr(self.patient, name)):
                date = _date_of(entry)
                if date is not None and date.earliest > self.as_of:
                    found.append(f"{name}[{index}], dated {date}, is after the as-of date and was ignored")
        return found

    def _in_order(self, name: str) -> list[Timed[Any]]:
        as_of = self.as_of
        timed = []
        for index, entry in enumerate(getattr(self.patient, name)):
            date = _date_of(entry)
            earliest, latest = (LONG_AGO, as_of) if date is None else (date.earliest, min(date.latest, as_of))
            end = getattr(entry, "end", None)
            if end is not None:
                latest = max(min(latest, end.latest), earliest)  # nothing begins after its own end
            if earliest <= as_of:
                timed.append(Timed(index, entry, earliest, latest))
        if len(timed) > 1:
            timed.sort(key=lambda item: (item.earliest, item.latest))
        return timed


def _date_of(entry: Any) -> CalendarDate | None:
    if isinstance(entry, TherapyEntry):
        return entry.begins
    return entry.date  # type: ignore[no-any-return]
