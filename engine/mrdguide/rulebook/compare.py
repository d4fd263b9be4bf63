"""Two rule books side by side, exactly: every combination of verdicts with the answer that each book gives.

A criterion that both books read in the same way is one variable. One that they read differently is two, the verdict of the
first book and that of the second, tied by what the operators themselves imply (18 months imply 12); what a book declares
about its criteria ties nothing, it only takes answers away in that book. What a book with layers keeps of its core
(`core:ID`) is the criterion of that id in the other book where both read it alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..decide.diagram import Diagrams
from ..decide.implications import Implications
from ..decide.nodes import Nodes
from ..decide.remainder import IMPOSSIBLE
from ..logic.implied import implies
from ..logic.truth import UNKNOWN
from ..rulefiles.model import Criterion, Implication
from .book import RuleBook
from .implied import implied
from .layered import CORE, WATCH, read_by

Direction = Literal["stricter", "looser", "other"]
Variable = tuple[str, str]  # (which book: "both", "first", "second"; the criterion's id)

RULED_OUT = "ruled out"
"""The end of a combination that a book's declared implications rule out: it takes an answer away."""

NO_ANSWER = "no answer"
"""The end of a combination for which no outcome of a book holds."""

_KEPT = (CORE, WATCH)


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """Whether a book's successor gives an outcome to fewer or more combinations of verdicts."""

    outcome: str
    lost: tuple[str, ...]  # what is given instead, where the first book gives it
    gained: tuple[str, ...]  # what the first book gives, where it is given anew

    @property
    def words(self) -> str:
        if self.lost and self.gained:
            return "others"
        return "fewer" if self.lost else ("more" if self.gained else "the same")


