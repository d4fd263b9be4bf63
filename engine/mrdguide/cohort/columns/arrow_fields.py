"""One Arrow struct column of profiles read field by field, and which of its rows hold only what a profile may hold.

Whatever is not plainly right is not read here: such a row is left to the reader of single profiles, which says what is wrong
with it or reads what is unusual.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin

import numpy as np
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ...dates import CalendarDate, parse_date
from ...patient.units import UNITS, Quantity, convert
from ...reading.validation import annotation_parts, models_in
from ..arrow import needed
from .arrow_texts import are_plain, dates_of
from .kernel import Column
from .profiles import NO_FLAG, Dates

DAYS_BEFORE_1970 = 719_163
Made = TypeVar("Made")
_MOST_TEXT = 200
_BETWEEN = "\x1f"


class Coded(NamedTuple):
    """The values there are (None first), and the number of each row's among them."""

    values: list[Any]
    codes: Column

    def are(self, wanted: Container[Any]) -> Column:
        """Whether each row has one of some values."""
        found: Column = np.array([value in wanted for value in self.values], dtype=np.bool_)[self.codes]
        return found


class Change(NamedTuple):
    """Rows in which a field reads as not recorded, or as another word."""

    rows: Column
    word: str | None = None


# By the path of a field; `field.upper_limit` is for that part of a quantity alone.
Changes = Mapping[str, Change]


