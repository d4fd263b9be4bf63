"""A result of which nothing says what was tested: it may be any, so that one which found something may be news."""

from __future__ import annotations

import re

from .codes import CodeTable
from .codes.table import Reading
from .current import Resource
from .elements import interpretations, value_parts, wording, words
from .saying import plain, says

_WORD = re.compile(r"[^\W_]+")


def names_no_more_than_a_test(reading: Reading, name: str) -> bool:
    """Whether a name says only that something was tested, on marrow at most, and not what was looked for."""
    said = [word.casefold() for word in _WORD.findall(plain(name))]
    return bool(said) and all(word in reading.unnamed_words or word.startswith(reading.marrow_words) for word in said)


def found_something_unnamed(table: CodeTable, resource: Resource) -> bool:
    """Whether a result found something, by its value or its interpretation, and its name does not say what."""
    if not names_no_more_than_a_test(table.reading, wording(resource.get("code"))):
        return False
    codes = resource.get("conclusionCode")
    concluded = [resource.get("conclusion"), *(codes if isinstance(codes, list) else [codes])]
    told = [*value_parts(resource), *interpretations(resource), *concluded]
    return any(
        value is True
        or "present" in words(table, value)
        or says(table.reading, wording(value), table.reading.positive_words)
        or wording(value).strip().casefold() in table.reading.found_signs
        for value in told
    )
