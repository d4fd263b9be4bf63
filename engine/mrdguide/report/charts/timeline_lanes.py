"""The lanes of the timeline that hold points (imaging, responses, events) and bars (therapy)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from xml.etree.ElementTree import Element

from ...answer.entries import EntriesInOrder
from ...answer.interpreted_tests import InterpretedImaging, InterpretedTests
from ..languages.words import Words
from . import svg
from .placing import Rows
from .svg import DateAxis

WIDTH, LEFT, RIGHT = 960.0, 160.0, 940.0
ROW = 19.0
_LABEL_ROOM = 190.0
_GAP = 7.0
_NAME_LINES, _BOLDER = 3, 1.13


@dataclass
class Canvas:
    """What every lane draws on: the drawing, a layer behind it, the date axis, and the vertical lines in the way.

    `as_of` is the day judged, as an ordinal; `words` are those of the page.
    """

    root: Element
    behind: Element
    axis: DateAxis
    as_of: int
    entries: EntriesInOrder
    tests: InterpretedTests
    hatching: str
    verticals: tuple[float, ...]
    words: Words
    tops: dict[float, float] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)
    unlabelled: int = 0

    def x(self, day: int) -> float:
        return self.axis.x(day)

    def said(self, name: str, **values: str | int) -> str:
        """A text of the timeline."""
        return self.words.text(f"board.timeline.{name}", **values)

    def lane(self, label: str, top: float, room: float = LEFT - 24) -> float:
        """The name of a lane at its left, and the line that divides it from the one above; gives the lower end of the name."""
        svg.line(self.behind, 8, top, RIGHT, top, stroke=svg.GRID)
        lines = svg.wrapped(label, room / _BOLDER, _NAME_LINES)
        for index, words in enumerate(lines):
            svg.text(self.root, 12, top + 15 + 13 * index, words, bold=True, kind="lane-name")
        return top + 8 + 13 * len(lines)


@dataclass(frozen=True, slots=True)
class Point:
    """Something on a day, or on one of several days, with its sign and its label."""

    earliest: int
    latest: int
    label: str
    title: str
    kind: str
    draw: Callable[[Element, float, float], object]
    first: bool = True


def possible_days(canvas: Canvas, parent: Element, earliest: int, latest: int, y: float) -> float:
    """Draw the days a date can mean as a bar, unless it is one day; returns the middle."""
    left, right = canvas.x(earliest), canvas.x(latest)
    if earliest != latest:
        canvas.drawn.add("possible days")
        svg.line(parent, left, y, right, y, stroke=svg.QUIET, width=2, kind="possible-days")
        for end in (left, right):
            svg.line(parent, end, y - 4, end, y + 4, stroke=svg.QUIET, width=1.4)
    return (left + right) / 2


def points(
    canvas: Canvas, top: float, lane: str, found: Sequence[Point], most: int, *, rightwards: bool = False
) -> float:
    """A lane of points in up to `most` rows, labels beside them; gives the lane's lower end.

    `rightwards` keeps every label at the right of its sign, but for those that would cross a line or the edge.
    """
    named = canvas.lane(lane, top)
    rows = Rows(most, LEFT - 8, RIGHT + 6, canvas.verticals)
    places: dict[int, tuple[int, str]] = {}
    order = sorted(range(len(found)), key=lambda index: not found[index].first)
    for index in order:
        label = svg.shortened(found[index].label, _LABEL_ROOM)
        spans = _spans(canvas, found[index], svg.width_of(label))
        whole, words = spans[0]
        crossed = any(words[0] < x < words[1] for x in canvas.verticals)
        if rightwards and not crossed and whole[1] <= RIGHT + 6:
            spans = spans[:1]
        placed = rows.place(spans) or rows.place(spans, through=True)
        if placed is not None:
            places[index] = (placed[0], ("start", "end")[placed[1]])
    for index in (index for index in order if index not in places):
        canvas.unlabelled += 1
        bare = _spans(canvas, found[index], 0)[:1]
        placed = rows.place(bare, through=True)
        places[index] = (placed[0] if placed else 0, "")
    for index, point in enumerate(found):
        row, anchor = places[index]
        _point(canvas, point, top + 3 + ROW * row + ROW / 2, anchor)
    return max(top + 6 + ROW * max(rows.used, 1), named)


def _spans(canvas: Canvas, point: Point, label: float) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """What a point covers with its label at its right, and at its left."""
    left, right = canvas.x(point.earliest) - _GAP, canvas.x(point.latest) + _GAP
    return [
        ((left, right + label + 3), (right, right + label)),
        ((left - label - 3, right), (left - label, left)),
    ]


def _point(canvas: Canvas, point: Point, y: float, anchor: str) -> None:
    made = svg.group(canvas.root, point.kind, point.title)
    label = svg.shortened(point.label, _LABEL_ROOM) if anchor else ""
    if label and anchor == "start":
        _backed(made, canvas.x(point.latest) + _GAP + 1, y, label, "start")
    elif label:
        _backed(made, canvas.x(point.earliest) - _GAP - 1, y, label, "end")
    middle = possible_days(canvas, made, point.earliest, point.latest, y)
    point.draw(made, middle, y)


def _backed(parent: Element, x: float, y: float, words: str, anchor: svg.Anchor) -> None:
    """A label on a strip of paper, so that no line strikes it through."""
    wide = svg.width_of(words)
    svg.rect(parent, x if anchor == "start" else x - wide, y - 6, wide, 12, fill=svg.PAPER)
    svg.text(parent, x, y + 4, words, anchor=anchor)


def imaging_lane(canvas: Canvas, top: float) -> float:
    shown = [_image(canvas, item, item.earliest) for item in canvas.tests.imaging if item.earliest is not None]
    return points(canvas, top, canvas.said("lane.imaging"), shown, 3) if shown else top


def read_image(item: InterpretedImaging) -> Literal["negative", "positive", "unclear"]:
    """How a study is drawn: negative, positive or unclear."""
    return item.reading if item.reading in ("negative", "positive") else "unclear"


def draw_image(parent: Element, verdict: str, x: float, y: float) -> None:
    """An open circle for negative, a filled square for positive, a crossed circle for unclear."""
    if verdict == "positive":
        svg.marker(parent, "square", x, y, filled=True, colour=svg.ALARM)
        return
    svg.marker(parent, "circle", x, y, filled=False, colour=svg.INK if verdict == "negative" else svg.QUIET)
    if verdict == "unclear":
        svg.cross(parent, x, y, colour=svg.QUIET)


def _image(canvas: Canvas, item: InterpretedImaging, earliest: date) -> Point:
    verdict = read_image(item)
    canvas.drawn.add(f"imaging {verdict}")
    words = item.modality or canvas.said("not_recorded.modality")
    read = f"{item.description}: read as {verdict}{f' ({item.reason})' if item.reason else ''}"
    title = canvas.words.as_it_is("test", read)
    return Point(
        earliest.toordinal(), item.latest.toordinal(), words, title, f"imaging {verdict}",
        lambda parent, x, y: draw_image(parent, verdict, x, y),
    )  # fmt: skip


def responses_lane(canvas: Canvas, top: float) -> float:
    found, before = [], ""
    for timed in canvas.entries.responses:
        if timed.earliest is None:
            continue
        category = timed.entry.category or canvas.said("not_recorded.category")
        found.append(
            Point(
                timed.earliest.toordinal(), timed.latest.toordinal(), category, canvas.said("response_on", day=timed.when, response=category), "response", _tick,
                category != before,
            )
        )  # fmt: skip
        before = category
    return points(canvas, top, canvas.said("lane.response"), found, 3, rightwards=True) if found else top


def events_lane(canvas: Canvas, top: float) -> float:
    found = []
    for timed in canvas.entries.events:
        if timed.earliest is None:
            continue
        kind = timed.entry.kind
        words = canvas.words.named("event", kind) if kind else canvas.said("not_recorded.kind")
        note = f" ({timed.entry.note})" if timed.entry.note else ""
        found.append(
            Point(
                timed.earliest.toordinal(),
                timed.latest.toordinal(),
                words,
                f"{timed.when}: {words}{note}",
                "event",
                _diamond,
            )
        )
    return points(canvas, top, canvas.said("lane.events"), found, 6) if found else top


def _tick(parent: Element, x: float, y: float) -> None:
    svg.line(parent, x, y - 6, x, y + 6, width=2)


def _diamond(parent: Element, x: float, y: float) -> None:
    svg.marker(parent, "diamond", x, y, filled=True, radius=4.5)
