"""Which tokens were used already, in bounded memory; a service of several processes asks a database instead."""

from __future__ import annotations

from heapq import heappop, heappush
from threading import Lock
from typing import Protocol

Identity = tuple[str, str]


class SeenTokens(Protocol):
    """Remembers the tokens that were used: issuer and id of each."""

    def first_time(self, identity: Identity, expires: float, now: float) -> bool:
        """Whether it was not seen yet; from now until `expires` it is. Both are seconds since 1970."""


class ReplayMemory:
    """Remembers each identity until it expires. Full, it refuses rather than forget one that could come back."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._seen: set[Identity] = set()
        self._expiring: list[tuple[float, int, Identity]] = []
        self._count = 0
        self._lock = Lock()

    def first_time(self, identity: Identity, expires: float, now: float) -> bool:
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
