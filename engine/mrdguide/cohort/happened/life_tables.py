"""Life tables: at fixed months after stopping how many are still followed, what has happened since the row before, and the shares.

Counts are `Cells`, so that small ones can be hidden. Where that is asked for, shares are worked out from the counts of the table
alone (by interval) instead of from each patient's days, and only as long as none of these counts is hidden: then they tell
nothing that the counts do not tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..arrow import needed
from ..figures.cell import Cell
from ..figures.cells import Cells
from .end_points import EndPoint
from .estimates import How, Share, Step, along, free_of_both, incidence, step_of_interval, steps_by_day
from .groups import Member

DAYS_A_MONTH = 365.25 / 12
_HOW: tuple[How, ...] = ("event", "competing", "last seen")


def day_of_month(month: int) -> int:
    """The day after stopping on which a month of the table ends."""
    return round(month * DAYS_A_MONTH)


def grid_of(longest: int, published: Sequence[int], *, coarse: bool) -> tuple[int, ...]:
    """The months of the rows: every half year; every year where somebody was followed for more than five, or `coarse`."""
    last = max(longest / DAYS_A_MONTH, 12, *published)
    step = 6 if last <= 60 and not coarse else 12
    return tuple(range(0, int(last) + step, step))


@dataclass(frozen=True, slots=True)
class Interval:
    """One row: after how many months, the patients still followed then, and what happened since the row before."""

    month: int
    left: Any
    ends: tuple[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class LifeRow:
    """One row, counted."""

    month: int
    left: Cell
    ends: tuple[Cell, Cell, Cell]


@dataclass(frozen=True, slots=True)
class LifeTable:
    """One end point of some patients. `masks` are of all patients of the cohort; `followed` are the days of each of these."""

    end_point: EndPoint
    masks: tuple[Interval, ...]
    rows: tuple[LifeRow, ...]
    followed: tuple[tuple[int, How], ...]


def life_table(
    members: Sequence[Member], chosen: Sequence[bool], end_point: EndPoint, grid: Sequence[int], cells: Cells
) -> LifeTable:
    """The table of the patients chosen, all of whom have stopped; its counts and their sums are added to `cells`."""
    ends = [
        end_point.end(item.happened) if use and item.happened else None
        for item, use in zip(members, chosen, strict=True)
    ]
    masks = tuple(_intervals(ends, grid))
    rows = [LifeRow(masks[0].month, cells.of(masks[0].left), _counted(masks[0], cells))]
    for here in masks[1:]:
        left, event, competing, last_seen = cells.row(rows[-1].left, [here.left, *here.ends])
        rows.append(LifeRow(here.month, left, (event, competing, last_seen)))
    return LifeTable(end_point, masks, tuple(rows), tuple(end for end in ends if end is not None))


def _counted(interval: Interval, cells: Cells) -> tuple[Cell, Cell, Cell]:
    first, second, third = (cells.of(item) for item in interval.ends)
    return first, second, third


def _intervals(ends: Sequence[tuple[int, How] | None], grid: Sequence[int]) -> Iterator[Interval]:
    numpy = needed("numpy")
    nobody = -1
    days = numpy.fromiter((nobody if end is None else end[0] for end in ends), dtype=numpy.int32, count=len(ends))
    ways = numpy.fromiter((nobody if end is None else _HOW.index(end[1]) for end in ends), dtype=numpy.int8, count=len(ends))  # fmt: skip
    began = nobody
    for month in grid:
        until = day_of_month(month)
        here = (days > began) & (days <= until)
        yield Interval(month, days > until, (here & (ways == 0), here & (ways == 1), here & (ways == 2)))
        began = until


def tie_nested(whole: LifeTable, part: LifeTable, cells: Cells) -> None:
    """Tell that each count of `part` is of patients who are in the same count of `whole`."""
    for outer, inner in zip(whole.masks, part.masks, strict=True):
        for all_, some in zip((outer.left, *outer.ends), (inner.left, *inner.ends), strict=True):
            cells.parted(all_, [some, all_ & ~some])


Timed = tuple[float, Share]
"""Months after stopping, and a share."""


@dataclass(frozen=True, slots=True)
class Shares:
    """At a month: the share with neither event, and that with the event; None where none may or can be given."""

    month: int
    free: Share | None
    event: Share | None


def shares_of(table: LifeTable, hidden: frozenset[str], *, by_interval: bool) -> list[Shares]:
    """The shares for each row; at the beginning they are known. None where nobody is followed any longer, or where a count that
    they rest on is hidden: the share with neither event rests on those still followed and last seen alone."""
    steps = _steps_of_rows(table) if by_interval else steps_by_day(table.followed)
    found = [Shares(0, Share(1.0, None, None), Share(0.0, None, None))]
    for place, row in enumerate(table.rows[1:], 1):
        here = [step for step in steps if step.at <= day_of_month(row.month)]
        before = table.rows[: place + 1]
        lost_is_shown = not by_interval or _shown(
            [cell for item in before for cell in (item.left, item.ends[2])], hidden
        )
        all_shown = lost_is_shown and (
            not by_interval or _shown([cell for item in before for cell in item.ends], hidden)
        )
        left = row.left.count
        free = free_of_both(here, left) if left and lost_is_shown else None
        found.append(Shares(row.month, free, incidence(here, left) if left and all_shown else None))
    return found


def _shown(cells: Sequence[Cell], hidden: frozenset[str]) -> bool:
    return not any(cell.key in hidden for cell in cells if cell.count)


def _steps_of_rows(table: LifeTable) -> list[Step]:
    """One step for each row."""
    return [
        step_of_interval(day_of_month(row.month), before.left.count, *(cell.count for cell in row.ends))
        for before, row in pairwise(table.rows)
        if before.left.count
    ]


def every_step(table: LifeTable) -> tuple[list[Timed], list[Timed]]:
    """For drawing: the shares with neither event and with the event, at the start, after each step, and when the last of all was
    seen. Not to be shown where counts are hidden."""
    steps = steps_by_day(table.followed)
    free: list[Timed] = [(0.0, free_of_both([], len(table.followed)))]
    event: list[Timed] = [(0.0, Share(0.0, None, None))]
    for step, (share, grown) in zip(steps, along(steps), strict=True):
        free.append((step.at / DAYS_A_MONTH, share))
        event.append((step.at / DAYS_A_MONTH, Share(grown, None, None)))
    last = max(day for day, _ in table.followed) / DAYS_A_MONTH
    return [*free, (last, free[-1][1])], [*event, (last, event[-1][1])]
