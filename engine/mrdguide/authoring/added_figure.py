"""A figure put into an evidence entry by somebody who has read the paper: where it stands there, who read it and when.

Only the entry's own file changes, and of that only what is added; the whole is read again before it is given back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..evidence import EvidenceEntry, Library
from .entry_file import plain, seen_whole, yaml_text

_READER = "reader"


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a figure was read, by whom and when.

    url: the address of the paper
    locator: the page, table or figure
    by: the name of the reader
    date: the day, YYYY-MM-DD
    level: primary, registry or secondary: how near to the study's own publication
    note: what else is to be known of it
    """

    url: str
    locator: str
    by: str
    date: str
    level: str = "primary"
    note: str = ""

    def source(self) -> dict[str, str]:
        """As an entry of `sources`."""
        found = {"url": self.url, "level": self.level, "locator": self.locator, "read": self.date, "by": self.by}
        return {**found, "note": self.note} if self.note else found


def entry_to_change(library: Library, entry_id: str) -> EvidenceEntry:
    """The entry, which must be one of the folder itself.

    Raises:
        UsageError: it was retracted.
        EvidenceError: there is none, or its file is wrong.
    """
    entry = library.entry(entry_id)
    if entry.retracted is not None:
        raise UsageError(f"'{entry.id}' was retracted ({entry.retracted.date}): no figure of it is entered any more")
    return entry


def with_figure(
    library: Library, entry: EvidenceEntry, figure: Mapping[str, Any], reading: Reading
) -> tuple[Path, bytes]:
    """The file of an entry and its content with a figure added, as a finding that was verified at a source of its own.

    `figure` are the keys of a finding but `source` and `verified`.

    Raises:
        EvidenceError: the entry could not be read with it: the interval does not hold the estimate, the id is taken, ...
        UsageError: the file is written so that nothing can be put into it.
    """
    path = library.path(entry.id)
    source = _key(entry, reading)
    text = yaml_text(path)
    finding = {**figure, "source": source, "verified": True}
    added = text.with_entry("sources", source, reading.source()).with_item("findings", finding)
    was = plain(path, text)
    sources = {**was.get("sources", {}), source: reading.source()}
    wanted = {**was, "sources": sources, "findings": [*was.get("findings", []), finding]}
    return path, seen_whole(path, added, wanted, "figure")


def _key(entry: EvidenceEntry, reading: Reading) -> str:
    """The key of the source: that of the same reading where it is there, else a free one."""
    for key, known in entry.sources.items():
        if known.model_dump(exclude_defaults=True) == reading.source():
            return key
    free = (f"{_READER}{number}" for number in range(1, len(entry.sources) + 2))
    return next(key for key in free if key not in entry.sources)
