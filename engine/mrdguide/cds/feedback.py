"""What a clinician did with a card: `POST {base}/cds-services/{id}/feedback`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from .errors import MalformedRequest, UnknownCard
from .store import Store, check_store, entry_of_card

_OUTCOMES = ("accepted", "overridden")
_MOST = 100
_LONGEST = 4_000


def feedback(body: Mapping[str, Any], *, store: Store | None = None) -> None:
    """Check a feedback call and record each of its entries; all of them, or with a malformed one none.

    A comment is recorded as it was written; whatever it says of a patient is then in the record.

    Raises:
        MalformedRequest: 400, the message names the field and the fix.
        UnknownCard: 404, the card is not on record.
        UsageError: `store` is not a record.
    """
    check_store(store)
    entries = body.get("feedback") if isinstance(body, Mapping) else None
    if not isinstance(entries, list) or not entries:
        raise MalformedRequest('feedback: must be a list with at least one entry; send {"feedback": [{"card": ...}]}')
    if len(entries) > _MOST:
        raise MalformedRequest(f"feedback: more than {_MOST} entries; send them in several calls")
    checked = [_entry(item, f"feedback[{number}]") for number, item in enumerate(entries)]
    if store is None:
        return
    # Looked up first: a call is recorded as a whole or not at all.
    for number, item in [(_recorded(store, item["card"]), item) for item in checked]:
        store.append_feedback(number, item, "cds-hooks")


def _recorded(store: Store, card: str) -> int:
    found = entry_of_card(store, card)
    if found is None:
        raise UnknownCard(
            "feedback: is about a card that is not on record here; send the uuid of a card of this service"
        )
    return found


def _entry(item: object, where: str) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise MalformedRequest(
            f'{where}: must be an object; send {{"card": ..., "outcome": ..., "outcomeTimestamp": ...}}'
        )
    found: dict[str, Any] = {
        "card": _card(item.get("card"), f"{where}.card"),
        "outcome": _outcome(item.get("outcome"), f"{where}.outcome"),
        "outcomeTimestamp": _timestamp(item.get("outcomeTimestamp"), f"{where}.outcomeTimestamp"),
    }
    if item.get("overrideReason") is not None:
        if found["outcome"] != "overridden":
            raise MalformedRequest(f"{where}.overrideReason: belongs to outcome 'overridden' only; leave it out")
        found["overrideReason"] = _reason(item["overrideReason"], f"{where}.overrideReason")
    if item.get("acceptedSuggestions"):
        raise MalformedRequest(f"{where}.acceptedSuggestions: the cards hold no suggestions; leave it out")
    return found


def _card(value: object, where: str) -> str:
    try:
        return str(UUID(_text(value, where, "send the uuid of the card")))
    except ValueError:
        raise MalformedRequest(f"{where}: is no UUID; send the uuid of the card") from None


def _outcome(value: object, where: str) -> str:
    if value not in _OUTCOMES:
        raise MalformedRequest(f"{where}: must be 'accepted' or 'overridden'")
    return str(value)


def _timestamp(value: object, where: str) -> str:
    fix = "send an ISO 8601 time with its offset, such as 2026-11-21T10:00:00Z"
    text = _text(value, where, fix)
    try:
        if datetime.fromisoformat(text).tzinfo is None:
            raise MalformedRequest(f"{where}: has no offset; {fix}")
    except ValueError:
        raise MalformedRequest(f"{where}: is no time; {fix}") from None
    return text


def _reason(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise MalformedRequest(f"{where}: must be an object; send a reason, a userComment, or both")
    found: dict[str, Any] = {}
    if value.get("reason") is not None:
        found["reason"] = _coding(value["reason"], f"{where}.reason")
    if value.get("userComment") is not None:
        found["userComment"] = _text(value["userComment"], f"{where}.userComment", "send text, or leave it out")
    return found


def _coding(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise MalformedRequest(f"{where}: must be an object; send the code and system of an override reason")
    coding = {"code": _text(value.get("code"), f"{where}.code", "send the code of an override reason of the card")}
    for name in ("system", "display"):
        if value.get(name) is not None:
            coding[name] = _text(value[name], f"{where}.{name}", "send text, or leave it out")
    return coding


def _text(value: object, where: str, fix: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise MalformedRequest(f"{where}: must be text that is not empty; {fix}")
    if len(value) > _LONGEST:
        raise MalformedRequest(f"{where}: longer than {_LONGEST} signs; {fix}")
    return value
