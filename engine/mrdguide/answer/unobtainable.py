"""What an answer was reached without, because somebody says that it cannot be had any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..logic.declared import declared, why_not
from ..patient.facts import catalogue
from ..reading.frozen import frozen
from ..reading.validation import closest

if TYPE_CHECKING:
    from ..case.case import Case
    from ..rulebook.book import RuleBook


@frozen
class UnobtainableFact:
    """A fact of the time of diagnosis without which the answer was reached.

    what: the place of the fact in the profile.
    label: the fact in words.
    why: why it cannot be had any more.
    by: who says so.
    date: the day on which it was said; null when none is given.
    """

    what: str
    label: str
    why: str
    by: str
    date: str | None

    def to_dict(self) -> dict[str, Any]:
        return {"what": self.what, "label": self.label, "why": self.why, "by": self.by, "date": self.date}


def unobtainable_facts(rules: RuleBook, case: Case) -> tuple[UnobtainableFact, ...]:
    """The declarations that count, in the order of the rule book's facts."""
    found = []
    for path in rules.may_be_unobtainable:
        item = declared(case, catalogue()[path])
        if item is not None:
            date = str(item.date) if item.date is not None else None
            found.append(UnobtainableFact(path, catalogue()[path].label, item.why, item.by, date))
    return tuple(found)


def declarations_ignored(rules: RuleBook, case: Case) -> Iterator[str]:
    """Declarations that count for nothing, in words."""
    for index, item in enumerate(case.patient.unobtainable):
        if item.what not in rules.may_be_unobtainable:
            near = closest(item.what, rules.may_be_unobtainable)
            hint = f" ({near})" if near else ""
            yield f"unobtainable[{index}]: no rule lets a board go on without '{item.what}'{hint}; it counts for nothing"
        elif reason := why_not(case, item, catalogue()[item.what]):
            yield f"unobtainable[{index}], {item.what}: {reason}; it counts for nothing"
