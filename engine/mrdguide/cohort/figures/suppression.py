"""Which counts to hide, so that no small one is shown or follows from what is shown.

The reader is taken to know more than anybody does: every sum that ties counts together, in all figures; which of the hidden counts
are small (from 1 up to the limit) and which are hidden only to protect those; and that a count that is shown as nothing is nothing.
A count is safe when other numbers, all of them whole and none below zero, fit everything that this reader knows, and we have found them:

- a small count has at least two values that fit, and could be as low as 1 and as high as one below the limit, unless it is tied to
  other small ones so that it cannot;
- any other hidden count, and a small count that stands nowhere but would follow from two that do, has at least two values that fit.

Such numbers are found as moves: one count goes up or down by one, and others with it, so that every sum holds. Where a move takes counts
that are shown, these are hidden, and so are few and small ones if possible; but of their size only the magnitude has a part in the choice,
so that the choice does not tell the number. Where a small count is parted, its parts are hidden even if they are nothing: otherwise
they would say how it is made up. Only what is nothing by the other sums already is shown as that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import count

from .cell import Cell, Sum

# How many moves are looked into for one count, and what it costs to take a count into a move: one that is not in the report, one that is
# hidden already, one that is shown (more for every sum beyond two that it is in, since those are the totals, and for its magnitude).
_LOOKED_INTO = 6_000
_STRAIGHT_ON = 20.0
_NOT_THERE, _HIDDEN, _SHOWN, _EACH_SUM, _EACH_MAGNITUDE = 0.3, 0.3, 1.0, 0.7, 0.3

Values = dict[str, int]


class NoWay(Exception):
    """A small count follows from what a report says even if all counts are hidden: `key` is which."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def hidden(cells: Mapping[str, Cell], sums: Sequence[Sum], least: int, displayed: Collection[str]) -> frozenset[str]:
    """The keys of the counts to hide; see `Cells.hidden`.

    Raises:
        NoWay: there is a small count that follows, whatever is hidden.
    """
    found = _Hidden(cells, sums, least, displayed)
    for cell in sorted(cells.values(), key=lambda cell: (cell.key not in found.keys, cell.key)):
        if 0 < cell.count < least or cell.key in found.emptied:
            found.protect(cell.key)
    return frozenset(found.keys - (found.emptied - found.moved))


