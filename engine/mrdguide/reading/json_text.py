"""JSON text to plain data, refusing what JSON cannot mean or what would be lost in silence. Every way in uses it."""

from __future__ import annotations

import json
import math
from typing import Any

# More than any number that can be computed with has.
_MOST_DIGITS = 400


def loads(text: str) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is no JSON (`json.JSONDecodeError`), holds a key twice, a number that is none or half a character.
        RecursionError: it is nested too deeply.
    """
    value = json.loads(
        text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_number, parse_int=_integer
    )
    if "\\u" in text:
        # Half a surrogate pair is no character, and could not be written anywhere.
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise ValueError("holds half a character (a lone surrogate); send whole ones") from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object; send it once, the second would replace the first")
    return found


def _constant(_name: str) -> float:
    raise ValueError("NaN and Infinity are no JSON; leave out what is not known")


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"a number has {len(text):,} digits; send what was measured")
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large; send what was measured")
    return value
