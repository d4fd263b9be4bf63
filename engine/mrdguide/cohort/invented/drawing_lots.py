"""Chance that is the same everywhere: from a seed and a number, on any machine and version."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

from .parameters import Spread

Thing = TypeVar("Thing")


class Lots:
    """One patient's chance. Only `Random.random` is used, whose values for a seed Python promises to keep."""

    def __init__(self, seed: int, number: int) -> None:
        self._random = Random(f"{seed}:{number}").random

    def share(self) -> float:
        """From 0 up to 1."""
        return self._random()

    def happens(self, chance: float) -> bool:
        return self._random() < chance

    def one_of(self, things: Sequence[Thing]) -> Thing:
        return things[int(self._random() * len(things))]

    def weighed(self, shares: Mapping[str, float]) -> str:
        """A name, by the shares; they need not add up to one."""
        drawn = self._random() * sum(shares.values())
        for name, share in shares.items():
            drawn -= share
            if drawn < 0:
                return name
        return list(shares)[-1]

    def between(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return least + int(self._random() * (most - least + 1))

    def spread(self, spread: Spread) -> float:
        """A number of a triangular distribution."""
        drawn, width = self._random(), spread.most - spread.least
        bend = (spread.mode - spread.least) / width
        if drawn < bend:
            return spread.least + math.sqrt(drawn * width * (spread.mode - spread.least))
        return spread.most - math.sqrt((1 - drawn) * width * (spread.most - spread.mode))

    def years_until(self, chance_a_year: float) -> float:
        """Years until something happens that happens in a year with this chance."""
        return math.log(1 - self._random()) / math.log(1 - chance_a_year) if chance_a_year > 0 else math.inf
