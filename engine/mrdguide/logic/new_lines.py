"""What was looked at before a new line of therapy, or before disease ended one, says nothing of what there is after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case.lines import LOCAL, Turn, turns_since
from .entries import entry_need, entry_text
from .operator import DataRequirement

if TYPE_CHECKING:
    from ..case.case import Case

NEWER_THAN_LINE = ", and since the newest line of therapy was begun, or one was ended because of disease"


def since_new_line(case: Case, day: int) -> bool:
    """Whether nothing on record says that a new line of therapy was, or may have been, begun on a day or since, or one ended
    because of disease."""
    return not turns_since(case, day)


def begun_since_texts(case: Case, day: int) -> list[str]:
    """The turns of therapy that were, or may have been, on a day or since, in words."""
    return [_words(turn, day) for turn in turns_since(case, day)]


def _words(turn: Turn, day: int) -> str:
    what = f"ended for '{turn.timed.entry.stop_reason}'" if turn.is_end else "begun"
    was = "was" if turn.certain and turn.earliest >= day else "may have been"
    return f"{entry_text('therapy', turn.timed)}, {was} {what} since"


def open_new_lines(case: Case, day: int) -> list[DataRequirement]:
    """What would show that no new line was begun since; nothing where one certainly was, so that only a new look helps."""
    since = turns_since(case, day)
    if any(turn.certain and turn.earliest >= day for turn in since):
        return []
    if not since:
        return []
    newest = since[-1]
    entry = newest.timed.entry
    if newest.earliest < day:
        field = "end" if newest.is_end else "date" if entry.phase == "transplant" else "start"
        return [entry_need("therapy", newest.timed, field)]
    if entry.phase in LOCAL:
        return []  # whatever its line, it may have answered disease that came back
    return [entry_need("therapy", newest.timed, field) for field in ("phase", "line") if getattr(entry, field) is None][
        :1
    ]
