"""A profile of the page, judged: the answer, or what is needed before there can be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from ...errors import InferenceDisagreement, SafetyInvariantViolated, UsageError
from ...patient.profile import ListName
from ...recommend.evaluation import day_of, evaluate
from ...recommend.recommendation import Recommendation
from ...rulebook.book import RuleBook
from .form_plan import plan
from .places import value_at

NEW_ID = "new patient"


def nobody() -> dict[str, Any]:
    """A patient of whom nothing is known: every list may hold anything."""
    return {"id": NEW_ID, "incomplete": list(get_args(ListName))}


@dataclass(frozen=True, slots=True)
class Judged:
    """`answer` is None where there is none; `why_not` then says what to do."""

    answer: Recommendation | None
    why_not: str = ""


def judge(book: RuleBook, profile: Mapping[str, Any], as_of: str) -> Judged:
    """The answer for a profile.

    Raises:
        PatientError: the profile cannot be read.
        UsageError: `as_of` is no day.
    """
    day_of(as_of)
    if value_at(profile, "diagnosis.disease") is None:
        return Judged(None, "Enter the diagnosis, or open a patient: then the answer stands here.")
    try:
        return Judged(evaluate(counted(profile), rules=book, as_of=as_of))
    except (InferenceDisagreement, SafetyInvariantViolated) as error:
        return Judged(None, f"No answer that can be trusted was reached, so none is given: {error}")


def counted(profile: Mapping[str, Any]) -> dict[str, Any]:
    """The profile without entries in which nothing is entered yet."""
    lists = {
        name: [item for item in entries if item != {}]
        for name in plan().lists
        if isinstance(entries := profile.get(name), list)
    }
    return {**profile, **lists}


def check_day(text: str) -> str:
    """The day to judge on as it was typed.

    Raises:
        UsageError: it is no single day.
    """
    if not text.strip():
        raise UsageError("as_of: the day judged is empty; give a day YYYY-MM-DD")
    day_of(text.strip())
    return text.strip()
