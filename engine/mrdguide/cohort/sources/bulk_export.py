"""FHIR bulk data: the NDJSON files of one export belong together, whatever patient a line is of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ...fhir.bulk import patients
from ..entry import Entry, Resources


class BulkExport:
    """All files of one export."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        self.files = files

    def count(self) -> None:
        """Only reading all of it would tell."""

    def entries(self) -> Iterator[Entry]:
        for name, resources in patients(self.files):
            yield Entry(f"Patient/{name}", Resources(resources))
