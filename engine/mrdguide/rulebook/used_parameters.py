"""Where the parameters of a rule book are used: read again from its files, in which they stand by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..reading.document import Document, DocumentPath
from ..rulefiles.parameters import Parameter, references_in
from ..rulefiles.source import read_folder
from .book import RuleBook


def places_of(rules: RuleBook, parameter: str) -> list[str]:
    """Every place that names a parameter: the id of the entry, its file and line."""
    return [
        f"{_entry(document, path)}  [{place}]" for document, path, name, place in _named(rules) if name == parameter
    ]


def users_of(rules: RuleBook, parameter: str) -> list[str]:
    """The ids of the entries that name a parameter."""
    found = [_entry(document, path) for document, path, name, _ in _named(rules) if name == parameter]
    return list(dict.fromkeys(found))


def parameters_of(rules: RuleBook, rule_id: str) -> list[Parameter]:
    """The parameters that a rule names, in order."""
    by_id = {item.id: item for item in rules.parameters}
    file = rules.where(rule_id).rpartition(":")[0]
    names = [
        name
        for document, path, name, place in _named(rules)
        if _entry(document, path) == rule_id.rpartition(":")[2] and place.rpartition(":")[0] == file
    ]
    return [by_id[name] for name in dict.fromkeys(names) if name in by_id]


def _named(rules: RuleBook) -> Iterator[tuple[Document, DocumentPath, str, str]]:
    """Every mention of a parameter: its document and path, the name, file and line."""
    for number, folder in enumerate(rules.folders):
        above = folder.absolute().parent if number > 0 and rules.layering is not None else folder
        for document in read_folder(folder).documents:
            file = Path(document.name).absolute().relative_to(above.absolute()).as_posix()
            for path, name in references_in(document.data):
                yield document, path, name, f"{file}:{document.spans[path].line}"


def _entry(document: Document, path: DocumentPath) -> str:
    """The id of the entry in which a place lies."""
    inner = document.data
    for part in path[:2]:
        inner = inner[part]
    return str(inner.get("id", path[0])) if isinstance(inner, dict) else str(path[0])
