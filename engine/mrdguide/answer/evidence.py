"""What an answer rests on: each cited entry once, with the parts of the answer that it supports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..evidence.shown import ShownEntry

if TYPE_CHECKING:
    from ..evidence import Library


@dataclass(frozen=True, slots=True)
class CitedEntry(ShownEntry):
    """An evidence entry that the answer cites; the findings that are cited by name come first.

    supports: the outcomes, rules, protocols, secondary answers and follow-up that cite it, by id
    """

    supports: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        # Named outright: a class that dataclass has made anew for its slots is not the one that super() looks for.
        return {**ShownEntry.to_dict(self), "supports": list(self.supports)}


def cited_entries(
    library: Library, citing: Iterable[tuple[str, Iterable[str]]], *, include_unverified: bool
) -> tuple[CitedEntry, ...]:
    """The entries in the order in which they are cited. `citing` are parts of the answer, each with what it cites.

    Raises:
        EvidenceError: an entry cannot be read.
    """
    supports: dict[str, dict[str, None]] = {}
    by_name: dict[str, set[str]] = {}
    for what, cites in citing:
        for citation in cites:
            cited, _, finding = citation.partition("#")
            supports.setdefault(cited, {})[what] = None
            if finding:
                by_name.setdefault(cited, set()).add(finding)
    return tuple(
        _cited(library.shown(cited, include_unverified=include_unverified), tuple(what), by_name.get(cited, set()))
        for cited, what in supports.items()
    )


def _cited(shown: ShownEntry, supports: tuple[str, ...], by_name: set[str]) -> CitedEntry:
    findings = shown.findings
    if by_name:
        findings = tuple(sorted(findings, key=lambda finding: finding.id not in by_name))
    return CitedEntry(
        shown.id, shown.name, shown.citation, shown.identifiers, shown.population, shown.read, shown.summary, findings,
        shown.warnings, shown.limitations, supports,
    )  # fmt: skip
