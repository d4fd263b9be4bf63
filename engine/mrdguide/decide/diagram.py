"""Reduced ordered decision diagrams, for exact answers over unknown verdicts.

A node tests one criterion; its ends are truth values, outcomes or numbers (multi-terminal diagrams: Bryant, IEEE Trans.
Comput. 1986;C-35:677; Fujita, McGeer and Yang, Form. Methods Syst. Des. 1997;10:149). Which ends can be reached when
the known verdicts are fixed and the unknown ones are free is the exact set of possible answers.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from math import inf
from typing import NamedTuple

from ..logic.operator import Operator
from ..logic.operators.connectives import All, AnyOf, AtLeast, Not
from ..logic.operators.reference import Reference
from ..logic.truth import MET, NOT_MET, UNKNOWN
from ..reading.computed import computed
from ..reading.frozen import frozen
from .remainder import IMPOSSIBLE, End, Reduced, Remainder

FALSE, TRUE = 0, 1
_NO_VARIABLE = 1_000_000


@frozen
class KeptNodes:
    """The nodes of a space as plain lists: each after those that it leads to. `ends` are pairs of node and value."""

    variable: list[int]
    low: list[int]
    high: list[int]
    ends: list[tuple[int, Hashable]]


class _Upwards(NamedTuple):
    """A diagram by places: those of its ends, then one for every test, each after those that it leads to; the root is the last.

    `tests` are (variable, place where it is not met, place where it is met).
    """

    ends: list[Hashable]
    tests: list[tuple[int, int, int]]
    variables: set[int]


class Diagrams:
    """A space of diagrams over numbered variables. Node 0 is false, node 1 true; equal diagrams are the same node."""

    def __init__(self) -> None:
        self._variable = [_NO_VARIABLE, _NO_VARIABLE]
        self._low = [0, 1]
        self._high = [0, 1]
        self._ends: dict[int, Hashable] = {FALSE: False, TRUE: True}
        self._ite_memo: dict[tuple[int, int, int], int] = {}
        self._orders: dict[int, _Upwards] = {}

    @classmethod
    def of_kept(cls, kept: KeptNodes) -> Diagrams:
        """The space that was kept."""
        space = cls()
        space._variable, space._low, space._high = list(kept.variable), list(kept.low), list(kept.high)
        space._ends = dict(kept.ends)
        return space

    @computed
    def _unique(self) -> dict[Hashable, int]:
        """The node of everything that there is. An answer adds none, so that most spaces that were kept never need it."""
        nodes = enumerate(zip(self._variable, self._low, self._high, strict=True))
        unique: dict[Hashable, int] = {key: node for node, key in nodes if node not in self._ends}
        unique.update({("end", value): node for node, value in self._ends.items() if node not in (FALSE, TRUE)})
        return unique

    def kept(self, roots: Iterable[int]) -> tuple[KeptNodes, dict[int, int]]:
        """The nodes that some roots lead to, and the number that each has among them."""
        seen = {FALSE, TRUE}
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                if node not in self._ends:
                    waiting += (self._low[node], self._high[node])
        numbers = {node: number for number, node in enumerate(sorted(seen))}
        inner = [node not in self._ends or node in (FALSE, TRUE) for node in numbers]
        kept = KeptNodes(
            [self._variable[node] for node in numbers],
            [numbers[self._low[node]] if is_inner else 0 for node, is_inner in zip(numbers, inner, strict=True)],
            [numbers[self._high[node]] if is_inner else 0 for node, is_inner in zip(numbers, inner, strict=True)],
            [(numbers[node], value) for node, value in self._ends.items() if node in numbers],
        )
        return kept, numbers

    def end(self, value: Hashable) -> int:
        """The end that stands for a value."""
        key = ("end", value)
        if key not in self._unique:
            self._unique[key] = self._add(_NO_VARIABLE, 0, 0)
            self._ends[self._unique[key]] = value
        return self._unique[key]

    def variable(self, number: int) -> int:
        """The diagram that is true where a variable is met."""
        return self._node(number, FALSE, TRUE)

    def ite(self, test: int, then: int, otherwise: int) -> int:
        """`then` where `test` is true, `otherwise` elsewhere. `test` must be a truth value diagram."""
        if test == TRUE or then == otherwise:
            return then
        if test == FALSE:
            return otherwise
        key = (test, then, otherwise)
        found = self._ite_memo.get(key)
        if found is None:
            # A rule book takes some hundred thousand of these, so each is as little work as it can be.
            variable, low, high = self._variable, self._low, self._high
            first, second, third = variable[test], variable[then], variable[otherwise]
            top = first if first < second else second
            if third < top:
                top = third
            test_low, test_high = (low[test], high[test]) if first == top else (test, test)
            then_low, then_high = (low[then], high[then]) if second == top else (then, then)
            other_low, other_high = (low[otherwise], high[otherwise]) if third == top else (otherwise, otherwise)
            below = self.ite(test_low, then_low, other_low)
            above = self.ite(test_high, then_high, other_high)
            found = below if below == above else self._node(top, below, above)
            self._ite_memo[key] = found
        return found

    def negation(self, node: int) -> int:
        return self.ite(node, FALSE, TRUE)

    def conjunction(self, nodes: Sequence[int]) -> int:
        result = TRUE
        for node in reversed(nodes):
            result = self.ite(node, result, FALSE)
        return result

    def disjunction(self, nodes: Sequence[int]) -> int:
        result = FALSE
        for node in reversed(nodes):
            result = self.ite(node, TRUE, result)
        return result

    def at_least(self, count: int, nodes: Sequence[int]) -> int:
        """True where at least `count` of the nodes are."""
        rows = [TRUE] + [FALSE] * count
        for node in nodes:
            rows = [TRUE] + [self.ite(node, rows[need - 1], rows[need]) for need in range(1, count + 1)]
        return rows[count]

    def total(self, terms: Sequence[tuple[int, float]]) -> int:
        """The sum of the numbers whose test is true."""
        sums: dict[float, int] = {0.0: TRUE}
        for test, number in terms:
            grown: dict[float, int] = {}
            for value, where in sums.items():
                for total, condition in ((value + number, test), (value, self.negation(test))):
                    both = self.conjunction([where, condition])
                    if both != FALSE:
                        grown[total] = self.disjunction([grown.get(total, FALSE), both])
            sums = grown
        result = self.end(IMPOSSIBLE)
        for value, where in sums.items():
            result = self.ite(where, self.end(value), result)
        return result

    def of(self, expression: Operator, nodes: Mapping[str, int]) -> int:
        """The diagram of an expression; `nodes` gives the diagram of every id it may name."""
        if isinstance(expression, Reference):
            return nodes[expression.id]
        parts = [self.of(child, nodes) for child in expression.children()]
        if isinstance(expression, All):
            return self.conjunction(parts)
        if isinstance(expression, AnyOf):
            return self.disjunction(parts)
        if isinstance(expression, Not):
            return self.negation(parts[0])
        if isinstance(expression, AtLeast):
            return self.at_least(expression.count, parts)
        raise TypeError(f"'{expression.keyword}' reads the patient and cannot stand in a combination")

    def paired(self, first: int, second: int) -> int:
        """The diagram whose ends are the pairs of ends of two diagrams."""
        made: dict[tuple[int, int], int] = {}

        def pair(one: int, two: int) -> int:
            if one in self._ends and two in self._ends:
                return self.end((self._ends[one], self._ends[two]))
            if (one, two) not in made:
                top = min(self._variable[one], self._variable[two])
                a, b = self._variable[one] == top, self._variable[two] == top
                low = pair(self._low[one] if a else one, self._low[two] if b else two)
                high = pair(self._high[one] if a else one, self._high[two] if b else two)
                made[one, two] = self._node(top, low, high)
            return made[one, two]

        return pair(first, second)

    def where(self, root: int, wanted: Callable[[Hashable], bool]) -> int:
        """The truth value diagram that is true where a diagram has a wanted end."""
        made: dict[int, int] = {}

        def make(node: int) -> int:
            if node in self._ends:
                end = self._ends[node]
                return TRUE if end != IMPOSSIBLE and wanted(end) else FALSE
            if node not in made:
                made[node] = self._node(self._variable[node], make(self._low[node]), make(self._high[node]))
            return made[node]

        return make(root)

    def simplified(self, root: int) -> int:
        """The diagram without tests that only tell the impossible from the rest: every way through it can be."""
        made: dict[int, int] = {}

        def make(node: int) -> int:
            if node in self._ends:
                return node
            if node not in made:
                low, high = make(self._low[node]), make(self._high[node])
                if self._ends.get(low) == IMPOSSIBLE:
                    made[node] = high
                elif self._ends.get(high) == IMPOSSIBLE:
                    made[node] = low
                else:
                    made[node] = self._node(self._variable[node], low, high)
            return made[node]

        return make(root)

    def reachable(self, root: int, verdicts: Sequence[int]) -> set[Hashable]:
        """The ends that some filling-in of the unknown verdicts leads to, without the impossible."""
        variable, low, high, all_ends = self._variable, self._low, self._high, self._ends
        seen = {root}
        waiting = [root]
        ends: set[Hashable] = set()
        while waiting:
            node = waiting.pop()
            if node in all_ends:
                ends.add(all_ends[node])
                continue
            known = verdicts[variable[node]]
            if known != MET and (below := low[node]) not in seen:
                seen.add(below)
                waiting.append(below)
            if known != NOT_MET and (above := high[node]) not in seen:
                seen.add(above)
                waiting.append(above)
        ends.discard(IMPOSSIBLE)
        return ends

    def laid_out(self, root: int) -> tuple[list[tuple[int, int, int]], dict[int, Hashable]]:
        """A diagram as a list whose first entry is its root: (variable, place below, place above), an end as (-1, 0, 0), and
        the values of the ends by place."""
        places, order = {root: 0}, [root]
        for node in order:
            if node not in self._ends:
                for below in (self._low[node], self._high[node]):
                    if below not in places:
                        places[below] = len(order)
                        order.append(below)
        ends = {places[node]: self._ends[node] for node in order if node in self._ends}
        nodes = [
            (-1, 0, 0)
            if node in self._ends
            else (self._variable[node], places[self._low[node]], places[self._high[node]])
            for node in order
        ]
        return nodes, ends

    def leading_to(self, root: int, wanted: Container[Hashable]) -> set[int]:
        """The nodes of a diagram from which a wanted end can be reached."""
        leads: dict[int, bool] = {}

        def look(node: int) -> bool:
            if node not in leads:
                ends = self._ends
                if node in ends:
                    leads[node] = ends[node] in wanted
                else:
                    low, high = look(self._low[node]), look(self._high[node])
                    leads[node] = low or high
            return leads[node]

        look(root)
        return {node for node, found in leads.items() if found}

    def meets(self, condition: int, root: int, leading: Container[int]) -> bool:
        """Whether some verdicts make a condition true and lead a diagram to an end that `leading` (its nodes) leads to.

        Nothing is built for it: pairs of nodes are walked through, and none twice.
        """
        variable, low, high, ends = self._variable, self._low, self._high, self._ends
        seen = {(condition, root)}
        waiting = [(condition, root)]
        while waiting:
            test, node = waiting.pop()
            if test == FALSE or node not in leading:
                continue
            if test == TRUE or node in ends:
                return True  # either is free to be made so, whatever the other is
            first, second = variable[test], variable[node]
            for side in (low, high):
                pair = (side[test] if first <= second else test, side[node] if second <= first else node)
                if pair not in seen:
                    seen.add(pair)
                    waiting.append(pair)
        return False

    def support(self, root: int) -> set[int]:
        """The variables a diagram tests."""
        seen = {root}
        waiting = [root]
        found = set()
        while waiting:
            node = waiting.pop()
            if node not in self._ends:
                found.add(self._variable[node])
                new = {self._low[node], self._high[node]} - seen
                seen |= new
                waiting.extend(new)
        return found

    def left(self, root: int, verdicts: Sequence[int]) -> Remainder:
        """What is left of a diagram when the known verdicts are fixed, made small."""
        variable, low, high, ends = self._variable, self._low, self._high, self._ends
        reduced = Reduced()
        made: dict[int, int] = {}

        def shrink(node: int) -> int:
            found = made.get(node)
            if found is None:
                if node in ends:
                    found = reduced.add(End(ends[node]))
                elif (known := verdicts[variable[node]]) != UNKNOWN:
                    found = shrink(high[node] if known == MET else low[node])
                else:
                    found = reduced.join(variable[node], shrink(low[node]), shrink(high[node]))
                made[node] = found
            return found

        return Remainder(reduced.up_to(shrink(root)), verdicts)

    def example(self, root: int, verdicts: Sequence[int], wanted: object) -> dict[int, int] | None:
        """A filling-in of unknown variables that leads to an end, or None; variables it leaves out are free."""
        seen: set[int] = set()

        def search(node: int) -> dict[int, int] | None:
            if node in self._ends:
                return {} if self._ends[node] == wanted else None
            if node in seen:
                return None
            seen.add(node)
            variable = self._variable[node]
            for value, branch in ((0, self._low[node]), (MET, self._high[node])):
                if verdicts[variable] in (value, UNKNOWN):
                    found = search(branch)
                    if found is not None:
                        return {variable: value, **found}
            return None

        return search(root)

    def nearest(
        self, root: int, cost: Callable[[int, int], int], wanted: Callable[[Hashable], bool]
    ) -> dict[int, int] | None:
        """The cheapest choice of values that leads to a wanted end, or None; variables it leaves out are free.

        `cost(variable, value)` is what it costs to choose a value; never negative.
        """
        ends, tests, variables = self._upwards(root)
        prices = {variable: (cost(variable, NOT_MET), cost(variable, MET)) for variable in variables}
        # What the cheapest way down costs, by place; endless where no way leads to a wanted end.
        best: list[float] = [0 if end != IMPOSSIBLE and wanted(end) else inf for end in ends]
        for variable, below, above in tests:
            without, with_it = prices[variable]
            not_met, met = best[below] + without, best[above] + with_it
            best.append(not_met if not_met <= met else met)
        if best[-1] == inf:
            return None
        chosen: dict[int, int] = {}
        place = len(best) - 1
        while place >= len(ends):
            variable, below, above = tests[place - len(ends)]
            without, with_it = prices[variable]
            is_met = best[below] + without > best[above] + with_it
            chosen[variable] = MET if is_met else NOT_MET
            place = above if is_met else below
        return chosen

    def _upwards(self, root: int) -> _Upwards:
        """A diagram from its ends up to its root; few diagrams are asked for it, each many times."""
        found = self._orders.get(root)
        if found is None:
            nodes = self._each_after_those_below(root)
            ends = [node for node in nodes if node in self._ends]
            inner = [node for node in nodes if node not in self._ends]
            places = {node: place for place, node in enumerate([*ends, *inner])}
            found = self._orders[root] = _Upwards(
                [self._ends[node] for node in ends],
                [(self._variable[node], places[self._low[node]], places[self._high[node]]) for node in inner],
                {self._variable[node] for node in inner},
            )
        return found

    def _each_after_those_below(self, root: int) -> Iterable[int]:
        """The nodes of a diagram, each after those that it leads to."""
        found: dict[int, None] = {}

        def walk(node: int) -> None:
            if node not in found:
                if node not in self._ends:
                    walk(self._low[node])
                    walk(self._high[node])
                found[node] = None

        walk(root)
        return found

    def _node(self, variable: int, low: int, high: int) -> int:
        if low == high:
            return low
        key = (variable, low, high)
        found = self._unique.get(key)
        if found is None:
            found = self._unique[key] = self._add(variable, low, high)
        return found

    def _add(self, variable: int, low: int, high: int) -> int:
        self._variable.append(variable)
        self._low.append(low)
        self._high.append(high)
        return len(self._variable) - 1
