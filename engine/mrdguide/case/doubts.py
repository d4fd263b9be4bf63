"""What a record cannot tell: facts that cannot be, and findings dated later than the record can know.

Such a fact reads as unknown in the case (induction that goes on for years as continuous therapy); the profile as recorded
is kept beside it. Bad news is never lost by this: an
adverse finding with an impossible date counts as one of unknown date. A favourable one dated later counts for nothing and
is set aside by `case.case`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ..dates import CalendarDate, add_months, iso
from ..patient.bad_news import Adversity, adverse
from ..patient.fields import Abnormality
from ..patient.mrd import MrdTest
from ..patient.profile import Patient
from ..patient.therapy import TherapyEntry
from ..patient.units import UNITS, Quantity, convert
from ..reading.data_file import read_as
from ..reading.numbers import scientific
from ..reading.validation import StrictModel
from ..reading.written_words import says_something
from .events import OF_THE_COURSE

PLAUSIBLE = Path(__file__).with_name("plausible.yaml")

DATED = ("mrd", "imaging", "responses", "markers", "events", "toxicities", "therapy")
# What a number that is nearly the limit is still taken for.
LEAST = 1 - 1e-9


class _Range(StrictModel):
    low: float
    high: float
    unit: str
    source: str


class _Number(StrictModel):
    value: float
    source: str


class _Dates(StrictModel):
    months_before_diagnosis: _Number
    oldest_age: _Number
    first_year_of_mrd: _Number
    first_year_of_imaging: _Number


class _Therapy(StrictModel):
    longest_induction_months: _Number
    longest_treatment_gap_months: _Number


class _LimitOfDetection(StrictModel):
    least: _Number
    events: dict[str, _Number]


class Plausible(StrictModel):
    """The table of what cannot be. Ranges are inclusive and in the canonical unit of their quantity."""

    labs: dict[str, _Range]
    upper_limits: dict[str, _Range]
    dates: _Dates
    therapy: _Therapy
    limit_of_detection: _LimitOfDetection
    absent_up_to: dict[str, _Number]


@cache
def plausible() -> Plausible:
    """The shipped table.

    Raises:
        UsageError: it cannot be read.
    """
    return read_as(PLAUSIBLE, Plausible)


class Doubt(NamedTuple):
    """A fact that reads as unknown: where it is recorded, as what, and why it cannot be."""

    path: str
    recorded: str
    why: str

    @property
    def text(self) -> str:
        return f"{self.recorded} {self.why}"

    @property
    def in_brief(self) -> str:
        """`after the day judged`, to stand beside what is recorded."""
        return self.why.partition(":")[0].partition(" (")[0].removeprefix("lies ")


class Doubts(NamedTuple):
    """The patient as the record can tell, and what was doubted on the way."""

    patient: Patient
    found: tuple[Doubt, ...]


def without_doubts(
    patient: Patient, as_of: int, new_from: dict[str, int] | None = None, before: Patient | None = None
) -> Doubts:
    """The patient with every fact that cannot be known or cannot be taken out. The same object when there is none.

    `new_from` is how many entries of each list belong to the record; those after them were found out today. `before` is a
    patient of whom nothing was doubted on the same day: what is the same object there is not looked at again by itself.
    """
    search = _Search(patient, as_of, new_from or {}, before)
    search.look()
    return (
        Doubts(search.changed(), tuple(search.found))
        if search.found or search.changes or search.single
        else Doubts(patient, ())
    )


@lru_cache(maxsize=1024)
def _without_status(found: Abnormality) -> Abnormality:
    return found.model_copy(update={"status": None})


class _Search:
    """One pass over a profile. Nothing is copied unless something is found."""

    def __init__(self, patient: Patient, as_of: int, new_from: dict[str, int], before: Patient | None) -> None:
        self.patient, self.as_of, self.new_from, self.before = patient, as_of, new_from, before
        self.recorded = patient.recorded.latest if patient.recorded is not None else None
        # What is dated later than this cannot be known.
        self.known = as_of if self.recorded is None else self.recorded
        self.found: list[Doubt] = []
        self.changes: dict[tuple[str, int], dict[str, Any]] = {}
        self.single: dict[str, Any] = {}

    def look(self) -> None:
        patient, before = self.patient, self.before
        self._birth_and_diagnosis()
        if before is None or patient.baseline is not before.baseline or patient.incomplete is not before.incomplete:
            self._labs("baseline.labs", patient.baseline.labs, ("baseline", 0))
            self._cytogenetics()
        self._functional_high_risk()
        # Whether a date can be hangs on other dates, and whether it is bad news on other lists.
        self._dates()
        for index, test in enumerate(patient.mrd) if before is None else self._new(patient.mrd, before.mrd):
            if test.limit_of_detection is not None or test.level is not None:
                self._depth(index, test)
        for index, panel in (
            enumerate(patient.markers) if before is None else self._new(patient.markers, before.markers)
        ):
            self._labs(f"markers[{index}]", panel, ("markers", index))
        if patient.attested:
            self._attestations()

    def _new(self, entries: tuple[Any, ...], kept: tuple[Any, ...]) -> Iterable[tuple[int, Any]]:
        """The entries of a list that were not there before, with their places."""
        if entries is kept:
            return ()
        known = {id(entry) for entry in kept}
        return [(index, entry) for index, entry in enumerate(entries) if id(entry) not in known]

    def changed(self) -> Patient:
        """The patient with the changes."""
        patient, update = self.patient, dict(self.single)
        for (name, index), values in self.changes.items():
            if name == "baseline":
                baseline = update.get("baseline", patient.baseline)
                update["baseline"] = baseline.model_copy(update={"labs": baseline.labs.model_copy(update=values)})
                continue
            entries = list(update.get(name, getattr(patient, name)))
            entries[index] = _with(entries[index], values)
            update[name] = tuple(entries)
        return patient.model_copy(update=update)

    def _doubt(self, path: str, recorded: str, why: str) -> None:
        self.found.append(Doubt(path, recorded, why))

    def _birth_and_diagnosis(self) -> None:
        born, diagnosed = self.patient.birth_year, self.patient.diagnosis.date
        table = plausible().dates
        self._birth = self._course = 0
        if born is not None:
            age = date.fromordinal(self.as_of).year - born
            if age > table.oldest_age.value or age < 0:
                self.single["birth_year"] = None
                limit = f"over {table.oldest_age.value:g} years old" if age > 0 else "not born yet"
                self._doubt("birth_year", str(born), f"cannot be the birth year: {limit} on the day judged")
            else:
                self._birth = _new_year(born)
        if diagnosed is not None:
            if diagnosed.earliest > max(self.known, self.as_of):
                self.single["diagnosis"] = self.patient.diagnosis.model_copy(update={"date": None})
                self._doubt("diagnosis.date", str(diagnosed), f"lies after the day judged ({iso(self.as_of)})")
            else:
                self._course = add_months(diagnosed.earliest, -int(table.months_before_diagnosis.value))

    def _labs(self, path: str, labs: Any, place: tuple[str, int]) -> None:
        values, table = labs.__dict__, None
        for name in labs.model_fields_set:
            quantity = values[name]
            if type(quantity) is not Quantity:
                continue
            table = table or plausible()
            key = name.rstrip("_")
            allowed = table.labs.get(key)
            if allowed is not None and not allowed.low <= quantity.value <= allowed.high:
                self.changes.setdefault(place, {})[name] = None
                shown = quantity.text or f"{quantity.value:g} {quantity.unit}"
                self._doubt(f"{path}.{key}", shown, _outside(key, shown, allowed))
                continue
            limit = quantity.upper_limit
            allowed = table.upper_limits.get(key)
            if limit is not None and allowed is not None and not allowed.low <= limit <= allowed.high:
                self.changes.setdefault(place, {})[name] = quantity.model_copy(update={"upper_limit": None})
                shown = f"an upper limit of {limit:g} {quantity.unit}"
                self._doubt(f"{path}.{key}.upper_limit", shown, _outside(key, f"{limit:g} {quantity.unit}", allowed))

    def _cytogenetics(self) -> None:
        found = self.patient.baseline.cytogenetics
        update = {}
        lacking = "cytogenetics" in self.patient.incomplete
        for name in found.model_fields_set:
            item = getattr(found, name)
            if lacking and item.status == "absent":
                # What was not read may have found it.
                update[name] = _without_status(item)
                self._doubt(
                    f"baseline.cytogenetics.{name}", "status absent:", "cannot be relied on: not every report was read"
                )
                continue
            if item.status != "absent" or (item.fraction is None and item.copies is None):
                continue
            table = plausible().absent_up_to
            most = table.get(name, table["other"]).value
            if item.fraction is not None and item.fraction > most:
                why = f"cannot be absent with a fraction of {item.fraction:g} (more than {most:g})"
            elif name.startswith("del_") and item.copies is not None and item.copies < 2:
                why = f"cannot be absent with {item.copies} copies"
            else:
                continue
            update[name] = _without_status(item)
            self._doubt(f"baseline.cytogenetics.{name}", "status absent:", f"{why}; correct one of the two")
        if update:
            baseline = self.patient.baseline
            genes = found.model_copy(update=update)
            self.single["baseline"] = baseline.model_copy(update={"cytogenetics": genes})

    def _functional_high_risk(self) -> None:
        """What it was is written down, and not whether it was found: it may have been."""
        found = self.patient.functional_high_risk
        if found.status is None and says_something(found.definition):
            why = "is recorded without a status: is it present or absent?"
            self._doubt("functional_high_risk", f"'{found.definition}'", why)

    def _dates(self) -> None:
        patient = self.patient
        course, birth = max(self._course, self._birth), self._birth
        first_mrd, first_imaging = _first_days()
        lists: tuple[tuple[str, tuple[Any, ...], int], ...] = (
            ("mrd", patient.mrd, max(course, first_mrd)),
            ("imaging", patient.imaging, max(course, first_imaging)),
            ("responses", patient.responses, course),
            ("markers", patient.markers, birth),
            ("toxicities", patient.toxicities, birth),
        )
        for name, entries, floor in lists:
            for index, entry in enumerate(entries):
                when = entry.date
                if when is not None and (when.latest < floor or when.earliest > self.known):
                    self._dated(name, index, entry, "date", when, floor)
        for index, event in enumerate(self.patient.events):
            floor = course if event.kind in OF_THE_COURSE else birth
            if event.date is not None and (event.date.latest < floor or event.date.earliest > self.known):
                self._dated("events", index, event, "date", event.date, floor)
            if event.end is not None and event.date is not None and event.end.latest < event.date.earliest:
                why = f"lies before the event itself ({event.date}): correct one of the two"
                self._blank("events", index, "end", str(event.end), why)
            elif event.end is not None and event.end.earliest > min(self.known, self.as_of):
                self._end_of_an_event(index, event.status, event.end)
        for index, entry in enumerate(self.patient.therapy):
            self._therapy(index, entry, course)
            if entry.phase == "induction":
                self._induction(index, entry)

    def _therapy(self, index: int, entry: TherapyEntry, floor: int) -> None:
        for field, when in (("start", entry.start), ("date", entry.date)):
            if when is not None and (when.latest < floor or when.earliest > self.known):
                self._dated("therapy", index, entry, field, when, floor)
        end = entry.end
        if end is None:
            return
        if end.latest < floor:
            self._blank("therapy", index, "end", str(end), self._before(floor))
        elif self.recorded is not None and self.recorded < end.earliest <= self.as_of:
            why = f"is only a plan: the record goes until {self.patient.recorded}; has it ended?"
            self._blank("therapy", index, "end", str(end), why)

    def _induction(self, index: int, entry: TherapyEntry) -> None:
        """Induction that goes on for years, with nothing begun since, is continuous therapy under another name."""
        start, end = entry.start, entry.end
        if start is None or (end is not None and end.earliest <= self.as_of):
            return
        months = int(plausible().therapy.longest_induction_months.value)
        others = [other.begins for place, other in enumerate(self.patient.therapy) if place != index]
        last = all(when is not None and when.latest <= start.latest for when in others)
        if last and add_months(start.latest, months) < self.as_of:
            self.changes.setdefault(("therapy", index), {})["phase"] = "continuous"
            why = (
                f"has lasted more than {months} months with nothing begun since: name it continuous, or record its end"
            )
            self._doubt(f"therapy[{index}].phase", "induction", why)

    def _dated(self, name: str, index: int, entry: Any, field: str, when: CalendarDate, floor: int) -> None:
        """A date before there can have been such a thing, or later than can be known."""
        if when.latest < floor:
            self._blank(name, index, field, str(when), self._before(floor))
        elif index < self.new_from.get(name, index + 1) and adverse(name, entry, self.patient) != Adversity.NO:
            self._blank(name, index, field, str(when), f"lies after {self._last_known()}: correct the date")

    def _before(self, floor: int) -> str:
        if floor == self._course and self._course >= self._birth:
            return f"lies before the diagnosis of {self.patient.diagnosis.date}: correct one of the two"
        if floor == self._birth:
            return f"lies before the birth year {self.patient.birth_year}: correct one of the two"
        return f"is too early: there was nothing of the kind before {date.fromordinal(floor).year}"

    def _last_known(self) -> str:
        if self.recorded is None:
            return f"the day judged ({iso(self.as_of)})"
        return f"the day until which the record goes ({self.patient.recorded})"

    def _blank(self, name: str, index: int, field: str, recorded: str, why: str) -> None:
        self.changes.setdefault((name, index), {})[field] = None
        self._doubt(f"{name}[{index}].{field}", recorded, why)

    def _end_of_an_event(self, index: int, status: str | None, end: CalendarDate) -> None:
        """That something will be over is a plan; it has not been seen."""
        values = self.changes.setdefault(("events", index), {})
        values["end"] = None
        if status == "resolved":
            values["status"] = None
        if end.earliest > self.known:
            self._doubt(f"events[{index}].end", str(end), f"lies after {self._last_known()}: it is not over yet")

    def _depth(self, index: int, test: MrdTest) -> None:
        table = plausible().limit_of_detection
        lod, cells = test.limit_of_detection, test.quality.cells
        path = "limit_of_detection"
        if lod is not None:
            if lod < table.least.value * LEAST:
                why = f"cannot be reached by any method (least {scientific(table.least.value)})"
                self._blank("mrd", index, path, f"LoD {scientific(lod)}", why)
            elif cells is not None and (events := table.events.get(test.method or "")) is not None:
                best = events.value / cells
                if lod < best * LEAST:
                    why = f"cannot be reached by {test.method} with {cells:g} cells (at best {scientific(best)})"
                    self._blank("mrd", index, path, f"LoD {scientific(lod)}", why)
        if test.level is not None and cells is not None and test.level < LEAST / cells:
            why = f"is less than one cell of {cells:g}"
            self._blank("mrd", index, "level", f"level {scientific(test.level)}", why)

    def _attestations(self) -> None:
        last = min(self.known, self.as_of)
        kept = []
        for index, item in enumerate(self.patient.attested):
            later = next((when for when in (item.of, item.date) if when is not None and when.earliest > last), None)
            too_soon = item.of is not None and item.date is not None and item.date.latest < item.of.earliest
            if item.value and later is None and too_soon:
                why = f"was said on {item.date}, before the day that it speaks of: correct one of the two"
                self._doubt(f"attested[{index}]", f"{item.what} of {item.of}", why)
            elif later is None or not item.value:
                kept.append(item)
            elif later.earliest > self.known:
                self._doubt(f"attested[{index}]", f"{item.what} of {later}", f"lies after {self._last_known()}")
        if len(kept) < len(self.patient.attested):
            self.single["attested"] = tuple(kept)


def _with(entry: Any, values: dict[str, Any]) -> Any:
    """The entry with fields that are not recorded any more; an end left out is unknown, `end: null` would go on."""
    copy = entry.model_copy(update=values)
    copy.__pydantic_fields_set__.difference_update(name for name, value in values.items() if value is None)
    return copy


def _outside(name: str, shown: str, allowed: _Range) -> str:
    """Why a value cannot be, in the unit it was recorded in, and the unit in which it could."""
    number, _, unit = shown.partition(" ")
    one = convert(name, 1.0, unit)
    text = f"is outside {allowed.low / one:.3g} to {allowed.high / one:.5g} {unit}"
    others = [
        other
        for other in UNITS[name][1]
        if other != unit and allowed.low <= convert(name, float(number), other) <= allowed.high
    ]
    return f"{text}: is it {others[0]}?" if others else f"{text}: correct it"


@cache
def _first_days() -> tuple[int, int]:
    """The first days on which there can have been an MRD test, and functional imaging."""
    table = plausible().dates
    return _new_year(int(table.first_year_of_mrd.value)), _new_year(int(table.first_year_of_imaging.value))


@lru_cache(maxsize=512)
def _new_year(year: int) -> int:
    return date(year, 1, 1).toordinal()
