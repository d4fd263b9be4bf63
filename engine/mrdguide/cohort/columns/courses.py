"""Therapy over columns: phases with their days, whether they go on, and what was begun anew (see `case.therapy`, `case.lines`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ...case.doubts import plausible
from ...case.lines import FOR_DISEASE, LOCAL, TREATMENT, words_of_disease
from ...logic.truth import MET, NOT_MET, UNKNOWN
from ...patient import drugs
from ...patient.stop_reasons import read_stop_reason
from ...patient.therapy import TherapyEntry
from .cohort import Cohort
from .facts import is_value
from .kernel import Column, counted, kernel
from .listed import Listed, chosen, codes_of, listed
from .months import Calendar, add_months, calendar

PHASE, START_REASON = codes_of(TherapyEntry, "phase"), codes_of(TherapyEntry, "start_reason")
_INDUCTION, _TRANSPLANT, _MAINTENANCE = (PHASE[name] for name in ("induction", "transplant", "maintenance"))
_CONTINUOUS, _RELAPSE = PHASE["continuous"], PHASE["relapse"]
_NO_LINE = counted(0, np.int8)
_IS_FOR_DISEASE = chosen(START_REASON, FOR_DISEASE)
_IS_TREATMENT, _MAY_BE_ANEW = chosen(PHASE, TREATMENT), chosen(PHASE, (*TREATMENT, *LOCAL))


class Courses(NamedTuple):
    """All phases of therapy, in order of time for each patient.

    `begins` is whether a start is recorded, `line` 0 where none is; `ended` whether an end is recorded, between
    `end_earliest` and `end_latest`; `end_said` whether the profile says when it ended, or that it has not. `doubted` is whether
    a start is recorded that cannot be. `regimen_of_disease` and `site_of_disease` are whether these words may speak of disease, `long_after`
    whether treatment was begun long after other treatment (see `case.lines`). `whole` says of each patient whether a phase that is not in the list was not given.
    """

    offset: Column
    earliest: Column
    latest: Column
    begins: Column
    phase: Column
    line: Column
    ended: Column
    end_earliest: Column
    end_latest: Column
    end_said: Column
    start_reason: Column
    doubted: Column
    regimen_of_disease: Column
    site_of_disease: Column
    long_after: Column
    whole: Column


def courses(cohort: Cohort) -> Courses:
    """The therapy of a cohort, laid out once."""
    return cohort.once("courses", lambda: _laid_out(cohort, listed(cohort, "therapy")))


def _laid_out(cohort: Cohort, found: Listed) -> Courses:
    codes, kinds = found.alike(("regimen", "site"))
    words = np.array([words_of_disease(entry) for entry in kinds], dtype=np.bool_).reshape(-1, 2)[codes]
    begins, phase = found.dates("start").known | found.dates("date").known, found.words("phase", PHASE)
    gap = int(plausible().therapy.longest_treatment_gap_months.value)
    long_after = _long_after_treatment(
        calendar(), found.offset, found.earliest, found.latest, begins, phase, *found.dates("end"), found.end_recorded(), gap
    )  # fmt: skip
    return Courses(
        found.offset, found.earliest, found.latest, begins, phase,
        np.nan_to_num(found.numbers("line")).astype(np.int8), *found.dates("end"), found.end_recorded(),
        found.words("start_reason", START_REASON), found.doubted(),
        words[:, 0].copy(), words[:, 1].copy(), long_after,
        (found.lengths > 0) & ~cohort.may_lack("therapy") & ~is_value(cohort, "therapy_complete", False),
    )  # fmt: skip


@kernel
def _long_after_treatment(
    table: Calendar, offset: Column, earliest: Column, latest: Column, begins: Column, phase: Column, ended: Column,
    end_earliest: Column, end_latest: Column, end_said: Column, months: int,
) -> Column:  # fmt: skip
    """Whether each entry is treatment begun long after other treatment had ended (see `case.lines.long_after_treatment`)."""
    found = np.zeros(phase.size, dtype=np.bool_)
    for patient in range(offset.size - 1):
        for place in range(offset[patient], offset[patient + 1]):
            if not begins[place] or not _IS_TREATMENT[phase[place]]:
                continue
            for other in range(offset[patient], offset[patient + 1]):
                again = phase[other] == _TRANSPLANT
                if not begins[other] or not (again or (phase[place] != _TRANSPLANT and _IS_TREATMENT[phase[other]])):
                    continue
                goes_on = not ended[other] and end_said[other] and not again
                end = end_latest[other] if ended[other] else latest[other]
                found[place] = found[place] or (not goes_on and add_months(table, end, months) < earliest[place])
    return found


# The bit of a drug that a rule does not name. Which one it is makes no difference: no rule is met by it.
_ANOTHER = 62
_MOST_DRUGS = 62


def drug_bits(cohort: Cohort, names: Iterable[str]) -> tuple[dict[str, int], Column, Column] | None:
    """A bit for each of some drugs (as `drugs.meant` gives them), the drugs of every entry in such bits, and whether all drugs
    of it are recorded by names that are known. None for more drugs than there are bits."""
    bits = {name: 1 << place for place, name in enumerate(sorted(set(names)))}
    if len(bits) > _MOST_DRUGS:
        return None
    codes, kinds = listed(cohort, "therapy").alike(("drugs", "regimen"))
    found = [drugs.listed(entry) for entry in kinds]
    by_kind = [_bits_of(bits, item.names) for item in found]
    known = [bool(item.names) and not item.unread for item in found]
    return bits, np.array(by_kind, dtype=np.int64)[codes], np.array(known, dtype=np.bool_)[codes]


def _bits_of(bits: dict[str, int], names: Iterable[str]) -> int:
    found = 0
    for drug in names:
        found |= bits.get(drug, 1 << _ANOTHER)
    return found


@kernel
def goes_on(found: Courses, place: int, as_of: int) -> int:
    """Whether an entry goes on on the as-of day."""
    if not found.ended[place]:
        return MET if found.end_said[place] else UNKNOWN
    if found.end_earliest[place] > as_of:
        return MET
    return NOT_MET if found.end_latest[place] <= as_of else UNKNOWN


@kernel
def episode(found: Courses, place: int, as_of: int) -> tuple[int, int, int, int]:
    """The shortest and the longest an entry can have lasted: latest start, earliest end, earliest start, latest end."""
    earliest, latest = found.earliest[place], found.latest[place]
    if found.ended[place]:
        first, last = min(found.end_earliest[place], as_of), min(found.end_latest[place], as_of)
    elif found.end_said[place]:
        first, last = as_of, as_of
    else:
        first, last = earliest, as_of
    if found.phase[place] == 0:
        return as_of, as_of, earliest, last
    return latest, max(first, earliest), earliest, last


@kernel
def begun_anew(found: Courses, begin: int, end: int, place: int, whole: bool) -> int:
    """Whether an entry begins a new line, or treatment anew after an earlier maintenance or transplant."""
    line, phase = found.line[place], found.phase[place]
    if line >= 2:
        return _first_of_its_line(found, begin, end, place, line)
    if phase == _RELAPSE:
        return MET
    if phase == 0:
        return UNKNOWN
    after = _begun_after(found, begin, end, place, whole)
    if after == MET:
        return MET if _IS_TREATMENT[phase] and _first_of_any_line(found, begin, end, place) else UNKNOWN
    return UNKNOWN if after == UNKNOWN or line == 0 or found.long_after[place] else NOT_MET


def newest_line(cohort: Cohort) -> Column:
    """The last day on which a new line of therapy was begun or one was ended because of disease, or may have been; 0 where none
    was, and the day judged where the therapy list may lack one (see `case.lines.turns_since`)."""

    def make() -> Column:
        codes, kinds = listed(cohort, "therapy").alike(("stop_reason",))
        for_disease = [bool(item.stop_reason) and read_stop_reason(item.stop_reason) in FOR_DISEASE for item in kinds]
        return _newest_line(courses(cohort), np.array(for_disease, dtype=np.bool_)[codes], cohort.days)

    return cohort.once("newest line", make)


@kernel
def _newest_line(found: Courses, ended_for_disease: Column, today: Column) -> Column:
    newest = np.zeros(found.whole.size, dtype=np.int32)
    for patient in range(newest.size):
        begin, end = found.offset[patient], found.offset[patient + 1]
        for place in range(begin, end):
            if found.doubted[place]:
                continue
            if (
                _IS_FOR_DISEASE[found.start_reason[place]]
                or begun_anew(found, begin, end, place, found.whole[patient]) != NOT_MET
            ):
                newest[patient] = max(newest[patient], found.latest[place])
            if ended_for_disease[place]:
                last = min(found.end_latest[place], today[patient]) if found.ended[place] else today[patient]
                newest[patient] = max(newest[patient], last)
    return newest


@kernel
def _first_of_its_line(found: Courses, begin: int, end: int, place: int, line: int) -> int:
    """Whether a line (0: one that is not recorded) began with an entry."""
    first = MET
    for other in range(begin, end):
        if other == place or (found.line[other] != line and found.line[other] != 0):
            continue
        if found.latest[other] < found.earliest[place] and found.line[other] != 0:
            return NOT_MET
        if found.earliest[other] < found.latest[place] and found.start_reason[other] != 0:
            first = UNKNOWN
    return first


@kernel
def _first_of_any_line(found: Courses, begin: int, end: int, place: int) -> bool:
    if found.line[place] != 0:
        return True
    if _first_of_its_line(found, begin, end, place, _NO_LINE) != MET:
        return False
    for other in range(begin, end):
        line = found.line[other]
        if line >= 2 and _first_of_its_line(found, begin, end, place, line) != MET:
            return False
    return True


@kernel
def _begun_after(found: Courses, begin: int, end: int, place: int, whole: bool) -> int:
    """Whether it began after an earlier maintenance; induction and continuous therapy also after a transplant."""
    phase = found.phase[place]
    if not _MAY_BE_ANEW[phase] or _opened_the_course(found, begin, end, place, whole):
        return NOT_MET
    after_transplant = phase in (_INDUCTION, _CONTINUOUS)
    if after_transplant and found.line[place] != 0:
        after_transplant = _another(found, begin, end, place)
    after = NOT_MET
    for other in range(begin, end):
        earlier = found.phase[other]
        if other == place or not (
            earlier == _MAINTENANCE or earlier == 0 or (after_transplant and earlier == _TRANSPLANT)
        ):
            continue
        if found.latest[other] < found.earliest[place] and earlier != 0:
            return MET
        if found.earliest[other] < found.latest[place]:
            after = UNKNOWN
    return after


@kernel
def _another(found: Courses, begin: int, end: int, place: int) -> bool:
    """Whether another entry of its phase is on record."""
    for other in range(begin, end):
        if other != place and (found.phase[other] == found.phase[place] or found.phase[other] == 0):
            return True
    return False


@kernel
def _opened_the_course(found: Courses, begin: int, end: int, place: int, whole: bool) -> bool:
    """Whether an entry is the one undated induction of the first line, over or not said to go on, of a course with dates."""
    if (
        found.phase[place] != _INDUCTION
        or found.line[place] != 1
        or found.begins[place]
        or not whole
        or found.doubted[place]
    ):
        return False
    if not found.ended[place] and found.end_said[place]:
        return False
    dated = False
    for other in range(begin, end):
        if other == place:
            continue
        phase = found.phase[other]
        if phase in (_INDUCTION, _CONTINUOUS, 0):
            return False
        if phase == _MAINTENANCE:
            dated = dated or found.begins[other]
            if found.ended[place] and found.end_latest[place] > found.earliest[other]:
                return False
    return dated
