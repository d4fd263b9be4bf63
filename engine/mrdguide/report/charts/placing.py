"""Finding room for labels and markers, so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence

Box = tuple[float, float, float, float]  # left, top, right, bottom
Span = tuple[float, float]


class Boxes:
    """The places already taken on a plane."""

    def __init__(self) -> None:
        self._taken: list[Box] = []

    def take(self, box: Box) -> None:
        self._taken.append(box)

    def free(self, box: Box) -> bool:
        left, top, right, bottom = box
        return not any(left < b[2] and b[0] < right and top < b[3] and b[1] < bottom for b in self._taken)

    def beside(self, x: float, y: float, radius: float, below: float = 0) -> float:
        """The x nearest to a point at which a marker covers no other; it is taken. The point itself when all is full.

        `below` is how far the marker reaches down beyond its radius.
        """
        for step in range(17):
            offset = (step + 1) // 2 * (2 * radius + 1) * (-1 if step % 2 else 1)
            box = (x + offset - radius, y - radius, x + offset + radius, y + radius + below)
            if self.free(box):
                self.take(box)
                return x + offset
        return x


class Rows:
    """Rows of a lane, filled from the first; `obstacles` are vertical lines that a label should not cross."""

    def __init__(self, most: int, left: float, right: float, obstacles: Sequence[float] = ()) -> None:
        self.used = 0
        self._rows: list[list[Span]] = [[] for _ in range(most)]
        self._left, self._right = left, right
        self._obstacles = obstacles

    def place(self, choices: Sequence[tuple[Span, Span]], *, through: bool = False) -> tuple[int, int] | None:
        """The first choice that fits in a row, as (row, choice). A choice is all that it covers, and of that the label alone.

        `through` lets labels cross the obstacles. None when nothing fits.
        """
        for index, (whole, label) in enumerate(choices):
            for row, taken in enumerate(self._rows):
                if whole[0] < self._left or whole[1] > self._right:
                    continue
                if any(whole[0] < b and a < whole[1] for a, b in taken):
                    continue
                if not through and any(label[0] < x < label[1] for x in self._obstacles):
                    continue
                taken.append(whole)
                self.used = max(self.used, row + 1)
                return row, index
        return None
