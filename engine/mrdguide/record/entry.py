"""One entry of the record, and the one way in which its hash is worked out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from ..patient.canonical import canonical_json

if TYPE_CHECKING:
    from ..recommend.recommendation import Recommendation

EVALUATION, FEEDBACK = "evaluation", "feedback"
# Kept as 0 and 1: a database's own truth values differ, and every stored bit must be covered by the hash.
_FLAGS = ("cross_checked", "include_unverified")


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """What was recorded. In feedback everything about an answer is None; in an evaluation `about` and `body` are.

    `recorded` is the UTC time of recording; `pseudonym` a salted hash of the patient's id; `input` the profile as
    canonical JSON where the store keeps it; `recommendation_hash` the SHA-256 of the answer's `to_json(indent=None)`;
    `about` the number of the evaluation that feedback is about, `body` the feedback as canonical JSON.
    """

    number: int
    kind: str
    recorded: str
    source: str
    as_of: str | None = None
    pseudonym: str | None = None
    input_hash: str | None = None
    input: str | None = None
    rules_name: str | None = None
    rules_version: str | None = None
    rules_hash: str | None = None
    evidence_hash: str | None = None
    engine_version: str | None = None
    cross_checked: bool | None = None
    include_unverified: bool | None = None
    outcome: str | None = None
    possible_outcomes: tuple[str, ...] = ()
    recommendation_hash: str | None = None
    about: int | None = None
    body: str | None = None
    previous_hash: str = ""
    entry_hash: str = ""

    @property
    def intact(self) -> bool:
        """Whether the content is what the entry's hash was worked out from."""
        return self.entry_hash == self.worked_out_hash()

    def worked_out_hash(self) -> str:
        """SHA-256 over the canonical JSON of all fields but `entry_hash`. Raises nothing."""
        plain = self.to_dict()
        del plain["entry_hash"]
        return digest(canonical_json(plain))

    def sealed(self) -> RecordEntry:
        """The same entry with its hash. Raises nothing."""
        return replace(self, entry_hash=self.worked_out_hash())

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, as exported and as hashed. Keys are present even when empty. Raises nothing."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        plain["possible_outcomes"] = list(self.possible_outcomes)
        return plain

    def to_row(self) -> dict[str, Any]:
        """The values of the table's columns. Raises nothing."""
        row = self.to_dict()
        row["possible_outcomes"] = canonical_json(row["possible_outcomes"])
        for name in _FLAGS:
            row[name] = None if row[name] is None else int(row[name])
        return row


def rules_version_of(found: Recommendation) -> str:
    """The version of the rules of an answer, with what their layers declare to be loosened."""
    version = found.provenance.rules_version
    if found.layers is None or not found.layers.loosens:
        return version
    return f"{version}, loosens {', '.join(item.what for item in found.layers.loosens)}"


def entry_of(row: Mapping[str, Any]) -> RecordEntry:
    """The entry of a row.

    Raises:
        ValueError: the row holds what was never written; the message tells no content.
    """
    values = dict(row)
    for name, value in values.items():
        if not isinstance(value, str | int | None):
            raise ValueError(f"{name} holds a {type(value).__name__}")
    for name in _FLAGS:
        if values[name] not in (None, 0, 1):
            raise ValueError(f"{name} is neither true nor false")
        values[name] = None if values[name] is None else bool(values[name])
    values["possible_outcomes"] = _outcomes(values["possible_outcomes"])
    return RecordEntry(**values)


def _outcomes(text: Any) -> tuple[str, ...]:
    try:
        plain = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        plain = None
    # Another spelling of the same list would be a change that the hash does not see.
    if not isinstance(plain, list) or canonical_json(plain) != text:
        raise ValueError("possible_outcomes is not as it was written")
    return tuple(plain)


def digest(text: str) -> str:
    """SHA-256 of text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
