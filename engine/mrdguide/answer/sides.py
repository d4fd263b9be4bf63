"""Both sides of the scale: what studies measured of going on and of stopping, where a stop is or may become open."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from ..reading.frozen import frozen

if TYPE_CHECKING:
    from ..rulebook.book import RuleBook


@frozen
class SideOfScale:
    """What speaks for or against an option, in figures that studies published.

    id: its id in the rules
    title: what the figures are about
    note: whom the figures are of, and what they compare; empty where the rules say nothing
    cites: evidence ids, each with a finding behind `#`
    """

    id: str
    title: str
    note: str
    cites: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {"id": self.id, "title": self.title, "note": self.note, "cites": list(self.cites)}


def sides_of_scale(rules: RuleBook, outcomes: Collection[str]) -> tuple[SideOfScale, ...]:
    """The sides that go with any of the outcomes."""
    return tuple(
        SideOfScale(side.id, side.title, side.note or "", side.cites)
        for side in rules.decision.sides
        if not set(side.with_outcomes).isdisjoint(outcomes)
    )