class Fields:
    """The fields of one model in a struct column, or in the columns of a batch, by their name in Python.

    `bad` marks the rows that hold something that is not plainly right.
    """

    def __init__(self, model: type[BaseModel], size: int, columns: dict[str, Any]) -> None:
        """`columns` are by the name in data; one that is not there, or is null, is not recorded."""
        self.model, self.size = model, size
        self._columns = columns
        self._made: dict[tuple[str, str], Any] = {}
        self.bad = np.zeros(size, dtype=np.bool_)

    def column(self, field: str) -> Any:
        """The Arrow column of a field; None where it is not there."""
        found = self._columns.get(self.model.model_fields[field].alias or field)
        return None if found is None or found.null_count == len(found) else _plain_column(found)

    def replaced(self, field: str, column: Any) -> Fields:
        """The same fields with another column for one."""
        return Fields(self.model, self.size, {**self._columns, self.model.model_fields[field].alias or field: column})

    def changed(self, changes: Changes) -> Fields:
        """The same fields, some of which read otherwise in some rows."""
        some = {path: change for path, change in changes.items() if change.rows.any()}
        return ChangedFields(self, some) if some else self

    def some(self, rows: Column) -> Fields:
        """The fields of some rows."""
        columns = {name: column.take(needed("pyarrow").array(rows)) for name, column in self._columns.items()}
        return Fields(self.model, rows.size, columns)

    def rows(self) -> list[dict[str, Any]]:
        """All fields as recorded, row by row."""
        columns = [column.to_pylist() for column in self._columns.values()]
        return [dict(zip(self._columns, values, strict=True)) for values in zip(*columns, strict=True)]

    def is_value(self, field: str, value: Any) -> Column:
        """Whether a word, a text or a flag is one value."""
        return self.coded(field).are((value,))

    def inside(self, field: str) -> Fields:
        """The fields of a section."""
        return self._once("inside", field, lambda: fields_of(_inner(self.model, field), self.size, self.column(field)))

    def coded(self, field: str) -> Coded:
        """A word, a text or a flag."""
        return self._once("coded", field, lambda: _coded(self.column(field), self.size))

    def numbers(self, field: str) -> Column:
        """A number; NaN where none is recorded."""
        return self._once("numbers", field, lambda: _numbers(self.column(field), self.size))

    def flags(self, field: str) -> Column:
        """Whether it is true (1), false (0) or not recorded (-1)."""

        def make() -> Column:
            column = self.column(field)
            if column is None:
                return np.full(self.size, NO_FLAG, dtype=np.int8)
            arrow = needed("pyarrow")
            found: Column = column.cast(arrow.int8()).fill_null(NO_FLAG).to_numpy(zero_copy_only=False)
            return found

        return self._once("flags", field, make)

    def dates(self, field: str) -> Dates:
        """A date."""
        return self._once("dates", field, lambda: self._dates(field))

    def quantities(self, field: str, part: str = "value") -> Column:
        """A quantity in its canonical unit, or its upper limit; NaN where it is not recorded."""
        return self._once(part, field, lambda: self._quantities(field, part))

    def texts(self, field: str) -> Coded:
        """A list of texts, as tuples; a list that is null is None."""
        return self._once("texts", field, lambda: _texts(self.column(field), self.size))

    def _once(self, kind: str, field: str, make: Callable[[], Made]) -> Made:
        if (kind, field) not in self._made:
            self._made[kind, field] = make()
        found: Made = self._made[kind, field]
        return found

    def _dates(self, field: str) -> Dates:
        column, arrow = self.column(field), needed("pyarrow")
        if column is None:
            return Dates(np.zeros(self.size, dtype=np.bool_), *np.zeros((2, self.size), dtype=np.int32))
        if arrow.types.is_date32(column.type):
            known = column.is_valid().to_numpy(zero_copy_only=False)
            days = column.cast(arrow.int32()).fill_null(0).to_numpy(zero_copy_only=False) + DAYS_BEFORE_1970
            days = np.where(known, days, 0).astype(np.int32)
            return Dates(known, days, days)
        if arrow.types.is_dictionary(column.type):
            codes = column.indices.fill_null(0).to_numpy(zero_copy_only=False)
            known = np.asarray(column.is_valid())
            earliest, latest = (np.where(known, side[codes], 0) for side in dates_of(column.dictionary))
        else:
            earliest, latest = dates_of(column)
        return Dates(earliest > 0, earliest, latest)

    def _quantities(self, field: str, part: str) -> Column:
        recorded = self.inside(field)
        values, (units, codes) = recorded.numbers(part), recorded.coded("unit")
        name = self.model.model_fields[field].alias or field
        found = np.full(self.size, np.nan)
        for number, unit in enumerate(units):
            if unit not in UNITS[name][1]:
                continue
            rows = np.flatnonzero(codes == number)
            if unit == UNITS[name][0]:
                found[rows] = values[rows]
                continue
            different, place = np.unique(values[rows], return_inverse=True)
            in_unit = [value if np.isnan(value) else convert(name, float(value), unit) for value in different]
            found[rows] = np.array(in_unit, dtype=np.float64)[place]
        return found

    def look(self) -> Column:
        """Mark the rows that hold something that is not plainly right in one of the fields; returns `bad`."""
        for field, info in self.model.model_fields.items():
            if self.column(field) is not None:
                self.bad |= self._wrong(field, info)
        return self.bad

    def _wrong(self, field: str, info: FieldInfo) -> Column:
        parts, inner, words, listed = _told(self.model, field)
        if inner == [Quantity]:
            return self._wrong_quantity(field)
        if listed:
            return self._wrong_list(field, words, plain=not inner)
        if inner:
            return self.inside(field).look()
        if CalendarDate in parts:
            dates = self.dates(field)
            given = self.column(field).is_valid().to_numpy(zero_copy_only=False)
            found: Column = given & ((dates.earliest < _FIRST_DAY) | (dates.earliest > _LAST_DAY))
            return found
        if words:
            return self._not_among(field, lambda word: word in words)
        if bool in parts:
            return np.zeros(self.size, dtype=np.bool_)
        if float in parts or int in parts:
            return self._wrong_number(field, info, whole=float not in parts)
        column = self.column(field)
        if needed("pyarrow").types.is_string(column.type):
            return ~are_plain(column, _MOST_TEXT, _plain_text)
        return self._not_among(field, _plain_text)

    def _not_among(self, field: str, right: Callable[[Any], bool]) -> Column:
        values, codes = self.coded(field)
        wrong: Column = np.array([value is not None and not right(value) for value in values], dtype=np.bool_)[codes]
        return wrong

    def _wrong_number(self, field: str, info: FieldInfo, *, whole: bool) -> Column:
        values = self.numbers(field)
        wrong = np.isinf(values)
        for limit in limits_of(info):
            wrong |= ~np.isnan(values) & ~_within(values, limit)
        if whole:
            wrong |= ~np.isnan(values) & (values != np.rint(values))
        return wrong

    def _wrong_quantity(self, field: str) -> Column:
        """Where a quantity lacks its unit or its number, or is not believable."""
        recorded = self.inside(field)
        name = self.model.model_fields[field].alias or field
        _, known, highest = UNITS[name]
        values, limits = self.quantities(field), self.quantities(field, "upper_limit")
        units, codes = recorded.coded("unit")
        has_unit = np.array([unit in known for unit in units], dtype=np.bool_)[codes]
        no_unit = np.array([unit is None for unit in units], dtype=np.bool_)[codes]
        nothing = no_unit & np.isnan(recorded.numbers("value")) & np.isnan(recorded.numbers("upper_limit"))
        right = has_unit & (values >= 0) & (values <= highest) & ~(limits <= 0) & ~np.isinf(limits)
        if recorded.column("text") is not None:
            right &= False
        return ~(right | nothing)

    def _wrong_list(self, field: str, words: Sequence[Any], *, plain: bool) -> Column:
        """Lists of texts are read; of all others that hold something only the reader of single profiles knows."""
        column, arrow = self.column(field), needed("pyarrow")
        if plain and (arrow.types.is_list(column.type) or arrow.types.is_large_list(column.type)):
            values, codes = self.texts(field)
            wrong = [
                value is not None
                and not (len(value) <= 100 and all(item in words if words else _plain_text(item) for item in value))
                for value in values
            ]
            return np.array(wrong, dtype=np.bool_)[codes]
        compute = needed("pyarrow.compute")
        if arrow.types.is_list(column.type) or arrow.types.is_large_list(column.type):
            return np.asarray(compute.list_value_length(column).fill_null(0)) > 0
        return np.asarray(column.is_valid())


