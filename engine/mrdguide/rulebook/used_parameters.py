"""Where the parameters of a rule book are used: read again from its files, in which they stand by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..reading.document import Document, DocumentPath
from ..rulefiles.parameters import Parameter, references_in
from ..rulefiles.source import read_folder
from .book import RuleBook


class Mention(NamedTuple):
    """A place that names a parameter: the id of the entry that it lies in, the parameter, file and line."""

    entry: str
    parameter: str
    place: str


def mentions(rules: RuleBook) -> list[Mention]:
    """Every mention of a parameter. Whoever asks for many rules reads them once and hands them on as `found`."""
    return list(_mentions(rules))


def places_of(rules: RuleBook, parameter: str, found: Sequence[Mention] | None = None) -> list[str]:
    """Every place that names a parameter: the id of the entry, its file and line."""
    return [
        f"{item.entry}  [{item.place}]"
        for item in (mentions(rules) if found is None else found)
        if item.parameter == parameter
    ]


def users_of(rules: RuleBook, parameter: str) -> list[str]:
    """The ids of the entries that name a parameter."""
    return list(dict.fromkeys(item.entry for item in _mentions(rules) if item.parameter == parameter))


def parameters_of(rules: RuleBook, rule_id: str, found: Sequence[Mention] | None = None) -> list[Parameter]:
    """The parameters that a rule names, in order."""
    by_id = {item.id: item for item in rules.parameters}
    file = rules.where(rule_id).rpartition(":")[0]
    names = [
        item.parameter
        for item in (mentions(rules) if found is None else found)
        if item.entry == rule_id.rpartition(":")[2] and item.place.rpartition(":")[0] == file
    ]
    return [by_id[name] for name in dict.fromkeys(names) if name in by_id]


def _mentions(rules: RuleBook) -> Iterator[Mention]:
    for number, folder in enumerate(rules.folders):
        above = folder.absolute().parent if number > 0 and rules.layering is not None else folder
        for document in read_folder(folder).documents:
            file = Path(document.name).absolute().relative_to(above.absolute()).as_posix()
            for path, name in references_in(document.data):
                yield Mention(_entry(document, path), name, f"{file}:{document.spans[path].line}")


def _entry(document: Document, path: DocumentPath) -> str:
    """The id of the entry in which a place lies."""
    inner = document.data
    for part in path[:2]:
        inner = inner[part]
    return str(inner.get("id", path[0])) if isinstance(inner, dict) else str(path[0])
