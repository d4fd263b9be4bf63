"""A question, typed: where its answer stands in the profile and what may be answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["date", "choice", "quantity", "number", "flag", "words", "text", "report", "entries"]
# What may be said in the place of a value.
Besides = Literal["not-known", "cannot-be-had", "absent"]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is answered: its path below the question (empty for the question itself), its kind and choices.

    `units` are those that are taken; `nothing` is the word for an answer that is null, such as therapy `going on`.
    `only_if` are the values of another field of the entry (`only_if_of`) with which it is asked; empty where it always is.
    """

    path: str
    label: str
    kind: Kind
    choices: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    nothing: str = ""
    only_if: tuple[str, ...] = ()
    only_if_of: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes. Raises nothing."""
        return {
            "path": self.path, "label": self.label, "kind": self.kind, "choices": list(self.choices),
            "units": list(self.units), "nothing": self.nothing, "only_if": list(self.only_if),
            "only_if_of": self.only_if_of,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked next.

    path: the place of the answer in the profile.
    text, why: the question, and why it is asked.
    kind: `report` is several facts of one place, `entries` a list of entries; both have `fields`, each other kind has one.
    besides: what may be answered in the place of a value.
    attestable: what a named role says with the answer `absent`.
    unobtainable: the facts of it that may be declared not to be had any more.
    leads_to: the outcomes that each answer leaves possible, where answers can be listed.
    """

    path: str
    text: str
    why: str
    kind: Kind
    fields: tuple[Field, ...]
    besides: tuple[Besides, ...] = ("not-known",)
    attestable: str = ""
    unobtainable: tuple[str, ...] = ()
    leads_to: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """The words to choose from, of a question with a single value."""
        return self.fields[0].choices if self.kind not in ("report", "entries") else ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes. Raises nothing."""
        return {
            "path": self.path, "text": self.text, "why": self.why, "kind": self.kind,
            "fields": [field.to_dict() for field in self.fields], "besides": list(self.besides),
            "attestable": self.attestable, "unobtainable": list(self.unobtainable),
            "leads_to": {answer: list(outcomes) for answer, outcomes in self.leads_to},
        }  # fmt: skip
