"""Which source an input is: by what it is, and by its name where that says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import UsageError
from .bulk_export import BulkExport
from .columns_of_profiles import ARROW, PARQUET, ArrowProfiles, ParquetProfiles
from .csv_tables import CsvTables
from .folder_of_files import SUFFIXES, FolderOfFiles, patient_files
from .lines import ProfileLines, first_object
from .source import Source

_LINES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
_WANTED = "profiles (.yaml, .json, .ndjson), FHIR bundles (.json), a bulk export (.ndjson), CSV tables, .parquet or .arrow"


def sources_of(inputs: Sequence[Path], as_of_column: str | None) -> list[Source]:
    """The sources of a run, in the order of the inputs; files of one bulk export count as one.

    Raises:
        UsageError: an input is not there, or is nothing that holds patients.
    """
    found: list[Source] = []
    exported: list[Path] = []
    for path in inputs:
        for source in _sources(path, as_of_column):
            if isinstance(source, BulkExport):
                exported += source.files
            else:
                found.append(source)
    if exported:
        found.append(BulkExport(tuple(exported)))
    without_days = [source for source in found if isinstance(source, BulkExport | CsvTables)]
    if as_of_column is not None and without_days:
        named = without_days[0].files[0]
        raise UsageError(f"--as-of-column: {named} has no column for days; give profiles or columns, or judge all on one day")
    return found


def _sources(path: Path, as_of_column: str | None) -> Iterator[Source]:
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, ValueError):
        is_folder = is_there = False
    if not is_there:
        raise UsageError(f"{path} does not exist; name a file or a folder with {_WANTED}")
    if not is_folder:
        yield _file(path, as_of_column)
        return
    if (path / "patients.csv").exists():
        yield CsvTables(path)
        return
    names = sorted(item for item in path.iterdir() if item.is_file() and not item.name.startswith("."))
    several = [item for item in names if item.suffix in (*PARQUET, *ARROW) or item.name.endswith(_LINES)]
    for item in several:
        yield _file(item, as_of_column)
    single = patient_files(path)
    if single:
        yield FolderOfFiles(single)
    if not several and not single:
        raise UsageError(f"{path} holds no patients; expected {_WANTED}")


def _file(path: Path, as_of_column: str | None) -> Source:
    if path.suffix in PARQUET:
        return ParquetProfiles(path, as_of_column)
    if path.suffix in ARROW:
        return ArrowProfiles(path, as_of_column)
    if path.name.endswith(_LINES):
        first = first_object(path)
        of_fhir = isinstance(first, dict) and isinstance(first.get("resourceType"), str)
        return BulkExport((path,)) if of_fhir else ProfileLines(path, as_of_column)
    if path.suffix in SUFFIXES:
        return FolderOfFiles((path,))
    raise UsageError(f"{path} is nothing that patients are read from; expected {_WANTED}")
