"""A record in which nothing is written for a caller that is no longer waited for."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from ..cds.store import RecordedAnswer, Store
from ..recommend.recommendation import Recommendation
from .worker_pool import TookTooLong


class InTime:
    """A store that records until `deadline` (of `time.monotonic`), and then raises TookTooLong: the caller will ask again."""

    def __init__(self, store: Store, deadline: float) -> None:
        self._store, self._deadline = store, deadline

    @property
    def head(self) -> str:
        return self._store.head

    def append(self, recommendation: Recommendation, source: str) -> RecordedAnswer:
        self._see_that_there_is_time()
        return self._store.append(recommendation, source)

    def append_feedback(self, about: int | str, body: Mapping[str, Any] | str, source: str = "feedback") -> object:
        self._see_that_there_is_time()
        return self._store.append_feedback(about, body, source)

    def close(self) -> None:
        self._store.close()

    def entry(self, which: int | str) -> RecordedAnswer:
        return self._store.entry(which)

    def entries(self, first: int | None = None, last: int | None = None) -> Iterable[RecordedAnswer]:
        return self._store.entries(first, last)

    def _see_that_there_is_time(self) -> None:
        if time.monotonic() >= self._deadline:
            raise TookTooLong
