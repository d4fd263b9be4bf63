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
    codes, column = _coded(cohort, fact)
    table = np.full(len(codes) + 1, outside, dtype=np.uint8)
    for value, code in codes.items():
        table[code] = absent if value is None else inside if value in values else outside
    found: Verdicts = table[column]
    return found


def is_value(cohort: Cohort, path: str, value: Any) -> Column:
    """Whether a word or a flag of each patient is one value."""
    codes, column = cohort.once(("words", path), lambda: cohort.profiles.coded(path))
    found: Column = column == codes.get(value, -1)
    return found


def _coded(cohort: Cohort, fact: ProfileFact) -> tuple[dict[Any, int], Column]:
    if fact.path.startswith(PREFIX):
        return {None: 0}, np.zeros(
            len(cohort), dtype=np.int16
        )  # nobody of an ordinary cohort has a fact that a layer adds
    path = f"{fact.path}.status" if fact.kind == "finding" else fact.path
    return cohort.once(("words", path), lambda: cohort.profiles.coded(path))


def _numbers(cohort: Cohort, fact: ProfileFact, part: str) -> Column:
    if fact.path.startswith(PREFIX):
        return np.full(len(cohort), np.nan)
    return cohort.profiles.numbers(fact.path, part if fact.kind == "quantity" else "")
