"""Comparing measured numbers with thresholds.

MRD levels and limits of detection span six powers of ten and reach us through different arithmetic (10 / 1e6, 1e-5,
0.00001). Two numbers closer than one part in a billion are the same number here; every threshold then says by its
operator whether it is inclusive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal

Comparison = Literal[">", ">=", "<", "<="]
_SAME = 1e-9
# A raised minus says itself that a power follows; a level one needs `^` or a factor, for 10-5 may be a range.
_RAISED = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789", "") | {
    ord("\u207b"): "^-"
}
_FACTOR = r"(\d+(?:\.\d+)?)\s*[x\u00d7*\u00b7]\s*"
_POWERS = (
    re.compile(rf"(?:{_FACTOR})?10\s*(?:\^|\*\*)\s*([-+]?\d{{1,3}})"),
    re.compile(rf"{_FACTOR}10\s*([-+]\d{{1,3}})"),
)


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


def plain_power(text: str) -> str:
    """A power of ten as people type it, `10^-5`, `1 x 10-5`, `10\u207b\u2075`, as a number is read: 1e-5. Any other text is as it was."""
    plain = text.strip().translate(_RAISED)
    for pattern in _POWERS:
        found = pattern.fullmatch(plain)
        if found:
            return f"{found[1] or 1}e{found[2]}"
    return text


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
