"""What ten times as many MRD tests, scans and events cost: answer, explanation and page, in processor time.

python benchmarks/long_records.py              every way of dating them, some minutes
"""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta
from typing import Any

from measuring import Row, machine, pin_to_one_core, show

import mrdguide
from mrdguide.report.formats.html import to_html
from mrdguide.report.pages.board import board

FEW, MANY, TIMES = 1_000, 10_000, 20.0
AS_OF = "2026-11-21"
WAYS = ("dated", "undated", "to the month")
_FIRST, _DAYS = date(2021, 1, 1), 2_140


def rows(ways: tuple[str, ...] = WAYS) -> list[Row]:
    """A row for each way of dating the entries."""
    found = []
    for way in ways:
        few, many = _seconds(way, FEW), _seconds(way, MANY)
        what = f"{MANY:,} MRD tests, scans and events against {FEW:,}, {way} ({few:.1f} s and {many:.1f} s)"
        found.append(Row(what, f"{many / few:.1f} x", "", f"under {TIMES:g} x", many / few < TIMES))
    return found


def _seconds(way: str, entries: int) -> float:
    profile = _profile(way, entries)
    started = time.process_time()
    found = mrdguide.evaluate(profile, as_of=AS_OF)
    found.to_json()
    found.explanation.to_dict()
    to_html(board(found))
    return time.process_time() - started


def _profile(way: str, entries: int) -> dict[str, Any]:
    """An invented patient with so many entries in all, a third of each kind."""
    kinds: dict[str, dict[str, Any]] = {
        "mrd": {"specimen": "marrow", "method": "NGS", "limit_of_detection": 1e-6, "result": "not-detected"},
        "imaging": {"modality": "PET-CT", "conclusion": "negative"},
        "events": {"kind": "unexplained-cytopenia"},
    }
    lists = {
        name: [{**content, **_dated(way, place, entries // 3)} for place in range(entries // 3)]
        for name, content in kinds.items()
    }
    therapy = [
        {"phase": "transplant", "line": 1, "kind": "autologous", "date": "2020-03-15"},
        {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": "2020-06-20", "end": None},
    ]
    return {
        "id": "long", "diagnosis": {"disease": "multiple-myeloma", "date": "2019-09-02"}, "therapy": therapy, **lists,
    }  # fmt: skip


def _dated(way: str, place: int, count: int) -> dict[str, str]:
    day = (_FIRST + timedelta(days=place * _DAYS // count)).isoformat()
    return {} if way == "undated" else {"date": day[:7] if way == "to the month" else day}


if __name__ == "__main__":
    core = pin_to_one_core()
    show({"Long records": rows(tuple(sys.argv[1:]) or WAYS)}, [machine(core)])
