"""A folder of CSV tables.

A patient of whom a row cannot be read is rejected; what is wrong with a table as a whole, or belongs to nobody, ends the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from ...intake.tables import Unread, read_each
from ...patient import Patient
from ..entry import Entry
from .table_entry import table_entry


def is_of_csv_tables(folder: Path) -> bool:
    """Whether a folder holds such tables."""
    return (folder / "patients.csv").exists()


class CsvTables:
    """The tables of a folder, or their texts by name."""

    def __init__(self, source: Path | Mapping[str, str]) -> None:
        self._source = source
        self.files = tuple(sorted(source.glob("*.csv"))) if isinstance(source, Path) else ()

    @cached_property
    def _patients(self) -> list[Patient | Unread]:
        return read_each(self._source)

    def count(self) -> int:
        return len(self._patients)

    def entries(self) -> Iterator[Entry]:
        for patient in self._patients:
            yield table_entry(f"patients.csv: {patient.id}", patient)
