"""The decision record: what was answered, when, from which rules, engine and input. Append-only and hash-chained.

    from mrdguide.record import DecisionStore
    with DecisionStore("records.db") as store:
        entry = store.append(recommendation, "tumour board")
        store.verify()

SQLAlchemy is needed when a store is opened: `pip install 'mrdguide[service]'`.
"""

from __future__ import annotations

from .entry import RecordEntry
from .replay import Replay
from .store import DecisionStore

__all__ = ["DecisionStore", "RecordEntry", "Replay"]
