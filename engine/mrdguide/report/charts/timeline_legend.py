"""The timeline's legend: only the signs that are in the drawing, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

from . import svg
from .timeline_lanes import RIGHT, Canvas, draw_image
from .timeline_mrd import SHAPES, draw_test, thread
from .timeline_tests import Kind
from .timeline_therapy import arrow, possible

Draw = Callable[[Element, float, float], object]

_ROW = 22.0
_SIGN = 26.0
_TESTS: tuple[tuple[Kind, str], ...] = (
    ("detected", "detected"),
    ("not-detected", "not_detected"),
    ("no-level", "no_level"),
    ("unclear", "unclear"),
    ("not-evaluable", "unclear"),
)


def legend(canvas: Canvas, top: float) -> float:
    """Draw the legend in as many rows as it needs; gives its lower end."""
    x, y = 12.0, top + 10
    made = svg.group(canvas.root, "legend")
    svg.line(made, 8, top, RIGHT, top, stroke=svg.GRID)
    for draw, words in _items(canvas):
        wide = _SIGN + svg.width_of(words) + 14
        if x + wide > RIGHT + 8 and x > 12:
            x, y = 12.0, y + _ROW
        draw(made, x + 10, y + 4)
        svg.text(made, x + _SIGN, y + 8, words)
        x += wide
    return y + _ROW


def _items(canvas: Canvas) -> Iterator[tuple[Draw, str]]:
    drawn = canvas.drawn
    for method, shape in SHAPES.items():
        if f"method {method}" in drawn:
            yield _shape(shape), method or canvas.said("not_recorded.method")
    said: set[str] = set()
    for kind, name in _TESTS:
        if f"mrd {kind}" in drawn and name not in said:
            said.add(name)
            yield _test(kind), canvas.said(f"legend.{name}")
    if "cut" in drawn:
        yield _dashes(svg.ACCENT, "7 3"), canvas.said("legend.threshold")
    for verdict in ("negative", "positive", "unclear"):
        if f"imaging {verdict}" in drawn:
            yield _image(verdict), canvas.said(f"legend.imaging_{verdict}")
    if "moved aside" in drawn:
        yield _moved, canvas.said("legend.moved")
    if "possible days" in drawn:
        yield _possible_days, canvas.said("legend.possible_days")
    if "therapy going-on" in drawn:
        yield (lambda parent, x, y: arrow(parent, x - 4, y)), canvas.said("legend.ongoing")
    if "therapy possible" in drawn:
        yield _stretch(recorded=True), canvas.said("legend.in_this_stretch")
    if "therapy open" in drawn:
        yield _stretch(recorded=False), canvas.said("legend.not_recorded")


def _shape(shape: svg.Shape) -> Draw:
    return lambda parent, x, y: svg.marker(parent, shape, x, y, filled=False)


def _test(kind: Kind) -> Draw:
    # The kinds are shown without a method's shape being meant, so all take the first.
    return lambda parent, x, y: draw_test(parent, kind, "NGS", x, y - (4 if kind == "not-detected" else 0))


def _image(verdict: str) -> Draw:
    return lambda parent, x, y: draw_image(parent, verdict, x, y)


def _dashes(colour: str, dash: str) -> Draw:
    return lambda parent, x, y: svg.line(parent, x - 10, y, x + 11, y, stroke=colour, width=1.4, dash=dash)


def _stretch(*, recorded: bool) -> Draw:
    return lambda parent, x, y: possible(parent, x - 10, x + 10, y - 6, recorded=recorded)


def _moved(parent: Element, x: float, y: float) -> None:
    svg.marker(parent, "circle", x - 5, y, filled=False)
    thread(parent, x + 8, x, y)


def _possible_days(parent: Element, x: float, y: float) -> None:
    svg.line(parent, x - 9, y, x + 9, y, stroke=svg.QUIET, width=2)
    for end in (x - 9, x + 9):
        svg.line(parent, end, y - 4, end, y + 4, stroke=svg.QUIET, width=1.4)
