"""Comparing measured numbers with thresholds.

MRD levels and limits of detection span six powers of ten and reach us through different arithmetic (10 / 1e6, 1e-5,
0.00001). Two numbers closer than one part in a billion are the same number here; every threshold then says by its
operator whether it is inclusive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal

Comparison = Literal[">", ">=", "<", "<="]
_SAME = 1e-9


def bounds(operator: Comparison, threshold: float) -> tuple[str, float]:
    """The plain comparison that takes nearly equal numbers for equal: sign, and the threshold moved by the slack."""
    slack = _SAME * abs(threshold)
    return operator, threshold - slack if operator in (">=", "<") else threshold + slack


def comparer(operator: Comparison, threshold: float) -> Callable[[float], bool]:
    """The test of one comparison, compiled: `comparer(">=", 1e-5)(level)`."""
    _, limit = bounds(operator, threshold)
    if operator == ">=":
        return lambda value: value >= limit
    if operator == ">":
        return lambda value: value > limit
    if operator == "<=":
        return lambda value: value <= limit
    return lambda value: value < limit


@lru_cache(maxsize=4096)
def scientific(fraction: float) -> str:
    """An MRD fraction as people write it: 1e-6, 3.2e-7."""
    mantissa, _, exponent = f"{fraction:.2e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def numbers_in(value: Any) -> Iterator[float]:
    """Every number in plain data, however deep it lies; true and false are none."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from numbers_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_in(inner)
