"""What a benchmark measured and kept (`benchmarks/kept`), as tables for the pages that show it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .markdown import bullets, code, plain, table

KEPT = Path(__file__).resolve().parents[2] / "benchmarks" / "kept"
_MET = {None: "", True: "yes", False: "no"}


def measured(name: str) -> str:
    """Every table of one measurement, with its day, its command, and what the benchmark says of the machine."""
    kept = json.loads((KEPT / f"{name}.json").read_text(encoding="utf-8"))
    parts = [f"Measured on {kept['day']} by {code(kept['command'])}:"]
    for title, rows in kept["sections"].items():
        parts += [f"**{plain(title)}**", _table(rows)]
    return "\n\n".join([*parts, bullets(plain(note) for note in kept["notes"])])


def _table(rows: list[Mapping[str, Any]]) -> str:
    """The columns that say something."""
    columns = [
        ("what", [row["what"] for row in rows]),
        ("measured", [row["value"] for row in rows]),
        ("best", [row["best"] for row in rows]),
        ("wanted", [row["target"] for row in rows]),
        ("reached", [_MET[row["met"]] for row in rows]),
    ]
    kept = [(head, values) for head, values in columns if any(values)]
    return table(
        [head for head, _ in kept],
        [tuple(map(plain, line)) for line in zip(*(values for _, values in kept), strict=True)],
    )
