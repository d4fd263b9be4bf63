"""Both sides of the scale in a table: what continuing and stopping mean for each thing that matters, in published figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from ...evidence import EvidenceEntry, Library, StudyFinding
from ...evidence.model import Axis, Option
from ...evidence.shown import finding_text, visible_findings
from ..blocks import Block, Line, Part, Picture, Table, line
from ..charts.icon_array import icon_array, shares
from .lines import cell, quiet

_AXES: dict[Axis, str] = {
    "return": "The disease comes back",
    "death": "Death",
    "second-cancer": "Second cancers",
    "toxicity": "Side effects",
    "quality-of-life": "Quality of life",
    "burden": "Burden of care",
    "money": "Money",
    "later-lines": "What a relapse leaves",
}
_NOT_MEASURED = "not measured in what was read"
_READ_WITH_CARE = (
    "Nothing is computed across studies, and a figure on the left is no match for the one beside it: they differ in "
    "patients, clock and end point. In brackets after each figure: how near it is to stopping by MRD."
)


_EACH_SIGN = (
    "Shares at a stated time on a stated clock, as signs of 100: a full sign is a patient to whom it applies, to the nearest "
    "whole number. One picture for each study; studies are not compared."
)


def both_sides(library: Library) -> list[Block]:
    """The table, with a word on how to read it, and a hundred signs for each share on a clock. No cell is empty.

    Raises:
        EvidenceError: an entry cannot be read.
    """
    cells: dict[tuple[Axis, Option], list[Line]] = {}
    bearing = list(_bearing(library))
    for entry, finding in bearing:
        assert finding.bears_on is not None
        cells.setdefault((finding.bears_on.axis, finding.bears_on.option), []).append(_figure(entry, finding))
    rows = tuple(
        (cell(title), *(_joined(cells.get((axis, option), [])) for option in get_args(Option)))
        for axis, title in _AXES.items()
    )
    caption = "Published figures on going on and on stopping"
    pictures = [_picture(entry, finding) for entry, finding in bearing if shares(finding)]
    return [
        Table(caption, ("What matters", "Continuing", "Stopping"), rows, (14, 43, 43)),
        quiet(_READ_WITH_CARE),
        *([quiet(_EACH_SIGN)] if pictures else []),
        *pictures,
    ]


def _bearing(library: Library) -> Iterator[tuple[EvidenceEntry, StudyFinding]]:
    """Findings that bear on the decision; what was not verified, or would mislead, is left out."""
    for entry_id in library.bearing:
        entry = library.entry(entry_id)
        for finding in visible_findings(entry):
            if finding.bears_on is not None:
                yield entry, finding


def _figure(entry: EvidenceEntry, finding: StudyFinding) -> Line:
    size = _size(entry, finding)
    return line(
        Part(entry.name, "strong"), f"{size}: {finding_text(finding)} ", Part(f"({finding.directness})", "quiet")
    )


def _picture(entry: EvidenceEntry, finding: StudyFinding) -> Picture:
    text = f"{entry.name}{_size(entry, finding)}: {finding_text(finding)}"
    return icon_array(shares(finding), f"{entry.name}: {finding_text(finding).partition(': ')[0]}", text)


def _size(entry: EvidenceEntry, finding: StudyFinding) -> str:
    """How many: of each group where the finding says it, else of the study where that was verified."""
    groups = [str(arm.n) for arm in finding.arms if arm.n is not None]
    if groups:
        return f" (n={' and '.join(groups)})"
    population = entry.population
    if population is None or not population.verified or population.n is None:
        return " (n not in what was read)"
    return f" (study of {population.n})"


def _joined(figures: list[Line]) -> Line:
    """Several figures of one cell, each on a line of its own."""
    if not figures:
        return line(Part(_NOT_MEASURED, "quiet"))
    joined: list[Part] = []
    for number, figure in enumerate(figures):
        joined += [Part("", "break")] * (number > 0) + list(figure)
    return tuple(joined)
