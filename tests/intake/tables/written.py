"""Profiles written as tables: the way back, made here from the profile alone so that it can disagree with the reader."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

import mrdguide
from mrdguide.intake.tables.columns import TABLES, Column


def tables_of(*patients: mrdguide.Patient) -> dict[str, str]:
    """The text of every table, by file name."""
    written = {}
    for table in TABLES:
        buffer = StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow([column.header for column in table.columns])
        for patient in patients:
            plain = profile_of(patient)
            rows = plain.get(table.section, []) if table.section else [plain]
            writer.writerows([_cell(column, row, patient.id) for column in table.columns] for row in rows)
        written[table.file] = buffer.getvalue()
    return written


def profile_of(patient: mrdguide.Patient) -> dict[str, Any]:
    """What was recorded, with nothing left out added."""
    return patient.model_dump(mode="json", exclude_unset=True, by_alias=True)


def _cell(column: Column, row: Any, patient_id: str) -> str:
    if not column.path:
        return patient_id
    for step in column.path:
        if not isinstance(row, Mapping) or step not in row:
            return ""
        row = row[step]
    if row is None:
        return "ongoing" if column.kind == "end" else ""
    if isinstance(row, bool):
        return "yes" if row else "no"
    if isinstance(row, Mapping):
        return "; ".join(f"{name}: {value}" for name, value in row.items())
    return "; ".join(row) if isinstance(row, list) else str(row)
