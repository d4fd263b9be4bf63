"""Which rows of an Arrow batch are plain: they hold what a profile may hold, nothing that cannot be, and nothing that only the
one-patient engine reads.

In doubt a row is not plain. The others are read one by one, with a message where something is wrong with them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...case.case import LONG_AGO
from ...case.doubts import plausible
from ...dates import add_months
from ...patient.fields import MOST_COURSES
from ...patient.markers import MarkerPanel
from ...patient.mrd import MrdTest
from ...patient.profile import Cytogenetics
from ...patient.units import UNITS, Labs
from .arrow_fields import Fields
from .kernel import Column
from .listed import codes_of
from .of_arrow import LISTS, ArrowEntries, ArrowProfiles
from .profiles import Dates

_SLACK = 1 + 1e-9
_DAYS_BEFORE_1970 = 719_163


class _Days:
    """The days that dates of each patient have to keep (see `case.doubts`)."""

    def __init__(self, profiles: ArrowProfiles, as_of: int) -> None:
        recorded, diagnosed = profiles.dates("recorded"), profiles.dates("diagnosis.date")
        self.as_of, self.has_end, self.record_ends = as_of, recorded.known, recorded.latest
        self.known = np.where(recorded.known, recorded.latest, as_of)
        self.diagnosed = diagnosed
        months = -int(plausible().dates.months_before_diagnosis.value)
        self.course = np.where(diagnosed.known, _months_after(diagnosed.earliest, months), 0)
        self.born = profiles.numbers("birth_year")
        self.birth = np.where(np.isnan(self.born), 0, _new_year(np.clip(np.nan_to_num(self.born), 1, 9999)))
        self.course = np.maximum(self.course, self.birth)


def _new_year(years: Column) -> Column:
    """The first day of years."""
    first: Column = (years.astype(np.int64) - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return first + _DAYS_BEFORE_1970


def _year(days: Column) -> Column:
    """The years that days lie in."""
    in_days = (days.astype(np.int64) - _DAYS_BEFORE_1970).astype("datetime64[D]")
    found: Column = in_days.astype("datetime64[Y]").astype(np.int64) + 1970
    return found


def plain(profiles: ArrowProfiles, as_of: int) -> Column:
    """Whether each row of a batch is plain on a day."""
    bad = profiles.single.look().copy()
    for name in LISTS:
        entries = profiles.entries(name)
        bad |= np.bincount(entries.owner, minlength=len(profiles)) > MOST_COURSES
        bad |= _of_any(profiles, entries, entries.fields.look())
    bad |= _unusual(profiles)
    # Days are compared of rows that hold days alone.
    days = _Days(profiles, as_of)
    bad |= _at_diagnosis(profiles, days)
    for name in LISTS:
        entries = profiles.entries(name)
        bad |= _of_any(profiles, entries, _OF_LIST[name](entries, days))
    return ~bad


def _of_any(profiles: ArrowProfiles, entries: ArrowEntries, which: Column) -> Column:
    found: Column = np.bincount(entries.owner[which], minlength=len(profiles)) > 0
    return found


def _unusual(profiles: ArrowProfiles) -> Column:
    """Nobody without an id and a diagnosis, and nothing attested or declared out of reach (lists that hold anything are not
    plain already)."""
    nameless = profiles.single.coded("id").codes == 0
    found: Column = nameless | (profiles.single.inside("diagnosis").coded("disease").codes == 0)
    return found


def _at_diagnosis(profiles: ArrowProfiles, days: _Days) -> Column:
    baseline = profiles.single.inside("baseline")
    bad = days.diagnosed.known & (days.diagnosed.earliest > np.maximum(days.known, days.as_of))
    bad |= days.diagnosed.known & (_year(days.diagnosed.earliest) < days.born)
    age = _year(np.array([days.as_of]))[0] - days.born
    bad |= (age < 0) | (age > plausible().dates.oldest_age.value)
    bad |= _out_of_range(baseline.inside("labs"), Labs)
    genes = baseline.inside("cytogenetics")
    bad |= profiles.may_lack("cytogenetics")
    for name in Cytogenetics.model_fields:
        found = genes.inside(name)
        is_present = _is(found, "status", "present")
        detailed = ~np.isnan(found.numbers("fraction")) | ~np.isnan(found.numbers("copies"))
        detailed |= found.coded("zygosity").codes != 0
        bad |= detailed & ~is_present
        bad |= is_present & ((found.numbers("fraction") == 0) | (found.numbers("copies") < 3))
    return bad


def _is(fields: Fields, name: str, value: Any) -> Column:
    values, codes = fields.coded(name)
    return np.array([item == value for item in values], dtype=np.bool_)[codes]


def _out_of_range(labs: Fields, model: Any) -> Column:
    """Laboratory values, and upper limits, outside of what can be."""
    table, bad = plausible(), np.zeros(labs.size, dtype=np.bool_)
    for name in model.model_fields:
        key = name.rstrip("_")
        if key not in UNITS:
            continue
        for part, ranges in (("value", table.labs), ("upper_limit", table.upper_limits)):
            if key in ranges:
                values = labs.quantities(name, part)
                bad |= (values < ranges[key].low) | (values > ranges[key].high)
    return bad


def _beyond(when: Dates, owner: Column, floor: Column, days: _Days) -> Column:
    """Dates before there can have been such a thing, or later than can be known."""
    found: Column = when.known & ((when.latest < floor[owner]) | (when.earliest > days.known[owner]))
    return found


def _dated(entries: ArrowEntries, days: _Days) -> Column:
    return _beyond(entries.dates("date"), entries.owner, days.course, days)


def _of_mrd(entries: ArrowEntries, days: _Days) -> Column:
    first = _new_year(np.array([plausible().dates.first_year_of_mrd.value]))[0]
    bad = _beyond(entries.dates("date"), entries.owner, np.maximum(days.course, first), days)
    fields, limits = entries.fields, plausible().limit_of_detection
    level, lod = fields.numbers("level"), fields.numbers("limit_of_detection")
    # Cells not recorded are NaN, of which no comparison holds.
    cells = np.where(fields.inside("quality").numbers("cells") > 0, fields.inside("quality").numbers("cells"), np.nan)
    bad |= ~np.isnan(level) & (_is(fields, "result", "not-detected") | _is(fields, "result", "failed"))
    bad |= lod < limits.least.value * _SLACK
    for method in codes_of(MrdTest, "method"):
        if method in limits.events:
            bad |= _is(fields, "method", method) & (lod < limits.events[method].value / cells * _SLACK)
    bad |= level < _SLACK / cells
    return bad


def _of_imaging(entries: ArrowEntries, days: _Days) -> Column:
    first = _new_year(np.array([plausible().dates.first_year_of_imaging.value]))[0]
    bad = _beyond(entries.dates("date"), entries.owner, np.maximum(days.course, first), days)
    fields = entries.fields
    bad |= ~np.isnan(fields.numbers("rac")) & _is(fields, "modality", "PET-CT")
    scored = ~np.isnan(fields.numbers("deauville_focal")) | ~np.isnan(fields.numbers("deauville_marrow"))
    return bad | (scored & _is(fields, "modality", "WB-DWI-MRI"))


def _of_markers(entries: ArrowEntries, days: _Days) -> Column:
    return _beyond(entries.dates("date"), entries.owner, days.birth, days) | _out_of_range(entries.fields, MarkerPanel)


def _of_events(entries: ArrowEntries, days: _Days) -> Column:
    when, end = entries.dates("date"), entries.dates("end")
    bad = _beyond(when, entries.owner, days.course, days)
    bad |= end.known & when.known & (end.latest < when.earliest)
    return bad | (end.known & (end.earliest > np.minimum(days.known, days.as_of)[entries.owner]))


def _of_toxicities(entries: ArrowEntries, days: _Days) -> Column:
    return _beyond(entries.dates("date"), entries.owner, days.birth, days)


def _of_therapy(entries: ArrowEntries, days: _Days) -> Column:
    fields, owner = entries.fields, entries.owner
    start, end = entries.dates("start"), entries.dates("end")
    bad = _beyond(start, owner, days.course, days) | _beyond(entries.dates("date"), owner, days.course, days)
    bad |= end.known & (end.latest < days.course[owner])
    bad |= start.known & end.known & (end.latest < start.earliest)
    bad |= days.has_end[owner] & end.known & (end.earliest > days.record_ends[owner]) & (end.earliest <= days.as_of)
    has_phase = fields.coded("phase").codes != 0
    bad |= (fields.coded("kind").codes != 0) & has_phase & ~_is(fields, "phase", "transplant")
    bad |= (fields.coded("site").codes != 0) & has_phase & ~_is(fields, "phase", "radiotherapy")
    goes_on = ~end.known | (end.earliest > days.as_of)
    months = int(plausible().therapy.longest_induction_months.value)
    long_ago = start.known & (_months_after(start.latest, months) < days.as_of)
    return bad | (_is(fields, "phase", "induction") & goes_on & long_ago)


_OF_LIST = {
    "therapy": _of_therapy, "responses": _dated, "mrd": _of_mrd, "imaging": _of_imaging, "markers": _of_markers,
    "events": _of_events, "toxicities": _of_toxicities,
}  # fmt: skip


def _months_after(days: Column, months: int) -> Column:
    """So many months after each day (or before it); whatever stands in the place of a day that is none is left alone."""
    known, place = np.unique(days, return_inverse=True)
    found = [add_months(int(day), months) if day >= LONG_AGO else 0 for day in known]
    return np.array(found, dtype=np.int32)[place]
