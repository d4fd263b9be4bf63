"""Life tables: at fixed months after stopping how many are still followed, what has happened since the row before, and the shares.

Counts are `Cells`, so that small ones can be hidden. Where that is asked for, shares are worked out from the counts of the table
alone (by interval) instead of from each patient's days, and only as long as none of these counts is hidden: then they tell
nothing that the counts do not tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from ..arrow import needed
from ..figures.cells import Cell, Cells
from .end_points import EndPoint
from .estimates import How, Share, Step, free_of_both, incidence, step_of_interval, steps_by_day
from .groups import Member, mask

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
    masks = tuple(_intervals(members, ends, grid))
    rows = [LifeRow(masks[0].month, cells.of(masks[0].left), _counted(masks[0], cells))]
    for before, here in pairwise(masks):
        cells.parted(before.left, [here.left, *here.ends])
        rows.append(LifeRow(here.month, cells.of(here.left), _counted(here, cells)))
    return LifeTable(end_point, masks, tuple(rows), tuple(end for end in ends if end is not None))


def _counted(interval: Interval, cells: Cells) -> tuple[Cell, Cell, Cell]:
    first, second, third = (cells.of(item) for item in interval.ends)
    return first, second, third


def _intervals(
    members: Sequence[Member], ends: Sequence[tuple[int, How] | None], grid: Sequence[int]
) -> Iterator[Interval]:
    began = -1
    for month in grid:
        until = day_of_month(month)
        left = mask(members, [end is not None and end[0] > until for end in ends])
        parts = [
            mask(members, [end is not None and began < end[0] <= until and end[1] == how for end in ends])
            for how in _HOW
        ]
        yield Interval(month, left, (parts[0], parts[1], parts[2]))
        began = until


def tie_nested(whole: LifeTable, part: LifeTable, cells: Cells) -> None:
    """Tell that each count of `part` is of patients who are in the same count of `whole`."""
    for outer, inner in zip(whole.masks, part.masks, strict=True):
        for all_, some in zip((outer.left, *outer.ends), (inner.left, *inner.ends), strict=True):
            cells.parted(all_, [some, all_ & ~some])


def tie_end_points(tables: Sequence[LifeTable], cells: Cells) -> None:
    """Tell what counts of several end points of the same patients have in common."""
    numpy = needed("numpy")
    for place, one in enumerate(tables):
        for other in tables[place + 1 :]:
            for first, second in zip(one.masks, other.masks, strict=True):
                for left in (first.left, *first.ends):
                    for right in (second.left, *second.ends):
                        both = left & right
                        if numpy.any(both):
                            cells.parted(left, [both, left & ~both])
                            cells.parted(right, [both, right & ~both])


@dataclass(frozen=True, slots=True)
class Shares:
    """At a month: the share with neither event, and that with the event; None where none may or can be given."""

    month: float
    free: Share | None
    event: Share | None


def shares_of(table: LifeTable, hidden: frozenset[str], *, by_interval: bool) -> list[Shares]:
    """The shares for each row; at the beginning they are known. None where nobody is followed any longer, or where a count that they rest on is hidden."""
    steps = _steps_of_rows(table, hidden) if by_interval else steps_by_day(table.followed)
    found = [Shares(0, Share(1.0, None, None), Share(0.0, None, None))]
    for row in table.rows[1:]:
        until = day_of_month(row.month)
        known = row.left.count and (not by_interval or _all_shown(table, row.month, hidden))
        here = [step for step in steps if step.at <= until]
        found.append(_shares(row.month, here, row.left.count) if known else Shares(row.month, None, None))
    return found


def every_step(table: LifeTable) -> list[Shares]:
    """The shares at the start, after each event and when the last of all was seen, for drawing; not where counts are hidden."""
    steps = steps_by_day(table.followed)
    last = max(day for day, _ in table.followed)
    found = [_shares(0, [], len(table.followed))]
    for place, step in enumerate(steps):
        left = sum(day > step.at for day, _ in table.followed)
        found.append(_shares(step.at / DAYS_A_MONTH, steps[: place + 1], left))
    return [*found, replace(found[-1], month=last / DAYS_A_MONTH)]


def _shares(month: float, steps: Sequence[Step], left: int) -> Shares:
    return Shares(month, free_of_both(steps, left), incidence(steps, left))


def _all_shown(table: LifeTable, month: int, hidden: frozenset[str]) -> bool:
    return not any(
        cell.key in hidden for row in table.rows if row.month <= month for cell in (row.left, *row.ends) if cell.count
    )


def _steps_of_rows(table: LifeTable, hidden: frozenset[str]) -> list[Step]:
    """One step for each row as far as all counts may be shown."""
    steps = []
    for before, row in pairwise(table.rows):
        if not _all_shown(table, row.month, hidden):
            break
        counts = [cell.count for cell in row.ends]
        if before.left.count:
            steps.append(step_of_interval(day_of_month(row.month), before.left.count, *counts))
    return steps
