"""All criteria of a rule book as one Python function.

Operators that read a single fact give their meaning as Python text (`Operator.inline`); the others are called. Facts
stand in one tuple per patient, so that a verdict costs a look-up and a comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..case.case import Case
from ..logic.operator import CompiledOperator, Context, Inline, Operator

JudgeAll = Callable[[Case], tuple[int, ...]]


def compile_judge_all(criteria: Sequence[tuple[Operator | None, Context, CompiledOperator]]) -> JudgeAll:
    """One function from a case to the verdicts of all criteria, in order. A criterion without operator is only called."""
    inline = Inline()
    parts = []
    for operator, context, judge in criteria:
        text = operator.inline(context, inline) if operator is not None else None
        parts.append(text if text is not None else f"{inline.bind(judge.verdict)}(case)")
    source = f"def judges(case):\n    facts = case.facts\n    return ({''.join(f'{part}, ' for part in parts)})\n"
    names: dict[str, Any] = dict(inline.names)
    exec(compile(source, "<criteria>", "exec"), names)  # only text that operators made of checked rules
    judges: JudgeAll = names["judges"]
    return judges
