"""Lists and sections of documents that are empty because what belongs there is kept back, or cannot be had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .codes import CodeTable
from .codes.table import DOMAINS, Domain
from .current import OBJECT, Resource
from .elements import codings, wording
from .saying import mentions
from .unread import spoken_of

# Of https://hl7.org/fhir/R4/codesystem-list-empty-reason.html; the others say that there is nothing, or not yet.
_NOT_HERE = ("withheld", "unavailable")


def kept_back(table: CodeTable, value: Any) -> Iterator[tuple[tuple[Domain, ...], str]]:
    """What each such list or section could change, by its name, and the reason in words."""
    if isinstance(value, list):
        for item in value:
            yield from kept_back(table, item)
    elif isinstance(value, OBJECT):
        reasons = {code for _, code, _ in codings(value.get("emptyReason"))} & set(_NOT_HERE)
        name = _name(value)
        if reasons and not mentions(table.reading, name, table.reading.ordinary_sections):
            yield spoken_of(table, name) or DOMAINS, f"'{name[:60]}' is empty because it is {min(reasons)}"
        yield from kept_back(table, value.get("section"))


def _name(value: Resource) -> str:
    title = value.get("title")
    return ": ".join(text for text in (title if isinstance(title, str) else "", wording(value.get("code"))) if text)
