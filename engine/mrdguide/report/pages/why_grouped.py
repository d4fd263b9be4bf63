"""The reasons that carry an answer, in the few groups in which a board thinks, each opening to its verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from ...answer.criteria import CriterionResult
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Block, Foldout, Item, Items, Part, line
from .lines import few, quiet, verdict

_OTHER = "Other"
_NAMED = 3


def grouped_reasons(recommendation: Recommendation) -> list[Block]:
    """The verdicts that settle the answer, by the groups of the rule book; none while it is open."""
    why = recommendation.explanation.why
    if why is None or not why.reasons:
        return []
    groups: dict[str, list[CriterionResult]] = {item.title: [] for item in recommendation.rules.decision.reasons}
    for reason in why.reasons:
        groups.setdefault(_group_of(recommendation, reason.id), []).append(reason)
    proved = ", and no smaller set does (proved)" if why.shortest else ""
    return [
        *(_foldout(recommendation, title, reasons) for title, reasons in groups.items() if reasons),
        quiet(f"Together these {len(why.reasons)} verdicts settle the answer, whatever all others are{proved}.")
        if len(why.reasons) > 1
        else quiet(f"This verdict settles the answer, whatever all others are{proved}."),
    ]


def _group_of(recommendation: Recommendation, rule: str) -> str:
    """The group with the longest beginning that the rule's id has."""
    found = [
        (len(beginning), item.title)
        for item in recommendation.rules.decision.reasons
        for beginning in item.rules
        if rule.startswith(beginning)
    ]
    return max(found)[1] if found else _OTHER


def _foldout(recommendation: Recommendation, title: str, reasons: Sequence[CriterionResult]) -> Foldout:
    first = {item.id for item in recommendation.because}
    ordered = sorted(reasons, key=lambda item: (item.id not in first, item.verdict != Verdict.MET))
    told: list[str | Part] = []
    for value in (Verdict.MET, Verdict.NOT_MET):
        titles = [item.title for item in ordered if item.verdict == value]
        if titles:
            told += ["; "] * bool(told) + [verdict(value), f": {'; '.join(few(titles, _NAMED))}"]
    inside = tuple(
        Item(line(verdict(item.verdict), f" {item.title}", Part(_observed(item), "quiet"))) for item in ordered
    )
    return Foldout(line(Part(f"{title}. ", "strong"), *told), (Items(inside),))


def _observed(item: CriterionResult) -> str:
    return f": {'; '.join(few(item.observed, 2))}" if item.observed else ""
