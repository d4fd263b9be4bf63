"""`therapy_now`, `therapy_over` and `therapy_duration` over columns."""

from __future__ import annotations

import numpy as np

from ....case.case import LONG_AGO
from ....logic.operators.therapy import TherapyDuration, TherapyNow
from ....logic.operators.therapy_over import TherapyOver
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ....patient.drugs import meant
from ..cohort import Verdicts
from ..courses import PHASE, Courses, courses, drug_bits, episode, goes_on
from ..kernel import Column, counted, kernel
from ..listed import chosen
from ..meaning import LEFT, Asked, Meaning
from ..months import Calendar, add_months, calendar

_ANY_LINE, _NONE = 0, counted(-1)
_TRANSPLANT, _INDUCTION = PHASE["transplant"], PHASE["induction"]


def _now(operator: TherapyNow, asked: Asked) -> Verdicts | None:
    named = (*operator.drugs, *operator.only_one_of, *(drug for regimen in operator.regimens for drug in regimen))
    found = drug_bits(asked.cohort, meant(named))
    if found is None:
        return None
    bits, drugs, known = found

    def together(names: tuple[str, ...]) -> int:
        return sum({bits[name] for name in meant(names)})

    return _going_on(
        courses(asked.cohort), drugs, known, PHASE[operator.phase], operator.line or _ANY_LINE, together(operator.drugs),
        together(operator.only_one_of), np.array([together(item) for item in operator.regimens], dtype=np.int64),
        asked.cohort.may_lack("therapy"), asked.context.absent, asked.cohort.days,
    )  # fmt: skip


@kernel
def _going_on(
    found: Courses, drugs: Column, known: Column, phase: int, line: int, wanted: int, single: int, regimens: Column, lacking: Column,
    absent: int, today: Column,
) -> Column:  # fmt: skip
    verdicts = np.empty(found.whole.size, dtype=np.uint8)
    for patient in range(verdicts.size):
        as_of = today[patient]
        entries = named = False
        best = NOT_MET
        sure = perhaps = 0
        all_known = all_known_perhaps = True
        for place in range(found.offset[patient], found.offset[patient + 1]):
            if found.phase[place] != phase and found.phase[place] != 0:
                continue
            entries = True
            now = goes_on(found, place, as_of)
            if found.phase[place] == 0:
                now = min(now, UNKNOWN)
            else:
                named = True
            if line != _ANY_LINE and found.line[place] != line:
                now = min(now, UNKNOWN if found.line[place] == 0 else NOT_MET)
            best = max(best, now)
            if now != NOT_MET:
                perhaps |= drugs[place]
                all_known_perhaps = all_known_perhaps and known[place]
            if now == MET:
                sure |= drugs[place]
                all_known = all_known and known[place]
        if not entries:
            verdicts[patient] = absent if found.whole[patient] else UNKNOWN
            continue
        settled = sure == perhaps and all_known and all_known_perhaps
        if lacking[patient]:
            asks_drugs = wanted != 0 or single != 0 or regimens.size > 0
            verdict = min(max(best, UNKNOWN), UNKNOWN if asks_drugs else MET)
        else:
            verdict = min(best, _by_drugs(sure, perhaps, settled, all_known_perhaps, wanted, single, regimens))
        verdicts[patient] = verdict if named or found.whole[patient] else max(verdict, UNKNOWN)
    return verdicts


@kernel
def _by_drugs(
    sure: int, perhaps: int, settled: bool, all_known_perhaps: bool, wanted: int, single: int, regimens: Column
) -> int:
    result = MET
    if wanted & ~sure:
        result = UNKNOWN if not wanted & ~perhaps or not all_known_perhaps else NOT_MET
    if single:
        several = sure & (sure - 1) != 0
        if several or sure & ~single:
            result = NOT_MET
        elif not settled:
            result = min(result, UNKNOWN)
        elif sure == 0:
            result = NOT_MET
    if regimens.size:
        within = equal = False
        for regimen in regimens:
            within = within or not sure & ~regimen
            equal = equal or sure == regimen
        if not within:
            result = NOT_MET
        elif not settled:
            result = min(result, UNKNOWN)
        elif not equal:
            result = NOT_MET
    return result


def _over(operator: TherapyOver, asked: Asked) -> Verdicts:
    return _all_ended(
        courses(asked.cohort), chosen(PHASE, operator.phases), asked.context.absent, asked.cohort.days
    )  # fmt: skip


@kernel
def _all_ended(found: Courses, phases: Column, absent: int, today: Column) -> Column:
    verdicts = np.empty(found.whole.size, dtype=np.uint8)
    for patient in range(verdicts.size):
        as_of = today[patient]
        now = given = NOT_MET
        for place in range(found.offset[patient], found.offset[patient + 1]):
            phase = found.phase[place]
            if phase != 0 and not phases[phase]:
                continue
            given = max(given, MET if phase != 0 else UNKNOWN)
            if phase != _TRANSPLANT:
                on = goes_on(found, place, as_of)
                now = max(now, on if phase != 0 else min(on, UNKNOWN))
        if now == MET:
            verdicts[patient] = NOT_MET
        elif not found.whole[patient]:
            verdicts[patient] = UNKNOWN
        else:
            verdicts[patient] = min(given, MET - now) if given != NOT_MET else absent
    return verdicts


def _duration(operator: TherapyDuration, asked: Asked) -> Verdicts:
    return _long_enough(
        calendar(), courses(asked.cohort), chosen(PHASE, operator.phase), operator.months,
        operator.pause is not None, asked.context.absent, asked.cohort.days,
    )  # fmt: skip


@kernel
def _long_enough(
    table: Calendar, found: Courses, phases: Column, months: int, pauses: bool, absent: int, today: Column
) -> Column:
    """One episode lasts from its start to its end; of several the pauses between them have to be read."""
    verdicts = np.empty(found.whole.size, dtype=np.uint8)
    for patient in range(verdicts.size):
        as_of = today[patient]
        whole, only, several = found.whole[patient], _NONE, False
        for place in range(found.offset[patient], found.offset[patient + 1]):
            if found.phase[place] == 0 or phases[found.phase[place]]:
                several = several or only >= 0
                only = place
        if several or (pauses and only >= 0 and _treated_within(found, patient, only)):
            verdicts[patient] = LEFT
            continue
        if only < 0:
            verdicts[patient] = absent if whole else UNKNOWN
            continue
        latest_start, earliest_end, earliest_start, latest_end = episode(found, only, as_of)
        verdicts[patient] = UNKNOWN
        if latest_start < earliest_end and _reaches(table, latest_start, earliest_end, months):
            verdicts[patient] = MET
        elif whole and not (earliest_start <= latest_end and _reaches(table, earliest_start, latest_end, months)):
            # One that does not say its phase may be of another, and then there was none.
            verdicts[patient] = NOT_MET if found.phase[only] != 0 else absent
    return verdicts


@kernel
def _treated_within(found: Courses, patient: int, only: int) -> bool:
    """Whether induction or a transplant was, or may have been, begun since an episode began."""
    for place in range(found.offset[patient], found.offset[patient + 1]):
        treatment = found.phase[place] in (_TRANSPLANT, _INDUCTION) and found.begins[place]
        if treatment and place != only and found.earliest[place] > found.earliest[only]:
            return True
    return False


@kernel
def _reaches(table: Calendar, start: int, end: int, months: int) -> bool:
    return start <= LONG_AGO or add_months(table, start, months) <= end


MEANINGS: dict[str, Meaning] = {"therapy_now": _now, "therapy_over": _over, "therapy_duration": _duration}
