"""Counts of patients, each known by whom it counts, with the sums that tie them together; and which of them to hide.

A count below the smallest that may be shown is hidden. So that no sum gives it away, others are hidden with it: in every sum
at least two, which together are not small; and then none may follow from all the sums of all figures taken together. Two
counts of the same patients are one, in whatever figures they stand, and are hidden in all of them.

Why that suffices: only counts above zero are hidden. Where a hidden count does not follow from the sums, there is a way to
change it that keeps all sums, and in tables of sums that way changes each count by one at most, so that both one more and one
less would fit what is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..arrow import needed


@dataclass(frozen=True, slots=True)
class Cell:
    """A count; `key` is of the patients counted."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Sum:
    """That the parts make up the whole, each patient in one of them."""

    whole: Cell
    parts: tuple[Cell, ...]


class Cells:
    """All counts of a report and their sums. `whom`: whether it is kept who is counted in each."""

    def __init__(self, whom: bool = False) -> None:
        self._cells: dict[str, Cell] = {}
        self._sums: list[Sum] = []
        # A bit for each patient: a report has hundreds of counts.
        self._whom: dict[str, Any] | None = {} if whom else None

    def of(self, mask: Any) -> Cell:
        """The count of a mask of patients (a numpy array of booleans)."""
        key = hashlib.blake2b(mask.tobytes(), digest_size=16).hexdigest()
        if self._whom is not None and key not in self._whom:
            self._whom[key] = needed("numpy").packbits(mask)
        return self._cells.setdefault(key, Cell(key, int(mask.sum())))

    def whom(self, cell: Cell) -> tuple[int, ...] | None:
        """The places of the patients in a count, in the order of the rows; None where that was not to be kept."""
        if self._whom is None:
            return None
        numpy = needed("numpy")
        return tuple(int(place) for place in numpy.flatnonzero(numpy.unpackbits(self._whom[cell.key])))

    def parted(self, whole: Any, parts: Sequence[Any]) -> tuple[Cell, list[Cell]]:
        """The counts of patients and of the parts that they fall into."""
        found = self.of(whole), [self.of(part) for part in parts]
        self._sums.append(Sum(found[0], tuple(cell for cell in found[1] if cell.count)))
        return found

    def hidden(self, least: int) -> frozenset[str]:
        """The keys of the counts to hide so that none below `least` (but zero) is shown or follows from what is shown."""
        return hidden(self._cells.values(), self._sums, least)


def hidden(cells: Iterable[Cell], sums: Sequence[Sum], least: int) -> frozenset[str]:
    """See `Cells.hidden`."""
    found = {cell.key for cell in cells if 0 < cell.count < least}
    while True:
        more = _alone(sums, found, least) or _following(sums, found)
        if not more:
            return frozenset(found)
        found |= more


def _alone(sums: Sequence[Sum], found: set[str], least: int) -> set[str]:
    """What to hide besides where a sum has one hidden count, or hidden parts that together are small."""
    more: set[str] = set()
    for item in sums:
        covered = [cell for cell in (item.whole, *item.parts) if cell.key in found]
        parts = [cell for cell in item.parts if cell.key in found]
        whole_is_shown = item.whole.key not in found
        if not covered or (len(covered) > 1 and not (whole_is_shown and sum(cell.count for cell in parts) < least)):
            continue
        if len({item.whole.key, *(cell.key for cell in item.parts)}) == 1:
            continue  # the whole falls into one part: it is the same count
        left = [cell for cell in item.parts if cell.key not in found]
        more.add((min(left, key=lambda cell: (cell.count, cell.key)) if left else item.whole).key)
    return more


def _following(sums: Sequence[Sum], found: set[str]) -> set[str]:
    """One more count to hide for each hidden one that follows from all sums together."""
    more: set[str] = set()
    known = _determined(sums, found)
    for item in sums:
        if not known & {item.whole.key, *(cell.key for cell in item.parts)}:
            continue
        left = [cell for cell in (*item.parts, item.whole) if cell.key not in found and cell.count]
        if left:
            more.add(min(left, key=lambda cell: (cell.count, cell.key)).key)
    return more


def _determined(sums: Sequence[Sum], found: set[str]) -> set[str]:
    """The hidden counts that have one value in all solutions of the sums (by elimination, in exact numbers)."""
    rows: list[dict[str, Fraction]] = []
    for item in sums:
        row = _equation(item, found)
        for other in rows:
            _subtract(row, other)
        if not row:
            continue
        lead = min(row)
        scale = row[lead]
        row = {key: value / scale for key, value in row.items()}
        for other in rows:
            factor = other.get(lead)
            if factor is not None:
                _add(other, row, -factor)
        rows.append({**row})
    return {next(iter(row)) for row in rows if len(row) == 1}


def _equation(item: Sum, found: set[str]) -> dict[str, Fraction]:
    row: dict[str, Fraction] = {}
    for cell, sign in ((item.whole, 1), *((part, -1) for part in item.parts)):
        if cell.key in found:
            row[cell.key] = row.get(cell.key, Fraction(0)) + sign
    return {key: value for key, value in row.items() if value}


def _subtract(row: dict[str, Fraction], other: dict[str, Fraction]) -> None:
    """Take out of a row the unknown that leads another, reduced one."""
    lead = min(other)
    factor = row.get(lead)
    if factor is not None:
        _add(row, other, -factor)


def _add(row: dict[str, Fraction], other: dict[str, Fraction], factor: Fraction) -> None:
    for key, value in other.items():
        changed = row.get(key, Fraction(0)) + factor * value
        if changed:
            row[key] = changed
        else:
            row.pop(key, None)
