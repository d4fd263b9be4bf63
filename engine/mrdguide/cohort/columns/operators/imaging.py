"""`imaging_now` and `imaging_ever` over columns."""

from __future__ import annotations

import numpy as np

from ....case.interpretation_rules import MarrowMrdRules
from ....case.possible import NEGATIVE, POSITIVE
from ....logic.operators.imaging import ImagingEver, ImagingNow
from ....logic.parameters import interpretation_of, marrow_rules
from ....logic.truth import MET, NOT_MET, UNKNOWN
from .. import images, marrow
from ..cohort import Cohort, Verdicts
from ..courses import newest_line
from ..kernel import Column, kernel
from ..listed import chosen, listed
from ..meaning import Asked, Meaning
from ..months import Calendar, add_months, calendar

_FAILED = marrow.RESULT["failed"]
_NOT_ASKED = 0


def _now(operator: ImagingNow, asked: Asked) -> Verdicts:
    rules, cohort = interpretation_of(asked.context).imaging, asked.cohort
    therapy = listed(cohort, "therapy")
    since = newest_line(cohort) if operator.since_new_line else np.zeros(len(cohort), dtype=np.int32)
    return _negative_now(
        calendar(), images.studies(cohort), images.interpreted(cohort, rules), images.diagnosed(cohort),
        therapy.offset, therapy.latest, _last_marrow(cohort, marrow_rules(asked.context)),
        operator.within, operator.near_mrd or _NOT_ASKED, rules.baseline_months, since, cohort.days,
    )  # fmt: skip


def _last_marrow(cohort: Cohort, rules: MarrowMrdRules) -> Column:
    """The last day of a marrow test that gave a result by a method that counts; 0 where there is none."""
    tests = marrow.tests(cohort)
    specimens, methods = chosen(marrow.SPECIMEN, rules.specimens), chosen(marrow.METHOD, rules.methods)
    specimens[0] = methods[0] = True
    counts = specimens[tests.specimen] & methods[tests.method] & (tests.result != _FAILED)
    return _last(tests.offset, np.where(counts & (tests.origin == marrow.TEST), tests.latest, 0))


@kernel
def _last(offset: Column, days: Column) -> Column:
    last = np.zeros(offset.size - 1, dtype=np.int32)
    for patient in range(last.size):
        for place in range(offset[patient], offset[patient + 1]):
            last[patient] = max(last[patient], days[place])
    return last


@kernel
def _negative_now(
    table: Calendar, studies: images.Studies, possible: Column, at: images.Diagnosed, therapy_offset: Column,
    therapy_latest: Column, last_marrow: Column, within: int, near_marrow: int, baseline_months: int, since: Column,
    today: Column,
) -> Column:  # fmt: skip
    verdicts = np.full(studies.offset.size - 1, UNKNOWN, dtype=np.uint8)
    for patient in range(verdicts.size):
        as_of = today[patient]
        begin, end = studies.offset[patient], studies.offset[patient + 1]
        after = newest = -1
        for place in range(begin, end):
            if possible[place] & POSITIVE:
                after = max(after, studies.latest[place])
        for place in range(begin, end):
            if possible[place] == NEGATIVE and studies.earliest[place] > after:
                newest = max(newest, studies.earliest[place])
        if newest >= 0:
            marrow_day = last_marrow[patient]
            near = near_marrow == _NOT_ASKED or marrow_day == 0 or add_months(table, newest, near_marrow) >= marrow_day
            if add_months(table, newest, within) >= as_of and near and newest > since[patient]:
                verdicts[patient] = MET
            continue
        started = therapy_latest[therapy_offset[patient] : therapy_offset[patient + 1]]
        positive = -1
        for place in range(begin, end):
            if possible[place] == POSITIVE and not images.may_be_of_the_diagnosis(
                table, studies.earliest[place], studies.latest[place], at.earliest[patient], at.latest[patient],
                started, baseline_months,
            ):  # fmt: skip
                positive = max(positive, studies.earliest[place])
        if positive >= 0:
            verdicts[patient] = NOT_MET
            for place in range(begin, end):
                clears = images.may_clear(possible[place], studies.conclusion[place], studies.attribution[place])
                if clears and studies.latest[place] > positive:
                    verdicts[patient] = UNKNOWN
    return verdicts


def _ever(operator: ImagingEver, asked: Asked) -> Verdicts:
    cohort = asked.cohort
    possible = images.interpreted(cohort, interpretation_of(asked.context).imaging)
    wanted = NEGATIVE if operator.reads == "negative" else POSITIVE
    return _on_record(images.studies(cohort).offset, possible, wanted, asked.context.absent)


@kernel
def _on_record(offset: Column, possible: Column, wanted: int, absent: int) -> Column:
    verdicts = np.full(offset.size - 1, absent, dtype=np.uint8)
    for patient in range(verdicts.size):
        certain = perhaps = False
        for place in range(offset[patient], offset[patient + 1]):
            certain = certain or possible[place] == wanted
            perhaps = perhaps or possible[place] & wanted != 0
        if perhaps:
            verdicts[patient] = MET if certain else UNKNOWN
    return verdicts


MEANINGS: dict[str, Meaning] = {"imaging_now": _now, "imaging_ever": _ever}
