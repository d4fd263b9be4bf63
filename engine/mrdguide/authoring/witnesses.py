"""A patient on each side: the shipped example nearest to one whom two rule books answer differently, changed in few facts.

The comparison names the verdicts that matter; what the criteria read is changed, one fact at a time, until the two books
differ. Whoever is found has been evaluated by both books. That nobody is found proves nothing: the search is limited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from heapq import heappop, heappush
from itertools import count, pairwise
from typing import Any

from ..case.case import Case
from ..dates import add_months, parse_date
from ..errors import MrdguideError, PatientError
from ..logic.truth import UNKNOWN, VERDICTS, Verdict
from ..patient import Patient, read_patient
from ..patient.canonical import plain_profile
from ..reading.computed import computed
from ..reading.numbers import numbers_in
from ..recommend.evaluation import evaluate
from ..recommend.recommendation import Recommendation
from ..rulebook.book import RuleBook
from ..rulebook.compare import Comparison, Direction, Variable
from ..rulebook.layered import CORE, WATCH
from ..teach.examples import examples
from .edits import Change, Marks, differences, edits
from .placing import put

MOST_CHANGES = 7
# Profiles tried for one direction; a fourth of them once somebody was found of whom one book does not know enough.
MOST_TRIED, _WITH_ONE = 6_000, 4
_EXAMPLES = 6
_LATER = (3, 6, 1, 9, 2, 12)  # months
_NOT_TOLD = ("scheme:", "alternative:", "invariant:", "differs:", "outcome:", CORE, WATCH, "answer:")


@dataclass(frozen=True, slots=True)
class Witness:
    """A patient whom two rule books answer differently, with what was changed in an example."""

    example: str
    as_of: str
    profile: Mapping[str, Any]
    changes: tuple[Change, ...]
    before: Recommendation
    after: Recommendation

    @property
    def chain(self) -> tuple[tuple[str, Verdict | None, Verdict | None], ...]:
        """Every rule whose verdict differs, criteria first: (name, verdict by the first book, by the second)."""
        return tuple(changed_verdicts(self.before, self.after))


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for a patient found, and how many profiles it tried."""

    direction: Direction
    witness: Witness | None
    tried: int


def changed_verdicts(
    before: Recommendation, after: Recommendation
) -> Iterator[tuple[str, Verdict | None, Verdict | None]]:
    """Rules and studies whose verdict differs between two answers to one patient; None where a book has no such rule.

    What a book with layers keeps of its core, and what it joins the two answers with, nobody has written: it is left out.
    """
    one, two = before.rules.decider.index_of, after.rules.decider.index_of
    for name in dict.fromkeys([*one, *two]):
        if name.startswith(_NOT_TOLD):
            continue
        first = VERDICTS[before.decided.verdicts[one[name]]] if name in one else None
        second = VERDICTS[after.decided.verdicts[two[name]]] if name in two else None
        if first != second:
            yield name, first, second


