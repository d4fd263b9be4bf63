"""How firm an answer is: the cuts it hangs on and how far away they lie, and whether other published definitions of risk
would change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Any

from ..decide.decision import Decider
from ..errors import InconsistentVerdicts
from ..logic.numbers import scientific
from ..logic.operator import Context, Judge, Margin, Operator
from ..logic.truth import MET, NOT_MET, UNKNOWN, VERDICTS, Verdict
from ..recommendation import Recommendation
from ..rulebook.book import RuleBook
from ..rulebook.model import Alternative

# The shallowest threshold that an operator takes; what lies above it is not looked at.
_SHALLOWEST = 1e-3
_JUST_ABOVE = 1.001


@dataclass(frozen=True, slots=True)
class Pivot:
    """A criterion whose verdict alone carries the answer: another verdict there, and the answer is another one."""

    id: str
    title: str
    verdict: str
    otherwise: tuple[str, ...]
    margins: tuple[Margin, ...]
    rule: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title, "verdict": self.verdict, "otherwise": list(self.otherwise),
            "rule": self.rule,
            "margins": [
                {"what": item.what, "found": item.found, "cut": item.cut, "distance": item.distance, "unit": item.unit}
                for item in self.margins
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ThresholdRange:
    """The MRD thresholds (fractions of nucleated cells, both ends inclusive) in place of `threshold` with the same answer.

    `highest` is None when it holds up to the shallowest threshold there can be (1e-3), `lowest` when it holds however deep
    the threshold lies.
    """

    threshold: float
    lowest: float | None
    highest: float | None

    @property
    def text(self) -> str:
        upper = scientific(self.highest if self.highest is not None else _SHALLOWEST)
        lower = f"from {scientific(self.lowest)} " if self.lowest is not None else ""
        return f"the same for any MRD threshold {lower}up to {upper} in place of {scientific(self.threshold)}"

    def to_dict(self) -> dict[str, Any]:
        return {"threshold": self.threshold, "lowest": self.lowest, "highest": self.highest}


@dataclass(frozen=True, slots=True)
class OtherDefinition:
    """The outcomes possible if another published definition stood in the place of one that the rules use."""

    id: str
    title: str
    replaces: str
    verdict: str
    possible: tuple[str, ...]
    changes: bool
    cites: tuple[str, ...]
    rule: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title, "replaces": self.replaces, "verdict": self.verdict,
            "possible": list(self.possible), "changes": self.changes, "cites": list(self.cites), "rule": self.rule,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Firmness:
    """What the answer hangs on."""

    pivots: tuple[Pivot, ...]
    thresholds: tuple[ThresholdRange, ...]
    other_definitions: tuple[OtherDefinition, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "pivots": [item.to_dict() for item in self.pivots],
            "mrd_thresholds": [item.to_dict() for item in self.thresholds],
            "other_definitions": [item.to_dict() for item in self.other_definitions],
        }


def firmness(recommendation: Recommendation) -> Firmness:
    """Every criterion that carries the answer alone, the range of MRD thresholds, and other published definitions."""
    return Firmness(
        tuple(_pivots(recommendation)), tuple(_threshold_ranges(recommendation)), tuple(_others(recommendation))
    )


def _pivots(recommendation: Recommendation) -> Iterator[Pivot]:
    rules = recommendation.rules
    now = recommendation.decided.verdicts
    for slot in rules.decider.asked:
        if now[slot] == UNKNOWN:
            continue
        judged = rules.judged[slot]
        possible = _turned(rules.decider, now[: len(rules.judged)], slot)
        if possible == recommendation.possible_outcomes:
            continue
        result = recommendation.criteria[judged.rule.id]
        yield Pivot(
            result.id, result.title, result.verdict.value, possible, tuple(judged.judge.margins(recommendation.case)),
            result.rule,
        )  # fmt: skip


def _turned(decider: Decider, vector: tuple[int, ...], slot: int) -> tuple[str, ...]:
    """The possible outcomes with one verdict turned, and with it all that follows from that."""
    met = vector[slot] == NOT_MET
    changed = list(vector)
    changed[slot] = MET if met else NOT_MET
    for other, value in decider.implications.follows.get((slot, met), ()):
        changed[other] = MET if value else NOT_MET
    return decider.possible(tuple(changed))


def _threshold_ranges(recommendation: Recommendation) -> Iterator[ThresholdRange]:
    rules, case = recommendation.rules, recommendation.case
    levels = sorted(
        {value for timed in case.mrd for value in (timed.entry.limit_of_detection, timed.entry.level) if value is not None}
    )  # fmt: skip
    if not levels:
        return
    asked = {rules.judged[slot].rule.id for slot in rules.decider.asked}
    for threshold in sorted(_mrd_thresholds(rules, asked)):
        same = _SameAnswer(recommendation, threshold)
        # Between two recorded numbers nothing changes, so each number and a point just above it stand for all.
        near = (value * more for value in levels for more in (1, _JUST_ABOVE))
        points = sorted(
            {threshold, levels[0] / _JUST_ABOVE, *(point for point in near if point <= _SHALLOWEST), _SHALLOWEST}
        )
        place = points.index(threshold)
        below = list(takewhile(same, reversed(points[:place])))
        above = list(takewhile(same, points[place + 1 :]))
        yield ThresholdRange(
            threshold,
            None if len(below) == place else min((*below, threshold)),
            None if len(above) == len(points) - place - 1 else max((*above, threshold)),
        )


def _mrd_thresholds(rules: RuleBook, ids: set[str]) -> set[float]:
    return {
        value
        for judged in rules.judged
        if judged.rule.id in ids
        for operator in judged.rule.when.walk()
        for path, value in operator.thresholds()
        if path == "mrd"
    }


class _SameAnswer:
    """Whether the possible outcomes stay the same with another MRD threshold in every criterion that uses the old one."""

    def __init__(self, recommendation: Recommendation, threshold: float) -> None:
        self._recommendation, self._threshold = recommendation, threshold

    def __call__(self, other: float) -> bool:
        rules, case = self._recommendation.rules, self._recommendation.case
        changed = list(self._recommendation.vector)
        for slot, judge in _judges_at(rules, self._threshold, other).items():
            changed[slot] = judge.verdict(case)
        try:
            return rules.decider.possible(tuple(changed)) == self._recommendation.possible_outcomes
        except InconsistentVerdicts:
            # Another threshold of the book has been reached: the rules say nothing beyond it.
            return False


@lru_cache(maxsize=512)
def _judges_at(rules: RuleBook, old: float, new: float) -> dict[int, Judge]:
    """The criteria that use a threshold, compiled with another one."""
    found = {}
    for slot, judged in enumerate(rules.judged):
        if any(path == "mrd" and value == old for item in judged.rule.when.walk() for path, value in item.thresholds()):
            context = Context(judged.rule.absence == "not_met", rules.readings)
            found[slot] = _replaced(judged.rule.when, old, new).compile(context)
    return found


def _replaced(operator: Operator, old: float, new: float) -> Operator:
    """The operator with a threshold replaced, and so all inside it."""
    update: dict[str, Any] = {}
    for name in type(operator).model_fields:
        value = getattr(operator, name)
        if isinstance(value, float) and value == old and ("mrd", old) in operator.thresholds():
            update[name] = new
        elif isinstance(value, Operator):
            update[name] = _replaced(value, old, new)
        elif isinstance(value, tuple) and any(isinstance(item, Operator) for item in value):
            update[name] = tuple(_replaced(item, old, new) for item in value)
    return operator.model_copy(update=update) if update else operator


def _others(recommendation: Recommendation) -> Iterator[OtherDefinition]:
    rules = recommendation.rules
    for alternative in rules.alternatives:
        name = f"alternative:{alternative.id}"
        by = (alternative.scheme, alternative.classes) if alternative.scheme is not None else name
        possible = rules.decider.possible_with(alternative.replaces, by, recommendation.vector)
        yield OtherDefinition(
            alternative.id, alternative.title, alternative.replaces, _verdict(recommendation, alternative).value, possible,
            possible != recommendation.possible_outcomes, alternative.cites, rules.where(name),
        )  # fmt: skip


def _verdict(recommendation: Recommendation, alternative: Alternative) -> Verdict:
    """Whether the patient is high risk, say, by the other definition."""
    if alternative.scheme is None:
        slot = recommendation.rules.decider.slots[f"alternative:{alternative.id}"]
        return VERDICTS[recommendation.decided.verdicts[slot]]
    inside = [name in alternative.classes for name in recommendation.decided.schemes[alternative.scheme].possible]
    return Verdict.MET if all(inside) else (Verdict.UNKNOWN if any(inside) else Verdict.NOT_MET)
