"""Columns laid out from an Arrow batch of profiles, without a patient being made of each row."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import reduce
from typing import Any, get_args

import numpy as np
from pydantic import BaseModel

from ...intake.tables.columns import ONGOING
from ...patient.profile import ListName, Patient
from ...patient.reader import read_patient
from ...patient.regimens import drugs_of
from ...reading.validation import annotation_parts, models_in
from ..arrow import needed
from ..profile_columns import known, profile_of
from .arrow_fields import Changes, Coded, Fields, fields_of
from .kernel import Column
from .profiles import Dates

LISTS = get_args(ListName)
_MOST_PLACES = 1_000_000


class ArrowProfiles:
    """The rows of a batch as `Profiles`, as they are recorded (`arrow_doubts` has them without what cannot be). All of them have
    to be plain (`plain_rows`)."""

    def __init__(self, batch: Any) -> None:
        self.batch = batch
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        arrow = needed("pyarrow")
        if arrow.types.is_integer(columns["id"].type):
            columns["id"] = columns["id"].cast(arrow.string())
        self._lists = {name: columns.pop(name) for name in LISTS if name in columns}
        self.single = Fields(Patient, batch.num_rows, columns)
        self._entries: dict[str, ArrowEntries] = {}

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def changed(self, single: Changes, entries: dict[str, ArrowEntries]) -> ArrowProfiles:
        """The same patients, some of whose facts read otherwise than recorded."""
        found = copy(self)
        found.single, found._entries = self.single.changed(single), entries
        return found

    def patient(self, place: int) -> Patient:
        return self.patients([place])[0]

    def patients(self, places: Sequence[int]) -> list[Patient]:
        """Some patients as recorded."""
        rows = self.batch.take(needed("pyarrow").array(places, "int64"))
        return [read_patient(profile_of(row)) for row in rows.to_pylist()]

    def ids(self) -> Any:
        """The ids of the patients, as an Arrow column."""
        arrow, found = needed("pyarrow"), self.single.column("id")
        return arrow.nulls(len(self), arrow.string()) if found is None else found.cast(arrow.string())

    def coded(self, path: str) -> tuple[dict[Any, int], Column]:
        fields, name = self._at(path)
        values, codes = fields.coded(name)
        return {value: number for number, value in enumerate(values)}, codes

    def numbers(self, path: str, part: str = "") -> Column:
        fields, name = self._at(path)
        return fields.quantities(name, part) if part else fields.numbers(name)

    def dates(self, path: str) -> Dates:
        fields, name = self._at(path)
        return fields.dates(name)

    def may_lack(self, name: str) -> Column:
        values, codes = self.single.texts("incomplete")
        said = np.array([value is not None and name in value for value in values], dtype=np.bool_)[codes]
        column = self._lists.get(name)
        # A list that is null is not known; one whose column is not there is empty.
        if column is None:
            return said
        if needed("pyarrow").types.is_null(column.type):
            return np.ones(len(self), dtype=np.bool_)
        found: Column = said | np.asarray(column.is_null())
        return found

    def entries(self, name: str) -> ArrowEntries:
        if name not in self._entries:
            self._entries[name] = _entries_of(name, self._lists.get(name), len(self))
        return self._entries[name]

    def _at(self, path: str) -> tuple[Fields, str]:
        *sections, name = path.split(".")
        return reduce(lambda fields, section: fields.inside(section), sections, self.single), name


class ArrowEntries:
    """The entries of one list as `Entries`."""

    def __init__(
        self, name: str, model: type[BaseModel], owner: Column, fields: Fields, ongoing: Column,
        doubted: Column | None = None,
    ) -> None:  # fmt: skip
        self.owner, self.names, self.fields = owner, tuple(model.model_fields), fields
        self._name, self._model, self._ongoing = name, model, ongoing
        self._doubted = np.zeros(owner.size, dtype=np.bool_) if doubted is None else doubted

    def changed(self, changes: Changes, doubted: Column) -> ArrowEntries:
        """The same entries, some of whose fields read otherwise than recorded; `doubted` are those with such a date."""
        fields = self.fields.changed(changes)
        return ArrowEntries(self._name, self._model, self.owner, fields, self._ongoing, doubted)

    def some(self, places: Column) -> ArrowEntries:
        """Some of the entries."""
        fields = self.fields.some(places)
        return ArrowEntries(self._name, self._model, self.owner[places], fields, self._ongoing[places])

    def read(self) -> list[Any]:
        """Every entry as recorded."""
        return [self._model.model_validate(known(entry)) for entry in self.fields.rows()]

    def words(self, field: str, codes: dict[Any, int]) -> Column:
        values, column = self.fields.coded(field)
        return np.array([codes.get(value, 0) for value in values], dtype=np.int8)[column]

    def flags(self, field: str) -> Column:
        fields, name = self._at(field)
        return fields.flags(name)

    def numbers(self, field: str) -> Column:
        fields, name = self._at(field)
        return fields.numbers(name)

    def quantities(self, field: str, part: str) -> Column:
        return self.fields.quantities(field, part)

    def dates(self, field: str) -> Dates:
        return self.fields.dates(field)

    def end_recorded(self) -> Column:
        found: Column = self._ongoing | self.fields.dates("end").known
        return found

    def doubted(self) -> Column:
        return self._doubted

    def alike(self, fields: tuple[str, ...]) -> tuple[Column, list[Any]]:
        size = self.owner.size
        if not size:
            return np.zeros(0, dtype=np.int64), []
        columns = [self._alike(field) for field in fields]
        firsts, place = np.zeros(1, dtype=np.int64), np.zeros(size, dtype=np.int64)
        for values, codes in columns:
            # Numbered anew each time, so that the numbers stay small.
            firsts, place = _numbered(place * len(values) + codes, len(firsts) * len(values))
        kinds = [
            {field: values[codes[first]] for field, (values, codes) in zip(fields, columns, strict=True)}
            for first in firsts.tolist()
        ]
        return place, [self._kind(kind) for kind in kinds]

    def _kind(self, values: dict[str, Any]) -> Any:
        named = {self._model.model_fields[field].alias or field: value for field, value in values.items()}
        return self._model.model_validate({name: value for name, value in named.items() if value is not None})

    def _alike(self, field: str) -> Coded:
        """The values of a field, and the number of each entry's; a flag is a value too."""
        if (self._name, field) == ("therapy", "drugs"):
            return self._drugs()
        column = self.fields.column(field)
        types = needed("pyarrow").types
        if column is not None and (types.is_floating(column.type) or types.is_integer(column.type)):
            whole = float not in annotation_parts(self._model.model_fields[field].annotation)
            different, codes = np.unique(self.fields.numbers(field), return_inverse=True)
            values = [None if np.isnan(value) else int(value) if whole else float(value) for value in different]
            return Coded(values, codes)
        return self.fields.coded(field)

    def _drugs(self) -> Coded:
        """The drugs of therapy; where none are recorded, those that the name of the regimen says."""
        values, codes = self.fields.texts("drugs")
        regimens, of_regimen = self.fields.coded("regimen")
        said = [None if name is None else drugs_of(name) for name in regimens]
        return Coded([*values, *said], np.where(codes == 0, len(values) + of_regimen, codes))

    def _at(self, field: str) -> tuple[Fields, str]:
        section, _, name = field.rpartition(".")
        return (self.fields.inside(section), name) if section else (self.fields, name)


