"""The shipped rules and evidence as they were compiled once, for every later process.

What is kept is what comes of reading, validating and proving: the entries with their places, what follows from what among
the criteria, the decision's diagrams, what durable-rules infers from every input of a conclusion that reads few, the evidence,
and the program's own tables that every answer needs. Everything else that a rule book holds is made of these each time.
The rules' own files are read only where a place in them has to be shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..case.doubts import PLAUSIBLE, Plausible
from ..decide.decision import Decider, KeptDiagrams
from ..decide.diagram import KeptNodes
from ..decide.forward_chaining import ForwardChaining, KeptChaining
from ..evidence import KeptEntries, Library
from ..evidence.shown import ShownEntry
from ..patient.bad_news import REGISTRY, Registry
from ..reading.computed import computed
from ..reading.data_file import known, read_as
from ..reading.document import Document, DocumentOnDemand
from ..reading.frozen import frozen
from ..reading.plain_models import Packer, Unpacker
from ..reading.shipped import folder
from ..reading.validation import StrictModel
from ..rulefiles.model import Implication
from ..rulefiles.source import (
    FolderRead,
    NamedAt,
    Place,
    RuleSource,
    hashed_part,
    is_rule_file,
    joined,
    parameters_named,
    read_folder,
)
from . import compiled_file
from .compiled_file import ShippedFiles
from .fingerprint import evidence_hash

if TYPE_CHECKING:
    from ..evidence import EvidenceEntry


@frozen
class ShippedCore:
    """The shipped rules, compiled: what they say (`source`), what follows from what among the criteria beside what they
    declare (`implied`), where every rule is below their folder (`locations`), which entries name each parameter (`named`),
    the decision's diagrams, what durable-rules inferred (where it was installed), and the evidence."""

    source: RuleSource
    documents: tuple[Document, ...]
    implied: tuple[Implication, ...]
    locations: dict[str, str]
    named: dict[str, list[NamedAt]]
    diagrams: KeptDiagrams
    chaining: KeptChaining | None
    evidence: KeptEntries

    def below(self, files: ShippedFiles) -> Below:
        """The same for layers to lie on."""
        contents = [hashed_part(name, content) for name, content in sorted(files.rules.items()) if is_rule_file(name)]
        rules = FolderRead(folder("rules"), list(self.documents), contents, alone=self.source, named=self.named)
        return Below(rules, self.evidence)


@frozen
class Below:
    """What layers lie on: the shipped rules as a folder that was read, and the shipped evidence."""

    rules: FolderRead
    evidence: KeptEntries


@lru_cache(maxsize=1)
def shipped_core(fingerprint: str) -> ShippedCore | None:
    """The rules as they were compiled from the files with this fingerprint; None where that has not been done."""
    parts = compiled_file.read(fingerprint)
    if parts is None:
        return None
    rules, diagrams, chaining, evidence, entries, tables = parts
    known(_tables_known(json.loads(tables)))
    inferred = json.loads(chaining)
    return _opened(
        json.loads(rules),
        json.loads(diagrams),
        KeptChaining(*inferred) if inferred is not None else None,
        _Evidence(json.loads(evidence), entries).kept(),
    )


def keep(files: ShippedFiles, library: Library, decider: Decider, locations: Mapping[str, str]) -> None:
    """Keep what was made of the shipped files for later processes, unless they have changed meanwhile."""
    if compiled_file.can_be_written():
        parts = compiled(library, decider, locations)
        now = compiled_file.shipped_files()
        if now is not None and now.fingerprint == files.fingerprint:
            compiled_file.write(files.fingerprint, parts)
            shipped_core.cache_clear()


def compiled(library: Library, decider: Decider, locations: Mapping[str, str]) -> list[Any]:
    """The parts of the file, from the shipped rules as they are read and the book made of them."""
    from .implied import implied

    read = read_folder(folder("rules"))
    packer, source = Packer(), joined([read])
    following = implied([entry for entry, _ in source.entries["criteria"].values()])
    rules = _rules(packer, source, read, [packer.packed(item) for item in following], locations)
    return [
        rules, _plain_diagrams(decider.kept()), _plain_chaining(decider.second_engine), _plain_evidence(library),
        _plain_entries(library), _plain_tables(),
    ]  # fmt: skip


def _rules(
    packer: Packer, source: RuleSource, read: FolderRead, following: Sequence[Any], locations: Mapping[str, str]
) -> dict[str, Any]:
    places = _Places(source)
    return {
        "entries": {
            section: [[name, places.noted(place), packer.packed(entry)] for name, (entry, place) in entries.items()]
            for section, entries in source.entries.items()
        },
        "single": {name: [places.noted(place), packer.packed(entry)] for name, (entry, place) in source.single.items()},
        "implications": [[places.noted(place), packer.packed(entry)] for entry, place in source.implications],
        "aliases": source.aliases,
        "hash": source.hash,
        "implied": following,
        "locations": dict(locations),
        "named": {
            name: [places.noted(Place(*at)) for at in found] for name, found in parameters_named(read.documents).items()
        },
        "files": places.files(source),
        "kinds": packer.kinds,
    }


