"""`mrdguide record show`: one entry with everything but a kept input, or a line for each."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...record.decision import decision_in
from ..files import OK, say
from .store import add_store, entry_key, opened

if TYPE_CHECKING:
    from ...record import DecisionStore, RecordEntry


def arguments(parser: argparse.ArgumentParser) -> None:
    add_store(parser)
    parser.add_argument("number", nargs="?", metavar="NUMBER", help="the number of an entry, or its hash")


def run(parsed: argparse.Namespace) -> int:
    """Print the entry, or the list."""
    with opened(parsed) as store:
        if parsed.number is None:
            for entry in store.entries():
                say(_line(entry))
            return OK
        for line in _lines(store, store.entry(entry_key(parsed.number))):
            say(line)
    return OK


def _line(entry: RecordEntry) -> str:
    what = entry.outcome if entry.about is None else f"on entry {entry.about}"
    signed = decision_in(entry)
    kind = entry.kind if signed is None else "decision"
    return f"{entry.number:>6}  {entry.recorded}  {kind:<10}  {what}  ({signed or entry.source})"


def _lines(store: DecisionStore, entry: RecordEntry) -> Iterator[str]:
    """What an entry holds, label by label; what it does not hold is left out."""
    shown = entry.to_dict()
    shown["possible_outcomes"] = ", ".join(entry.possible_outcomes)
    if entry.input is not None:
        # A profile belongs on a screen only when somebody asks for it.
        shown["input"] = "kept (mrdguide record export writes it)"
    signed = decision_in(entry)
    if signed is not None:
        shown |= {"kind": "decision", "body": None, **signed.to_dict()}
    for name, value in shown.items():
        if value not in (None, ""):
            yield f"{name.replace('_', ' ') + ':':<21}{_word(value)}"
    for feedback in store.feedback_on(entry.number):
        decided = decision_in(feedback)
        label, text = ("feedback:", "") if decided is None else ("decision:", f": {decided}")
        yield f"{label:<21}entry {feedback.number} of {feedback.recorded}{text}"
        if decided is not None and not feedback.intact:
            yield f"WARNING: entry {feedback.number} was changed after it was recorded; see mrdguide record verify"
    if not entry.intact:
        yield "WARNING: the content was changed after it was recorded; see mrdguide record verify"


def _word(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
