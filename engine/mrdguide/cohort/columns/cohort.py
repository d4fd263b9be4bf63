"""Ordinary patients on a day, as operators read them by column. What is laid out or read once serves all operators."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...case.case import Case

# Verdicts of one criterion, one for each patient, as `logic.truth` numbers them.
Verdicts = NDArray[np.uint8]
Made = TypeVar("Made")


class Cohort:
    """Cases of one day, in order, with everything that was made of them."""

    def __init__(self, cases: Sequence[Case], as_of: int) -> None:
        self.cases, self.as_of = cases, as_of
        self._made: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self.cases)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Make something once for the whole cohort."""
        if key not in self._made:
            self._made[key] = make()
        found: Made = self._made[key]
        return found

    def all_of(self, verdict: int) -> Verdicts:
        """The same verdict for everybody."""
        return np.full(len(self), verdict, dtype=np.uint8)
