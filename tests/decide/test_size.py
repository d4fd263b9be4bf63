"""The decision stays small: its size sets what loading, possible answers and explanations cost."""

from __future__ import annotations

from mrdguide import RuleBook


def test_the_diagram_of_the_shipped_decision_has_few_nodes(shipped_rules: RuleBook) -> None:
    """Criteria on the same facts that stand far apart once made it sixty thousand nodes large, and no answer differed."""
    space, waiting = shipped_rules.decider.diagrams, [shipped_rules.decider.answer]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [] if node in space._ends else [space._low[node], space._high[node]]
    assert 100 < len(seen) < 3000
