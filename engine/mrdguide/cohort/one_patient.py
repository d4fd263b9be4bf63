"""One patient of a cohort, looked for by id in what the cohort was read from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..interview.asking import as_mapping
from ..patient import Patient
from ..reading.bounded import read_bytes
from ..reading.document import read_file
from .entry import Entry, each
from .reading_entries import ReadEntry, read_entry
from .sources.folder_of_files import FolderOfFiles
from .sources.found import sources_of
from .sources.source import Source


@dataclass(frozen=True, slots=True)
class FoundPatient:
    """Where a patient stands in the input, and the profile as plain data: as it was written where it was written as one."""

    place: str
    profile: dict[str, Any]


def find_patient(
    inputs: Sequence[Path], patient: str, day: date, as_of_column: str | None = None
) -> FoundPatient | None:
    """The patient with this id; None where none of the inputs has one who can be read.

    `day` is the day that the patient was judged on, `as_of_column` the key or column that says the days, as for `cohort run`.

    Raises:
        UsageError: an input is not there, or cannot be read.
    """
    for entry in _entries(sources_of(inputs, as_of_column), patient):
        if isinstance(entry.content, Mapping) and str(entry.content.get("id")) != patient:
            continue  # most of a long file: nothing else of it has to be read
        found = read_entry(entry, day, as_of_column, None)
        if isinstance(found, ReadEntry) and found.patient.id == patient:
            return FoundPatient(entry.place, _as_written(entry, found.patient, as_of_column))
    return None


def _entries(sources: Sequence[Source], patient: str) -> Iterator[Entry]:
    """Every entry; those of files that do not name the patient last, since most files can be passed over by a look."""
    for source in sorted(sources, key=lambda source: not _names(source, patient)):
        yield from each(source.entries())


def _names(source: Source, patient: str) -> bool:
    """Whether a patient is named in a source, as far as a look can tell; where none can, as if it were so."""
    if not isinstance(source, FolderOfFiles):
        return True
    wanted = patient.encode("utf-8")
    try:
        return any(wanted in read_bytes(path) for path in source.files)
    except OSError:
        return False


def _as_written(entry: Entry, patient: Patient, as_of_column: str | None) -> dict[str, Any]:
    content = entry.content
    if isinstance(content, Path):
        content = read_file(content).data
    if not isinstance(content, Mapping) or "resourceType" in content:
        return as_mapping(patient)
    written: dict[str, Any] = json.loads(json.dumps(content, ensure_ascii=False))
    return {name: value for name, value in written.items() if name != as_of_column}
