"""Ordinary patients on a day, as operators read them by column. What is laid out or read once serves all operators."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...case.case import Case
from ...case.doubts import DATED, without_doubts
from ...patient.facts import catalogue
from ...patient.profile import Patient

# Verdicts of one criterion, one for each patient, as `logic.truth` numbers them.
Verdicts = NDArray[np.uint8]
Made = TypeVar("Made")

_AT_A_TIME = 256


@cache
def _paths() -> tuple[str, ...]:
    """All that is read of a patient, apart from what stands within the entries of lists."""
    facts = (f"{fact.path}.status" if fact.kind == "finding" else fact.path for fact in catalogue().values())
    return (*DATED, "diagnosis.date", "recorded", "incomplete", *facts)


def columns_of(things: Sequence[Any], paths: Sequence[str]) -> dict[str, list[Any]]:
    """What stands at two or more paths of many things, by path.

    A few things are read at a time, each at all paths at once while the processor has it at hand: path by path takes twice as
    long, and rows of all of them would be looked through for garbage again and again.
    """
    columns: dict[str, list[Any]] = {path: [] for path in paths}
    read = attrgetter(*paths)
    for first in range(0, len(things), _AT_A_TIME):
        rows = map(read, things[first : first + _AT_A_TIME])
        for column, values in zip(columns.values(), zip(*rows, strict=True), strict=True):
            column.extend(values)
    return columns


class Cohort:
    """Patients judged on one day, in order, with everything that was made of them.

    `patients` are as recorded; read by column is what can be of them (`case.doubts`).
    """

    def __init__(self, patients: Sequence[Patient], as_of: int) -> None:
        self.patients, self.as_of = patients, as_of
        self._plausible = [without_doubts(patient, as_of).patient for patient in patients]
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
        """What stands at a path of the profile, of each patient: a list, or a single fact (of a finding its status)."""
        columns = self.once("values", lambda: columns_of(self._plausible, _paths()))
        return columns[path]

    @property
    def known_until(self) -> NDArray[np.int32]:
        """The last day on which what is recorded of each patient can have been found, as seen from the day judged."""
        return self.once("known until", self._known_until)

    def _known_until(self) -> NDArray[np.int32]:
        days = [self.as_of if day is None else min(day.latest, self.as_of) for day in self.values("recorded")]
        return np.array(days, dtype=np.int32)

    def may_lack(self, name: str) -> NDArray[np.bool_]:
        """Whether a list of each patient may lack entries, so that what is not in it is unknown."""
        lists = self.values("incomplete")
        return self.once(("may lack", name), lambda: np.array([name in found for found in lists], dtype=np.bool_))

    def case(self, place: int) -> Case:
        """One patient as the one-patient engine reads them."""
        if place not in self._cases:
            self._cases[place] = Case(self.patients[place], self.as_of)
        return self._cases[place]
