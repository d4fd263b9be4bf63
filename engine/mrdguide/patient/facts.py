"""The single facts a rule may name, by path: `baseline.labs.ldh`, `baseline.cytogenetics.gain_1q`, `surveillance.feasible`.

Taken from the profile's own models, so a path in a rule file can only name something a profile can hold.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..reading.frozen import frozen
from ..reading.validation import annotation_parts, models_in
from .fields import RECORDED, ClinicalFinding
from .profile import Patient
from .units import UNITS, Quantity

Kind = Literal["quantity", "number", "flag", "word", "finding"]

# What was so at diagnosis stays so; what has to be agreed can be; everything else can be looked at again.
_HISTORY = ("diagnosis", "sex", "birth_year", "baseline", "functional_high_risk")
_AGREED = ("surveillance", "preference")


@frozen
class ProfileFact:
    """A fact's path, label for people, kind, and what values it can have."""

    path: str
    label: str
    kind: Kind
    unit: str = ""
    low: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()
    recorded_when_found: bool = False
    question: str = ""  # of a fact that a layer adds
    changed_by: Literal["", "history", "agreement", "test"] = ""

    @property
    def settled_by(self) -> Literal["history", "agreement", "test"]:
        """What can change it: nothing (it is history), people agreeing, or a new look."""
        section = self.path.partition(".")[0]
        if self.changed_by:
            return self.changed_by
        return "history" if section in _HISTORY else ("agreement" if section in _AGREED else "test")

    @property
    def get(self) -> Callable[[Patient], Any]:
        """Reads the fact from a patient: None when unknown; for a finding its status."""
        section, _, name = self.path.partition(".")
        if section == "local":
            return lambda patient: patient.local.get(name)
        return attrgetter(self.path + ".status" if self.kind == "finding" else self.path)


@cache
def catalogue() -> dict[str, ProfileFact]:
    """Every fact a rule may name, by path. Lists of dated events are read by their own operators instead."""
    facts: dict[str, ProfileFact] = {}
    _collect(Patient, "", "", facts)
    return facts


def _collect(model: type[BaseModel], path: str, label: str, facts: dict[str, ProfileFact]) -> None:
    for name, field in model.model_fields.items():
        here = f"{path}.{name}" if path else name
        title = field.title or (f"{label}: {name.replace('_', ' ')}" if label else name.replace("_", " "))
        inner = models_in(field.annotation)
        recorded = bool(isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get(RECORDED))
        if str(field.annotation).startswith("tuple") or name in (
            "id",
            "status",
            "date",
            "definition",
            "anchor",
            "recorded",
            "local",
            "values",
        ):
            continue
        if inner and issubclass(inner[0], Quantity):
            unit, _, high = UNITS[name]
            facts[here] = ProfileFact(here, title, "quantity", unit, 0, high)
        elif inner and issubclass(inner[0], ClinicalFinding):
            facts[here] = ProfileFact(here, title, "finding", words=("absent", "present"), recorded_when_found=recorded)
            _collect(inner[0], here, title, facts)
        elif inner:
            _collect(inner[0], here, label, facts)
        else:
            _add_scalar(field, here, title, recorded, facts)


def _add_scalar(field: FieldInfo, path: str, title: str, recorded: bool, facts: dict[str, ProfileFact]) -> None:
    parts = annotation_parts(field.annotation)
    words = tuple(word for part in parts for word in get_args(part) if get_origin(part) is Literal)
    if bool in parts:
        facts[path] = ProfileFact(path, title, "flag")
    elif words:
        facts[path] = ProfileFact(path, title, "word", words=words)
    elif float in parts or int in parts:
        low, high = _bounds([*field.metadata, *(item for part in parts for item in getattr(part, "__metadata__", ()))])
        facts[path] = ProfileFact(path, title, "number", low=low, high=high, recorded_when_found=recorded)


def _bounds(metadata: list[Any]) -> tuple[float | None, float | None]:
    """The inclusive limits among a field's constraints; a `Field(...)` inside `Annotated` holds its own list."""
    flat = [*metadata, *(item for entry in metadata for item in getattr(entry, "metadata", ()))]
    low = next((item.ge for item in flat if isinstance(item, Ge)), None)
    high = next((item.le for item in flat if isinstance(item, Le)), None)
    return (
        float(low) if isinstance(low, int | float) else None,
        float(high) if isinstance(high, int | float) else None,
    )
