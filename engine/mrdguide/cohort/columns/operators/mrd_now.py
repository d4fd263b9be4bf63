"""`mrd_now` and `mrd_depth` over columns."""

from __future__ import annotations

import numpy as np

from ....case.possible import NEGATIVE, POSITIVE
from ....logic.operators.mrd_now import MrdDepth, MrdNow
from ....logic.parameters import marrow_rules
from ....logic.truth import MET, NOT_MET, UNKNOWN
from .. import marrow
from ..cohort import Verdicts
from ..courses import newest_line
from ..kernel import Column, kernel
from ..meaning import Asked, Meaning
from ..months import Calendar, calendar, recent


def _now(operator: MrdNow, asked: Asked) -> Verdicts:
    rules, cohort = marrow_rules(asked.context, operator.methods), asked.cohort
    possible = marrow.interpreted(cohort, operator.threshold, rules, below_counts=True)
    runs = marrow.runs(cohort, operator.threshold, rules, None, below_counts=True)
    verdicts = _negative_now(calendar(), marrow.tests(cohort).offset, possible, runs, operator.within, cohort.days)
    if operator.since_new_line:
        verdicts[(verdicts == MET) & (runs.worst_last <= newest_line(cohort))] = UNKNOWN
    return verdicts


@kernel
def _negative_now(
    table: Calendar, offset: Column, possible: Column, runs: marrow.Runs, within: int, today: Column
) -> Column:
    verdicts = np.full(offset.size - 1, UNKNOWN, dtype=np.uint8)
    for patient in range(offset.size - 1):
        as_of = today[patient]
        if runs.worst_tests[patient] and recent(table, runs.worst_last[patient], within, as_of):
            verdicts[patient] = MET
        elif not runs.best_tests[patient]:
            for place in range(offset[patient], offset[patient + 1]):
                if possible[place] == POSITIVE:
                    verdicts[patient] = NOT_MET
    return verdicts


def _depth(operator: MrdDepth, asked: Asked) -> Verdicts:
    rules, cohort = marrow_rules(asked.context), asked.cohort
    now = _now(MrdNow(threshold=operator.threshold, within=operator.within), asked)
    inner, outer = (
        marrow.interpreted(cohort, threshold, rules, below_counts=True)
        for threshold in (operator.threshold, operator.outer)
    )
    return _by_assay(calendar(), marrow.tests(cohort), now, inner, outer, operator.within, cohort.days)


@kernel
def _by_assay(
    table: Calendar, tests: marrow.Tests, now: Column, inner: Column, outer: Column, within: int, today: Column
) -> Column:
    verdicts = now.copy()
    for patient in range(now.size):
        as_of = today[patient]
        if now[patient] != UNKNOWN:
            continue
        too_shallow, shown = True, False
        for place in range(tests.offset[patient], tests.offset[patient + 1]):
            if recent(table, tests.latest[place], within, as_of):
                too_shallow = too_shallow and not inner[place] & NEGATIVE
                shown = shown or (outer[place] == NEGATIVE and recent(table, tests.earliest[place], within, as_of))
        if too_shallow and shown:
            verdicts[patient] = NOT_MET
    return verdicts


MEANINGS: dict[str, Meaning] = {"mrd_now": _now, "mrd_depth": _depth}
