"""HTTP/1.1 with a time limit for the head of a request.

uvicorn waits for a head as long as a client likes; a client that sends a byte now and then would hold its connection for
good.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class PatientProtocol(H11Protocol):
    """Closes a connection whose next request head has begun, or should have, and is not there in time."""

    head_seconds = 15.0
    _waiting_for_head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _expect_head(self) -> None:
        if self._waiting_for_head is None and not self.transport.is_closing():
            self._waiting_for_head = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting_for_head is not None:
            self._waiting_for_head.cancel()
            self._waiting_for_head = None

    def _give_up(self) -> None:
        self._waiting_for_head = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


@dataclass(frozen=True)
class HeadLimit:
    """What uvicorn makes its connections of, with a limit in seconds. A value, so that it can go to other processes."""

    head_seconds: float

    def __call__(self, **options: Any) -> PatientProtocol:
        made = PatientProtocol(**options)
        made.head_seconds = self.head_seconds
        return made
