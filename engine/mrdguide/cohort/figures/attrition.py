"""Who is left after each step: met, not met, and unknown, which is neither."""

from __future__ import annotations

from collections.abc import Sequence

from ...logic.truth import Verdict
from ..arrow import needed
from .answer_rows import AnswerRows
from .cells import Cells
from .figure import Figure, Row

NOT = "not:"


def steps_of_the_decision(rows: AnswerRows) -> tuple[str, ...]:
    """The order in which the decision looks: that none of the more cautious outcomes holds, then the first that opens the way."""
    found: list[str] = []
    for outcome in rows.about["outcomes"]:
        if outcome["stop"]:
            return (*found, f"outcome:{outcome['id']}")
        found.append(f"{NOT}outcome:{outcome['id']}")
    return tuple(found)


def attrition(rows: AnswerRows, cells: Cells, steps: Sequence[str]) -> Figure:
    """Patients who come to each step (all before are passed for certain), and what they do there.

    Raises:
        UsageError: a step is no verdict of the rows.
    """
    left = needed("numpy").ones(rows.count, dtype=bool)
    table = []
    for step in steps:
        name = step.removeprefix(NOT)
        passed, lost = (Verdict.NOT_MET, Verdict.MET) if step.startswith(NOT) else (Verdict.MET, Verdict.NOT_MET)
        parts = [left & rows.mask(name, verdict) for verdict in (passed, lost, Verdict.UNKNOWN)]
        not_in_force = left & ~(parts[0] | parts[1] | parts[2])
        parts[2] = parts[2] | not_in_force
        whole, counts = cells.parted(left, parts)
        words = f"not: {rows.title(name)}" if step.startswith(NOT) else rows.title(name)
        table.append(Row(words, (whole, *counts, step)))
        left = parts[0]
    return Figure(
        "attrition", "Who is left after each step",
        "Each step looks at those who passed all steps before for certain. Who is unknown at a step is not lost there: the record does not say.",
        ("step", "come to it", "pass", "do not pass", "unknown", "rule"), tuple(table), (1, 3, 2),
    )  # fmt: skip
