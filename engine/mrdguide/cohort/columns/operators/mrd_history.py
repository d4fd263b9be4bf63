"""`mrd_ever`, `mrd_detected` and `mrd_discordant` over columns."""

from __future__ import annotations

import numpy as np

from ....case.possible import NEGATIVE, POSITIVE
from ....logic.operators.mrd_discordant import MrdDiscordant
from ....logic.operators.mrd_history import MrdDetected, MrdEver
from ....logic.parameters import marrow_rules
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ....reading.numbers import bounds
from .. import marrow
from ..cohort import Verdicts
from ..kernel import Column, kernel
from ..meaning import Asked, Meaning
from ..months import Calendar, calendar, recent


def _ever(operator: MrdEver, asked: Asked) -> Verdicts | None:
    if operator.from_phase is not None:
        return None
    rules, cohort = marrow_rules(asked.context), asked.cohort
    possible = marrow.interpreted(cohort, operator.threshold, rules, below_counts=True)
    wanted = NEGATIVE if operator.reads == "negative" else POSITIVE
    return _on_record(marrow.tests(cohort), possible, wanted, operator.after_negative, asked.context.absent)


@kernel
def _on_record(tests: marrow.Tests, possible: Column, wanted: int, after_negative: bool, absent: int) -> Column:
    verdicts = np.empty(tests.offset.size - 1, dtype=np.uint8)
    for patient in range(verdicts.size):
        begin, end = tests.offset[patient], tests.offset[patient + 1]
        best, said = NOT_MET, False
        for place in range(begin, end):
            said = said or marrow.evaluable(possible[place])
            if not possible[place] & wanted or tests.result[place] == marrow.INDETERMINATE:
                continue
            found = MET if possible[place] == wanted else UNKNOWN
            if after_negative and tests.origin[place] == marrow.TEST:
                found = min(found, _after_a_negative(tests, possible, begin, end, place))
            best = max(best, found)
        verdicts[patient] = best if best != NOT_MET or said else absent
    return verdicts


@kernel
def _after_a_negative(tests: marrow.Tests, possible: Column, begin: int, end: int, place: int) -> int:
    """Whether a test comes after a negative, its own reading aside."""
    before = 0
    for other in range(begin, end):
        if possible[other] == NEGATIVE and tests.latest[other] < tests.earliest[place]:
            return MET
        if possible[other] & NEGATIVE and tests.earliest[other] < tests.latest[place]:
            before += 1
    return UNKNOWN if before > marrow.own(possible[place], tests.earliest[place], tests.latest[place]) else NOT_MET


@kernel
def _before_a_negative(tests: marrow.Tests, possible: Column, begin: int, end: int, place: int) -> int:
    """Whether a test is followed by a negative, its own reading aside."""
    after = 0
    for other in range(begin, end):
        if possible[other] == NEGATIVE and tests.earliest[other] > tests.latest[place]:
            return MET
        if possible[other] & NEGATIVE and tests.latest[other] > tests.earliest[place]:
            after += 1
    return UNKNOWN if after > marrow.own(possible[place], tests.earliest[place], tests.latest[place]) else NOT_MET


def _detected(operator: MrdDetected, asked: Asked) -> Verdicts:
    rules, cohort = marrow_rules(asked.context), asked.cohort
    possible = marrow.interpreted(cohort, operator.at_least, rules, below_counts=False)
    below = np.inf if operator.below is None else bounds("<", operator.below)[1]
    return _found(
        calendar(), marrow.tests(cohort), possible, below, operator.within, operator.until_as_deep,
        asked.context.absent, cohort.as_of,
    )  # fmt: skip


@kernel
def _found(
    table: Calendar, tests: marrow.Tests, possible: Column, below: float, within: int, until_as_deep: bool,
    absent: int, as_of: int,
) -> Column:  # fmt: skip
    verdicts = np.empty(tests.offset.size - 1, dtype=np.uint8)
    for patient in range(verdicts.size):
        begin, end = tests.offset[patient], tests.offset[patient + 1]
        best, tested = NOT_MET, False
        for place in range(begin, end):
            tested = tested or tests.origin[place] == marrow.TEST
            unmeasured = np.isnan(tests.level[place])
            called = tests.result[place] == marrow.INDETERMINATE and unmeasured
            if not possible[place] & POSITIVE or called or tests.level[place] >= below:
                continue
            certain = possible[place] == POSITIVE and (not unmeasured or np.isinf(below))
            if recent(table, tests.earliest[place], within, as_of):
                lasts = MET
            else:
                lasts = UNKNOWN if recent(table, tests.latest[place], within, as_of) else NOT_MET
            if until_as_deep:
                lasts = max(lasts, MET - _before_a_negative(tests, possible, begin, end, place))
            best = max(best, min(MET if certain else UNKNOWN, lasts))
        verdicts[patient] = best if best != NOT_MET or tested else absent
    return verdicts


def _discordant(operator: MrdDiscordant, asked: Asked) -> Verdicts:
    rules, cohort = marrow_rules(asked.context), asked.cohort
    possible = marrow.interpreted(cohort, operator.threshold, rules, below_counts=True)
    return _differing(marrow.tests(cohort), possible, operator.days, asked.context.absent)


@kernel
def _differing(tests: marrow.Tests, possible: Column, days: int, absent: int) -> Column:
    verdicts = np.empty(tests.offset.size - 1, dtype=np.uint8)
    for patient in range(verdicts.size):
        begin, end = tests.offset[patient], tests.offset[patient + 1]
        best = absent
        for place in range(begin, end):
            if tests.origin[place] == marrow.TEST:
                best = NOT_MET
        for first in range(begin, end):
            for second in range(first + 1, end):
                differ = _differ(tests, possible, first, second, days)
                if differ != NOT_MET and best != MET:
                    best = differ
        verdicts[patient] = best
    return verdicts


@kernel
def _differ(tests: marrow.Tests, possible: Column, first: int, second: int, days: int) -> int:
    one, two = possible[first], possible[second]
    least = max(tests.earliest[second] - tests.latest[first], tests.earliest[first] - tests.latest[second])
    if least > days:
        return NOT_MET
    if (one == POSITIVE and two == NEGATIVE) or (one == NEGATIVE and two == POSITIVE):
        last = max(tests.latest[first], tests.latest[second])
        return MET if last - min(tests.earliest[first], tests.earliest[second]) <= days else UNKNOWN
    return UNKNOWN if (one & POSITIVE and two & NEGATIVE) or (one & NEGATIVE and two & POSITIVE) else NOT_MET


MEANINGS: dict[str, Meaning] = {"mrd_ever": _ever, "mrd_detected": _detected, "mrd_discordant": _discordant}
