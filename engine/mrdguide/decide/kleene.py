"""Combinations of criteria, compiled to Python over a vector of verdicts (strong Kleene, tables in `logic.truth`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..logic.operator import Operator
from ..logic.operators.connectives import All, AnyOf, AtLeast, Not
from ..logic.operators.reference import Reference
from ..logic.truth import MET, NOT_MET, at_least

Derive = Callable[[list[int]], None]


def compile_derived_rules(rules: Mapping[str, Operator], index_of: Mapping[str, int]) -> Derive:
    """Compile combinations, each after all it refers to; `index_of` gives the place of every id in the vector.

    What comes back writes the verdict of each combination into its place. All are one generated function, because calls
    from part to part would cost more than the arithmetic.
    """
    lines = [f" v[{index_of[name]}] = {_source(expression, index_of)}" for name, expression in rules.items()]
    namespace: dict[str, Derive] = {}
    exec("\n".join(["def derive(v):", *lines, " return"]), {"at_least": at_least}, namespace)
    return namespace["derive"]


def _source(expression: Operator, index_of: Mapping[str, int]) -> str:
    """The expression over the vector `v`; nothing but numbers and the names of this module's functions enters it."""
    if isinstance(expression, Reference):
        return f"v[{index_of[expression.id]}]"
    parts = [_source(child, index_of) for child in expression.children()]
    joined = ", ".join(parts)
    if isinstance(expression, All | AnyOf):
        return parts[0] if len(parts) == 1 else f"{'min' if isinstance(expression, All) else 'max'}({joined})"
    if isinstance(expression, Not):
        return f"({MET} - {joined})"
    if isinstance(expression, AtLeast):
        return f"at_least({int(expression.count)}, [{joined}])"
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
