"""The therapy lane of the timeline: one row per phase and line, more where bars would cover each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from ...answer.entries import TherapyPhase
from ...patient.therapy import TherapyEntry
from ..languages.words import Words
from . import svg
from .timeline_lanes import LEFT, RIGHT, ROW, Canvas

End = Literal["closed", "going-on", "not-recorded", "day"]

_STUB = 34.0
_BAR = 12.0
_LEAST_LABEL = 34.0


@dataclass(frozen=True, slots=True)
class _Bar:
    """A phase in the drawing's units: what it can cover (`left` to `right`), and what it covers for certain."""

    left: float
    sure_left: float
    sure_right: float
    right: float
    start_recorded: bool
    end: End
    label: str
    title: str


def placeable(timed: TherapyPhase) -> bool:
    """Whether an entry has any date."""
    return timed.entry.begins is not None or timed.entry.end is not None


def phase_words(entry: TherapyEntry, words: Words) -> str:
    """`maintenance, line 1`"""
    phase = words.named("phase", entry.phase) if entry.phase else words.text("board.timeline.not_recorded.phase")
    return phase if entry.line is None else f"{phase}, {words.text('board.patient.line', number=entry.line)}"


def given(entry: TherapyEntry, words: Words) -> str:
    """What was given: the regimen's name, the drugs, or the kind of transplant; empty when none is recorded."""
    return entry.regimen or ", ".join(entry.drugs or ()) or (words.named("kind", entry.kind) if entry.kind else "")


def therapy_lane(canvas: Canvas, top: float) -> float:
    """All phases with a date; gives the lane's lower end."""
    rows: dict[str, list[_Bar]] = {}
    for timed in sorted(filter(placeable, canvas.entries.therapy), key=_order):
        rows.setdefault(phase_words(timed.entry, canvas.words), []).append(_bar(canvas, timed))
    if not rows:
        return top
    svg.line(canvas.behind, 8, top, RIGHT, top, stroke=svg.GRID)
    top += 3
    for words, bars in rows.items():
        made = svg.group(canvas.root, "therapy-row", words)
        svg.text(made, 12, top + ROW / 2 + 4, svg.shortened(words, LEFT - 20), kind="lane-name")
        for packed in _packed(bars):
            _draw_row(canvas, packed, top + (ROW - _BAR) / 2)
            top += ROW
    return top + 3


def _order(timed: TherapyPhase) -> int:
    """By the start; by the end where the start is not recorded."""
    end = timed.entry.end
    if timed.earliest is None and end is not None:
        return end.earliest
    return (timed.earliest or timed.latest).toordinal()


def _bar(canvas: Canvas, timed: TherapyPhase) -> _Bar:
    entry, axis, now = timed.entry, canvas.axis, canvas.x(canvas.as_of)
    sure_left = axis.x(timed.latest.toordinal())
    left = axis.x(timed.earliest.toordinal()) if timed.earliest is not None else sure_left
    if entry.begins is None and entry.end is not None:
        sure_left = min(axis.x(entry.end.earliest), now)
        left = max(sure_left - _STUB, LEFT)
    end: End
    if timed.ongoing:
        end, sure_right, right = "going-on", now, now
    elif entry.end is not None:
        end, sure_right, right = "closed", axis.x(entry.end.earliest), min(axis.x(entry.end.latest), now)
    elif entry.start is None:
        end, sure_right, right = "day", sure_left, sure_left
    else:
        end, sure_right, right = "not-recorded", sure_left, max(min(sure_left + _STUB, now), sure_left + 8)
    what = given(entry, canvas.words)
    title = (
        f"{phase_words(entry, canvas.words)}: {what or canvas.said('not_recorded.given')}, {when(timed, canvas.words)}"
    )
    if entry.stop_reason:
        title += f"; {canvas.said('stopped_for', reasons=entry.stop_reason)}"
    return _Bar(left, sure_left, sure_right, right, entry.begins is not None, end, what, title)


def when(timed: TherapyPhase, words: Words) -> str:
    """From when to when a phase was, as far as it is recorded."""
    entry = timed.entry
    if entry.start is None and entry.date is not None and entry.end is None:
        return words.date(entry.date)
    begins = words.date(entry.begins) if entry.begins is not None else words.text("board.start_not_recorded")
    if entry.end is not None:
        return words.text("board.timeline.from_to", begin=begins, end=words.date(entry.end))
    return f"{begins}, {words.text('board.timeline.ongoing' if entry.end_recorded else 'board.end_not_recorded')}"


