"""Which verdicts settle an answer, and which stand between a patient and another one: exact, on the decision diagram.

The shortest set of verdicts that settles an answer is a smallest sufficient reason (Darwiche and Hirth, ECAI 2020;
Shih, Choi and Darwiche, IJCAI 2018). It is found by implicit hitting sets: whatever the set is, it must contradict every
filling-in that gives another answer, so each counterexample names verdicts of which one has to be in it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ..decide.decision import Decider
from ..logic.truth import MET, NOT_MET, UNKNOWN

# Counterexamples looked at before a set that cannot be made smaller is taken for want of a shortest one.
_ROUNDS = 300


@dataclass(frozen=True, slots=True)
class Reason:
    """Verdicts that settle an answer whatever the others are. `shortest` is whether no smaller set does (proved)."""

    slots: tuple[int, ...]
    shortest: bool


def shortest_reason(
    decider: Decider, root: int, judged: Sequence[int], wanted: Hashable, *, rounds: int = _ROUNDS
) -> Reason | None:
    """The smallest set of known verdicts that leaves a diagram only one end; None when they do not.

    Verdicts that the decision asks about come before those that only imply them.
    """
    search = _Search(decider, root, judged, wanted)
    if search.counterexample(search.known) is not None:
        return None
    conflicts: list[frozenset[int]] = []
    for _ in range(rounds):
        chosen = _smallest_hitting(conflicts, search.rank)
        found = search.counterexample(chosen)
        if found is None:
            return Reason(tuple(sorted(chosen, key=search.rank.__getitem__)), shortest=True)
        conflicts.append(found)
    return Reason(search.reduced(), shortest=False)


class _Search:
    """Counterexamples to a set of verdicts being enough."""

    def __init__(self, decider: Decider, root: int, judged: Sequence[int], wanted: Hashable) -> None:
        self._diagrams, self._root, self._wanted = decider.diagrams, root, wanted
        self._order = decider.order
        self._follows = decider.implications.follows
        self.known = [slot for slot, verdict in enumerate(judged) if verdict != UNKNOWN]
        self._judged = judged
        asked = decider.diagrams.support(root)
        place = {slot: number for number, slot in enumerate(self._order)}
        self.rank = {slot: (place[slot] not in asked, place[slot]) for slot in self.known}
        self._literals = {slot: self._closed(slot) for slot in self.known}
        self._full = self._fixed(self.known)
        # The known verdicts that a value of a criterion contradicts.
        self._against: dict[tuple[int, int], list[int]] = {}
        for slot, literals in self._literals.items():
            for other, value in literals.items():
                self._against.setdefault((other, NOT_MET if value == MET else MET), []).append(slot)

    def _closed(self, slot: int) -> dict[int, int]:
        """A verdict with everything that follows from it."""
        met = self._judged[slot] == MET
        closed = {slot: self._judged[slot]}
        closed.update({other: MET if value else NOT_MET for other, value in self._follows.get((slot, met), ())})
        return closed

    def _fixed(self, slots: Sequence[int]) -> dict[int, int]:
        fixed: dict[int, int] = {}
        for slot in slots:
            fixed.update(self._literals[slot])
        return fixed

    def counterexample(self, slots: Sequence[int]) -> frozenset[int] | None:
        """The verdicts of which one more is needed, or None when these are enough.

        Taken from the filling-in that gives another answer and contradicts as few of the patient's verdicts as can be.
        """
        fixed = self._fixed(slots)
        forbidden = len(self._order) + 1

        def cost(variable: int, value: int) -> int:
            slot = self._order[variable]
            if fixed.get(slot, value) != value:
                return forbidden
            return self._full.get(slot, value) != value

        found = self._diagrams.nearest(self._root, cost, lambda end: end != self._wanted)
        if found is None:
            return None
        filled = {self._order[variable]: value for variable, value in found.items()}
        if any(fixed.get(slot, value) != value for slot, value in filled.items()):
            return None
        return frozenset(chain.from_iterable([self._against.get(chosen, ()) for chosen in filled.items()]))

    def reduced(self) -> tuple[int, ...]:
        """A set from which nothing can be left out, though a smaller one may exist."""
        kept = sorted(self.known, key=self.rank.__getitem__)
        for slot in reversed(kept[:]):
            fewer = [other for other in kept if other != slot]
            if self.counterexample(fewer) is None:
                kept = fewer
        return tuple(kept)


def _smallest_hitting(sets: Sequence[frozenset[int]], rank: Mapping[int, tuple[bool, int]]) -> list[int]:
    """A smallest choice that has a member in every set; among equals the first by rank."""
    best: list[int] | None = None

    def search(chosen: list[int], rest: Sequence[frozenset[int]]) -> None:
        nonlocal best
        if not rest:
            if best is None or len(chosen) < len(best):
                best = list(chosen)
            return
        if best is not None and len(chosen) + _disjoint(rest) >= len(best):
            return
        narrowest = min(rest, key=len)
        for slot in sorted(narrowest, key=rank.__getitem__):
            search([*chosen, slot], [members for members in rest if slot not in members])

    search([], sets)
    return best or []


def _disjoint(sets: Sequence[frozenset[int]]) -> int:
    """How many of the sets share nothing with each other (a lower bound on any choice), picked greedily."""
    seen: set[int] = set()
    count = 0
    for members in sorted(sets, key=len):
        if not members & seen:
            seen |= members
            count += 1
    return count


@dataclass(frozen=True, slots=True)
class Step:
    """A verdict that would have to be another one (or, if it is unknown, would have to turn out as this)."""

    slot: int
    needed: int


def nearest_way(
    decider: Decider, root: int, judged: Sequence[int], wanted: Hashable, weight: Mapping[tuple[int, int], int]
) -> tuple[Step, ...] | None:
    """The verdicts in the way of an end, by the lightest way there; None when no verdicts lead to it.

    `root` is a diagram without impossible ends (`Decider.simplified`). `weight[(slot, needed)]` says how much a known
    verdict resists that change; an unknown verdict weighs 1. The steps lead to the end whatever is unknown, and none can be left out.
    """
    judged_verdicts = decider.implications.propagate(judged)
    order = decider.order

    def cost(variable: int, value: int) -> int:
        slot = order[variable]
        if judged_verdicts[slot] == value:
            return 0
        return 1 if judged_verdicts[slot] == UNKNOWN else weight[(slot, value)]

    found = decider.diagrams.nearest(root, cost, lambda end: end == wanted)
    if found is None:
        return None
    # A verdict that only followed from another one may be open again when that one changes, so it is a step as well.
    steps = {order[variable]: value for variable, value in found.items() if judged[order[variable]] != value}
    return tuple(Step(slot, value) for slot, value in _needed(decider, root, judged, wanted, steps).items())


def _needed(
    decider: Decider, root: int, judged: Sequence[int], wanted: Hashable, steps: dict[int, int]
) -> dict[int, int]:
    """The steps without those that others bring with them, and without those that the way asks but the end does not need."""
    follows = decider.implications.follows

    def brought_by(slot: int, other: int) -> bool:
        return (slot, steps[slot] == MET) in follows.get((other, steps[other] == MET), ())

    kept = {
        slot: value
        for slot, value in steps.items()
        if not any(
            brought_by(slot, other) and not (brought_by(other, slot) and other > slot)
            for other in steps
            if other != slot
        )
    }
    while True:
        for slot in kept:
            fewer = {other: value for other, value in kept.items() if other != slot}
            if _settles(decider, root, judged, wanted, fewer):
                kept = fewer
                break
        else:
            return kept


def _settles(decider: Decider, root: int, judged: Sequence[int], wanted: Hashable, steps: Mapping[int, int]) -> bool:
    """Whether the steps lead to the end whatever is unknown. Verdicts that they contradict become unknown, the others stay."""
    changed = [UNKNOWN] * len(judged)
    for slot, value in steps.items():
        changed[slot] = value
    forced = decider.implications.propagate(changed)
    taken = [was if now in (UNKNOWN, was) else now for was, now in zip(judged, forced, strict=True)]
    verdicts = decider.implications.propagate(taken)
    return decider.diagrams.reachable(root, [verdicts[slot] for slot in decider.order]) == {wanted}
