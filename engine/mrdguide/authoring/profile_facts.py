"""Everything a profile can hold, by its place: single facts, and the fields of each entry of a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..dates import CalendarDate
from ..patient.facts import catalogue
from ..patient.profile import Patient
from ..patient.units import UNITS, Quantity
from ..reading.validation import annotation_parts, models_in


@dataclass(frozen=True, slots=True)
class HeldFact:
    """One place of a profile: what it is called, what it may hold, and whether a rule may name it as `fact:`.

    What stands in lists is read by the operators that read them (`mrd_now`, `recorded`, ...).
    """

    path: str
    label: str
    holds: str
    named_by_rules: bool
    note: str = ""

    @property
    def line(self) -> str:
        note = f". {self.note[0].upper()}{self.note[1:]}" if self.note else ""
        mark = "" if self.named_by_rules else "  [in a list or by operator]"
        return f"{self.path}: {self.label}: {self.holds}{note}{mark}"

    def fits(self, words: list[str]) -> bool:
        """Whether every word is in its path, its label, its values or its note."""
        text = f"{self.path} {self.label} {self.holds} {self.note}".casefold().replace("_", " ")
        return all(word.casefold().replace("_", " ") in text for word in words)


@cache
def profile_facts() -> tuple[HeldFact, ...]:
    """Every place, in the order of the profile."""
    return tuple(_of_model(Patient, "", ""))


def _of_model(model: type[BaseModel], path: str, label: str) -> Iterator[HeldFact]:
    known = catalogue()
    for name, field in model.model_fields.items():
        key = field.alias or name
        here = f"{path}.{key}" if path else key
        title = field.title or (known[here].label if here in known else key.replace("_", " "))
        title = title if not label or here in known else f"{label}, {title}"
        note = field.description or ""
        inner = models_in(field.annotation)
        if str(field.annotation).startswith("tuple") and inner:
            yield HeldFact(f"{here}[*]", title, "a list of entries", False, note)
            yield from _of_model(inner[0], f"{here}[*]", title)
        elif inner and issubclass(inner[0], Quantity):
            unit = UNITS[name][0] if name in UNITS else ""
            yield HeldFact(
                here,
                title,
                f"a value with its unit{f' ({unit}, or what converts to it)' if unit else ''}",
                here in known,
                note,
            )
        elif inner:
            if here in known:
                yield HeldFact(here, title, " | ".join(known[here].words), True, note)
            yield from _of_model(inner[0], here, known[here].label if here in known else label)
        else:
            yield HeldFact(here, title, _holds(field), here in known, note)


def _holds(field: FieldInfo) -> str:
    parts = annotation_parts(field.annotation)
    words = [str(word) for part in parts for word in get_args(part) if get_origin(part) is Literal]
    several = "any of " if str(field.annotation).startswith("tuple") else ""
    if words:
        return several + " | ".join(words)
    if CalendarDate in parts:
        return "a date: YYYY-MM-DD, YYYY-MM or YYYY"
    kinds: dict[Any, str] = {bool: "true | false", int: "a whole number", float: "a number", str: "text"}
    return next((f"{several}{text}" for kind, text in kinds.items() if kind in parts), "anything")
