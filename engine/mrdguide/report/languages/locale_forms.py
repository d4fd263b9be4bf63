"""How days, numbers, spans and lists are written where another language than English is spoken: babel, the extra `languages`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from ...dates import months_and_days

if TYPE_CHECKING:
    from babel import Locale

_UNITS = {"d": "day", "mo": "month", "a": "year"}


@dataclass(frozen=True, slots=True)
class LocaleForms:
    """The forms of one locale of CLDR."""

    locale: Locale

    def day(self, day: date) -> str:
        """A day with its month in words."""
        from babel.dates import format_date

        return format_date(day, "long", locale=self.locale)

    def short_day(self, ordinal: int) -> str:
        """A day (a proleptic Gregorian ordinal) as short as the language writes it with its year in full."""
        from babel.dates import format_date

        return format_date(date.fromordinal(ordinal), "medium", locale=self.locale)

    def month_of(self, ordinal: int) -> str:
        """The month of such a day."""
        return self.month(date.fromordinal(ordinal))

    def month(self, day: date) -> str:
        """The month of a day, in words, with the year."""
        from babel.dates import format_skeleton

        return format_skeleton("yMMMM", day, locale=self.locale)

    def number(self, number: float) -> str:
        """A number with the digits it was published with."""
        from babel.numbers import format_decimal

        return format_decimal(Decimal(f"{number:.12g}"), locale=self.locale, decimal_quantization=False)

    def percent(self, number: float) -> str:
        """A share in percent, with its sign."""
        from babel.numbers import format_percent

        return format_percent(Decimal(f"{number:.12g}") / 100, locale=self.locale, decimal_quantization=False)

    def listed(self, names: Sequence[str]) -> str:
        """`a`, `a and b`, `a, b and c`."""
        from babel.lists import format_list

        return format_list(list(names), locale=self.locale)

    def list_of(self, number: int, how: Literal["or", "standard"]) -> str:
        """How a list of so many things is written: `{0}, {1} or {2}`."""
        from babel.lists import format_list

        return format_list([f"{{{place}}}" for place in range(number)], how, locale=self.locale)

    def time_between(self, first: int, last: int) -> str:
        """The time between two such days in years, months and days."""
        months, days = months_and_days(first, last)
        counts = [(months // 12, "a"), (months % 12, "mo"), (days, "d")]
        shown = [self.span(count, unit) for count, unit in counts if count] or [self.span(0, "d")]
        # CLDR's own lists of units are not whole for every language.
        return ", ".join(shown)

    def span(self, number: float, unit: str) -> str:
        """A span of days, months or years (UCUM `d`, `mo`, `a`)."""
        from babel.units import format_unit

        return format_unit(number, f"duration-{_UNITS[unit]}", length="long", locale=self.locale)
