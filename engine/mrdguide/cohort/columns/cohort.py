"""Ordinary patients, each on a day, as operators read them by column. What is laid out or read once serves all operators."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...case.case import Case
from .profiles import Profiles

# Verdicts of one criterion, one for each patient, as `logic.truth` numbers them.
Verdicts = NDArray[np.uint8]
Made = TypeVar("Made")


class Cohort:
    """Profiles in order, with everything that was made of them. `days` is the day on which each is judged."""

    def __init__(self, profiles: Profiles, as_of: int | NDArray[np.int32]) -> None:
        """`as_of` is one day for all, or a day for each."""
        self.profiles = profiles
        self.days: NDArray[np.int32] = np.broadcast_to(np.asarray(as_of, dtype=np.int32), len(profiles)).copy()
        self._made: dict[Hashable, Any] = {}
        self._cases: dict[int, Case] = {}

    def __len__(self) -> int:
        return len(self.profiles)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Make something once for the whole cohort."""
        if key not in self._made:
            self._made[key] = make()
        found: Made = self._made[key]
        return found

    def all_of(self, verdict: int) -> Verdicts:
        """The same verdict for everybody."""
        return np.full(len(self), verdict, dtype=np.uint8)

    @property
    def known_until(self) -> NDArray[np.int32]:
        """The last day on which what is recorded of each patient can have been found, as seen from the day judged."""

        def make() -> NDArray[np.int32]:
            recorded = self.profiles.dates("recorded")
            return np.where(recorded.known, np.minimum(recorded.latest, self.days), self.days).astype(np.int32)

        return self.once("known until", make)

    def may_lack(self, name: str) -> NDArray[np.bool_]:
        """Whether a list of each patient may lack entries, so that what is not in it is unknown."""
        return self.once(("may lack", name), lambda: self.profiles.may_lack(name))

    def case(self, place: int) -> Case:
        """One patient as the one-patient engine reads them."""
        if place not in self._cases:
            self._cases[place] = Case(self.profiles.patient(place), int(self.days[place]))
        return self._cases[place]