def _numbered(codes: Column, most: int) -> tuple[Column, Column]:
    """Where the first of each different code stands, and which of them each one is; codes are below `most`."""
    if most > _MOST_PLACES:
        _, firsts, place = np.unique(codes, return_index=True, return_inverse=True)
        return firsts, place
    # Sorting would cost more than all else; so few codes have a place each.
    first = np.full(most, -1, dtype=np.int64)
    first[codes[::-1]] = np.arange(codes.size - 1, -1, -1)
    there = first >= 0
    return first[there], (np.cumsum(there) - 1)[codes]


def _entries_of(name: str, column: Any, patients: int) -> ArrowEntries:
    model = models_in(Patient.model_fields[name].annotation)[0]
    arrow, compute = needed("pyarrow"), needed("pyarrow.compute")
    if column is None or arrow.types.is_null(column.type):
        nothing = np.zeros(0, dtype=np.int64)
        return ArrowEntries(name, model, nothing, Fields(model, 0, {}), nothing.astype(np.bool_))
    lengths = np.asarray(compute.list_value_length(column).fill_null(0)).astype(np.int64)
    owner, entries = np.repeat(np.arange(patients), lengths), column.flatten()
    fields = fields_of(model, owner.size, entries)
    if name != "therapy":
        return ArrowEntries(name, model, owner, fields, np.zeros(owner.size, dtype=np.bool_))
    fields, ongoing = _with_what_goes_on(fields)
    return ArrowEntries(name, model, owner, fields, ongoing)


def _with_what_goes_on(fields: Fields) -> tuple[Fields, Column]:
    """The fields of therapy whose ends are days only, and which entries are said to go on."""
    end, arrow, compute = fields.column("end"), needed("pyarrow"), needed("pyarrow.compute")
    if end is None or not (arrow.types.is_string(end.type) or arrow.types.is_dictionary(end.type)):
        return fields, np.zeros(fields.size, dtype=np.bool_)
    text = end.cast(arrow.string())
    goes_on = compute.equal(text, ONGOING).fill_null(False)
    return fields.replaced("end", compute.if_else(goes_on, None, text)), np.asarray(goes_on)
