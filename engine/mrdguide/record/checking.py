"""Whether the record is what was recorded: no entry missing, none changed, each following the one before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Problem
from .entry import RecordEntry, entry_of


def same_version_other_files(entries: Iterable[RecordEntry]) -> list[str]:
    """Rules whose files changed while their version stayed: a sentence for each version, with the entries that show it."""
    first: dict[str, dict[str, int]] = {}
    for entry in entries:
        if entry.rules_hash is not None:
            version = f"{entry.rules_name} {entry.rules_version}"
            first.setdefault(version, {}).setdefault(entry.rules_hash, entry.number)
    return [
        f"the files of {version} changed and its version did not: "
        + ", ".join(f"{rules_hash[:12]} from entry {number} on" for rules_hash, number in hashes.items())
        for version, hashes in first.items()
        if len(hashes) > 1
    ]


@dataclass(slots=True)
class ChainCheck:
    """Goes along the chain from its first hash, which stands for the store itself."""

    source: str
    hash: str
    number: int = 0

    def problems(self, rows: Iterable[Mapping[str, Any]], expected_head: str | None) -> Iterator[Problem]:
        found = expected_head in (None, self.hash)
        for row in rows:
            yield from self._entry(row)
            found = found or row["entry_hash"] == expected_head
        if not found:
            yield Problem(
                f"no entry has the hash {expected_head}: entries that were there have been removed or replaced",
                self.source, code="record-altered",
            )  # fmt: skip

    def _entry(self, row: Mapping[str, Any]) -> Iterator[Problem]:
        number = row["number"]
        gap = number != self.number + 1
        if gap:
            yield self._gap(number)
        elif row["previous_hash"] != self.hash:
            yield self._problem(number, "the chain is broken here: it does not follow the entry before it")
        try:
            intact = entry_of(row).intact
        except ValueError as error:
            yield self._problem(number, f"its content was changed after it was recorded: {error}")
        else:
            if not intact:
                yield self._problem(number, "its content was changed after it was recorded")
        self.number, self.hash = number, row["entry_hash"]

    def _gap(self, number: int) -> Problem:
        first, last = self.number + 1, number - 1
        if last < first:
            return self._problem(number, "it is out of place: the first entry has number 1")
        which = f"entry {first} is" if first == last else f"entries {first} to {last} are"
        return Problem(f"{which} missing", self.source, code="record-altered")

    def _problem(self, number: int, message: str) -> Problem:
        return Problem(message, self.source, f"entry {number}", code="record-altered")
