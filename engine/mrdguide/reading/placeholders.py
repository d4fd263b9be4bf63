"""Models of data with mistakes in them, so that checks over a whole file, or a whole book, still run on the rest.

What cannot be read becomes a placeholder: an empty text, an empty list, or None. Such a model serves to find further
mistakes in the same run; it is never used to answer anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from .document import DocumentPath
from .validation import annotation_parts, models_in

Model = TypeVar("Model", bound=BaseModel)

UNREAD = ""  # in place of a text that cannot be read; checks pass over it


@dataclass(slots=True)
class PartReader:
    """Reads what can be read. `others` read annotations that are not plain models; `unread` are the paths left open."""

    others: Mapping[type, Callable[[Any], Any]] = field(default_factory=dict)
    unread: list[DocumentPath] = field(default_factory=list)

    def read(self, model: type[Model], data: Any, path: DocumentPath = ()) -> Model:
        """A model made of the readable parts of `data`, without its own checks."""
        if isinstance(data, model):
            return data
        try:
            return model.model_validate(data)
        except ValidationError:
            self.unread.append(path)
        given = data if isinstance(data, Mapping) else {}
        values: dict[str, Any] = {}
        for name, info in model.model_fields.items():
            key = info.alias if info.alias is not None and info.alias in given else name
            values[name] = self._field(info, given[key], (*path, key)) if key in given else self._absent(info)
        return model.model_construct(None, **values)

    def is_whole(self, path: DocumentPath) -> bool:
        """Whether everything at and below a path could be read, and what it is part of as well."""
        return not any(part[: len(path)] == path for part in self.unread)

    def _field(self, info: FieldInfo, data: Any, path: DocumentPath) -> Any:
        try:
            return TypeAdapter(_annotation(info)).validate_python(data)
        except ValidationError:
            pass
        parts = annotation_parts(info.annotation)
        other = next((read for kind, read in self.others.items() if kind in parts), None)
        models = models_in(info.annotation) if other is None else []
        if any(get_origin(part) is tuple for part in parts):
            entries = data if isinstance(data, list) else []
            if models:
                return tuple(self.read(models[0], item, (*path, index)) for index, item in enumerate(entries))
            if other is not None:
                return tuple(other(item) for item in entries)
            return tuple(item if isinstance(item, str) else UNREAD for item in entries)
        if any(get_origin(part) is dict for part in parts) and models and isinstance(data, Mapping):
            return {key: self.read(models[0], item, (*path, key)) for key, item in data.items()}
        if other is not None:
            return other(data)
        if models and isinstance(data, Mapping):
            return self.read(models[0], data, path)
        self.unread.append(path)
        return self._absent(info)

    def _absent(self, info: FieldInfo) -> Any:
        if not info.is_required():
            return info.get_default(call_default_factory=True)
        parts = annotation_parts(info.annotation)
        if any(get_origin(part) is tuple for part in parts):
            return ()
        other = next((read for kind, read in self.others.items() if kind in parts), None)
        if other is not None:
            return other(None)
        models = models_in(info.annotation)
        if models:
            return self.read(models[0], {})
        return UNREAD if str in parts else None


def _annotation(info: FieldInfo) -> Any:
    """The annotation of a field with its constraints, without what only a model knows about it (alias, default)."""
    return Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
