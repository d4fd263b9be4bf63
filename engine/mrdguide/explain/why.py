"""Why an answer is given, and what stands in the way of another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..answer.answer import Answer
from ..answer.criteria import CriterionResult
from ..logic.operator import Modifiability
from ..logic.truth import MET, NOT_MET, UNKNOWN, VERDICTS, Verdict
from .sufficient_reasons import nearest_way, shortest_reason

# Together lighter than one step of the next kind: a book has fewer criteria than this.
_STEP = 10_000
_WEIGHT = {
    Modifiability.CARE: _STEP, Modifiability.TEST: _STEP, Modifiability.TIME: _STEP, Modifiability.EVENT: _STEP**2, Modifiability.FIXED: _STEP**2,
    # The way that leads through the decision itself is named only where there is no other.
    Modifiability.DECISION: _STEP**3,
}  # fmt: skip


class Group(StrEnum):
    """What kind of thing stands in the way."""

    UNKNOWN = "unknown"
    CHANGEABLE = "changeable"
    DECISION = "decision"
    NOT_CHANGEABLE = "not-changeable"


@dataclass(frozen=True, slots=True)
class Why:
    """The verdicts that settle an outcome or a study's pattern, whatever everything else is.

    `shortest` is whether it is proved that no smaller set settles it.
    """

    id: str
    title: str
    verdict: Verdict
    reasons: tuple[CriterionResult, ...]
    shortest: bool
    rule: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title, "verdict": self.verdict.value, "shortest": self.shortest, "rule": self.rule,
            "reasons": [{"id": item.id, **item.to_dict()} for item in self.reasons],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A criterion in the way of an answer: what it is, what it would have to be, and what it takes."""

    criterion: CriterionResult
    needed: Verdict
    group: Group
    turn: Modifiability
    ask_for: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.criterion.id, **self.criterion.to_dict(), "needed": self.needed.value, "group": self.group.value,
            "takes": self.turn.value, "ask_for": list(self.ask_for),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What stands between this patient and another answer: the fewest criteria that cannot change, then the fewest that
    can, then the fewest unknown. `reachable` is False when no verdicts at all lead there; `holds` when it is the answer."""

    id: str
    title: str
    holds: bool
    reachable: bool
    obstacles: tuple[Obstacle, ...]
    rule: str

    def of(self, group: Group) -> tuple[Obstacle, ...]:
        return tuple(item for item in self.obstacles if item.group is group)

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title, "holds": self.holds, "reachable": self.reachable, "rule": self.rule,
            **{group.value: [item.to_dict() for item in self.of(group)] for group in Group},
        }  # fmt: skip


def why_outcome(recommendation: Answer) -> Why | None:
    """Why the outcome is what it is; None while it is open."""
    if not recommendation.settled:
        return None
    decider = recommendation.rules.decider
    found = shortest_reason(decider, decider.answer, recommendation.judged_verdicts, recommendation.outcome)
    assert found is not None
    return Why(
        recommendation.outcome, recommendation.title, Verdict.MET, _results(recommendation, found.slots), found.shortest,
        recommendation.rules.where(f"outcome:{recommendation.outcome}"),
    )  # fmt: skip


def why_protocol(recommendation: Answer, protocol: str) -> Why:
    """Why a study's pattern is met or not met; no reasons while it is unknown."""
    rules, name = recommendation.rules, f"protocol:{protocol}"
    title = next(item.title for item in rules.protocols if item.id == protocol)
    verdict = recommendation.decided.verdicts[rules.decider.index_of[name]]
    reasons: tuple[CriterionResult, ...] = ()
    shortest = True
    if verdict != UNKNOWN:
        found = shortest_reason(rules.decider, rules.decider.root(name), recommendation.judged_verdicts, verdict == MET)
        if found is not None:
            reasons, shortest = _results(recommendation, found.slots), found.shortest
    return Why(protocol, title, VERDICTS[verdict], reasons, shortest, rules.where(name))


def why_not_outcome(recommendation: Answer, outcome: str) -> WhyNot:
    """What stands in the way of another outcome."""
    decider = recommendation.rules.decider
    title = next(item.title for item in recommendation.rules.decision.outcomes if item.id == outcome)
    holds = recommendation.outcome == outcome
    return _why_not(recommendation, outcome, title, holds, f"outcome:{outcome}", decider.answer, outcome)


def why_not_protocol(recommendation: Answer, protocol: str) -> WhyNot:
    """What stands in the way of a study's pattern."""
    rules, name = recommendation.rules, f"protocol:{protocol}"
    title = next(item.title for item in rules.protocols if item.id == protocol)
    holds = recommendation.decided.verdicts[rules.decider.index_of[name]] == MET
    return _why_not(recommendation, protocol, title, holds, name, rules.decider.root(name), True)


def _why_not(
    recommendation: Answer, name: str, title: str, holds: bool, rule: str, root: int, wanted: object
) -> WhyNot:
    rules = recommendation.rules
    where = rules.where(rule)
    if holds:
        return WhyNot(name, title, True, True, (), where)
    steps = nearest_way(
        rules.decider, rules.decider.simplified(root), recommendation.judged_verdicts, wanted, _Weights(recommendation)
    )
    if steps is None:
        return WhyNot(name, title, False, False, (), where)
    obstacles = [_obstacle(recommendation, step.slot, step.needed) for step in steps]
    order = list(Group)
    return WhyNot(name, title, False, True, tuple(sorted(obstacles, key=lambda item: order.index(item.group))), where)


class _Weights(Mapping[tuple[int, int], int]):
    """How much each known verdict resists becoming another one."""

    def __init__(self, recommendation: Answer) -> None:
        self._judged = recommendation.rules.compiled_criteria

    def __getitem__(self, step: tuple[int, int]) -> int:
        slot, needed = step
        return _WEIGHT[self._judged[slot].rule.when.modifiability(needed == MET)]

    def __iter__(self) -> Any:
        return ((slot, needed) for slot in range(len(self._judged)) for needed in (NOT_MET, MET))

    def __len__(self) -> int:
        return 2 * len(self._judged)


_GROUPS = {
    Modifiability.FIXED: Group.NOT_CHANGEABLE,
    Modifiability.EVENT: Group.NOT_CHANGEABLE,
    Modifiability.DECISION: Group.DECISION,
}


def _obstacle(recommendation: Answer, slot: int, needed: int) -> Obstacle:
    judged = recommendation.rules.compiled_criteria[slot]
    turn = judged.rule.when.modifiability(needed == MET)
    known = recommendation.decided.verdicts[slot] != UNKNOWN
    group = _GROUPS.get(turn, Group.CHANGEABLE) if known else Group.UNKNOWN
    asks = group is Group.UNKNOWN or (group is Group.CHANGEABLE and turn is Modifiability.TEST and needed == MET)
    ask_for = judged.judge.needs(recommendation.case) if asks else []
    return Obstacle(
        recommendation.criteria[judged.rule.id], VERDICTS[needed], group, turn,
        tuple(dict.fromkeys(need.what for need in ask_for)),
    )  # fmt: skip


def _results(recommendation: Answer, slots: tuple[int, ...]) -> tuple[CriterionResult, ...]:
    return tuple(recommendation.criteria[recommendation.rules.compiled_criteria[slot].rule.id] for slot in slots)
