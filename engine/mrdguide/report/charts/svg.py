"""A very small drawing kit for SVG: texts, lines, boxes, marker shapes, a date axis and an axis in decades.

Everything is an element of the standard library's tree, which escapes every text. Units are the drawing's own (one unit
is one pixel at its natural width), x to the right and y downwards. Looks are attributes and never a style sheet, so two
drawings can stand in one page and neither changes the other.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from ...dates import add_months
from ..blocks import EnglishText

Anchor = Literal["start", "middle", "end"]
Shape = Literal["circle", "square", "triangle", "diamond", "hexagon", "wedge"]

SMALL, NORMAL = 11, 12
# Each stands out from the paper by more than 7 to 1, but for the grid and the fills, which carry no text of their own.
INK, QUIET, ACCENT, ALARM = "#16202b", "#47525e", "#0b4a80", "#8a1c17"
GRID, FILL, PAPER = "#cfd6dd", "#d5e0ea", "#ffffff"
FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

# Widths as parts of the font size, rounded up: text that is thought too wide is cut early and never runs over.
_NARROW, _WIDE = frozenset("ijlftI.,:;'|!()[] -/r"), frozenset("mwMWGOQCD@%")


def plain(words: str) -> str:
    """Text without control, format and direction characters, which XML forbids or which reorder what stands beside."""
    spaced = "".join(" " if sign in "\t\n\r\x85\u2028\u2029" else sign for sign in words)
    return "".join(
        sign for sign in spaced if unicodedata.category(sign) not in ("Cc", "Cf", "Cs") and sign not in "\ufffe\uffff"
    ).strip()


def width_of(words: str, size: float = SMALL, *, bold: bool = False) -> float:
    """About how wide a text is drawn."""
    parts = 0.0
    for sign in words:
        if unicodedata.east_asian_width(sign) in "WF":
            parts += 1.05
        elif sign in _NARROW:
            parts += 0.38
        elif sign in _WIDE:
            parts += 0.95
        else:
            parts += 0.72 if sign.isupper() else 0.625
    return parts * size * (1.13 if bold else 1.0)


def shortened(words: str, room: float, size: float = SMALL) -> str:
    """The text, cut with an ellipsis where it would be wider than `room`."""
    words = plain(words)
    if width_of(words, size) <= room:
        return words
    # The ellipsis is one em wide at the most.
    while words and width_of(words, size) + size > room:
        words = words[:-1] if len(words) < 200 else words[:199]
    return words.rstrip() + "…" if words else ""


def wrapped(words: str, room: float, most: int, size: float = SMALL) -> list[str]:
    """The text in lines no wider than `room`, at most so many; the last ends in an ellipsis when some is left out."""
    lines, rest = [""], plain(words).split()
    while rest:
        longer = f"{lines[-1]} {rest[0]}".strip()
        if width_of(longer, size) <= room or not lines[-1]:
            lines[-1] = longer
            rest.pop(0)
        elif len(lines) == most:
            break
        else:
            lines.append("")
    return [shortened(line, room, size) for line in lines[:-1]] + [shortened(" ".join([lines[-1], *rest]), room, size)]


def number(value: float) -> str:
    """A coordinate, rounded to a hundredth so that the same drawing is the same text everywhere."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if round(value, 2) else "0"


def drawing(prefix: str, width: float, title: str, description: str) -> Element:
    """An empty drawing with its accessible name; every id in it starts with `prefix`. `finish` closes it."""
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg", "class": f"{prefix}-chart", "role": "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc", "viewBox": f"0 0 {number(width)} 0",
            "font-family": FONT, "font-size": str(SMALL), "fill": INK,
        },
    )  # fmt: skip
    SubElement(root, "title", {"id": f"{prefix}-title"}).text = plain(title)
    SubElement(root, "desc", {"id": f"{prefix}-desc"}).text = plain(description)
    SubElement(root, "rect", {"class": "paper", "width": "100%", "height": "100%", "fill": PAPER})
    return root


def finish(root: Element, height: float) -> str:
    """The drawing as text, `height` units high."""
    _, _, width, _ = root.get("viewBox", "").split()
    root.set("width", width)
    root.set("height", number(height))
    root.set("viewBox", f"0 0 {width} {number(height)}")
    return tostring(root, encoding="unicode")


def hatching(root: Element, name: str) -> str:
    """Define diagonal hatching under an id; gives what to fill with."""
    holder = SubElement(root, "defs")
    pattern = SubElement(
        holder, "pattern", {"id": name, "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"}
    )  # fmt: skip
    SubElement(pattern, "rect", {"width": "6", "height": "6", "fill": PAPER})
    SubElement(pattern, "path", {"d": "M-1 1L1 -1M0 6L6 0M5 7L7 5", "stroke": INK, "stroke-width": "1.2"})
    return f"url(#{name})"


def group(parent: Element, kind: str = "", title: str = "") -> Element:
    """A group of elements; `title` is the full text behind what was cut or drawn as a shape."""
    made = SubElement(parent, "g", {"class": kind} if kind else {})
    if title:
        SubElement(made, "title", _language(title)).text = plain(title)
    return made


