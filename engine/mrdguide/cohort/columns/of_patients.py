"""Columns laid out from patients that have been read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from itertools import chain
from operator import attrgetter
from typing import Any, get_args

import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ...case.doubts import DATED, without_doubts
from ...patient.facts import catalogue
from ...patient.profile import ListName, Patient
from ...reading.validation import models_in
from .kernel import Column
from .profiles import NO_FLAG, Dates

_FLAGS = {None: NO_FLAG, False: 0, True: 1}
_AT_A_TIME = 256


class Patients:
    """Patients as `Profiles`."""

    def __init__(self, patients: Sequence[Patient], as_of: int | Column) -> None:
        """`as_of` is one day for all, or a day for each."""
        self._patients = patients
        days = np.broadcast_to(as_of, len(patients)).tolist()
        found = [without_doubts(patient, day) for patient, day in zip(patients, days, strict=True)]
        self._plausible = [item.patient for item in found]
        self._doubts = {place: item.found for place, item in enumerate(found) if item.found}

    def __len__(self) -> int:
        return len(self._patients)

    def patient(self, place: int) -> Patient:
        return self._patients[place]

    def coded(self, path: str) -> tuple[dict[Any, int], Column]:
        values = self._values[path]
        codes: dict[Any, int] = {value: number for number, value in enumerate(set(values))}
        return codes, np.fromiter(map(codes.__getitem__, values), np.int16, len(values))

    def numbers(self, path: str, part: str = "") -> Column:
        values = self._values[path]
        if part:
            values = [None if found is None else getattr(found, part) for found in values]
        return np.array(values, dtype=np.float64)  # None becomes NaN

    def dates(self, path: str) -> Dates:
        return _dates(self._values[path])

    def may_lack(self, name: str) -> Column:
        return np.array([name in found for found in self._values["incomplete"]], dtype=np.bool_)

    def entries(self, name: str) -> EntriesOfPatients:
        return EntriesOfPatients(_model_of(name), self._values[name], self._doubted(name))

    def _doubted(self, name: str) -> list[tuple[int, int]]:
        """The patient, and the place in a list, of every entry with a date that cannot be."""
        entry = re.compile(rf"{name}\[(\d+)\]\.(?:start|date)")
        return [
            (place, int(found[1]))
            for place, doubts in self._doubts.items()
            for doubt in doubts
            if (found := entry.fullmatch(doubt.path))
        ]

    @cached_property
    def _values(self) -> dict[str, list[Any]]:
        return columns_of(self._plausible, _paths())


class EntriesOfPatients:
    """The entries of one list as `Entries`."""

    def __init__(
        self, model: type[BaseModel], lists: Sequence[tuple[Any, ...]], doubted: Sequence[tuple[int, int]]
    ) -> None:
        self._entries: list[Any] = list(chain.from_iterable(lists))
        self.owner = np.repeat(np.arange(len(lists)), np.fromiter(map(len, lists), np.int64, len(lists)))
        begin = np.cumsum([0, *map(len, lists)])
        self._doubted = np.zeros(len(self._entries), dtype=np.bool_)
        self._doubted[[begin[patient] + place for patient, place in doubted]] = True
        self.names = tuple(model.model_fields)
        self._fields = columns_of(self._entries, _entry_paths(model))

    def words(self, field: str, codes: dict[Any, int]) -> Column:
        return self._column(map(codes.__getitem__, self._fields[field]), np.int8)

    def flags(self, field: str) -> Column:
        return self._column(map(_FLAGS.__getitem__, self._fields[field]), np.int8)

    def numbers(self, field: str) -> Column:
        return np.array(self._fields[field], dtype=np.float64)

    def quantities(self, field: str, part: str) -> Column:
        values = [None if found is None else getattr(found, part) for found in self._fields[field]]
        return np.array(values, dtype=np.float64)

    def dates(self, field: str) -> Dates:
        return _dates(self._fields[field])

    def end_recorded(self) -> Column:
        return self._column((entry.end_recorded for entry in self._entries), np.bool_)

    def doubted(self) -> Column:
        return self._doubted

    def alike(self, fields: tuple[str, ...]) -> tuple[Column, list[Any]]:
        numbers: dict[tuple[Any, ...], int] = {}
        keys: Iterable[tuple[Any, ...]] = zip(*(self._fields[field] for field in fields), strict=True)
        codes = [numbers.setdefault(key, len(numbers)) for key in (keys if fields else [()] * len(self._entries))]
        column = np.array(codes, dtype=np.int64)
        _, firsts = np.unique(column, return_index=True)
        return column, [self._entries[place] for place in firsts]

    def _column(self, values: Iterable[Any], kind: Any) -> Column:
        return np.fromiter(values, dtype=kind, count=len(self._entries))


def columns_of(things: Sequence[Any], paths: Sequence[str]) -> dict[str, list[Any]]:
    """What stands at two or more paths of many things, by path.

    A few things are read at a time, each at all paths at once while the processor has it at hand: path by path takes twice as
    long, and rows of all of them would be looked through for garbage again and again.
    """
    columns: dict[str, list[Any]] = {path: [] for path in paths}
    read: Callable[[Any], tuple[Any, ...]] = attrgetter(*paths)
    for first in range(0, len(things), _AT_A_TIME):
        rows = map(read, things[first : first + _AT_A_TIME])
        for column, values in zip(columns.values(), zip(*rows, strict=True), strict=True):
            column.extend(values)
    return columns


def _dates(found: Sequence[Any]) -> Dates:
    return Dates(
        np.array([when is not None for when in found], dtype=np.bool_),
        np.array([0 if when is None else when.earliest for when in found], dtype=np.int32),
        np.array([0 if when is None else when.latest for when in found], dtype=np.int32),
    )


@cache
def _paths() -> tuple[str, ...]:
    """All that is read of a patient, apart from what stands within the entries of lists."""
    facts = (f"{fact.path}.status" if fact.kind == "finding" else fact.path for fact in catalogue().values())
    return (*DATED, "diagnosis.date", "recorded", "incomplete", *facts)


@cache
def _model_of(name: str) -> type[BaseModel]:
    assert name in get_args(ListName)
    return models_in(Patient.model_fields[name].annotation)[0]


@cache
def _entry_paths(model: type[BaseModel]) -> tuple[str, ...]:
    """All that is read of an entry: its fields, and what stands in those that are sections of their own."""
    return tuple(
        path
        for name, field in model.model_fields.items()
        for path in (name, *(f"{name}.{inner}" for section in _sections(field) for inner in section.model_fields))
    )


def _sections(field: FieldInfo) -> list[type[BaseModel]]:
    return [field.annotation] if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel) else []
