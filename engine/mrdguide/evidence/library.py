"""The evidence base: one YAML file per entry, read when it is first asked for.

The file's name is the entry's id, so a rule book can check its citations without reading a single file, and a host
that never shows evidence never pays for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from ..errors import EvidenceError, Problem
from ..reading.document import read_file
from ..reading.validation import problems_of
from .model import EvidenceEntry
from .shown import ShownEntry, rendered

_ALIASES = re.compile(r"^aliases:\s*\[([^\]]*)\]", re.MULTILINE)


class Library:
    """The evidence entries of one folder. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = {path.stem: path for path in sorted(folder.rglob("*.yaml")) if path.stem != "glossary"}
        self._entries: dict[str, EvidenceEntry] = {}
        self._shown: dict[tuple[str, bool], ShownEntry] = {}
        self._lock = Lock()

    @property
    def ids(self) -> list[str]:
        return sorted(self._files)

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Other names an entry goes by (a study's acronym), to its id. Read from the files' text, not parsed."""
        found: dict[str, str] = {}
        for entry_id, path in self._files.items():
            match = _ALIASES.search(path.read_text(encoding="utf-8"))
            for alias in match.group(1).split(",") if match else ():
                if alias.strip():
                    found[alias.strip()] = entry_id
        return found

    def __contains__(self, entry_id: str) -> bool:
        return entry_id in self._files

    def __iter__(self) -> Iterator[EvidenceEntry]:
        return (self.entry(entry_id) for entry_id in self.ids)

    def path(self, entry_id: str) -> Path:
        return self._files[entry_id]

    def entry(self, entry_id: str) -> EvidenceEntry:
        """The entry of an id or alias.

        Raises:
            EvidenceError: there is none, or its file is wrong.
        """
        entry_id = entry_id if entry_id in self._files else self.aliases.get(entry_id, entry_id)
        found = self._entries.get(entry_id)
        if found is None:
            if entry_id not in self._files:
                raise EvidenceError([Problem(f"there is no evidence entry '{entry_id}'", str(self.folder))])
            entry, problems = read_entry(self._files[entry_id])
            if entry is None:
                raise EvidenceError(problems)
            with self._lock:
                found = self._entries.setdefault(entry_id, entry)
        return found

    def shown(self, entry_id: str, *, include_unverified: bool = False) -> ShownEntry:
        """An entry as a recommendation shows it. Made once.

        Raises:
            EvidenceError: there is none, or its file is wrong.
        """
        key = (entry_id, include_unverified)
        found = self._shown.get(key)
        if found is None:
            shown = rendered(self.entry(entry_id), include_unverified=include_unverified)
            found = self._shown.setdefault(key, shown)
        return found

    def check(self) -> list[Problem]:
        """Every problem of every file."""
        problems: list[Problem] = []
        for path in self._files.values():
            problems.extend(read_entry(path)[1])
        return problems


def load_library(folder: Path) -> Library:
    """Open an evidence folder without reading its entries."""
    return Library(folder)


def read_entry(path: Path) -> tuple[EvidenceEntry | None, list[Problem]]:
    """Read one evidence file: the entry, or None and what is wrong with it."""
    document = read_file(path)
    if document.problems:
        return None, document.problems
    try:
        entry = EvidenceEntry.model_validate(document.data)
    except ValidationError as error:
        return None, problems_of(error, document, EvidenceEntry)
    if entry.id != path.stem:
        return None, [document.problem(("id",), f"the file is named {path.stem} but its id is {entry.id}")]
    return entry, []