class PatientSearch:
    """Looks for patients whom the two books of a comparison answer differently."""

    def __init__(self, comparison: Comparison, most_tried: int = MOST_TRIED) -> None:
        self.comparison = comparison
        self._most_tried = most_tried
        self._tried = 0
        self._fallback: Witness | None = None

    def find(self, direction: Direction) -> Search:
        """The patient found: an example as it is, or as it is on a later day, else one changed in at most seven facts.

        One whom both books give a settled answer is looked for first; then one of whom one book does not know enough.
        """
        self._tried, self._fallback = 0, None
        found = self._unchanged(direction) or self._later(direction) or self._changed(direction) or self._fallback
        return Search(direction, found, self._tried)

    def _unchanged(self, direction: Direction) -> Witness | None:
        return next((found for state in self._examples if (found := self._differing(state, direction))), None)

    def _later(self, direction: Direction) -> Witness | None:
        """An example as it is, on a later day: what differs in how long something counts shows there."""
        for months in _LATER:
            for state in self._examples:
                found = self._differing(state.later(months), direction)
                if found is not None or self._enough:
                    return found
        return None

    def _changed(self, direction: Direction) -> Witness | None:
        """Best first: what is nearest by the verdicts that still have to change, and by the facts changed so far."""
        number = count()
        waiting: list[tuple[float, int, _State]] = []
        for state in self._examples:
            distance = self._distance(state, direction)
            if distance is not None:
                waiting.append((distance[0], next(number), state))
        waiting = sorted(waiting)[:_EXAMPLES]
        seen = {self._verdicts(state) for _, _, state in waiting}
        while waiting and not self._enough:
            _, _, state = heappop(waiting)
            for following in self._following(state, direction):
                found = self._differing(following, direction)
                if found is not None:
                    return found
                verdicts = self._verdicts(following)
                if self._enough:
                    return None
                if verdicts in seen:
                    continue
                seen.add(verdicts)
                distance = self._distance(following, direction)
                if distance is not None:
                    heappush(waiting, (distance[0] + 0.25 * len(following.changes), next(number), following))
        return None

    @property
    def _enough(self) -> bool:
        return self._tried >= (self._most_tried if self._fallback is None else self._most_tried // _WITH_ONE)

    def _following(self, state: _State, direction: Direction) -> Iterator[_State]:
        distance = self._distance(state, direction)
        if distance is None:
            return
        roots, marks = self._reads(distance[1])
        for assigned in edits(state.profile, roots, marks, state.day):
            try:
                profile = put(state.profile, assigned)
                following = _State(state.name, state.as_of, state.original, profile, read_patient(profile))
            except (ValueError, PatientError):
                continue
            if 0 < len(following.changes) <= MOST_CHANGES:
                yield following

    def _distance(self, state: _State, direction: Direction) -> tuple[int, list[Variable]] | None:
        """How many verdicts have to change, and which; None when no verdicts differ in this direction."""
        first, second = self._verdicts(state)
        wanted = self.comparison.example(direction, first, second)
        if wanted is None:
            return None
        known = dict(zip(self.comparison.variables, self.comparison.known(first, second), strict=True))
        turned = [variable for variable, value in wanted.items() if known[variable] != value]
        return sum(1 if known[item] == UNKNOWN else 2 for item in turned), turned

    def _reads(self, turned: list[Variable]) -> tuple[list[str], Marks]:
        """The places that some criteria read, and the numbers they compare with."""
        comparison, names = self.comparison, {name for _, name in turned}
        roots: dict[str, None] = {}
        found: set[float] = set()
        for book in (comparison.first, comparison.second):
            for item in book.compiled_criteria:
                if item.rule.id in names:
                    roots.update(dict.fromkeys(sorted(item.paths - {"attested", "unobtainable"})))
                    found.update(numbers_in(item.rule.when.model_dump(mode="json")))
        months = sorted(int(item) for item in found if item == int(item) and 1 <= item <= 120)
        return list(roots), Marks(tuple(months), tuple(_beside(sorted(found))))

    def _verdicts(self, state: _State) -> tuple[tuple[int, ...], tuple[int, ...]]:
        comparison = self.comparison
        return state.verdicts(comparison.first), state.verdicts(comparison.second)

    def _differing(self, state: _State, direction: Direction) -> Witness | None:
        """The patient when the books differ in this direction; kept for later when only one of them is settled."""
        self._tried += 1
        before, after = (_outcome(book, state) for book in (self.comparison.first, self.comparison.second))
        if self.comparison.direction(before, after) != direction:
            return None
        open_ = {self.comparison.first.decision.insufficient.id, self.comparison.second.decision.insufficient.id}
        if open_ & {before, after}:
            if self._fallback is None or len(state.changes) < len(self._fallback.changes):
                self._fallback = self._confirmed(state, direction)
            return None
        return self._confirmed(state, direction)

    def _confirmed(self, state: _State, direction: Direction) -> Witness | None:
        """The patient, evaluated as any other is; None when the full evaluation does not show the difference."""
        try:
            before, after = (
                evaluate(state.patient, rules=book, as_of=state.as_of)
                for book in (self.comparison.first, self.comparison.second)
            )
        except MrdguideError:
            return None
        if self.comparison.direction(before.outcome, after.outcome) != direction:
            return None
        return Witness(state.name, state.as_of, state.profile, tuple(state.changes), before, after)

    @computed
    def _examples(self) -> list[_State]:
        found = []
        for item in examples():
            patient = read_patient(item.path)
            profile = plain_profile(patient)
            found.append(_State(item.file.removesuffix(".yaml"), item.as_of, profile, profile, patient))
        return found


class _State:
    """A profile on the way: the example it comes from, and what was changed."""

    def __init__(
        self, name: str, as_of: str, original: Mapping[str, Any], profile: Mapping[str, Any], patient: Patient
    ) -> None:
        self.name, self.as_of, self.original, self.profile, self.patient = name, as_of, original, profile, patient
        self._judged: dict[str, tuple[int, ...]] = {}

    def later(self, months: int) -> _State:
        """The same profile, judged so many months later."""
        day = date.fromordinal(add_months(self.day.toordinal(), months)).isoformat()
        return _State(self.name, day, self.original, self.profile, self.patient)

    @property
    def day(self) -> date:
        return date.fromordinal(parse_date(self.as_of).earliest)

    @computed
    def changes(self) -> list[Change]:
        return differences(self.original, self.profile)

    def verdicts(self, book: RuleBook) -> tuple[int, ...]:
        if book.hash not in self._judged:
            self._judged[book.hash] = tuple(book.judge_all(Case(self.patient, self.day.toordinal())))
        return self._judged[book.hash]


def _outcome(book: RuleBook, state: _State) -> str:
    verdicts, faults = book.decider.implications.reconciled(state.verdicts(book))
    possible = book.decider.possible(verdicts)
    return possible[0] if len(possible) == 1 and not faults else book.decision.insufficient.id


def _beside(numbers: list[float]) -> Iterator[float]:
    """Each number, a little less, a little more, and the middle between neighbours (by ratio, as MRD levels are)."""
    found: dict[float, None] = {}
    for item in numbers:
        found.update({item: None, item * 0.98: None, item * 1.02: None})
    for low, high in pairwise(numbers):
        if low > 0:
            found[float(f"{(low * high) ** 0.5:.2g}")] = None
    yield from (float(f"{item:.6g}") for item in found if item > 0)