class Comparison:
    """The answers of two rule books over every combination of verdicts."""

    def __init__(self, first: RuleBook, second: RuleBook) -> None:
        self.first, self.second = first, second
        self._criteria = {"first": _criteria(first), "second": _criteria(second)}
        self.split = self._split()
        self._kept = dict(self._kept_of_a_core())
        self.variables = self._ordered()
        self._index = {variable: number for number, variable in enumerate(self.variables)}
        self.space = Diagrams()
        self._implications = Implications(list(self._ties()), [_text(item) for item in self.variables])
        answers = self.space.paired(self._answer(first, "first"), self._answer(second, "second"))
        self.root = self._possible_only(answers)
        found = self.space.reachable(self.root, [UNKNOWN] * len(self.variables))
        self.pairs = frozenset(_named(pair) for pair in found if isinstance(pair, tuple))

    @property
    def directions(self) -> frozenset[Direction]:
        """In which directions some combination of verdicts differs; empty when the two are equal."""
        return frozenset(direction for pair in self.pairs if (direction := self.direction(*pair)) is not None)

    @property
    def verdict(self) -> Literal["equal", "stricter", "looser", "neither"]:
        """What the second book is to the first."""
        found = self.directions
        if not found:
            return "equal"
        if found == {"stricter"}:
            return "stricter"
        return "looser" if found == {"looser"} else "neither"

    @property
    def in_words(self) -> str:
        """The same in a word or two: that nothing is looser is worth saying, though it is not stricter throughout."""
        if self.verdict != "neither":
            return self.verdict
        if "looser" not in self.directions:
            return "nowhere looser" if "stricter" in self.directions else "another answer"
        return "mixed" if "stricter" in self.directions else "looser for some"

    def outcomes(self) -> list[OutcomeChange]:
        """What happens to each outcome, in the order of the books."""
        names = dict.fromkeys(item.id for book in (self.first, self.second) for item in book.decision.outcomes)
        return [
            OutcomeChange(
                name,
                tuple(sorted(after for before, after in self.pairs if before == name != after)),
                tuple(sorted(before for before, after in self.pairs if after == name != before)),
            )
            for name in names
        ]

    def direction(self, before: str, after: str) -> Direction | None:
        """Whether an answer that takes the place of another is stricter, looser, or another as permissive; None: the same."""
        if before == after:
            return None
        if RULED_OUT in (before, after):
            return "looser" if after == RULED_OUT else "stricter"
        if NO_ANSWER in (before, after):
            return "other"
        ranks = self.permissiveness
        if ranks[before] == ranks[after]:
            return "other"
        return "looser" if ranks[after] > ranks[before] else "stricter"

    @property
    def permissiveness(self) -> Mapping[str, int]:
        """How far each answer of either book opens the way to stopping; where both have it, as the first says."""
        found = {}
        for book in (self.second, self.first):
            found.update({item.id: item.permissiveness for item in book.decision.outcomes})
            found[book.decision.insufficient.id] = book.decision.insufficient.permissiveness
        return found

    def example(self, direction: Direction, first: Sequence[int], second: Sequence[int]) -> dict[Variable, int] | None:
        """The verdicts nearest to those of a patient with which the books differ in a direction; None when none do.

        `first` and `second` are the patient's verdicts by each book's criteria.
        """
        known = self.known(first, second)

        def cost(number: int, value: int) -> int:
            return 0 if known[number] == value else (1 if known[number] == UNKNOWN else 2)

        def wanted(end: object) -> bool:
            return isinstance(end, tuple) and self.direction(*_named(end)) == direction

        chosen = self.space.nearest(self.root, cost, wanted)
        return None if chosen is None else {self.variables[number]: value for number, value in chosen.items()}

    def known(self, first: Sequence[int], second: Sequence[int]) -> list[int]:
        """A patient's verdicts in the order of `variables`."""
        one = dict(zip((item.rule.id for item in self.first.compiled_criteria), first, strict=True))
        two = dict(zip((item.rule.id for item in self.second.compiled_criteria), second, strict=True))
        return [(two if book == "second" else one)[name] for book, name in self.variables]

    def _variable(self, name: str, book: str) -> Variable:
        book, name = self._kept.get((book, name), (book, name))
        return (book, name) if name in self.split else ("both", name)

    def _split(self) -> frozenset[str]:
        """The criteria whose verdicts can differ between the books, and those that only one has."""
        mine, theirs = self._criteria["first"], self._criteria["second"]
        return frozenset({*mine, *theirs} - {name for name in mine if mine[name].alike(theirs.get(name))})

    def _kept_of_a_core(self) -> Iterator[tuple[Variable, Variable]]:
        """What a book keeps of its core, with the criterion that it is in the other book."""
        for which, other in (("first", "second"), ("second", "first")):
            for name, item in self._criteria[which].items():
                plain = next((name.removeprefix(prefix) for prefix in _KEPT if name.startswith(prefix)), name)
                if name in self.split and plain != name and item.alike(self._criteria[other].get(plain)):
                    yield (which, name), (other, plain)

    def _ordered(self) -> list[Variable]:
        """The variables in the order in which the first book asks about them; the second's own beside their neighbours."""
        orders = [
            [book.compiled_criteria[slot].rule.id for slot in book.decider.order if slot < len(book.compiled_criteria)]
            for book in (self.first, self.second)
        ]
        merged = list(orders[0])
        for place, name in enumerate(orders[1]):
            if name not in merged:
                before = orders[1][place - 1] if place else None
                merged.insert(merged.index(before) + 1 if before in merged else 0, name)
        return [
            (which, name) if name in self.split else ("both", name)
            for name in merged
            for which, order in zip(("first", "second"), orders, strict=True)
            if (name in order and (which, name) not in self._kept if name in self.split else which == "first")
        ]

    def _answer(self, book: RuleBook, which: str) -> int:
        space = self.space
        ids = [item.rule.id for item in book.compiled_criteria]
        nodes = Nodes(
            space,
            book.decider.derived_rules,
            {name: space.variable(self._index[self._variable(name, which)]) for name in ids},
        )
        answer = space.end(None)
        for outcome in reversed(book.decision.outcomes):
            answer = space.ite(nodes[f"outcome:{outcome.id}"], space.end(outcome.id), answer)
        for one, two, positive in _declared(book):
            left, right = nodes[one], nodes[two]
            holds = space.disjunction([space.negation(left), right if positive else space.negation(right)])
            answer = space.ite(holds, answer, space.end(RULED_OUT))
        return answer

    def _ties(self) -> Iterator[Implication]:
        """What follows from what, by the operators alone, within each book and between the two."""
        for which, criteria in self._criteria.items():
            for item in _implied(criteria):
                if item.then is not None:
                    yield _implication(self._variable(item.if_, which), self._variable(item.then, which))
        mine, theirs = (
            [(self._variable(name, which), item) for name, item in criteria.items() if self._is_own(which, name)]
            for which, criteria in self._criteria.items()
        )
        for one, first in mine:
            for two, second in theirs:
                if first.implies(second):
                    yield _implication(one, two)
                if second.implies(first):
                    yield _implication(two, one)

    def _is_own(self, which: str, name: str) -> bool:
        return name in self.split and (which, name) not in self._kept

    def _possible_only(self, root: int) -> int:
        space, support = self.space, self.space.support(root)
        for (first, first_met), (then, then_met) in self._implications.within(support):
            if first < then:
                one, two = space.variable(first), space.variable(then)
                condition = one if first_met else space.negation(one)
                conclusion = two if then_met else space.negation(two)
                clause = space.disjunction([space.negation(condition), conclusion])
                root = space.ite(clause, root, space.end(IMPOSSIBLE))
        return root


