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
from ..courses import PHASE, Courses, courses, episode
from ..kernel import Column, kernel
from ..meaning import Asked, Meaning
from ..months import Calendar, add_months, calendar, recent

# In the place of a phase: tests of any time count.
_ANY_TIME = -1


def _ever(operator: MrdEver, asked: Asked) -> Verdicts:
    rules, cohort = marrow_rules(asked.context), asked.cohort
    possible = marrow.interpreted(cohort, operator.threshold, rules, below_counts=True)
    wanted = NEGATIVE if operator.reads == "negative" else POSITIVE
    phase = _ANY_TIME if operator.from_phase is None else PHASE[operator.from_phase]
    return _on_record(
        calendar(), marrow.tests(cohort), possible, courses(cohort), wanted, operator.after_negative, phase,
        operator.from_months, asked.context.absent, cohort.days,
    )  # fmt: skip


@kernel
def _on_record(
    table: Calendar, tests: marrow.Tests, possible: Column, found: Courses, wanted: int, after_negative: bool,
    phase: int, months: int, absent: int, today: Column,
) -> Column:  # fmt: skip
    verdicts = np.empty(tests.offset.size - 1, dtype=np.uint8)
    for patient in range(verdicts.size):
        as_of = today[patient]
        begin, end = tests.offset[patient], tests.offset[patient + 1]
        best, said = NOT_MET, False
        for place in range(begin, end):
            said = said or marrow.evaluable(possible[place])
            if not possible[place] & wanted or tests.result[place] == marrow.INDETERMINATE:
                continue
            fit = MET if possible[place] == wanted else UNKNOWN
            if after_negative and tests.origin[place] == marrow.TEST:
                fit = min(fit, _after_a_negative(tests, possible, begin, end, place))
            if phase != _ANY_TIME:
                earliest, latest = tests.earliest[place], tests.latest[place]
                fit = min(fit, _late(table, found, patient, phase, months, earliest, latest, as_of))
            best = max(best, fit)
        verdicts[patient] = best if best != NOT_MET or said else absent
    return verdicts


@kernel
def _late(
    table: Calendar, found: Courses, patient: int, phase: int, months: int, earliest: int, latest: int, as_of: int
) -> int:
    """Whether a test lies at least so many calendar months after the first start of a phase."""
    begin, end = found.offset[patient], found.offset[patient + 1]
    for place in range(begin, end):
        if found.phase[place] == phase or found.phase[place] == 0:
            latest_start, _, earliest_start, _ = episode(found, place, as_of)
            if add_months(table, latest_start, months) <= earliest:
                return MET
            return UNKNOWN if add_months(table, earliest_start, months) <= latest else NOT_MET
    return NOT_MET if begin < end else UNKNOWN


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
        asked.context.absent, cohort.days,
    )  # fmt: skip


@kernel
def _found(
    table: Calendar, tests: marrow.Tests, possible: Column, below: float, within: int, until_as_deep: bool,
    absent: int, today: Column,
) -> Column:  # fmt: skip
    verdicts = np.empty(tests.offset.size - 1, dtype=np.uint8)
    for patient in range(verdicts.size):
        as_of = today[patient]
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
