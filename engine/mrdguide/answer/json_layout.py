"""JSON text laid out as `json.dumps` lays it out, where parts may be text already.

The standard library's encoder is quick only on one line, and it cannot be handed what was encoded before. The bytes are
the same as those of `json.dumps(value, indent=..., ensure_ascii=False)`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any

from ..reading.frozen import frozen


@frozen
class Encoded:
    """Texts that together are JSON already, laid out for the depth at which it is set in."""

    texts: Sequence[str]


Pieces = tuple[str, ...]

_WORDS = {None: "null", True: "true", False: "false"}

# Stands where something is filled in later: encoded text never holds this character, which JSON writes as an escape.
_HOLE = "\0"
HOLE = Encoded((_HOLE,))


@frozen
class Layout:
    """How JSON is laid out: so many blanks for each depth, or all on one line (None)."""

    indent: int | None

    def text(self, value: Any, depth: int = 0) -> str:
        """Plain data as text. `depth` is how many objects and lists it stands in.

        Raises:
            TypeError: something in it has no JSON form.
        """
        kind = type(value)
        if kind is str:
            return quoted(value)
        if kind is Encoded:
            return "".join(value.texts)
        if kind is list or kind is tuple:
            return self.list_of([self.text(item, depth + 1) for item in value], depth)
        if kind is dict:
            return self.object_of([(name, self.text(item, depth + 1)) for name, item in value.items()], depth)
        if value is None or kind is bool:
            return _WORDS[value]
        return json.dumps(value, ensure_ascii=False)

    def whole(self, form: Mapping[str, Any]) -> str:
        """The whole of an object, as `text` gives it. What is encoded already, a quarter of a megabyte, is copied once.

        Raises:
            TypeError: something in it has no JSON form.
        """
        separator, between, last = _lines(self.indent, 0)
        texts = []
        for name, value in form.items():
            texts.append(f"{separator}{quoted(name)}: ")
            texts.extend(value.texts if type(value) is Encoded else (self.text(value, 1),))
            separator = between
        return "".join(["{", *texts, last, "}"]) if texts else "{}"

    def list_of(self, texts: Sequence[str], depth: int) -> str:
        """A list of values, each laid out for one depth more."""
        if not texts:
            return "[]"
        first, between, last = _lines(self.indent, depth)
        return f"[{first}{between.join(texts)}{last}]"

    def object_of(self, texts: Sequence[tuple[str, str]], depth: int) -> str:
        """An object of names with values, each laid out for one depth more."""
        if not texts:
            return "{}"
        first, between, last = _lines(self.indent, depth)
        return f"{{{first}{between.join([f'{quoted(name)}: {text}' for name, text in texts])}{last}}}"

    def strings(self, items: Iterable[str], depth: int) -> str:
        """A list of strings."""
        return self.list_of([quoted(item) for item in items], depth)

    def pieces(self, value: Any, depth: int) -> Pieces:
        """The texts before, between and after the holes of a value."""
        return tuple(self.text(value, depth).split(_HOLE))


def filled(pieces: Pieces, values: Sequence[str]) -> list[str]:
    """The pieces with a value in every hole, in the order in which they stand, as texts one after another.

    Raises:
        ValueError: there are more or fewer values than holes.
    """
    texts = [""] * (2 * len(pieces) - 1)
    texts[::2], texts[1::2] = pieces, values
    return texts


@lru_cache(maxsize=1024)
def _lines(indent: int | None, depth: int) -> tuple[str, str, str]:
    """What stands before the first of several values, between two of them, and after the last."""
    if indent is None:
        return "", ", ", ""
    line = "\n" + " " * (indent * (depth + 1))
    return line, f",{line}", "\n" + " " * (indent * depth)
