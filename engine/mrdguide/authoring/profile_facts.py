"""Everything a profile can hold, by its place: single facts, and the fields of each entry of a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..dates import CalendarDate
from ..patient.facts import ProfileFact, catalogue
from ..patient.fields import FindingStatus
from ..patient.profile import Patient
from ..patient.units import UNITS, Quantity
from ..reading.validation import annotation_parts, models_in
from ..rulebook.book import RuleBook


@dataclass(frozen=True, slots=True)
class HeldFact:
    """One place of a profile: what it is called, what it may hold, and whether a rule may name it as `fact:`.

    What stands in lists is read by the operators that read them (`mrd_now`, `recorded`, ...).
    """

    path: str
    label: str
    kind: Literal["words", "flag", "date", "number", "quantity", "list", "text"]
    holds: str
    named_by_rules: bool
    note: str = ""
    words: tuple[str, ...] = ()
    unit: str = ""

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


def added_facts(rules: RuleBook) -> tuple[HeldFact, ...]:
    """The facts that the layers of a rule book add to the profile."""
    return tuple(_added(fact) for fact in rules.local_facts.values())


def _added(fact: ProfileFact) -> HeldFact:
    if fact.kind in ("word", "finding"):
        words = get_args(FindingStatus) if fact.kind == "finding" else fact.words
        return HeldFact(fact.path, fact.label, "words", " | ".join(words), True, fact.question, words)
    kind, holds = ("flag", "true | false") if fact.kind == "flag" else ("number", "a number")
    return HeldFact(fact.path, fact.label, kind, holds, True, fact.question)  # type: ignore[arg-type]


def _of_model(model: type[BaseModel], path: str, label: str) -> Iterator[HeldFact]:
    known = catalogue()
    for name, field in model.model_fields.items():
        key = field.alias or name
        here = f"{path}.{key}" if path else key
        fact = known.get(here)
        title = field.title or (fact.label if fact else key.replace("_", " "))
        title = title if not label or fact else f"{label}, {title}"
        note = field.description or ""
        inner = models_in(field.annotation)
        if str(field.annotation).startswith("tuple") and inner:
            yield HeldFact(f"{here}[*]", title, "list", "a list of entries", False, note)
            yield from _of_model(inner[0], f"{here}[*]", title)
        elif inner and issubclass(inner[0], Quantity):
            unit = UNITS[name][0] if name in UNITS else ""
            holds = f"a value with its unit{f' ({unit}, or what converts to it)' if unit else ''}"
            yield HeldFact(here, title, "quantity", holds, fact is not None, note, unit=unit)
        elif inner:
            if fact:
                yield HeldFact(here, title, "words", " | ".join(fact.words), True, note, fact.words)
            yield from _of_model(inner[0], here, fact.label if fact else label)
        else:
            yield _single(field, here, title, note, named=fact is not None)


def _single(field: FieldInfo, path: str, label: str, note: str, *, named: bool) -> HeldFact:
    parts = annotation_parts(field.annotation)
    words = tuple(str(word) for part in parts for word in get_args(part) if get_origin(part) is Literal)
    several = "any of " if str(field.annotation).startswith("tuple") else ""
    if words:
        return HeldFact(path, label, "text" if several else "words", several + " | ".join(words), named, note, words)
    if CalendarDate in parts:
        return HeldFact(path, label, "date", "a date: YYYY-MM-DD, YYYY-MM or YYYY", named, note)
    if bool in parts:
        return HeldFact(path, label, "flag", "true | false", named, note)
    if int in parts or float in parts:
        return HeldFact(path, label, "number", "a whole number" if int in parts else "a number", named, note)
    return HeldFact(path, label, "text", f"{several}text", named, note)
