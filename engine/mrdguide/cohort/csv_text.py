"""An Arrow table as the text of a CSV table, so that whatever comes as a table is read by the rules of the tables, and its mistakes
are told alike."""

from __future__ import annotations

import csv
import datetime
from io import StringIO
from typing import Any


def csv_text(table: Any) -> str:
    """An Arrow table as the text of a CSV table."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in table.to_pylist():
        writer.writerow([_as_cell(row[column]) for column in table.column_names])
    return out.getvalue()


def _as_cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ";".join(str(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.tzinfo is None and value.time() == datetime.time.min:
        return value.date().isoformat()  # frames have no days, and hold midnight in their place
    return str(value)
