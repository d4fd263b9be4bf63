"""Which expressions follow from which, read off the operators' own order: 36 months imply 24, a subset implies the whole."""

from __future__ import annotations

from .operator import Operator
from .operators.connectives import All, AnyOf


def implies(first: Operator, second: Operator) -> bool:
    """Whether the first expression cannot be met while the second is not. False where that is not plain to see."""
    if isinstance(first, AnyOf):
        return all(implies(part, second) for part in first.of)
    if isinstance(second, All):
        return all(implies(first, part) for part in second.of)
    if isinstance(first, All):
        return any(implies(part, second) for part in first.of) or first == second
    if isinstance(second, AnyOf):
        return any(implies(first, part) for part in second.of)
    return first.implies(second)
