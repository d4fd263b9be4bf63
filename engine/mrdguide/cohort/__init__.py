"""Many patients at once: the same answers as one by one, in rows.

    from mrdguide import cohort
    found = cohort.run(frame, as_of="2026-11-21")  # a pyarrow table, a polars or pandas frame, or tables by name
    found.answers, found.rejects  # pyarrow tables; every patient is in one of the two

A row holds the outcome, the outcomes possible, every verdict, the studies matched and what is missing
(`mrdguide cohort run --help` describes the columns). Needs the extra `cohort`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .frames import CohortAnswers, run

__all__ = ["CohortAnswers", "run"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'mrdguide.cohort' has no attribute '{name}'")
    return getattr(import_module(".frames", __name__), name)
