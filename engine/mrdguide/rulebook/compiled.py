"""All criteria of a rule book as one Python function.

Operators that read a single fact give their meaning as Python text (`Operator.inline`); the others are called. The facts
that the rules ask for, and no others, are read into local names first, so that a verdict costs a comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..case.case import Case
from ..logic.operator import CompiledOperator, Context, Inline, Operator
from ..patient.facts import catalogue

JudgeAll = Callable[[Case], tuple[int, ...]]


def compile_judge_all(criteria: Sequence[tuple[Operator | None, Context, CompiledOperator]]) -> JudgeAll:
    """One function from a case to the verdicts of all criteria, in order. A criterion without operator is only called."""
    inline = Inline()
    parts = []
    for operator, context, judge in criteria:
        text = operator.inline(context, inline) if operator is not None else None
        parts.append(text if text is not None else f"{inline.bind(judge.verdict)}(case)")
    lines = [*_reading(inline.facts), f"return ({''.join(f'{part}, ' for part in parts)})"]
    source = "def judges(case):\n" + "".join(f"    {line}\n" for line in lines)
    names: dict[str, Any] = dict(inline.names)
    exec(compile(source, "<criteria>", "exec"), names)  # only text that operators made of checked rules
    judges: JudgeAll = names["judges"]
    return judges


def _reading(facts: Mapping[str, str]) -> Iterator[str]:
    """Lines that read facts into local names; what several stand in is read once. `facts` are names by path."""
    yield "patient = case.patient"
    sections = {"": "patient"}

    def section(path: str) -> Iterator[str]:
        if path not in sections:
            above, _, name = path.rpartition(".")
            yield from section(above)
            sections[path] = f"section{len(sections)}"
            yield f"{sections[path]} = {sections[above]}.{name}"

    for path, fact in facts.items():
        above, _, name = path.rpartition(".")
        yield from section(above)
        kind = catalogue()[path].kind
        yield f"{fact} = {sections[above]}.{name}{'.status' if kind == 'finding' else ''}"
        if kind == "quantity":
            yield f"if {fact} is not None: {fact} = {fact}.value"
