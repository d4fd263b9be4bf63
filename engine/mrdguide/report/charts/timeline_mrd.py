"""The MRD part of the timeline: levels on a log axis, what has no level or does not count, and the runs of negatives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from ...reading.numbers import scientific
from . import svg
from .placing import Boxes
from .svg import LogAxis, Shape
from .timeline_lanes import LEFT, RIGHT, Canvas, possible_days
from .timeline_tests import DrawnRun, DrawnTest, Kind, MrdPicture, no_run_words

SHAPES: dict[str | None, Shape] = {
    "NGS": "circle", "NGF": "square", "MFC": "triangle", "ASO-qPCR": "diamond", "mass-spectrometry": "hexagon",
    None: "wedge",
}  # fmt: skip
_DECADE = 46.0
_RADIUS = 5.0
_BESIDE_AXIS = LEFT - 50


def level_panel(canvas: Canvas, top: float, picture: MrdPicture) -> float:
    """The tests with a level, or below their limit of detection; gives the panel's lower end."""
    placed = [test for test in picture.tests if test.height is not None]
    # The numbers of the axis stand beside its name.
    named = canvas.lane(canvas.said("lane.mrd"), top, _BESIDE_AXIS)
    if not placed:
        words = canvas.said("no_scale" if picture.tests else "no_dated_test")
        svg.text(canvas.root, LEFT, top + 16, words, fill=svg.QUIET, kind="no-tests")
        return max(top + 24, named)
    for index, words in enumerate(svg.wrapped(canvas.said("fraction"), _BESIDE_AXIS, 4)):
        svg.text(canvas.root, 12, named + 7 + 13 * index, words, fill=svg.QUIET)
    heights = [test.height for test in placed if test.height is not None]
    axis = _axis(heights, top + 14)
    _decades(canvas, axis)
    cuts = _cuts(canvas, axis, picture.thresholds, heights)
    boxes = Boxes()
    levels = _draw_tests(canvas, axis, placed, boxes)
    _cut_labels(canvas, axis, cuts, boxes)
    for parent, words, x, y in levels:
        _number_beside(canvas, boxes, parent, words, x, y)
    return axis.bottom + 16


def _axis(heights: Sequence[float], top: float) -> LogAxis:
    low = min(-7, math.floor(math.log10(min(heights)) + 1e-9))
    high = min(max(-4, math.ceil(math.log10(max(heights)) - 1e-9)), 0)
    return LogAxis(low, high, top, top + min(_DECADE * (high - low), 300.0))


def _decades(canvas: Canvas, axis: LogAxis) -> None:
    for exponent in axis.decades():
        y = axis.y(10.0**exponent)
        svg.line(canvas.behind, LEFT, y, RIGHT, y, stroke=svg.GRID, kind="decade")
        svg.text(canvas.root, LEFT - 6, y + 4, f"1e{exponent}" if exponent else "1", anchor="end", kind="decade-label")


