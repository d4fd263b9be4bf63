"""The entries of a profile's lists in order of time, each with the days that it can have happened on.

What is dated after the day judged is not among them. Nothing here says how a test reads.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..case.case import LONG_AGO, Case, Timed
from ..case.therapy import ongoing
from ..patient.attestations import Attestation
from ..patient.events import Event, ResponseAssessment, Toxicity
from ..patient.imaging import ImagingStudy
from ..patient.markers import MarkerPanel
from ..patient.mrd import MrdTest
from ..patient.profile import Patient
from ..patient.therapy import TherapyEntry

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class DatedEntry(Generic[Entry]):
    """An entry of the profile and when it was.

    path: its place in the profile, `events[0]`
    when: its date as recorded, or `date not recorded`
    earliest: the first day that it can have been on (of therapy: begun on), None where no date is recorded
    latest: the last such day, at most the day judged
    entry: the entry itself
    """

    path: str
    when: str
    earliest: datetime.date | None
    latest: datetime.date
    entry: Entry


@dataclass(frozen=True, slots=True)
class TherapyPhase(DatedEntry[TherapyEntry]):
    """A phase of therapy.

    ongoing: whether it continues on the day judged; None when the profile does not say
    """

    ongoing: bool | None


@dataclass(frozen=True, slots=True)
class EntriesInOrder:
    """Everything of the profile's lists that can have happened by the day judged, list by list in order of time."""

    mrd: tuple[DatedEntry[MrdTest], ...]
    imaging: tuple[DatedEntry[ImagingStudy], ...]
    therapy: tuple[TherapyPhase, ...]
    responses: tuple[DatedEntry[ResponseAssessment], ...]
    events: tuple[DatedEntry[Event], ...]
    toxicities: tuple[DatedEntry[Toxicity], ...]
    markers: tuple[DatedEntry[MarkerPanel], ...]
    attested: tuple[DatedEntry[Attestation], ...]

    @property
    def paths(self) -> frozenset[str]:
        """The places of all of them in the profile."""
        lists: tuple[tuple[DatedEntry[Any], ...], ...] = (
            self.mrd, self.imaging, self.therapy, self.responses, self.events, self.toxicities, self.markers, self.attested,
        )  # fmt: skip
        return frozenset(item.path for entries in lists for item in entries)


def entries_in_order(case: Case) -> EntriesInOrder:
    """The entries of a case."""
    return EntriesInOrder(
        mrd=_dated("mrd", case.mrd),
        imaging=_dated("imaging", case.imaging),
        therapy=tuple(_phase(timed, case.as_of) for timed in case.therapy),
        responses=_dated("responses", case.timed("responses")),
        events=_dated("events", case.timed("events")),
        toxicities=_dated("toxicities", case.timed("toxicities")),
        markers=_dated("markers", case.timed("markers")),
        attested=_attested(case),
    )


def entries_on(patient: Patient, as_of: datetime.date) -> EntriesInOrder:
    """The entries of a profile on a day, without an answer."""
    return entries_in_order(Case(patient, as_of.toordinal()))


def _dated(name: str, found: list[Timed[Entry]]) -> tuple[DatedEntry[Entry], ...]:
    return tuple(
        DatedEntry(f"{name}[{timed.place}]", timed.when, _earliest(timed), _day(timed.latest), timed.entry)
        for timed in found
    )


def _attested(case: Case) -> tuple[DatedEntry[Attestation], ...]:
    """What was attested and counts on the day judged."""
    return tuple(
        DatedEntry(
            f"attested[{place}]", str(item.of or "date not recorded"),
            _day(item.of.earliest) if item.of is not None else None,
            _day(min(item.of.latest, case.as_of) if item.of is not None else case.as_of), item,
        )
        for place, item in enumerate(case.original.attested)
        if item in case.patient.attested
    )  # fmt: skip


def _phase(timed: Timed[TherapyEntry], as_of: int) -> TherapyPhase:
    return TherapyPhase(
        f"therapy[{timed.place}]", timed.when, _earliest(timed), _day(timed.latest), timed.entry, ongoing(timed, as_of)
    )


def _earliest(timed: Timed[Entry]) -> datetime.date | None:
    entry = timed.entry
    date = entry.begins if isinstance(entry, TherapyEntry) else getattr(entry, "date", None)
    # What is dated later than can be known counts as of unknown date.
    return _day(timed.earliest) if date is not None and timed.earliest > LONG_AGO else None


def _day(ordinal: int) -> datetime.date:
    return datetime.date.fromordinal(ordinal)
