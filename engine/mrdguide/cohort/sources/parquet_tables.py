"""A folder with one Parquet file for each table, whose columns are those of the CSV tables.

The tables are held as columns; patients are made of them a thousand at a time, so that memory does not grow with what a patient is
as an object. As with CSV a patient of whom a row cannot be read is rejected, and what belongs to nobody ends the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...errors import PatientError, Problem, UsageError
from ...intake.tables import Unread, read_each
from ...intake.tables.columns import TABLES
from ...intake.tables.other_files import tables_not_read
from ...patient import Patient
from ..arrow import needed
from ..csv_text import csv_text
from ..entry import Entry
from ..parquet_rows import not_whole, opened_parquet
from .table_entry import table_entry

PATIENTS = "patients.parquet"
_AT_ONCE = 1_000
_WANTED = "text, numbers, yes and no (bool), days, or lists of text"
_KNOWN = {table.file.removesuffix(".csv"): table for table in TABLES}


def is_of_tables(folder: Path) -> bool:
    """Whether a folder holds such tables: its `patients.parquet` has the columns of a table, not those of nested profiles."""
    path = folder / PATIENTS
    return path.is_file() and "diagnosis" not in opened_parquet(path).schema_arrow.names


class ParquetTables:
    """The tables of a folder; patients come in the order of `patients.parquet`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files = tuple(sorted(folder.glob("*.parquet")))

    def count(self) -> int:
        return int(opened_parquet(self._folder / PATIENTS).metadata.num_rows)

    def entries(self) -> Iterator[Entry]:
        tables = self._tables()
        patients = tables.pop("patients")
        ids = self._ids(patients)
        lists = {name: _Listed(table, self._owners(name, table, ids)) for name, table in tables.items()}
        for begins in range(0, patients.num_rows, _AT_ONCE):
            ends = min(begins + _AT_ONCE, patients.num_rows)
            parts = {name: found.of(begins, ends) for name, found in lists.items()}
            parts["patients"] = patients.slice(begins, ends - begins), range(begins, ends)
            for patient in self._read(parts):
                yield table_entry(f"{self._folder / PATIENTS}: {patient.id}", patient)

    def _tables(self) -> dict[str, Any]:
        """Every table by its name.

        Raises:
            UsageError: one is missing, unknown or cannot be read.
        """
        for name in tables_not_read(self._folder, [path.name for path in self.files]):
            raise UsageError(
                f"{self._folder / name} is not read: put its rows into the tables, or take it out of the folder; what is not in the tables "
                "counts as not having happened"
            )
        given = {path.stem: path for path in self.files}
        for name, path in given.items():
            if name not in _KNOWN:
                raise UsageError(
                    f"{path} is no table of patients; expected {', '.join(f'{known}.parquet' for known in _KNOWN)}"
                )
        for name, table in _KNOWN.items():
            if name not in given and not table.optional:
                raise UsageError(
                    f"{self._folder}: the table '{name}.parquet' is missing; one without rows says that nothing is recorded"
                )
        return {name: _read(path) for name, path in given.items()}

    def _ids(self, patients: Any) -> Any:
        ids = self._key("patients", patients).cast(needed("pyarrow").string()).combine_chunks()
        counted = ids.value_counts()
        again = counted.filter(needed("pyarrow.compute").greater(counted.field("counts"), 1))
        if len(again):
            first = again[0].as_py()
            others = f", as {len(again) - 1:,} more {'is' if len(again) == 2 else 'are'}" if len(again) > 1 else ""
            message = f"the patient '{first['values']}' is given {first['counts']} times{others}"
            self._refuse("patients", "id", message, "duplicate-id")
        return ids

    def _owners(self, name: str, table: Any, ids: Any) -> Any:
        """For each row of a list the place of its patient."""
        compute, key = needed("pyarrow.compute"), _KNOWN[name].key
        owners = self._key(name, table).cast(needed("pyarrow").string()).combine_chunks()
        places = compute.index_in(owners, value_set=ids)
        if places.null_count:
            row = compute.index(compute.is_null(places), True).as_py()
            unknown = owners[row].as_py()
            self._refuse(name, key, f"row {row + 1}: there is no patient '{unknown}' in {PATIENTS}", "unknown-id")
        return places.to_numpy(zero_copy_only=False)

    def _key(self, name: str, table: Any) -> Any:
        """The column that says whose each row is."""
        key, types = _KNOWN[name].key, needed("pyarrow").types
        if key not in table.column_names:
            self._refuse(name, key, f"the column '{key}' is missing", "missing-key")
        kind = table[key].type
        if types.is_list(kind) or types.is_large_list(kind) or types.is_boolean(kind):
            self._refuse(
                name, key, f"the column '{key}' is of type {kind}, where an id is text or a number", "bad-value"
            )
        return table[key]

    def _refuse(self, name: str, column: str, message: str, code: str) -> None:
        raise PatientError([Problem(message, str(self._folder / f"{name}.parquet"), column, code=code)])

    def _read(self, parts: dict[str, tuple[Any, Any]]) -> Iterator[Patient | Unread]:
        texts = {name: csv_text(table) for name, (table, _) in parts.items()}

        def placed(error: PatientError) -> PatientError:
            return PatientError(self._placed(problem, parts, texts) for problem in error.problems)

        try:
            found = read_each(texts)
        except PatientError as error:
            raise placed(error) from None
        for item in found:
            yield Unread(item.id, placed(item.error)) if isinstance(item, Unread) else item

    def _placed(self, problem: Problem, parts: dict[str, tuple[Any, Any]], texts: dict[str, str]) -> Problem:
        """A problem at its row of the Parquet file, instead of its line in the text made of some rows."""
        name = problem.source.removesuffix(".csv")
        if name not in parts or problem.line is None:
            return problem
        table, rows = parts[name]
        # A cell that holds line breaks makes the lines of the text others than the rows.
        known = texts[name].count("\n") == table.num_rows + 1 and problem.line > 1
        place = f"{self._folder / f'{name}.parquet'}" + (f": row {rows[problem.line - 2] + 1}" if known else "")
        return replace(problem, source=place, line=None, column=None, snippet="", also=())


