"""Combinations of criteria, compiled to Python over a vector of verdicts (strong Kleene, tables in `logic.truth`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count

from ..logic.operator import Operator
from ..logic.operators.connectives import All, AnyOf, AtLeast, Not
from ..logic.operators.reference import Reference
from ..logic.truth import MET, NOT_MET, UNKNOWN, at_least

Derive = Callable[[Sequence[int]], tuple[int, ...]]


# To compile all combinations takes as long as to walk through them so many times.
_WALKED_FIRST = 3


def derive_by(rules: Mapping[str, Operator], index_of: Mapping[str, int]) -> Derive:
    """Combinations as in `compile_derived_rules`, which are compiled when they have been asked for a few times: a command
    that judges one patient does not wait for it."""
    expressions = list(rules.values())
    compiled: list[Derive] = []
    walked = count()

    def derive(given: Sequence[int]) -> tuple[int, ...]:
        if compiled:
            return compiled[0](given)
        if next(walked) >= _WALKED_FIRST:
            compiled.append(compile_derived_rules(rules, index_of))
            return compiled[0](given)
        verdicts = list(given)
        for expression in expressions:
            verdicts.append(verdict_of(expression, verdicts, index_of))
        return tuple(verdicts)

    return derive


def verdict_of(expression: Operator, verdicts: Sequence[int], index_of: Mapping[str, int]) -> int:
    """The verdict of a combination of what `verdicts` holds."""
    if isinstance(expression, Reference):
        return verdicts[index_of[expression.id]]
    found = [verdict_of(child, verdicts, index_of) for child in expression.children()]
    if isinstance(expression, Not):
        return MET - found[0]
    if isinstance(expression, AtLeast):
        return at_least(expression.count, found)
    if isinstance(expression, All | AnyOf):
        return min(found) if isinstance(expression, All) else max(found)
    raise TypeError(f"'{expression.keyword}' reads the patient and cannot stand in a combination")


def compile_derived_rules(rules: Mapping[str, Operator], index_of: Mapping[str, int]) -> Derive:
    """Compile combinations, each after all it refers to; `index_of` gives the place of every id in the vector.

    What comes back is given the verdicts of the criteria and returns them with those of the combinations. All are one
    generated function over local names, because calls from part to part would cost more than the arithmetic.
    """
    given = [f"v{slot}" for slot in range(len(index_of) - len(rules))]
    between = (f"t{number}" for number in count())
    lines = [f" v{index_of[name]} = {_source(expression, index_of, between)}" for name, expression in rules.items()]
    unpacked = [f" {', '.join(given)}, = given"] if given else []
    every = "".join(f"v{slot}, " for slot in range(len(index_of)))
    namespace: dict[str, Derive] = {}
    exec("\n".join(["def derive(given):", *unpacked, *lines, f" return ({every})"]), {"at_least": at_least}, namespace)
    return namespace["derive"]


def _source(expression: Operator, index_of: Mapping[str, int], between: Iterator[str]) -> str:
    """The expression over local names; nothing but numbers and the names of this module's functions enters it. `between`
    are fresh names for values on the way."""
    if isinstance(expression, Reference):
        return f"v{index_of[expression.id]}"
    parts = [_source(child, index_of, between) for child in expression.children()]
    joined = ", ".join(parts)
    if isinstance(expression, All | AnyOf):
        return parts[0] if len(parts) == 1 else _extreme(parts, between, every=isinstance(expression, All))
    if isinstance(expression, Not):
        return f"({MET} - {joined})"
    if isinstance(expression, AtLeast):
        return f"at_least({int(expression.count)}, [{joined}])"
    raise TypeError(f"'{expression.keyword}' reads the patient and cannot stand in a combination")


def _extreme(parts: list[str], between: Iterator[str], *, every: bool) -> str:
    """The minimum or maximum of verdicts in bits, which costs a third of `min` or `max`: 1 and 2 have no bit in common,
    and both bits together are more than 1."""
    if every:
        names = [part if part.isidentifier() else next(between) for part in parts]
        tested = [part if part == name else f"({name} := {part})" for part, name in zip(parts, names, strict=True)]
        return f"({' and '.join(tested)} and ({' & '.join(names)} or {UNKNOWN}))"
    name = next(between)
    return f"({MET} if ({name} := {' | '.join(parts)}) > {UNKNOWN} else {name})"


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
