"""JSON text laid out as `json.dumps` lays it out, where parts may be text already.

The standard library's encoder is quick only on one line, and it cannot be handed what was encoded before. The bytes are
the same as those of `json.dumps(value, indent=..., ensure_ascii=False)`. Text is kept in parts until the end: an answer
is a quarter of a megabyte, and copying it once costs as much as reading a patient.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from json.encoder import encode_basestring as quoted
from typing import Any

from ..reading.frozen import frozen


class Encoded(list[str]):
    """Parts of text that together are JSON already, laid out for the depth at which they are set in."""


_WORDS = {None: "null", True: "true", False: "false"}

# What is filled in later: encoded text never holds this character, which JSON writes as an escape.
_HOLE = "\0"
HOLE = Encoded([_HOLE])


@frozen
class Layout:
    """How JSON is laid out: so many blanks for each depth, or all on one line (None)."""

    indent: int | None

    def text(self, value: Any) -> str:
        """Plain data as text.

        Raises:
            TypeError: something in it has no JSON form.
        """
        return "".join(self.parts(value, 0))

    def parts(self, value: Any, depth: int) -> Encoded:
        """Plain data as parts of text. `depth` is how many objects and lists it stands in.

        Raises:
            TypeError: something in it has no JSON form.
        """
        kind = type(value)
        if kind is str:
            return Encoded([quoted(value)])
        if kind is Encoded:
            return value  # type: ignore[no-any-return]
        if kind is list or kind is tuple:
            return self.list_of([self.parts(item, depth + 1) for item in value], depth)
        if kind is dict:
            return self.object_of([(name, self.parts(item, depth + 1)) for name, item in value.items()], depth)
        if value is None or kind is bool:
            return Encoded([_WORDS[value]])
        return Encoded([json.dumps(value, ensure_ascii=False)])

    def list_of(self, items: Iterable[Iterable[str]], depth: int) -> Encoded:
        """A list of values in parts, each laid out for one depth more."""
        return self._within("[", items, "]", depth)

    def object_of(self, items: Iterable[tuple[str, Iterable[str]]], depth: int) -> Encoded:
        """An object of names with values in parts, each laid out for one depth more."""
        return self._within("{", ((f"{quoted(name)}: ", *parts) for name, parts in items), "}", depth)

    def strings(self, items: Iterable[str], depth: int) -> str:
        """A list of strings, in one part."""
        first, between, last = self._lines(depth)
        inner = between.join(map(quoted, items))
        # Nothing in it: a text is never empty.
        return f"[{first}{inner}{last}]" if inner else "[]"

    def pieces(self, value: Any, depth: int) -> tuple[str, ...]:
        """The texts before, between and after the holes of a value."""
        return tuple("".join(self.parts(value, depth)).split(_HOLE))

    def _within(self, opening: str, items: Iterable[Iterable[str]], closing: str, depth: int) -> Encoded:
        first, between, last = self._lines(depth)
        found = Encoded([opening])
        separator = first
        for parts in items:
            found.append(separator)
            found.extend(parts)
            separator = between
        found.append(last + closing if separator is between else closing)
        return found

    def _lines(self, depth: int) -> tuple[str, str, str]:
        """What stands before the first of several values, between two of them, and after the last."""
        if self.indent is None:
            return "", ", ", ""
        line = "\n" + " " * (self.indent * (depth + 1))
        return line, f",{line}", "\n" + " " * (self.indent * depth)
