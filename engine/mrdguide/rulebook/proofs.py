"""What must hold for every patient there can be, proved on the decision diagram when a rule book is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..decide.diagram import IMPOSSIBLE
from ..errors import Problem
from ..logic.truth import MET, UNKNOWN
from .source import Place, Source

if TYPE_CHECKING:
    from ..decide.decision import Decider


def prove(source: Source, decider: Decider) -> Iterator[Problem]:
    """Every combination of verdicts has an outcome, every outcome is reached, no invariant can be broken."""
    decision, place = source.single["decision"]
    space = decider.diagrams
    unknown = [UNKNOWN] * len(decider.slots)
    ends = space.reachable(decider.answer, unknown)
    if None in ends:
        yield place.problem(
            f"some patients get no outcome, for example with {_shown(decider, decider.answer, None)}", "outcomes",
            hint="let the last outcome hold whenever none of the others does",
        )  # fmt: skip
    for index, outcome in enumerate(decision.outcomes):
        if outcome.id not in ends:
            yield place.problem(
                f"nothing reaches the outcome '{outcome.id}'", "outcomes", index, "when",
                hint="an outcome above it always holds first, or its condition contradicts itself",
            )  # fmt: skip
    for invariant, where in source.entries["invariants"].values():
        root = space.ite(decider.nodes[f"invariant:{invariant.id}"], decider.answer, space.end(IMPOSSIBLE))
        for name in sorted(set(invariant.never) & {str(end) for end in space.reachable(root, unknown)}):
            yield _broken(where, decider, root, name)


def _broken(where: Place, decider: Decider, root: int, outcome: str) -> Problem:
    return where.problem(
        f"the rules can break this invariant: '{outcome}' is given with {_shown(decider, root, outcome)}", "when",
        hint="add a block, or correct the outcome's condition",
    )  # fmt: skip


def _shown(decider: Decider, root: int, end: object) -> str:
    chosen = decider.counterexample(root, end)
    return ", ".join(f"{name} {'met' if value == MET else 'not met'}" for name, value in chosen.items()) or "anything"
