"""The answer on a later day: with nothing done until then, and with the tests repeated on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ...dates import add_months
from ...errors import InconsistentVerdicts, UsageError
from ...explain.future import Future, Visit, Workup
from ...recommend.recommendation import Recommendation
from ..exchange import Fields
from ..state import MOST_MONTHS


@dataclass(frozen=True, slots=True)
class Later:
    """`untouched` and `tested` are the outcomes possible on that day; none where what is assumed contradicts itself."""

    day: date
    untouched: tuple[str, ...]
    tested: tuple[str, ...]
    assumptions: tuple[str, ...]


def months_of(fields: Fields) -> int:
    """How far ahead the slider of the page stands.

    Raises:
        UsageError: it is no number of months that can be looked ahead.
    """
    text = fields.get("months", "0")
    if not (text.isascii() and text.isdigit()) or int(text[:4]) > MOST_MONTHS:
        raise UsageError(f"the months to look ahead are a number from 0 to {MOST_MONTHS}")
    return int(text)


def later(answer: Recommendation, months: int) -> Later:
    """The answer so many calendar months after the day judged, decided by both engines."""
    future = Future(answer.rules, answer.case)
    day = add_months(answer.case.as_of, months)
    return Later(
        date.fromordinal(day), _possible(answer, future, day, ()), _possible(answer, future, day, (Visit(day, Workup.BOTH),)),
        future.assumptions,
    )  # fmt: skip


def _possible(answer: Recommendation, future: Future, day: int, visits: tuple[Visit, ...]) -> tuple[str, ...]:
    try:
        return answer.rules.decider.decide(answer.rules.judge_all(future.case(day, visits))).possible
    except InconsistentVerdicts:
        return ()
