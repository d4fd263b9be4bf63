"""Single facts of a profile over columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...patient.facts import ProfileFact
from ...patient.local_facts import PREFIX
from .cohort import Cohort, Verdicts
from .kernel import Column


def numbers(cohort: Cohort, fact: ProfileFact) -> Column:
    """A fact that is a number, in its canonical unit; NaN where it is not recorded."""
    return cohort.once(("numbers", fact.path), lambda: _numbers(cohort, fact, "value"))


def upper_limits(cohort: Cohort, fact: ProfileFact) -> Column:
    """The upper limit recorded beside a laboratory value; NaN where there is none."""
    return cohort.once(("limits", fact.path), lambda: _numbers(cohort, fact, "upper_limit"))


def among(
    cohort: Cohort, fact: ProfileFact, values: Sequence[Any], *, inside: int, outside: int, absent: int
) -> Verdicts:
    """One verdict where a fact is one of some values, another where it is another value, a third where it is not recorded."""
    codes, column = cohort.once(("words", fact.path), lambda: _coded(_values(cohort, fact)))
    table = np.full(len(codes) + 1, outside, dtype=np.uint8)
    for value, code in codes.items():
        table[code] = absent if value is None else inside if value in values else outside
    found: Verdicts = table[column]
    return found


def _values(cohort: Cohort, fact: ProfileFact) -> Sequence[Any]:
    if fact.path.startswith(PREFIX):
        return [None] * len(cohort)  # nobody of an ordinary cohort has a fact that a layer adds
    return cohort.values(f"{fact.path}.status" if fact.kind == "finding" else fact.path)


def _numbers(cohort: Cohort, fact: ProfileFact, part: str) -> Column:
    values = _values(cohort, fact)
    if fact.kind == "quantity":
        values = [None if found is None else getattr(found, part) for found in values]
    return np.array(values, dtype=np.float64)  # None becomes NaN


def _coded(values: Sequence[Any]) -> tuple[dict[Any, int], Column]:
    codes: dict[Any, int] = {value: number for number, value in enumerate(set(values))}
    return codes, np.fromiter(map(codes.__getitem__, values), np.int16, len(values))
