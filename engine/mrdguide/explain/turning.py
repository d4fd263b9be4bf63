"""Verdicts on one day after another: a criterion is judged again only where it can have turned.

Each criterion says itself on which days it can (`Operator.turning_days`) while nothing new is recorded. Where the record of
the day holds more tests, what reads them is judged again too; where more or less of it can be known than on the day before
(`Case.doubts`), everything is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from ..answer.judged_again import looking_at
from ..case.case import Case
from ..logic.truth import MET
from ..rulebook.book import RuleBook
from .future import VISITED

# The slots of the criteria that can turn on a day, by day, in order of time.
Turning = dict[int, list[int]]
Vector = tuple[int, ...]


def turning(rules: RuleBook, case: Case, first: int) -> Turning:
    """What can turn on the days after `first`, up to the case's own, by the passing of time alone."""
    # Many criteria count the same months from the same lists.
    together: dict[frozenset[int], list[int]] = {}
    for slot, judged in enumerate(rules.compiled_criteria):
        together.setdefault(frozenset(judged.turning_days(case)), []).append(slot)
    found: Turning = {}
    last = case.as_of
    for days, slots in together.items():
        for day in days:
            if first < day <= last:
                found.setdefault(day, []).extend(slots)
    return dict(sorted(found.items()))


def day_by_day(
    rules: RuleBook, first: int, later: Turning, case_on: Callable[[int], Case]
) -> Iterator[tuple[int, Vector]]:
    """The verdicts of all criteria on a first day and on each later one on which something can turn."""
    before = case_on(first)
    verdicts = rules.judge_all(before)
    yield first, verdicts
    for day, slots in later.items():
        case = case_on(day)
        looked_at = _turned(rules, before, case, slots)
        verdicts = _judged_again(rules, case, verdicts, looked_at)
        yield day, verdicts
        before = case


def with_other_tests(rules: RuleBook, before: Case, verdicts: Vector, case: Case) -> Vector:
    """The verdicts of a day with other tests on record, from those of the same day with the tests of the case before."""
    if case.doubts != before.doubts:
        return rules.judge_all(case)
    other = [name for name in VISITED if getattr(case.original, name) != getattr(before.original, name)]
    return _judged_again(rules, case, verdicts, frozenset().union(*(looking_at(rules, name) for name in other)))


def _judged_again(rules: RuleBook, case: Case, verdicts: Vector, slots: Collection[int] | None) -> Vector:
    """Verdicts of before with those of some criteria as they are now, or of all."""
    if slots is None:
        return rules.judge_all(case)
    changed = list(verdicts)
    for slot in slots:
        changed[slot] = rules.compiled_criteria[slot].judge.verdict(case)
    return tuple(changed)


def losses(
    rules: RuleBook, watched: Sequence[int], known: Case | None, later: Turning, case_on: Callable[[int], Case]
) -> Iterator[tuple[int, list[int]]]:
    """The days on which watched criteria are not met any more, each with their slots; what is lost is not looked at again.

    `known` is a case in which all of them are met, or None: then all are judged on the first day.
    """
    left, before = watched, known
    for day, slots in later.items():
        if not left:
            return
        case = case_on(day)
        looked_at = _turned(rules, before, case, slots) if before is not None else None
        lost = [
            slot
            for slot in left
            if (looked_at is None or slot in looked_at) and rules.compiled_criteria[slot].judge.verdict(case) != MET
        ]
        if lost:
            yield day, lost
            left = [slot for slot in left if slot not in lost]
        before = case


def _turned(rules: RuleBook, before: Case, case: Case, slots: Collection[int]) -> Collection[int] | None:
    """What can have turned since the case before, of which `slots` can by time alone; None where that is everything."""
    if case.doubts != before.doubts:
        return None
    grown = [name for name in VISITED if len(getattr(case.original, name)) != len(getattr(before.original, name))]
    return frozenset(slots).union(*(looking_at(rules, name) for name in grown)) if grown else slots
