"""The id of a card: the same input, rules and day give the same one, so that feedback finds what it is about."""

from __future__ import annotations

from uuid import UUID, uuid5

_NAMESPACE = UUID("9a3b0d5e-54f4-5c51-8a6e-1f0c5d5f7f3b")


def id_of(input_hash: str, rules_hash: str, as_of: str) -> str:
    """The UUID (version 5) of the card for this input, judged by these rules on this day."""
    return str(uuid5(_NAMESPACE, f"{input_hash} {rules_hash} {as_of}"))
