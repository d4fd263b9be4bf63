"""How days, numbers, spans and lists are written where another language than English is spoken: babel, the extra `languages`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

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

    def span(self, number: float, unit: str) -> str:
        """A span of days, months or years (UCUM `d`, `mo`, `a`)."""
        from babel.units import format_unit

        return format_unit(number, f"duration-{_UNITS[unit]}", length="long", locale=self.locale)
