"""`event` and `extramedullary` over columns."""

from __future__ import annotations

import numpy as np

from ....logic.operators.event import EventRecorded
from ....logic.operators.extramedullary import Extramedullary
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ..cohort import Cohort, Verdicts
from ..courses import Courses, courses
from ..facts import is_value
from ..happenings import ACTIVE, KIND, Begun, Happenings, after_the_start, begun, followed_by_line, happenings, over
from ..kernel import Column, kernel
from ..listed import chosen, listed
from ..meaning import Asked, Meaning
from ..months import Calendar, add_months, calendar, recent

_NO_LINE = 0
_NO_MONTHS = -1
_EXTRAMEDULLARY = KIND["extramedullary-disease"]


def _event(operator: EventRecorded, asked: Asked) -> Verdicts:
    cohort = asked.cohort
    return _counts(
        happenings(cohort), courses(cohort), begun(cohort), chosen(KIND, operator.kind),
        _in_words(cohort, operator), calendar(), operator.not_over, operator.not_before_therapy,
        _NO_MONTHS if operator.near is None else operator.near, operator.not_followed_by_line or _NO_LINE, operator.reads == "history", asked.none_in("events"), cohort.days,
    )  # fmt: skip


def _in_words(cohort: Cohort, operator: EventRecorded) -> Column:
    """What each event's attribution and words say of whether it counts."""
    codes, kinds = listed(cohort, "events").alike(("term", "note", "attribution"))
    found = [min((verdict for verdict, _ in operator.in_words(event)), default=MET) for event in kinds]
    return np.array(found, dtype=np.uint8)[codes]


@kernel
def _counts(
    found: Happenings, therapy: Courses, start: Begun, kinds: Column, in_words: Column, table: Calendar,
    not_over: bool, not_before: bool, near: int, line: int, history: bool, none: Column, today: Column,
) -> Column:  # fmt: skip
    verdicts = none.copy()
    for patient in range(verdicts.size):
        as_of = today[patient]
        best = NOT_MET
        for place in range(found.offset[patient], found.offset[patient + 1]):
            kind, earliest, latest = found.kind[place], found.earliest[place], found.latest[place]
            if kind != 0 and not kinds[kind]:
                continue
            counts = min(int(in_words[place]), int(found.happened[place]))
            if not_over:
                counts = min(counts, MET - over(found, place, as_of))
            active = found.status[place] == ACTIVE
            if not_before and near != _NO_MONTHS:
                first, last = (
                    add_months(table, start.first[patient], near),
                    add_months(table, start.last[patient], near),
                )
                after = MET if (as_of if active else earliest) > last else UNKNOWN
                counts = min(counts, NOT_MET if (as_of if active else latest) <= first else after)
            elif not_before and not active:
                counts = min(counts, after_the_start(start, patient, earliest, latest))
            if line != _NO_LINE:
                counts = min(counts, MET - followed_by_line(therapy, patient, earliest, latest, line, as_of))
            fit = MET - counts if history else counts
            best = max(best, fit if kind != 0 else min(fit, UNKNOWN))
        if best != NOT_MET:
            verdicts[patient] = best
    return verdicts


def _extramedullary(operator: Extramedullary, asked: Asked) -> Verdicts:
    cohort = asked.cohort
    return _disease(
        calendar(), happenings(cohort), courses(cohort), begun(cohort),
        is_value(cohort, "baseline.extramedullary_disease.status", "absent"), operator.reads == "new",
        operator.near, operator.within, operator.not_followed_by_line or _NO_LINE, asked.none_in("events"), cohort.days,
    )  # fmt: skip


@kernel
def _disease(
    table: Calendar, found: Happenings, therapy: Courses, start: Begun, absent_before: Column, reads_new: bool,
    near: int, within: int, line: int, none: Column, today: Column,
) -> Column:  # fmt: skip
    verdicts = none.copy()
    for patient in range(verdicts.size):
        as_of = today[patient]
        best = NOT_MET
        for place in range(found.offset[patient], found.offset[patient + 1]):
            kind, earliest, latest = found.kind[place], found.earliest[place], found.latest[place]
            if kind != 0 and kind != _EXTRAMEDULLARY:
                continue
            first, last = start.first[patient], start.last[patient]
            if not absent_before[patient]:
                first, last = add_months(table, first, near) + 1, add_months(table, last, near) + 1
            new = NOT_MET if latest < first else MET if earliest >= last else UNKNOWN
            fit = int(found.happened[place])
            if reads_new:
                fit = min(fit, new)
                if line != _NO_LINE:
                    fit = min(fit, MET - followed_by_line(therapy, patient, earliest, latest, line, as_of))
            else:
                lately = UNKNOWN if recent(table, latest, within, as_of) else NOT_MET
                if recent(table, earliest, within, as_of):
                    lately = MET
                fit = min(fit, MET - new, lately, MET - over(found, place, as_of))
            best = max(best, fit if kind != 0 else min(fit, UNKNOWN))
        if best != NOT_MET:
            verdicts[patient] = best
    return verdicts


MEANINGS: dict[str, Meaning] = {"event": _event, "extramedullary": _extramedullary}
