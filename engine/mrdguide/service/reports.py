"""Reports that can be opened for a while: kept in memory, under names that nobody can guess."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from ..intake.fhir.import_report import ImportReport
from ..recommend.recommendation import Recommendation


class Reports:
    """Recommendations by token. The oldest make room for new ones. Thread-safe."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._kept: OrderedDict[str, tuple[float, Recommendation, ImportReport | None]] = OrderedDict()
        self._lock = Lock()

    def publish(self, recommendation: Recommendation, imported: ImportReport | None = None) -> str:
        """Keep it, and give the address of its report below the base address."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._forget()
            while len(self._kept) >= self._most:
                self._kept.popitem(last=False)
            # A copy has worked nothing out yet, and so takes a tenth of the memory.
            self._kept[token] = (self._clock() + self._seconds, replace(recommendation), imported)
        return f"reports/{token}"

    def find(self, token: str) -> tuple[Recommendation, ImportReport | None] | None:
        """The recommendation of a token and its import, as long as it may be opened."""
        with self._lock:
            self._forget()
            found = self._kept.get(token)
        return (replace(found[1]), found[2]) if found is not None else None

    def _forget(self) -> None:
        now = self._clock()
        while self._kept and next(iter(self._kept.values()))[0] <= now:
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)
