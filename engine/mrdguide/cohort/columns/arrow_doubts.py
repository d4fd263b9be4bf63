"""What cannot be of profiles in Arrow columns reads as unknown, as `case.doubts` finds it of one patient.

The columns stay as they are recorded; what is judged is seen through `Changed`, which leaves out what is doubted.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from ...case.case import LONG_AGO
from ...case.doubts import LEAST, plausible
from ...case.events import OF_THE_COURSE
from ...case.unreadable import unreadable_markers
from ...patient.bad_news import Adversity, adverse
from ...patient.markers import MarkerPanel
from ...patient.mrd import MrdTest
from ...patient.profile import Cytogenetics, Diagnosis, Patient
from ...patient.units import UNITS, Labs
from .arrow_fields import DAYS_BEFORE_1970, Change, Changes, Fields
from .kernel import Column
from .listed import codes_of
from .months import calendar, months_after
from .of_arrow import LISTS, ArrowEntries, ArrowProfiles
from .profiles import Dates

# Neither is bad news, and they would make every entry another one.
_NEVER_ADVERSE = ("date", "quality")
_NOBODY = Patient.model_construct(
    id="nobody", diagnosis=Diagnosis(disease="multiple-myeloma"), responses=(), therapy=()
)


class Doubted(NamedTuple):
    """Profiles without what cannot be, and the rows of which that must be found out one by one."""

    profiles: ArrowProfiles
    undecided: Column


def without_doubts(profiles: ArrowProfiles, as_of: int | Column) -> Doubted:
    """The profiles as they are judged on a day, one for all or one for each. Every row holds what a profile may hold (`plain_rows`)."""
    days = _Days(profiles, as_of)
    single = {**days.changes(profiles), **_baseline(profiles)}
    undecided = np.zeros(len(profiles), dtype=np.bool_)
    entries = {}
    for name in LISTS:
        found = _OfList(name, profiles, days)
        undecided[found.undecided()] = True
        entries[name] = found.changed()
    return Doubted(profiles.changed(single, entries), undecided)


class _Days:
    """The days that dates of each patient have to keep. `known` is the last day of which anything can be known."""

    def __init__(self, profiles: ArrowProfiles, as_of: int | Column) -> None:
        recorded, diagnosed, table = profiles.dates("recorded"), profiles.dates("diagnosis.date"), plausible().dates
        as_of = np.broadcast_to(np.asarray(as_of, dtype=np.int32), len(profiles))
        self.as_of, self.has_end, self.record_ends = as_of, recorded.known, recorded.latest
        self.known = np.where(recorded.known, recorded.latest, as_of)
        born = profiles.numbers("birth_year")
        age = year_of(as_of) - born
        self._no_birth = (age > table.oldest_age.value) | (age < 0)
        self._no_diagnosis = diagnosed.known & (diagnosed.earliest > np.maximum(self.known, as_of))
        has_birth = ~np.isnan(born) & ~self._no_birth
        self.birth = np.where(has_birth, _new_year(np.where(has_birth, born, 1970)), 0)
        begins = _months_after(diagnosed.earliest, -int(table.months_before_diagnosis.value))
        self.course = np.maximum(np.where(diagnosed.known & ~self._no_diagnosis, begins, 0), self.birth)

    def changes(self, profiles: ArrowProfiles) -> Changes:
        """What is doubted of birth and diagnosis."""
        return {"birth_year": Change(self._no_birth), "diagnosis.date": Change(self._no_diagnosis)}


def _new_year(years: Column | float) -> Column:
    """The first day of years."""
    first: Column = (np.asarray(years).astype(np.int64) - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return first.astype(np.int64) + DAYS_BEFORE_1970


def year_of(days: Column) -> Column:
    """The years that days lie in."""
    in_days = (days.astype(np.int64) - DAYS_BEFORE_1970).astype("datetime64[D]")
    found: Column = in_days.astype("datetime64[Y]").astype(np.int64) + 1970
    return found


def _months_after(days: Column, months: int) -> Column:
    """So many months after each day (or before it); whatever stands in the place of a day that is none is left alone."""
    found: Column = months_after(calendar(), days, months, LONG_AGO)
    return found


def _baseline(profiles: ArrowProfiles) -> dict[str, Change]:
    baseline = profiles.single.inside("baseline")
    found = {f"baseline.labs.{path}": change for path, change in _labs(baseline.inside("labs"), Labs).items()}
    genes, lacking, most = baseline.inside("cytogenetics"), profiles.may_lack("cytogenetics"), plausible().absent_up_to
    for name in Cytogenetics.model_fields:
        gene = genes.inside(name)
        unlike = lacking | (gene.numbers("fraction") > most.get(name, most["other"]).value)
        if name.startswith("del_"):
            unlike |= gene.numbers("copies") < 2
        found[f"baseline.cytogenetics.{name}.status"] = Change(unlike & gene.is_value("status", "absent"))
    return found


def _labs(labs: Fields, model: Any) -> dict[str, Change]:
    """Laboratory values, and upper limits, outside of what can be."""
    table, found = plausible(), {}
    for name in model.model_fields:
        key = name.rstrip("_")
        if key not in UNITS:
            continue
        for path, part, ranges in (
            (name, "value", table.labs), (f"{name}.upper_limit", "upper_limit", table.upper_limits)
        ):  # fmt: skip
            if key in ranges:
                values = labs.quantities(name, part)
                found[path] = Change((values < ranges[key].low) | (values > ranges[key].high))
    return found


class _OfList:
    """What is doubted of the entries of one list."""

    def __init__(self, name: str, profiles: ArrowProfiles, days: _Days) -> None:
        self._name, self._days, self._profiles = name, days, profiles
        self._entries = profiles.entries(name)
        self._owner = self._entries.owner
        self._floor = self._first_day()
        self._undecided = np.zeros(self._owner.size, dtype=np.bool_)
        self._changes: dict[str, Change] = {}
        # Dates on which it rests when something happened: one that is doubted is remembered as such.
        begins = ("start", "date") if name == "therapy" else ("date",)
        for field in begins:
            self._changes[field] = Change(self._cannot_be(self._entries.dates(field)))
        self._doubted = reduce(np.logical_or, [self._changes[field].rows for field in begins])
        for path, change in _MORE.get(name, _nothing)(self._entries, days, self._floor).items():
            self._changes[path] = change
        if name == "markers":
            self._undecided |= self._unreadable(set(self._changes) - {"date"})

    def undecided(self) -> Column:
        """The patients of whom it must be found out one by one."""
        found: Column = self._owner[self._undecided]
        return found

    def changed(self) -> ArrowEntries:
        """The entries as they are judged."""
        return self._entries.changed(self._changes, self._doubted)

    def _unreadable(self, paths: set[str]) -> Column:
        """The panels with a value that cannot be in its unit, and may be bad news in another."""
        found = np.zeros(self._owner.size, dtype=np.bool_)
        places = np.flatnonzero(reduce(np.logical_or, [self._changes[path].rows for path in paths], found))
        if places.size:
            found[places] = [bool(unreadable_markers(panel)) for panel in self._entries.some(places).read()]
        return found

    def _first_day(self) -> Column:
        """For each entry the first day on which there can have been such a thing."""
        days, dates = self._days, plausible().dates
        of_the_course, birth = days.course[self._owner], days.birth[self._owner]
        if self._name in ("markers", "toxicities"):
            return birth
        if self._name == "events":
            codes = self._entries.fields.coded("kind")
            return np.where(codes.are(OF_THE_COURSE), of_the_course, birth)
        first = {"mrd": dates.first_year_of_mrd, "imaging": dates.first_year_of_imaging}.get(self._name)
        return of_the_course if first is None else np.maximum(of_the_course, _new_year(first.value))

    def _cannot_be(self, when: Dates) -> Column:
        """Dates before there can have been such a thing, and of bad news later than can be known."""
        early = when.known & (when.latest < self._floor)
        later = when.known & ~early & (when.earliest > self._days.known[self._owner])
        return early | self._bad_news(later)

    def _bad_news(self, which: Column) -> Column:
        """Those of some entries that are bad news; where that hangs on other entries it is left undecided."""
        places = np.flatnonzero(which)
        found = np.zeros(which.size, dtype=np.bool_)
        if not places.size:
            return found
        some = self._entries.some(places)
        if self._name == "markers":  # hardly two are alike
            codes, kinds = np.arange(places.size), some.read()
        else:
            codes, kinds = some.alike(tuple(field for field in some.names if field not in _NEVER_ADVERSE))
        in_any_course = np.array([adverse(self._name, kind) != Adversity.NO for kind in kinds])[codes]
        by_itself = np.array([adverse(self._name, kind, _NOBODY) != Adversity.NO for kind in kinds])[codes]
        found[places] = by_itself
        self._undecided[places[in_any_course != by_itself]] = True
        return found


def _nothing(_: ArrowEntries, __: _Days, ___: Column) -> Mapping[str, Change]:
    return {}


def _of_mrd(entries: ArrowEntries, _: _Days, __: Column) -> Mapping[str, Change]:
    """Depths that the cells analysed do not allow. Cells not recorded are NaN, of which no comparison holds."""
    fields, limits = entries.fields, plausible().limit_of_detection
    level, lod, cells = (
        fields.numbers("level"), fields.numbers("limit_of_detection"), fields.inside("quality").numbers("cells")
    )  # fmt: skip
    cells = np.where(cells > 0, cells, np.nan)
    unreached = lod < limits.least.value * LEAST
    for method in codes_of(MrdTest, "method"):
        if method in limits.events:
            best = limits.events[method].value / cells
            unreached |= fields.is_value("method", method) & (lod < best * LEAST)
    return {"limit_of_detection": Change(unreached), "level": Change(level < LEAST / cells)}


def _of_markers(entries: ArrowEntries, _: _Days, __: Column) -> Mapping[str, Change]:
    return _labs(entries.fields, MarkerPanel)


def _of_events(entries: ArrowEntries, days: _Days, _: Column) -> Mapping[str, Change]:
    """Ends before the event itself, and ends that have not been seen: then it is not known to be over."""
    when, end = entries.dates("date"), entries.dates("end")
    before = end.known & when.known & (end.latest < when.earliest)
    unseen = end.known & ~before & (end.earliest > np.minimum(days.known, days.as_of)[entries.owner])
    return {
        "end": Change(before | unseen),
        "status": Change(unseen & entries.fields.is_value("status", "resolved")),
    }


def _of_therapy(entries: ArrowEntries, days: _Days, floor: Column) -> Mapping[str, Change]:
    owner, end = entries.owner, entries.dates("end")
    planned = days.has_end[owner] & (end.earliest > days.record_ends[owner]) & (end.earliest <= days.as_of[owner])
    return {
        "end": Change(end.known & ((end.latest < floor) | planned)),
        "phase": Change(_endless_induction(entries, days), "continuous"),
    }


def _endless_induction(entries: ArrowEntries, days: _Days) -> Column:
    """Induction that goes on for years, with nothing begun since."""
    start, end, day = entries.dates("start"), entries.dates("end"), entries.dates("date")
    months = int(plausible().therapy.longest_induction_months.value)
    long_ago = start.known & (_months_after(start.latest, months) < days.as_of[entries.owner])
    found = (
        entries.fields.is_value("phase", "induction")
        & long_ago
        & ~(end.known & (end.earliest <= days.as_of[entries.owner]))
    )
    # Of an entry that can begin at any time nothing is known to be before it.
    begins = np.where(start.known, start.latest, np.where(day.known, day.latest, np.iinfo(np.int32).max))
    patients = days.known.size
    last = np.zeros(patients, dtype=np.int64)
    np.maximum.at(last, entries.owner, begins)
    return found & (begins >= last[entries.owner])


_MORE = {"mrd": _of_mrd, "markers": _of_markers, "events": _of_events, "therapy": _of_therapy}
