"""One line of JSON in the log for each request, and its share in the metrics; never data or ids of a patient."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .metrics import Metrics
from .replies import failure, request_id

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGGER = logging.getLogger("mrdguide.service")
_METHODS = frozenset(("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"))


class Observed:
    """The outermost ASGI middleware: whatever happens inside ends in an answer, a line and a count."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, name, status = time.perf_counter(), request_id(scope), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (b"x-request-id", name.encode())]}
            await send(message)

        failed = ""
        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            # The kind alone: the text of an error may hold what stands in a record.
            failed = type(error).__name__
            if status == 0:
                answer = failure(scope, 500, "no answer was reached; nothing is recommended")
                await answer(scope, receive, sending)
        finally:
            self._note(scope, status, time.perf_counter() - begun, failed)

    def _note(self, scope: Scope, status: int, seconds: float, failed: str) -> None:
        # The pattern of the route, not the path: a path may hold the name of a report, or anything at all.
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.answered(route, method, status, seconds)
        entry: dict[str, object] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "route": route,
            "method": method,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "request_id": request_id(scope),
        }
        if failed or "mrdguide_failed" in scope["state"]:
            entry["failed"] = failed or scope["state"]["mrdguide_failed"]
        LOGGER.log(logging.ERROR if status >= 500 else logging.INFO, json.dumps(entry))
