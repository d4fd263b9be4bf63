"""Invented patients to draw over time."""

from __future__ import annotations

from datetime import date
from typing import Any

import mrdguide
from mrdguide.report.blocks import Picture
from mrdguide.report.charts.timeline import timeline
from mrdguide.report.pages.board_words import board_words
from mrdguide.rulebook.book import RuleBook

AS_OF = "2026-11-21"
GOOD = {"first_pull": True, "hemodiluted": False, "trackable_clone": True}


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def mrd_test(when: str | None, **more: Any) -> dict[str, Any]:
    plain = {
        "specimen": "marrow",
        "method": "NGS",
        "limit_of_detection": 1e-6,
        "result": "not-detected",
        "quality": GOOD,
    }
    return {**plain, **({"date": when} if when else {}), **more}


def draw(rules: RuleBook, **profile: Any) -> Picture:
    found = timeline(mrdguide.evaluate(patient(**profile), rules=rules, as_of=AS_OF), board_words())
    assert found is not None
    return found


def patient(**profile: Any) -> dict[str, Any]:
    return {"id": "invented", "diagnosis": {"disease": "multiple-myeloma"}, **profile}


def busy(name: str = "d" * 30, *, exact: bool = False) -> dict[str, Any]:
    """Thirty tests, ten years, eight phases, names far too long."""
    methods = ("NGS", "NGF", "MFC")
    mrd = [
        mrd_test(
            f"{2016 + index // 3}-{1 + 4 * (index % 3):02d}-{1 + (index * 7) % 27:02d}", method=methods[index % 3],
            limit_of_detection=(1e-6, 2e-6, 1e-5)[index % 3],
            **({"result": "detected", "level": 3 * 10.0 ** -(2 + index)} if index < 5 else {}),
        )
        for index in range(30)
    ]  # fmt: skip
    mrd += [dict(mrd[-1], method=method) for method in methods]
    if not exact:
        mrd[8]["date"], mrd[12]["date"] = "2018", "2020-01"
    therapy: list[dict[str, Any]] = [
        {"phase": "induction", "line": 1, "regimen": name, "start": "2016-01-10", "end": "2016-07-01"},
        {"phase": "transplant", "line": 1, "kind": "autologous", "date": "2016-09-01"},
        {"phase": "consolidation", "line": 1, "regimen": name, "start": "2016-11", "end": "2017-03"},
        {"phase": "maintenance", "line": 1, "drugs": [name, name], "start": "2017-04-01", "end": "2019-06-01"},
        {"phase": "maintenance", "line": 1, "drugs": ["ixazomib"], "start": "2018", "end": "2019-06-01"},
        {"phase": "relapse", "line": 2, "regimen": name, "start": "2019-07-01", "end": "2021"},
        {"phase": "maintenance", "line": 2, "regimen": name, "start": "2021-06-01"},
        {"phase": "relapse", "line": 3, "regimen": name, "end": "2023-04-01"},
        {"phase": "maintenance", "line": 3, "regimen": name, "start": "2023-05-01", "end": None},
    ]
    return {
        "mrd": mrd,
        "therapy": therapy,
        "responses": [
            {"date": f"{2016 + i // 3}-{1 + i % 3:02d}-10", "category": ("CR", "VGPR")[i % 2]} for i in range(30)
        ],
        "imaging": [
            {"date": f"{2016 + i}-06-10", "modality": "PET-CT", "conclusion": ("negative", "positive")[i % 2]}
            for i in range(10)
        ],
        "events": [
            {"date": "2019-05-20", "kind": "progression", "note": name},
            {"date": "2019-06-20", "kind": "extramedullary-disease"},
            {"date": "2026-09-20", "kind": "unexplained-cytopenia"},
            {"date": "2026-10-20", "kind": "therapy-related-myeloid-neoplasm"},
        ],
    }
