"""The exact set of possible outcomes: the decision diagram as an array, walked through for every patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ...decide.decision import Decider
from ...logic.truth import MET, NOT_MET, UNKNOWN
from .kleene import Table

# A set of outcomes of one patient: bit 0 is the first outcome of the rule book.
Bits = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A decision diagram as arrays. The root is node 0; an end has no variable (-1), and the bit of its outcome, if it has one."""

    slots: NDArray[np.int64]  # of each variable: the row of its criterion
    variable: NDArray[np.int32]
    below: NDArray[np.int32]
    above: NDArray[np.int32]
    bit: Bits

    @classmethod
    def of(cls, decider: Decider, outcomes: Sequence[str]) -> Diagram:
        """The diagram of a rule book's decision; its ends are outcomes by their place in `outcomes`."""
        nodes, ends = decider.diagrams.laid_out(decider.answer)
        tested = sorted({variable for variable, _, _ in nodes if variable >= 0})
        number = {variable: place for place, variable in enumerate(tested)} | {-1: -1}
        places: Mapping[object, int] = {name: place for place, name in enumerate(outcomes)}
        bit = np.zeros(len(nodes), dtype=np.uint64)
        for node, end in ends.items():
            if end in places:
                bit[node] = np.uint64(1 << places[end])
        return cls(
            np.array([decider.order[variable] for variable in tested], dtype=np.int64),
            np.array([number[variable] for variable, _, _ in nodes], dtype=np.int32),
            np.array([below for _, below, _ in nodes], dtype=np.int32),
            np.array([above for _, _, above in nodes], dtype=np.int32),
            bit,
        )

    def possible(self, known: Table) -> Bits:
        """The outcomes that some filling-in of the unknown verdicts leads to. `known` has a row for each criterion."""
        by_patient = np.ascontiguousarray(known[self.slots].T)
        return np.asarray(_reachable(self.variable, self.below, self.above, self.bit, by_patient))

    def completed(self, known: Table, wanted: Bits) -> Table:
        """Verdicts without unknown ones that add to the known and lead to the one outcome wanted of each patient."""
        filled = np.where(known == UNKNOWN, NOT_MET, known).astype(np.uint8)
        chosen = np.ascontiguousarray(known[self.slots].T)
        _fill_in(self.variable, self.below, self.above, self.bit, chosen, wanted)
        filled[self.slots] = np.where(chosen.T == UNKNOWN, NOT_MET, chosen.T)
        return filled


@njit(cache=True, nogil=True)
def _reachable(variable, below, above, bit, known):  # type: ignore[no-untyped-def]
    patients = known.shape[0]
    found = np.zeros(patients, dtype=np.uint64)
    seen = np.full(variable.size, -1, dtype=np.int64)
    waiting = np.empty(variable.size, dtype=np.int32)
    for patient in range(patients):
        waiting[0] = 0
        length = 1
        ends = np.uint64(0)
        while length > 0:
            length -= 1
            node = waiting[length]
            if variable[node] < 0:
                ends |= bit[node]
                continue
            verdict = known[patient, variable[node]]
            if verdict != MET and seen[below[node]] != patient:
                seen[below[node]] = patient
                waiting[length] = below[node]
                length += 1
            if verdict != NOT_MET and seen[above[node]] != patient:
                seen[above[node]] = patient
                waiting[length] = above[node]
                length += 1
        found[patient] = ends
    return found


@njit(cache=True, nogil=True)
def _fill_in(variable, below, above, bit, known, wanted):  # type: ignore[no-untyped-def]
    """Write the verdicts of one way to the wanted end of each patient into `known`."""
    came_from = np.zeros(variable.size, dtype=np.int32)
    seen = np.full(variable.size, -1, dtype=np.int64)
    waiting = np.empty(variable.size, dtype=np.int32)
    for patient in range(known.shape[0]):
        waiting[0] = 0
        length = 1
        while length > 0:
            length -= 1
            node = waiting[length]
            if variable[node] < 0:
                if bit[node] != wanted[patient]:
                    continue
                while node != 0:
                    parent = came_from[node]
                    met = above[parent] == node and (below[parent] != node or known[patient, variable[parent]] == MET)
                    known[patient, variable[parent]] = MET if met else NOT_MET
                    node = parent
                break
            verdict = known[patient, variable[node]]
            if verdict != MET and seen[below[node]] != patient:
                seen[below[node]] = patient
                came_from[below[node]] = node
                waiting[length] = below[node]
                length += 1
            if verdict != NOT_MET and seen[above[node]] != patient:
                seen[above[node]] = patient
                came_from[above[node]] = node
                waiting[length] = above[node]
                length += 1
