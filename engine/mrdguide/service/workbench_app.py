"""The workbench over HTTP on this machine: pages, and what was done in them by POST. It keeps nothing of any patient."""

from __future__ import annotations

import asyncio
import secrets
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from ..errors import MrdguideError
from ..workbench import Bench, State, page
from ..workbench.cohort.access import with_cohort
from ..workbench.look import CONTENT_POLICY, static_files
from ..workbench.opening import opened_file, started
from ..workbench.replies import answer
from .access_log import Observed
from .doors import Doors
from .limits import Limits
from .metrics import Metrics
from .replies import HEADERS, failure

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_PAGE_HEADERS = {**HEADERS, "Content-Security-Policy": CONTENT_POLICY, "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
                 "Cross-Origin-Resource-Policy": "same-origin"}  # fmt: skip
_LARGEST, _SECONDS = 16 * 1024 * 1024, 15.0
_FORM = ("application/x-www-form-urlencoded",)
OPEN = "open"


def create_workbench(bench: Bench, file: Path | None = None, view: str = "patient") -> tuple[ASGIApp, str]:
    """The application, and the address (without host) of its first page.

    `file` is read whenever that page is opened; the address holds a secret in its place, and shows the cohort too, since
    others may have accounts on this machine.

    Raises:
        UsageError: this checkout has no htmx.
    """
    files = static_files()
    secret = secrets.token_urlsafe(16) if file is not None or bench.cohort is not None else ""

    async def front(request: HttpRequest) -> Response:
        asked = request.query_params.get(OPEN, "")
        if asked and not (secret and secrets.compare_digest(asked, secret)):
            return failure(
                request.scope,
                404,
                "there is no such page; start `mrdguide workbench` and use the address that it tells",
            )
        try:
            state = await asyncio.to_thread(_first_state, bench, file, bool(asked))
            html = await asyncio.to_thread(page, bench, state, view)
        except MrdguideError as error:
            return _refused(request, error)
        return Response(html, headers=_PAGE_HEADERS, media_type="text/html")

    async def act(request: HttpRequest) -> Response:
        path = "do/{view}/{action}".format(**request.path_params)
        found = await asyncio.to_thread(answer, bench, path, await request.body())
        if found.refused is not None:
            return _refused(request, found.refused)
        return Response(found.body, found.status, _PAGE_HEADERS, found.media_type)

    async def static(request: HttpRequest) -> Response:
        found = files.get(request.path_params["name"])
        if found is None:
            return failure(request.scope, 404, "there is no such file")
        kind, content = found
        return Response(content, headers={**_PAGE_HEADERS, "Cache-Control": "no-cache"}, media_type=kind)

    routes = [
        Route("/", front), Route("/do/{view}/{action}", act, methods=["POST"]), Route("/static/{name}", static),
    ]  # fmt: skip
    app: ASGIApp = Starlette(routes=routes)
    app = Limits(app, largest=_LARGEST, most_buffered=4 * _LARGEST, seconds=_SECONDS)
    app = Doors(app, hosts=("localhost",), origins=(), content=_FORM)
    return Observed(app, Metrics()), f"/?{OPEN}={secret}" if secret else "/"


def _first_state(bench: Bench, file: Path | None, by_the_address: bool) -> State:
    """What the page begins with; the file and the cohort for who has the address alone."""
    today = date.today().isoformat()
    if not by_the_address:
        return started(today)
    return with_cohort(bench, started(today) if file is None else opened_file(file, today))


def _refused(request: HttpRequest, error: MrdguideError) -> Response:
    """A refusal in words, of which the log has the kind alone."""
    request.scope.setdefault("state", {})["mrdguide_failed"] = type(error).__name__
    return failure(request.scope, 400, str(error))
