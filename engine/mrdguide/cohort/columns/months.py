"""Calendar months by a table, exactly as `mrdguide.dates.add_months` counts them."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np

from .kernel import Column, kernel

# Dates of profiles lie in 1900 to 2200, and rules count at most 600 months from them.
FIRST_YEAR, _LAST_YEAR = 1840, 2260


class Calendar(NamedTuple):
    """`month` and `day` by days since `begins`; `first` the ordinal of the first day of each month, one more at the end."""

    begins: int
    month: Column
    day: Column
    first: Column


@cache
def calendar() -> Calendar:
    """The calendar of all days that can be asked about."""
    months = (_LAST_YEAR - FIRST_YEAR + 1) * 12
    first = np.array(
        [date(FIRST_YEAR + number // 12, number % 12 + 1, 1).toordinal() for number in range(months + 1)],
        dtype=np.int32,
    )
    lengths = np.diff(first)
    # As small as they can be, so that they stay near the processor.
    month = np.repeat(np.arange(months, dtype=np.int16), lengths)
    day = (np.arange(first[0], first[-1], dtype=np.int32) - first[month]).astype(np.int8)
    return Calendar(int(first[0]), month, day, first)


@kernel
def add_months(table: Calendar, ordinal: int, months: int) -> int:
    """The day so many calendar months after a day (or before it); the end of the month is clamped."""
    place = ordinal - table.begins
    number = table.month[place] + months
    last = table.first[number + 1] - table.first[number] - 1
    return table.first[number] + min(table.day[place], last)  # type: ignore[no-any-return]


@kernel
def recent(table: Calendar, day: int, months: int, as_of: int) -> bool:
    """Whether a day lies within so many calendar months before the as-of day (inclusive)."""
    return add_months(table, day, months) >= as_of


@kernel
def months_after(table: Calendar, days: Column, months: int, first: int) -> Column:
    """So many calendar months after each day, or before it; 0 for days before a first one, which are none."""
    found = np.zeros(days.size, dtype=np.int32)
    for place in range(days.size):
        if days[place] >= first:
            found[place] = add_months(table, days[place], months)
    return found
