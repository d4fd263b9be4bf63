"""Combinations of criteria, compiled to Python over a vector of verdicts (strong Kleene, tables in `logic.truth`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..logic.operator import Operator
from ..logic.operators.connectives import All, AnyOf, AtLeast, Not
from ..logic.operators.reference import Reference
from ..logic.truth import MET, NOT_MET, at_least

DerivedRule = Callable[[Sequence[int]], int]


def compile_derived_rule(expression: Operator, index_of: Mapping[str, int]) -> DerivedRule:
    """Compile an expression over references; `index_of` gives the place of every id in the vector."""
    if isinstance(expression, Reference):
        slot = index_of[expression.id]
        return lambda verdicts: verdicts[slot]
    parts = [compile_derived_rule(child, index_of) for child in expression.children()]
    if isinstance(expression, All):
        return lambda verdicts: min(part(verdicts) for part in parts)
    if isinstance(expression, AnyOf):
        return lambda verdicts: max(part(verdicts) for part in parts)
    if isinstance(expression, Not):
        inner = parts[0]
        return lambda verdicts: MET - inner(verdicts)
    if isinstance(expression, AtLeast):
        count = expression.count
        return lambda verdicts: at_least(count, [part(verdicts) for part in parts])
    raise TypeError(f"'{expression.keyword}' reads the patient and cannot stand in a combination")


def deciding(expression: Operator, verdicts: Sequence[int], index_of: Mapping[str, int]) -> list[str]:
    """The ids whose verdicts make the expression what it is: the parts that agree with the whole, down to references."""
    return list(_deciding(expression, verdicts, index_of)[1])


def _deciding(
    expression: Operator, verdicts: Sequence[int], index_of: Mapping[str, int]
) -> tuple[int, dict[str, None]]:
    if isinstance(expression, Reference):
        return verdicts[index_of[expression.id]], {expression.id: None}
    parts = [_deciding(child, verdicts, index_of) for child in expression.children()]
    if isinstance(expression, Not):
        return MET - parts[0][0], parts[0][1]
    found = [verdict for verdict, _ in parts]
    if isinstance(expression, AtLeast):
        whole = at_least(expression.count, found)
    else:
        whole = min(found) if isinstance(expression, All) else max(found)
    names: dict[str, None] = {}
    for verdict, ids in parts:
        if verdict == whole:
            names.update(ids)
    return whole, names


def select(conditions: Sequence[int]) -> list[int]:
    """Three-valued ordered selection: the places of the outcomes that can still be the answer.

    The first condition that is met closes the list; one that is undecided stays in it and keeps the lower ones open.
    """
    possible = []
    for place, verdict in enumerate(conditions):
        if verdict != NOT_MET:
            possible.append(place)
        if verdict == MET:
            break
    return possible
