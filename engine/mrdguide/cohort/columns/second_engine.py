"""durable-rules over a whole cohort: every conclusion once for each of the different inputs that it has in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...decide.decision import Decider
from .conclusions import Concluded
from .kernel import Column, kernel
from .kleene import Table
from .possible import Bits, Diagram

Differs = NDArray[np.bool_]

# As many verdicts as a number of 16 bits holds, and as one of 64 bits holds beside that of a remainder.
_FEW_DIGITS, _MOST_DIGITS = 10, 20
# In the table of what is inferred: durable-rules has not been asked yet.
_NOT_ASKED = 255
# So many patients at a time, whose verdicts stay near.
_AT_ONCE = 2_048


def disagreeing(
    decider: Decider, diagram: Diagram, verdicts: Table, concluded: Concluded
) -> tuple[Differs, int] | None:
    """Where durable-rules concludes or selects otherwise, and for how many different inputs it was asked.

    A patient whose outcome is settled only by looking at every filling-in together is decided once more, filled in one way
    that leads to it. None where durable-rules is not installed.

    Raises:
        MrdguideError: durable-rules reported a failure; nothing of it can be used.
    """
    if decider.second_engine is None:
        return None
    differs, asked = _run(decider, verdicts, concluded.by_kleene)
    settled = _one_bit(concluded.possible) & ~_one_bit(concluded.by_kleene)
    places = np.flatnonzero(settled)
    if places.size:
        wanted = concluded.possible[places]
        filled = diagram.completed(concluded.known[:, places], wanted)
        others, more = _run(decider, filled, wanted, compare_conclusions=False)
        differs[places] |= others
        asked += more
    return differs, asked


def _run(decider: Decider, verdicts: Table, selected: Bits, *, compare_conclusions: bool = True) -> tuple[Differs, int]:
    second = decider.second_engine
    assert second is not None
    inferred, patients = _inferred(decider), verdicts.shape[1]
    reads, choose = second.selection()
    differs, deciding = np.zeros(patients, dtype=np.bool_), np.empty((len(reads), patients), dtype=np.uint8)
    asked = np.zeros(inferred.known.size, dtype=np.bool_)
    more = 0
    # What has no place in the table is told apart in everybody together.
    at_once = patients if inferred.has_wide else _AT_ONCE
    for begin in range(0, patients, at_once):
        some = slice(begin, begin + at_once)
        rows, different = inferred.of(verdicts[:, some], asked)
        more += different
        deciding[:, some] = rows[inferred.deciding]
        if compare_conclusions:
            differs[some] = (rows[inferred.compared] != verdicts[inferred.compared_with, some]).any(axis=0)
    chosen, different = by_input(list(deciding), lambda inputs: sum(1 << place for place in choose(inputs)))
    return differs | (chosen != selected), int(asked.sum()) + more + different


class _Inferred:
    """What durable-rules concludes, kept in a table: every part of its rules has a place there for each input it can have, unless
    it reads so many verdicts that these are too many.

    A number of a row is of the given criteria first, then of the parts, each after all that it reads.
    """

    def __init__(self, decider: Decider) -> None:
        second = decider.second_engine
        assert second is not None
        parts = list(second.parts())
        number = {name: place for place, name in enumerate((*second.given, *(name for name, _, _ in parts)))}
        self._given = [decider.index_of[name] for name in second.given]
        self._infer = [infer for _, _, infer in parts]
        self._reads = np.array([number[item] for _, reads, _ in parts for item in reads], dtype=np.int64)
        self._offset = np.cumsum([0, *(len(reads) for _, reads, _ in parts)])
        sizes = [3 ** len(reads) if len(reads) <= _FEW_DIGITS else 0 for _, reads, _ in parts]
        self._begin, self.has_wide = np.cumsum([0, *sizes]), 0 in sizes
        self.known = np.full(self._begin[-1], _NOT_ASKED, dtype=np.uint8)
        compared = [name for name, _, _ in parts if name in decider.index_of]
        self.compared, self.compared_with = (
            [number[name] for name in compared],
            [decider.index_of[name] for name in compared],
        )
        self.deciding = [number[name] for name in second.selection()[0]]

    def of(self, verdicts: Table, asked: NDArray[np.bool_]) -> tuple[Table, int]:
        """The rows for some patients; the inputs that they have are noted in `asked`, those without a place there are counted."""
        given, different = len(self._given), 0
        rows = np.empty((given + len(self._infer), verdicts.shape[1]), dtype=np.uint8)
        rows[:given] = verdicts[self._given]
        part = 0
        while True:
            part = _look_up(self._reads, self._offset, self._begin, self.known, rows, asked, part)
            if part == len(self._infer):
                return rows, different
            if self._begin[part] != self._begin[part + 1]:
                self._ask(part, asked)
                continue
            reads = self._reads[self._offset[part] : self._offset[part + 1]]
            rows[given + part], more = by_input(list(rows[reads]), self._infer[part])
            part, different = part + 1, different + more

    def _ask(self, part: int, asked: NDArray[np.bool_]) -> None:
        """Let durable-rules infer what is asked of a part and not known yet."""
        begin, end = self._begin[part], self._begin[part + 1]
        digits = 3 ** np.arange(self._offset[part + 1] - self._offset[part])[::-1]
        for key in np.flatnonzero(asked[begin:end] & (self.known[begin:end] == _NOT_ASKED)).tolist():
            self.known[begin + key] = self._infer[part](tuple((key // digits % 3).tolist()))


@lru_cache(maxsize=8)
def _inferred(decider: Decider) -> _Inferred:
    return _Inferred(decider)


@kernel
def _look_up(
    reads: Column, offset: Column, begin: Column, known: Column, rows: Column, asked: Column, part: int
) -> int:
    """Fill in the rows of parts from one on; returns the first that has an input of which nothing is known yet."""
    given, patients = rows.shape[0] - begin.size + 1, rows.shape[1]
    keys = np.empty(patients, dtype=np.int32)
    while part < begin.size - 1 and begin[part] < begin[part + 1]:
        keys[:] = 0
        for place in range(offset[part], offset[part + 1]):
            row = rows[reads[place]]
            for patient in range(patients):
                keys[patient] = keys[patient] * 3 + row[patient]
        found = rows[given + part]
        of_part, asked_of = known[begin[part] : begin[part + 1]], asked[begin[part] : begin[part + 1]]
        unknown = False
        for patient in range(patients):
            asked_of[keys[patient]] = True
            found[patient] = of_part[keys[patient]]
            unknown |= found[patient] == _NOT_ASKED
        if unknown:
            break
        part += 1
    return part


def by_input(read: Sequence[Any], infer: Callable[[tuple[int, ...]], int]) -> tuple[NDArray[Any], int]:
    """What is inferred for each patient, and of how many different inputs."""
    keys = _numbered(read)
    different, first, place = _different(keys, 3 ** len(read))
    inputs = np.stack([row[first] for row in read], axis=1).tolist()
    found = np.array([infer(tuple(verdicts)) for verdicts in inputs], dtype=np.uint64)
    return found[place], different


def _numbered(read: Sequence[Any]) -> NDArray[Any]:
    """A number for the verdicts of each patient, the same for the same verdicts."""
    if len(read) > _MOST_DIGITS:
        # Numbers of a part of the verdicts stand for that part.
        _, rest = np.unique(_numbered(read[_MOST_DIGITS:]), return_inverse=True)
        numbers: NDArray[Any] = _numbered(read[:_MOST_DIGITS]) + np.uint64(3**_MOST_DIGITS) * rest.astype(np.uint64)
        return numbers
    keys: NDArray[Any] = np.zeros(read[0].size, dtype=np.uint64 if len(read) > _FEW_DIGITS else np.uint16)
    for row in read:
        keys *= 3
        keys += row
    return keys


def _different(keys: NDArray[Any], most: int) -> tuple[int, NDArray[Any], NDArray[Any]]:
    """How many different keys there are, where the first of each stands, and which each patient has."""
    if most > 3**_FEW_DIGITS:
        _, first, place = np.unique(keys, return_index=True, return_inverse=True)
        return len(first), first, place
    # Sorting would cost more than all else; so few keys have a place each.
    places = np.full(most, -1, dtype=np.int64)
    places[keys[::-1]] = np.arange(keys.size - 1, -1, -1)
    there = np.flatnonzero(places >= 0)
    number = np.zeros(most, dtype=np.int64)
    number[there] = np.arange(there.size)
    return there.size, places[there], number[keys]


def _one_bit(bits: Bits) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (bits != 0) & ((bits & (bits - np.uint64(1))) == 0)
    return found