class _Places:
    """Places in the rule files as numbers of files with paths, and the lines on which they begin."""

    def __init__(self, source: RuleSource) -> None:
        self._numbers = {name: number for number, name in enumerate(source.files)}
        self._lines: list[list[Any]] = [[] for _ in source.files]

    def noted(self, place: Place) -> list[Any]:
        number = self._numbers[place.document.name]
        self._lines[number].append([place.line, *place.path])
        return [number, *place.path]

    def files(self, source: RuleSource) -> list[Any]:
        """Every file by its path below the folder, with the lines known of it."""
        decision, place = source.single["decision"]
        for path in [
            ("insufficient",),
            *(
                (name, index)
                for name in ("outcomes", "secondary", "sides")
                for index in range(len(getattr(decision, name)))
            ),
        ]:
            self.noted(Place(place.document, ("decision", *path)))
        (above,) = source.folders
        return [
            [Path(name).relative_to(above).as_posix(), lines]
            for name, lines in zip(source.files, self._lines, strict=True)
        ]


def _plain_diagrams(kept: KeptDiagrams) -> dict[str, Any]:
    space = kept.space
    return {
        "space": [space.variable, space.low, space.high, space.ends],
        "order": kept.order,
        "nodes": kept.nodes,
        "answer": kept.answer,
        "schemes": kept.schemes,
        "tested": kept.tested,
    }


def _plain_chaining(second: ForwardChaining | None) -> list[Any] | None:
    if second is None:
        return None
    kept = second.kept()
    return [kept.given, kept.parts, kept.forms]


def _plain_evidence(library: Library) -> dict[str, Any]:
    packer = Packer()
    return {
        "hash": evidence_hash(library),
        "aliases": library.aliases,
        "bearing": library.bearing,
        "retracted": sorted(library.retracted),
        "files": {name: library.relative(name) for name in library.ids},
        "shown": {name: packer.packed(library.shown(name)) for name in library.ids},
        "kinds": packer.kinds,
    }


def _plain_entries(library: Library) -> dict[str, Any]:
    packer = Packer()
    return {"entries": {entry.id: packer.packed(entry) for entry in library}, "kinds": packer.kinds}


# The tables with the models that they are read as.
_TABLES: tuple[tuple[Path, type[StrictModel]], ...] = ((PLAUSIBLE, Plausible), (REGISTRY, Registry))


def _plain_tables() -> dict[str, Any]:
    packer = Packer()
    return {
        "tables": {path.name: packer.packed(read_as(path, model)) for path, model in _TABLES},
        "kinds": packer.kinds,
    }


def _tables_known(data: dict[str, Any]) -> dict[Path, Callable[[], StrictModel]]:
    """What makes each table, by its file."""
    unpacker, tables = Unpacker(data["kinds"]), data["tables"]
    return {path: partial(unpacker.unpacked, tables[path.name]) for path, _ in _TABLES}


class _Evidence:
    """The evidence: entries as answers show them, each unpacked when it is asked for, and the entries themselves, which are
    read when the first is."""

    def __init__(self, data: dict[str, Any], entries: bytes) -> None:
        self._data, self._text = data, entries
        self._shown = Unpacker(data["kinds"])

    def kept(self) -> KeptEntries:
        found = self._data
        return KeptEntries(
            found["hash"],
            found["aliases"],
            tuple(found["bearing"]),
            frozenset(found["retracted"]),
            found["files"],
            self._entry,
            self._shown_entry,
        )

    def _shown_entry(self, entry_id: str) -> ShownEntry:
        shown: ShownEntry = self._shown.unpacked(self._data["shown"][entry_id])
        return shown

    def _entry(self, entry_id: str) -> EvidenceEntry:
        data, unpacker = self._entries
        entry: EvidenceEntry = unpacker.unpacked(data[entry_id])
        return entry

    @computed
    def _entries(self) -> tuple[dict[str, Any], Unpacker]:
        data = json.loads(self._text)
        return data["entries"], Unpacker(data["kinds"])


def _opened(
    rules: dict[str, Any], diagrams: dict[str, Any], chaining: KeptChaining | None, evidence: KeptEntries
) -> ShippedCore:
    above, unpacker = folder("rules"), Unpacker(rules["kinds"])
    documents = tuple(
        DocumentOnDemand(str(above / name), {tuple(path): line for line, *path in lines})
        for name, lines in rules["files"]
    )

    def place(noted: list[Any]) -> Place:
        number, *path = noted
        return Place(documents[number], tuple(path))

    unpacked = unpacker.unpacked
    source = RuleSource(
        (above,),
        entries={
            section: {name: (unpacked(entry), place(noted)) for name, noted, entry in entries}
            for section, entries in rules["entries"].items()
        },
        implications=[(unpacked(entry), place(noted)) for noted, entry in rules["implications"]],
        single={name: (unpacked(entry), place(noted)) for name, (noted, entry) in rules["single"].items()},
        aliases=rules["aliases"],
        files=[document.name for document in documents],
        hash=rules["hash"],
    )
    space = KeptNodes(*diagrams["space"])
    kept = KeptDiagrams(
        space, diagrams["order"], diagrams["nodes"], diagrams["answer"], diagrams["schemes"], diagrams["tested"]
    )
    implied = tuple(unpacked(item) for item in rules["implied"])
    named = {
        name: [(documents[number], tuple(path)) for number, *path in found] for name, found in rules["named"].items()
    }
    return ShippedCore(source, documents, implied, rules["locations"], named, kept, chaining, evidence)
