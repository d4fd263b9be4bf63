"""What a client may cost: the size of its request, the time it takes to send it, the memory of all of them together."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from .replies import failure

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MIBI = 1024 * 1024
_TOO_LARGE = 413


class Limits:
    """ASGI middleware that reads the whole body before the application sees any of it, within its limits."""

    def __init__(self, app: ASGIApp, *, largest: int, most_buffered: int, seconds: float) -> None:
        self._app = app
        self._largest, self._most_buffered, self._seconds = largest, most_buffered, seconds
        self._buffered = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reading = _Reading()
        try:
            refusal = self._announced(scope) or await self._read(reading, receive)
            if refusal is None:
                await self._app(scope, _replayed(bytes(reading.body), receive), send)
            elif not reading.gone:
                await self._let_it_finish(scope, receive, refusal[0], reading)
                await failure(scope, *refusal, close=True)(scope, receive, send)
        finally:
            self._buffered -= reading.counted

    def _announced(self, scope: Scope) -> tuple[int, str] | None:
        """A refusal from what the head says already; what it does not say is counted as it comes."""
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value[:20]) > self._largest:
                return self._too_large()
        return None

    async def _let_it_finish(self, scope: Scope, receive: Receive, status: int, reading: _Reading) -> None:
        """Take in and throw away what is still being sent, up to twice of what is allowed: else the connection ends under a
        client that is writing, and it never reads why. One that waits to be told whether to send is told at once."""
        if status != _TOO_LARGE or any(name == b"expect" for name, _ in scope["headers"]):
            return
        left = 2 * self._largest - reading.counted
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                while left > 0:
                    message = await receive()
                    if not message.get("more_body", False):
                        return
                    left -= max(1, len(message.get("body", b"")))

    async def _read(self, reading: _Reading, receive: Receive) -> tuple[int, str] | None:
        try:
            async with asyncio.timeout(self._seconds):
                while reading.more:
                    refusal = self._take(reading, await receive())
                    if refusal is not None:
                        return refusal
        except TimeoutError:
            return 408, f"the request did not arrive within {self._seconds:g} seconds; send it faster"
        return None

    def _take(self, reading: _Reading, message: Message) -> tuple[int, str] | None:
        if message["type"] == "http.disconnect":
            reading.gone = True
            return 400, "the client went away"
        chunk = message.get("body", b"")
        reading.more = message.get("more_body", False)
        if len(reading.body) + len(chunk) > self._largest:
            return self._too_large()
        if self._buffered + len(chunk) > self._most_buffered:
            return 503, "too much is being sent to this service at the moment; try again"
        reading.body += chunk
        reading.counted += len(chunk)
        self._buffered += len(chunk)
        return None

    def _too_large(self) -> tuple[int, str]:
        return _TOO_LARGE, f"the body: is larger than {self._largest / _MIBI:g} MiB; send less, such as fewer resources"


class _Reading:
    """One body as far as it has come."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.counted = 0
        self.more = True
        self.gone = False


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Gives the body once, then whatever else the client does."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
