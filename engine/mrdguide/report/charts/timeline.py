"""The patient on one date axis: marrow MRD, the run of negatives, imaging, response, therapy, events.

Whether a test counts is the rule book's own reading; nothing here judges. What is dated after the as-of day is ignored
by the engine and not drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from ...answer.entries import DatedEntry, EntriesInOrder
from ...recommend.recommendation import Recommendation
from ..blocks import Picture
from ..languages.words import Words
from . import svg
from .svg import DateAxis
from .timeline_lanes import LEFT, RIGHT, WIDTH, Canvas, events_lane, imaging_lane, responses_lane
from .timeline_legend import legend
from .timeline_mrd import level_panel, run_lane, set_aside_lane
from .timeline_tests import MrdPicture, mrd_picture
from .timeline_therapy import placeable, therapy_lane
from .timeline_words import described

_PREFIX = "timeline"
_HEADER_ROW = 15.0
_LONGEST_MARK = 300.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A day to mark, such as the first on which stopping can be discussed; `day` is a proleptic Gregorian ordinal."""

    day: int
    label: str


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch in which something counts, such as how long a marrow MRD test does; both days are ordinals."""

    label: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Vertical:
    """A vertical line through all lanes, with its label above."""

    x: float
    label: str
    title: str
    kind: str


def timeline(
    recommendation: Recommendation, words: Words, marks: Sequence[Mark] = (), windows: Sequence[Window] = ()
) -> Picture | None:
    """Draw the patient over time in the language of `words`, or None when the profile has nothing with a date by the as-of day.

    `marks` are drawn as dashed vertical lines with their labels above, `windows` as hatched bars in a lane of their own.
    """
    days = _days(recommendation)
    if not days:
        return None
    shown = mrd_picture(recommendation.tests, words)
    alt = described(recommendation, shown, words)
    title = words.text("board.timeline.title", patient=recommendation.patient_id)
    root = svg.drawing(_PREFIX, WIDTH, title, alt)
    hatching = svg.hatching(root, f"{_PREFIX}-hatching")
    as_of = recommendation.as_of.toordinal()
    axis = _axis(as_of, days, marks, windows)
    verticals = _verticals(axis, as_of, marks, words)
    canvas = Canvas(
        root, svg.group(root, "behind"), axis, as_of, recommendation.entries, recommendation.tests,
        hatching, tuple(item.x for item in verticals), words,
    )  # fmt: skip
    bottom = _lanes(canvas, _header(canvas, verticals), shown, windows)
    _draw_axis(canvas, bottom, verticals)
    height = _notes(canvas, legend(canvas, bottom + 32), _undated(recommendation, words))
    caption = words.text("board.timeline.caption", day=words.day(as_of))
    return Picture(svg.finish(root, height), alt, caption, label=words.frame.figure)


def _days(recommendation: Recommendation) -> list[int]:
    """The first and last possible days of everything that has a date."""
    found: list[int] = []
    for entries, _ in _lists(recommendation.entries):
        for item in entries:
            if item.earliest is not None:
                found += [item.earliest.toordinal(), item.latest.toordinal()]
    for phase in recommendation.entries.therapy:
        if phase.earliest is not None:
            found += [phase.earliest.toordinal(), phase.latest.toordinal()]
        if phase.entry.end is not None:
            found.append(min(phase.entry.end.latest, recommendation.as_of.toordinal()))
    return found


def _lists(entries: EntriesInOrder) -> tuple[tuple[Sequence[DatedEntry[Any]], str], ...]:
    """The lists whose entries are drawn as points, each with the id of what an entry is called."""
    return (
        (entries.mrd, "mrd"), (entries.imaging, "imaging"), (entries.responses, "response"), (entries.events, "event"),
    )  # fmt: skip


def _axis(as_of: int, days: Sequence[int], marks: Sequence[Mark], windows: Sequence[Window]) -> DateAxis:
    """Everything drawn, with a little room at both ends."""
    marked = [mark.day for mark in marks]
    first = min([*days, as_of, *marked])
    last = max([*days, as_of, *marked, *(window.last for window in windows)])
    room = max((last - first) // 50, 10)
    return DateAxis(first - room, last + room, LEFT, RIGHT)


def _verticals(axis: DateAxis, as_of: int, marks: Sequence[Mark], words: Words) -> list[_Vertical]:
    said = words.text("board.timeline.as_of", day=words.day(as_of))
    found = [_Vertical(axis.x(as_of), said, said, "as-of")]
    for mark in sorted(marks, key=lambda mark: (mark.day, mark.label)):
        day = words.day(mark.day)
        said = mark.label if day in mark.label else f"{day}: {mark.label}"
        found.append(_Vertical(axis.x(mark.day), svg.shortened(said, _LONGEST_MARK), said, "mark"))
    return found


def _header(canvas: Canvas, verticals: Sequence[_Vertical]) -> float:
    """The labels of the vertical lines, and the lines' upper ends; gives where the lanes begin.

    Each label stands at the left of its line, the rightmost line highest: so no label crosses another's line.
    """
    top = 16.0
    for item in sorted(verticals, key=lambda item: -item.x):
        wide = svg.width_of(item.label, bold=True)
        fits = item.x - wide - 8 >= 0
        made = svg.group(canvas.root, f"{item.kind}-label", item.title)
        svg.rect(made, item.x + (-wide - 6 if fits else 3), top - 10, wide + 2, 13, fill=svg.PAPER)
        colour = svg.INK if item.kind == "as-of" else svg.ACCENT
        x = item.x - 5 if fits else item.x + 5
        svg.text(made, x, top, item.label, anchor="end" if fits else "start", fill=colour, bold=True)
        canvas.tops.setdefault(item.x, top - 10)
        top += _HEADER_ROW
    return top - 6


def _lanes(canvas: Canvas, top: float, shown: MrdPicture, windows: Sequence[Window]) -> float:
    below = level_panel(canvas, top, shown)
    below = run_lane(canvas, below, shown)
    below = set_aside_lane(canvas, below, shown)
    lanes: tuple[Callable[[Canvas, float], float], ...] = (imaging_lane, responses_lane, therapy_lane, events_lane)
    for lane in lanes:
        below = lane(canvas, below)
    return _windows(canvas, below, windows)


def _windows(canvas: Canvas, top: float, windows: Sequence[Window]) -> float:
    """A thin hatched bar per window, its label above it."""
    if not windows:
        return top
    named = canvas.lane(canvas.said("lane.windows"), top)
    for window in windows:
        left, right = canvas.x(window.first), canvas.x(window.last)
        first, last = canvas.words.day(window.first), canvas.words.day(window.last)
        made = svg.group(canvas.root, "window", f"{window.label}: {canvas.said('from_to', begin=first, end=last)}")
        words = svg.shortened(canvas.said("until", what=window.label, day=last), RIGHT - LEFT)
        wide = svg.width_of(words)
        x = min(max(LEFT, left), RIGHT - wide)
        svg.rect(made, x - 1, top + 4, wide + 2, 12, fill=svg.PAPER)
        svg.text(made, x, top + 14, words)
        svg.rect(made, left, top + 18, max(right - left, 3), 7, fill=canvas.hatching, stroke=svg.INK, kind="bar")
        top += 29
    return max(top + 2, named)


def _draw_axis(canvas: Canvas, bottom: float, verticals: Sequence[_Vertical]) -> None:
    """The axis with its days, the grid behind the lanes, and the vertical lines."""
    lanes = max(canvas.tops.values()) + 14
    svg.line(canvas.root, LEFT, bottom, RIGHT, bottom, width=1.4, kind="axis")
    for day, words in canvas.axis.ticks():
        x = canvas.x(day)
        svg.line(canvas.behind, x, lanes, x, bottom, stroke=svg.GRID, kind="grid")
        svg.line(canvas.root, x, bottom, x, bottom + 5)
        half = svg.width_of(words) / 2
        svg.text(canvas.root, min(x, WIDTH - half), bottom + 18, words, anchor="middle", kind="date-label")
    for item in verticals:
        top = canvas.tops[item.x]
        if item.kind == "as-of":
            svg.line(canvas.behind, item.x, top, item.x, bottom, width=2, kind="as-of")
        else:
            svg.line(canvas.behind, item.x, top, item.x, bottom, stroke=svg.ACCENT, width=1.6, dash="5 4", kind="mark")


def _undated(recommendation: Recommendation, words: Words) -> list[str]:
    """What could not be placed, in words."""
    entries = recommendation.entries
    counts = [(sum(item.earliest is None for item in found), what) for found, what in _lists(entries)]
    counts.append((sum(not placeable(item) for item in entries.therapy), "therapy"))
    return [words.text(f"board.timeline.undated.{what}", count=count) for count, what in counts if count]


def _notes(canvas: Canvas, top: float, undated: Sequence[str]) -> float:
    """Lines below the legend; gives the drawing's height."""
    notes = []
    if undated:
        notes.append(canvas.said("not_drawn", what=", ".join(undated)))
    if canvas.unlabelled:
        notes.append(canvas.said("labels_left_out", count=canvas.unlabelled))
    return _write(canvas.root, notes, top)


def _write(root: Element, notes: Iterable[str], top: float) -> float:
    for note in notes:
        svg.text(root, 12, top + 12, note, kind="note")
        top += 16
    return top + 8
