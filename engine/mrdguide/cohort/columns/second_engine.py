"""durable-rules over a whole cohort: every conclusion once for each of the different inputs that it has in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...decide.decision import Decider
from .conclusions import Concluded
from .kleene import Table
from .possible import Bits, Diagram

Differs = NDArray[np.bool_]

# As many verdicts as a number of 16 bits holds, and as one of 64 bits holds beside that of a remainder.
_FEW_DIGITS, _MOST_DIGITS = 10, 20


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
    differs = np.zeros(verdicts.shape[1], dtype=np.bool_)
    rows: dict[str, Any] = {name: verdicts[decider.index_of[name]] for name in second.given}
    asked = 0
    for name, reads, infer in second.parts():
        rows[name], different = by_input([rows[item] for item in reads], infer)
        asked += different
        if compare_conclusions and name in decider.index_of:
            differs |= rows[name] != verdicts[decider.index_of[name]]
    reads, choose = second.selection()
    chosen, different = by_input(
        [rows[item] for item in reads], lambda inputs: sum(1 << place for place in choose(inputs))
    )
    return differs | (chosen != selected), asked + different


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
