"""Combinations of criteria over columns of verdicts (strong Kleene, tables in `logic.truth`).

A verdict is a byte, so that minimum and maximum are the connectives and numpy works through them faster than memory brings
them; bits of their own would be smaller and need another representation at every door.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from ...logic.operator import Operator
from ...logic.operators.connectives import All, AnyOf, AtLeast, Not
from ...logic.operators.reference import Reference
from ...logic.truth import MET, NOT_MET, UNKNOWN
from .cohort import Verdicts

# A row for each name, a column for each patient.
Table = NDArray[np.uint8]


def at_least(count: int, parts: Sequence[Verdicts]) -> Verdicts:
    """Met when `count` are met, not met when too few can still be met, else unknown."""
    met = sum((part == MET).astype(np.int32) for part in parts)
    open_ = sum((part != NOT_MET).astype(np.int32) for part in parts)
    found: Verdicts = np.where(met >= count, MET, np.where(open_ < count, NOT_MET, UNKNOWN)).astype(np.uint8)
    return found


def derive(rules: Mapping[str, Operator], index_of: Mapping[str, int], verdicts: Table) -> None:
    """Fill in the rows of combinations, each after all it refers to; those of the criteria are there already."""
    for name, expression in rules.items():
        verdicts[index_of[name]] = _value(expression, index_of, verdicts)


def _value(expression: Operator, index_of: Mapping[str, int], verdicts: Table) -> Verdicts:
    if isinstance(expression, Reference):
        row: Verdicts = verdicts[index_of[expression.id]]
        return row
    parts = [_value(child, index_of, verdicts) for child in expression.children()]
    if isinstance(expression, All):
        return reduce(np.minimum, parts)
    if isinstance(expression, AnyOf):
        return reduce(np.maximum, parts)
    if isinstance(expression, Not):
        return MET - parts[0]
    if isinstance(expression, AtLeast):
        return at_least(expression.count, parts)
    raise TypeError(f"'{expression.keyword}' reads the patient and cannot stand in a combination")
