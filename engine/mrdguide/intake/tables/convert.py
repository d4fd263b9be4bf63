"""From the text of a cell to the value it would be in a profile. What the value may be is left to the profile."""

from __future__ import annotations

import re
from typing import Any

from ...dates import WANTED, parse_date
from ...reading.validation import closest
from .columns import ONGOING, Column

_WHOLE = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_LONGEST = 40  # digits; no number here needs more


class NotReadable(ValueError):
    """A cell that cannot be read: what was expected, and a hint."""

    def __init__(self, expected: str, hint: str = "") -> None:
        super().__init__(expected)
        self.expected, self.hint = expected, hint


def convert(column: Column, text: str) -> Any:
    """The value of a filled cell.

    Raises:
        NotReadable: it holds nothing that a cell of this column can hold.
    """
    if column.kind in ("number", "whole"):
        return _number(text, whole=column.kind == "whole")
    if column.kind == "flag":
        if text.lower() not in _FLAGS:
            raise NotReadable("yes or no; empty when unknown", closest(text.lower(), _FLAGS))
        return _FLAGS[text.lower()]
    if column.kind in ("date", "end"):
        return _date(text, may_go_on=column.kind == "end")
    if column.kind == "list":
        parts = [part.strip() for part in text.split(";")]
        if not all(parts):
            raise NotReadable("names separated by semicolons")
        return [_word(column, part) for part in parts]
    return _word(column, text)


def _word(column: Column, text: str) -> str:
    """One of the words of a column (spreadsheets like capitals); any text where it has none."""
    found = next((word for word in column.words if word.lower() == text.lower()), None)
    if column.words and found is None:
        raise NotReadable(", ".join(column.words), closest(text, column.words))
    return text if found is None else found


def _number(text: str, *, whole: bool) -> int | float:
    if _WHOLE.fullmatch(text) and len(text) < _LONGEST:
        return int(text)
    if not whole and _NUMBER.fullmatch(text):
        return float(text)
    expected = "a whole number" if whole else "a number, for example 0.5 or 1e-6"
    hint = "write a decimal point, not a comma" if _COMMA.fullmatch(text) and not whole else ""
    if "%" in text and not whole:
        hint = "without a percent sign; where a fraction is asked, 42 % is 0.42"
    raise NotReadable(expected, hint)


def _date(text: str, *, may_go_on: bool) -> Any:
    if may_go_on and text.lower() == ONGOING:
        return None
    try:
        return parse_date(text)
    except ValueError:
        expected = f"{WANTED}; '{ONGOING}' when it goes on" if may_go_on else WANTED
        hint = closest(text.lower(), [ONGOING]) if may_go_on else ""
        raise NotReadable(expected, hint) from None
