"""A profile as columns (Parquet, Arrow): one row for each patient, its lists nested, every column named as in the profile.

The columns are made of the profile's own definition, so that none is missing. Dates are text (YYYY-MM-DD, YYYY-MM, YYYY) or
days. As in the CSV tables an empty `end` of a therapy is unknown and `ongoing` says that it goes on; `local` is a JSON object. A list
that is null, instead of empty, is unknown: what is not in it may be there.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from ..dates import WANTED, CalendarDate
from ..errors import PatientError, Problem
from ..intake.tables.columns import ONGOING
from ..patient.profile import ListName, Patient
from ..patient.therapy import TherapyEntry
from ..reading.json_text import loads
from ..reading.validation import annotation_parts, closest, models_in
from ..reading.written_words import goes_on
from .arrow import needed

LOCAL = "local"
_LISTS = get_args(ListName)
# As with the tables: a column that was forgotten would look like nothing having happened. Markers are unknown anyway.
NEEDED = ("id", "diagnosis", *(name for name in _LISTS if name != "markers"))


@cache
def profile_schema() -> Any:
    """The Arrow schema of a profile."""
    arrow = needed("pyarrow")
    return arrow.schema([(name, _type_of(arrow, Patient, name)) for name in _fields(Patient)])


def _fields(model: type[BaseModel]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        if not info.exclude:
            yield info.alias or name


def _type_of(arrow: Any, model: type[BaseModel], name: str) -> Any:
    info = next(info for field, info in model.model_fields.items() if name in (field, info.alias))
    parts = annotation_parts(info.annotation)
    inner = models_in(info.annotation)
    if any(get_origin(part) is dict for part in parts):
        return arrow.string()
    single = (
        arrow.struct([(field, _type_of(arrow, inner[0], field)) for field in _fields(inner[0])])
        if inner
        else _plain_type(arrow, parts)
    )
    return arrow.list_(single) if any(get_origin(part) is tuple for part in parts) else single


def _plain_type(arrow: Any, parts: list[Any]) -> Any:
    if any(get_origin(part) is Literal for part in parts) or CalendarDate in parts:
        return arrow.string()
    kinds = ((bool, arrow.bool_()), (str, arrow.string()), (float, arrow.float64()), (int, arrow.int64()))
    return next((found for kind, found in kinds if kind in parts), arrow.string())


def check_columns(given: Any, source: str, besides: str | None = None) -> None:
    """See whether a schema is one of profiles; `besides` is a column that may stand beside them.

    Raises:
        PatientError: with every column that is missing, unknown or of the wrong type.
    """
    arrow, wanted = needed("pyarrow"), profile_schema()
    names = [name for name in given.names if name != besides]
    problems = [
        Problem(f"the column '{name}' is missing", source, name, code="missing-key", expected=str(wanted.field(name).type),
                hint="an empty list says that nothing is recorded; null, that it is not known")
        for name in NEEDED if name not in names
    ]  # fmt: skip
    if besides is not None and besides not in given.names:
        problems.append(
            Problem(f"the column '{besides}' of the days to judge on is missing", source, besides, code="missing-key")
        )
    for name in dict.fromkeys(names):
        if given.names.count(name) > 1:
            problems.append(Problem(f"the column '{name}' is given twice", source, name, code="duplicate-key"))
        elif name not in wanted.names:
            problems.append(_unknown(name, wanted.names, source))
        else:
            problems += _differences(arrow, given.field(name).type, wanted.field(name).type, name, source)
    if problems:
        raise PatientError(problems)


def _unknown(path: str, known: list[str], source: str) -> Problem:
    name = path.rpartition(".")[2]
    expected = f"one of {', '.join(known)}"
    return Problem(
        f"unknown column '{path}'", source, path, code="unknown-key", expected=expected, hint=closest(name, known)
    )


def _differences(arrow: Any, given: Any, wanted: Any, path: str, source: str) -> Iterator[Problem]:
    """Where a type is not the one wanted; a null column, and a struct with fewer fields, hold what is not known."""
    types = arrow.types
    if types.is_dictionary(given):
        given = given.value_type
    if types.is_null(given):
        return
    if types.is_struct(wanted) and types.is_struct(given):
        known = [field.name for field in wanted]
        for field in given:
            inner = f"{path}.{field.name}"
            if field.name not in known:
                yield _unknown(inner, known, source)
            else:
                yield from _differences(arrow, field.type, wanted.field(field.name).type, inner, source)
    elif types.is_list(wanted) and (types.is_list(given) or types.is_large_list(given)):
        yield from _differences(arrow, given.value_type, wanted.value_type, f"{path}[]", source)
    elif not _fits(types, given, wanted, path):
        expected = "text YYYY-MM-DD (YYYY-MM, YYYY), or date32" if _is_date(path) else str(wanted)
        yield Problem(f"the column is of type {given}", source, path, code="bad-value", expected=expected)


def _fits(types: Any, given: Any, wanted: Any, path: str) -> bool:
    text = types.is_string(given) or types.is_large_string(given) or types.is_string_view(given)
    if types.is_string(wanted):
        return bool(text or (_is_date(path) and types.is_date32(given)) or (path == "id" and types.is_integer(given)))
    if types.is_floating(wanted):
        return bool(types.is_floating(given) or types.is_integer(given))
    if types.is_integer(wanted):
        # Frames that know no missing whole number hold fractions; one that is not whole is refused with its patient.
        return bool(types.is_integer(given) or types.is_floating(given))
    return bool(types.is_boolean(wanted) and types.is_boolean(given))


def _is_date(path: str) -> bool:
    return path.rpartition(".")[2] in ("date", "start", "end", "of", "recorded")


def profile_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The profile of a row: what is null is left out, and lists that are null are said to be incomplete.

    Raises:
        ValueError: `local` is not a JSON object.
        PatientError: that therapy goes on is said in another word than `ongoing`.
    """
    profile: dict[str, Any] = {name: known(value) for name, value in row.items() if not _null(value)}
    if profile.get(LOCAL) is not None:
        profile[LOCAL] = loads(profile[LOCAL])
        if not isinstance(profile[LOCAL], dict):
            raise ValueError("the column 'local' holds no JSON object")
    for entry in profile.get("therapy", ()):
        if isinstance(entry.get("end"), str) and entry["end"].lower() == ONGOING:
            entry["end"] = None
    if problems := [problem for problem in map(_other_word, _ends(profile)) if problem is not None]:
        raise PatientError(problems)
    open_ = [name for name in _LISTS if name in row and _null(row[name])]
    if open_:
        profile["incomplete"] = [*dict.fromkeys([*profile.get("incomplete", ()), *open_])]
    return profile


