"""Reading a drawing back: its elements, its texts and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from xml.etree.ElementTree import Element, fromstring

from mrdguide.report.blocks import Picture
from mrdguide.report.charts.svg import width_of

_SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float, str]


def parsed(picture: Picture) -> Element:
    """The drawing's tree; fails when it is no well-formed XML."""
    return fromstring(picture.svg)


def of_class(root: Element, *names: str) -> list[Element]:
    """The elements that have all these classes, in order."""
    return [item for item in root.iter() if set(names) <= set(item.get("class", "").split())]


def titles(root: Element, *names: str) -> list[str]:
    """The titles of the elements of a class."""
    return [item.findtext(f"{_SVG}title", "") for item in of_class(root, *names)]


def texts(root: Element) -> list[Element]:
    return list(root.iter(f"{_SVG}text"))


def words(root: Element, *names: str) -> list[str]:
    """The texts of a class."""
    return [item.text or "" for item in of_class(root, *names) if item.tag == f"{_SVG}text"]


def middle(marker: Element) -> tuple[float, float]:
    """The centre of a circle or a polygon."""
    if marker.tag == f"{_SVG}circle":
        return float(marker.get("cx", "")), float(marker.get("cy", ""))
    points = [tuple(map(float, pair.split(","))) for pair in marker.get("points", "").split()]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def marker_of(group: Element) -> Element:
    """The marker in a group."""
    return next(item for item in group.iter() if "shape-" in item.get("class", ""))


def boxes(root: Element) -> Iterator[Box]:
    """What every text covers: left, top, right, bottom, text."""
    for item in texts(root):
        size, x, y = (float(item.get(name, "")) for name in ("font-size", "x", "y"))
        wide = width_of(item.text or "", size, bold=item.get("font-weight") == "bold")
        left = x - wide * {"middle": 0.5, "end": 1.0}.get(item.get("text-anchor", "start"), 0.0)
        yield left, y - 0.75 * size, left + wide, y, item.text or ""


def overlaps(root: Element) -> list[tuple[str, str]]:
    """Texts that cover each other."""
    return [
        (one[4], other[4])
        for one, other in combinations(boxes(root), 2)
        if one[0] < other[2] - 0.5 and other[0] < one[2] - 0.5 and one[1] < other[3] - 0.5 and other[1] < one[3] - 0.5
    ]


def outside(root: Element) -> list[str]:
    """Texts that run over the edge of the drawing."""
    _, _, width, height = map(float, root.get("viewBox", "").split())
    return [text for left, top, right, low, text in boxes(root) if left < 0 or top < 0 or right > width or low > height]
