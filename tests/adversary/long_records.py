"""Records with very many entries of one list, in each of the ways in which entries are written down."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import yaml

from mrdguide.reading.shipped import folder

AS_OF = "2026-11-21"
_FIRST = date(2021, 1, 1)
_DAYS = 2_140
# What one entry holds, by its place in the list.
_BANDS, _RESULTS = ("negative", "positive", "indeterminate"), ("not-detected", "detected")
LISTS = ("mrd", "imaging", "events", "markers", "toxicities", "responses")
WAYS = ("dated", "undated", "to the month", "empty", "a day alone")


def record(name: str, way: str, count: int) -> dict[str, Any]:
    """The example that supports a stop, with so many entries in one list (which replace its own)."""
    profile: dict[str, Any] = yaml.safe_load((folder("examples") / "cessation-supported.yaml").read_text("utf-8"))
    return {**profile, name: [_entry(name, way, place, count) for place in range(count)]}


def _entry(name: str, way: str, place: int, count: int) -> dict[str, Any]:
    content = _content(name, place)
    if way in ("empty", "a day alone"):
        # What kind of event or toxicity it is cannot be left out.
        content = {key: value for key, value in content.items() if key in ("kind", "term")}
    day = str(_FIRST + timedelta(days=place * _DAYS // count))
    return {**content, **({} if way in ("undated", "empty") else {"date": day[:7] if way == "to the month" else day})}


def _content(name: str, place: int) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {
        "mrd": {
            "specimen": "marrow" if place % 3 else "blood", "method": "NGS" if place % 2 else "NGF",
            "limit_of_detection": 1e-6, "result": _RESULTS[place % 5 == 0],
        },
        "imaging": {"modality": "PET-CT", "conclusion": "positive" if place % 5 == 0 else "negative"},
        "events": {"kind": ("second-primary-malignancy", "unexplained-cytopenia")[place % 2]},
        "markers": {
            "serum_m_protein": {"value": 0.1 * (place % 9), "unit": "g/dL"}, "serum_immunofixation": _BANDS[place % 3],
            "kappa": {"value": 12 + place % 50, "unit": "mg/L"}, "lambda": {"value": 11, "unit": "mg/L"},
        },
        "toxicities": {"term": "neutropenia", "grade": 1 + place % 4},
        "responses": {"category": ("CR", "sCR", "VGPR")[place % 3]},
    }  # fmt: skip
    return found[name]