def _packed(bars: list[_Bar]) -> list[list[_Bar]]:
    """Bars in as few rows as they fit without covering each other."""
    rows: list[list[_Bar]] = []
    for bar in sorted(bars, key=lambda bar: bar.left):
        free = next((row for row in rows if row[-1].right + 1 < bar.left), None)
        if free is None:
            rows.append([bar])
        else:
            free.append(bar)
    return rows


def _draw_row(canvas: Canvas, bars: list[_Bar], y: float) -> None:
    taken = LEFT
    for index, bar in enumerate(bars):
        made = svg.group(canvas.root, f"therapy {bar.end}", bar.title)
        _draw_bar(canvas, made, bar, y)
        following = bars[index + 1].left if index + 1 < len(bars) else RIGHT + 6
        ahead = [x for x in canvas.verticals if x > bar.right + 2]
        after = bar.right + (12 if bar.end in ("going-on", "day") else 5)
        rooms = {
            "inside": bar.sure_right - bar.sure_left - 8 if bar.end != "day" else 0,
            "after": min([following, *ahead]) - after - 4,
            "before": bar.left - taken - 10,
        }
        taken = max(bar.right, _label(made, bar, y, rooms, after))


def _label(parent: Element, bar: _Bar, y: float, rooms: dict[str, float], after: float) -> float:
    """Write what was given where there is room for it; gives the right end of the text."""
    wide = svg.width_of(bar.label)
    where = next((place for place, room in rooms.items() if room >= wide), max(rooms, key=lambda place: rooms[place]))
    if not bar.label or rooms[where] < min(_LEAST_LABEL, wide):
        return 0
    words = svg.shortened(bar.label, rooms[where])
    baseline = y + _BAR / 2 + 4
    if where == "before":
        svg.text(parent, bar.left - 5, baseline, words, anchor="end")
        return bar.left
    x = bar.sure_left + 4 if where == "inside" else after
    svg.text(parent, x, baseline, words)
    return x + svg.width_of(words)


def _draw_bar(canvas: Canvas, parent: Element, bar: _Bar, y: float) -> None:
    canvas.drawn.add(f"therapy {bar.end}")
    if bar.sure_left > bar.sure_right:  # no day on which it was given for certain
        _uncertain(canvas, parent, bar.left, bar.right, y, recorded=bar.start_recorded)
    else:
        _uncertain(canvas, parent, bar.left, bar.sure_left, y, recorded=bar.start_recorded)
        _uncertain(canvas, parent, bar.sure_right, bar.right, y, recorded=bar.end != "not-recorded")
        if bar.end in ("closed", "going-on"):
            wide = max(bar.sure_right - bar.sure_left, 3)
            svg.rect(parent, bar.sure_left, y, wide, _BAR, fill=svg.FILL, stroke=svg.INK, kind="certain")
    if bar.end == "day":
        _day(parent, (bar.left + bar.sure_left) / 2, y + _BAR / 2)
    elif bar.end == "not-recorded":
        svg.line(parent, bar.sure_left, y, bar.sure_left, y + _BAR, width=2)
    elif bar.end == "going-on":
        arrow(parent, bar.right, y + _BAR / 2)


def _uncertain(canvas: Canvas, parent: Element, left: float, right: float, y: float, *, recorded: bool) -> None:
    """A stretch in which it may have been given: pale when the day is not known, dashed when nothing is recorded."""
    if right <= left:
        return
    canvas.drawn.add("therapy possible" if recorded else "therapy open")
    possible(parent, left, right, y, recorded=recorded)


def possible(parent: Element, left: float, right: float, y: float, *, recorded: bool) -> None:
    """The sign of such a stretch."""
    if recorded:
        svg.rect(parent, left, y + 2, right - left, _BAR - 4, fill=svg.PAPER, stroke=svg.QUIET, kind="possible")
    else:
        svg.rect(parent, left, y, right - left, _BAR, stroke=svg.INK, dash="3 3", kind="not-recorded")


def _day(parent: Element, x: float, y: float) -> None:
    svg.marker(parent, "diamond", x, y, filled=True, radius=4.5)


def arrow(parent: Element, x: float, y: float) -> None:
    """The head of an arrow that points to the right from `x`."""
    head = svg.marker(parent, "triangle", x, y, filled=True, radius=1, kind="arrow")
    points = ((x, y - 7), (x + 9, y), (x, y + 7))
    head.set("points", " ".join(f"{svg.number(a)},{svg.number(b)}" for a, b in points))
