"""JSON text laid out as `json.dumps` lays it out, where parts may be text already.

The standard library's encoder is quick only on one line, and it cannot be handed what was encoded before. The bytes are
the same as those of `json.dumps(value, indent=..., ensure_ascii=False)`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from typing import Any


class Encoded(str):
    """Text that is JSON already, laid out for the depth at which it is set in."""

    __slots__ = ()


_WORDS = {None: "null", True: "true", False: "false"}

# What is filled in later: encoded text never holds this character, which JSON writes as an escape.
_HOLE = "\0"
HOLE = Encoded(_HOLE)


@dataclass(frozen=True, slots=True)
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
            return str(value)
        if kind is list or kind is tuple:
            return self.list_of([self.text(item, depth + 1) for item in value], depth)
        if kind is dict:
            return self.object_of([(name, self.text(item, depth + 1)) for name, item in value.items()], depth)
        if value is None or kind is bool:
            return _WORDS[value]
        return json.dumps(value, ensure_ascii=False)

    def list_of(self, items: Iterable[str], depth: int) -> str:
        """A list of texts, each laid out for one depth more."""
        return self._within("[", items, "]", depth)

    def object_of(self, items: Iterable[tuple[str, str]], depth: int) -> str:
        """An object of names with texts, each laid out for one depth more."""
        return self._within("{", [f"{quoted(name)}: {text}" for name, text in items], "}", depth)

    def strings(self, items: Iterable[str], depth: int) -> str:
        """A list of strings."""
        return self._within("[", map(quoted, items), "]", depth)

    def pieces(self, value: Any, depth: int) -> tuple[str, ...]:
        """The texts before, between and after the holes of a value."""
        return tuple(self.text(value, depth).split(_HOLE))

    def _within(self, opening: str, items: Iterable[str], closing: str, depth: int) -> str:
        if self.indent is None:
            return f"{opening}{', '.join(items)}{closing}"
        line = "\n" + " " * (self.indent * (depth + 1))
        inner = f",{line}".join(items)
        # Nothing in it: a text is never empty.
        return f"{opening}{line}{inner}\n{' ' * (self.indent * depth)}{closing}" if inner else opening + closing
