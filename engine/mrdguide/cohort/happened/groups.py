"""Who may be followed from stopping on, and who is counted apart.

The clock starts when maintenance stops, and only those enter who had the answer by then: the last answer on or before that day opens
the way to stopping. Nobody's time before the criterion was met is counted (no immortal time), and no later answer lets anyone in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ...dates import counted
from ..arrow import needed
from ..figures.answer_rows import AnswerRows
from .table import EVENTS, Happened, HappenedTable

Group = Literal[
    "entered", "possible", "other", "too-old", "unjudged", "no-time", "not-stopped-answered", "not-stopped", "not-in-table"
]  # fmt: skip
# What is read of the rows besides what every row has.
COLUMNS = ("diagnosed", "protocols")
# Who stopped without that answer, and was followed: shown apart from those who enter.
APART: tuple[Group, ...] = ("possible", "other", "too-old", "unjudged")


def words_of(within: int) -> dict[Group, str]:
    """What each group is called; `within` is how many days old an answer may be (0: of any age)."""
    return {
        "entered": "stopped after an answer that opens the way to stopping: followed from the day of stopping on",
        "possible": "stopped while the answer was open and a stop possible",
        "other": "stopped after another answer",
        "too-old": f"stopped, with no answer of the {counted(within, 'day')} before",
        "unjudged": "stopped before the first day that was judged",
        "no-time": "stopped, with an event or the end of follow-up on that day (perhaps the reason for it)",
        "not-stopped-answered": "not stopped, with an answer that opens the way to stopping on some day",
        "not-stopped": "not stopped, without such an answer",
        "not-in-table": "not in the table of what happened",
    }


@dataclass(frozen=True, slots=True)
class Member:
    """One patient of the cohort: the group, what happened; of the last answer up to stopping what it was, how many days old, and
    the studies matched."""

    patient: str
    group: Group
    happened: Happened | None = None
    answer: str = ""
    answer_age: int | None = None
    studies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Answer:
    day: int
    outcome: str
    stop: bool
    possible: bool
    studies: frozenset[str]


def members_of(rows: AnswerRows, table: HappenedTable, within: int) -> list[Member]:
    """Every patient of the cohort in the order of its rows."""
    answers = _answers(rows)
    return [_member(name, answers[name], table.rows.get(name), within) for name in rows.values("patient")]


def mask(members: Sequence[Member], chosen: Sequence[bool]) -> Any:
    """A mask of patients, for counting."""
    return needed("numpy").fromiter(chosen, dtype=bool, count=len(members))


def _answers(rows: AnswerRows) -> dict[str, list[_Answer]]:
    every, stops = rows.every_day, set(rows.stopping)
    names = ("patient", "as_of", "outcome", "stop_possible", "protocols")
    found: dict[str, list[_Answer]] = {}
    for patient, day, outcome, possible, studies in zip(*(every[name].to_pylist() for name in names), strict=True):
        answer = _Answer(day.toordinal(), outcome, outcome in stops, possible, frozenset(studies))
        found.setdefault(patient, []).append(answer)
    return {patient: sorted(answers, key=lambda answer: answer.day) for patient, answers in found.items()}


def _member(patient: str, answers: list[_Answer], found: Happened | None, within: int) -> Member:
    if found is None:
        return Member(patient, "not-in-table")
    if found.stopped is None:
        return Member(patient, "not-stopped-answered" if any(item.stop for item in answers) else "not-stopped", found)
    if any(found.events.get(name) == found.stopped for name in EVENTS) or found.last_seen == found.stopped:
        return Member(patient, "no-time", found)
    before = [item for item in answers if item.day <= found.stopped]
    if not before:
        return Member(patient, "unjudged", found)
    last = before[-1]
    age = found.stopped - last.day
    if within and age > within:
        return Member(patient, "too-old", found)
    group: Group = "entered" if last.stop else "possible" if last.possible else "other"
    return Member(patient, group, found, last.outcome, age, last.studies)
