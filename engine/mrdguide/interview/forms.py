"""Everything that may be asked, at once, for a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..patient.facts import catalogue
from ..patient.profile import Patient
from ..rulebook.book import RuleBook
from .asking import as_mapping, listed, local_field, recorded, worded
from .fields import field_at
from .question import Besides, Question


def form_questions(profile: Mapping[str, Any] | Patient, book: RuleBook | None = None) -> Iterator[Question]:
    """The questions whose answer the profile does not hold, lists and reports first and then single facts; what cannot be
    had any more where the rule book allows that; then the facts that its layers add."""
    record = as_mapping(profile)
    asked = (*worded().opening, *worded().reports)
    for item in asked:
        if not recorded(record, item.path):
            yield listed(item, book)
    for path, fact in catalogue().items():
        held = any(path == item.path or path.startswith(f"{item.path}.") for item in asked)
        field = field_at("", path)
        if not held and field is not None and not recorded(record, path) and "." not in _below_a_finding(path):
            gone = (path,) if book is not None and path in book.may_be_unobtainable else ()
            besides: tuple[Besides, ...] = ("not-known", "cannot-be-had") if gone else ("not-known",)
            yield Question(path, fact.label, "", field.kind, (field,), besides, "", gone)
    for path, fact in book.local_facts.items() if book is not None else ():
        if not recorded(record, path):
            field = local_field(fact)
            yield Question(path, fact.question, "", field.kind, (field,), ("not-known",), "", ())


def _below_a_finding(path: str) -> str:
    """The rest of a path below another fact (`fraction` of a lesion), with a dot when there is any."""
    above = next((other for other in catalogue() if path.startswith(f"{other}.")), "")
    return path[len(above) :] if above else ""
