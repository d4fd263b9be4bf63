"""What studies did after an answer like this one: surveillance and triggers for a restart, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ..reading.frozen import frozen

if TYPE_CHECKING:
    from ..rulebook.book import RuleBook


@frozen
class FollowupItem:
    """One thing that a study did.

    what: what was done, and how often
    source: the evidence id of the study
    standing: whether the study followed this schedule, is testing it, or only observed its reason
    """

    what: str
    source: str
    standing: Literal["done-in-study", "being-tested", "reported", "observed"]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {"what": self.what, "source": self.source, "standing": self.standing}


@frozen
class StudyFollowup:
    """One kind of follow-up after an answer like this one; shown, never commanded.

    id: its id in the rules
    title: its title
    rule: file and line of it
    items: what studies did
    """

    id: str
    title: str
    rule: str
    items: tuple[FollowupItem, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "id": self.id, "title": self.title, "rule": self.rule, "items": [item.to_dict() for item in self.items],
        }  # fmt: skip


def followup_in_studies(rules: RuleBook, outcome: str) -> tuple[StudyFollowup, ...]:
    """The follow-up that goes with an outcome."""
    return tuple(
        StudyFollowup(
            plan.id, plan.title, rules.where(f"plan:{plan.id}"),
            tuple(FollowupItem(item.what, item.source, item.standing) for item in plan.items),
        )
        for plan in rules.plans
        if outcome in plan.with_outcomes
    )  # fmt: skip
