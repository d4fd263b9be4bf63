"""The evidence base: one YAML file per entry, read when it is first asked for.

The file's name is the entry's id, so a rule book can check its citations without reading a single file, and a host
that never shows evidence never pays for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ..errors import EvidenceError, Problem
from ..reading.computed import computed
from ..reading.document import Document, read_file
from ..reading.forkable import ForkableLock
from ..reading.frozen import frozen
from ..reading.placeholders import UNREAD, PartReader
from ..reading.validation import closest, mended
from .shown import ShownEntry, rendered

if TYPE_CHECKING:
    from .model import EvidenceEntry

_BEARING = re.compile(r"^ +bears_on:", re.MULTILINE)
# Looked for in the text, in whatever form of YAML it is written; whether it is one is seen when the entry is read.
_RETRACTED = re.compile(r"""\bretracted["']?\s*:""")
_ALIASES = re.compile(r"^aliases:\s*\[([^\]]*)\]", re.MULTILINE)


@frozen
class KeptEntries:
    """The entries of a folder where they are known without reading its files, with what is found in the files' text.

    `files` are their paths below the folder by their ids; `hash` is that of the folder (`rulebook.fingerprint`); `shown` is
    an entry as answers show it, without what was not verified.
    """

    hash: str
    aliases: Mapping[str, str]
    bearing: tuple[str, ...]
    retracted: frozenset[str]
    files: Mapping[str, str]
    entry: Callable[[str], EvidenceEntry]
    shown: Callable[[str], ShownEntry]


class Library:
    """The evidence entries of one folder, and those that layers add in folders of their own. Safe to share between threads.

    `kept` holds the entries of the first folder where they are known already.
    """

    def __init__(self, folder: Path, *added: Path, kept: KeptEntries | None = None) -> None:
        self.folder, self.added, self.kept = folder, added, kept
        # What is in the first folder is never replaced.
        self._files = {name: path for found in added for name, path in _entry_files(found)}
        if kept is not None:
            self._files.update((name, folder / relative) for name, relative in kept.files.items())
        else:
            self._files.update(_entry_files(folder))
        self._entries: dict[str, EvidenceEntry] = {}
        self._shown: dict[tuple[str, bool], ShownEntry] = {}
        self._lock = ForkableLock()

    @property
    def ids(self) -> list[str]:
        return sorted(self._files)

    @computed
    def aliases(self) -> dict[str, str]:
        """Other names an entry goes by (a study's acronym), to its id. Read from the files' text, not parsed."""
        found = dict(self.kept.aliases) if self.kept is not None else {}
        for entry_id in self._unknown:
            match = _ALIASES.search(self._text(entry_id))
            for alias in match.group(1).split(",") if match else ():
                if alias.strip():
                    found[alias.strip()] = entry_id
        return found

    @computed
    def bearing(self) -> tuple[str, ...]:
        """The entries with a finding that bears on going on or stopping. Found in the files' text: only these are read."""
        found = set(self.kept.bearing) if self.kept is not None else set()
        return tuple(sorted(found.union(name for name in self._unknown if _BEARING.search(self._text(name)))))

    @property
    def _unknown(self) -> list[str]:
        """The entries that are not known without reading their files."""
        known = self.kept.files if self.kept is not None else {}
        return [entry_id for entry_id in self._files if entry_id not in known]

    @computed
    def retracted(self) -> frozenset[str]:
        """The entries that were retracted. Only files whose text speaks of it are read."""
        named = [name for name in self._unknown if _RETRACTED.search(self._text(name))]
        read = [self.read(name)[0] for name in named]
        known = self.kept.retracted if self.kept is not None else frozenset()
        return known.union(entry.id for entry in read if entry is not None and entry.retracted is not None)

    def successor(self, entry: EvidenceEntry) -> EvidenceEntry | None:
        """The entry that has taken the place of another, where there is one that can be read."""
        mark = entry.superseded_by
        if mark is None or not (mark.entry in self or mark.entry in self.aliases):
            return None
        return self.read(mark.entry)[0]

    def __contains__(self, entry_id: str) -> bool:
        return entry_id in self._files

    def __iter__(self) -> Iterator[EvidenceEntry]:
        return (self.entry(entry_id) for entry_id in self.ids)

    def _text(self, entry_id: str) -> str:
        # What is not UTF-8 is told when the entry is read.
        return self._files[entry_id].read_text(encoding="utf-8", errors="replace")

    def path(self, entry_id: str) -> Path:
        return self._files[entry_id]

    def relative(self, entry_id: str) -> str:
        """The file of an entry below its evidence folder."""
        path = self._files[entry_id]
        above = next(folder for folder in (self.folder, *self.added) if path.is_relative_to(folder))
        return path.relative_to(above).as_posix()

    def replaced(self) -> list[Problem]:
        """Files of layers that are named like an entry of the first folder, which stays as it is."""
        return [
            Problem(
                f"'{path.stem}' is an entry of the evidence below, which a layer cannot replace",
                str(path), hint="give yours a name of its own", code="not-in-a-layer",
            )
            for folder in self.added
            for path in sorted(folder.rglob("*.yaml"))
            if self._files[path.stem] != path
        ]  # fmt: skip

    def entry(self, entry_id: str) -> EvidenceEntry:
        """The entry of an id or alias.

        Raises:
            EvidenceError: there is none, or its file is wrong.
        """
        entry_id = entry_id if entry_id in self._files else self.aliases.get(entry_id, entry_id)
        found = self._entries.get(entry_id)
        if found is None:
            if entry_id not in self._files:
                hint = closest(entry_id, [*self.ids, *self.aliases])
                message = f"there is no evidence entry '{entry_id}'"
                raise EvidenceError([Problem(message, str(self.folder), hint=hint, code="unknown-id")])
            entry = self._read(entry_id)
            with self._lock:
                found = self._entries.setdefault(entry_id, entry)
        return found

    def _read(self, entry_id: str) -> EvidenceEntry:
        if self.kept is not None and entry_id in self.kept.files:
            return self.kept.entry(entry_id)
        entry, problems = read_entry(self._files[entry_id])
        if entry is None:
            raise EvidenceError(problems)
        return entry

    def read(self, entry_id: str) -> tuple[EvidenceEntry | None, list[Problem]]:
        """The entry of an id, or None and what is wrong with its file."""
        try:
            return self.entry(entry_id), []
        except EvidenceError as error:
            return None, list(error.problems)

    def shown(self, entry_id: str, *, include_unverified: bool = False) -> ShownEntry:
        """An entry as a recommendation shows it. Made once.

        Raises:
            EvidenceError: there is none, or its file is wrong.
        """
        key = (entry_id, include_unverified)
        found = self._shown.get(key)
        if found is None:
            found = self._shown.setdefault(key, self._rendered(entry_id, include_unverified))
        return found

    def _rendered(self, entry_id: str, include_unverified: bool) -> ShownEntry:
        # What a layer adds may be what has taken the place of an entry.
        if self.kept is not None and not self.added and not include_unverified:
            kept_id = entry_id if entry_id in self._files else self.aliases.get(entry_id, entry_id)
            if kept_id in self.kept.files:
                return self.kept.shown(kept_id)
        entry = self.entry(entry_id)
        return rendered(entry, include_unverified=include_unverified, successor=self.successor(entry))

    def check(self) -> list[Problem]:
        """Every problem of every file."""
        problems: list[Problem] = []
        for path in self._files.values():
            problems.extend(read_entry(path)[1])
        return problems


