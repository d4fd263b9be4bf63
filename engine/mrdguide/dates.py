"""Calendar dates that may be known only to the month or the year, and calendar months.

A date known to the month is every day of that month until something decides between them; what depends on the missing
day is unknown. Months are added to dates and never subtracted as a number: "12 months apart" means
`first + 12 months <= last`, the end of the month clamped (31 January + 1 month = 28 or 29 February).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
WANTED = "a calendar date YYYY-MM-DD (or YYYY-MM or YYYY when the day is not known)"


@dataclass(frozen=True, slots=True, order=True)
class CalendarDate:
    """The days a date can mean, as proleptic Gregorian ordinals; `earliest == latest` when the day is known."""

    earliest: int
    latest: int
    text: str

    @property
    def exact(self) -> bool:
        return self.earliest == self.latest

    def __str__(self) -> str:
        return self.text

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            parse_date, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _core: Any, _handler: Any) -> dict[str, Any]:
        text = {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}
        return {"anyOf": [text, {"type": "integer", "minimum": 1900, "maximum": 2200}], "description": WANTED}


def parse_date(value: object) -> CalendarDate:
    """Read a date from text, a year as a number, or a `datetime.date`.

    Raises:
        ValueError: it is not a calendar date.
    """
    if isinstance(value, CalendarDate):
        return value
    if isinstance(value, date):
        return _parse(value.isoformat()[:10])
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        return _parse(value)
    raise ValueError(f"{value!r} is not a date; use {WANTED}")


@lru_cache(maxsize=8192)
def _parse(text: str) -> CalendarDate:
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date; use {WANTED}")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        if year < 1900 or year > 2200:
            raise ValueError
        if month is None:
            return CalendarDate(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal(), text)
        if day is None:
            last = calendar.monthrange(year, month)[1]
            return CalendarDate(date(year, month, 1).toordinal(), date(year, month, last).toordinal(), text)
        ordinal = date(year, month, day).toordinal()
    except (ValueError, calendar.IllegalMonthError):
        raise ValueError(f"{text!r} is not in the calendar; use {WANTED}, in the years 1900 to 2200") from None
    return CalendarDate(ordinal, ordinal, text)


@lru_cache(maxsize=65536)
def add_months(ordinal: int, months: int) -> int:
    """The day `months` calendar months after (or, if negative, before) a day; the end of the month is clamped."""
    day = date.fromordinal(ordinal)
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])).toordinal()


def months_and_days(first: int, last: int) -> tuple[int, int]:
    """Whole calendar months from `first` to `last`, and the days left over."""
    start, end = date.fromordinal(first), date.fromordinal(last)
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(first, months) > last:
        months -= 1
    return months, last - add_months(first, months)


def span_text(first: int, last: int) -> str:
    """`2 years 1 month 3 days` in words short enough for a line."""
    months, days = months_and_days(first, last)
    parts = [(months // 12, "year"), (months % 12, "month"), (days, "day")]
    shown = [counted(count, unit) for count, unit in parts if count]
    return " ".join(shown) or "0 days"


def counted(count: int, unit: str) -> str:
    """`1 day`, `10 days`."""
    return f"{count} {unit}{'' if count == 1 else 's'}"


def iso(ordinal: int) -> str:
    """A day as YYYY-MM-DD."""
    return date.fromordinal(ordinal).isoformat()
