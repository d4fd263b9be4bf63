"""Ordinary patients on a day, as operators read them by column. What is laid out or read once serves all operators."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...case.case import Case
from ...patient.profile import Patient

# Verdicts of one criterion, one for each patient, as `logic.truth` numbers them.
Verdicts = NDArray[np.uint8]
Made = TypeVar("Made")


class Cohort:
    """Patients judged on one day, in order, with everything that was made of them."""

    def __init__(self, patients: Sequence[Patient], as_of: int) -> None:
        self.patients, self.as_of = patients, as_of
        self._made: dict[Hashable, Any] = {}
        self._cases: dict[int, Case] = {}

    def __len__(self) -> int:
        return len(self.patients)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Make something once for the whole cohort."""
        if key not in self._made:
            self._made[key] = make()
        found: Made = self._made[key]
        return found

    def all_of(self, verdict: int) -> Verdicts:
        """The same verdict for everybody."""
        return np.full(len(self), verdict, dtype=np.uint8)

    def values(self, path: str) -> Sequence[Any]:
        """What stands at a path of the profile, of each patient; a section on the way is looked up once for all in it."""
        if not path:
            return self.patients
        section, _, name = path.rpartition(".")
        return self.once(("values", path), lambda: list(map(attrgetter(name), self.values(section))))

    def case(self, place: int) -> Case:
        """One patient as the one-patient engine reads them."""
        if place not in self._cases:
            self._cases[place] = Case(self.patients[place], self.as_of)
        return self._cases[place]
