"""Answers: JSON of one shape for every refusal, and headers that keep patient data out of caches."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from starlette.responses import Response
from starlette.types import Scope

ERRORS = {
    400: "malformed", 401: "not-authorised", 403: "not-allowed", 404: "not-found", 405: "method-not-allowed", 408: "too-slow",
    412: "no-usable-data", 413: "too-large", 415: "wrong-media-type", 421: "wrong-host", 429: "too-many", 500: "failed", 503: "too-busy",
    504: "took-too-long",
}  # fmt: skip
FHIR_JSON = "application/fhir+json"
FHIR_PATHS = ("/$evaluate", "/metadata")
# The codes of http://hl7.org/fhir/ValueSet/issue-type.
_ISSUES = {
    401: "login",
    403: "forbidden",
    404: "not-found",
    408: "timeout",
    412: "business-rule",
    413: "too-long",
    415: "not-supported",
    429: "throttled",
    503: "transient",
    504: "timeout",
}
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
# The report is one file with its styles and drawings inside: it may load nothing and run nothing.
REPORT_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex, nofollow",
}


def request_id(scope: Scope) -> str:
    """The id of a request, made here: what a client sends in a header is not repeated in logs."""
    found: str = scope.setdefault("state", {}).setdefault("mrdguide_request_id", str(uuid4()))
    return found


def json_bytes(value: Any) -> bytes:
    """JSON as UTF-8."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def reply(body: bytes, status: int = 200, media_type: str = "application/json") -> Response:
    """An answer that no cache keeps."""
    return Response(body, status, HEADERS, media_type)


def failure(scope: Scope, status: int, message: str, *, close: bool = False) -> Response:
    """A refusal: `{"error": {"status", "code", "message", "request_id"}}`, for the operations of FHIR an OperationOutcome."""
    if scope.get("path") in FHIR_PATHS:
        answer = reply(json_bytes(_outcome(status, message, request_id(scope))), status, FHIR_JSON)
    else:
        told = {
            "status": status, "code": ERRORS.get(status, "failed"), "message": message, "request_id": request_id(scope),
        }  # fmt: skip
        answer = reply(json_bytes({"error": told}), status)
    if close:
        answer.headers["Connection"] = "close"
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status in (429, 503):
        answer.headers["Retry-After"] = "2"
    return answer


def _outcome(status: int, message: str, number: str) -> dict[str, Any]:
    code = _ISSUES.get(status, "exception" if status >= 500 else "invalid")
    issue = {"severity": "error", "code": code, "diagnostics": f"{message} (request {number})"}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
