"""The decision record. Stores are made in temporary folders; `tampering` rewrites one as an intruder would."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import mrdguide

EXAMPLE = Path(__file__).parents[2] / "examples" / "cessation-supported.yaml"
DAY = "2026-11-21"
PATIENT_ID = "Zebedee-Quux-4711"


def profile(**more: Any) -> dict[str, Any]:
    """A small profile with a patient id that stands nowhere else, and laboratory values that must be kept exactly."""
    labs = {"creatinine": {"value": 80.1234567, "unit": "umol/L"}, "albumin": {"value": 40}}
    return {
        "id": PATIENT_ID,
        "diagnosis": {"disease": "multiple-myeloma", "date": "2020-03"},
        "baseline": {"labs": labs},
        **more,
    }


def answer(rules: mrdguide.RuleBook, **more: Any) -> mrdguide.Recommendation:
    return mrdguide.evaluate(profile(**more), rules=rules, as_of=DAY)


@contextmanager
def tampering(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for which the guards are gone; afterwards they stand as before, so that nothing shows by them."""
    with closing(sqlite3.connect(path)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, statement in guards:
            connection.execute(statement)
        connection.commit()