@dataclass(frozen=True, slots=True)
class _Judged:
    """A criterion with what tells the readings apart by which its book judges it; None where it reads no tests."""

    rule: Criterion
    read_by: str | None

    def alike(self, other: _Judged | None) -> bool:
        """Whether both are judged alike, whoever the patient is."""
        return other is not None and self._as_judged == other._as_judged

    def implies(self, other: _Judged) -> bool:
        """Whether the other is met wherever this is."""
        one, two = self.rule, other.rule
        # What a word can settle in one book alone is known there and unknown in the other.
        return (
            (None in (self.read_by, other.read_by) or self.read_by == other.read_by)
            and one.attestable == two.attestable
            and not (one.absence == "unknown" and two.absence == "not_met")
            and implies(one.when, two.when)
        )

    @property
    def _as_judged(self) -> object:
        return self.rule.when, self.rule.absence, self.rule.attestable, self.read_by


def _criteria(book: RuleBook) -> dict[str, _Judged]:
    return {
        item.rule.id: _Judged(item.rule, read_by(item.rule, book.kept_readings.get(item.rule.id, book.interpretation)))
        for item in book.compiled_criteria
    }


def _declared(book: RuleBook) -> Iterator[tuple[str, str, bool]]:
    """What the book declares beyond what its operators imply: (if, then, whether then is met)."""
    ids = [item.rule.id for item in book.compiled_criteria]
    own = Implications(list(_implied(_criteria(book))), ids)
    for (slot, met), targets in book.decider.implications.follows.items():
        if met:
            for other, positive in targets - own.follows.get((slot, met), frozenset()):
                yield ids[slot], ids[other], positive


def _implied(criteria: Mapping[str, _Judged]) -> Iterator[Implication]:
    return implied([item.rule for item in criteria.values()], [item.read_by for item in criteria.values()])


def _implication(one: Variable, two: Variable) -> Implication:
    return Implication.model_validate({"if": _text(one), "then": _text(two)})


def _named(pair: tuple[object, ...]) -> tuple[str, str]:
    before, after = (NO_ANSWER if end is None else str(end) for end in pair)
    return before, after


def _text(variable: Variable) -> str:
    return ":".join(variable)
