"""What happened after stopping, study by study: published figures on one axis, never pooled.

Only figures that were read at a source and whose clock starts when therapy stops. Every number is printed as published:
an interval that was not published is not computed, and a count is drawn as its plain fraction with a hollow marker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ...answer.evidence import CitedEntry
from ...dates import counted
from ...evidence.model import Arm, EvidenceEntry, StudyFinding
from ...evidence.shown import in_unit, visible_findings
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Picture
from . import svg

NOT_POOLED = "Studies differ in population, clock and end point; nothing is pooled."
NO_INTERVAL = "no interval published"

_PREFIX = "evidence"
_WIDTH, _LEFT, _RIGHT = 960.0, 480.0, 740.0
_INDENT, _LINE = 24.0, 14.0
_LONGEST = 600
_WORDS = {"confidence": "CI", "credible": "CrI"}


@dataclass(frozen=True, slots=True)
class Row:
    """One group's figure: where it stands (percent), its interval as published, and the texts beside it."""

    what: str
    group: str
    at: float
    interval: tuple[float, float] | None
    counted: bool
    figure: str


@dataclass(frozen=True, slots=True)
class Study:
    name: str
    design: str
    compared: str
    warnings: tuple[str, ...]
    rows: tuple[Row, ...]


def evidence_plot(recommendation: Recommendation) -> Picture | None:
    """Draw what the cited studies published for the time after stopping; None when none of them did."""
    found = studies(recommendation)
    if not found:
        return None
    alt = _described(found)
    root = svg.drawing(_PREFIX, _WIDTH, "Outcomes after stopping, by study", alt)
    behind = svg.group(root, "behind")
    below = 40.0
    for study in found:
        below = _study(root, behind, study, below)
    _axis(root, behind, below)
    height = _legend(root, found, below + 24)
    return Picture(svg.finish(root, height), alt, f"Published outcomes after stopping, one row per group. {NOT_POOLED}")


def studies(recommendation: Recommendation) -> tuple[Study, ...]:
    """The cited studies with figures that can be drawn, in the order in which the recommendation cites them."""
    found = []
    for item in recommendation.evidence:
        entry = recommendation.rules.evidence.entry(item.id)
        rows = tuple(row for finding in visible_findings(entry) for row in _rows(finding))
        if rows:
            found.append(Study(entry.name, _design(entry), _outside(item), entry.warnings, rows))
    return tuple(found)


def _outside(item: CitedEntry) -> str:
    """That the figures are not of patients like this one; empty where they may be."""
    return item.compared if item.fits == Verdict.NOT_MET else ""


def _design(entry: EvidenceEntry) -> str:
    return entry.design.text if entry.design is not None and entry.design.verified else ""


def after_stopping(clock: str) -> bool:
    """Whether a clock starts when therapy stops."""
    return clock.startswith("stopping") or "taken to be stopping" in clock


def _rows(finding: StudyFinding) -> Iterator[Row]:
    # Asked again here, so that what this plot shows never depends on how others filter.
    if not finding.verified or not after_stopping(finding.clock):
        return
    for arm in finding.arms:
        place = _place(arm)
        if place is not None:
            size = f", n={arm.n}" if arm.n is not None and arm.unit == "%" else ""
            interval = (arm.interval.low, arm.interval.high) if arm.interval and arm.unit == "%" else None
            yield Row(_what(finding), f"{arm.group}{size}", place, interval, arm.unit == "count", _figure(arm))


def _place(arm: Arm) -> float | None:
    """Where a figure stands on the axis in percent; None when it is no share of a group."""
    if arm.value is None or not arm.reached:
        return None
    if arm.unit == "%":
        return arm.value if 0 <= arm.value <= 100 else None
    if arm.unit == "count" and arm.n and 0 <= arm.value <= arm.n:
        return 100 * arm.value / arm.n
    return None


def _figure(arm: Arm) -> str:
    """The figure as published: `92.9% (95% CI 64 to 90)`, `11/47, no interval published`."""
    if arm.unit == "count":
        return f"{arm.value:g}/{arm.n}, {NO_INTERVAL}"
    interval = arm.interval
    if interval is None:
        return f"{arm.value:g}%, {NO_INTERVAL}"
    kind = _WORDS[interval.kind]
    return f"{arm.value:g}% ({interval.percent:g}% {kind} {interval.low:g} to {interval.high:g})"


def _what(finding: StudyFinding) -> str:
    """The measure with its time and its clock."""
    text = finding.measure
    if finding.time is not None:
        text += f" at {in_unit(finding.time.at, finding.time.unit)}"
    return f"{text} ({'clock ' if finding.clock.startswith('not stated') else 'from '}{finding.clock})"


