"""The records of one patient from a FHIR R4 server, by searches, as one Bundle.

Signing in is SMART Backend Services (https://hl7.org/fhir/smart-app-launch/backend-services.html): a short-lived assertion
signed with the client's own key (RS384 or ES384) is exchanged for a token. What cannot be had whole is an error: there is no
Bundle with a page missing. Nothing of a patient stands in a message; addresses of pages, which may, are left out.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit
from uuid import uuid4

from ..errors import FhirError, UsageError
from ..reading.bounded import MOST_RECORD
from ..reading.json_text import loads
from .searches import PREFETCH

if TYPE_CHECKING:
    import httpx

# Beside what the hook asks for: not every server has them, and one that has none says so.
_ALSO = {
    "MedicationDispense": "MedicationDispense?patient={{context.patientId}}&_count=500",
    "AdverseEvent": "AdverseEvent?subject=Patient/{{context.patientId}}&_count=500",
}
_MAY_LACK = ("MedicationStatement", "Specimen", *_ALSO)
_NOT_THERE = (400, 404, 405, 501)
_AGAIN = (429, 502, 503, 504)
_TRIES, _LONGEST_WAIT = 5, 60.0
_MOST_PAGES = 500
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

# httpx writes the address of every request, the patient's id in it, to its log.
_LOGGERS = ("httpx", *(f"httpcore.{name}" for name in ("connection", "http11", "http2", "proxy", "socks")))
_pulling: ContextVar[bool] = ContextVar("pulling", default=False)


class _NothingOfAPatient(logging.Filter):
    """Lets through what other users of httpx in the same program log, and nothing of a pull."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not _pulling.get()


_NOTHING_OF_A_PATIENT = _NothingOfAPatient()


@contextmanager
def _unlogged() -> Iterator[None]:
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_NOTHING_OF_A_PATIENT)
    token = _pulling.set(True)
    try:
        yield
    finally:
        _pulling.reset(token)


@dataclass(frozen=True)
class Client:
    """How a client signs in: its id, its private key (PEM) with the key's id, and what it asks to read."""

    client_id: str
    key: str
    algorithm: str = "ES384"
    kid: str | None = None
    scope: str = "system/*.rs"


@dataclass
class Pulled:
    """The Bundle, and the types of which the server has none."""

    bundle: dict[str, Any]
    lacking: list[str]


def read_client(data: object) -> Client:
    """The client of a file: `client_id`, `key_file` read already as `key`, and if wanted `algorithm`, `kid`, `scope`.

    Raises:
        UsageError: a field is missing, unknown or not text, or the algorithm is not RS384 or ES384.
    """
    fields = ("client_id", "key", "algorithm", "kid", "scope")
    if not isinstance(data, Mapping):
        raise UsageError(f"the client file must be an object with {', '.join(fields)}")
    for name, value in data.items():
        if name not in fields or not isinstance(value, str):
            raise UsageError(f"the client file: '{name}' is not one of {', '.join(fields)}, or is not text")
    if not data.get("client_id") or not data.get("key"):
        raise UsageError("the client file: client_id and key_file (a private key as PEM) are needed")
    if data.get("algorithm", "ES384") not in ("RS384", "ES384"):
        raise UsageError("the client file: algorithm must be RS384 or ES384")
    return Client(**data)


def pull(
    base_url: str,
    patient_id: str,
    *,
    client: Client | None = None,
    pause: Callable[[float], None] = time.sleep,
    seconds: float = 30.0,
) -> Pulled:
    """Everything the rules read of one patient. `client` signs in; without it the server must be open.

    Retries what is too busy (429, 502 to 504) or breaks off, waiting as the server asks, and follows pages of the same
    server only.

    Raises:
        UsageError: the address cannot be used (https, or http on this machine), or httpx or PyJWT is not installed.
        FhirError: the server refused, an answer is not what it should be, or something could not be had whole.
    """
    httpx = _httpx()
    base = _address(base_url)
    accepted = {"Accept": "application/fhir+json"}
    with _unlogged(), httpx.Client(timeout=seconds, follow_redirects=False, headers=accepted) as web:
        server = _Server(web, base, pause)
        if client is not None:
            server.sign_in(client)
        return server.everything(patient_id)


def _httpx() -> Any:
    try:
        import httpx
    except ImportError:
        raise UsageError("httpx is not installed; pip install 'mrdguide[fhir]'") from None
    return httpx


