"""From tables to patients, or to every problem in all of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from ...errors import PatientError, Problem
from ...patient.profile import Patient
from ...reading.characters import legible_word
from ...reading.document import Document, DocumentPath, Span
from ...reading.validation import closest, problems_of
from .cells import Row, Sheet, read_sheet
from .columns import TABLES
from .convert import NotReadable, convert
from .files import texts_of
from .ids import as_seen
from .swallowed import report_swallowed_rows

_DIFFERENCE = "they differ in capitals alone, or in what cannot be seen"
_Headers = dict[tuple[int | None, int | None], str]


@dataclass(frozen=True, slots=True)
class Unread:
    """A patient whose rows cannot be read: the id, and what is wrong with them."""

    id: str
    error: PatientError


def read_tables(source: str | os.PathLike[str] | Mapping[str, str]) -> list[Patient]:
    """The patients of a folder of CSV tables, in the order of `patients.csv`.

    Instead of a folder, `source` may map the names of the tables (`mrd` or `mrd.csv`) to their text. The tables and their
    columns are described in the documentation of this package.

    Raises:
        PatientError: with every problem of every table, each with its file, line and column. No patient is returned
            then, not even those whose rows are sound: a part of a list would look like the whole.
    """
    found, problems = _all_of(source)
    if problems:
        raise PatientError(problem for problem, _ in problems)
    return [patient for patient in found.values() if patient is not None]


def read_each(source: str | os.PathLike[str] | Mapping[str, str]) -> list[Patient | Unread]:
    """The same patients; one of whom some row cannot be read is told from the others instead of ending it all.

    Raises:
        PatientError: with every problem, where one of them belongs to no patient: a table or column that is missing, a row
            with too many cells or of nobody. Whose facts these are is not known, so nobody is read.
    """
    found, problems = _all_of(source)
    wrong: dict[str, list[Problem]] = {}
    for problem, owner in problems:
        wrong.setdefault(owner, []).append(problem)
    if "" in wrong:
        raise PatientError(problem for problem, _ in problems)
    return [
        Unread(name, PatientError(wrong[name])) if patient is None or name in wrong else patient
        for name, patient in found.items()
    ]


def _all_of(
    source: str | os.PathLike[str] | Mapping[str, str],
) -> tuple[dict[str, Patient | None], list[tuple[Problem, str]]]:
    """Patients by their id (None: not readable), and every problem with the patient whose row it is in; empty: nobody's."""
    texts, problems = texts_of(source)
    sheets = {table.section: read_sheet(table, *texts[table.file]) for table in TABLES if table.file in texts}
    patients = sheets.pop("", None)
    profiles = _profiles(patients) if patients is not None else {}
    for sheet in sheets.values():
        _add_entries(sheet, profiles, ids_known=patients is not None and not patients.rows_lost)
    for sheet in (*([patients] if patients is not None else []), *sheets.values()):
        report_swallowed_rows(sheet, profiles)
    found = {name: _patient(patients, profile) for name, profile in profiles.items()} if patients is not None else {}
    told = [(problem, "") for problem in problems]
    for sheet in (*([patients] if patients is not None else []), *sheets.values()):
        owners = _owners(sheet, profiles)
        for problem in sorted(sheet.problems, key=lambda item: (item.line or 0, item.column or 0)):
            # Of two rows of one patient it is not known whose facts they are.
            twice = problem.code == "duplicate-id"
            told.append((problem, "" if twice else owners.get((problem.line, problem.column), "")))
    return found, told


def _owners(sheet: Sheet, profiles: Mapping[str, _Read]) -> dict[tuple[int | None, int | None], str]:
    """The patient of every cell of a table that has one."""
    found: dict[tuple[int | None, int | None], str] = {}
    for row in sheet.rows:
        name, _ = row.cells.get(sheet.table.key, ("", row.start))
        if name in profiles:
            for span in (row.start, *(span for _, span in row.cells.values())):
                found[span.line, span.column] = name
    return found


@dataclass(slots=True)
class _Read:
    """One row as plain data, and the cell that every path of the data came from."""

    row: Row
    data: dict[str, Any] = field(default_factory=dict)
    spans: dict[DocumentPath, Span] = field(default_factory=dict)


def _profiles(sheet: Sheet) -> dict[str, _Read]:
    """The rows of `patients.csv` by the id of the patient."""
    profiles: dict[str, _Read] = {}
    for row in sheet.rows:
        read = _read(sheet, row)
        if "id" not in row.cells:
            _check(sheet, Patient, read)
            continue
        name, span = row.cells["id"]
        first = profiles.setdefault(name, read)
        if first is not read:
            _check(sheet, Patient, read)
            message = f"the patient '{name}' is given twice"
            hint = "keep one row per patient, or give each patient an id of its own"
            sheet.report_twice(span, "id", message, first.row.cells["id"][1], code="duplicate-id", hint=hint)
    _report_alike(sheet, profiles)
    return profiles


