"""Shares over time with their intervals: one line drawn whole, one dashed, and below them how many are still followed.

The interval of the whole line is a pale band, that of the dashed one is in the table only: two bands over each other cannot be
told apart. Lines are told apart by their dashes and by their names at the side, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from ..blocks import Picture
from . import svg

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 960.0, 190.0, 720.0, 18.0, 258.0
_LEAST_APART = 44.0
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Point:
    """A share from 0 to 1 after so many months, with its interval where one can be given."""

    month: float
    share: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A line. `points` begin where time begins; in steps each holds until the next, otherwise they are joined."""

    name: str
    points: tuple[Point, ...]


def curves(
    prefix: str, title: str, whole: Curve, dashed: Curve | None, followed: Sequence[tuple[int, int | None]], *,
    steps: bool, caption: str,
) -> Picture | None:  # fmt: skip
    """Draw both lines up to the last month of `followed` (months with how many are still followed; None: not shown).

    None is returned where there is no line: fewer than two points.
    """
    if len(whole.points) < 2 or not followed[-1][0]:
        return None
    last = float(followed[-1][0])
    alt = _described(title, whole, dashed, followed)
    root = svg.drawing(prefix, _WIDTH, title, alt)
    _axes(root, last, [month for month, _ in followed])
    _band(root, whole, last, steps=steps)
    _line(root, whole, last, steps=steps, dash="")
    _name(root, whole, 0)
    if dashed is not None:
        _line(root, dashed, last, steps=steps, dash="6 4")
        _name(root, dashed, 1)
    return Picture(svg.finish(root, _followed(root, followed, last)), alt, caption)


def _x(month: float, last: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * min(month / last, 1)


def _y(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * share


def _axes(root: Element, last: float, months: Sequence[int]) -> None:
    for percent in range(0, 101, 25):
        y = _y(percent / 100)
        svg.line(root, _LEFT, y, _RIGHT, y, stroke=svg.GRID, kind="grid")
        svg.text(root, _LEFT - 8, y + 4, f"{percent}%", anchor="end", kind="tick")
    svg.line(root, _LEFT, _BOTTOM, _RIGHT, _BOTTOM, width=1.4, kind="axis")
    for month in _apart(months, last):
        svg.line(root, _x(month, last), _BOTTOM, _x(month, last), _BOTTOM + 4)
        svg.text(root, _x(month, last), _BOTTOM + 17, str(month), anchor="middle", kind="tick")
    svg.text(root, _LEFT - 20, _BOTTOM + 17, "months after stopping", anchor="end", bold=True)


def _apart(months: Sequence[int], last: float) -> Sequence[int]:
    """The months that have room for a label: all of them, or every second, third, ..."""
    every = next(every for every in range(1, len(months) + 1) if _x(months[every] - months[0], last) - _LEFT >= _LEAST_APART or every == len(months) - 1)  # fmt: skip
    return months[::every]


def _band(root: Element, curve: Curve, last: float, *, steps: bool) -> None:
    bounded = [point for point in curve.points if point.low is not None and point.high is not None]
    upper = _path([(point.month, point.high or 0.0) for point in bounded], last, steps=steps)
    lower = _path([(point.month, point.low or 0.0) for point in bounded], last, steps=steps)
    if len(bounded) > 1:
        corners = " L".join(f"{svg.number(x)} {svg.number(y)}" for x, y in [*upper, *reversed(lower)])
        SubElement(root, "path", {"class": "interval", "d": f"M{corners}Z", "fill": svg.FILL})


def _line(root: Element, curve: Curve, last: float, *, steps: bool, dash: str) -> None:
    places = _path([(point.month, point.share) for point in curve.points], last, steps=steps)
    drawn = " L".join(f"{svg.number(x)} {svg.number(y)}" for x, y in places)
    looks = {"class": "curve", "d": f"M{drawn}", "fill": "none", "stroke": svg.ACCENT, "stroke-width": "2"}
    SubElement(root, "path", {**looks, "stroke-dasharray": dash} if dash else looks)
    if not steps:
        for x, y in places:
            svg.marker(root, "circle", x, y, filled=not dash, colour=svg.ACCENT, radius=3)


def _path(points: Sequence[tuple[float, float]], last: float, *, steps: bool) -> list[tuple[float, float]]:
    places: list[tuple[float, float]] = []
    for month, share in _visible(points, last):
        if steps and places:
            places.append((_x(month, last), places[-1][1]))
        places.append((_x(month, last), _y(share)))
    return places


def _visible(points: Sequence[tuple[float, float]], last: float) -> list[tuple[float, float]]:
    """The points without those that another one follows within the width of the line."""
    by_place = {round(_x(month, last)): (month, share) for month, share in points[1:]}
    return [points[0], *by_place.values()] if points else []


def _name(root: Element, curve: Curve, place: int) -> None:
    y = _TOP + 12 + place * 40
    svg.line(root, _RIGHT + 20, y - 4, _RIGHT + 48, y - 4, stroke=svg.ACCENT, width=2, dash="6 4" if place else "")
    room = _WIDTH - _RIGHT - 66
    for number, words in enumerate(svg.wrapped(curve.name, room, 2)):
        svg.text(root, _RIGHT + 56, y + number * 14, words)


def _followed(root: Element, followed: Sequence[tuple[int, int | None]], last: float) -> float:
    """The numbers below the axis; gives the height of the drawing."""
    counts = dict(followed)
    y = _BOTTOM + 40
    svg.text(root, _LEFT - 20, y, "still followed", anchor="end", bold=True)
    for month in _apart([month for month, _ in followed], last):
        count = counts[month]
        svg.text(root, _x(month, last), y, "*" if count is None else f"{count:,}", anchor="middle", kind="followed")
    return y + 14


def _described(title: str, whole: Curve, dashed: Curve | None, followed: Sequence[tuple[int, int | None]]) -> str:
    told = [f"{curve.name}: {100 * curve.points[-1].share:.1f}% at {curve.points[-1].month:.0f} months"
            for curve in (whole, dashed) if curve is not None]  # fmt: skip
    counts = ", ".join(f"{'*' if count is None else count} at {month}" for month, count in followed)
    words = svg.plain(f"{title}, from the day of stopping. {'; '.join(told)}. Still followed (months): {counts}.")
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 40].rstrip()}… (all of it is in the table)"