def _language(words: str) -> dict[str, str]:
    """For those who hear it, that a text is in English in a drawing of another language."""
    return {"lang": "en"} if isinstance(words, EnglishText) else {}


def text(
    parent: Element, x: float, y: float, words: str, *, size: float = SMALL, anchor: Anchor = "start",
    fill: str = INK, bold: bool = False, kind: str = "",
) -> Element:  # fmt: skip
    """A line of text with its baseline at `y`."""
    looks = _attributes(kind, x=number(x), y=number(y), font_size=number(size), fill=fill)
    made = SubElement(parent, "text", {**looks, **_language(words)})
    if anchor != "start":
        made.set("text-anchor", anchor)
    if bold:
        made.set("font-weight", "bold")
    made.text = plain(words)
    return made


def line(
    parent: Element, x1: float, y1: float, x2: float, y2: float, *, stroke: str = INK, width: float = 1,
    dash: str = "", kind: str = "",
) -> Element:  # fmt: skip
    made = SubElement(
        parent, "line",
        _attributes(
            kind, x1=number(x1), y1=number(y1), x2=number(x2), y2=number(y2), stroke=stroke, stroke_width=number(width)
        ),
    )  # fmt: skip
    if dash:
        made.set("stroke-dasharray", dash)
    return made


def rect(
    parent: Element, x: float, y: float, width: float, height: float, *, fill: str = "none", stroke: str = "none",
    dash: str = "", kind: str = "",
) -> Element:  # fmt: skip
    made = SubElement(
        parent, "rect",
        _attributes(
            kind, x=number(x), y=number(y), width=number(max(width, 0)), height=number(max(height, 0)), fill=fill,
            stroke=stroke,
        ),
    )  # fmt: skip
    if dash:
        made.set("stroke-dasharray", dash)
    return made


def marker(
    parent: Element, shape: Shape, x: float, y: float, *, filled: bool, colour: str = INK, radius: float = 5,
    kind: str = "",
) -> Element:  # fmt: skip
    """A shape centred on a point, filled with its colour or with paper."""
    looks = {"fill": colour if filled else PAPER, "stroke": colour, "stroke_width": "1.6"}
    kind = f"{kind} shape-{shape}".strip()
    if shape == "circle":
        place = {"cx": number(x), "cy": number(y), "r": number(radius)}
        return SubElement(parent, "circle", _attributes(kind, **place, **looks))
    points = " ".join(f"{number(x + radius * dx)},{number(y + radius * dy)}" for dx, dy in _CORNERS[shape])
    return SubElement(parent, "polygon", _attributes(kind, points=points, **looks))


def cross(parent: Element, x: float, y: float, *, colour: str = INK, radius: float = 3.5) -> None:
    """A diagonal cross over a point."""
    for sign in (1, -1):
        line(parent, x - radius, y - sign * radius, x + radius, y + sign * radius, stroke=colour, width=1.6)


_CORNERS: dict[str, tuple[tuple[float, float], ...]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "triangle": ((0, -1.2), (1.15, 0.85), (-1.15, 0.85)),
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "hexagon": ((-1.15, 0), (-0.6, -1), (0.6, -1), (1.15, 0), (0.6, 1), (-0.6, 1)),
    "wedge": ((0, 1.2), (1.15, -0.85), (-1.15, -0.85)),
}


@dataclass(frozen=True, slots=True)
class DateAxis:
    """Days (proleptic Gregorian ordinals) from left to right."""

    first: int
    last: int
    left: float
    right: float

    def x(self, day: int) -> float:
        """Where a day is; a day off the axis is at its end."""
        inside = min(max(day, self.first), self.last)
        return self.left + (self.right - self.left) * (inside - self.first) / max(self.last - self.first, 1)

    def ticks(self, apart: float = 58) -> Iterator[tuple[int, str]]:
        """First days of months or years with their labels, at least so far apart."""
        per_month = (self.right - self.left) / max(self.last - self.first, 1) * 30.4
        step = next((step for step in (1, 3, 6, 12, 24, 60, 120) if step * per_month >= apart), 240)
        start = date.fromordinal(self.first)
        day = date(start.year - start.year % max(step // 12, 1), 1, 1).toordinal()
        while day <= self.last:
            if day >= self.first:
                yield day, date.fromordinal(day).isoformat()[: 4 if step >= 12 else 7]
            day = add_months(day, step)


@dataclass(frozen=True, slots=True)
class LogAxis:
    """Fractions on a log10 axis from `10**low` at the bottom to `10**high` at the top."""

    low: int
    high: int
    top: float
    bottom: float

    def y(self, fraction: float) -> float:
        """Where a fraction is; it must lie on the axis."""
        part = (math.log10(fraction) - self.low) / (self.high - self.low)
        return self.bottom - (self.bottom - self.top) * part

    def decades(self) -> range:
        """The exponents to label, thinned out where there are many."""
        return range(self.low, self.high + 1, max(1, math.ceil((self.high - self.low) / 8)))


def _attributes(kind: str, **named: str) -> dict[str, str]:
    found = {"class": kind} if kind else {}
    found.update({name.replace("_", "-"): value for name, value in named.items()})
    return found
