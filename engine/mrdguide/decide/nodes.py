"""Combinations as diagrams: each made when it is first asked for, over criteria in the order the decision asks about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..logic.operator import Operator
from ..logic.operators.reference import Reference
from .diagram import Diagrams


class Nodes(dict[str, int]):
    """Diagrams of criteria and derived_rules by name, each made when it is first asked for."""

    def __init__(self, space: Diagrams, derived_rules: Mapping[str, Operator], variables: dict[str, int]) -> None:
        super().__init__(variables)
        self._space, self._derived_rules = space, derived_rules

    def __missing__(self, name: str) -> int:
        self[name] = self._space.of(self._derived_rules[name], self)
        return self[name]


def order_of_appearance(
    derived_rules: Mapping[str, Operator],
    roots: Sequence[str],
    criteria: Sequence[str],
    together: Mapping[str, frozenset[str]],
) -> list[str]:
    """Criteria in the order in which the decision asks about them: a good order keeps the diagrams small.

    `together` names for each those of which one follows from the other; they stand side by side, or everything between
    them would have to be told apart by both.
    """
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        expression = derived_rules.get(name)
        if expression is None:
            order.setdefault(name)
            return
        for operator in expression.walk():
            if isinstance(operator, Reference):
                visit(operator.id)

    for root in roots:
        visit(root)
    for name in criteria:
        order.setdefault(name)
    place = {name: number for number, name in enumerate(order)}
    return list(
        dict.fromkeys(item for name in order for item in (name, *sorted(together.get(name, ()), key=place.__getitem__)))
    )
