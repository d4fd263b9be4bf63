"""Which source an input is: by what it is, and by its name where that says it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...errors import UsageError
from ..parquet_rows import PARQUET
from .bulk_export import BulkExport
from .columns_of_profiles import ARROW, ArrowProfiles, ParquetProfiles
from .csv_tables import CsvTables, is_of_csv_tables
from .folder_of_files import SUFFIXES, FolderOfFiles, not_read, patient_files
from .lines import ProfileLines, first_object
from .omop_tables import OmopTables, is_omop
from .parquet_tables import ParquetTables, is_of_tables
from .source import Source

_LINES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
# Whether a folder holds tables of a kind, and what reads them.
_TABLES: dict[str, tuple[Callable[[Path], bool], Callable[[Path], Source]]] = {
    "CSV": (is_of_csv_tables, CsvTables),
    "Parquet": (is_of_tables, ParquetTables),
    "OMOP": (is_omop, OmopTables),
}
_WANTED = "profiles (.yaml, .json, .ndjson), FHIR bundles (.json), a bulk export (.ndjson), CSV tables, OMOP tables, .parquet or .arrow"


def sources_of(inputs: Sequence[Path], as_of_column: str | None) -> list[Source]:
    """The sources of a run, in the order of the inputs; files of one bulk export count as one.

    Raises:
        UsageError: an input is not there, or is nothing that holds patients.
    """
    files = [file for path in inputs for file in _files(path)]
    of_lines = tuple(file for file in files if file.name.endswith(_LINES))
    export = of_lines if _is_export(of_lines) else ()
    found: list[Source] = [_source(file, as_of_column) for file in files if file not in export]
    if export:
        found.append(BulkExport(export))
    without_days = [
        source for source in found if isinstance(source, BulkExport | CsvTables | OmopTables | ParquetTables)
    ]
    if as_of_column is not None and without_days:
        named = without_days[0].files[0]
        raise UsageError(
            f"--as-of-column: {named} has no column for days; give profiles or columns, or judge all on one day"
        )
    return found


def remarks_of(sources: Sequence[Source]) -> tuple[str, ...]:
    """What whoever asked should know of the sources, each thing once."""
    told = [remark for source in sources if isinstance(source, OmopTables) for remark in source.remarks]
    return tuple(dict.fromkeys(told))


def _is_export(files: Sequence[Path]) -> bool:
    """Whether NDJSON files are FHIR. A file that cannot be told belongs to the others: left out, it would hide results.

    Raises:
        UsageError: some are FHIR and others profiles.
    """
    firsts = {file: first_object(file) for file in files}
    of_fhir = [file for file, first in firsts.items() if isinstance(first, dict) and "resourceType" in first]
    of_profiles = [file for file, first in firsts.items() if isinstance(first, dict) and "resourceType" not in first]
    if of_fhir and of_profiles:
        raise UsageError(
            f"{of_fhir[0]} is FHIR and {of_profiles[0]} is not; name the files of each in a run of its own"
        )
    return bool(of_fhir)


def _files(path: Path) -> Iterator[Path]:
    """The files of an input that hold patients; a folder of tables counts as one."""
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except (OSError, ValueError):
        is_folder = is_there = False
    if not is_there:
        raise UsageError(f"{path} does not exist; name a file or a folder with {_WANTED}")
    if not is_folder:
        yield path
        return
    there = [kind for kind, (holds, _) in _TABLES.items() if holds(path)]
    if len(there) > 1:
        raise UsageError(f"{path} holds tables both as {' and as '.join(there)}; keep those of one kind")
    if there:
        yield path
        return
    names = sorted(item for item in path.iterdir() if item.is_file() and not item.name.startswith("."))
    found = [item for item in names if item.suffix in (*PARQUET, *ARROW) or item.name.endswith(_LINES)]
    found += patient_files(path)
    if not found:
        raise UsageError(f"{path} holds no patients; expected {_WANTED}")
    if unread := not_read(path, found):
        more = f" and {len(unread) - 1:,} more" if len(unread) > 1 else ""
        raise UsageError(
            f"{unread[0]}{more} would not be read, and may hold patients or what happened to them; take it out of the folder, or "
            "name the files of patients one by one"
        )
    yield from found


def _source(path: Path, as_of_column: str | None) -> Source:
    if path.is_dir():
        return next(read(path) for holds, read in _TABLES.values() if holds(path))
    if path.suffix in PARQUET:
        return ParquetProfiles(path, as_of_column)
    if path.suffix in ARROW:
        return ArrowProfiles(path, as_of_column)
    if path.name.endswith(_LINES):
        return ProfileLines(path, as_of_column)
    if path.suffix in SUFFIXES:
        return FolderOfFiles((path,))
    raise UsageError(f"{path} is nothing that patients are read from; expected {_WANTED}")
