"""One figure of a report: what it says in a sentence, its table, and which of its columns are drawn as bars."""

from __future__ import annotations

from dataclasses import dataclass

from .cells import Cell

HIDDEN = "*"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its label, then counts and words."""

    label: str
    values: tuple[Cell | str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """`drawn` are the places of the columns (from 0, behind the label) that make up a bar; none are drawn where it is empty."""

    id: str
    title: str
    text: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    drawn: tuple[int, ...] = ()


def shown(value: Cell | str, hidden: frozenset[str]) -> int | str:
    """A value as it may be shown: hidden counts are a star."""
    if isinstance(value, str):
        return value
    return HIDDEN if value.key in hidden else value.count
