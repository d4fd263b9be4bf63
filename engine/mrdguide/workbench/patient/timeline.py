"""The timeline of the patient view: every dated entry as a mark that is moved and removed by mouse and by keyboard.

It draws what is entered and judges nothing; the timeline of the report shows how tests are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ...dates import CalendarDate, parse_date
from ...recommend.evaluation import day_of
from ...report.charts import svg
from ...report.charts.svg import DateAxis
from ...report.charts.timeline_lanes import draw_image
from ..state import State
from .form_plan import ListPlan, plan

if TYPE_CHECKING:
    from markupsafe import Markup

_WIDTH, _LEFT, _RIGHT = 640.0, 92.0, 628.0
_ROW, _APART = 20.0, 15.0
_LEAST_DAYS = 730
# What an entry shows of itself, in the order in which it is said.
_SAID = (
    "phase",
    "regimen",
    "kind",
    "term",
    "category",
    "method",
    "modality",
    "result",
    "conclusion",
    "status",
    "serum_immunofixation",
)
_LOOKS = {"not-detected": "negative", "detected": "positive", "negative": "negative", "positive": "positive"}


@dataclass(frozen=True, slots=True)
class _Mark:
    """An entry on the axis: the days that it can mean, or its first and last; `ends` are the fields that moving it moves."""

    path: str
    ends: str
    first: int
    last: int
    words: str
    look: str
    bar: bool = False
    open_end: bool = False


def timeline(state: State) -> Markup | None:
    """The drawing; None where nothing is dated."""
    from markupsafe import Markup

    as_of = day_of(state.as_of)
    lanes = [(item, list(_marks(item, state.profile, as_of))) for item in plan().lists.values()]
    days = [day for _, marks in lanes for mark in marks for day in (mark.first, mark.last)]
    if not days:
        return None
    first, last = min([*days, as_of - _LEAST_DAYS]), max([*days, as_of])
    room = (last - first) // 40 + 10
    axis = DateAxis(first - room, last + room, _LEFT, _RIGHT)
    root = Element("svg", {
        "class": "lanes", "role": "group", "aria-label": "Timeline of what is entered", "data-first": str(axis.first),
        "data-last": str(axis.last), "data-left": svg.number(_LEFT), "data-right": svg.number(_RIGHT),
        "font-family": svg.FONT, "font-size": str(svg.SMALL), "fill": svg.INK,
    })  # fmt: skip
    bottom = 4.0
    for item, marks in lanes:
        if marks:
            bottom = _lane(root, axis, item, marks, bottom)
    _axis(root, axis, as_of, bottom)
    root.set("viewBox", f"0 0 {svg.number(_WIDTH)} {svg.number(bottom + 22)}")
    return Markup(tostring(root, encoding="unicode"))


def _marks(item: ListPlan, profile: Mapping[str, Any], as_of: int) -> Iterator[_Mark]:
    for index, entry in enumerate(profile.get(item.path) or ()):
        path = f"{item.path}[{index}]"
        date, start, end = (_date(entry.get(name)) for name in ("date", "start", "end"))
        said = ", ".join(plan().word(str(entry[name])) for name in _SAID if entry.get(name)) or "nothing entered yet"
        if start is not None:
            lasts = end.latest if end is not None else max(as_of, start.latest)
            words = f"{item.one} {entry['start']} to {_until(entry)}: {said}"
            ends = "start,end" if end is not None else "start"
            yield _Mark(path, ends, start.earliest, lasts, words, "", True, end is None)
        elif date is not None:
            words = f"{item.one} {entry['date']}: {said}"
            look = next(
                (_LOOKS[value] for name in ("result", "conclusion") if (value := entry.get(name)) in _LOOKS), ""
            )
            yield _Mark(path, "date", date.earliest, date.latest, words, look or item.path)


def _until(entry: Mapping[str, Any]) -> str:
    return (
        str(entry["end"])
        if entry.get("end")
        else plan().ongoing
        if "end" in entry
        else f"an end that is {plan().unknown}"
    )


def _date(value: object) -> CalendarDate | None:
    try:
        return parse_date(value)
    except ValueError:
        return None


def _lane(root: Element, axis: DateAxis, item: ListPlan, marks: list[_Mark], top: float) -> float:
    """The marks of one list, those that would touch in rows below each other; gives the lane's lower end."""
    lane = svg.group(root, "lane")
    lane.set("data-list", item.path)
    rows: list[float] = []
    placed: list[tuple[_Mark, int]] = []
    for mark in sorted(marks, key=lambda mark: (mark.first, mark.path)):
        left, right = axis.x(mark.first), axis.x(mark.last)
        row = next((number for number, taken in enumerate(rows) if taken <= left), len(rows))
        rows[row : row + 1] = [max(right, left + _APART) + (2 if mark.bar else 0)]
        placed.append((mark, row))
    height = _ROW * len(rows) + 4
    svg.rect(lane, _LEFT, top, _RIGHT - _LEFT, height, fill=svg.PAPER, kind="ground")
    svg.line(lane, 4, top, _RIGHT, top, stroke=svg.GRID)
    svg.text(lane, 6, top + 15, item.lane, bold=True)
    for mark, row in placed:
        _draw(lane, axis, mark, top + 2 + _ROW * row + _ROW / 2)
    return top + height


def _draw(lane: Element, axis: DateAxis, mark: _Mark, y: float) -> None:
    left, right = axis.x(mark.first), axis.x(mark.last)
    made = SubElement(lane, "g", {
        "class": "mark", "id": f"mark-{mark.path.replace('[', '-').replace(']', '')}", "tabindex": "0", "role": "button",
        "aria-label": svg.plain(f"{mark.words}. Arrows move it by a month, with Shift by a day; Delete removes it; Enter opens it."),
        "data-entry": mark.path, "data-ends": mark.ends, "data-words": svg.plain(mark.words),
    })  # fmt: skip
    SubElement(made, "title").text = svg.plain(mark.words)
    if mark.bar:
        svg.rect(
            made,
            left,
            y - 7,
            max(right - left, 4),
            14,
            fill=svg.FILL,
            stroke=svg.INK,
            dash="4 3" if mark.open_end else "",
        )
        said = mark.words.partition(": ")[2]
        # Beside the mark and not in it: what is heard of the mark is its label.
        svg.text(lane, left + 4, y + 4, svg.shortened(said, right - left - 6), kind="said")
        return
    svg.rect(made, (left + right) / 2 - 9, y - 9, 18, 18, fill=svg.PAPER, kind="grip")
    if left != right:
        svg.line(made, left, y, right, y, stroke=svg.QUIET, width=2)
    middle = (left + right) / 2
    if mark.look in ("negative", "positive", "mrd", "imaging"):
        draw_image(made, mark.look if mark.look in ("negative", "positive") else "unclear", middle, y)
    else:
        svg.marker(made, "diamond", middle, y, filled=mark.look in ("events", "toxicities"), radius=4.5)


def _axis(root: Element, axis: DateAxis, as_of: int, bottom: float) -> None:
    svg.line(root, _LEFT, bottom, _RIGHT, bottom, width=1.4)
    for day, words in axis.ticks():
        x = axis.x(day)
        svg.line(root, x, bottom, x, bottom + 4)
        svg.text(root, x, bottom + 16, words, anchor="middle")
    svg.line(root, axis.x(as_of), 2, axis.x(as_of), bottom, width=2, stroke=svg.ACCENT, kind="as-of")
