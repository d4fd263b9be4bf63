"""A patient on a day: the profile with its events in order of time, what cannot be known on that day set aside.

A finding dated later than the record can know counts as of unknown date when it is bad news and for nothing when it is
good news. How far the record goes is its `recorded`; without it, until the day judged. A fact that cannot be reads as
unknown (`case.doubts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar
from weakref import ref

from ..dates import CalendarDate, iso
from ..patient.events import Event, ResponseAssessment, Toxicity
from ..patient.imaging import ImagingStudy
from ..patient.markers import MarkerPanel
from ..patient.mrd import MrdTest
from ..patient.profile import Patient
from ..patient.regimens import drugs_of
from ..patient.therapy import TherapyEntry
from ..patient.units import Quantities
from ..reading.arguments import shown
from .doubts import DATED, Doubt, without_doubts

_LEAST_TRIED, _ENTRIES_READ = 3, 6_000
# The same for how often one part of the explanation may read the whole record again; a record of fewer entries
# than the last number has more, so that one of ordinary length has all that it needs.
_LEAST_READ_AGAIN, _ENTRIES_READ_AGAIN, _LONG = 6, 60_000, 100

_LISTS = attrgetter("therapy", *DATED)
# The lists whose entries can end.
_WITH_END = frozenset({"therapy", "events"})

_STATE = (
    "_before", "_changed", "_doubted_before", "_memo", "_new_from", "_root", "as_of", "doubts", "original", "patient", *DATED,
)  # fmt: skip

_NOTHING: frozenset[str] = frozenset()
_NO_DOUBTS: Mapping[tuple[str, int], str] = {}

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
    doubted: str = ""

    @property
    def when(self) -> str:
        """The date as recorded, or that there is none; one that cannot be with the reason why not."""
        if self.doubted:
            return self.doubted
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

    # The lists' entries that can have happened by the as-of day, in order of time, each put together when first looked at.
    mrd: list[Timed[MrdTest]]
    imaging: list[Timed[ImagingStudy]]
    responses: list[Timed[ResponseAssessment]]
    markers: list[Timed[MarkerPanel]]
    events: list[Timed[Event]]
    toxicities: list[Timed[Toxicity]]
    therapy: list[Timed[TherapyEntry]]

    __slots__ = ("__weakref__", *_STATE)

    def __init__(
        self, patient: Patient, as_of: int, new_from: dict[str, int] | None = None, undoubted: Patient | None = None,
        doubted: Mapping[tuple[str, int], str] = _NO_DOUBTS,
    ) -> None:  # fmt: skip
        """`new_from` and `undoubted` as in `without_doubts`; `doubted` are entries, by list and place, whose date was doubted
        and taken out before, with why."""
        self.as_of = as_of
        # As recorded, and as judged: without what cannot be known or cannot be. Mostly one and the same.
        self.original = patient
        self.patient, self.doubts = without_doubts(patient, as_of, new_from, undoubted)
        self._new_from, self._doubted_before = new_from, doubted
        self._memo: dict[Any, Any] = {}
        # What is kept of a record holds the cases tried of it, so that these must not hold the record's in turn: circles
        # are freed late and searched for again and again.
        self._root: ref[Case] | None = None
        # The case of which this one knows more, where equal sections of the two read alike, and the sections that differ.
        self._before: ref[Case] | None = None
        self._changed = _NOTHING

    def __repr__(self) -> str:
        return f"<Case of {shown(self.original.id)} on {iso(self.as_of)}>"

    def __reduce__(self) -> tuple[object, ...]:
        # What was worked out once may hold anything, and is worked out again.
        return type(self), (self.original, self.as_of, self._new_from)

    def with_answer(self, patient: Patient) -> Case:
        """The case of the same day with something found out today: a changed copy of `original`.

        Entries added at the end of a list are known whatever the record's own last day.
        """
        lengths = self._new_from or {name: len(getattr(self.original, name)) for name in DATED}
        undoubted = None if self.doubts or patient.recorded is not None else self.original
        found = Case(patient, self.as_of, lengths, undoubted)
        found._root = ref(self.root)
        if not (found.doubts or self.doubts or patient.recorded is not None):
            found._before, before = ref(self), vars(self.original)
            found._changed = frozenset([name for name, value in vars(patient).items() if value is not before[name]])
            for name in DATED:
                if name not in found._changed:
                    setattr(found, name, getattr(self, name))
        return found

    def beside(self, readings: object) -> Case:
        """The same case for criteria that read tests otherwise: what was worked out under other readings is not theirs."""

        def make() -> Case:
            case = object.__new__(type(self))
            for name in _STATE:
                setattr(case, name, {} if name == "_memo" else None if name == "_before" else getattr(self, name))
            return case

        return self.once(("beside", id(readings)), make)

    @property
    def root(self) -> Case:
        """The case of the record itself, of which this one knows more; mostly itself, as when that one is gone."""
        root = self._root() if self._root is not None else None
        return self if root is None else root

    @property
    def known_until(self) -> int:
        """The last day on which what is recorded can have been found, as seen from the day judged."""
        recorded = self.original.recorded
        return self.as_of if recorded is None else min(self.as_of, recorded.latest)

    def doubt_at(self, path: str) -> Doubt | None:
        """Why a fact reads as unknown although something is recorded, or None."""
        if not self.doubts:
            return None
        # Of several about one fact the first is told.
        by_path = self.once("doubts by path", lambda: {doubt.path: doubt for doubt in reversed(self.doubts)})
        return by_path.get(path)

    @property
    def most_tried(self) -> int:
        """For how many missing facts it is tried what each answer would lead to: the more entries have to be read every
        time, the fewer, so that a long record takes no longer with the square of its length. All, in ordinary records."""
        return max(_LEAST_TRIED, _ENTRIES_READ // max(1, self._entries))

    @property
    def most_read_again(self) -> int:
        """How many answers, or days to come, one part of the explanation may try; in ordinary records more than it needs."""
        entries = max(1, self._entries)
        most = _ENTRIES_READ_AGAIN // entries
        return max(_LEAST_READ_AGAIN, most, most * _LONG // entries)

    @property
    def _entries(self) -> int:
        return sum(map(len, _LISTS(self.original)))

    def once(self, key: object, make: Callable[[], Memo], reads: tuple[str, ...] = ()) -> Memo:
        """Compute something once per case. `reads` names all sections of the profile that it rests on: where they are as
        they were in the case before, it is what it was there."""
        found: Memo | None = self._memo.get(key)
        if found is None:
            before = self._unchanged(reads)
            found = self._memo[key] = make() if before is None else before.once(key, make, reads)
        return found

    def forget(self) -> None:
        """Let go of what was worked out once; it is worked out again where it is asked for."""
        self._memo = {}

    def _unchanged(self, reads: tuple[str, ...]) -> Case | None:
        """The case before where it holds the same in some sections, or None."""
        before = self._before
        return before() if before is not None and reads and self._changed.isdisjoint(reads) else None

    def __getattr__(self, name: str) -> Any:
        # Only for what is not there yet: a slot that is filled is found without asking here.
        if name not in DATED:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        found = self._in_order(name) if getattr(self.patient, name) else []
        setattr(self, name, found)
        return found

    def therapy_is_whole(self) -> bool:
        """Whether a phase that is not in the therapy list was not given; an empty list says nothing."""
        return bool(self.therapy) and self.patient.therapy_complete is not False and not self.may_lack("therapy")

    def may_lack(self, name: str) -> bool:
        """Whether a list may lack entries, so that what is not in it is unknown."""
        return name in self.patient.incomplete

    def timed(self, name: str) -> list[Timed[Any]]:
        """The entries of a list that can have happened by the as-of day, in order of time."""
        found: list[Timed[Any]] = getattr(self, name)
        return found

    def ignored(self) -> list[str]:
        """What was recorded and set aside, in words: findings dated later, facts that cannot be, values without unit."""
        found = [
            f"{path}.{name} is recorded without its {'unit' if 'value' in held.as_written(name) else 'value'} and counts as unknown"
            for path, held in self._with_quantities()
            for name in held.incomplete
        ]
        found += [f"{doubt.path}: {doubt.text} ({_counts_as(doubt)})" for doubt in self.doubts]
        for name in DATED:
            for index, entry in enumerate(getattr(self.patient, name)):
                date = _date_of(entry)
                if date is not None and date.earliest > self._last_day(name, index):
                    after = "the as-of date" if date.earliest > self.as_of else "the end of the record"
                    found.append(f"{name}[{index}], dated {date}, is after {after} and was ignored")
        return found

    def _with_quantities(self) -> Iterator[tuple[str, Quantities]]:
        yield "baseline.labs", self.original.baseline.labs
        for index, panel in enumerate(self.original.markers):
            yield f"markers[{index}]", panel

    def planned(self) -> list[str]:
        """Therapy that is to end after the day judged, in words: until then it goes on."""
        return [
            f"therapy[{index}], {entry.phase or 'therapy'}, is planned to end on {entry.end}; until then it goes on"
            for index, entry in enumerate(self.patient.therapy)
            if entry.end is not None and entry.end.earliest > self.as_of
            if (entry.begins is None or entry.begins.earliest <= self.as_of)
        ]

    def otherwise_named(self) -> list[str]:
        """Therapy whose regimen is called by a name that stands for other drugs than are recorded, in words."""
        found = []
        for index, entry in enumerate(self.patient.therapy):
            meant = drugs_of(entry.regimen) if entry.regimen else None
            if meant is not None and {*map(str.casefold, meant)} != {*map(str.casefold, entry.drugs or ())}:
                told, given = ", ".join(meant), ", ".join(entry.drugs or ()) or "none"
                found.append(
                    f"therapy[{index}] is called {entry.regimen} ({told}); its drugs are recorded as {given}, and count"
                )
        return found

    def _last_day(self, name: str, index: int) -> int:
        """The last day on which an entry can have been known."""
        is_new = self._new_from is not None and index >= self._new_from[name]
        return self.as_of if is_new else self.known_until

    def _in_order(self, name: str) -> list[Timed[Any]]:
        as_of = self.as_of
        looks_back = self.original.recorded is not None
        # What is as it was in the case before is the same object, so that what was made of it can be found again.
        before = self._before() if self._before is not None else None
        known = {item.place: item for item in before.timed(name)} if before is not None else {}
        with_end = name in _WITH_END
        timed = []
        for index, entry in enumerate(getattr(self.patient, name)):
            if (same := known.get(index)) is not None and same.entry is entry:
                timed.append(same)
                continue
            date = _date_of(entry)
            earliest, latest = (LONG_AGO, as_of) if date is None else (date.earliest, min(date.latest, as_of))
            end = entry.end if with_end else None
            if end is not None:
                latest = max(min(latest, end.latest), earliest)  # nothing begins after its own end
            if earliest <= (self._last_day(name, index) if looks_back else as_of):
                timed.append(Timed(index, entry, earliest, latest))
        if self.doubts or self._doubted_before:
            timed = [self._doubted(name, item) for item in timed]
        if len(timed) > 1:
            timed.sort(key=lambda item: (item.earliest, item.latest))
        return timed

    def _doubted(self, name: str, timed: Timed[Any]) -> Timed[Any]:
        """An entry whose date cannot be says so wherever its date is named."""
        for field in ("start", "date"):
            doubt = self.doubt_at(f"{name}[{timed.place}].{field}")
            if doubt is not None:
                return timed._replace(doubted=f"{doubt.recorded} ({doubt.in_brief})")
        before = self._doubted_before.get((name, timed.place))
        return timed if before is None else timed._replace(doubted=before)


def once_per_case(make: Callable[[Case], Memo], reads: tuple[str, ...]) -> Callable[[Case], Memo]:
    """A function of the case alone as one that works it out once for each case, and not again where the sections of the
    profile that it reads are as they were in the case before. To be made when rules are compiled."""
    key = object()

    def found(case: Case) -> Memo:
        kept: Memo | None = case._memo.get(key)
        if kept is None:
            before = case._unchanged(reads)
            kept = case._memo[key] = make(case) if before is None else found(before)
        return kept

    return found


def _counts_as(doubt: Doubt) -> str:
    if doubt.path.startswith("attested"):
        return "ignored"
    if doubt.path.endswith(".phase"):
        return "counts as continuous therapy"
    if doubt.path.endswith((".date", ".start")) and "[" in doubt.path:
        return "counts as of unknown date"
    return "counts as unknown"


def _date_of(entry: Any) -> CalendarDate | None:
    if isinstance(entry, TherapyEntry):
        return entry.begins
    return entry.date  # type: ignore[no-any-return]
