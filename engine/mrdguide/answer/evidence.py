"""What an answer rests on: each cited entry once, with the parts of the answer that it supports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..evidence.shown import ShownEntry
from ..logic.truth import Verdict
from ..reading.frozen import frozen

if TYPE_CHECKING:
    from ..evidence import Library
    from .studies import StudyPattern

_PATTERN = {
    Verdict.MET: "this patient meets its published pattern",
    Verdict.NOT_MET: "this patient is outside its published pattern",
    Verdict.UNKNOWN: "whether this patient meets its published pattern is unknown",
}


@frozen
class CitedEntry(ShownEntry):
    """An evidence entry that the answer cites; the findings that are cited by name come first.

    supports: the outcomes, rules, protocols, secondary answers and follow-up that cite it, by id; none of an entry that was retracted
    fits: whether this patient meets the entry pattern that the study published; null where no pattern of it is kept
    differs: criteria of that pattern that are not met or unknown, and other differences from those whom it took
    """

    supports: tuple[str, ...]
    fits: Verdict | None
    differs: tuple[str, ...]

    @property
    def compared(self) -> str:
        """How this patient compares with those whom the study took, in words; empty where that was not looked at."""
        return _PATTERN[self.fits] if self.fits is not None else ""

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        # Named outright: a class that dataclass has made anew for its slots is not the one that super() looks for.
        return {
            **ShownEntry.to_dict(self), "supports": list(self.supports),
            "fits": self.fits.value if self.fits is not None else None, "differs": list(self.differs),
        }  # fmt: skip


def cited_entries(
    library: Library,
    citing: Iterable[tuple[str, Iterable[str]]],
    patterns: Mapping[str, StudyPattern],
    *,
    include_unverified: bool,
) -> tuple[CitedEntry, ...]:
    """The entries in the order in which they are cited. `citing` are parts of the answer, each with what it cites;
    `patterns` are the entry patterns of studies, compared with this patient.

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
    of_study: dict[str, list[StudyPattern]] = {}
    for pattern in patterns.values():
        of_study.setdefault(pattern.study, []).append(pattern)
    return tuple(
        _cited(
            library.shown(cited, include_unverified=include_unverified), tuple(what), by_name.get(cited, set()),
            of_study.get(cited, []), retracted=library.shown(cited).id in library.retracted,
        )
        for cited, what in supports.items()
    )  # fmt: skip


def _cited(
    shown: ShownEntry, supports: tuple[str, ...], by_name: set[str], patterns: list[StudyPattern], *, retracted: bool
) -> CitedEntry:
    findings = shown.findings
    if by_name:
        findings = tuple(sorted(findings, key=lambda finding: finding.id not in by_name))
    warnings = shown.warnings
    if retracted:
        warnings = (warnings[0], f"Cited here for {', '.join(supports)}; it supports none of them.", *warnings[1:])
        supports = ()
    return CitedEntry(
        shown.id, shown.name, shown.citation, shown.identifiers, shown.population, shown.read, shown.summary, findings,
        warnings, shown.limitations, supports, *_compared(patterns),
    )  # fmt: skip


def _compared(patterns: list[StudyPattern]) -> tuple[Verdict | None, tuple[str, ...]]:
    """Whether the patient fits a study, by the pattern of it that comes nearest, and what is in the way."""
    if not patterns:
        return None, ()
    nearest = max(patterns, key=lambda pattern: _NEARNESS[pattern.match])
    open_or_not_met = [item.title for item in nearest.criteria.values() if item.verdict != Verdict.MET]
    return nearest.match, (*open_or_not_met, *nearest.differs)


_NEARNESS = {Verdict.NOT_MET: 0, Verdict.UNKNOWN: 1, Verdict.MET: 2}
