"""Where the expressions of a rule book are, and where each names another rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..logic.operator import Operator
from ..logic.operators.reference import Reference
from ..reading.document import DocumentPath
from ..reading.frozen import frozen
from .source import Place, RuleSource


@frozen
class Written:
    """One expression over other rules: the place of its entry, and the path from there."""

    place: Place
    expression: Operator
    path: DocumentPath

    def where(self, name: str) -> DocumentPath:
        """The path, from the entry, at which a rule is named; that of the whole expression if it is not found."""
        data = self.place.document.data
        for part in (*self.place.path, *self.path):
            data = data[part]
        return next((path for found, path in _names(data, self.path) if found == name), self.path)


def derived(source: RuleSource) -> Iterator[Written]:
    """Every expression that combines rules; criteria, which read the patient, are left out."""
    for section, _, entry, place in source.rules():
        if section != "criteria":
            yield Written(place, entry.when, ("when",))
    for scheme, place in source.entries["schemes"].values():
        for index, item in enumerate(scheme.classes):
            if item.when is not None:
                yield Written(place, item.when, ("classes", index, "when"))
        for index, item in enumerate(scheme.points):
            yield Written(place, item.when, ("points", index, "when"))
    for alternative, place in source.entries["alternatives"].values():
        if alternative.when is not None:
            yield Written(place, alternative.when, ("when",))
    for protocol, place in source.entries["protocols"].values():
        for index, item in enumerate(protocol.criteria):
            if item.when is not None:
                yield Written(place, item.when, ("criteria", index, "when"))
        for index, item in enumerate(protocol.applicability):
            yield Written(place, item.differs_when, ("applicability", index, "differs_when"))
    for invariant, place in source.entries["invariants"].values():
        yield Written(place, invariant.when, ("when",))
    if "decision" in source.single:
        decision, place = source.single["decision"]
        for name in ("outcomes", "secondary"):
            for index, item in enumerate(getattr(decision, name)):
                yield Written(place, item.when, (name, index, "when"))


def named(expression: Operator) -> list[str]:
    """The ids that an expression names, each time it does."""
    return [operator.id for operator in expression.walk() if isinstance(operator, Reference)]


def _names(data: Any, path: DocumentPath) -> Iterator[tuple[str, DocumentPath]]:
    if isinstance(data, str):
        yield data, path
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if key != "count":
                yield from _names(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _names(value, (*path, index))
