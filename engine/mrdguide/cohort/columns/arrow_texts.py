"""Texts of an Arrow column read where they lie: dates, and texts that are plain; no object is made of any but the odd ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from ...dates import parse_date
from .kernel import Column, kernel
from .months import FIRST_YEAR, Calendar, calendar

# A number that no date has.
_NOT_A_DATE = 1
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2200
_ZERO, _NINE, _HYPHEN = b"09-"
# What stands at neither end of a text and is seen: the printed characters of ASCII.
_FIRST_SEEN, _LAST_SEEN = b"!~"
_SPACE = b" "[0]


def dates_of(texts: Any) -> tuple[Column, Column]:
    """The first and the last day of dates, 0 of what is null; what is no date is a day that no date has."""
    earliest, latest, odd = _read(calendar(), *_bytes_of(texts))
    missing = np.asarray(texts.is_null())
    for place in np.flatnonzero(odd & ~missing).tolist():
        earliest[place], latest[place] = _parsed(texts[place].as_py())
    earliest[missing] = latest[missing] = 0
    return earliest, latest


def are_plain(texts: Any, most: int, judged: Callable[[Any], bool]) -> Column:
    """Whether each text is plain, or null; `judged` says it of those that are not of letters everybody writes."""
    plain: Column = _of_ascii(*_bytes_of(texts), most) | np.asarray(texts.is_null())
    for place in np.flatnonzero(~plain).tolist():
        plain[place] = judged(texts[place].as_py())
    return plain


def _bytes_of(texts: Any) -> tuple[Column, Column]:
    """Where each text of an Arrow column begins, and where the last one ends; and the bytes of all."""
    _, offsets, data = texts.buffers()
    if not len(texts):
        return np.frombuffer(bytes(4), dtype=np.int32), np.frombuffer(b"", dtype=np.uint8)
    begins = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return begins, np.frombuffer(data if data is not None else b"", dtype=np.uint8)


@lru_cache(maxsize=65_536)
def _parsed(text: Any) -> tuple[int, int]:
    try:
        found = parse_date(text)
    except ValueError:
        return _NOT_A_DATE, _NOT_A_DATE
    return found.earliest, found.latest


@kernel
def _read(table: Calendar, begins: Column, data: Column) -> tuple[Column, Column, Column]:
    """The days of what is written as a date as a rule is; `odd` is what is not."""
    size = begins.size - 1
    earliest, latest = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
    odd = np.zeros(size, dtype=np.bool_)
    for place in range(size):
        at, length = begins[place], begins[place + 1] - begins[place]
        year = _number(data, at, 4) if length in (4, 7, 10) else -1
        if year < _EARLIEST_YEAR or year > _LATEST_YEAR:
            odd[place] = True
            continue
        first = (year - FIRST_YEAR) * 12
        if length == 4:
            earliest[place], latest[place] = table.first[first], table.first[first + 12] - 1
            continue
        month = _number(data, at + 5, 2) if data[at + 4] == _HYPHEN else -1
        if month < 1 or month > 12:
            odd[place] = True
            continue
        begin, end = table.first[first + month - 1], table.first[first + month]
        if length == 7:
            earliest[place], latest[place] = begin, end - 1
            continue
        day = _number(data, at + 8, 2) if data[at + 7] == _HYPHEN else -1
        if day < 1 or day > end - begin:
            odd[place] = True
            continue
        earliest[place] = latest[place] = begin + day - 1
    return earliest, latest, odd


@kernel
def _number(data: Column, at: int, digits: int) -> int:
    """A number of so many digits; -1 where one of them is none."""
    found = 0
    for place in range(at, at + digits):
        if data[place] < _ZERO or data[place] > _NINE:
            return -1
        found = found * 10 + data[place] - _ZERO
    return found


@kernel
def _of_ascii(begins: Column, data: Column, most: int) -> Column:
    found = np.zeros(begins.size - 1, dtype=np.bool_)
    for place in range(found.size):
        begin, end = begins[place], begins[place + 1]
        if end == begin or end - begin > most or data[begin] == _SPACE or data[end - 1] == _SPACE:
            continue
        plain = True
        for at in range(begin, end):
            seen = data[at] >= _FIRST_SEEN and data[at] <= _LAST_SEEN
            if not seen and data[at] != _SPACE:
                plain = False
                break
        found[place] = plain
    return found
