"""Who may knock: the host that is called, the origin of a page, the kind of content. Checked before a body is read.

A page of another origin can make a browser post to 127.0.0.1, as text and without asking first; and it can give 127.0.0.1 a name
of its own and then read the answer too. Neither is a client of this service.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .replies import failure

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_CONTENT = ("application/json", "application/fhir+json", "application/json+fhir")


class Doors:
    """ASGI middleware. `hosts` are names under which the service is called; none: any. `content` are the kinds of body taken."""

    def __init__(
        self, app: ASGIApp, *, hosts: Sequence[str] | None, origins: Sequence[str], content: Sequence[str] = _CONTENT
    ) -> None:
        self._app, self._content = app, tuple(content)
        self._hosts = None if hosts is None else frozenset(name.casefold() for name in hosts)
        self._origins = frozenset(origin.casefold().rstrip("/") for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is not None:
            await failure(scope, *refusal, close=True)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        head = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = head.get(b"host", "")
        if not self._answers_to(host):
            return 421, "this service is not called by that host name; the setting hosts says by which it is"
        if scope["method"] != "POST":
            return None
        origin = head.get(b"origin", "").casefold()
        if origin and origin not in self._origins and not _is_own_page(origin, host):
            return 403, "pages of that origin may not call; the setting cors_origins says which may"
        kind = head.get(b"content-type", "application/json").partition(";")[0].strip().casefold()
        if kind not in self._content:
            return 415, f"send {self._wanted}, as {' or '.join(self._content[:2])}"
        return None

    @property
    def _wanted(self) -> str:
        return "JSON" if self._content == _CONTENT else "a form"

    def _answers_to(self, host: str) -> bool:
        if self._hosts is None:
            return True
        name = _host_name(host)
        if name == "localhost" or name in self._hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def _host_name(host: str) -> str:
    """The name in a Host header, without its port; empty where it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").casefold()
    except ValueError:
        return ""


def _is_own_page(origin: str, host: str) -> bool:
    """Whether a page was loaded from this very service. An origin that hides itself (`null`) never was."""
    try:
        place = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(place) and place == host.casefold()


def hosts_of(named: Sequence[str], base_url: str) -> tuple[str, ...] | None:
    """The names under which a service is called, that of `base_url` among them; None, any, where none is named."""
    own = urlsplit(base_url).hostname
    return (*named, *((own,) if own else ())) if named else None
