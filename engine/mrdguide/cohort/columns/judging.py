"""A cohort on one day: what the one-patient engine finds of each, found for all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ...errors import MrdguideError, UsageError
from ...logic.truth import MET, NOT_MET, UNKNOWN
from ...patient.profile import Patient
from ...recommend.evaluation import day_of, evaluate
from ...rulebook.book import RuleBook
from .cohort import Cohort
from .conclusions import Places, conclude, outcomes_of
from .criteria import judge_criteria
from .kernel import Column
from .kleene import Table
from .of_patients import Patients
from .ordinary import unusual_part
from .possible import Bits, Diagram
from .profiles import Profiles
from .second_engine import disagreeing

_MOST_OUTCOMES = 64
_SECOND_ENGINE_DIFFERS = "two engines that conclude differently"


@dataclass(frozen=True, slots=True)
class ByEngine:
    """The patients who went through the one-patient engine: their places, and how many for which reason."""

    places: NDArray[np.int64]
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Judged:
    """What follows for n patients, in their order.

    outcomes: ids of the outcomes as the rule book tries them, that for insufficient data last
    outcome: of each patient a place in `outcomes`; -1 where no answer can be given (see `refused`)
    possible: of each patient the possible outcomes; bit 0 is the first of `outcomes`
    names: ids of criteria, then of everything derived from them, as in `RuleBook.decider.index_of`
    criteria: how many of `names` are criteria
    verdicts: a row for each of `names`, a column for each patient: 0 not met, 1 unknown, 2 met
    protocol_ids: ids of the protocols, in the order of the rows of `protocols`
    by_engine: who went through the one-patient engine, and why
    by_operator: how many verdicts operators gave patient by patient, by keyword: all of them where an operator has no column meaning
    refused: why there is no answer for a patient, by place
    cross_checked: whether durable-rules inferred every conclusion too
    inferred: from how many different inputs it was asked to infer one
    """

    outcomes: tuple[str, ...]
    outcome: Places
    possible: Bits
    names: tuple[str, ...]
    criteria: int
    verdicts: Table
    protocol_ids: tuple[str, ...]
    by_engine: ByEngine
    by_operator: Mapping[str, int]
    refused: Mapping[int, MrdguideError]
    cross_checked: bool
    inferred: int

    def named(self, mask: int) -> tuple[str, ...]:
        """The possible outcomes that an item of `possible` stands for."""
        return tuple(name for bit, name in enumerate(self.outcomes) if mask >> bit & 1)

    @property
    def true(self) -> NDArray[np.bool_]:
        """n x criteria: which criteria are known to be met."""
        found: NDArray[np.bool_] = self.verdicts[: self.criteria].T == MET
        return found

    @property
    def false(self) -> NDArray[np.bool_]:
        """n x criteria: which criteria are known not to be met."""
        found: NDArray[np.bool_] = self.verdicts[: self.criteria].T == NOT_MET
        return found

    @property
    def protocols(self) -> NDArray[np.uint8]:
        """n x protocols: 0 not met, 1 unknown, 2 met."""
        rows = [self.names.index(f"protocol:{name}") for name in self.protocol_ids]
        found: NDArray[np.uint8] = self.verdicts[rows].T
        return found


def judge(patients: Sequence[Patient], as_of: date, rules: RuleBook) -> Judged:
    """Judge patients on a day, each as `mrdguide.evaluate` would.

    Raises:
        UsageError: `as_of` is out of range, or the rule book has more than 64 outcomes.
        MrdguideError: durable-rules reported a failure.
    """
    day = day_of(as_of)
    run = _Run(len(patients), patients.__getitem__, day, rules.on(day))
    ordinary = run.sort()
    run.by_column(Patients([patients[place] for place in ordinary], day), ordinary)
    run.by_the_engine()
    return run.judged()


def judge_profiles(profiles: Profiles, as_of: int | Column, book: RuleBook) -> Judged:
    """Judge profiles of whom the columns hold everything, each as `mrdguide.evaluate` would. Raises as `judge` does.

    `as_of` is one day for all, or a day for each; `book` as it is in force on all of them.
    """
    run = _Run(len(profiles), profiles.patient, as_of, book)
    run.by_column(profiles, range(len(profiles)))
    run.by_the_engine()
    return run.judged()


@lru_cache(maxsize=8)
def diagram_of(rules: RuleBook) -> Diagram:
    """The decision of a rule book as an array, laid out once.

    Raises:
        UsageError: the rule book has more than 64 outcomes.
    """
    if len(rules.decision.outcomes) > _MOST_OUTCOMES:
        raise UsageError(
            f"the rule book has {len(rules.decision.outcomes)} outcomes; cohorts can be judged with at most {_MOST_OUTCOMES}"
        )
    return Diagram.of(rules.decider, outcomes_of(rules)[:-1])


class _Run:
    """One pass over a cohort, filling in what is found of each patient."""

    def __init__(self, count: int, patient: Callable[[int], Patient], as_of: int | Column, rules: RuleBook) -> None:
        self._count, self._patient, self._rules = count, patient, rules
        self._days = np.broadcast_to(np.asarray(as_of, dtype=np.int32), count)
        self._names = tuple(rules.decider.index_of)
        self._outcomes = outcomes_of(rules)
        self._outcome = np.full(count, -1, dtype=np.int16)
        self._possible = np.zeros(count, dtype=np.uint64)
        self._verdicts = np.full((len(self._names), count), UNKNOWN, dtype=np.uint8)
        self._reasons: dict[int, str] = {}
        self._refused: dict[int, MrdguideError] = {}
        self._by_operator: Counter[str] = Counter()
        self._inferred: int | None = None

    def sort(self) -> list[int]:
        """The places of patients whom the columns hold; of the others the reason is noted."""
        ordinary = []
        for place in range(self._count):
            reason = unusual_part(self._patient(place))
            if reason:
                self._reasons[place] = reason
            else:
                ordinary.append(place)
        return ordinary

    def by_column(self, profiles: Profiles, ordinary: Sequence[int]) -> None:
        """Judge the ordinary patients, who stand at these places; who is in question afterwards is left to the one-patient engine."""
        diagram, decider = diagram_of(self._rules), self._rules.decider
        places = np.array(ordinary, dtype=np.int64)
        verdicts = np.empty((len(self._names), len(ordinary)), dtype=np.uint8)
        self._by_operator = judge_criteria(self._rules, Cohort(profiles, self._days[places]), verdicts)
        concluded = conclude(self._rules, diagram, verdicts)
        second = disagreeing(decider, diagram, verdicts, concluded)
        in_question = dict(concluded.in_question)
        if second is not None:
            in_question[_SECOND_ENGINE_DIFFERS], self._inferred = second
        for reason, where in in_question.items():
            for place in places[where]:
                self._reasons.setdefault(int(place), reason)
        if places.size == self._count:
            self._verdicts, self._possible, self._outcome = verdicts, concluded.possible, concluded.outcome
            return
        self._verdicts[:, places] = verdicts
        self._possible[places], self._outcome[places] = concluded.possible, concluded.outcome

    def by_the_engine(self) -> None:
        """Judge everybody else by the one-patient engine."""
        for place in sorted(self._reasons):
            self._outcome[place], self._possible[place] = -1, 0
            self._verdicts[:, place] = UNKNOWN
            try:
                day = date.fromordinal(int(self._days[place]))
                found = evaluate(self._patient(place), rules=self._rules, as_of=day)
            except MrdguideError as error:
                self._refused[place] = error
                continue
            self._outcome[place] = self._outcomes.index(found.outcome)
            self._possible[place] = sum(1 << self._outcomes.index(name) for name in found.possible_outcomes)
            self._verdicts[:, place] = found.decided.verdicts

    def judged(self) -> Judged:
        return Judged(
            outcomes=self._outcomes,
            outcome=self._outcome,
            possible=self._possible,
            names=self._names,
            criteria=len(self._rules.compiled_criteria),
            verdicts=self._verdicts,
            protocol_ids=tuple(item.id for item in self._rules.protocols),
            by_engine=ByEngine(np.array(sorted(self._reasons), dtype=np.int64), Counter(self._reasons.values())),
            by_operator=self._by_operator,
            refused=self._refused,
            cross_checked=self._inferred is not None,
            inferred=self._inferred or 0,
        )
