"""`mrd_run` over columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ....case.possible import BELOW, NEGATIVE
from ....logic.operators.mrd_run import MrdRun
from ....logic.parameters import interpretation_of, marrow_rules
from ....logic.truth import MET, NOT_MET, UNKNOWN
from .. import images, marrow
from ..cohort import Verdicts
from ..kernel import Column, kernel
from ..meaning import Asked, Meaning
from ..months import Calendar, add_months, calendar, recent

_NO_IMAGING_ASKED = 0


class _Wanted(NamedTuple):
    """The parameters of the operator; `imaging_within` is 0 where no imaging is asked for."""

    tests: int
    months: int
    within: int
    imaging_within: int


def _run(operator: MrdRun, asked: Asked) -> Verdicts:
    cohort = asked.cohort
    rules, image_rules = marrow_rules(asked.context, operator.methods), interpretation_of(asked.context).imaging
    below = operator.below_counts
    wanted = _Wanted(
        operator.tests, operator.months, operator.within, operator.imaging_within or _NO_IMAGING_ASKED
    )  # fmt: skip
    return _lasting(
        calendar(),
        marrow.tests(cohort),
        marrow.interpreted(cohort, operator.threshold, rules, below_counts=below),
        marrow.runs(cohort, operator.threshold, rules, image_rules, below_counts=below),
        images.studies(cohort),
        images.interpreted(cohort, image_rules),
        wanted,
        cohort.days,
    )


@kernel
def _lasting(
    table: Calendar, tests: marrow.Tests, possible: Column, runs: marrow.Runs, studies: images.Studies,
    shown: Column, wanted: _Wanted, today: Column,
) -> Column:  # fmt: skip
    verdicts = np.full(tests.offset.size - 1, UNKNOWN, dtype=np.uint8)
    for patient in range(verdicts.size):
        as_of = today[patient]
        worst_is_long = runs.worst_tests[patient] >= wanted.tests and _apart(
            table, runs.worst_first[patient], runs.worst_last[patient], wanted.months
        )
        if worst_is_long and recent(table, runs.worst_last[patient], wanted.within, as_of):
            if wanted.imaging_within == _NO_IMAGING_ASKED or _imaged_at_both_ends(
                table, tests, possible, runs.worst_after[patient], studies, shown, wanted, patient, as_of
            ):
                verdicts[patient] = MET
            continue
        best_is_long = runs.best_tests[patient] >= wanted.tests and _apart(
            table, runs.best_first[patient], runs.best_last[patient], wanted.months
        )
        if best_is_long or _open_to_a_test(table, tests, possible, runs, wanted, patient, as_of):
            continue
        for place in range(tests.offset[patient], tests.offset[patient + 1]):
            if marrow.evaluable(possible[place]):
                verdicts[patient] = NOT_MET
                break
    return verdicts


@kernel
def _apart(table: Calendar, first: int, last: int, months: int) -> bool:
    return add_months(table, first, months) <= last


@kernel
def _open_to_a_test(
    table: Calendar, tests: marrow.Tests, possible: Column, runs: marrow.Runs, wanted: _Wanted, patient: int, as_of: int
) -> bool:
    """Whether nobody may have looked lately, and a negative of today would make the run long enough."""
    best = runs.best_tests[patient]
    if best == 0 or best + 1 < wanted.tests or not _apart(table, runs.best_first[patient], as_of, wanted.months):
        return False
    for place in range(tests.offset[patient], tests.offset[patient + 1]):
        looked = possible[place] == NEGATIVE or possible[place] == BELOW
        if looked and recent(table, tests.earliest[place], wanted.within, as_of):
            return False
    return True


@kernel
def _imaged_at_both_ends(
    table: Calendar, tests: marrow.Tests, possible: Column, after: int, studies: images.Studies, shown: Column,
    wanted: _Wanted, patient: int, as_of: int,
) -> bool:  # fmt: skip
    """Whether two negatives of the run, far enough apart, each have negative imaging near them."""
    first = last = -1
    for place in range(tests.offset[patient], tests.offset[patient + 1]):
        if possible[place] != NEGATIVE or tests.earliest[place] <= after:
            continue
        until = add_months(table, tests.earliest[place], wanted.imaging_within)
        for image in range(studies.offset[patient], studies.offset[patient + 1]):
            if (
                shown[image] == NEGATIVE
                and add_months(table, studies.earliest[image], wanted.imaging_within) >= tests.latest[place]
                and until >= studies.latest[image]
            ):
                first = tests.latest[place] if first < 0 else min(first, tests.latest[place])
                last = max(last, tests.earliest[place])
                break
    return first >= 0 and _apart(table, first, last, wanted.months) and recent(table, last, wanted.within, as_of)


MEANINGS: dict[str, Meaning] = {"mrd_run": _run}
