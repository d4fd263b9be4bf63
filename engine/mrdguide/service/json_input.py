"""JSON text to plain data, refusing what JSON cannot mean or what would be lost in silence."""

from __future__ import annotations

import json
import math
from typing import Any

from ..cds.errors import MalformedRequest


def parsed(body: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        MalformedRequest: it is no JSON, not UTF-8, nested too deeply, holds a key twice or a number that is none.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MalformedRequest("the body: is not UTF-8 text; send JSON as UTF-8") from None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_number)
        if "\\u" in text:
            # Half a surrogate pair is no character, and could not be written anywhere.
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise MalformedRequest(f"the body: no JSON at line {error.lineno}, column {error.colno}; {error.msg}") from None
    except RecursionError:
        raise MalformedRequest("the body: is nested too deeply; no FHIR resource needs that") from None
    except UnicodeEncodeError:
        raise MalformedRequest("the body: holds half a character (a lone surrogate); send whole ones") from None
    except ValueError as error:
        raise MalformedRequest(f"the body: {error}") from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object; send it once, the second would replace the first")
    return found


def _constant(_name: str) -> float:
    raise ValueError("NaN and Infinity are no JSON; leave out what is not known")


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large; send what was measured")
    return value
