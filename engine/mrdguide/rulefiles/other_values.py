"""A rule book with other values of its parameters: only what names one of them is read again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ..reading.document import DocumentPath
from ..reading.validation import models_in
from .model import RuleFile
from .parameters import Parameter, substituted
from .source import LISTS, SINGLE, FolderRead, RuleSource, copied, joined


def with_other_values(base: FolderRead, source: RuleSource, changed: Mapping[str, Parameter]) -> RuleSource:
    """What a folder says with other values of some parameters; `source` is what it says by itself.

    Where an entry cannot have the new value, or is not where it is looked for, the whole folder is read again, which finds
    every mistake in its place.
    """
    found = copied(source)
    known: dict[str, Parameter] = {name: entry for name, (entry, _) in source.entries["parameters"].items()}
    values = {**known, **changed}
    for document, path in base.naming(changed):
        section = path[0]
        if section not in (*LISTS, *SINGLE):
            return joined([base], changed)
        try:
            entry = _model_of(str(section)).model_validate(substituted(_at(document.data, path), values))
        except ValidationError:
            return joined([base], changed)
        kept = found.single if section in SINGLE else found.entries[str(section)]
        name = str(section) if section in SINGLE else entry.id
        if name not in kept or (kept[name][1].document.name, kept[name][1].path) != (document.name, path):
            return joined([base], changed)
        kept[name] = entry, kept[name][1]
    return found


def _model_of(section: str) -> Any:
    return models_in(RuleFile.model_fields[section].annotation)[0]


def _at(data: Any, path: DocumentPath) -> Any:
    for part in path:
        data = data[part]
    return data
