"""Single facts of a profile over columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...patient.facts import ProfileFact
from ...patient.units import Quantity
from .cohort import Cohort, Verdicts
from .kernel import Column


def numbers(cohort: Cohort, fact: ProfileFact) -> Column:
    """A fact that is a number, in its canonical unit; NaN where it is not recorded."""
    return _once(cohort, fact, "value", _value, np.float64)


def upper_limits(cohort: Cohort, fact: ProfileFact) -> Column:
    """The upper limit recorded beside a laboratory value; NaN where there is none."""
    return _once(
        cohort, fact, "limit", lambda found: np.nan if found.upper_limit is None else found.upper_limit, np.float64
    )


def among(
    cohort: Cohort, fact: ProfileFact, values: Sequence[Any], *, inside: int, outside: int, absent: int
) -> Verdicts:
    """One verdict where a fact is one of some values, another where it is another value, a third where it is not recorded."""
    codes: dict[Any, int] = cohort.once(("codes", fact.path), dict)
    column = cohort.once(("words", fact.path), lambda: _coded(cohort, fact, codes))
    table = np.full(len(codes) + 1, outside, dtype=np.uint8)
    for value, code in codes.items():
        table[code] = absent if value is None else inside if value in values else outside
    found: Verdicts = table[column]
    return found


def _coded(cohort: Cohort, fact: ProfileFact, codes: dict[Any, int]) -> Column:
    get = fact.get
    return np.fromiter(
        (codes.setdefault(get(case.patient), len(codes)) for case in cohort.cases), np.int16, len(cohort)
    )


def _once(cohort: Cohort, fact: ProfileFact, part: str, read: Any, kind: Any) -> Column:
    def make() -> Column:
        values = (fact.get(case.patient) for case in cohort.cases)
        return np.fromiter((np.nan if found is None else read(found) for found in values), kind, len(cohort))

    return cohort.once((part, fact.path), make)


def _value(found: Any) -> float:
    return float(found.value if isinstance(found, Quantity) else found)
