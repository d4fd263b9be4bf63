"""What a missing fact is called in a table of many patients."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ...reading.data_file import read_as
from ...reading.validation import StrictModel


class _Words(StrictModel):
    lists: dict[str, str]
    entries: dict[str, str]
    fields: dict[str, str]


@cache
def _words() -> _Words:
    return read_as(Path(__file__).with_name("fact_words.yaml"), _Words)


def called(place: str, asked: Mapping[str, int]) -> str:
    """A fact in words. `asked` is how it is asked for, with how often: of an entry on record that holds its date, so that it is
    called by what it is of."""
    words = _words()
    entry, _, field = place.partition("[].")
    if field:
        return f"{words.fields.get(field, field.replace('_', ' '))}: {words.entries.get(entry, entry)}"
    if place in words.lists:
        return words.lists[place]
    return min(asked, key=lambda text: (-asked[text], text))
