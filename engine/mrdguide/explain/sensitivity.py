"""How firm an answer is: the cuts it hangs on and how far away they lie, and whether other published definitions of risk
would change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Any

from ..answer.answer import Answer
from ..decide.decision import Decider
from ..errors import InconsistentVerdicts
from ..logic.operator import CompiledOperator, Context, Margin, Modifiability, Operator
from ..logic.truth import MET, NOT_MET, UNKNOWN, VERDICTS, Verdict
from ..reading.numbers import scientific
from ..rulebook.book import RuleBook
from ..rulefiles.model import Alternative

# The shallowest threshold that an operator takes; what lies above it is not looked at.
_SHALLOWEST = 1e-3
_JUST_ABOVE = 1.001


@dataclass(frozen=True, slots=True)
class CriticalCriterion:
    """A criterion whose verdict alone carries the answer: another verdict there, and the answer is another one.

    `otherwise` are the outcomes with the opposite verdict, `unknown` those possible if it were not known any more.
    """

    id: str
    title: str
    verdict: str
    turn: Modifiability
    otherwise: tuple[str, ...]
    unknown: tuple[str, ...]
    margins: tuple[Margin, ...]
    rule: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title, "verdict": self.verdict, "takes": self.turn.value,
            "otherwise": list(self.otherwise), "if_unknown": list(self.unknown), "rule": self.rule,
            "margins": [
                {
                    "what": item.what, "found": item.found, "cut": item.threshold, "distance": item.distance, "unit": item.unit,
                    "past_the_cut": "unknown" if item.ages else "opposite",
                }
                for item in self.margins
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ThresholdRange:
    """The MRD thresholds (fractions of nucleated cells, both ends inclusive) in place of `threshold` with the same answer.

    Tried between the rules' next thresholds on both sides, up to 1e-3, and no deeper than the deepest test on record can
    see: beyond those the rules, or the tests, say something else. In a very long record with many different limits and
    levels only the nearest are tried (`Case.most_tried`), and the range may be wider.
    """

    threshold: float
    lowest: float
    highest: float

    @property
    def text(self) -> str:
        if self.lowest == self.highest:
            return f"another MRD threshold in place of {scientific(self.threshold)} would give another answer"
        span = f"from {scientific(self.lowest)} to {scientific(self.highest)}"
        return f"the same for any MRD threshold {span} in place of {scientific(self.threshold)}"

    def to_dict(self) -> dict[str, Any]:
        return {"threshold": self.threshold, "lowest": self.lowest, "highest": self.highest}


@dataclass(frozen=True, slots=True)
class OtherDefinition:
    """The outcomes possible if another published definition stood in the place of one that the rules use.

    `cannot_tell` is whether the definition used is open on something that the other one does not ask for: then the other
    one settles nothing, and what it would allow is not said.
    """

    id: str
    title: str
    replaces: str
    verdict: str
    possible: tuple[str, ...]
    changes: bool
    cannot_tell: bool
    cites: tuple[str, ...]
    rule: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id, "title": self.title, "replaces": self.replaces, "verdict": self.verdict,
            "possible": list(self.possible), "changes": self.changes, "cannot_tell": self.cannot_tell,
            "cites": list(self.cites), "rule": self.rule,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Robustness:
    """What the answer hangs on."""

    critical_criteria: tuple[CriticalCriterion, ...]
    thresholds: tuple[ThresholdRange, ...]
    other_definitions: tuple[OtherDefinition, ...]

    @property
    def pivots(self) -> tuple[CriticalCriterion, ...]:
        """The name that `critical_criteria` had in 0.1."""
        return self.critical_criteria

    def to_dict(self) -> dict[str, Any]:
        return {
            "critical_criteria": [item.to_dict() for item in self.critical_criteria],
            "mrd_thresholds": [item.to_dict() for item in self.thresholds],
            "other_definitions": [item.to_dict() for item in self.other_definitions],
        }


def robustness(recommendation: Answer) -> Robustness:
    """Every criterion that carries the answer alone, the range of MRD thresholds, and other published definitions."""
    return Robustness(
        tuple(_pivots(recommendation)), tuple(_threshold_ranges(recommendation)), tuple(_others(recommendation))
    )


def _pivots(recommendation: Answer) -> Iterator[CriticalCriterion]:
    rules = recommendation.rules
    now = recommendation.judged_verdicts
    for slot in rules.decider.asked:
        if now[slot] == UNKNOWN:
            continue
        judged = rules.compiled_criteria[slot]
        possible = _turned(rules.decider, now, slot)
        if possible == recommendation.possible_outcomes:
            continue
        result = recommendation.criteria[judged.rule.id]
        yield CriticalCriterion(
            result.id, result.title, result.verdict.value, judged.rule.when.modifiability(now[slot] != MET), possible,
            _forgotten(rules.decider, now, slot), tuple(judged.judge.margins(recommendation.case)), result.rule,
        )  # fmt: skip


def _turned(decider: Decider, judged_verdicts: tuple[int, ...], slot: int) -> tuple[str, ...]:
    """The possible outcomes with one verdict turned, and with it all that follows from that."""
    met = judged_verdicts[slot] == NOT_MET
    changed = list(judged_verdicts)
    changed[slot] = MET if met else NOT_MET
    for other, value in decider.implications.follows.get((slot, met), ()):
        changed[other] = MET if value else NOT_MET
    return decider.possible(tuple(changed))


def _forgotten(decider: Decider, judged_verdicts: tuple[int, ...], slot: int) -> tuple[str, ...]:
    """The possible outcomes with one verdict unknown, and with it every verdict from which it would follow."""
    literal = (slot, judged_verdicts[slot] == MET)
    follows = decider.implications.follows
    gone = {
        slot,
        *(
            other
            for other in range(len(judged_verdicts))
            if literal in follows.get((other, judged_verdicts[other] == MET), ())
        ),
    }
    return decider.possible(
        tuple(UNKNOWN if other in gone else verdict for other, verdict in enumerate(judged_verdicts))
    )


def _threshold_ranges(recommendation: Answer) -> Iterator[ThresholdRange]:
    """One for each threshold that the decision looks at and some test on record can see."""
    rules, case = recommendation.rules, recommendation.case
    limits = {limit for timed in case.mrd if (limit := timed.entry.limit_of_detection) is not None}
    levels = sorted({value for timed in case.mrd if (value := timed.entry.level) is not None} | limits)
    asked = {rules.compiled_criteria[slot].rule.id for slot in rules.decider.asked}
    used = sorted(_mrd_thresholds(rules, asked))
    for place, threshold in enumerate(used):
        if not limits or threshold < min(limits):
            continue
        deepest = max([min(limits), *used[place - 1 : place]] if place else [min(limits)])
        shallowest = min([_SHALLOWEST, *used[place + 1 : place + 2]])
        # Between two recorded numbers nothing changes, so each number and a point just above it stand for all.
        near = {deepest, threshold, shallowest, *(value * more for value in levels for more in (1, _JUST_ABOVE))}
        points = sorted(point for point in near if deepest <= point <= shallowest)
        same, middle = _SameAnswer(recommendation, threshold), points.index(threshold)
        most = case.most_tried
        below = list(takewhile(same, reversed(points[max(0, middle - most) : middle])))
        above = list(takewhile(same, points[middle + 1 : middle + 1 + most]))
        yield ThresholdRange(threshold, min((*below, threshold)), max((*above, threshold)))


def _mrd_thresholds(rules: RuleBook, ids: set[str]) -> set[float]:
    return {
        value
        for judged in rules.compiled_criteria
        if judged.rule.id in ids
        for operator in judged.rule.when.walk()
        for path, value in operator.thresholds()
        if path == "mrd"
    }


class _SameAnswer:
    """Whether the possible outcomes stay the same with another MRD threshold in every criterion that uses the old one."""

    def __init__(self, recommendation: Answer, threshold: float) -> None:
        self._recommendation, self._threshold = recommendation, threshold

    def __call__(self, other: float) -> bool:
        rules, case = self._recommendation.rules, self._recommendation.case
        changed = list(self._recommendation.judged_verdicts)
        for slot, judge in _judges_at(rules, self._threshold, other).items():
            changed[slot] = judge.verdict(case)
        try:
            return rules.decider.possible(tuple(changed)) == self._recommendation.possible_outcomes
        except InconsistentVerdicts:
            # Another threshold of the book has been reached: the rules say nothing beyond it.
            return False


@lru_cache(maxsize=512)
def _judges_at(rules: RuleBook, old: float, new: float) -> dict[int, CompiledOperator]:
    """The criteria that use a threshold, compiled with another one."""
    found = {}
    for slot, judged in enumerate(rules.compiled_criteria):
        if any(path == "mrd" and value == old for item in judged.rule.when.walk() for path, value in item.thresholds()):
            context = Context(judged.rule.absence == "not_met", rules.interpretation)
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


def _others(recommendation: Answer) -> Iterator[OtherDefinition]:
    rules = recommendation.rules
    for alternative in rules.alternatives:
        name = f"alternative:{alternative.id}"
        by = (alternative.scheme, alternative.classes) if alternative.scheme is not None else name
        verdict = _verdict(recommendation, alternative)
        replaced = recommendation.criteria[alternative.replaces].verdict
        # A definition that is blind to what is unknown must not fill the gap.
        cannot_tell = replaced == Verdict.UNKNOWN and verdict != Verdict.MET
        possible = (
            recommendation.possible_outcomes
            if cannot_tell
            else rules.decider.possible_with(alternative.replaces, by, recommendation.judged_verdicts)
        )
        yield OtherDefinition(
            alternative.id, alternative.title, alternative.replaces, verdict.value, possible,
            possible != recommendation.possible_outcomes, cannot_tell, alternative.cites, rules.where(name),
        )  # fmt: skip


def _verdict(recommendation: Answer, alternative: Alternative) -> Verdict:
    """Whether the patient is high risk, say, by the other definition."""
    if alternative.scheme is None:
        slot = recommendation.rules.decider.index_of[f"alternative:{alternative.id}"]
        return VERDICTS[recommendation.decided.verdicts[slot]]
    found = recommendation.rules.decider.schemes(recommendation.judged_verdicts)[alternative.scheme]
    inside = [name in alternative.classes for name in found.possible]
    return Verdict.MET if all(inside) else (Verdict.UNKNOWN if any(inside) else Verdict.NOT_MET)