def _entry_files(folder: Path) -> Iterator[tuple[str, Path]]:
    return ((path.stem, path) for path in sorted(folder.rglob("*.yaml")) if path.stem != "glossary")


def load_library(folder: Path, *added: Path, kept: KeptEntries | None = None) -> Library:
    """Open an evidence folder, and what layers add to it, without reading entries; `kept` are those of the folder where
    they are known already.

    Raises:
        EvidenceError: it does not exist, holds no evidence entries, or a layer replaces one.
    """
    library = Library(folder, *added, kept=kept)
    if replaced := library.replaced():
        raise EvidenceError(replaced)
    if not library.ids:
        raise EvidenceError([_no_evidence(folder)])
    return library


def _no_evidence(folder: Path) -> Problem:
    found = "is a file, not a folder" if folder.is_file() else "holds no evidence entries (*.yaml)"
    if not folder.exists():
        found = "does not exist"
    return Problem(
        f"the evidence folder {found}", str(folder), expected="a folder with one YAML file per entry",
        code="not-found",
    )  # fmt: skip


def read_entry(path: Path) -> tuple[EvidenceEntry | None, list[Problem]]:
    """Read one evidence file: the entry, or None and what is wrong with it."""
    return entry_of(read_file(path), path)


def entry_of(document: Document, path: Path) -> tuple[EvidenceEntry | None, list[Problem]]:
    """The entry of a document that is, or is to become, the file at `path`; or None and what is wrong with it."""
    from .model import EvidenceEntry

    if document.problems:
        return None, document.problems
    try:
        entry = EvidenceEntry.model_validate(document.data)
    except ValidationError as error:
        found, document = mended(error, document, EvidenceEntry)
        partly = PartReader().read(EvidenceEntry, document.data)
        more = [*_further(partly, document), *_misnamed(partly.id, path, document)]
        told = {(problem.path, problem.message) for problem in found}
        found += [problem for problem in more if (problem.path, problem.message) not in told]
        return None, sorted(found, key=lambda problem: (problem.line or 0, problem.column or 0))
    misnamed = list(_misnamed(entry.id, path, document))
    return (None, misnamed) if misnamed else (entry, [])


def _further(partly: EvidenceEntry, document: Document) -> Iterator[Problem]:
    """What an entry would be told once its other mistakes are mended."""
    written = document.data.get("sources", {}) if isinstance(document.data, Mapping) else None
    for mistake in partly.mistakes() if isinstance(written, Mapping) else ():
        path = tuple(int(part) if part.isdigit() else part for part in mistake.path.split(".") if part)
        yield document.problem(path, mistake.message, code=mistake.code, hint=mistake.hint)


def _misnamed(entry_id: str, path: Path, document: Document) -> Iterator[Problem]:
    if entry_id not in (path.stem, UNREAD):
        hint = "give the file and the entry the same name"
        message = f"the file is named {path.stem} but its id is {entry_id}"
        yield document.problem(("id",), message, code="contradiction", hint=hint)
