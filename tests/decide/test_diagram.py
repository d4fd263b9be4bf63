"""Diagrams answer like trying every filling-in: the cheapest way to an end, what is still tested, sums, examples."""

from __future__ import annotations

from itertools import product

import pytest

from mrdguide.decide.diagram import FALSE, TRUE, Diagrams
from mrdguide.decide.remainder import IMPOSSIBLE
from mrdguide.logic.truth import MET, NOT_MET, UNKNOWN

FREE = [UNKNOWN] * 3


@pytest.fixture
def space() -> Diagrams:
    return Diagrams()


def choice(space: Diagrams) -> int:
    """`stop` where 0 and 1 are met, `ask` where 0 is and 1 is not, `go on` elsewhere."""
    both = space.ite(space.variable(1), space.end("stop"), space.end("ask"))
    return space.ite(space.variable(0), both, space.end("go on"))


def cost(variable: int, value: int) -> int:
    """To have a variable met costs one more than its number, to have it not met nothing."""
    return variable + 1 if value == MET else 0


def test_the_nearest_way_to_an_end_costs_least(space: Diagrams) -> None:
    root = choice(space)
    assert space.nearest(root, cost, lambda end: end == "stop") == {0: MET, 1: MET}
    assert space.nearest(root, cost, lambda end: end == "ask") == {0: MET, 1: NOT_MET}
    assert space.nearest(root, cost, lambda end: end == "go on") == {0: NOT_MET}
    # Either way would do, and one is free.
    assert space.nearest(root, cost, lambda end: end != "stop") == {0: NOT_MET}
    dear = space.nearest(
        root, lambda variable, value: 5 if value == NOT_MET and variable == 0 else 1, lambda end: end != "stop"
    )
    assert dear == {0: MET, 1: NOT_MET}


def test_a_condition_meets_an_end_exactly_where_both_can_be(space: Diagrams) -> None:
    root, variables = choice(space), [space.variable(number) for number in range(3)]
    conditions = [FALSE, TRUE, *variables, *map(space.negation, variables)]
    conditions += [space.conjunction([one, other]) for one, other in product(conditions, repeat=2)]
    for condition, wanted in product(conditions, ("stop", "ask", "go on", "elsewhere")):
        ends = space.reachable(space.ite(condition, root, space.end(IMPOSSIBLE)), FREE)
        leading = space.leading_to(root, frozenset({wanted}))
        assert space.meets(condition, root, leading) is (wanted in ends)


def test_where_no_way_leads_there_is_no_nearest(space: Diagrams) -> None:
    assert space.nearest(choice(space), cost, lambda end: end == "elsewhere") is None
    assert space.nearest(space.end("here"), cost, lambda end: end == "here") == {}


def test_the_impossible_is_no_end_to_reach(space: Diagrams) -> None:
    root = space.ite(space.variable(0), space.end(IMPOSSIBLE), choice_below(space))
    assert space.reachable(root, FREE) == {"stop", "go on"}
    assert space.nearest(root, cost, lambda end: end == IMPOSSIBLE) is None
    assert space.nearest(root, lambda _variable, value: 3 - value, lambda _end: True) == {0: NOT_MET, 1: MET}
    assert space.where(root, lambda end: end == "stop") == space.conjunction(
        [space.negation(space.variable(0)), space.variable(1)]
    )
    # What tells only the impossible from the rest is no test.
    assert space.left(root, FREE).tested == {1}
    assert space.simplified(root) == choice_below(space)


def choice_below(space: Diagrams) -> int:
    return space.ite(space.variable(1), space.end("stop"), space.end("go on"))


def test_what_the_answer_hangs_on(space: Diagrams) -> None:
    root = choice(space)
    assert space.support(root) == {0, 1}
    assert space.left(root, FREE).tested == {0, 1}
    assert space.left(root, [NOT_MET, UNKNOWN, UNKNOWN]).tested == set()
    assert space.left(root, [MET, UNKNOWN, UNKNOWN]).tested == {1}
    assert space.left(root, [MET, MET, UNKNOWN]).tested == set()


def test_an_example_leads_to_the_end_that_is_wanted(space: Diagrams) -> None:
    root = choice(space)
    assert space.example(root, FREE, "ask") == {0: MET, 1: NOT_MET}
    assert space.example(root, [MET, UNKNOWN, UNKNOWN], "stop") == {0: MET, 1: MET}
    assert space.example(root, [NOT_MET, UNKNOWN, UNKNOWN], "stop") is None
    assert space.example(root, FREE, "elsewhere") is None


def test_sums_and_counts_are_what_trying_every_filling_in_gives(space: Diagrams) -> None:
    variables = [space.variable(number) for number in range(3)]
    total = space.total(list(zip(variables, (1.0, 0.5, 0.5), strict=True)))
    for values in product((NOT_MET, MET), repeat=3):
        met = [value == MET for value in values]
        assert space.reachable(total, values) == {1.0 * met[0] + 0.5 * met[1] + 0.5 * met[2]}
        for count in (1, 2, 3):
            assert space.reachable(space.at_least(count, variables), values) == {sum(met) >= count}
    assert space.at_least(0, variables) == TRUE
    assert space.at_least(4, variables) == FALSE


def test_equal_diagrams_are_the_same_node(space: Diagrams) -> None:
    first, second = space.variable(0), space.variable(1)
    assert space.conjunction([first, second]) == space.negation(
        space.disjunction([space.negation(first), space.negation(second)])
    )
    assert space.end("stop") == space.end("stop") != space.end("go on")


def test_what_is_left_after_an_answer_is_what_is_left_of_the_whole(space: Diagrams) -> None:
    variables = [space.variable(number) for number in range(3)]
    one_follows = space.ite(variables[0], variables[1], TRUE)
    ends = space.ite(variables[1], space.ite(variables[2], space.end("stop"), space.end("ask")), space.end("go on"))
    root = space.ite(one_follows, space.ite(variables[0], ends, space.end("ask")), space.end(IMPOSSIBLE))
    # 1 follows from 0, and what follows from what is known is known as well.
    cannot_be = {(MET, NOT_MET), (MET, UNKNOWN), (UNKNOWN, NOT_MET)}
    known = [item for item in product((UNKNOWN, NOT_MET, MET), repeat=3) if item[:2] not in cannot_be]
    for before in known:
        larger = space.left(root, before)
        for after in [item for item in known if larger.covers(item)]:
            narrowed, whole = larger.narrowed(after), space.left(root, after)
            assert narrowed.ends == larger.reachable(after) == space.reachable(root, after), (before, after)
            assert narrowed.tested == whole.tested, (before, after)
    assert not space.left(root, (MET, MET, MET)).covers((MET, MET, NOT_MET))
    assert not space.left(root, (MET, MET, MET)).covers((UNKNOWN, MET, MET))
