"""Whether the evidence is kept up: entries past their review date, and what has taken the place of what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..dates import iso
from ..errors import Problem
from ..reading.document import read_file
from ..reading.validation import closest
from .library import Library
from .model import EvidenceEntry


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """An entry whose review is past its day, or that has no day for one.

    id: the entry's id
    name: the name it goes by
    review_by: the day by which somebody was to look again, null where none is set
    last_read: the day on which the latest of its sources was read, null where it has none
    file: its file, below its evidence folder
    """

    id: str
    name: str
    review_by: str | None
    last_read: str | None
    file: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "id": self.id, "name": self.name, "review_by": self.review_by, "last_read": self.last_read, "file": self.file,
        }  # fmt: skip

    def __str__(self) -> str:
        due = f"review was due by {self.review_by}" if self.review_by else "no review date is set"
        return f"{self.id}: {due}, {f'last read {self.last_read}' if self.last_read else 'never read'} ({self.file})"


def reviews_due(library: Library, as_of: int) -> list[ReviewDue]:
    """Entries whose `review_by` lies before a day (a proleptic Gregorian ordinal), the oldest first; then those without.

    Raises:
        EvidenceError: an entry cannot be read.
    """
    found = [
        ReviewDue(entry.id, entry.called, _text(entry), entry.last_read, library.relative(entry.id))
        for entry in library
        if entry.review_by is None or entry.review_by.latest < as_of
    ]
    return sorted(found, key=lambda item: (item.review_by or iso(as_of), item.id))


def _text(entry: EvidenceEntry) -> str | None:
    return None if entry.review_by is None else str(entry.review_by)


def successions(library: Library) -> Iterator[Problem]:
    """Entries superseded by one that does not exist, or that in the end supersedes itself. What cannot be read is passed over."""
    for entry_id in library.ids:
        entry, _ = library.read(entry_id)
        if entry is None or entry.superseded_by is None:
            continue
        named = entry.superseded_by.entry
        if named not in library and named not in library.aliases:
            hint = closest(named, [*library.ids, *library.aliases]) or "add the entry, or take this out"
            yield _problem(library, entry_id, f"there is no entry '{named}'", "unknown-id", hint)
        elif (circle := _circle(library, entry)) is not None:
            text = f"each supersedes the next, and the last the first: {' -> '.join(circle)}"
            yield _problem(library, entry_id, text, "circle", "the newest of them is superseded by none")


def _circle(library: Library, first: EvidenceEntry) -> list[str] | None:
    """The way from an entry over its successors back to itself; told once, at the entry of it that is named first."""
    way = [first.id]
    entry = library.successor(first)
    while entry is not None and entry.id not in way:
        way.append(entry.id)
        entry = library.successor(entry)
    return [*way, first.id] if entry is not None and entry.id == first.id == min(way) else None


def _problem(library: Library, entry_id: str, message: str, code: str, hint: str) -> Problem:
    return read_file(library.path(entry_id)).problem(("superseded_by", "entry"), message, code=code, hint=hint)
