"""When: the first day on which each outcome and each study pattern would hold, and until when the tests on record count.

Verdicts change only on days that the operators name (`Operator.turning_days`), so looking at those days is looking at
all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..case.case import Case
from ..dates import add_months, iso
from ..errors import InconsistentVerdicts
from ..logic.operator import Modifiability
from ..logic.truth import MET
from ..reading.computed import computed
from ..rulebook.book import RuleBook
from .future import Future, Visit, Workup
from .sufficient_reasons import shortest_reason
from .turning import day_by_day, losses, turning, with_other_tests

MONTHS = 60
LONGEST = 240
_KEEP_MONTHS = 24
_WORDS = {
    Workup.SERUM: ("serum and urine panel",), Workup.MARROW: ("marrow MRD",), Workup.IMAGING: ("imaging",),
    Workup.BOTH: ("marrow MRD", "imaging"),
}  # fmt: skip

Vector = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NeededTest:
    """A test that has to be done (and be negative) on some day from `earliest` to the day projected."""

    what: str
    earliest: int

    def to_dict(self) -> dict[str, str]:
        return {"what": self.what, "earliest": iso(self.earliest)}


@dataclass(frozen=True, slots=True)
class Projected:
    """An outcome or a study's pattern, and the first day it would hold (None: not within the time looked at).

    `last` are the ids of the criteria that come to hold on that day. `first_round` is whether a round of the same tests
    today is needed besides. `possible_from` is the first day on which it is at least possible, where it never becomes
    certain by time and tests alone.
    """

    id: str
    title: str
    today: bool
    day: int | None
    possible_from: int | None
    last: tuple[str, ...]
    tests: tuple[NeededTest, ...]
    first_round: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title, "today": self.today, "day": _day(self.day), "first_round": self.first_round,
            "possible_from": _day(self.possible_from), "last_to_be_met": list(self.last),
            "tests": [test.to_dict() for test in self.tests],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expiry:
    """Criteria that hold today and stop holding after `last_day` unless the tests are repeated by then.

    `possible` are the outcomes possible on the day after, if nothing is done.
    """

    criteria: tuple[str, ...]
    last_day: int
    tests: tuple[str, ...]
    possible: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "criteria": list(self.criteria), "last_day": iso(self.last_day), "repeat": list(self.tests),
            "possible_then": list(self.possible),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Projection:
    """What time would bring, under the assumptions named. Days are proleptic Gregorian ordinals.

    `until` is the last day looked at: that of the months asked for, or an earlier one in a very long record.
    `visits` are the days asked about; without any, marrow and imaging are assumed to be repeated on the very day
    projected, so each day is the earliest there can be; what that does not reach is tried with a round of tests today as
    well. `schedule` are days for tests that keep every window open.
    """

    assumptions: tuple[str, ...]
    until: int
    visits: tuple[Visit, ...]
    outcomes: tuple[Projected, ...]
    protocols: tuple[Projected, ...]
    expiries: tuple[Expiry, ...]
    schedule: tuple[Visit, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "assumptions": list(self.assumptions),
            "until": iso(self.until),
            "tests_on": [_visit(visit) for visit in self.visits],
            "outcomes": [item.to_dict() for item in self.outcomes],
            "protocols": [item.to_dict() for item in self.protocols],
            "expiries": [item.to_dict() for item in self.expiries],
            "schedule": [_visit(visit) for visit in self.schedule],
        }


def _visit(visit: Visit) -> dict[str, Any]:
    return {"day": iso(visit.day), "tests": list(_WORDS[visit.tests])}


def words(tests: Workup) -> tuple[str, ...]:
    """The tests of a visit in words."""
    return _WORDS[tests]


def _day(day: int | None) -> str | None:
    return iso(day) if day is not None else None


def project(rules: RuleBook, case: Case, visits: Sequence[Visit] = (), *, months: int = MONTHS) -> Projection:
    """Look ahead so many calendar months; `visits` are the days of the next tests, if they are given."""
    ahead = _Ahead(rules, case, tuple(visits), _as_far_as_can_be(rules, case, visits, add_months(case.as_of, months)))
    outcomes = tuple(ahead.outcome(item.id, item.title) for item in rules.decision.outcomes)
    protocols = tuple(ahead.protocol(item.id, item.title) for item in rules.protocols)
    keeper = _Keeper(rules, ahead.future, min(ahead.until, add_months(case.as_of, min(months, _KEEP_MONTHS))))
    return Projection(
        ahead.future.assumptions, ahead.until, ahead.visits, outcomes, protocols, keeper.expiries(), keeper.schedule()
    )


def closing_windows(rules: RuleBook, case: Case, days: int) -> tuple[Expiry, ...]:
    """The windows of tests on record that close within so many days, without the rest of the projection."""
    until = _as_far_as_can_be(rules, case, (), case.as_of + days)
    return tuple(item for item in _Keeper(rules, Future(rules, case), until).expiries() if item.tests)


def _as_far_as_can_be(rules: RuleBook, case: Case, visits: Sequence[Visit], until: int) -> int:
    """`until`, or earlier in a very long record, where almost every day something may change by time."""
    days = turning_days(rules, Future(rules, case).case(until, visits), case.as_of)
    most = min(10 * case.most_tried, case.most_read_again)
    nearest = max((visit.day for visit in visits), default=case.as_of)
    return max(nearest, days[most] - 1) if len(days) > most else until


def turning_days(rules: RuleBook, case: Case, first: int) -> list[int]:
    """The days after `first`, up to the case's own, on which a verdict can change by the passing of time alone."""
    return list(turning(rules, case, first))


