"""JSON text to plain data, refusing what JSON cannot mean or what would be lost in silence."""

from __future__ import annotations

import json
import zlib
from typing import Any

from ..cds.errors import MalformedRequest, TooLarge, UnsupportedEncoding
from ..reading.json_text import loads


def unpacked(body: bytes, encoding: str, largest: int) -> bytes:
    """The body as it was before it was compressed; never more than `largest` bytes of it are made.

    Raises:
        UnsupportedEncoding: it is compressed otherwise than by gzip, or is no gzip.
        TooLarge: it holds more than `largest` bytes.
    """
    if encoding.strip().casefold() in ("", "identity"):
        return body
    if encoding.strip().casefold() != "gzip":
        raise UnsupportedEncoding("the body: this Content-Encoding is not read; send gzip, or none")
    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = reader.decompress(body, largest + 1)
    except zlib.error:
        raise UnsupportedEncoding("the body: is not gzip, as its Content-Encoding says; send what it says") from None
    if len(found) > largest:
        raise TooLarge(f"the body: is larger than {largest // 1024 // 1024} MiB when it is unpacked; send less")
    if not reader.eof or reader.unused_data:
        raise UnsupportedEncoding("the body: is no whole gzip of one member; send all of it")
    return found


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
        return loads(text)
    except json.JSONDecodeError as error:
        raise MalformedRequest(f"the body: no JSON at line {error.lineno}, column {error.colno}; {error.msg}") from None
    except RecursionError:
        raise MalformedRequest("the body: is nested too deeply; no FHIR resource needs that") from None
    except ValueError as error:
        raise MalformedRequest(f"the body: {error}") from None
