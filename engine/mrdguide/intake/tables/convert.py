"""From the text of a cell to the value it would be in a profile. What the value may be is left to the profile."""

from __future__ import annotations

import re
from typing import Any

from ...dates import WANTED, parse_date
from ...reading.written_words import closest, date_hint, flag_hint, word_hint
from .columns import ONGOING, Column

_WHOLE = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_LONGEST = 40  # digits; no number here needs more


class NotReadable(ValueError):
    """A cell that cannot be read: what was expected, a hint, and the code of the problem."""

    def __init__(self, expected: str, hint: str = "", *, code: str = "bad-value") -> None:
        super().__init__(expected)
        self.expected, self.hint, self.code = expected, hint, code


def convert(column: Column, text: str) -> Any:
    """The value of a filled cell.

    Raises:
        NotReadable: it holds nothing that a cell of this column can hold.
    """
    if column.kind in ("number", "whole"):
        return _number(text, whole=column.kind == "whole")
    if column.kind == "flag":
        if text.lower() not in _FLAGS:
            raise NotReadable("yes or no; empty when unknown", _flag_hint(text))
        return _FLAGS[text.lower()]
    if column.kind in ("date", "end"):
        return _date(text, may_be_ongoing=column.kind == "end")
    if column.kind == "list":
        parts = [part.strip() for part in text.split(";")]
        if not all(parts):
            raise NotReadable("names separated by semicolons")
        return [_word(column, part) for part in parts]
    return _facts(text) if column.kind == "facts" else _word(column, text)


def _facts(text: str) -> dict[str, bool | float | str]:
    """Facts of a layer with their values; which names and values there are is known to the layer."""
    found: dict[str, bool | float | str] = {}
    for part in text.split(";"):
        name, colon, value = (item.strip() for item in part.partition(":"))
        if not name or not colon or not value or name in found:
            raise NotReadable("each fact once, as NAME: VALUE, separated by semicolons")
        found[name] = _FLAGS[value.lower()] if value.lower() in _FLAGS else _number_or_word(value)
    return found


def _number_or_word(text: str) -> float | str:
    if _WHOLE.fullmatch(text) and len(text) < _LONGEST:
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _word(column: Column, text: str) -> str:
    """One of the words of a column (spreadsheets like capitals); any text where it has none."""
    found = next((word for word in column.words if word.lower() == text.lower()), None)
    if column.words and found is None:
        raise NotReadable(", ".join(column.words), _left_empty(word_hint(text, column.words), text))
    return text if found is None else found


def _flag_hint(text: str) -> str:
    """In a table yes and no are words, and what is not known is an empty cell."""
    hint = _left_empty(flag_hint(text), text).removesuffix(", without quotes")
    return word_hint(text, _FLAGS) if not hint else hint.replace("as true", "as yes").replace("as false", "as no")


def _left_empty(hint: str, text: str) -> str:
    return f"leave the cell empty when it is not known, instead of writing '{text}'" if "leave it out" in hint else hint


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


def _date(text: str, *, may_be_ongoing: bool) -> Any:
    if may_be_ongoing and text.lower() == ONGOING:
        return None
    try:
        return parse_date(text)
    except ValueError:
        expected = f"{WANTED}; '{ONGOING}' while it continues" if may_be_ongoing else WANTED
        hint = _left_empty(date_hint(text, ""), text)
        if may_be_ongoing:
            hint = hint or (
                f"'{text}' is written as '{ONGOING}'" if date_hint(text, "end") else closest(text, [ONGOING])
            )
        raise NotReadable(expected, hint, code="not-a-date") from None
