"""Invented rows of a cohort, and invented tables of what happened after stopping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mrdguide.cohort.answer_columns import answer_schema, batch_of

from ..examples import shipped

STOPPED = date(2022, 3, 1)
SUPPORTED, CONDITIONAL, CONTINUE, OPEN = "cessation-supported", "cessation-conditional", "continue", "insufficient-data"
HEADERS = ("patient", "stopped_on", "resurgence_on", "progression_on", "death_on", "last_seen")


def after(days: int) -> date:
    """A day so many days after the day on which everybody here stopped."""
    return STOPPED + timedelta(days)


def answer(patient: str, outcome: str = SUPPORTED, day: date = STOPPED, **more: Any) -> dict[str, Any]:
    """A row, as a run writes it, of a patient judged on a day."""
    settled = outcome != OPEN
    return {
        "patient": patient, "as_of": day, "outcome": outcome, "settled": settled, "stop_possible": outcome != CONTINUE,
        "possible_outcomes": [outcome] if settled else [CONTINUE, SUPPORTED], "protocols": [], "protocols_open": [], "missing": [],
        "diagnosed": 2015, **more,
    }  # fmt: skip


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]], windows: int = 0) -> Path:
    schema = answer_schema(shipped(), windows)
    pq.write_table(pa.Table.from_batches([batch_of(list(rows), schema)], schema), path)
    return path


def write_happened(path: Path, rows: Iterable[Mapping[str, Any]], headers: tuple[str, ...] = HEADERS) -> Path:
    lines = [",".join(headers), *(",".join(str(row.get(name, "")) for name in headers) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def happened(patient: str, last: int, stopped: date | str = STOPPED, /, **events: int) -> dict[str, Any]:
    """A row of what happened; events and the last contact in days after stopping."""
    return {"patient": patient, "stopped_on": stopped, **{f"{name}_on": after(days) for name, days in events.items()},
            "last_seen": after(last)}  # fmt: skip
