"""One list of the profiles as columns: the entries of all patients behind each other, in order of time for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

import numpy as np
from pydantic import BaseModel

from ...case.case import LONG_AGO
from ...reading.validation import annotation_parts
from .cohort import Cohort
from .kernel import Column, kernel
from .profiles import NO_WORD, Dates, Entries


@kernel
def in_order(patients: int, owner: Column, earliest: Column, latest: Column) -> tuple[Column, Column]:
    """Where the entries of each patient begin, and the places of all in order of time for each; those of the same days as given.

    A patient has few entries, so that putting each in its place as it comes is faster than sorting all.
    """
    offset = np.zeros(patients + 1, dtype=np.int64)
    for entry in range(owner.size):
        offset[owner[entry] + 1] += 1
    for patient in range(patients):
        offset[patient + 1] += offset[patient]
    free, place = offset[:-1].copy(), np.empty(owner.size, dtype=np.int64)
    for entry in range(owner.size):
        at = free[owner[entry]]
        free[owner[entry]] += 1
        while at > offset[owner[entry]]:
            before = place[at - 1]
            if earliest[before] < earliest[entry] or (
                earliest[before] == earliest[entry] and latest[before] <= latest[entry]
            ):
                break
            place[at] = before
            at -= 1
        place[at] = entry
    return offset, place


class Order:
    """Entries in order of time for each patient; those of a patient stand from `offset` of the patient to that of the next.

    `place` says of each where it stands among the entries given; entries of the same days stay in the order given.
    """

    def __init__(self, patients: int, owner: Column, earliest: Column, latest: Column) -> None:
        self.offset, self.place = in_order(patients, owner, earliest, latest)
        self.lengths = np.diff(self.offset)
        self.owner = np.repeat(np.arange(patients), self.lengths)
        self.earliest, self.latest = earliest[self.place], latest[self.place]


class Listed(Order):
    """The entries of a list that can have happened by the as-of day, with their first and last possible day."""

    def __init__(self, patients: int, entries: Entries, known: Column, earliest: Column, latest: Column) -> None:
        """`known` are the places of the entries that can have happened; the days are of these."""
        super().__init__(patients, entries.owner[known], earliest, latest)
        self._entries, self._known = entries, known[self.place]
        self._alike: dict[tuple[str, ...], tuple[Column, list[Any]]] = {}

    def __len__(self) -> int:
        return int(self.owner.size)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields of an entry."""
        return self._entries.names

    def words(self, field: str, codes: dict[Any, int]) -> Column:
        """A field that holds one of some words, as their numbers."""
        return self._entries.words(field, codes)[self._known]

    def flags(self, field: str) -> Column:
        """A field that is true (1), false (0) or not recorded."""
        return self._entries.flags(field)[self._known]

    def numbers(self, field: str) -> Column:
        """A field that holds a number; NaN where none is recorded."""
        return self._entries.numbers(field)[self._known]

    def quantities(self, field: str, part: str = "value") -> Column:
        """A field that holds a quantity, in its canonical unit, or another `part` of it; NaN where none is recorded."""
        return self._entries.quantities(field, part)[self._known]

    def dates(self, field: str) -> Dates:
        """A field that holds a date."""
        return Dates(*(column[self._known] for column in self._entries.dates(field)))

    def end_recorded(self) -> Column:
        """Of therapy: whether the profile says when an entry ended, or that it has not."""
        return self._entries.end_recorded()[self._known]

    def doubted(self) -> Column:
        """Whether something is recorded as the date of an entry that it cannot be."""
        return self._entries.doubted()[self._known]

    def alike(self, fields: tuple[str, ...]) -> tuple[Column, list[Any]]:
        """A number for every entry, the same for those with the same in some fields, and for each number an entry that has
        at least these fields."""
        if fields not in self._alike:
            codes, kinds = self._entries.alike(fields)
            self._alike[fields] = codes[self._known], kinds
        return self._alike[fields]

    def best(self, verdicts: Column) -> Column:
        """The highest verdict among the entries of each patient; 0 (not met) where there are none."""
        found = np.zeros(len(self.lengths), dtype=np.uint8)
        some = np.flatnonzero(self.lengths)
        if some.size:
            found[some] = np.maximum.reduceat(verdicts, self.offset[some])
        return found


def listed(cohort: Cohort, name: str) -> Listed:
    """A list of the profiles, laid out once: what can have happened by the as-of day."""
    return cohort.once(("list", name), lambda: _in_order(cohort, name))


def _in_order(cohort: Cohort, name: str) -> Listed:
    """The entries with their days as `case.case` gives them to one patient."""
    entries = cohort.profiles.entries(name)
    when = _begins(entries) if name == "therapy" else entries.dates("date")
    earliest = np.where(when.known, when.earliest, LONG_AGO).astype(np.int32)
    today = cohort.days[entries.owner]
    latest = np.where(when.known, np.minimum(when.latest, today), today).astype(np.int32)
    if name in ("therapy", "events"):
        # Nothing begins after its own end.
        end = entries.dates("end")
        latest = np.where(end.known, np.maximum(np.minimum(latest, end.latest), earliest), latest)
        latest = np.maximum(latest, earliest)
    known = np.flatnonzero(earliest <= cohort.known_until[entries.owner])
    return Listed(len(cohort), entries, known, earliest[known], latest[known])


def _begins(therapy: Entries) -> Dates:
    """The start of therapy, or the day of a transplant."""
    start, day = therapy.dates("start"), therapy.dates("date")
    return Dates(
        start.known | day.known,
        np.where(start.known, start.earliest, day.earliest),
        np.where(start.known, start.latest, day.latest),
    )


def codes_of(model: type[BaseModel], field: str) -> dict[Any, int]:
    """Numbers of the words a field can hold, from 1 on in the order the profile names them; None is 0."""
    parts = annotation_parts(model.model_fields[field].annotation)
    words = [word for part in parts if get_origin(part) is Literal for word in get_args(part)]
    return {None: NO_WORD} | {word: number for number, word in enumerate(words, start=1)}


def chosen(codes: dict[Any, int], words: Sequence[Any]) -> Column:
    """By number whether a word is one of some; what is not recorded is none, unless None is named."""
    found = np.zeros(len(codes), dtype=np.bool_)
    found[[codes[word] for word in words]] = True
    return found
