"""What is left of a decision diagram once some verdicts are known: small, and made smaller by every further answer."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from operator import itemgetter
from typing import NamedTuple

from ..logic.truth import MET, NOT_MET, UNKNOWN

# An end for combinations of verdicts that the declared implications rule out.
IMPOSSIBLE = "impossible"


class Test(NamedTuple):
    """A node that tests a variable; `low` and `high` are places of the nodes that follow."""

    variable: int
    low: int
    high: int


class End(NamedTuple):
    """A node where a diagram ends."""

    value: Hashable


class Remainder:
    """A reduced diagram of its own: every node comes after those that it leads to, the last is the root.

    What tells only the impossible from the rest is no test. It holds for the verdicts it was made for, and for all that
    know more (`covers`), as long as nothing they know is impossible.
    """

    __slots__ = ("_known", "_nodes", "_take_known", "ends", "tested")

    def __init__(self, nodes: Sequence[Test | End], known: Sequence[int]) -> None:
        self._nodes = nodes
        places = [place for place, verdict in enumerate(known) if verdict != UNKNOWN]
        self._take_known = itemgetter(*places) if places else None
        self._known = self._take_known(known) if self._take_known is not None else None
        self.ends = frozenset(node.value for node in nodes if type(node) is End) - {IMPOSSIBLE}
        self.tested = frozenset(node.variable for node in nodes if type(node) is Test)

    def covers(self, verdicts: Sequence[int]) -> bool:
        """Whether verdicts only add to those that this was made for."""
        return self._take_known is None or self._take_known(verdicts) == self._known

    def reachable(self, verdicts: Sequence[int]) -> set[Hashable]:
        """The ends that can still be reached once more is known, without the impossible."""
        wanted = self._wanted(verdicts)
        ends = {node.value for place, node in enumerate(self._nodes) if wanted[place] and type(node) is End}
        return ends - {IMPOSSIBLE}

    def _wanted(self, verdicts: Sequence[int]) -> bytearray:
        """Which nodes can still be reached, by their places."""
        nodes = self._nodes
        wanted = bytearray(len(nodes))
        wanted[-1] = 1
        for place in range(len(nodes) - 1, -1, -1):
            if wanted[place] and type(node := nodes[place]) is Test:
                known = verdicts[node.variable]
                if known != MET:
                    wanted[node.low] = 1
                if known != NOT_MET:
                    wanted[node.high] = 1
        return wanted

    def narrowed(self, verdicts: Sequence[int]) -> Remainder:
        """What is left once more is known."""
        nodes, wanted = self._nodes, self._wanted(verdicts)
        reduced = Reduced()
        made = [0] * len(nodes)
        for place, node in enumerate(nodes):
            if not wanted[place]:
                continue
            if type(node) is End:
                made[place] = reduced.add(node)
                continue
            assert type(node) is Test
            known = verdicts[node.variable]
            if known == UNKNOWN:
                made[place] = reduced.join(node.variable, made[node.low], made[node.high])
            else:
                made[place] = made[node.high if known == MET else node.low]
        return Remainder(reduced.up_to(made[-1]), verdicts)


class Reduced:
    """Nodes put together from the ends up; equal ones are one."""

    def __init__(self) -> None:
        self.nodes: list[Test | End] = []
        self._places: dict[Test | End, int] = {}
        self._impossible = -1

    def add(self, node: Test | End) -> int:
        """The place of a node."""
        place = self._places.get(node)
        if place is None:
            place = self._places[node] = len(self.nodes)
            self.nodes.append(node)
            if type(node) is End and node.value == IMPOSSIBLE:
                self._impossible = place
        return place

    def join(self, variable: int, low: int, high: int) -> int:
        """The place of a test of a variable; what cannot be does not count as a difference."""
        if low == high or high == self._impossible:
            return low
        if low == self._impossible:
            return high
        return self.add(Test(variable, low, high))

    def up_to(self, root: int) -> list[Test | End]:
        """The nodes with a root at the end: it is made last, unless it is an end that others lie behind."""
        return self.nodes[: root + 1] if type(self.nodes[root]) is Test else [self.nodes[root]]
