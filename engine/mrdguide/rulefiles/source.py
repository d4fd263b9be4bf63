"""The files of a rule book: read, validated one by one, and joined; every entry remembers where it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import Problem
from ..reading.document import Document, DocumentPath, read_file
from ..reading.validation import problems_of
from .model import RuleFile
from .parameters import Parameter, substituted, unknown_names

# Sections whose entries have a verdict; their ids share one space, so that a reference means one thing.
JUDGED = ("criteria", "conclusions", "blocks", "cautions", "remarks")
LISTS = ("parameters", *JUDGED, "plans", "schemes", "alternatives", "protocols", "invariants", "background")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: its document and its path in it."""

    document: Document
    path: DocumentPath

    @property
    def line(self) -> int:
        span = self.document.spans.get(self.path)
        return span.line if span is not None else 1

    def problem(self, message: str, *more: str | int, expected: str = "", hint: str = "") -> Problem:
        return self.document.problem((*self.path, *more), message, expected=expected, hint=hint)


@dataclass(slots=True)
class RuleSource:
    """All files of one rule book, joined. `entries` holds, per section, what is in force and where it stands."""

    folders: tuple[Path, ...]
    entries: dict[str, dict[str, tuple[Any, Place]]] = field(default_factory=lambda: {name: {} for name in LISTS})
    implications: list[tuple[Any, Place]] = field(default_factory=list)
    single: dict[str, tuple[Any, Place]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    hash: str = ""

    def rules(self) -> Iterator[tuple[str, str, Any, Place]]:
        """Everything that has a verdict: (section, id, entry, place)."""
        for section in JUDGED:
            for entry_id, (entry, place) in self.entries[section].items():
                yield section, entry_id, entry, place


def read_source(folders: Sequence[Path]) -> RuleSource:
    """Read the folders in order; an entry of a later folder replaces the one with the same id in an earlier one."""
    source = RuleSource(tuple(folders))
    digest = hashlib.sha256()
    parameters: dict[str, Parameter] = {}
    for folder in folders:
        files = sorted(folder.rglob("*.yaml")) if folder.is_dir() else []
        if not files:
            source.problems.append(
                Problem(_why_no_files(folder), str(folder), expected="a folder with rule files (*.yaml)")
            )
        documents = []
        for path in files:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
            documents.append(read_file(path))
        # Parameters first, wherever they stand: the other entries of this folder and of later ones use them by name.
        for document in documents:
            parameters.update(_parameters(document))
        seen: dict[str, Place] = {}
        for document in documents:
            source.problems.extend(unknown_names(document, parameters))
            document.data = substituted(document.data, parameters)
            _read_into(source, document, seen)
    source.hash = digest.hexdigest()
    return source


def _parameters(document: Document) -> dict[str, Parameter]:
    """The parameters of a file that can be read; what is wrong with the others is said when the file is validated."""
    found = {}
    entries = document.data.get("parameters") if isinstance(document.data, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        try:
            parameter = Parameter.model_validate(entry)
        except ValidationError:
            continue
        found[parameter.id] = parameter
    return found


def _read_into(source: RuleSource, document: Document, seen: dict[str, Place]) -> None:
    source.problems.extend(document.problems)
    if document.data is None:
        return
    try:
        content = RuleFile.model_validate(document.data)
    except ValidationError as error:
        source.problems.extend(problems_of(error, document, RuleFile))
        return
    for section in LISTS:
        for index, entry in enumerate(getattr(content, section)):
            place = Place(document, (section, index))
            space = "rule" if section in JUDGED else section
            _once(source, seen, f"{space} {entry.id}", place, "id")
            for other in JUDGED if space == "rule" else (section,):
                source.entries[other].pop(entry.id, None)
            source.entries[section][entry.id] = (entry, place)
    for index, implication in enumerate(content.implications):
        source.implications.append((implication, Place(document, ("implications", index))))
    for name in ("pack", "readings", "decision"):
        value = getattr(content, name)
        if value is not None:
            place = Place(document, (name,))
            _once(source, seen, name, place)
            source.single[name] = (value, place)


def _why_no_files(folder: Path) -> str:
    if not folder.exists():
        return "does not exist"
    return "no rule files (*.yaml) found here" if folder.is_dir() else "is a file, not a folder"


def _once(source: RuleSource, seen: dict[str, Place], name: str, place: Place, *more: str) -> None:
    first = seen.setdefault(name, place)
    if first is not place:
        again = f"'{name.rpartition(' ')[2]}' is defined twice (first in {first.document.name}:{first.line})"
        hint = "give one of the two another id, or remove it" if more else "a rule book has one; remove one of the two"
        source.problems.append(place.problem(again, *more, hint=hint))
