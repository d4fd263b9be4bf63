"""One figure of a report: what it says in a sentence, its table, and its drawing: columns as bars, or a picture of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ...report.blocks import Picture
from .cell import Cell

HIDDEN = "*"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share in percent with its 95 % interval; None where none can be given, or where it may not be shown."""

    percent: float | None = None
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.percent is None:
            return "-"
        if self.low is None or self.high is None:
            return f"{self.percent:.1f}"
        return f"{self.percent:.1f} ({self.low:.1f} to {self.high:.1f})"


Value = Cell | str | Estimate


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its label, then counts, words and estimates."""

    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """`drawn` are the places of the columns (from 0, behind the label) that make up a bar; where it is empty, `picture` is drawn.

    `by_size`: the columns by which rows are put in order, the largest first, of which `most` are shown (0: all). `ids`: the last
    column has ids for programs: it is in tables and plain data, and not on pages. `left_out`: it has no rows because they would give away
    what is to be hidden.
    """

    id: str
    title: str
    text: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    drawn: tuple[int, ...] = ()
    picture: Picture | None = None
    by_size: tuple[int, ...] = ()
    most: int = 0
    ids: bool = False
    left_out: bool = False

    @property
    def on_pages(self) -> int:
        """How many columns behind the label stand on a page."""
        return len(self.head) - 1 - self.ids


def in_order(figure: Figure, hidden: frozenset[str]) -> Figure:
    """The figure with its rows in order. What is hidden has no part in the order: such a row stands where one of nobody would."""
    if not figure.by_size:
        return figure
    ordered = sorted(
        figure.rows, key=lambda row: (*(_size(row.values[place], hidden) for place in figure.by_size), row.label)
    )
    return replace(figure, rows=tuple(ordered[: figure.most or None]))


def _size(value: Value, hidden: frozenset[str]) -> int:
    found = shown(value, hidden)
    return -found if isinstance(found, int) else 0


def shown(value: Value, hidden: frozenset[str]) -> int | str:
    """A value as it may be shown: hidden counts are a star."""
    if isinstance(value, Cell):
        return HIDDEN if value.key in hidden else value.count
    return str(value)


def columns_of(figure: Figure, hidden: frozenset[str], star: str | None = HIDDEN) -> tuple[list[str], list[list[Any]]]:
    """The table as plain data: its columns, three for an estimate, and its rows. A hidden count is `star`."""
    values = [[row.label, *row.values] for row in figure.rows]
    of_estimates = [any(isinstance(row[place], Estimate) for row in values) for place in range(len(figure.head))]
    head: list[str] = []
    for name, is_estimate in zip(figure.head, of_estimates, strict=True):
        head += [name, f"{name}, 95 % from", f"{name}, 95 % to"] if is_estimate else [name]
    return head, [[item for value in row for item in _plain(value, hidden, star)] for row in values]


def _plain(value: Value, hidden: frozenset[str], star: str | None) -> list[Any]:
    if isinstance(value, Estimate):
        return [value.percent, value.low, value.high]
    if isinstance(value, Cell):
        return [star if value.key in hidden else value.count]
    return [value]
