"""What was looked at before a new line of therapy says nothing of what there is after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case.lines import LOCAL, begun_anew, lines_since
from .entries import entry_need, entry_text
from .operator import DataRequirement

if TYPE_CHECKING:
    from ..case.case import Case

NEWER_THAN_LINE = ", and taken after the newest line of therapy was begun"


def since_new_line(case: Case, day: int) -> bool:
    """Whether it is certain that no new line of therapy was begun on a day or since."""
    return case.therapy_is_whole() and not lines_since(case, day)


def begun_since_texts(case: Case, day: int) -> list[str]:
    """The lines of therapy that were, or may have been, begun on a day or since, in words."""
    return [
        f"{entry_text('therapy', timed)}, {'was' if begun_anew(case, timed) and timed.earliest >= day else 'may have been'} begun since"
        for timed in lines_since(case, day)
    ]


def open_new_lines(case: Case, day: int) -> list[DataRequirement]:
    """What would show that no new line was begun since; nothing where one certainly was, so that only a new look helps."""
    since = lines_since(case, day)
    if any(begun_anew(case, timed) and timed.earliest >= day for timed in since):
        return []
    if not since:
        return [] if case.therapy_is_whole() else [DataRequirement("therapy", "therapy history with its lines")]
    newest = since[-1]
    if newest.earliest < day:
        return [entry_need("therapy", newest, "date" if newest.entry.phase == "transplant" else "start")]
    if newest.entry.phase in LOCAL:
        return []  # whatever its line, it may have answered disease that came back
    return [
        entry_need("therapy", newest, field) for field in ("phase", "line") if getattr(newest.entry, field) is None
    ][:1]