def _cuts(canvas: Canvas, axis: LogAxis, cuts: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Lines where the rule book cuts, from the data to the next whole decade; gives those that are drawn."""
    low = 10.0 ** math.floor(math.log10(min(heights)) + 1e-9)
    high = 10.0 ** (math.floor(math.log10(max(heights)) + 1e-9) + 1)
    drawn = [cut for cut in cuts if low * 0.999 <= cut <= high * 1.001]
    for cut in drawn:
        canvas.drawn.add("cut")
        y = axis.y(cut)
        svg.line(canvas.behind, LEFT, y, RIGHT, y, stroke=svg.ACCENT, width=1.2, dash="7 3", kind="cut")
    return drawn


def _cut_labels(canvas: Canvas, axis: LogAxis, cuts: Sequence[float], boxes: Boxes) -> None:
    """Name up to three of the lines, each at the first place along it that is free."""
    labelled: list[float] = []
    for cut in sorted(cuts, reverse=True):
        y, words = axis.y(cut), canvas.said("threshold", depth=scientific(cut))
        if len(labelled) == 3 or any(abs(y - other) < 12 for other in labelled):
            continue
        wide = svg.width_of(words)
        for step in range(int((RIGHT - LEFT - wide) // 20)):
            x = LEFT + 4 + 20 * step
            box = (x - 3, y - 6, x + wide + 3, y + 6)
            if boxes.free(box) and not any(box[0] < vertical < box[2] for vertical in canvas.verticals):
                boxes.take(box)
                labelled.append(y)
                svg.rect(canvas.root, x - 1, y - 6, wide + 2, 12, fill=svg.PAPER)
                svg.text(canvas.root, x, y + 4, words, fill=svg.ACCENT, kind="cut-label")
                break


def _draw_tests(
    canvas: Canvas, axis: LogAxis, placed: Sequence[DrawnTest], boxes: Boxes
) -> list[tuple[Element, str, float, float]]:
    """Draw every test and take its place; gives the levels to write, each with its group and where its marker is."""
    levels, stretches = [], []
    for test in placed:
        assert test.height is not None
        y = axis.y(test.height)
        made, x = _placed_test(canvas, test, y, boxes, 10 if test.kind == "not-detected" else 0)
        if test.earliest != test.latest:
            stretches.append((canvas.x(test.earliest), y - 4, canvas.x(test.latest), y + 4))
        if test.kind == "detected":
            levels.append((made, scientific(test.height), x, y))
    for box in stretches:
        boxes.take(box)
    return levels


def _placed_test(
    canvas: Canvas, test: DrawnTest, y: float, boxes: Boxes, below: float = 0
) -> tuple[Element, float]:  # fmt: skip
    """Draw a test where it covers no other; gives its group and its x."""
    made = svg.group(canvas.root, f"mrd {test.kind}", test.words)
    day = possible_days(canvas, made, test.earliest, test.latest, y)
    x = boxes.beside(day, y, _RADIUS + 0.5, below)
    if x != day:
        canvas.drawn.add("moved aside")
        thread(canvas.behind, day, x, y)
    draw_test(made, test.kind, test.method, x, y)
    canvas.drawn.update((f"mrd {test.kind}", f"method {test.method}"))
    return made, x


def thread(parent: Element, day: float, x: float, y: float) -> None:
    """Leads from a marker that was moved aside to a tick at its day."""
    svg.line(parent, day, y, x, y, width=1.4, kind="moved-aside")
    svg.line(parent, day, y - 4, day, y + 4, width=1.4)


def _number_beside(canvas: Canvas, boxes: Boxes, parent: Element, words: str, x: float, y: float) -> None:
    """Write a level where it covers nothing; where there is no such place the axis must do."""
    wide = svg.width_of(words)
    for left, baseline in ((x + 9, y + 4), (x - 9 - wide, y + 4), (x - wide / 2, y - 9), (x - wide / 2, y + 18)):
        box = (left - 1, baseline - 10, left + wide + 1, baseline + 2)
        crossed = any(box[0] < vertical < box[2] for vertical in canvas.verticals)
        if box[0] >= LEFT and box[2] <= RIGHT + 6 and not crossed and boxes.free(box):
            boxes.take(box)
            svg.rect(parent, left - 1, baseline - 9, wide + 2, 11, fill=svg.PAPER)
            svg.text(parent, left, baseline, words, kind="level")
            return


def draw_test(parent: Element, kind: Kind, method: str | None, x: float, y: float) -> None:
    """Filled: detected. Open with an arrow downwards: below the limit of detection. Crossed: not to be placed."""
    shape = SHAPES[method]
    if kind == "detected":
        svg.marker(parent, shape, x, y, filled=True, colour=svg.ALARM, radius=_RADIUS)
    elif kind == "not-detected":
        svg.line(parent, x, y, x, y + 14, width=1.4, kind="below")
        svg.line(parent, x - 3.5, y + 10.5, x, y + 14, width=1.4)
        svg.line(parent, x + 3.5, y + 10.5, x, y + 14, width=1.4)
        svg.marker(parent, shape, x, y, filled=False, radius=_RADIUS)
    elif kind == "no-level":
        svg.marker(parent, shape, x, y, filled=True, colour=svg.ALARM, radius=_RADIUS + 1)
        svg.cross(parent, x, y, colour=svg.PAPER, radius=3)
    else:
        svg.marker(parent, shape, x, y, filled=False, colour=svg.QUIET, radius=_RADIUS)
        svg.cross(parent, x, y, colour=svg.QUIET, radius=5.5)


def set_aside_lane(canvas: Canvas, top: float, picture: MrdPicture) -> float:
    """The tests that have no place on the scale; gives the lane's lower end."""
    found = [test for test in picture.tests if test.height is None]
    if not found:
        return top
    named = canvas.lane(canvas.said("lane.not_on_scale"), top)
    boxes = Boxes()
    for test in found:
        _placed_test(canvas, test, top + 17, boxes)
    return max(top + 34, named)


def run_lane(canvas: Canvas, top: float, picture: MrdPicture) -> float:
    """The current runs of negatives as brackets with their lengths; gives the lane's lower end."""
    if not picture.tests:
        return top
    named = canvas.lane(canvas.said("lane.run"), top)
    for run in picture.runs:
        _bracket(canvas, run, top + 13)
        top += 19
    words = no_run_words(picture, canvas.words)
    if words:
        svg.text(canvas.root, LEFT, top + 15, words, fill=svg.QUIET, kind="no-run")
        top += 17
    return max(top + 7, named)


def _bracket(canvas: Canvas, run: DrawnRun, y: float) -> None:
    left, right = canvas.x(run.first), canvas.x(run.last)
    days = canvas.said("from_to", begin=canvas.words.day(run.first), end=canvas.words.day(run.last))
    made = svg.group(canvas.root, "run", f"{run.words}, {days}")
    svg.line(made, left, y, right, y, width=2, kind="bracket")
    for x in (left, right):
        svg.line(made, x, y - 6, x, y + 6, width=2)
    wide = svg.width_of(run.words, bold=True)
    ahead = [x for x in canvas.verticals if x > right + 1]
    if right - left > wide + 24:
        x = (left + right) / 2 - wide / 2
    elif min([RIGHT + 6, *ahead]) - right > wide + 12:
        x = right + 9
    else:
        x = max(left - 9 - wide, LEFT)
    svg.rect(made, x - 4, y - 7, wide + 8, 14, fill=svg.PAPER)
    svg.text(made, x, y + 4, run.words, bold=True)
