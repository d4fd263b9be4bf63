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
    derived_rules: Mapping[str, Operator], roots: Sequence[str], criteria: Sequence[str]
) -> list[str]:
    """Criteria in the order in which the decision asks about them: a good order keeps the diagrams small."""
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
    return list(order)
