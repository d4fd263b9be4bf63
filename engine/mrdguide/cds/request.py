"""A call of the hook, checked: every refusal names the field and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from .errors import MalformedRequest, NoUsableData
from .services import HOOK, PREFETCH

_LONGEST_ID = 200
ATTESTED = "org.mrdguide.attested"


@dataclass(frozen=True, slots=True)
class HookCall:
    """One call: whom it is about, and the data that came with it."""

    hook_instance: str
    patient_id: str
    prefetch: Mapping[str, Mapping[str, Any] | None]
    server: str = ""
    attested: tuple[Mapping[str, Any], ...] = ()


def read_call(request: object) -> HookCall:
    """The call that a request makes.

    Raises:
        MalformedRequest: a field is missing or of the wrong form.
        NoUsableData: nothing was prefetched.
    """
    call = _mapping(request, "the request", 'send {"hook": ..., "hookInstance": ..., "context": ...}')
    if call.get("hook") != HOOK:
        raise MalformedRequest(f'hook: this service answers \'{HOOK}\' only; send "hook": "{HOOK}"')
    instance = _uuid(call.get("hookInstance"))
    context = _mapping(call.get("context"), "context", 'send {"userId": ..., "patientId": ...}')
    _text(context.get("userId"), "context.userId", "send who looks at the record, such as Practitioner/123")
    patient_id = _text(context.get("patientId"), "context.patientId", "send the id of the Patient resource")
    _server(call)
    return HookCall(instance, patient_id, _prefetch(call), str(call.get("fhirServer") or ""), _attested(call))


def _attested(call: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """What people say of texts that they have read, in the extension of the call."""
    extension = call.get("extension")
    given = extension.get(ATTESTED) if isinstance(extension, Mapping) else None
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(item, Mapping) for item in given):
        raise MalformedRequest(f"extension.{ATTESTED}: must be a list of statements on texts that were read")
    return tuple(given)


def _mapping(value: object, name: str, fix: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise MalformedRequest(f"{name}: {_found(value)}, must be a JSON object; {fix}")
    return value


def _text(value: object, name: str, fix: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MalformedRequest(f"{name}: {_found(value)}, must be text; {fix}")
    if len(value) > _LONGEST_ID:
        raise MalformedRequest(f"{name}: longer than {_LONGEST_ID} signs; {fix}")
    return value


def _uuid(value: object) -> str:
    text = _text(value, "hookInstance", "send a UUID, new for every call")
    try:
        return str(UUID(text))
    except ValueError:
        raise MalformedRequest("hookInstance: is no UUID; send one like 8-4-4-4-12 hexadecimal digits") from None


def _server(call: Mapping[str, Any]) -> None:
    """The server is never called; what is said of it must still be well-formed."""
    if "fhirServer" in call:
        text = _text(call["fhirServer"], "fhirServer", "send the base URL of the FHIR server, or leave it out")
        if not _is_address(text):
            raise MalformedRequest("fhirServer: is no URL; send one that begins with https://")
    if "fhirAuthorization" in call:
        _mapping(call["fhirAuthorization"], "fhirAuthorization", "send the access token object, or leave it out")
        if "fhirServer" not in call:
            raise MalformedRequest("fhirServer: is missing, and required where fhirAuthorization is sent; send both")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _prefetch(call: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any] | None]:
    if call.get("prefetch") in (None, {}):
        raise NoUsableData(
            "prefetch: is missing; this service fetches nothing itself, send the prefetch data that it asks for"
        )
    prefetch = _mapping(call["prefetch"], "prefetch", "send a resource, or null, for each key")
    for name, value in list(prefetch.items()):
        if value is not None and not isinstance(value, Mapping):
            shown = name if name in PREFETCH else "(a key)"
            raise MalformedRequest(f"prefetch.{shown}: {_found(value)}, must be a FHIR resource or null")
    return prefetch


def _found(value: object) -> str:
    """What kind of thing stands there; never the value, which may say something of a patient."""
    if value is None:
        return "is missing"
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}
    found = kinds.get(type(value), "something else")
    return "is empty" if found == "text" and not str(value).strip() else f"found {found}"