def _study(root: Element, behind: Element, study: Study, top: float) -> float:
    """A study's name and design over the whole width, then its rows; gives the lower end."""
    svg.line(behind, 8, top, _WIDTH - 16, top, stroke=svg.GRID)
    made = svg.group(root, "study", f"{study.name}. {study.design}".strip())
    full = _WIDTH - 32
    svg.text(
        made, 12, top + 17, svg.shortened(study.name, full / 1.2, svg.NORMAL), size=svg.NORMAL, bold=True, kind="name"
    )
    top += 20
    for words in svg.wrapped(study.design, full, 2) if study.design else ():
        svg.text(made, 12, top + 12, words, fill=svg.QUIET, kind="design")
        top += _LINE
    outside = [f"{study.compared[0].upper()}{study.compared[1:]}"] if study.compared else []
    for warning in (*outside, *(f"Warning: {text}" for text in study.warnings)):
        for words in svg.wrapped(warning, full, 2):
            svg.text(made, 12, top + 12, words, kind="warning")
            top += _LINE
    top += 2
    said = ""
    start = top
    for row in study.rows:
        top = _row(root, row, top, heads=row.what != said)
        said = row.what
    for percent in range(0, 101, 25):
        x = _x(percent)
        svg.line(behind, x, start, x, top + 3, stroke=svg.GRID, kind="grid")
    return top + 8


def _row(root: Element, row: Row, top: float, *, heads: bool) -> float:
    """One group's figure; the measure stands above the first of its groups."""
    made = svg.group(root, f"row {'counted' if row.counted else 'percent'}", f"{row.what}: {row.group}: {row.figure}")
    top += 4 if heads else 0
    for words in svg.wrapped(row.what, _LEFT - 26, 2) if heads else ():
        svg.text(made, 12, top + 11, words, kind="measure")
        top += _LINE
    y = top + 7
    svg.text(made, _INDENT, y + 4, svg.shortened(row.group, _LEFT - _INDENT - 22), fill=svg.QUIET, kind="group")
    if row.interval is not None:
        low, high = _x(row.interval[0]), _x(row.interval[1])
        svg.line(made, low, y, high, y, width=1.8, kind="interval")
        for x in (low, high):
            svg.line(made, x, y - 4, x, y + 4, width=1.8)
    svg.marker(made, "circle", _x(row.at), y, filled=not row.counted, colour=svg.ACCENT, radius=4.5, kind="figure")
    svg.text(made, _RIGHT + 20, y + 4, svg.shortened(row.figure, _WIDTH - _RIGHT - 24), kind="number")
    return top + _LINE + 2


def _x(percent: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * min(max(percent, 0), 100) / 100


def _axis(root: Element, behind: Element, bottom: float) -> None:
    """The axis below the rows, its numbers also above them, and the heads of the columns."""
    svg.text(root, 12, 18, "measure, time and clock; group", bold=True)
    svg.text(root, _RIGHT + 20, 18, "as published", bold=True)
    svg.line(behind, 8, bottom, _WIDTH - 16, bottom, stroke=svg.GRID)
    svg.line(root, _LEFT, bottom, _RIGHT, bottom, width=1.4, kind="axis")
    for percent in range(0, 101, 25):
        x = _x(percent)
        svg.line(root, x, bottom, x, bottom + 4)
        for y in (bottom + 17, 33):
            svg.text(root, x, y, f"{percent}%", anchor="middle", kind="tick")
    svg.text(root, (_LEFT + _RIGHT) / 2, 18, "share of the group", anchor="middle", bold=True)


def _legend(root: Element, found: Sequence[Study], top: float) -> float:
    """The signs that are in the drawing, and that nothing is pooled; gives the drawing's height."""
    rows = [row for study in found for row in study.rows]
    signs = [(False, "percentage as published"), (True, "events out of the group, a plain fraction")]
    x, y = 12.0, top + 12
    for hollow, words in signs:
        if any(row.counted == hollow for row in rows):
            svg.marker(root, "circle", x + 6, y, filled=not hollow, colour=svg.ACCENT, radius=4.5)
            svg.text(root, x + 17, y + 4, words)
            x += svg.width_of(words) + 36
    if any(row.interval for row in rows):
        svg.line(root, x, y, x + 22, y, width=1.8)
        svg.text(root, x + 28, y + 4, "interval as published")
    svg.text(root, 12, y + 22, NOT_POOLED, kind="note")
    return y + 34


def _described(found: Sequence[Study]) -> str:
    """The plot in words, in at most 600 characters."""
    figures = counted(sum(len(study.rows) for study in found), "published figure")
    names = "; ".join(f"{svg.shortened(study.name, 400)} {len(study.rows)}" for study in found)
    of = "1 study" if len(found) == 1 else f"{len(found)} studies"
    words = f"Outcomes after stopping on an axis from 0 to 100%: {figures} of {of} ({names}). {NOT_POOLED}"
    if len(words) > _LONGEST:
        words = f"Outcomes after stopping on an axis from 0 to 100%: {figures} of {of}. {NOT_POOLED}"
    return svg.plain(words)