class _Hidden:
    """The counts hidden so far, and what the reader knows of each."""

    def __init__(self, cells: Mapping[str, Cell], sums: Sequence[Sum], least: int, displayed: Collection[str]) -> None:
        self._counts: Values = {key: cell.count for key, cell in cells.items()}
        self._least, self._displayed = least, frozenset(displayed)
        self._without_end = sum(self._counts.values()) + least
        self.emptied = self._emptied(sums)
        self.moved: set[str] = set()
        self.keys = {key for key in self._displayed if 0 < self._counts[key] < least} | self.emptied
        self._sums = [signs for sum_ in sums if (signs := self._signs(sum_))]
        self._sums_of: dict[str, list[int]] = {}
        for number, signs in enumerate(self._sums):
            for key in signs:
                self._sums_of.setdefault(key, []).append(number)
        self._in_small = {
            cell.key for sum_ in sums if sum_.in_a_row and self._is_small(sum_.whole.key) for cell in sum_.parts
        }

    def _is_small(self, key: str) -> bool:
        return key in self._displayed and 0 < self._counts[key] < self._least

    def protect(self, key: str) -> None:
        """Hide what has to be hidden so that a small count is safe.

        Raises:
            NoWay: no other number fits, whatever is hidden.
        """
        value = self._counts[key]
        if self._is_small(key):
            safe = [self._opened_up_to(key, goal) != value for goal in (1, self._least - 1)]
        else:
            safe = [any(self._opened_up_to(key, goal) != value for goal in (value + 1, value - 1) if goal >= 0)]
        if value and not any(safe):
            raise NoWay(key)

    def _opened_up_to(self, key: str, goal: int) -> int:
        """Make it possible that a count is another one, as near to the goal as sums of small counts let it come; which that is."""
        values = dict(self._counts)
        while left := goal - values[key]:
            way = self._way(values, key, 1 if left > 0 else -1)
            if not way:
                break
            times = min(abs(left), *(self._room(values, name, sign) for name, sign in way.items()))
            for name, sign in way.items():
                values[name] += times * sign
            self.moved |= way.keys()
            self.keys |= way.keys() & self._displayed
        return values[key]

    def _way(self, values: Values, key: str, sign: int) -> Values:
        """The counts to move by one so that this one is moved and all sums hold, if possible few that are shown; none where none was found.

        First for the cheapest, then, where that would take too long, straight on to any.
        """
        return self._searched(values, key, sign, _SHOWN) or self._searched(values, key, sign, _STRAIGHT_ON)

    def _searched(self, values: Values, key: str, sign: int, for_each_off: float) -> Values:
        order = count()
        waiting = [(0.0, next(order), 0.0, {key: sign}, self._put_off({}, key, sign))]
        seen: set[frozenset[tuple[str, int]]] = set()
        while waiting and len(seen) < _LOOKED_INTO:
            _, _, cost, moved, off = heappop(waiting)
            if not off:
                return moved
            here = frozenset(moved.items())
            if here in seen:
                continue
            seen.add(here)
            number = min(off, key=lambda number: len(self._sums[number]))
            for name, way in self._candidates(number, off[number], moved, values):
                more = self._put_off(off, name, way)
                spent = cost + self._cost(name)
                ahead = spent + for_each_off * sum(map(abs, more.values()))
                heappush(waiting, (ahead, next(order), spent, {**moved, name: way}, more))
        return {}

    def _candidates(self, number: int, off: int, moved: Values, values: Values) -> Iterator[tuple[str, int]]:
        """The counts of a sum that can be moved, with the direction that brings the sum back."""
        for name, coefficient in self._sums[number].items():
            sign = -coefficient if off > 0 else coefficient
            if name not in moved and self._room(values, name, sign) > 0:
                yield name, sign

    def _put_off(self, off: dict[int, int], key: str, sign: int) -> dict[int, int]:
        """By how much each sum is off after a move."""
        found = dict(off)
        for number in self._sums_of.get(key, ()):
            found[number] = found.get(number, 0) + sign * self._sums[number][key]
            if not found[number]:
                del found[number]
        return found

    def _room(self, values: Values, key: str, sign: int) -> int:
        """How far a count can be moved up or down and still be what the reader takes for possible."""
        low, high = self._limits(key)
        return high - values[key] if sign > 0 else values[key] - low

    def _limits(self, key: str) -> tuple[int, int]:
        if key not in self._displayed:
            return 0, self._without_end
        if self._counts[key] >= self._least:
            return self._least, self._without_end
        return 0 if key in self._in_small or key in self.emptied else 1, self._least - 1

    def _cost(self, key: str) -> float:
        if key not in self._displayed:
            return _NOT_THERE
        if key in self.keys:
            return _HIDDEN
        magnitude = (self._counts[key] // self._least).bit_length()
        return _SHOWN + _EACH_MAGNITUDE * magnitude + _EACH_SUM * max(0, len(self._sums_of[key]) - 2)

    def _emptied(self, sums: Sequence[Sum]) -> set[str]:
        """The counts of nobody that are hidden: parts of a small count, and what these are parted into."""
        found: set[str] = set()
        while True:
            more = {
                cell.key for sum_ in sums for cell in sum_.empty
                if sum_.in_a_row and cell.key in self._displayed and (self._is_small(sum_.whole.key) or sum_.whole.key in found)
            }  # fmt: skip
            if more == found:
                return found
            found = more

    def _signs(self, sum_: Sum) -> dict[str, int]:
        """The counts of a sum with their signs. Where the whole is its one part, the two are the same count, and the others are nothing."""
        empty = {cell.key: -1 for cell in sum_.empty if cell.key in self.emptied}
        if sum_.whole.key in {cell.key for cell in sum_.parts}:
            return empty
        return {sum_.whole.key: 1, **{cell.key: -1 for cell in sum_.parts}, **empty}