class _Ahead:
    """The verdicts on later days, with the given tests or with marrow and imaging repeated on the very day."""

    def __init__(self, rules: RuleBook, case: Case, visits: tuple[Visit, ...], until: int) -> None:
        self.rules, self.visits, self.until = rules, visits, until
        self.future = Future(rules, case)
        self.today = case.as_of
        self._now = rules.judge_all(case)
        self._known: dict[tuple[int, tuple[Visit, ...]], Vector] = {}
        self._first_known: dict[int, tuple[Case, Vector]] = {}

    def judged_verdicts(self, day: int, tests: Workup = Workup.BOTH, *, first_round: bool = False) -> Vector:
        return self._judged(day, self._visits(day, tests, first_round))

    def _judged(self, day: int, visits: tuple[Visit, ...]) -> Vector:
        """All criteria, those of a day judged from the start; several outcomes ask for the same days, with other tests."""
        found = self._known.get((day, visits))
        if found is None:
            case, first = self.future.case(day, visits), self._first_known.get(day)
            found = self.rules.judge_all(case) if first is None else with_other_tests(self.rules, *first, case)
            self._first_known.setdefault(day, (case, found))
            self._known[day, visits] = found
        return found

    def _visits(self, day: int, tests: Workup, first_round: bool) -> tuple[Visit, ...]:
        return self.visits or (*self._first(first_round), Visit(day, tests))

    def _first(self, first_round: bool) -> tuple[Visit, ...]:
        return (Visit(self.today, Workup.BOTH),) if first_round else ()

    @computed
    def _days(self) -> list[_OnADay]:
        """Every day on which something can change, with tests on that day."""
        return self._with(first_round=False)

    @computed
    def _days_after_a_first_round(self) -> list[_OnADay]:
        """The same with a round of tests today; nothing new where the days of the tests are given."""
        return [] if self.visits else self._with(first_round=True)

    def _with(self, *, first_round: bool) -> list[_OnADay]:
        last = self.future.case(self.until, self.visits or self._first(first_round))

        def case_on(day: int) -> Case:
            return self.future.case(day, self._visits(day, Workup.BOTH, first_round))

        judged = day_by_day(self.rules, self.today, turning(self.rules, last, self.today), case_on)
        return [_OnADay(day, verdicts, possible_of(self.rules, verdicts)) for day, verdicts in judged]

    def outcome(self, name: str, title: str) -> Projected:
        def holds(judged_verdicts: Vector) -> bool:
            return possible_of(self.rules, judged_verdicts) == (name,)

        decider = self.rules.decider
        found = self._projected(name, title, _Target(decider.answer, name, decider.asked, holds))
        if found.day is not None:
            # What is announced is decided by both engines, like today's answer.
            decider.decide(self.judged_verdicts(found.day, first_round=found.first_round))
            return found
        days = (*self._days, *self._days_after_a_first_round)
        possible_from = min((item.day for item in days if name in item.possible), default=None)
        return replace(found, possible_from=possible_from)

    def protocol(self, name: str, title: str) -> Projected:
        """A study's pattern, on days on which the rules do not rule out stopping altogether."""
        decider, full_name = self.rules.decider, f"protocol:{name}"
        slot = decider.index_of[full_name]
        open_ = {item.id for item in self.rules.decision.outcomes if item.permissiveness > 0}

        def holds(judged_verdicts: Vector) -> bool:
            return decider.verdicts(judged_verdicts)[slot] == MET and not open_.isdisjoint(
                possible_of(self.rules, judged_verdicts)
            )

        return self._projected(name, title, _Target(decider.root(full_name), True, decider.asked_by(full_name), holds))

    def _projected(self, name: str, title: str, target: _Target) -> Projected:
        if target.holds(self._now):
            return Projected(name, title, True, self.today, None, (), ())
        for first_round in (False, True):
            day = self._first_day(target.holds, first_round)
            if day is not None:
                before = self._now if day == self.today else self.judged_verdicts(day - 1, first_round=first_round)
                last = self._last(before, self.judged_verdicts(day, first_round=first_round), target)
                tests = self._tests(day, target.holds, first_round)
                return Projected(name, title, False, day, None, last, tests, first_round)
        return Projected(name, title, False, None, None, (), ())

    def _first_day(self, holds: Callable[[Vector], bool], first_round: bool) -> int | None:
        """The first day on which it holds, also when all criteria are judged from the start on that day."""
        days = self._days_after_a_first_round if first_round else self._days
        found = (item.day for item in days if holds(item.judged_verdicts))
        return next((day for day in found if holds(self.judged_verdicts(day, first_round=first_round))), None)

    def _last(self, before: Vector, after: Vector, target: _Target) -> tuple[str, ...]:
        """The criteria that turned and on which it rests, without those that another of them brings with it."""
        reason = shortest_reason(self.rules.decider, target.root, after, target.end)
        rests_on = set(reason.slots) if reason is not None else set()
        all_turned = [slot for slot in target.asked if before[slot] != after[slot]]
        turned = [slot for slot in all_turned if slot in rests_on] or all_turned
        follows = self.rules.decider.implications.follows
        brought = {
            literal
            for slot in turned
            for literal in follows.get((slot, after[slot] == MET), ())
            if (slot, after[slot] == MET) not in follows.get(literal, ())
        }
        return tuple(
            self.rules.compiled_criteria[slot].rule.id for slot in turned if (slot, after[slot] == MET) not in brought
        )

    def _tests(self, day: int, holds: Callable[[Vector], bool], first_round: bool) -> tuple[NeededTest, ...]:
        """The tests without which it would not hold on that day, each with the first day on which it would do."""
        if self.visits:
            return ()
        needed = next(
            tests for tests in _FEWEST_FIRST if holds(self.judged_verdicts(day, tests, first_round=first_round))
        )
        return tuple(
            NeededTest(self._named(kind), self._earliest(day, kind, needed & ~kind, holds, first_round))
            for kind in (Workup.MARROW, Workup.IMAGING, Workup.SERUM)
            if kind & needed
        )

    def _named(self, kind: Workup) -> str:
        # A negative PET-CT would not do where disease was not, or not known to be, FDG-avid.
        return _WORDS[kind][0] if kind is not Workup.IMAGING else f"imaging by {self.future.imaging_by}"

    def _earliest(
        self, day: int, kind: Workup, others: Workup, holds: Callable[[Vector], bool], first_round: bool
    ) -> int:
        """The first day on which a test would still count on the day projected; a later one counts all the more."""
        low, high = self.today, day
        while low < high:
            middle = (low + high) // 2
            visits = (*self._first(first_round), Visit(middle, kind), Visit(day, others))
            if holds(self._judged(day, visits)):
                high = middle
            else:
                low = middle + 1
        return high


