"""Bars for counts, one under the other: each bar may be in parts, told apart by their fill and by their number, never by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ..blocks import Picture
from . import svg

# As wide as a telephone shows with letters that can be read: the label stands above its bar.
_WIDTH, _EDGE, _LINE, _BAR, _LEGEND = 460.0, 4.0, 38.0, 14.0, 20.0
_MOST = 20
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with a count for each part; None is a count that is not shown."""

    label: str
    counts: tuple[int | None, ...]


def bars(prefix: str, title: str, parts: Sequence[str], rows: Sequence[Bar], caption: str) -> Picture | None:
    """Draw the bars (the first 20); None when there is nothing to draw. `parts` names the parts, at most four."""
    shown = rows[:_MOST]
    longest = max((sum(count or 0 for count in bar.counts) for bar in shown), default=0)
    if not longest:
        return None
    alt = _described(title, parts, shown)
    root = svg.drawing(prefix, _WIDTH, title, alt)
    fills = [svg.ACCENT, svg.hatching(root, f"{prefix}-hatched"), svg.FILL, svg.PAPER]
    top = _legend(root, parts if len(parts) > 1 else (), fills)
    for bar in shown:
        _bar(root, bar, fills, longest, top)
        top += _LINE
    if len(rows) > _MOST:
        svg.text(root, _EDGE, top + 12, f"and {len(rows) - _MOST} more, in the table", size=svg.NORMAL, fill=svg.QUIET)
        top += _LEGEND
    return Picture(svg.finish(root, top + 4), alt, caption, narrow=True)


def _legend(root: Element, parts: Sequence[str], fills: Sequence[str]) -> float:
    """What each fill is, in as many lines as it takes; returns where the bars begin."""
    x, top = _EDGE, 6.0
    for name, fill in zip(parts, fills, strict=False):
        words = svg.shortened(name, _WIDTH - 2 * _EDGE - 18, svg.NORMAL)
        wide = 18 + svg.width_of(words, svg.NORMAL)
        if x > _EDGE and x + wide > _WIDTH:
            x, top = _EDGE, top + _LEGEND
        svg.rect(root, x, top, 12, 12, fill=fill, stroke=svg.INK)
        svg.text(root, x + 18, top + 10, words, size=svg.NORMAL)
        x += wide + 20
    return top + _LEGEND + 4 if parts else top


def _bar(root: Element, bar: Bar, fills: Sequence[str], longest: int, top: float) -> None:
    numbers = " + ".join(_number(count) for count in bar.counts)
    made = svg.group(root, "bar", f"{bar.label}: {numbers}")
    room = _WIDTH - 2 * _EDGE - svg.width_of(numbers, svg.NORMAL) - 14
    svg.text(made, _EDGE, top + 11, svg.shortened(bar.label, room, svg.NORMAL), size=svg.NORMAL)
    svg.text(made, _WIDTH - _EDGE, top + 11, numbers, size=svg.NORMAL, anchor="end")
    x = _EDGE
    for count, fill in zip(bar.counts, fills, strict=False):
        width = (_WIDTH - 2 * _EDGE) * (count or 0) / longest
        if width:
            svg.rect(made, x, top + 16, width, _BAR, fill=fill, stroke=svg.INK)
        x += width


def _number(count: int | None) -> str:
    return "*" if count is None else f"{count:,}"


def _described(title: str, parts: Sequence[str], rows: Sequence[Bar]) -> str:
    of = f" in parts ({', '.join(parts)})" if len(parts) > 1 else ""
    told = "; ".join(f"{bar.label} {' + '.join(_number(count) for count in bar.counts)}" for bar in rows)
    words = svg.plain(f"{title}: {len(rows)} bars{of}. {told}.")
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 40].rstrip()}… (all of it is in the table)"
