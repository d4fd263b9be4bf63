"""The reasons that carry an answer, in the few groups in which a board thinks, each opening to its verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from ...answer.criteria import CriterionResult
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ..blocks import Block, Foldout, Item, Items, Line, Part, line
from ..languages.words import Words
from .lines import few, judged, quiet

_NAMED = 3


def grouped_reasons(recommendation: Recommendation, words: Words) -> list[Block]:
    """The verdicts that settle the answer, by the groups of the rule book; none while it is open."""
    why = recommendation.explanation.why
    if why is None or not why.reasons:
        return []
    groups: dict[str, list[CriterionResult]] = {item.title: [] for item in recommendation.rules.decision.reasons}
    for reason in why.reasons:
        groups.setdefault(_group_of(recommendation, reason.id), []).append(reason)
    name = f"{'several' if len(why.reasons) > 1 else 'one'}{'_proved' if why.shortest else ''}"
    settle = words.text(f"board.carries.{name}", count=len(why.reasons))
    return [
        *(_foldout(recommendation, title, reasons, words) for title, reasons in groups.items() if reasons),
        quiet(settle),
    ]


def reasons_in_short(recommendation: Recommendation, words: Words) -> list[Block]:
    """The same groups, a line each, without the verdicts behind them."""
    told = tuple(Item(item.line) for item in grouped_reasons(recommendation, words) if isinstance(item, Foldout))
    return [Items(told)] if told else []


def _group_of(recommendation: Recommendation, rule: str) -> str:
    """The group with the longest beginning that the rule's id has; empty where none has one."""
    found = [
        (len(beginning), item.title)
        for item in recommendation.rules.decision.reasons
        for beginning in item.rules
        if rule.startswith(beginning)
    ]
    return max(found)[1] if found else ""


def _foldout(
    recommendation: Recommendation, title: str, reasons: Sequence[CriterionResult], words: Words
) -> Foldout:  # fmt: skip
    first = {item.id for item in recommendation.because}
    ordered = sorted(reasons, key=lambda item: (item.id not in first, item.verdict != Verdict.MET))
    told: list[Line] = []
    for value in (Verdict.MET, Verdict.NOT_MET):
        titles = [words.translated(item.title) for item in ordered if item.verdict == value]
        if titles:
            named = words.joined([": ", words.joined(words.few(titles, _NAMED))], "")
            told.append(line("; ", judged(words, value), named) if told else line(judged(words, value), named))
    inside = tuple(
        Item(
            line(
                judged(words, item.verdict),
                words.joined([" ", words.translated(item.title)], ""),
                Part(_observed(item, words), "quiet"),
            )
        )
        for item in ordered
    )
    head = words.translated(title) or words.text("board.other")
    return Foldout(line(words.joined([head, ". "], "", "strong"), *told), (Items(inside),))


def _observed(item: CriterionResult, words: Words) -> str:
    return words.as_it_is("observation", f": {'; '.join(few(item.observed, 2))}") if item.observed else ""