def _ends(profile: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The ends of therapy, each with its path."""
    for index, entry in enumerate(profile.get("therapy", ())):
        yield f"therapy[{index}].end", entry.get("end")


def _other_word(end: tuple[str, Any]) -> Problem | None:
    """What is wrong with an end in another word for what goes on: what a profile has for it, null, says nothing here."""
    path, value = end
    if not goes_on(value):
        return None
    hint, expected = f"'{value}' is written as '{ONGOING}'", f"{WANTED}; '{ONGOING}' while it continues"
    return Problem(f"found '{value}'", "", path, code="not-a-date", expected=expected, hint=hint)


def _null(value: Any) -> bool:
    """Frames that know no null hold NaN in its place, which no result is."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def known(value: Any) -> Any:
    """A cell of a row as a profile has it: without what is null."""
    if isinstance(value, dict):
        return {name: known(inner) for name, inner in value.items() if not _null(inner)}
    if isinstance(value, list):
        return [{} if _null(inner) else known(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def row_of(profile: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a profile as plain data, as `profile_of` reads it; a finding may be a bare word."""
    row = {name: _cell(Patient, name, value) for name, value in profile.items() if name != LOCAL}
    if profile.get(LOCAL):
        row[LOCAL] = json.dumps(profile[LOCAL], ensure_ascii=False)
    for name in _LISTS:
        row.setdefault(name, [])
    return row


def _cell(model: type[BaseModel], name: str, value: Any) -> Any:
    if (model, name) == (TherapyEntry, "end") and value is None:
        return ONGOING
    info = next(info for field, info in model.model_fields.items() if name in (field, info.alias))
    inner = models_in(info.annotation)
    if isinstance(value, Mapping):
        return {field: _cell(inner[0], field, part) for field, part in value.items()}
    if isinstance(value, list):
        return [
            {field: _cell(inner[0], field, part) for field, part in item.items()} if inner else item for item in value
        ]
    return {"status": value} if inner and isinstance(value, str) else value
