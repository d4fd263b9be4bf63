"""Counts of patients with the sums that tie them together over all figures of a report.

A count is known by what it is about and by whom it counts: what is one by its meaning, as an answer in several figures, is one count and is
hidden in all of them. What is about different things is not one because it happens to count the same patients: no reader can know that.
Counts of nobody are each their own for the same reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from ..arrow import needed
from .cell import Cell, Sum
from .suppression import hidden


class Cells:
    """All counts of a report and their sums. `whom`: whether it is kept who is counted in each; `least`: the smallest count that
    may be shown."""

    def __init__(self, whom: bool = False, least: int = 0) -> None:
        self.least = least
        self._cells: dict[str, Cell] = {}
        self._sums: list[Sum] = []
        # A bit for each patient: a report has hundreds of counts.
        self._whom: dict[str, Any] | None = {} if whom else None

    def of(self, mask: Any, about: str = "") -> Cell:
        """The count of a mask of patients (a numpy array of booleans). `about`: what it is about; nothing for the answers themselves."""
        key = hashlib.blake2b(about.encode() + b"\0" + mask.tobytes(), digest_size=16).hexdigest()
        if self._whom is not None and key not in self._whom:
            self._whom[key] = needed("numpy").packbits(mask)
        return self._cells.setdefault(key, Cell(key, int(mask.sum())))

    def whom(self, cell: Cell) -> tuple[int, ...] | None:
        """The places of the patients in a count, in the order of the rows; None where that was not to be kept."""
        if self._whom is None:
            return None
        if not cell.count:
            return ()
        numpy = needed("numpy")
        return tuple(int(place) for place in numpy.flatnonzero(numpy.unpackbits(self._whom[cell.key])))

    def parted(
        self, whole: Any, parts: Sequence[Any], about: str = "", *, of: Cell | None = None
    ) -> tuple[Cell, list[Cell]]:
        """The counts of patients and of the parts that they fall into. `of`: the whole, where it is about something else."""
        return self._parted(of or self.of(whole, about), parts, about, in_a_row=False)

    def row(self, whole: Cell, parts: Sequence[Any], about: str = "") -> list[Cell]:
        """The counts of the parts into which those fall who are counted in a row."""
        return self._parted(whole, parts, about, in_a_row=True)[1]

    def _parted(self, whole: Cell, parts: Sequence[Any], about: str, *, in_a_row: bool) -> tuple[Cell, list[Cell]]:
        found = [
            self.of(part, about) if part.any() else self._nobody(f"{whole.key} {len(self._sums)} {place}")
            for place, part in enumerate(parts)
        ]
        self._sums.append(Sum(whole, *_filled_and_empty(found), in_a_row))
        return whole, found

    def tie(self, whole: Cell, parts: Sequence[Cell]) -> None:
        """Tell that counts which stand in the report add up to another."""
        self._sums.append(Sum(whole, *_filled_and_empty(parts)))

    def _nobody(self, key: str) -> Cell:
        return self._cells.setdefault(key, Cell(key, 0))

    def hidden(self, least: int, displayed: Collection[str] | None = None) -> frozenset[str]:
        """The keys of the counts to hide so that none below `least` (but zero) is shown or follows from what is shown.

        `displayed` are the keys of the counts that stand in the report (None: all of them).

        Raises:
            NoWay: there is a small count that follows, whatever is hidden.
        """
        return hidden(self._cells, self._sums, least, self._cells if displayed is None else displayed)


def _filled_and_empty(parts: Sequence[Cell]) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    return tuple(cell for cell in parts if cell.count), tuple(cell for cell in parts if not cell.count)
