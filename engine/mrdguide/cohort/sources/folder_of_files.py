"""A file for each patient: profiles in YAML or JSON, and FHIR bundles in JSON. They are read where they are judged."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from ...intake.tables.other_files import may_hold_data
from ..entry import Entry

SUFFIXES = (".yaml", ".yml", ".json")
# The index of a folder of cases is no patient.
_INDEX = "cases"


def patient_files(folder: Path) -> tuple[Path, ...]:
    """The files of a folder that may be patients, by name."""
    return tuple(sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and not is_index(path)))


def is_index(path: Path) -> bool:
    """Whether a file is the index of a folder of cases, and no patient."""
    return path.suffix in SUFFIXES and path.stem == _INDEX


def not_read(folder: Path, read: Collection[Path]) -> tuple[Path, ...]:
    """The files of a folder of patients that are none of those that are read, and may hold patients, by name."""
    there = (path for path in folder.iterdir() if path.is_file() and path not in read and not is_index(path))
    return tuple(sorted(path for path in there if may_hold_data(path)))


class FolderOfFiles:
    """Every file is one patient."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self.files = files

    def count(self) -> int:
        return len(self.files)

    def entries(self) -> Iterator[Entry]:
        for path in self.files:
            yield Entry(str(path), path)
