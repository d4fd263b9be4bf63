"""How much one part of an explanation may still try, so that a very long record takes no longer with the square of its
length. What each part tries is charged whether or not another part has tried it before: what is said never depends on
what was looked at first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

# Most questions have fewer answers than this.
_ANSWERS = 8


class HasPaths(Protocol):
    """A situation with places of the profile that are asked about in it."""

    @property
    def paths(self) -> Iterable[str]: ...


class Effort:
    """Answers that may still be tried. In ordinary records there are more of them than are needed."""

    def __init__(self, answers: float) -> None:
        self._left = answers
        self._charged: set[tuple[int, str]] = set()

    @property
    def spent(self) -> bool:
        return self._left < 0

    def covers(self, situations: Iterable[HasPaths]) -> bool:
        """Whether all that is asked in some situations may be tried; it is charged."""
        for situation in situations:
            for path in situation.paths:
                if not self.covers_one(situation, path):
                    return False
        return not self.spent

    def covers_one(self, situation: HasPaths, path: str) -> bool:
        """Whether the answers about one place in a situation may be tried; they are charged once."""
        key = id(situation), path
        if self.spent or key in self._charged:
            return key in self._charged
        self._charged.add(key)
        self._left -= _ANSWERS
        return not self.spent
