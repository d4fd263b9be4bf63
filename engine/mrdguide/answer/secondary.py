"""Answers beside the main one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..logic.truth import MET
from ..reading.frozen import frozen

if TYPE_CHECKING:
    from ..decide.decision import Decided
    from ..rulebook.book import RuleBook
    from ..rulefiles.model import Secondary


@frozen
class SecondaryAnswer:
    """An answer that holds beside the main one.

    id: its id in the decision
    title: its title
    because: why it holds, in a sentence
    cites: evidence ids, some with a finding behind `#`
    rule: file and line of its rule
    """

    id: str
    title: str
    because: str
    cites: tuple[str, ...]
    rule: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "id": self.id, "title": self.title, "because": self.because, "cites": list(self.cites), "rule": self.rule,
        }  # fmt: skip


def secondary_answers(rules: RuleBook, decided: Decided) -> tuple[SecondaryAnswer, ...]:
    """Those that are met and go with the outcome."""
    return tuple(
        SecondaryAnswer(item.id, item.title, item.because, item.cites, rules.where(f"secondary:{item.id}"))
        for item in rules.decision.secondary
        if decided.verdicts[rules.decider.index_of[f"secondary:{item.id}"]] == MET
        and decided.outcome not in item.not_with_outcomes
        and (not item.with_outcomes or decided.outcome in item.with_outcomes)
        and _goes_with(item, rules, decided)
    )


def _goes_with(item: Secondary, rules: RuleBook, decided: Decided) -> bool:
    """Whether what is still possible, and what is established, lets it be said."""
    possible = set(decided.possible)
    if possible & set(item.not_while_possible) or (item.while_possible and not possible & set(item.while_possible)):
        return False
    return all(decided.verdicts[rules.decider.index_of[name]] != MET for name in item.unless)
