"""What people decided on an answer, as they sign it on the sheet: the decision, by whom, on which day, and when to look again.

It is kept as feedback on the answer from a source of its own, so that records that were begun earlier take it too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ..dates import CalendarDate, parse_date
from ..errors import UsageError
from ..reading.arguments import instance_of
from ..reading.validation import closest
from ..rulebook.book import RuleBook
from .entry import FEEDBACK, RecordEntry

SOURCE = "board-decision"
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class BoardDecision:
    """A decision that was signed.

    decision: its id in the rules of then
    title: what it was called in them
    by: who decided, as they signed
    date: the day on which it was decided, YYYY-MM-DD
    review_on: the day on which to look again, YYYY-MM-DD; null where none was set
    among_options: whether the answer that it is on named it as an option; people may decide otherwise
    """

    decision: str
    title: str
    by: str
    date: str
    review_on: str | None
    among_options: bool

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "decision": self.decision, "title": self.title, "by": self.by, "date": self.date, "review_on": self.review_on,
            "among_options": self.among_options,
        }  # fmt: skip

    def __str__(self) -> str:
        review = f", review on {self.review_on}" if self.review_on else ", no day of review"
        otherwise = "" if self.among_options else "; not among the options of the answer"
        return f"{self.title} ({self.decision}), by {self.by} on {self.date}{review}{otherwise}"


def decision_in(entry: RecordEntry) -> BoardDecision | None:
    """The decision that an entry holds; None where it holds none."""
    if entry.kind != FEEDBACK or entry.source != SOURCE:
        return None
    try:
        return BoardDecision(**json.loads(entry.body or ""))
    except (TypeError, ValueError, RecursionError):
        return None  # somebody else's feedback under this name


def checked_decision(
    entry: RecordEntry, rules: RuleBook, decision: object, by: object, day: object, review_on: object, now: datetime
) -> BoardDecision:
    """A decision on the answer of an entry, as it may be signed.

    Raises:
        UsageError: there is no such decision in the rules, nobody signs it, or a day cannot be.
    """
    known = {item.id: item for item in rules.decision.decisions}
    name = instance_of(str, "decision", decision, f"one of {', '.join(known)}")
    if name not in known:
        near = closest(name, known)
        expected = f"one of {', '.join(known)}" if known else "the rules name none"
        raise UsageError(f"decision: there is no decision '{name}'{f'; {near}' if near else ''}; {expected}")
    signed = instance_of(str, "by", by, "the name of those who decided").strip()
    if not 0 < len(signed) <= _LONGEST_NAME or not signed.isprintable():
        raise UsageError(f"by: give the name of those who decided, 1 to {_LONGEST_NAME} characters on one line")
    decided = _day("date", day)
    as_of = parse_date(entry.as_of)
    if decided.earliest < as_of.earliest:
        raise UsageError(f"date: {decided} is before {as_of}, the day for which entry {entry.number} gives its answer")
    # Tomorrow is today already where the day begins earlier than in UTC.
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    if date.fromordinal(decided.earliest) > tomorrow:
        raise UsageError(f"date: {decided} is still to come; a decision is signed when it was made")
    again = None if review_on is None else _day("review_on", review_on)
    if again is not None and again.earliest <= decided.earliest:
        raise UsageError(f"review_on: {again} is not after {decided}, the day of the decision")
    found = known[name]
    among = entry.outcome in found.with_outcomes
    return BoardDecision(name, found.title, signed, str(decided), None if again is None else str(again), among)


def _day(name: str, value: object) -> CalendarDate:
    try:
        found = parse_date(value)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None
    if not found.exact:
        raise UsageError(f"{name}: {found} is not a day; give YYYY-MM-DD")
    return found