class ChangedFields(Fields):
    """Fields of which some read otherwise than recorded, in some rows; what was laid out of the others is shared."""

    def __init__(self, recorded: Fields, changes: Changes) -> None:
        super().__init__(recorded.model, recorded.size, recorded._columns)
        self._recorded, self._changes = recorded, changes

    def inside(self, field: str) -> Fields:
        section = f"{field}."
        inner = {path.removeprefix(section): item for path, item in self._changes.items() if path.startswith(section)}
        return self._once("inside", field, lambda: self._recorded.inside(field).changed(inner))

    def coded(self, field: str) -> Coded:
        found, change = self._recorded.coded(field), self._changes.get(field)
        if change is None:
            return found
        values = [*found.values] if change.word in found.values else [*found.values, change.word]
        return Coded(values, np.where(change.rows, values.index(change.word), found.codes))

    def numbers(self, field: str) -> Column:
        return self._without(self._recorded.numbers(field), np.nan, field)

    def flags(self, field: str) -> Column:
        return self._without(self._recorded.flags(field), NO_FLAG, field)

    def dates(self, field: str) -> Dates:
        return Dates(*(self._without(column, 0, field) for column in self._recorded.dates(field)))

    def quantities(self, field: str, part: str = "value") -> Column:
        return self._without(self._recorded.quantities(field, part), np.nan, field, f"{field}.{part}")

    def texts(self, field: str) -> Coded:
        return self._recorded.texts(field)

    def _without(self, column: Column, nothing: Any, *paths: str) -> Column:
        for path in paths:
            if path in self._changes:
                column = np.where(self._changes[path].rows, np.array(nothing, dtype=column.dtype), column)
        return column


_FIRST_DAY, _LAST_DAY = parse_date("1900-01-01").earliest, parse_date("2200-12-31").earliest


class _Told(NamedTuple):
    """What a field is told to hold: the parts of its type, models among them, the words it may be, and whether it is a list."""

    parts: list[Any]
    inner: list[type[BaseModel]]
    words: list[Any]
    listed: bool


