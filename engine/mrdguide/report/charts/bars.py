"""Bars for counts, one under the other: each bar may be in parts, told apart by their fill and by their number, never by colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from ..blocks import Picture
from . import svg

_WIDTH, _LEFT, _RIGHT, _LINE, _BAR = 960.0, 380.0, 820.0, 22.0, 14.0
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
    x = 12.0
    for place, name in enumerate(parts if len(parts) > 1 else ()):
        svg.rect(root, x, 10, 12, 12, fill=fills[place], stroke=svg.INK)
        svg.text(root, x + 18, 20, name)
        x += svg.width_of(name) + 44
    top = 34.0 if len(parts) > 1 else 10.0
    for bar in shown:
        _bar(root, bar, fills, longest, top)
        top += _LINE
    if len(rows) > _MOST:
        svg.text(root, 12, top + 12, f"and {len(rows) - _MOST} more, in the table", fill=svg.QUIET)
        top += _LINE
    return Picture(svg.finish(root, top + 8), alt, caption)


def _bar(root: Element, bar: Bar, fills: Sequence[str], longest: int, top: float) -> None:
    numbers = " + ".join(_number(count) for count in bar.counts)
    made = svg.group(root, "bar", f"{bar.label}: {numbers}")
    svg.text(made, _LEFT - 12, top + 11, svg.shortened(bar.label, _LEFT - 24), anchor="end")
    x = _LEFT
    for count, fill in zip(bar.counts, fills, strict=False):
        width = (_RIGHT - _LEFT) * (count or 0) / longest
        if width:
            svg.rect(made, x, top, width, _BAR, fill=fill, stroke=svg.INK)
        x += width
    svg.text(made, x + 8, top + 11, svg.shortened(numbers, _WIDTH - x - 10))


def _number(count: int | None) -> str:
    return "*" if count is None else f"{count:,}"


def _described(title: str, parts: Sequence[str], rows: Sequence[Bar]) -> str:
    of = f" in parts ({', '.join(parts)})" if len(parts) > 1 else ""
    told = "; ".join(f"{bar.label} {' + '.join(_number(count) for count in bar.counts)}" for bar in rows)
    words = svg.plain(f"{title}: {len(rows)} bars{of}. {told}.")
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 40].rstrip()}… (all of it is in the table)"