class _Listed:
    """The rows of a list, sorted by their patients."""

    def __init__(self, table: Any, owners: Any) -> None:
        self._rows = owners.argsort(kind="stable")
        self._owners = owners[self._rows]
        self._table = table

    def of(self, begins: int, ends: int) -> tuple[Any, Any]:
        """The rows of the patients from one place to another, and where they are in the file."""
        first, last = self._owners.searchsorted([begins, ends])
        rows = self._rows[first:last]
        return self._table.take(rows), rows


def _read(path: Path) -> Any:
    arrow = needed("pyarrow")
    try:
        table = opened_parquet(path).read()
    except (OSError, arrow.ArrowException) as error:
        raise not_whole(path, error) from None
    problems = [
        Problem(f"the column is of type {field.type}", str(path), field.name, code="bad-value", expected=_WANTED)
        for field in table.schema
        if not _is_of_cells(field.type)
    ]
    if problems:
        raise PatientError(problems)
    return _without_views(table)


def _is_of_cells(kind: Any) -> bool:
    """Whether what a column holds can stand in the cells of a table: one value each, or a list of words."""
    types = needed("pyarrow").types
    inner = kind.value_type if types.is_dictionary(kind) or types.is_list(kind) or types.is_large_list(kind) else kind
    text = types.is_string(inner) or types.is_large_string(inner) or types.is_string_view(inner)
    if inner is not kind and not types.is_dictionary(kind):
        return bool(text or types.is_null(inner))
    number = types.is_integer(inner) or types.is_floating(inner) or types.is_decimal(inner) or types.is_boolean(inner)
    return bool(text or number or types.is_date(inner) or types.is_timestamp(inner) or types.is_null(inner))


def _without_views(table: Any) -> Any:
    """The same table with text as it can be put in another order, which views of text cannot."""
    arrow = needed("pyarrow")
    fields = [
        field.with_type(arrow.large_string()) if arrow.types.is_string_view(field.type) else field
        for field in table.schema
    ]
    return table.cast(arrow.schema(fields))