def _address(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise UsageError(f"'{base_url}' is not an https address; http is taken on this machine only")
    if parts.username or parts.query or parts.fragment:
        raise UsageError("the address of the server must be a plain one, without name, query or fragment")
    return base_url.rstrip("/") + "/"


@dataclass(frozen=True)
class _Answer:
    """One answer, read whole."""

    status_code: int
    headers: Mapping[str, str]
    url: str
    content: bytes


@dataclass
class _Server:
    """One server, and how much has been read from it."""

    web: httpx.Client
    base: str
    pause: Callable[[float], None]
    read: int = 0

    def sign_in(self, client: Client) -> None:
        """Exchange a signed assertion for a token."""
        found = self._json(
            self._sent("GET", urljoin(self.base, ".well-known/smart-configuration"), "signing in"), "signing in"
        )
        address = found.get("token_endpoint")
        if not isinstance(address, str):
            raise FhirError("signing in: the server names no token_endpoint")
        form = {
            "grant_type": "client_credentials", "scope": client.scope, "client_assertion_type": _ASSERTION,
            "client_assertion": _assertion(client, _address(address).rstrip("/")),
        }  # fmt: skip
        answer = self._json(self._sent("POST", address, "signing in", data=form), "signing in")
        token = answer.get("access_token")
        if not isinstance(token, str) or str(answer.get("token_type", "")).lower() != "bearer":
            raise FhirError("signing in: the server gave no bearer token")
        self.web.headers["Authorization"] = f"Bearer {token}"

    def everything(self, patient_id: str) -> Pulled:
        """All searches, one after another, each with all its pages."""
        entries: dict[tuple[str, str], dict[str, Any]] = {}
        lacking = []
        for template in (*PREFETCH.values(), *_ALSO.values()):
            query = template.replace("{{context.patientId}}", quote(patient_id, safe=""))
            kind = query.partition("?")[0].partition("/")[0]
            answer = self._sent("GET", urljoin(self.base, query), kind)
            if answer.status_code in _NOT_THERE and kind in _MAY_LACK:
                lacking.append(kind)
                continue
            for resource in self._resources(answer, kind):
                version = str((resource.get("meta") or {}).get("versionId", ""))
                key = f"{resource.get('resourceType')}/{resource.get('id') or uuid4()}", version
                entries[key] = {"fullUrl": urljoin(self.base, key[0]), "resource": resource}
        return Pulled({"resourceType": "Bundle", "type": "collection", "entry": list(entries.values())}, lacking)

    def _resources(self, answer: _Answer, kind: str) -> Iterator[dict[str, Any]]:
        """The resources of an answer and of all pages after it."""
        seen: set[str] = set()
        while True:
            page = self._json(answer, kind)
            if page.get("resourceType") != "Bundle":
                yield page
                return
            for place, entry in enumerate(page.get("entry") or ()):
                resource = entry.get("resource") if isinstance(entry, Mapping) else None
                if not isinstance(resource, dict):
                    raise FhirError(f"{kind}: Bundle.entry[{place}] holds no resource")
                yield resource
            following = [item.get("url") for item in page.get("link") or () if item.get("relation") == "next"]
            if not following:
                return
            address = urljoin(answer.url, str(following[0]))
            if urlsplit(address)[:2] != urlsplit(self.base)[:2]:
                raise FhirError(f"{kind}: the next page lies on another server; it is not followed")
            if address in seen or len(seen) >= _MOST_PAGES:
                raise FhirError(f"{kind}: the pages do not come to an end")
            seen.add(address)
            answer = self._sent("GET", address, kind)

    def _sent(self, method: str, address: str, what: str, data: dict[str, str] | None = None) -> _Answer:
        """An answer; what is too busy or breaks off is tried again."""
        broken: type[Exception] = _httpx().TransportError
        for attempt in range(_TRIES):
            wait = min(0.5 * 2**attempt, _LONGEST_WAIT)
            try:
                with self.web.stream(method, address, data=data) as begun:
                    content = self._content(begun, what)
                answer = _Answer(begun.status_code, begun.headers, str(begun.url), content)
            except broken as error:
                reason = type(error).__name__
            else:
                if answer.status_code not in _AGAIN:
                    return answer
                reason = f"status {answer.status_code}"
                wait = min(_seconds(answer.headers.get("Retry-After"), wait), _LONGEST_WAIT)
            if attempt < _TRIES - 1:
                self.pause(wait)
        raise FhirError(f"{what}: tried {_TRIES} times, no answer ({reason}); nothing was written")

    def _content(self, begun: httpx.Response, what: str) -> bytes:
        """What an answer holds, unpacked. Counted as it comes: a little that is packed may hold a great deal."""
        found = bytearray()
        for piece in begun.iter_bytes():
            found += piece
            if self.read + len(found) > MOST_RECORD:
                raise FhirError(
                    f"{what}: more than {MOST_RECORD // 1024**2} MiB in all; that is not the record of one patient"
                )
        self.read += len(found)
        return bytes(found)

    def _json(self, answer: _Answer, what: str) -> dict[str, Any]:
        if answer.status_code != 200:
            raise FhirError(f"{what}: the server answered with status {answer.status_code}; nothing was written")
        try:
            found = loads(answer.content.decode("utf-8-sig"))
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise FhirError(f"{what}: the answer is not JSON") from None
        except RecursionError:
            raise FhirError(f"{what}: the answer is nested too deeply; no FHIR resource needs that") from None
        except ValueError as error:
            raise FhirError(f"{what}: the answer {error}") from None
        if not isinstance(found, dict):
            raise FhirError(f"{what}: the answer is not a resource")
        return found


def _seconds(retry_after: str | None, otherwise: float) -> float:
    """How long a server asks to wait; a date or anything else is not read."""
    return float(retry_after) if retry_after is not None and retry_after.isdecimal() else otherwise


def _assertion(client: Client, audience: str) -> str:
    try:
        import jwt
    except ImportError:
        raise UsageError("PyJWT is not installed; pip install 'mrdguide[fhir]'") from None
    claims = {
        "iss": client.client_id, "sub": client.client_id, "aud": audience, "jti": str(uuid4()), "exp": int(time.time()) + 240,
    }  # fmt: skip
    try:
        return jwt.encode(claims, client.key, client.algorithm, {"kid": client.kid} if client.kid else None)
    except (ValueError, TypeError, jwt.exceptions.PyJWTError):
        raise UsageError(
            f"the private key cannot be used with {client.algorithm}; it must be PEM of that kind"
        ) from None
