"""What studies published for the same end points: only what was read at its source, and only of studies that may be named."""

from __future__ import annotations

from dataclasses import dataclass

from ...evidence.model import EvidenceEntry
from ...evidence.shown import finding_text, visible_findings
from ...report.charts.evidence_plot import after_stopping
from ...rulebook.book import RuleBook
from .end_points import EndPoint, Side

_MONTHS = {"mo": 1, "a": 12}


@dataclass(frozen=True, slots=True)
class PublishedFinding:
    """A finding at a month after stopping, in words, with where it was read."""

    month: int
    side: Side
    text: str


@dataclass(frozen=True, slots=True)
class Study:
    """A study that the rules match patients to, with the id of its protocol."""

    protocol: str
    entry: EvidenceEntry

    def findings(self, end_point: EndPoint) -> tuple[PublishedFinding, ...]:
        """What it published for an end point; nothing where it did not, or where that was not verified."""
        visible = {item.id: item for item in visible_findings(self.entry)}
        found = []
        for side, by_entry in end_point.published.items():
            for name in by_entry.get(self.entry.id, ()):
                item = visible.get(name)
                if item is None or item.time is None or item.time.unit not in _MONTHS or item.source is None:
                    continue
                if not after_stopping(item.clock):
                    continue
                where = self.entry.sources[item.source]
                text = f"{finding_text(item)} ({where.locator}, read {where.read})"
                found.append(PublishedFinding(round(item.time.at * _MONTHS[item.time.unit]), side, text))
        return tuple(sorted(found, key=lambda item: (item.month, item.text)))


def studies_of(rules: RuleBook) -> tuple[Study, ...]:
    """The studies of the rule book's protocols."""
    return tuple(Study(item.id, rules.evidence.entry(item.study)) for item in rules.protocols)
