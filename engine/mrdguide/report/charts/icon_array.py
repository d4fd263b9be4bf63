"""A hundred signs for every group, so many of them full: a published share as people can count it.

One array a group, side by side and all alike, never a difference. A full sign is dark and an empty one a ring, so that they
differ on a grey print as well. Only shares of a group at a stated time on a stated clock are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...evidence.model import StudyFinding
from ..blocks import Picture
from . import svg

_SIDE, _STEP, _GAP, _EDGE = 10, 15.0, 26.0, 8.0
_RADIUS = 5.2
_LABEL, _LABEL_LINES, _LABEL_STEP = 17, 3, 19.0
_WHOLE = 100
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Share:
    """One group: its name, and its share in percent as published."""

    group: str
    percent: float

    @property
    def full(self) -> int:
        """How many of the hundred signs are full: the nearest whole number, halves upwards."""
        return int(self.percent + 0.5)


def has_a_clock(finding: StudyFinding) -> bool:
    """Whether a time is given, and the day from which it was counted is stated at the source."""
    return finding.time is not None and bool(finding.clock) and not finding.clock.startswith("not stated")


def shares(finding: StudyFinding) -> tuple[Share, ...]:
    """The groups of a verified finding as shares on a clock; empty where they are none."""
    if not finding.verified or not has_a_clock(finding):
        return ()
    found = [
        Share(arm.group, arm.value)
        for arm in finding.arms
        if arm.unit == "%" and arm.value is not None and arm.reached and 0 <= arm.value <= _WHOLE
    ]
    return tuple(found) if len(found) == len(finding.arms) else ()


def icon_array(
    groups: Sequence[Share],
    title: str,
    twin: str,
    prefix: str = "icons",
    percent: Callable[[float], str] = "{:g} %".format,
) -> Picture:
    """The arrays of one finding. `title` is its caption, `twin` says in words what is drawn, `percent` writes a share."""
    wide = _SIDE * _STEP + _GAP
    # As wide for one group as for two, so that signs are of one size wherever drawings are made to fit.
    root = svg.drawing(prefix, 2 * _EDGE + max(len(groups), _FEWEST) * wide - _GAP, title, twin)
    for number, group in enumerate(groups):
        left, top = _EDGE + number * wide, _LABEL_LINES * _LABEL_STEP + _STEP
        made = svg.group(root, "share", f"{group.group}: {percent(group.percent)}")
        lines = svg.wrapped(group.group, wide - 4, _LABEL_LINES, _LABEL)
        for place, words in enumerate(reversed(lines)):  # the last stands next to the signs
            svg.text(made, left, top - _STEP - place * _LABEL_STEP, words, size=_LABEL, kind="group")
        for place in range(_WHOLE):
            row, column = divmod(place, _SIDE)
            x, y = left + (column + 0.5) * _STEP, top + row * _STEP
            svg.marker(made, "circle", x, y, filled=place < group.full, radius=_RADIUS, kind="person")
    return Picture(svg.finish(root, _LABEL_LINES * _LABEL_STEP + (_SIDE + 1) * _STEP), twin, title, small=True)
