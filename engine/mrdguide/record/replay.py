"""An answer worked out again from what was recorded, and what explains it when it is not the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..rulebook.fingerprint import evidence_hash
from .entry import RecordEntry, digest, rules_version_of

if TYPE_CHECKING:
    from ..recommend.recommendation import Recommendation


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """One thing that is not what it was: `what` is input, rules, evidence, engine or cross-check."""

    what: str
    recorded: str
    now: str

    def __str__(self) -> str:
        return f"{self.what}: recorded {self.recorded}, now {self.now}"


@dataclass(frozen=True, slots=True)
class Replay:
    """Whether the answer is the same to the byte, and which versions differ from those recorded.

    Other versions need not change the answer: `same` may hold although `changed` names some. Where `same` does not
    hold and `changed` is empty, nothing recorded explains it.
    """

    number: int
    same: bool
    changed: tuple[ReplayDifference, ...]
    recorded_outcome: str
    recommendation: Recommendation

    def names(self) -> tuple[str, ...]:
        """What changed, by name only. Raises nothing."""
        return tuple(difference.what for difference in self.changed)

    def __str__(self) -> str:
        now = self.recommendation.outcome
        if self.same:
            head = f"entry {self.number}: the same answer to the byte ({now})"
        elif now == self.recorded_outcome:
            head = f"entry {self.number}: the same outcome ({now}), but not the same bytes"
        else:
            head = f"entry {self.number}: another outcome: recorded {self.recorded_outcome}, now {now}"
        lines = [head, *(f"  {difference}" for difference in self.changed)]
        if not self.same and not self.changed:
            lines.append("  nothing recorded explains it: was the engine changed without a new version?")
        return "\n".join(lines)


def compared(entry: RecordEntry, found: Recommendation) -> Replay:
    """What an evaluation of today says beside what was recorded."""
    same = digest(found.to_json(indent=None)) == entry.recommendation_hash
    return Replay(entry.number, same, tuple(_differences(entry, found)), entry.outcome or "", found)


def _differences(entry: RecordEntry, found: Recommendation) -> Iterator[ReplayDifference]:
    now = found.provenance
    pairs = (
        ("input", entry.input_hash, now.input_hash),
        ("rules", _rules(entry.rules_name, entry.rules_version, entry.rules_hash),
         _rules(now.rules_name, rules_version_of(found), now.rules_hash)),
        ("evidence", entry.evidence_hash, evidence_hash(found.rules.evidence)),
        ("engine", entry.engine_version, now.engine_version),
        ("cross-check", _checked(entry.cross_checked), _checked(now.cross_checked)),
    )  # fmt: skip
    for what, recorded, today in pairs:
        if recorded != today:
            yield ReplayDifference(what, str(recorded), str(today))


def _rules(name: str | None, version: str | None, rules_hash: str | None) -> str:
    return f"{name} {version} ({rules_hash})"


def _checked(cross_checked: bool | None) -> str:
    return "by two engines" if cross_checked else "by one engine"
