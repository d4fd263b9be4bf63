"""One list of the profiles as columns: the entries of all patients behind each other, in order of time for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args, get_origin

import numpy as np
from pydantic import BaseModel

from ...case.case import Timed
from ...reading.validation import annotation_parts
from .cohort import Cohort
from .kernel import Column

# What is not recorded: no word, no flag; a number is NaN.
NO_WORD, NO_FLAG = 0, -1


class Listed:
    """`entries` with their days; those of a patient stand from `offset` of the patient to that of the next."""

    def __init__(self, lists: Sequence[Sequence[Timed[Any]]]) -> None:
        self.offset = np.zeros(len(lists) + 1, dtype=np.int64)
        np.cumsum([len(entries) for entries in lists], out=self.offset[1:])
        self._alike: dict[tuple[str, ...], tuple[Column, list[Any]]] = {}
        self.entries = [timed.entry for entries in lists for timed in entries]
        self.earliest = self._column((timed.earliest for entries in lists for timed in entries), np.int32)
        self.latest = self._column((timed.latest for entries in lists for timed in entries), np.int32)

    @property
    def lengths(self) -> Column:
        """How many entries each patient has."""
        return np.diff(self.offset)

    def words(self, field: str, codes: dict[Any, int]) -> Column:
        """A field that holds one of some words, as their numbers."""
        return self._column((codes[getattr(entry, field)] for entry in self.entries), np.int8)

    def flags(self, field: str) -> Column:
        """A field that is true (1), false (0) or not recorded."""
        return self.each(lambda entry: _flag(getattr(entry, field)), np.int8)

    def numbers(self, field: str) -> Column:
        """A field that holds a number; NaN where none is recorded."""
        return self.each(lambda entry: _number(getattr(entry, field)), np.float64)

    def each(self, read: Callable[[Any], Any], kind: Any) -> Column:
        """What is read of every entry."""
        return self._column(map(read, self.entries), kind)

    def alike(self, fields: tuple[str, ...]) -> tuple[Column, list[Any]]:
        """A number for every entry, the same for those with the same in some fields, and one entry for each number."""
        if fields not in self._alike:
            numbers: dict[tuple[Any, ...], int] = {}
            firsts: list[Any] = []
            codes = []
            for entry in self.entries:
                code = numbers.setdefault(tuple([getattr(entry, field) for field in fields]), len(numbers))
                if code == len(firsts):
                    firsts.append(entry)
                codes.append(code)
            self._alike[fields] = self._column(codes, np.int64), firsts
        return self._alike[fields]

    def best(self, verdicts: Column) -> Column:
        """The highest verdict among the entries of each patient; 0 (not met) where there are none."""
        found = np.zeros(len(self.lengths), dtype=np.uint8)
        some = np.flatnonzero(self.lengths)
        if some.size:
            found[some] = np.maximum.reduceat(verdicts, self.offset[some])
        return found

    def _column(self, values: Any, kind: Any) -> Column:
        return np.fromiter(values, dtype=kind, count=len(self.entries))


def listed(cohort: Cohort, name: str) -> Listed:
    """A list of the profiles, laid out once."""
    return cohort.once(("list", name), lambda: Listed([case.timed(name) for case in cohort.cases]))


def codes_of(model: type[BaseModel], field: str) -> dict[Any, int]:
    """Numbers of the words a field can hold, from 1 on in the order the profile names them; None is 0."""
    parts = annotation_parts(model.model_fields[field].annotation)
    words = [word for part in parts if get_origin(part) is Literal for word in get_args(part)]
    return {None: NO_WORD} | {word: number for number, word in enumerate(words, start=1)}


def chosen(codes: dict[Any, int], words: Sequence[Any]) -> Column:
    """By number whether a word is one of some; what is not recorded is none."""
    found = np.zeros(len(codes), dtype=np.bool_)
    found[[codes[word] for word in words]] = True
    return found


def _flag(value: bool | None) -> int:
    return NO_FLAG if value is None else int(value)


def _number(value: float | None) -> float:
    return np.nan if value is None else value
