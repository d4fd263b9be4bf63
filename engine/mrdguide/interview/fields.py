"""What may be answered at a place of the profile, read off the profile's own models."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from ..dates import CalendarDate
from ..patient.fields import ClinicalFinding, FindingStatus
from ..patient.profile import Patient
from ..patient.units import UNITS, Quantity
from ..reading.validation import annotation_parts, models_in
from .question import Field, Kind

_INDEX = re.compile(r"\[-?\d+\]")
_END_IS_OPEN = "going on"


def field_at(path: str, below: str = "") -> Field | None:
    """What may be answered at a path (`below` a question's own); None where the profile has no such place."""
    whole = ".".join(part for part in (below, path) if part)
    model: Any = Patient
    names = _INDEX.sub("", whole).split(".")
    for name in names[:-1]:
        inner = models_in(_info(model, name).annotation) if _info(model, name) is not None else ()
        if not inner:
            return None
        model = inner[0]
    info = _info(model, names[-1])
    return None if info is None else _described(path, names, model, info)


def is_list(path: str) -> bool:
    """Whether entries stand there."""
    info = Patient.model_fields.get(path)
    return info is not None and str(info.annotation).startswith("tuple")


def _info(model: type[BaseModel], name: str) -> Any:
    by_alias = (info for info in model.model_fields.values() if info.alias == name)
    return model.model_fields.get(name) or next(by_alias, None)


def _described(path: str, names: list[str], model: type[BaseModel], info: Any) -> Field | None:
    label = info.title or names[-1].replace("_", " ")
    parts = annotation_parts(info.annotation)
    inner = models_in(info.annotation)
    words = tuple(word for part in parts for word in get_args(part) if get_origin(part) is Literal)
    if inner and issubclass(inner[0], Quantity):
        return Field(path, label, "quantity", units=tuple(UNITS[names[-1]][1]))
    if inner and issubclass(inner[0], ClinicalFinding):
        return Field(path, label, "choice", get_args(FindingStatus))
    if inner:
        return None
    if CalendarDate in parts:
        open_end = _END_IS_OPEN if names[-1] == "end" and names[0] == "therapy" else ""
        return Field(path, label, "date", nothing=open_end)
    return Field(path, label, _scalar_kind(parts, info, words), words)


def _scalar_kind(parts: Any, info: Any, words: tuple[str, ...]) -> Kind:
    if words:
        return "choice"
    if bool in parts:
        return "flag"
    if "tuple" in str(info.annotation):
        return "words"
    return "number" if {float, int} & set(parts) else "text"
