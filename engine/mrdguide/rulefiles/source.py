"""The files of a rule book: read, validated one by one, and joined; every entry remembers where it is.

What cannot be read becomes a placeholder, so that the checks over the whole book still run on the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import Problem, RelatedPlace, Severity
from ..patient.facts import ProfileFact
from ..patient.local_facts import nameable
from ..reading.document import Document, DocumentPath, read_file
from ..reading.frozen import frozen
from ..reading.placeholders import UNREAD, PartReader
from ..reading.validation import mended, models_in
from .model import Decision, Insufficient, LocalFact, Loosening, Off, Outcome, RuleFile, Secondary
from .parameters import Parameter, references_in, substituted, unknown_names
from .partly_read import names_in, names_in_text, partly_read, sections_in_text

# Sections whose entries have a verdict; their ids share one space, so that a reference means one thing.
JUDGED = ("criteria", "conclusions", "blocks", "cautions", "remarks")
LISTS = (
    "parameters",
    *JUDGED,
    "plans",
    "schemes",
    "alternatives",
    "protocols",
    "invariants",
    "background",
    "questions",
    "facts",
)
FIRST_DAY = "0001-01-01"  # before every date that an entry can have
SINGLE = ("pack", "readings", "decision")


@frozen
class Place:
    """Where an entry is: its document and its path in it. `whole` is False when some part of it could not be read."""

    document: Document
    path: DocumentPath
    whole: bool = True

    @property
    def line(self) -> int:
        return self.document.line(self.path)

    def problem(
        self,
        message: str,
        *more: str | int,
        code: str,
        expected: str = "",
        hint: str = "",
        severity: Severity = "error",
        also: tuple[RelatedPlace, ...] = (),
    ) -> Problem:
        path = (*self.path, *more)
        return self.document.problem(
            path, message, code=code, expected=expected, hint=hint, severity=severity, also=also
        )

    def related(self, note: str, *more: str | int) -> RelatedPlace:
        return self.document.related((*self.path, *more), note)


def space_of(section: str) -> str:
    """Entries of one space have ids of their own; everything with a verdict shares one."""
    return "rule" if section in JUDGED else section


@dataclass(slots=True)
class RuleSource:
    """All files of one rule book, joined. `entries` holds, per section, what is in force and where it is.

    `aliases` maps, per space, former ids to the ids in force. `unread` are texts that may be ids of what could not be read,
    `sections` what the files begin to say, readable or not. With `problems` it serves only to find further ones.
    """

    folders: tuple[Path, ...]
    entries: dict[str, dict[str, tuple[Any, Place]]] = field(default_factory=lambda: {name: {} for name in LISTS})
    implications: list[tuple[Any, Place]] = field(default_factory=list)
    single: dict[str, tuple[Any, Place]] = field(default_factory=dict)
    loosens: list[tuple[Loosening, Place]] = field(default_factory=list)
    off: list[tuple[Off, Place]] = field(default_factory=list)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    unread: set[str] = field(default_factory=lambda: {UNREAD})
    sections: set[str] = field(default_factory=set)
    renames: bool = False  # whether an alias may be an id of the folders before: then it renames that entry
    has_gaps: bool = False  # whether a file or a folder could not be opened, so that not every id is known
    hash: str = ""

    def rules(self) -> Iterator[tuple[str, str, Any, Place]]:
        """Everything that has a verdict: (section, id, entry, place)."""
        for section in JUDGED:
            for entry_id, (entry, place) in self.entries[section].items():
                yield section, entry_id, entry, place

    def in_order(self, problems: Sequence[Problem]) -> list[Problem]:
        """Problems in the order of the files and their lines: first what is wrong with a folder, last with evidence."""
        rank = {name: number for number, name in enumerate([*map(str, self.folders), *self.files])}

        def place(problem: Problem) -> tuple[int, str, int, int]:
            return rank.get(problem.source, len(rank)), problem.source, problem.line or 0, problem.column or 0

        return sorted(dict.fromkeys(problems), key=place)


NamedAt = tuple[Document, DocumentPath]

# What a layer may hold beside its rules, and no rule file.
_BESIDE_THE_RULES = ("evidence", "words", "tests", "cases.yaml")


@dataclass(slots=True)
class FolderRead:
    """The rule files of one folder as documents, not yet joined to others."""

    folder: Path
    documents: list[Document] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)  # names and bytes, for the hash
    has_gaps: bool = False
    alone: RuleSource | None = None  # what the files say by themselves, where that is known without validating them
    named: Mapping[str, Sequence[NamedAt]] | None = None  # with that: the entries that name each parameter

    @property
    def pack(self) -> dict[str, Any]:
        """What is written under `pack`; empty where there is none."""
        if self.alone is not None:
            known = self.alone.single["pack"][0]
            return {name: getattr(known, name) for name in known.model_fields_set}
        found = (item.data.get("pack") for item in self.documents if isinstance(item.data, dict))
        return next((pack for pack in found if isinstance(pack, dict)), {})

    @property
    def hash(self) -> str:
        return hashlib.sha256(b"".join(self.contents)).hexdigest()

    def naming(self, names: Collection[str]) -> list[NamedAt]:
        """The entries that name one of some parameters, each once: its document and its path."""
        named = self.named if self.named is not None else parameters_named(self.documents)
        found = {(document.name, path): (document, path) for name in names for document, path in named.get(name, ())}
        return list(found.values())


def parameters_named(documents: Sequence[Document]) -> dict[str, list[NamedAt]]:
    """The entries that name each parameter."""
    found: dict[str, list[NamedAt]] = {}
    for document in documents:
        for path, name in references_in(document.data):
            found.setdefault(name, []).append((document, path[:1] if path[0] in SINGLE else path[:2]))
    return found


def read_folder(folder: Path) -> FolderRead:
    """Every rule file of a folder, read but not validated."""
    found = FolderRead(folder)
    for path in sorted(folder.rglob("*.yaml")) if folder.is_dir() else []:
        relative = path.relative_to(folder)
        if not is_rule_file(relative.as_posix()):
            continue
        document = read_file(path)
        found.documents.append(document)
        if any(problem.code == "not-found" for problem in document.problems):
            found.has_gaps = True
        else:
            found.contents.append(hashed_part(relative.as_posix(), path.read_bytes()))
    return found


def hashed_part(relative: str, content: bytes) -> bytes:
    """What a file, by its path in the folder, adds to the hash of the folder."""
    return relative.encode() + b"\0" + content + b"\0"


def is_rule_file(relative: str) -> bool:
    """Whether a file, by its path in the folder, is one of the rules."""
    return relative.endswith(".yaml") and relative.partition("/")[0] not in _BESIDE_THE_RULES


def is_layer(folder: Path) -> bool:
    """Whether a folder says that it lies on another rule book."""
    return folder.is_dir() and bool(read_folder(folder).pack.get("extends"))


def read_source(folders: Sequence[Path]) -> RuleSource:
    """Read the folders in order; an entry of a later folder replaces the one with the same id in an earlier one."""
    return joined([read_folder(folder) for folder in folders])


def joined(folders: Sequence[FolderRead], settled: Mapping[str, Parameter] | None = None) -> RuleSource:
    """The folders joined in order. `settled` are parameters whose values hold from the first folder on."""
    source, more = RuleSource(()), folders
    if folders[0].alone is not None and not settled:
        source, more = copied(folders[0].alone), folders[1:]
    source.folders = tuple(item.folder for item in folders)
    parameters = {name: entry for name, (entry, _) in source.entries["parameters"].items()}
    for item in more:
        add_folder(source, item, parameters, settled or {})
    source.hash = hashlib.sha256(b"".join(part for item in folders for part in item.contents)).hexdigest()
    return source


def copied(source: RuleSource) -> RuleSource:
    """The same source, to be changed without changing this one."""
    return replace(
        source,
        entries={section: dict(entries) for section, entries in source.entries.items()},
        implications=list(source.implications),
        single=dict(source.single),
        loosens=list(source.loosens),
        off=list(source.off),
        aliases={space: dict(names) for space, names in source.aliases.items()},
        problems=list(source.problems),
        files=list(source.files),
        unread=set(source.unread),
        sections=set(source.sections),
    )


def add_folder(
    source: RuleSource, read: FolderRead, parameters: dict[str, Parameter], settled: Mapping[str, Parameter]
) -> None:
    """Join one folder to what the folders before it say; its parameters are added to `parameters`."""
    if not read.documents:
        problem = Problem(
            _why_no_files(read.folder), str(read.folder), expected="a folder with rule files (*.yaml)", code="not-found"
        )
        source.problems.append(problem)
        source.has_gaps = True
    source.has_gaps |= read.has_gaps
    source.files.extend(document.name for document in read.documents)
    layer = _Layer(source)
    # Parameters first, wherever they stand: the other entries of this folder and of later ones use them by name.
    for document in read.documents:
        parameters.update(parameters_of(document))
    values = {**parameters, **settled}
    facts = {fact.path: fact for fact in (entry.profile_fact for entry, _ in source.entries["facts"].values())}
    for document in read.documents:
        facts.update({fact.path: fact for fact in facts_of(document)})
    unknown: list[Problem] = []
    with nameable(facts):
        for document in read.documents:
            unknown += unknown_names(document, values)
            layer.read(document.with_data(substituted(document.data, values)))
    layer.close()
    # What stands where a number belongs is told once: as a name that there is not.
    places = {(problem.source, problem.path) for problem in unknown}
    source.problems[:] = [item for item in source.problems if (item.source, item.path) not in places]
    source.problems += unknown


def parameters_of(document: Document) -> dict[str, Parameter]:
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


def facts_of(document: Document) -> Iterator[ProfileFact]:
    """The facts that a file adds to the profile, of those that can be read."""
    entries = document.data.get("facts") if isinstance(document.data, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        try:
            yield LocalFact.model_validate(entry).profile_fact
        except ValidationError:
            continue


def _why_no_files(folder: Path) -> str:
    if not folder.exists():
        return "does not exist"
    return "no rule files (*.yaml) found here" if folder.is_dir() else "is a file, not a folder"


class _Layer:
    """One folder, joined to what the folders before it say."""

    def __init__(self, source: RuleSource) -> None:
        self.source = source
        self.seen: dict[tuple[str, str], Place] = {}
        self.named: list[tuple[str, str, str, Place]] = []  # (space, alias, id, place of the entry)

    def read(self, document: Document) -> None:
        self.source.problems.extend(document.problems)
        if document.data is None:
            if document.problems:
                self.source.unread.update(names_in_text(document))
                self.source.sections.update(sections_in_text(document))
            return
        try:
            content, reader = RuleFile.model_validate(document.data), PartReader()
        except ValidationError as error:
            original = document
            problems, document = mended(error, original, RuleFile)
            self.source.problems.extend(problems)
            content, reader = partly_read(document)
            self._note_names(original, document, content)
        for section in LISTS:
            for index, entry in enumerate(getattr(content, section)):
                path = (section, index)
                self._add(section, entry, Place(document, path, reader.is_whole(path)))
        for index, implication in enumerate(content.implications):
            path = ("implications", index)
            self.source.implications.append((implication, Place(document, path, reader.is_whole(path))))
        for index, loosening in enumerate(content.loosens):
            self.source.loosens.append((loosening, Place(document, ("loosens", index), reader.is_whole(("loosens",)))))
        for index, entry in enumerate(content.off):
            self.source.off.append((entry, Place(document, ("off", index), reader.is_whole(("off",)))))
        for name in SINGLE:
            value = getattr(content, name)
            if value is not None:
                place = Place(document, (name,), reader.is_whole((name,)))
                self._once(name, "", place)
                self.source.single[name] = (value, place)

    def _note_names(self, original: Document, document: Document, content: RuleFile) -> None:
        """What may be the ids of entries that could not be read."""
        if not isinstance(document.data, dict):
            return
        self.source.sections.update(document.data)
        for section in LISTS:
            model = models_in(RuleFile.model_fields[section].annotation)[0]
            entries = getattr(content, section)
            if not entries or any(entry.id == UNREAD for entry in entries):
                self.source.unread.update(names_in(original.data.get(section), frozenset(model.model_fields)))
                self.source.unread.update(names_in(document.data.get(section), frozenset(model.model_fields)))
        if content.decision is not None:
            self._note_outcomes(original.data.get("decision"), content.decision)

    def _note_outcomes(self, written: Any, decision: Decision) -> None:
        if not isinstance(written, dict):
            return
        for section, model in (("outcomes", Outcome), ("secondary", Secondary)):
            if any(entry.id == UNREAD for entry in getattr(decision, section)):
                self.source.unread.update(names_in(written.get(section), frozenset(model.model_fields)))
        if decision.insufficient.id == UNREAD:
            self.source.unread.update(names_in([written.get("insufficient")], frozenset(Insufficient.model_fields)))

    def _add(self, section: str, entry: Any, place: Place) -> None:
        space, name = space_of(section), entry.id
        if name == UNREAD:
            # It keeps a place of its own, so that what can be read of it is checked.
            name = f"{place.document.name} {section} {place.path[-1]}"
        else:
            self._once(space, name, place, "id")
            self.named += [(space, alias, name, place) for alias in entry.aliases if alias != UNREAD]
            current = self.source.aliases.get(space, {}).get(name)
            if current is not None:
                # A layer that still has the old id replaces the entry that has the new one.
                self._once(space, current, place, "id")
                self.source.problems.append(old_id(place, name, current, "id"))
                name, entry = current, entry.model_copy(update={"id": current})
        for other in JUDGED if space == "rule" else (section,):
            self.source.entries[other].pop(name, None)
        self.source.entries[section][name] = (entry, place)

    def _once(self, space: str, name: str, place: Place, *more: str) -> None:
        first = self.seen.setdefault((space, name), place)
        if first is place:
            return
        hint = "give one of the two another id, or remove it" if more else "a rule book has one; remove one of the two"
        self.source.problems.append(
            place.problem(
                f"'{name or space}' is defined twice", *more, hint=hint, code="duplicate-id",
                also=(first.related("first", *more),),
            )
        )  # fmt: skip

    def close(self) -> None:
        """Take the aliases of this folder in force, now that all its ids are known."""
        for space, alias, name, place in self.named:
            taken = self.seen.get((space, alias))
            current = self.source.aliases.setdefault(space, {})
            if taken is not None:
                self._taken(place, alias, "an id", taken.related("the id", "id"))
            elif self.source.renames and self._renamed(space, alias, name):
                current[alias] = name
            elif any(alias in self.source.entries[section] for section in LISTS if space_of(section) == space):
                self._taken(place, alias, "an id in a folder before this one")
            elif current.get(alias, name) != name:
                self._taken(place, alias, f"an alias of '{current[alias]}'")
            else:
                current[alias] = name

    def _renamed(self, space: str, alias: str, name: str) -> bool:
        """Take the entry that an alias names out, so that the one with the alias stands in its place."""
        for section in JUDGED if space == "rule" else ():
            if alias in self.source.entries[section] and alias != name:
                del self.source.entries[section][alias]
                return True
        return False

    def _taken(self, place: Place, alias: str, what: str, *also: RelatedPlace) -> None:
        hint = "an alias is a former id that nothing else has; remove one of the two"
        problem = place.problem(
            f"the alias '{alias}' is also {what}", "aliases", hint=hint, code="alias-taken", also=also
        )
        self.source.problems.append(problem)


def old_id(place: Place, old: str, new: str, *more: str | int) -> Problem:
    """The warning about a reference by a former id."""
    return place.problem(
        f"'{old}' is now called '{new}'", *more, hint=f"write '{new}'; the old id still works", code="old-id",
        severity="warning",
    )  # fmt: skip
