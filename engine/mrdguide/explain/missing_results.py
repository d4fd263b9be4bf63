"""Which results would settle the outcome: the smallest sets of them, and a tree of what to ask and where it leads.

Both walk through situations: the patient as now known, and as it would be after each possible answer to something that
is missing. Every announced end is the exact set of outcomes that the rule book leaves possible there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

from ..answer.missing import NeedsOf, after_each_answer, needs
from ..case.case import Case
from ..logic.operator import DataRequirement
from ..reading.computed import computed
from ..rulebook.book import RuleBook
from ..rulebook.possible_dates import joined
from .effort import Effort

# How far the search goes; what lies beyond is said to be more, never left out in silence.
MOST_RESULTS = 3
MOST_SITUATIONS = 400
MOST_ON_A_WAY = 20
TREE_DEPTH = 4
TREE_QUESTIONS = 24


class Situation(Protocol):
    """What is known at one point: the outcomes still possible, what could be found out next, and what else is missing
    whose answers cannot be listed (a therapy history, say)."""

    @property
    def possible(self) -> tuple[str, ...]: ...

    @property
    def questions(self) -> Sequence[Question]: ...

    @property
    def unanswerable(self) -> Sequence[str]: ...

    @property
    def paths(self) -> Sequence[str]:
        """The places that are asked about."""

    @property
    def waiting_for(self) -> Sequence[str]:
        """What is missing, in words, whether or not an answer to it changes anything."""


@dataclass(frozen=True)
class Question:
    """Something that is not known and matters. `answers` are labels with the situation after each.

    `asked_for` is False for a new test that nothing asks for: it can settle the answer, but is not what is missing.
    """

    what: str
    path: str
    answers: tuple[tuple[str, Situation], ...]
    asked_for: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """One answer to one question."""

    what: str
    path: str
    answer: str


@dataclass(frozen=True, slots=True)
class Settles:
    """The smallest sets of results that leave only one outcome.

    `sets` is empty when no set of up to `looked_at` results does; it then takes more than that many, or, if the search came
    to its end (`exhausted`), no results of today do. `more` is how many further sets of the same size there are.
    """

    outcome: str
    sets: tuple[tuple[Result, ...], ...]
    looked_at: int
    exhausted: bool
    more: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "sets": [[{"what": item.what, "path": item.path, "answer": item.answer} for item in some] for some in self.sets],
            "more_of_this_size": self.more,
            "takes_more_than": None if self.sets or self.exhausted else self.looked_at,
            "no_results_of_today_do": not self.sets and self.exhausted,
        }  # fmt: skip


_Known = tuple[tuple[Result, ...], Situation]
_SHOWN = 3


def smallest_sets(
    start: Situation,
    *,
    most_results: int = MOST_RESULTS,
    most_situations: int = MOST_SITUATIONS,
    most_answers: float = inf,
) -> tuple[Settles, ...]:
    """For every outcome still possible, the smallest sets of results that would settle it."""
    effort = Effort(most_answers)
    found: dict[str, list[tuple[Result, ...]]] = {name: [] for name in start.possible}
    looked_at = dict.fromkeys(found, 0)
    level: list[_Known] = [((), start)]
    reached = [start]
    left, exhausted = most_situations, False
    for size in range(1, most_results + 1):
        following = _one_result_more(level, left)
        if following is None:
            break
        left -= len(following)
        open_ = [name for name, sets in found.items() if not sets]
        looked_at.update(dict.fromkeys(open_, size))
        for results, after in following:
            if len(after.possible) == 1 and after.possible[0] in open_:
                found[after.possible[0]].append(results)
        level = [known for known in following if len(known[1].possible) > 1]
        if not effort.covers(after for _, after in level):
            break
        reached += [after for _, after in level]
        # Mostly the first has more to ask, and then the others need not be gone through for it.
        more_to_ask = any(_not_asked(results, after) for results, after in level)
        exhausted = not more_to_ask and not any(situation.unanswerable for situation in reached)
        if exhausted or all(found.values()):
            break
    return tuple(
        Settles(name, tuple(sets[:_SHOWN]), looked_at[name], exhausted, max(0, len(sets) - _SHOWN))
        for name, sets in found.items()
    )


def _one_result_more(level: Sequence[_Known], most: int) -> list[_Known] | None:
    """Every set of results with one more in it, each once; None when there are more than `most`."""
    following: dict[frozenset[Result], _Known] = {}
    for results, situation in level:
        for question in _not_asked(results, situation):
            for label, after in question.answers:
                more = (*results, Result(question.what, question.path, label))
                following.setdefault(frozenset(more), (more, after))
                if len(following) > most:
                    return None
    return list(following.values())


@dataclass(frozen=True, slots=True)
class Way:
    """Results that together lead towards an outcome: one way there, not the only one and not proved to be the shortest.

    `possible` is what is possible at its end; where that is more than the outcome, `left` is what is missing there whose
    answers cannot be listed.
    """

    outcome: str
    results: tuple[Result, ...]
    possible: tuple[str, ...]
    left: tuple[str, ...]


def way_to(start: Situation, outcome: str, *, most_results: int = MOST_ON_A_WAY) -> Way:
    """Towards an outcome that is possible, each step by the result that leaves the fewest others."""
    results: tuple[Result, ...] = ()
    at = start
    while len(at.possible) > 1 and len(results) < most_results:
        steps = [
            (Result(question.what, question.path, label), after)
            for question in _not_asked(results, at)
            for label, after in question.answers
            if outcome in after.possible
        ]
        if not steps:
            break
        result, at = min(steps, key=lambda step: len(step[1].possible))
        results = (*results, result)
    return Way(outcome, results, at.possible, tuple(at.waiting_for) if len(at.possible) > 1 else ())


def _not_asked(results: tuple[Result, ...], situation: Situation) -> list[Question]:
    asked = {item.path for item in results}
    return [question for question in situation.questions if question.path not in asked]


@dataclass(frozen=True, slots=True)
class Branch:
    """One or several answers that lead to the same place: outcomes settled or still possible there, and what to ask next.

    `missing` names what else is missing there, where the tree ends with more than one outcome still possible.
    """

    answer: str
    possible: tuple[str, ...]
    next: Tree | None = None
    missing: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "answer": self.answer, "possible": list(self.possible),
            "next": self.next.to_dict() if self.next is not None else None, "also_missing": list(self.missing),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tree:
    """What to find out first, and where each answer leads."""

    what: str
    path: str
    branches: tuple[Branch, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"what": self.what, "path": self.path, "branches": [branch.to_dict() for branch in self.branches]}


def tree(
    start: Situation, *, depth: int = TREE_DEPTH, questions: int = TREE_QUESTIONS, most_answers: float = inf
) -> Tree | None:
    """A decision tree that asks first what leaves the fewest outcomes open; None when nothing is missing.

    At most `depth` questions one after the other and `questions` in all.
    """
    return _Planter(questions, Effort(most_answers)).plant(start, depth, frozenset())


class _Planter:
    def __init__(self, questions: int, effort: Effort) -> None:
        self._left, self._effort = questions, effort

    def plant(self, situation: Situation, depth: int, before: frozenset[str]) -> Tree | None:
        """A tree that asks nothing twice on one way down."""
        new = [item for item in situation.questions if item.asked_for and item.path not in before]
        asked = min(new, key=_left_open, default=None)
        if asked is None:
            return None
        self._left -= 1
        branches: dict[tuple[object, ...], tuple[list[str], Branch]] = {}
        for label, after in asked.answers:
            branch = self._branch(after, depth - 1, before | {asked.path})
            labels, _ = branches.setdefault((branch.possible, branch.next, branch.missing), ([], branch))
            labels.append(label)
        joined = (
            Branch(", ".join(labels), branch.possible, branch.next, branch.missing)
            for labels, branch in branches.values()
        )
        return Tree(asked.what, asked.path, tuple(joined))

    def _branch(self, after: Situation, depth: int, before: frozenset[str]) -> Branch:
        if len(after.possible) == 1:
            return Branch("", after.possible)
        if not self._effort.covers((after,)):
            return Branch("", after.possible, None, tuple(after.waiting_for))
        below = self.plant(after, depth, before) if depth > 0 and self._left > 0 else None
        if below is not None:
            return Branch("", after.possible, below)
        return Branch("", after.possible, None, _also_missing(after))


def _also_missing(situation: Situation) -> tuple[str, ...]:
    return (*(item.what for item in situation.questions if item.asked_for), *situation.unanswerable)


def _left_open(question: Question) -> float:
    """How many outcomes are open on average after asking; the more answers settle it the better."""
    return sum(len(after.possible) for _, after in question.answers) / len(question.answers)


class Lazily:
    """A situation whose questions are put together when they are first looked at."""

    def __init__(
        self,
        possible: tuple[str, ...],
        ask: Callable[[], tuple[Sequence[Question], Sequence[str]]],
        ask_one: Callable[[str], Question | None],
        waited_for: Callable[[], Sequence[DataRequirement]],
        most_asked: int,
    ) -> None:
        self.possible = possible
        self._ask, self._ask_one, self._waited_for, self._most_asked = ask, ask_one, waited_for, most_asked
        self._one: dict[str, Question | None] = {}

    @property
    def paths(self) -> Sequence[str]:
        """The places of what is missing here and asked for, whether or not its answers can be listed."""
        return [need.path for need in self._missing[: self._most_asked]]

    @property
    def waiting_for(self) -> Sequence[str]:
        return [need.what for need in self._missing]

    @property
    def _missing(self) -> Sequence[DataRequirement]:
        return self._waited_for() if len(self.possible) > 1 else ()

    def question_at(self, path: str) -> Question | None:
        """The question about one place that is asked for, without putting the others together."""
        if len(self.possible) < 2:
            return None
        if path not in self._one:
            self._one[path] = self._ask_one(path)
        return self._one[path]

    @property
    def questions(self) -> Sequence[Question]:
        return self._asked[0]

    @property
    def unanswerable(self) -> Sequence[str]:
        return self._asked[1]

    @computed
    def _asked(self) -> tuple[Sequence[Question], Sequence[str]]:
        return self._ask() if len(self.possible) > 1 else ((), ())


def situation_of(
    rules: RuleBook,
    case: Case,
    judged_verdicts: tuple[int, ...],
    possible: tuple[str, ...],
    waiting: NeedsOf | None = None,
) -> Lazily:
    """The situation of a patient whose verdicts are known, before anything more is asked.

    `waiting` is what each criterion waits for, where something of it is known from the situation before.
    """
    asked = _Waiting(rules, case, judged_verdicts, NeedsOf(rules, case) if waiting is None else waiting)
    return Lazily(possible, asked.ask, asked.ask_one, asked.waited_for, case.most_tried)


class _Waiting:
    """What is waited for where some verdicts are known, and the questions about it."""

    def __init__(self, rules: RuleBook, case: Case, judged_verdicts: tuple[int, ...], waiting: NeedsOf) -> None:
        self._rules, self._case, self._judged_verdicts, self._waiting = rules, case, judged_verdicts, waiting

    @computed
    def _needs(self) -> list[DataRequirement]:
        hangs_on = self._rules.decider.depends_on(self._judged_verdicts)
        return [need for need, _ in needs(self._rules, self._case, hangs_on, self._waiting)]

    @computed
    def _wanted(self) -> dict[str, DataRequirement]:
        return {need.path: need for need in self._needs[: self._case.most_tried]}

    def waited_for(self) -> Sequence[DataRequirement]:
        return self._needs

    def ask(self) -> tuple[Sequence[Question], Sequence[str]]:
        most = self._case.most_tried
        missing, beyond = self._needs[:most], self._needs[most:]
        asked = [self._question(need) for need in missing]
        known = {need.path for need in missing}
        readings = self._rules.interpretation
        new = (
            DataRequirement("mrd", readings.marrow_mrd.ask_for),
            DataRequirement("imaging", readings.imaging.ask_for),
        )
        fresh = [self._question(need, asked_for=False) for need in new if need.path not in known]
        return (
            [question for question in (*asked, *fresh) if question is not None],
            [need.what for need, question in zip(missing, asked, strict=True) if question is None]
            + [need.what for need in beyond],
        )

    def ask_one(self, path: str) -> Question | None:
        need = self._wanted.get(path)
        return self._question(need) if need is not None else None

    def _question(self, need: DataRequirement, *, asked_for: bool = True) -> Question | None:
        return _question(self._rules, self._case, self._judged_verdicts, need, self._waiting, asked_for=asked_for)


def _question(
    rules: RuleBook,
    case: Case,
    judged_verdicts: tuple[int, ...],
    need: DataRequirement,
    waiting: NeedsOf,
    *,
    asked_for: bool = True,
) -> Question | None:
    """A need with its answers; those that the decision cannot tell apart are one. None when no answer changes anything."""
    asked = rules.decider.verdicts_asked
    told_apart: dict[tuple[int, ...], tuple[list[str], Situation]] = {}
    for answer in after_each_answer(rules, case, judged_verdicts, need):
        key = asked(answer.judged_verdicts)
        if key not in told_apart:
            after = NeedsOf(rules, answer.case, need.path, waiting)
            told_apart[key] = ([], situation_of(rules, answer.case, answer.judged_verdicts, answer.possible, after))
        told_apart[key][0].append(answer.label)
    if set(told_apart) <= {asked(judged_verdicts)}:
        return None
    told = tuple((", ".join(joined(labels)), situation) for labels, situation in told_apart.values())
    return Question(need.what, need.path, told, asked_for)
