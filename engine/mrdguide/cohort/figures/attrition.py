"""Who is left after each step: met, not met, and unknown, which is neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...errors import UsageError
from ...logic.truth import Verdict
from ..arrow import needed
from .answer_rows import AnswerRows
from .cells import Cells
from .counting import KINDS, answer_masks, kinds
from .figure import Figure, Row

NOT = "not:"
MAY_STOP = "answer:stop"
"""The step that keeps those whose answer opens the way to stopping; open answers are unknown there."""


def steps_of_the_decision(rows: AnswerRows) -> tuple[str, ...]:
    """The order in which the decision looks: the more cautious outcomes are taken out, then those are kept who may stop."""
    found: list[str] = []
    for outcome in rows.about["outcomes"]:
        if outcome["stop"]:
            break
        found.append(f"{NOT}outcome:{outcome['id']}")
    return (*found, MAY_STOP)


def attrition(rows: AnswerRows, cells: Cells, steps: Sequence[str] = ()) -> Figure:
    """Patients who come to each step (all before are passed for certain), and what they do there. Without steps those of the decision.

    Raises:
        UsageError: a step is no verdict of the rows, or is named twice.
    """
    twice = next((step for place, step in enumerate(steps) if step in steps[:place]), None)
    if twice is not None:
        raise UsageError(f"--steps: '{twice}' is named twice; whoever passes it once passes it again")
    left = needed("numpy").ones(rows.count, dtype=bool)
    come = cells.of(left)
    table, ends = [], []
    for step in steps or steps_of_the_decision(rows):
        passed, lost, unknown = (left & part for part in _parts(rows, step))
        counts = cells.row(come, [passed, lost, unknown])
        table.append(Row(_words(rows, step), (come, *counts, step)))
        ends += [lost, unknown]
        left, come = passed, counts[0]
    _tie_to_answers(rows, cells, [*ends, left])
    return Figure(
        "attrition", "Who is left after each step", _told(rows, not steps),
        ("step", "come to it", "go on", "taken out", "unknown, not followed further", "rule"), tuple(table), (1, 3, 2), ids=True,
    )  # fmt: skip


def _parts(rows: AnswerRows, step: str) -> tuple[Any, Any, Any]:
    """Who goes on after a step, who is taken out, and of whom it is unknown (or not in force on the day)."""
    if step == MAY_STOP:
        stop, *open_, other = kinds(rows)
        return stop, other, open_[0] | open_[1]
    met, not_met = (rows.mask(step.removeprefix(NOT), verdict) for verdict in (Verdict.MET, Verdict.NOT_MET))
    return (not_met, met, ~(met | not_met)) if step.startswith(NOT) else (met, not_met, ~(met | not_met))


def _words(rows: AnswerRows, step: str) -> str:
    if step == MAY_STOP:
        return f"Kept: {KINDS[0]}"
    title = rows.title(step.removeprefix(NOT))
    return f"Taken out: {title}" if step.startswith(NOT) else f"Kept: {title}"


def _told(rows: AnswerRows, of_the_decision: bool) -> str:
    told = (
        "Each step looks at those who went on from all steps before for certain. 'Taken out' takes out those of whom it holds, 'Kept' those of whom "
        "it does not. Who is unknown at a step is not lost there (the record does not say), and is not counted in later steps."
    )
    if of_the_decision:
        return (
            f"{told} Who goes on from the last step is counted under '{KINDS[0]}' above; the number above is larger where an answer is settled "
            "although an earlier step by itself is unknown."
        )
    return (
        f"{told} The steps were chosen for this report: who goes on from the last one has passed these, which is not the answer of the decision "
        f"('{KINDS[0]}', above)."
    )


def _tie_to_answers(rows: AnswerRows, cells: Cells, ends: Sequence[Any]) -> None:
    """Everybody ends at one place of the steps, and has one answer."""
    answers = answer_masks(rows, cells.least)
    cells.parted(needed("numpy").ones(rows.count, dtype=bool), ends)
    for end in ends:
        cells.parted(end, [end & answer for answer in answers])
    for answer in answers:
        cells.parted(answer, [answer & end for end in ends])
