"""Which tokens were used already, in bounded memory."""

from __future__ import annotations

from collections.abc import Hashable
from heapq import heappop, heappush
from threading import Lock


class ReplayMemory:
    """Remembers each identity until it expires. Full, it refuses rather than forget one that could come back."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: set[Hashable] = set()
        self._expiring: list[tuple[float, int, Hashable]] = []
        self._count = 0
        self._lock = Lock()

    def first_time(self, identity: Hashable, expires: float, now: float) -> bool:
        """Whether `identity` has not been seen; from now until `expires` it has."""
        with self._lock:
            while self._expiring and self._expiring[0][0] <= now:
                self._seen.discard(heappop(self._expiring)[2])
            if identity in self._seen or len(self._seen) >= self._most:
                return False
            self._seen.add(identity)
            self._count += 1
            heappush(self._expiring, (expires, self._count, identity))
            return True

    def __len__(self) -> int:
        return len(self._seen)
