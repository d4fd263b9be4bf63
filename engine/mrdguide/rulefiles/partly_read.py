"""Rule files with mistakes in them, read as far as they can be, so that one run tells every mistake of the book."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import ValidationError

from ..logic.operator import Operator, parse_expression
from ..logic.operators.connectives import All, AnyOf, AtLeast, Not
from ..reading.document import Document
from ..reading.placeholders import PartReader
from .model import RuleFile

_CONNECTIVES = frozenset(kind.keyword for kind in (All, AnyOf, AtLeast, Not))
_ID_IN_TEXT = re.compile(r"\b(?:id|aliases):\s*\[?['\"]?([A-Za-z0-9][A-Za-z0-9._-]*)")
# Also where the colon is missing before a bracket.
_SECTION_IN_TEXT = re.compile(r"^([a-z]+)\s*[:{\[]", re.MULTILINE)


class Unread(Operator):
    """Stands for an expression that cannot be read. It holds what could be read inside it."""

    keyword: ClassVar[str] = "unread"
    of: tuple[Operator, ...] = ()

    def children(self) -> tuple[Operator, ...]:
        return self.of

    def absence_may_be_not_met(self) -> bool:
        return True

    def wording(self) -> str:
        return "what could not be read"


def partly_read(document: Document) -> tuple[RuleFile, PartReader]:
    """The readable parts of a file that does not validate."""
    reader = PartReader({Operator: _expression})
    return reader.read(RuleFile, document.data), reader


def _expression(data: Any) -> Operator:
    try:
        return parse_expression(data)
    except (ValidationError, ValueError):
        return Unread.model_construct(of=tuple(_expression(part) for part in _parts(data)))


def _parts(data: Any) -> Iterator[Any]:
    """The expressions inside a connective that cannot be read as a whole."""
    for keyword, parameters in data.items() if isinstance(data, Mapping) else ():
        if keyword in _CONNECTIVES:
            inner = parameters.get("of") if isinstance(parameters, Mapping) and "of" in parameters else parameters
            yield from inner if isinstance(inner, list) else (inner,)


def names_in(section: Any, fields: frozenset[str]) -> Iterator[str]:
    """Every text that may be the id of an entry that could not be read: a reference to it is not a mistake of its own.

    `fields` are the keys that an entry of the section has; what they hold, but for `id`, is not a name.
    """
    if isinstance(section, Mapping):
        yield from map(str, section)
        section = list(section.values())
    for entry in section if isinstance(section, list) else ():
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, Mapping):
            yield from (
                str(value)
                for key, value in entry.items()
                if key == "id" or (isinstance(value, str) and key not in fields)
            )


def names_in_text(document: Document) -> list[str]:
    """The ids in a file that is not YAML."""
    return _ID_IN_TEXT.findall("\n".join(document.lines))


def sections_in_text(document: Document) -> list[str]:
    """The sections that begin in a file that is not YAML."""
    return _SECTION_IN_TEXT.findall("\n".join(document.lines))
