"""JSON Schemas of what CDS Hooks 2.0 lets a service send, written from its published rules (cds-hooks.hl7.org/2.0).

Stricter than the standard in one thing: nothing but what this service sends is let through.
"""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string", "minLength": 1}
_CODING = {
    "type": "object", "required": ["code", "system", "display"], "additionalProperties": False,
    "properties": {"code": _TEXT, "system": {"type": "string", "format": "uri"}, "display": _TEXT},
}  # fmt: skip
_LINK = {
    "type": "object", "required": ["label", "url", "type"], "additionalProperties": False,
    "properties": {"label": _TEXT, "url": {"type": "string", "pattern": "^https?://"}, "type": {"const": "absolute"}},
}  # fmt: skip
_SOURCE = {
    "type": "object", "required": ["label"], "additionalProperties": False,
    "properties": {"label": _TEXT, "url": {"type": "string", "pattern": "^https?://"}},
}  # fmt: skip
# "Under 140 characters"; of the three indicators `critical` is never for advice that can wait for a meeting.
_CARD = {
    "type": "object", "required": ["uuid", "summary", "indicator", "detail", "source", "overrideReasons"],
    "additionalProperties": False,
    "properties": {
        "uuid": {"type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"},
        "summary": {"type": "string", "minLength": 1, "maxLength": 139, "pattern": "^[^\\n\\r]*$"},
        "indicator": {"enum": ["info", "warning"]},
        "detail": _TEXT,
        "source": _SOURCE,
        "overrideReasons": {"type": "array", "minItems": 1, "items": _CODING},
        "links": {"type": "array", "minItems": 1, "items": _LINK},
    },
}  # fmt: skip
RESPONSE: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object", "required": ["cards"], "additionalProperties": False,
    "properties": {"cards": {"type": "array", "items": _CARD}},
}  # fmt: skip
_SERVICE = {
    "type": "object", "required": ["hook", "id", "title", "description", "usageRequirements", "prefetch"],
    "additionalProperties": False,
    "properties": {
        "hook": {"const": "patient-view"}, "id": {"type": "string", "pattern": "^[a-z0-9-]+$"}, "title": _TEXT,
        "description": _TEXT, "usageRequirements": _TEXT,
        "prefetch": {"type": "object", "minProperties": 1, "additionalProperties": _TEXT},
    },
}  # fmt: skip
DISCOVERY: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object", "required": ["services"], "additionalProperties": False,
    "properties": {"services": {"type": "array", "minItems": 1, "items": _SERVICE}},
}  # fmt: skip
