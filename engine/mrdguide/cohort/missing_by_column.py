"""What is missing in many patients at once, and where each result leads: patients with one more fact known are judged by column.

The same as `answer.missing.find_missing` finds of each. What cannot be tried this way is tried one by one there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..answer.judged_again import of_no_consequence, read_again
from ..answer.missing import most_answers
from ..case.case import Case
from ..logic.operator import DataRequirement
from ..logic.truth import UNKNOWN
from ..patient import Patient
from ..rulebook.book import RuleBook
from ..rulebook.possible_dates import joined
from ..rulebook.possible_results import possible_results
from .columns.cohort import Cohort
from .columns.conclusions import known_of, outcomes_of
from .columns.criteria import judge_criteria
from .columns.judging import diagram_of
from .columns.of_patients import Patients
from .columns.ordinary import unusual_part
from .rows import Asked, Open, explained, fact, waited_for

# Patients with one more fact known that are held at a time.
_AT_A_TIME = 4_000


class _Try(NamedTuple):
    """One result of a missing fact: whose it is, its label, and the patient as it would then be."""

    of: Open
    label: str
    patient: Patient


@dataclass(frozen=True, slots=True)
class _Fact:
    """A missing fact with its results; `leads_to` has the labels of those that lead to the same outcomes."""

    need: DataRequirement
    tries: Sequence[_Try]
    leads_to: dict[tuple[str, ...], list[str]] = field(default_factory=dict)


def missing_of(patients: Sequence[Open], book: RuleBook) -> list[list[dict[str, Any]]]:
    """The missing facts of each patient as they stand in a row. The answer of all is open;
    `book` as it is in force on all their days."""
    found: list[list[dict[str, Any]]] = []
    waiting: list[list[_Fact] | Open] = []
    held = 0
    for of in patients:
        facts = _to_be_tried(of, book)
        waiting.append(of if facts is None else facts)
        held += sum(len(item.tries) for item in facts or ())
        if held >= _AT_A_TIME:
            found += _told(waiting, book)
            waiting, held = [], 0
    return found + list(_told(waiting, book))


def _to_be_tried(of: Open, book: RuleBook) -> list[_Fact] | None:
    """The facts that a patient lacks, with all their results; None where these are to be tried one by one."""
    case = of.case
    if case.known_until < case.as_of or unusual_part(case.original):
        # What is found out today is then known otherwise than what is on record.
        return None
    needs = waited_for(book, of)
    if len(needs) > case.most_tried:
        return None
    facts = [_Fact(need, [_Try(of, *answer) for answer in _results(case, need, book)]) for need in needs]
    tries = [item.patient for one in facts for item in one.tries]
    # In a long record not all of them are tried.
    few = len(tries) < most_answers(case) and not any(unusual_part(patient) for patient in tries)
    return facts if few else None


def _results(case: Case, need: DataRequirement, book: RuleBook) -> Iterator[tuple[str, Patient]]:
    return possible_results(case.original, need, case.as_of, book.thresholds, known_until=case.known_until)


def _told(waiting: Sequence[list[_Fact] | Open], book: RuleBook) -> Iterator[list[dict[str, Any]]]:
    groups: dict[frozenset[int], list[_Fact]] = {}
    for facts in waiting:
        for item in facts if isinstance(facts, list) else ():
            groups.setdefault(read_again(book, item.need.path), []).append(item)
    for slots, items in groups.items():
        _judge(items, slots, book)
    for facts in waiting:
        if not isinstance(facts, list):
            yield explained(facts, False, book, Asked("leads"))["missing"]
            continue
        # First what moves the answer by itself, then what does so only together with something else.
        yield [_in_a_row(item) for item in sorted(facts, key=lambda item: len(item.leads_to) < 2)]


def _in_a_row(item: _Fact) -> dict[str, Any]:
    leads_to = {", ".join(joined(same)): outcomes for outcomes, same in item.leads_to.items()}
    return fact(item.need.path, item.need.what, leads_to)


def _judge(facts: Sequence[_Fact], slots: frozenset[int], book: RuleBook) -> None:
    """Find where the results of facts lead that the same criteria look at."""
    tries = [(item, result) for item in facts for result in item.tries]
    if not tries:
        return
    days = np.array([result.of.case.as_of for _, result in tries], dtype=np.int32)
    verdicts = np.array([result.of.verdicts for _, result in tries], dtype=np.uint8).T.copy()
    verdicts[list(of_no_consequence(book))] = UNKNOWN
    judge_criteria(book, Cohort(Patients([result.patient for _, result in tries], days), days), verdicts, slots)
    known, contradicting = known_of(book, verdicts)
    possible, names = diagram_of(book).possible(known), outcomes_of(book)
    for (item, result), mask, left_out in zip(tries, possible.tolist(), contradicting.tolist(), strict=True):
        if not left_out:
            outcomes = tuple(name for bit, name in enumerate(names) if mask >> bit & 1)
            item.leads_to.setdefault(outcomes, []).append(result.label)
