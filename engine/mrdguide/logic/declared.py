"""What is declared to be out of reach: where a declaration counts, and why it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..patient.facts import ProfileFact
from ..reading.written_words import says_something

if TYPE_CHECKING:
    from ..case.case import Case
    from ..patient.unobtainable import Unobtainable


def why_not(case: Case, declaration: Unobtainable, fact: ProfileFact) -> str:
    """Why a declaration counts for nothing; empty when it counts."""
    if not says_something(declaration.by):
        return "does not say who says so ('by')"
    if not says_something(declaration.why):
        return "does not say why it cannot be had ('why')"
    if declaration.date is not None and declaration.date.earliest > case.as_of:
        return "is of a day after the day judged"
    if case.doubt_at(fact.path) is not None:
        return "a value is on record that cannot be as it is: correct that first"
    if not unknown(case, fact):
        return "a value is on record, which counts"
    if case.may_lack("cytogenetics"):
        return "not every report of the time of diagnosis was read"
    return ""


def unknown(case: Case, fact: ProfileFact) -> bool:
    """Whether nothing is known of a fact: not recorded, not tested or failed."""
    return fact.get(case.patient) in (None, "not-tested", "failed")


def declared(case: Case, fact: ProfileFact) -> Unobtainable | None:
    """The declaration that counts for a fact, or None."""
    return next(
        (item for item in case.patient.unobtainable if item.what == fact.path and not why_not(case, item, fact)), None
    )


def words(declaration: Unobtainable) -> str:
    """`cannot be had any more (no sample left; tumor board, 2026-11-26)`"""
    said = f"{declaration.by}, {declaration.date}" if declaration.date is not None else declaration.by
    return f"cannot be had any more ({declaration.why}; {said})"
