"""The word of a person on one proposal: signed with a key that no tool gives, for one day, for one evaluation."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, ValidationError

from ..errors import UsageError
from ..patient.canonical import canonical_json
from ..patient.profile import PartName
from ..reading.validation import StrictModel

GOOD_FOR = timedelta(hours=12)


class Confirmation(StrictModel):
    """What a person has said. `whole` are the lists of which the person says that nothing is missing from them."""

    proposal: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    as_of: Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    by: Annotated[str, Field(min_length=1, max_length=200)]
    at: datetime
    whole: tuple[PartName, ...]
    number: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


def confirmed(proposal: str, as_of: str, by: str, whole: tuple[PartName, ...]) -> Confirmation:
    """A person's word on a proposal, said now."""
    return Confirmation(
        proposal=proposal, as_of=as_of, by=by, at=datetime.now(UTC), whole=whole, number=secrets.token_hex(16)
    )


def signed(confirmation: Confirmation, key: bytes) -> dict[str, Any]:
    """The confirmation with its signature, to be kept."""
    plain = confirmation.model_dump(mode="json")
    return {"confirmation": plain, "signature": _signature(plain, key)}


def verified(found: Mapping[str, Any], key: bytes, proposal: str, now: datetime) -> Confirmation:
    """The confirmation, if it is signed with this key, is of this proposal, and has not expired.

    Raises:
        UsageError: it is not.
    """
    plain, signature = found.get("confirmation"), found.get("signature")
    if not isinstance(plain, dict) or not isinstance(signature, str) or not signature.isascii():
        raise UsageError("the confirmation is not of the form that `mrdguide mcp confirm` writes; confirm again")
    if not hmac.compare_digest(signature, _signature(plain, key)):
        raise UsageError("the confirmation is not signed with the key of this folder; confirm again")
    try:
        confirmation = Confirmation.model_validate(plain)
    except ValidationError:
        raise UsageError("the confirmation was written by another version of mrdguide; confirm again") from None
    if confirmation.proposal != proposal:
        raise UsageError("the confirmation is of another proposal; confirm this one")
    if not confirmation.at - timedelta(minutes=1) <= now < confirmation.at + GOOD_FOR:
        raise UsageError(
            f"the confirmation has expired (it is good for {GOOD_FOR.seconds // 3600} hours); confirm again"
        )
    return confirmation


def _signature(plain: Mapping[str, Any], key: bytes) -> str:
    return hmac.new(key, canonical_json(plain).encode("ascii"), hashlib.sha256).hexdigest()
