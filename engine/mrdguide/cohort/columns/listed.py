"""One list of the profiles as columns: the entries of all patients behind each other, in order of time for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, Literal, get_args, get_origin

import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ...case.case import LONG_AGO
from ...dates import CalendarDate
from ...reading.validation import annotation_parts
from .cohort import Cohort, columns_of
from .kernel import Column

# What is not recorded: no word, no flag; a number is NaN.
NO_WORD, NO_FLAG = 0, -1
_FLAGS = {None: NO_FLAG, False: 0, True: 1}
# How far from now a day that is not recorded may lie.
_NEVER = 10**7


class Listed:
    """Entries with their first and last possible day; those of a patient stand from `offset` of the patient to that of the
    next."""

    def __init__(self, patients: int, owner: Column, earliest: Column, latest: Column, entries: Sequence[Any]) -> None:
        """`owner` is the place of each entry's patient. Entries of the same days stay in the order given."""
        order = np.lexsort((latest, earliest, owner))
        self.order, self.owner = order, owner[order]
        self.earliest, self.latest = earliest[order], latest[order]
        self.entries = [entries[place] for place in order.tolist()]
        self.offset = np.zeros(patients + 1, dtype=np.int64)
        np.cumsum(np.bincount(owner, minlength=patients), out=self.offset[1:])
        self._alike: dict[tuple[str, ...], tuple[Column, list[Any]]] = {}
        self._fields: dict[str, list[Any]] | None = None

    @property
    def lengths(self) -> Column:
        """How many entries each patient has."""
        return np.diff(self.offset)

    def having(self, fields: tuple[str, ...]) -> Column:
        """Whether each patient has an entry with all of some fields recorded; without fields, any entry."""
        missing = np.zeros(len(self.entries), dtype=np.bool_)
        for field in fields:
            missing |= np.array([value is None for value in self._values(field)], dtype=np.bool_)
        return np.bincount(self.owner[~missing], minlength=len(self.lengths)) > 0

    def words(self, field: str, codes: dict[Any, int]) -> Column:
        """A field that holds one of some words, as their numbers."""
        return self._column(map(codes.__getitem__, self._values(field)), np.int8)

    def flags(self, field: str) -> Column:
        """A field that is true (1), false (0) or not recorded."""
        return self._column(map(_FLAGS.__getitem__, self._values(field)), np.int8)

    def numbers(self, field: str) -> Column:
        """A field that holds a number; NaN where none is recorded."""
        return np.array(self._values(field), dtype=np.float64)

    def quantities(self, field: str, part: str = "value") -> Column:
        """A field that holds a quantity, in its canonical unit, or another `part` of it; NaN where none is recorded."""
        values = [None if found is None else getattr(found, part) for found in self._values(field)]
        return np.array(values, dtype=np.float64)

    def each(self, read: Callable[[Any], Any], kind: Any) -> Column:
        """What is read of every entry."""
        return self._column(map(read, self.entries), kind)

    def alike(self, fields: tuple[str, ...]) -> tuple[Column, list[Any]]:
        """A number for every entry, the same for those with the same in some fields, and one entry for each number."""
        if fields not in self._alike:
            numbers: dict[tuple[Any, ...], int] = {}
            keys: Iterable[tuple[Any, ...]] = zip(*map(self._values, fields), strict=True)
            codes = [numbers.setdefault(key, len(numbers)) for key in (keys if fields else [()] * len(self.entries))]
            column = np.array(codes, dtype=np.int64)
            _, firsts = np.unique(column, return_index=True)
            self._alike[fields] = column, [self.entries[place] for place in firsts]
        return self._alike[fields]

    def best(self, verdicts: Column) -> Column:
        """The highest verdict among the entries of each patient; 0 (not met) where there are none."""
        found = np.zeros(len(self.lengths), dtype=np.uint8)
        some = np.flatnonzero(self.lengths)
        if some.size:
            found[some] = np.maximum.reduceat(verdicts, self.offset[some])
        return found

    def _values(self, field: str) -> Sequence[Any]:
        if not self.entries:
            return ()
        if self._fields is None:
            model: type[BaseModel] = type(self.entries[0])
            self._fields = columns_of(self.entries, _paths(model))
        return self._fields[field]

    def _column(self, values: Iterable[Any], kind: Any) -> Column:
        return np.fromiter(values, dtype=kind, count=len(self.entries))


@cache
def _paths(model: type[BaseModel]) -> tuple[str, ...]:
    """All that is read of an entry: its fields, and what stands in those that are sections of their own."""
    return tuple(
        path
        for name, field in model.model_fields.items()
        for path in (name, *(f"{name}.{inner}" for section in _sections(field) for inner in section.model_fields))
    )


def _sections(field: FieldInfo) -> list[type[BaseModel]]:
    return [field.annotation] if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel) else []


def listed(cohort: Cohort, name: str) -> Listed:
    """A list of the profiles, laid out once: what can have happened by the as-of day."""
    return cohort.once(("list", name), lambda: _in_order(cohort, name))


def _in_order(cohort: Cohort, name: str) -> Listed:
    """The entries with their days as `case.case` gives them to one patient."""
    lists = cohort.values(name)
    entries = list(chain.from_iterable(lists))
    owner = np.repeat(np.arange(len(cohort)), np.fromiter(map(len, lists), np.int64, len(cohort)))
    dated = [entry.begins if name == "therapy" else entry.date for entry in entries]
    earliest = _days(dated, "earliest", LONG_AGO)
    latest = np.minimum(_days(dated, "latest", cohort.as_of), cohort.as_of)
    if name in ("therapy", "events"):
        # Nothing begins after its own end.
        latest = np.maximum(np.minimum(latest, _days([entry.end for entry in entries], "latest", _NEVER)), earliest)
    known = np.flatnonzero(earliest <= cohort.known_until[owner])
    return Listed(
        len(cohort), owner[known], earliest[known], latest[known], [entries[place] for place in known.tolist()]
    )


def _days(dates: Sequence[CalendarDate | None], side: Literal["earliest", "latest"], unknown: int) -> Column:
    day = attrgetter(side)
    return np.array([unknown if when is None else day(when) for when in dates], dtype=np.int32)


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