def _report_alike(sheet: Sheet, profiles: Mapping[str, _Read]) -> None:
    """Note patients whose ids cannot be told apart, or by capitals alone where nothing else says that these are two."""
    looks: dict[str, str] = {}
    spelled: dict[str, list[str]] = {}
    for name, read in profiles.items():
        others = spelled.setdefault(as_seen(name).casefold(), [])
        alike = looks.setdefault(as_seen(name), name)
        if alike == name:
            alike = next((other for other in others if not _are_two(profiles[other], read)), name)
        others.append(name)
        if alike != name:
            span, first = read.row.cells["id"][1], profiles[alike].row.cells["id"][1]
            message = f"the ids '{legible_word(alike)}' and '{legible_word(name)}' look like one: {_DIFFERENCE}"
            hint = "if this is one patient, write the same id everywhere; if these are two, give each an id of its own"
            sheet.report_twice(span, "id", message, first, code="duplicate-id", hint=hint)


def _are_two(one: _Read, other: _Read) -> bool:
    """Whether two rows say of themselves that they are about different persons."""
    said = [(found.data.get("birth_year"), found.data.get("sex"), _diagnosed(found)) for found in (one, other)]
    return any(None not in pair and pair[0] != pair[1] for pair in zip(*said, strict=True))


def _diagnosed(read: _Read) -> Any:
    return read.data.get("diagnosis", {}).get("date")


def _add_entries(sheet: Sheet, profiles: dict[str, _Read], *, ids_known: bool) -> None:
    """Check every row of a list and add it to its patient."""
    for row in sheet.rows:
        read = _read(sheet, row)
        entry = _check(sheet, sheet.table.model, read)
        name, span = row.cells.get(sheet.table.key, ("", row.start))
        if name in profiles:
            if entry is not None:
                profiles[name].data.setdefault(sheet.table.section, []).append(read.data)
        elif name and ids_known:
            message = f"there is no patient '{name}' in patients.csv"
            hint = closest(name, profiles)
            sheet.report(span, sheet.table.key, message, code="unknown-id", expected="the id of a patient", hint=hint)


def _patient(sheet: Sheet, read: _Read) -> Patient | None:
    found = _check(sheet, Patient, read)
    return found if isinstance(found, Patient) else None


def _read(sheet: Sheet, row: Row) -> _Read:
    """The cells of a row in the places where they stand in a profile; what cannot be read is reported and left out."""
    read = _Read(row, spans={(): replace(row.start, end=10_000)})
    for header, (text, span) in row.cells.items():
        column = sheet.table.by_header[header]
        if not column.path:
            continue
        try:
            value = convert(column, text)
        except NotReadable as problem:
            more = {"expected": problem.expected, "hint": problem.hint, "code": problem.code}
            sheet.report(span, header, f"found {text!r}", **more)
            continue
        _put(read, column.path, value, span)
    for column in sheet.table.columns:
        if column.required and column.header in sheet.headers and column.header not in row.cells:
            message = f"the cell is empty, but every row needs its {column.header}"
            expected = column.about or ", ".join(column.words)
            sheet.report(row.start, column.header, message, code="missing-key", expected=expected)
    return read


def _put(read: _Read, path: tuple[str, ...], value: Any, span: Span) -> None:
    here = read.data
    for index, step in enumerate(path[:-1], 1):
        here = here.setdefault(step, {})
        read.spans.setdefault(path[:index], span)
    here[path[-1]] = value
    read.spans[path] = span


def _check(sheet: Sheet, model: type[BaseModel], read: _Read) -> BaseModel | None:
    """The row as its model, or None with its problems added to the sheet's."""
    try:
        return model.model_validate(read.data)
    except ValidationError as error:
        document = Document(sheet.document.name, read.data, read.spans, lines=sheet.document.lines)
        headers: _Headers = {(span.line, span.column): header for header, (_, span) in read.row.cells.items()}
        for problem in problems_of(error, document, model):
            # A cell that is empty or cannot be read has been reported as such.
            if problem.code != "missing-key":
                sheet.problems.append(_at_its_column(problem, headers))
        return None


def _at_its_column(problem: Problem, headers: _Headers) -> Problem:
    """The problem with the header of its cell in place of a path that the tables do not show."""
    return replace(problem, path=headers.get((problem.line, problem.column), "") if problem.path else "")
