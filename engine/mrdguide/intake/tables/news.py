"""Bad news in cells that no rule reads (`news.yaml`): a plasmacytoma among the comorbidities, an MDS as a side effect."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ...patient.events import EventKind
from ...patient.said import Topic, says
from ...reading.data_file import read_as
from ...reading.document import Span
from ...reading.validation import StrictModel
from .cells import Row, Sheet

_EXPECTED = "what no event of the patient would say"


class NewsInCells(StrictModel):
    """What `news.yaml` says; each key is explained there."""

    cells: dict[str, dict[str, tuple[Topic, ...]]]
    alone: tuple[str, ...]
    told_by: dict[Topic, tuple[EventKind, ...]]


def report_news(sheet: Sheet, profiles: Mapping[str, Mapping[str, Any]]) -> None:
    """Note every such cell of a table that says what no event of its patient says. `profiles` is what the tables say of each."""
    for header, topics in _form().cells.get(sheet.table.file, {}).items():
        for row in sheet.rows:
            if header not in row.cells:
                continue
            text, span = row.cells[header]
            if any(_says(text, topic) and not _told(topic, _events(row, sheet, profiles)) for topic in topics):
                _report(sheet, header, span)


def _says(text: str, topic: Topic) -> bool:
    """Whether a text names a topic, or may do so."""
    if topic == "plasma-cell-disease" and any(part.strip().casefold() in _alone() for part in text.split(";")):
        return True
    return says(text, topic) is not False


def _told(topic: Topic, kinds: set[Any]) -> bool:
    return not kinds.isdisjoint(_form().told_by[topic])


def _events(row: Row, sheet: Sheet, profiles: Mapping[str, Mapping[str, Any]]) -> set[Any]:
    """The kinds of the events of the patient whom a row is about."""
    name, _ = row.cells.get(sheet.table.key, ("", row.start))
    return {event.get("kind") for event in profiles.get(name, {}).get("events", ())}


def _report(sheet: Sheet, header: str, span: Span) -> None:
    message = f"no rule reads '{header}', and this may be news of the disease that counts only as an event"
    hint = "give it a row of its own in events.csv, with its kind and date; then it may stand here too"
    sheet.report(span, header, message, code="bad-value", expected=_EXPECTED, hint=hint)


@cache
def _alone() -> frozenset[str]:
    return frozenset(word.casefold() for word in _form().alone)


@cache
def _form() -> NewsInCells:
    return read_as(Path(__file__).with_name("news.yaml"), NewsInCells)
