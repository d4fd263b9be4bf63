"""Implications between criteria, closed under inference.

Every one is a clause of two literals, so resolution (following chains, both ways) finds all that follows from them, and
what they say about a subset of the criteria is exactly the inferred clauses within that subset. They say which verdicts
can hold together, for the sets of possible answers; a verdict that was judged is never replaced by what they say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..errors import InconsistentVerdicts
from ..logic.truth import MET, NOT_MET, UNKNOWN
from ..rulefiles.model import Implication

Literal = tuple[int, bool]  # (criterion, whether it is met)


class Implications:
    """`follows[literal]` holds every literal that must be true with it."""

    def __init__(self, known: Sequence[Implication], criteria: Sequence[str]) -> None:
        self._criteria = criteria
        index_of = {name: slot for slot, name in enumerate(criteria)}
        edges: dict[Literal, set[Literal]] = {}
        for item in known:
            first = (index_of[item.if_], True)
            second = (index_of[item.then or item.then_not or ""], item.then is not None)
            edges.setdefault(first, set()).add(second)
            edges.setdefault(_opposite(second), set()).add(_opposite(first))
        self.follows = {literal: _reached(literal, edges) for literal in edges}
        # By criterion, for each verdict that it can have; from an unknown one nothing follows.
        added: dict[int, list[tuple[tuple[int, int], ...]]] = {}
        for (slot, met), targets in self.follows.items():
            following = tuple((other, MET if value else NOT_MET) for other, value in targets)
            added.setdefault(slot, [(), (), ()])[MET if met else NOT_MET] = following
        self._added = tuple(sorted(added.items()))

    def impossible(self) -> list[tuple[str, bool]]:
        """Criteria that can never be met (or never be not met), because that would imply its own opposite."""
        return [
            (self._criteria[slot], met) for (slot, met), targets in self.follows.items() if (slot, not met) in targets
        ]

    def related(self) -> dict[str, frozenset[str]]:
        """For each criterion those of which one follows from the other."""
        found: dict[str, set[str]] = {}
        for (slot, _), targets in self.follows.items():
            others = found.setdefault(self._criteria[slot], set())
            others.update(self._criteria[other] for other, _ in targets if other != slot)
        return {name: frozenset(others) for name, others in found.items()}

    def propagate(self, judged_verdicts: Sequence[int]) -> tuple[int, ...]:
        """The verdicts with everything added that follows from the known ones.

        Raises:
            InconsistentVerdicts: two verdicts contradict each other.
        """
        result = list(judged_verdicts)
        for slot, other, value in self._following(judged_verdicts):
            if judged_verdicts[other] != UNKNOWN:
                raise InconsistentVerdicts(self._contradiction(slot, judged_verdicts[slot], other, value))
            result[other] = value
        return tuple(result)

    def each(self) -> Iterator[tuple[int, int, int, int]]:
        """What follows from what: (a criterion, its verdict, another criterion, the verdict that this one must then have)."""
        for slot, following in self._added:
            for verdict in (NOT_MET, MET):
                for other, value in following[verdict]:
                    yield slot, verdict, other, value

    def reconciled(self, judged_verdicts: Sequence[int]) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """The verdicts with every two that contradict each other taken as unknown, and what contradicts what.

        The verdicts of a rule book's own criteria never contradict; where they do, the fault is inside, and neither of the
        two can be relied on.
        """
        result = list(judged_verdicts)
        faults: list[tuple[int, int, str]] = []
        for slot, other, value in self._following(judged_verdicts):
            if judged_verdicts[other] != UNKNOWN:
                result[slot] = result[other] = UNKNOWN
                if (other, slot) not in [(first, second) for first, second, _ in faults]:
                    faults.append((slot, other, self._contradiction(slot, judged_verdicts[slot], other, value)))
        return tuple(result), tuple(text for _, _, text in faults)

    def _following(self, judged_verdicts: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """What follows from each known verdict and was not judged so: (its criterion, the other criterion, the other's verdict)."""
        for slot, following in self._added:
            for other, value in following[judged_verdicts[slot]]:
                if judged_verdicts[other] != value:
                    yield slot, other, value

    def _contradiction(self, slot: int, verdict: int, other: int, value: int) -> str:
        return (
            f"'{self._criteria[slot]}' is {_word(verdict)}, so '{self._criteria[other]}' must be {_word(value)}, "
            "but it was judged otherwise"
        )

    def within(self, support: Collection[int]) -> Iterator[tuple[Literal, Literal]]:
        """What they say about some of the criteria: pairs (if, then) of literals."""
        for literal, targets in self.follows.items():
            if literal[0] in support:
                for target in targets:
                    if target[0] in support:
                        yield literal, target


def _opposite(literal: Literal) -> Literal:
    return literal[0], not literal[1]


def _reached(start: Literal, edges: dict[Literal, set[Literal]]) -> frozenset[Literal]:
    seen: set[Literal] = set()
    waiting = [start]
    while waiting:
        for target in edges.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return frozenset(seen - {start})


def _word(verdict: int) -> str:
    return "met" if verdict == MET else "not met"
