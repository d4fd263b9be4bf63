"""Every small change of the rules in a folder, one at a time: numbers, signs, conditions and entries of lists.

Prose is left alone: titles, reasons, citations, headlines, options, and what is only shown. What a mutant is called says
where it is and what is changed, without a line number, so that it keeps its name when the file grows.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..logic.operator import operators
from ..reading.document import Document, DocumentPath, dotted, read_file

REMOVED = object()

# Opposites: each sign with its neighbour, each connective with the other.
_SIGNS = {">": ">=", ">=": ">", "<": "<=", "<=": "<"}
_CONNECTIVES = {"any": "all", "all": "any"}
_ABSENCE = {"unknown": "not_met", "not_met": "unknown"}

# What a reader is told, and what a number only means in words: nothing is decided on it.
_PROSE = frozenset({
    "id", "aliases", "title", "title_unknown", "why", "cites", "words", "note", "source", "ask_for", "question", "what",
})  # fmt: skip
_NOTHING_TO_JUDGE = frozenset({"not_published", "not_judged"})
# The parts of an entry that something is decided on, by section. Inside them every part counts, but for prose.
_DECIDED: dict[str, tuple[str, ...]] = {
    "parameters": ("value",),
    "criteria": ("absence", "attestable", "when"),
    **dict.fromkeys(("conclusions", "blocks", "cautions", "remarks"), ("when",)),
    "plans": ("with_outcomes",),
    "schemes": ("classes", "points"),
    "alternatives": ("classes", "when"),
    "protocols": ("applicability", "criteria"),
    "invariants": ("never", "or_unknown", "when"),
    "outcomes": ("when",),
    "secondary": ("not_with_outcomes", "when", "with_outcomes"),
    "readings": ("imaging", "marrow_mrd"),
}
# An outcome and a secondary answer may have one id.
_PREFIX = {"outcomes": "outcome:", "secondary": "secondary:"}


@dataclass(frozen=True)
class Mutant:
    """One change of one file. `value` is what comes to stand at `path`, or `REMOVED`."""

    document: Document
    path: DocumentPath
    value: Any
    rule: str  # the id of the entry that is changed
    name: str

    @property
    def where(self) -> str:
        """File and line, as an editor takes them."""
        path = self.path
        while path not in self.document.spans:
            path = path[:-1]
        return f"{self.document.name}:{self.document.spans[path].line}"

    def changed(self) -> Document:
        """The document with the change in it."""
        data = copy.deepcopy(self.document.data)
        here = data
        for step in self.path[:-1]:
            here = here[step]
        if self.value is REMOVED:
            del here[self.path[-1]]
        else:
            here[self.path[-1]] = self.value
        return Document(self.document.name, data, self.document.spans, self.document.key_spans, self.document.lines)


def read_documents(folder: Path) -> list[Document]:
    """The rule files of a folder in order."""
    return [read_file(path) for path in sorted(folder.rglob("*.yaml"))]


def mutants(documents: list[Document]) -> list[Mutant]:
    """Every mutant of the files, in the order of the files."""
    return [mutant for document in documents for mutant in _of_document(document)]


def _of_document(document: Document) -> Iterator[Mutant]:
    for section, path in _entries(document.data):
        entry = _at(document.data, path)
        rule = _PREFIX.get(section, "") + str(entry.get("id", section))
        for key in _DECIDED[section]:
            if key in entry:
                for at, value, text in _changes(entry[key], (*path, key), key):
                    place = dotted(at[len(path) :])
                    yield Mutant(document, at, value, rule, f"{rule} {place}: {text}")
    yield from _order_of_outcomes(document)


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[str, DocumentPath]]:
    """The entries of a file on which something is decided: (section, path)."""
    for section, content in data.items():
        if section == "decision":
            for name in ("outcomes", "secondary"):
                yield from ((name, ("decision", name, index)) for index in range(len(content.get(name, ()))))
        elif section == "readings":
            yield section, (section,)
        elif section in _DECIDED:
            yield from ((section, (section, index)) for index in range(len(content)))


def _at(data: Any, path: DocumentPath) -> Any:
    for step in path:
        data = data[step]
    return data


def _changes(value: Any, path: DocumentPath, key: str) -> Iterator[tuple[DocumentPath, Any, str]]:
    """Every change of a value and of all inside it: (path, new value, what is changed)."""
    if isinstance(value, bool):
        yield path, not value, f"{_yaml(value)} -> {_yaml(not value)}"
    elif isinstance(value, int | float):
        yield from ((path, near, f"{value:g} -> {near:g}") for near in neighbours(value))
    elif isinstance(value, str):
        other = _SIGNS.get(value) or (_ABSENCE.get(value) if key == "absence" else None)
        if other:
            yield path, other, f"{value} -> {other}"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, Mapping) and _NOTHING_TO_JUDGE.intersection(item):
                continue
            if len(value) > 1:
                yield (*path, index), REMOVED, f"without {_called(item)}"
            yield from _changes(item, (*path, index), key)
    elif isinstance(value, Mapping):
        yield from _changes_of_mapping(value, path)


def _changes_of_mapping(value: Mapping[str, Any], path: DocumentPath) -> Iterator[tuple[DocumentPath, Any, str]]:
    for key, inner in value.items():
        if key in _CONNECTIVES and isinstance(inner, list) and len(inner) > 1:
            other = _CONNECTIVES[key]
            yield path, {other: inner}, f"{key} -> {other}"
        elif key == "not":
            yield path, inner, "without not"
        elif key in _SIGNS:
            rest = {name: item for name, item in value.items() if name != key}
            yield path, {**rest, _SIGNS[key]: inner}, f"{key} -> {_SIGNS[key]}"
        elif len(value) > 1 and key not in _PROSE and not isinstance(inner, bool):
            # A condition beside others; whether it can be left out, the schema of the rules says.
            yield (*path, key), REMOVED, f"without {key}"
        if key not in _PROSE and not (key == "class" or inner is None):
            yield from _changes(inner, (*path, key), key)


def neighbours(value: int | float) -> list[int | float]:
    """The numbers just either side that matter: powers of ten for fractions of cells, else one more and one less in the
    last digit that is written."""
    if isinstance(value, int):
        return [value - 1, value + 1]
    if value < 1e-3:
        exponent = int(f"{value:e}".partition("e")[2])
        low, high = float(f"1e{exponent}"), float(f"1e{exponent + 1}")
        return [low if low < value else float(f"1e{exponent - 1}"), high]
    written = f"{value:g}"
    places = len(written.partition(".")[2])
    step = 10.0**-places
    return [round(value - step, places), round(value + step, places)]


def _order_of_outcomes(document: Document) -> Iterator[Mutant]:
    """The outcomes are tried in order, so each is tried before the one above it."""
    outcomes = document.data.get("decision", {}).get("outcomes", [])
    for index in range(1, len(outcomes)):
        above, here = outcomes[index - 1], outcomes[index]
        swapped = [*outcomes[: index - 1], here, above, *outcomes[index + 1 :]]
        yield Mutant(
            document,
            ("decision", "outcomes"),
            swapped,
            f"outcome:{here['id']}",
            f"outcome:{here['id']}: tried before {above['id']}",
        )


def _called(item: Any) -> str:
    """An entry of a list in a few words."""
    if isinstance(item, list):
        return f"[{', '.join(map(_called, item))}]"
    if not isinstance(item, Mapping):
        return _yaml(item)
    if "id" in item or "class" in item:
        return str(item.get("id", item.get("class")))
    keyword = next((key for key in item if key in operators()), None)
    if keyword is None:
        return _called(item.get("when", item.get("differs_when", "the entry")))
    inner = item[keyword]
    if isinstance(inner, Mapping):
        words = [part for part in inner.values() if isinstance(part, str) and not part.startswith("$")]
        return " ".join([keyword, *words])
    return f"{keyword} {_called(inner)}"


def _yaml(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