@cache
def _told(model: type[BaseModel], field: str) -> _Told:
    annotation = model.model_fields[field].annotation
    parts = annotation_parts(annotation)
    words = [word for part in parts if get_origin(part) is Literal for word in get_args(part)]
    return _Told(parts, models_in(annotation), words, any(get_origin(part) in (tuple, dict) for part in parts))


def _plain_text(text: Any) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _MOST_TEXT and text == text.strip() and _BETWEEN not in text


def _within(values: Column, limit: Any) -> Column:
    if isinstance(limit, Ge):
        return values >= limit.ge
    if isinstance(limit, Gt):
        return values > limit.gt
    if isinstance(limit, Le):
        return values <= limit.le
    found: Column = values < limit.lt
    return found


@cache
def _limits(annotation: Any) -> tuple[Any, ...]:
    own = tuple(item for item in getattr(annotation, "__metadata__", ()) if isinstance(item, Ge | Gt | Le | Lt))
    of_fields = tuple(
        limit for item in getattr(annotation, "__metadata__", ()) if isinstance(item, FieldInfo) for limit in item.metadata
        if isinstance(limit, Ge | Gt | Le | Lt)
    )  # fmt: skip
    return (*own, *of_fields, *(limit for part in get_args(annotation) for limit in _limits_in(part)))


def _limits_in(part: Any) -> tuple[Any, ...]:
    try:
        return _limits(part)
    except TypeError:  # what stands beside a type, and is none
        return ()


def limits_of(info: FieldInfo) -> Iterator[Any]:
    """The limits that a number of this field has to keep."""
    yield from (item for item in info.metadata if isinstance(item, Ge | Gt | Le | Lt))
    yield from _limits_in(info.annotation)


def _inner(model: type[BaseModel], field: str) -> type[BaseModel]:
    return _told(model, field).inner[0]


def fields_of(model: type[BaseModel], size: int, column: Any) -> Fields:
    """The fields of a struct column; of none where there is no column."""
    if column is None:
        return Fields(model, size, {})
    names = [column.type.field(place).name for place in range(column.type.num_fields)]
    return Fields(model, size, dict(zip(names, column.flatten(), strict=True)))


def _plain_column(column: Any) -> Any:
    """The column without what only saves space: dictionaries of numbers, other forms of text."""
    types, arrow = needed("pyarrow").types, needed("pyarrow")
    if types.is_dictionary(column.type) and not types.is_string(column.type.value_type):
        column = column.dictionary_decode()
    return (
        column.cast(arrow.string())
        if types.is_large_string(column.type) or types.is_string_view(column.type)
        else column
    )


def _coded(column: Any, size: int) -> Coded:
    if column is None:
        return Coded([None], np.zeros(size, dtype=np.int32))
    arrow = needed("pyarrow")
    found = column if arrow.types.is_dictionary(column.type) else column.dictionary_encode()
    indices = found.indices.fill_null(-1) if found.null_count else found.indices
    codes = indices.to_numpy(zero_copy_only=False).astype(np.int32) + 1
    return Coded([None, *found.dictionary.to_pylist()], codes)


def _numbers(column: Any, size: int) -> Column:
    if column is None:
        return np.full(size, np.nan)
    arrow = needed("pyarrow")
    found: Column = column.cast(arrow.float64()).to_numpy(zero_copy_only=False)
    return found


def _texts(column: Any, size: int) -> Coded:
    """Lists told apart by their texts joined; an empty list, and one that holds a null, are told apart from the others."""
    if column is None:
        return Coded([None], np.zeros(size, dtype=np.int32))
    compute, arrow = needed("pyarrow.compute"), needed("pyarrow")
    texts = column.cast(arrow.list_(arrow.string()))
    joined = _coded(compute.binary_join(texts, _BETWEEN), size)
    values = [None if text is None else tuple(text.split(_BETWEEN)) for text in joined.values]
    codes, lengths = joined.codes, np.asarray(compute.list_value_length(texts).fill_null(-1))
    # Nothing is joined of a list with a null in it: none of its texts is right.
    values += [(), (None,)]
    codes = np.where(lengths == 0, len(values) - 2, np.where((lengths > 0) & (codes == 0), len(values) - 1, codes))
    return Coded(values, codes.astype(np.int32))