@dataclass(frozen=True, slots=True)
class _Target:
    """What is looked for: an end of a diagram, the criteria it looks at, and whether verdicts reach it."""

    root: int
    end: Hashable
    asked: Sequence[int]
    holds: Callable[[Vector], bool]


@dataclass(frozen=True, slots=True)
class _OnADay:
    day: int
    judged_verdicts: Vector
    possible: tuple[str, ...]


_FEWEST_FIRST = (Workup.NONE, Workup.SERUM, Workup.MARROW, Workup.IMAGING, Workup.BOTH)


def possible_of(rules: RuleBook, judged_verdicts: Vector) -> tuple[str, ...]:
    """The possible outcomes; none where what is assumed contradicts itself."""
    try:
        return rules.decider.possible(judged_verdicts)
    except InconsistentVerdicts:
        return ()


class _Keeper:
    """Until when what holds today goes on to hold, and on which days tests would keep it so."""

    def __init__(self, rules: RuleBook, future: Future, until: int) -> None:
        self._rules, self._future, self._until = rules, future, until
        self._today = future.today
        now = rules.judge_all(future.case(self._today))
        self._watched = [
            slot
            for slot in sorted(rules.decider.asked)
            # What is over once time has passed (a finding of the last months) is nothing to be kept.
            if now[slot] == MET
            and rules.compiled_criteria[slot].rule.when.modifiability(False) is not Modifiability.TIME
        ]

    @computed
    def _untouched(self) -> dict[int, int]:
        """The first day on which each watched criterion no longer holds when nothing is done."""
        later = turning(self._rules, self._future.case(self._until), self._today)
        found = losses(self._rules, self._watched, self._future.case(self._today), later, self._future.case)
        return {slot: day for day, slots in found for slot in slots}

    def _is_met(self, slot: int, case: Case) -> bool:
        """Whether a criterion is met; those that nobody watches need not be judged for it."""
        return self._rules.compiled_criteria[slot].judge.verdict(case) == MET

    def expiries(self) -> tuple[Expiry, ...]:
        """What stops holding when nothing is done, by day."""
        by_day: dict[int, list[int]] = {}
        for slot, day in self._untouched.items():
            by_day.setdefault(day, []).append(slot)
        return tuple(
            Expiry(
                tuple(self._rules.compiled_criteria[slot].rule.id for slot in slots),
                day - 1,
                _WORDS.get(self._restores(day, slots, ()), ()),
                possible_of(self._rules, self._rules.judge_all(self._future.case(day))),
            )
            for day, slots in sorted(by_day.items())
        )

    def _restores(self, day: int, slots: Sequence[int], visits: Sequence[Visit]) -> Workup:
        """The fewest tests, done on the last day before, with which nothing watched is lost on the day."""
        for tests in _FEWEST_FIRST[1:]:
            more = (*visits, Visit(day - 1, tests))
            on_both_days = (self._future.case(on, more) for on in (day - 1, day))
            if all(self._is_met(slot, case) for case in on_both_days for slot in slots):
                return tests
        return Workup.NONE

    def schedule(self) -> tuple[Visit, ...]:
        """Each test on the last day on which it still keeps every window open."""
        visits: list[Visit] = []
        day = min(self._untouched.values(), default=None)
        while day is not None:
            tests = self._restores(day, self._watched, visits)
            if tests == Workup.NONE or (visits and visits[-1].day >= day - 1):
                break
            visits.append(Visit(day - 1, tests))
            day = self._first_loss(visits)
        return tuple(visits)

    def _first_loss(self, visits: Sequence[Visit]) -> int | None:
        """The first day on which anything watched is lost; until the last of the visits nothing is."""
        later = turning(self._rules, self._future.case(self._until, visits), visits[-1].day - 1)
        found = losses(self._rules, self._watched, None, later, lambda day: self._future.case(day, visits))
        return next((day for day, _ in found), None)
