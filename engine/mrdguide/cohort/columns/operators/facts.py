"""Operators that read single facts: `compare`, `present`, `one_of`, `age`, `unobtainable`, `counts_as_present`."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from ....logic.facts import checked_fact
from ....logic.operators.age import Age
from ....logic.operators.compare import Compare
from ....logic.operators.counts_as_present import CountsAsPresent
from ....logic.operators.finding import Present
from ....logic.operators.unobtainable import Unobtainable
from ....logic.operators.word import OneOf
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ....patient.facts import ProfileFact, catalogue
from ....reading.numbers import bounds
from ..cohort import Verdicts
from ..facts import among, numbers, upper_limits
from ..kernel import Column
from ..meaning import Asked, Meaning

_SIGNS = {">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal}


def _compare(operator: Compare, asked: Asked) -> Verdicts:
    fact, context = operator.checked("quantity", "number"), asked.context
    value = numbers(asked.cohort, fact)
    if operator.threshold is not None:
        limit: Column | float = bounds(operator.operator, operator.threshold)[1]
    else:
        limits = upper_limits(asked.cohort, fact)
        limit = _with_slack(operator, limits)
    met = _SIGNS[operator.operator](value, limit)
    result = np.where(met, MET, np.where(np.isnan(limit), UNKNOWN, NOT_MET))
    # A report that was not read may hold it.
    none = asked.none_in("cytogenetics") if context.absent == NOT_MET else context.absent
    result = np.where(np.isnan(value), none, result).astype(np.uint8)
    if operator.not_met_only_if is not None:
        guard = asked.judge(operator.not_met_only_if)
        result = np.where((result == NOT_MET) & (guard != MET), UNKNOWN, result).astype(np.uint8)
    return result


def _with_slack(operator: Compare, limits: Column) -> Column:
    """Limits moved by the slack that takes nearly equal numbers for equal, all of them as `bounds` moves one."""
    of_one: Any = bounds
    moved: Column = of_one(operator.operator, limits)[1]
    return moved


def _present(operator: Present, asked: Asked) -> Verdicts:
    absent = asked.context.absent
    found = _status(asked, operator.checked("finding"), absent)
    if absent != NOT_MET:
        return found
    known = _status(asked, operator.checked("finding"), UNKNOWN)
    return np.where(asked.cohort.may_lack("events"), known, found).astype(np.uint8)


def _one_of(operator: OneOf, asked: Asked) -> Verdicts:
    fact, absent = operator.checked("word", "flag"), asked.context.absent
    return among(asked.cohort, fact, operator.values, inside=MET, outside=NOT_MET, absent=absent)


def _counts_as_present(operator: CountsAsPresent, asked: Asked) -> Verdicts:
    # Nobody of an ordinary cohort has a fact declared to be out of reach.
    return _status(asked, checked_fact(operator.fact, ("finding",)), UNKNOWN)


def _unobtainable(_: Unobtainable, asked: Asked) -> Verdicts:
    return asked.cohort.all_of(NOT_MET)


def _age(operator: Age, asked: Asked) -> Verdicts:
    """Both ages that a birth year allows must agree; on the last day of a year there is one."""
    days, inverse = np.unique(asked.cohort.days, return_inverse=True)
    today = [date.fromordinal(int(day)) for day in days]
    older = np.array([day.year for day in today])[inverse] - numbers(asked.cohort, catalogue()["birth_year"])
    is_last = np.array([(day.month, day.day) == (12, 31) for day in today], dtype=np.bool_)[inverse]
    younger = np.where(is_last, older, np.maximum(older - 1, 0))
    sign, years = _SIGNS[operator.operator], bounds(operator.operator, operator.years)[1]
    first, second = sign(older, years), sign(younger, years)
    known = np.where(first == second, np.where(first, MET, NOT_MET), UNKNOWN)
    found: Verdicts = np.where(np.isnan(older), UNKNOWN, known).astype(np.uint8)
    return found


def _status(asked: Asked, fact: ProfileFact, absent: int) -> Verdicts:
    """Present, absent, or neither: not tested, failed and not recorded are alike."""
    present = among(asked.cohort, fact, ("present",), inside=MET, outside=absent, absent=absent)
    denied = among(asked.cohort, fact, ("absent",), inside=MET, outside=NOT_MET, absent=NOT_MET)
    found: Verdicts = np.where(denied == MET, NOT_MET, present).astype(np.uint8)
    return found


MEANINGS: dict[str, Meaning] = {
    "compare": _compare,
    "present": _present,
    "age": _age,
    "one_of": _one_of,
    "counts_as_present": _counts_as_present,
    "unobtainable": _unobtainable,
}
