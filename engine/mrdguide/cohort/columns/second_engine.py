"""durable-rules over a whole cohort: every conclusion once for each of the different inputs that it has in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...decide.decision import Decider
from ...logic.truth import UNKNOWN
from .conclusions import Concluded
from .kleene import Table
from .possible import Bits, Diagram

Differs = NDArray[np.bool_]


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
        rows[name], different = _by_input([rows[item] for item in reads], infer)
        asked += different
        if compare_conclusions and name in decider.index_of:
            differs |= rows[name] != verdicts[decider.index_of[name]]
    reads, choose = second.selection()
    chosen, different = _by_input(
        [rows[item] for item in reads], lambda inputs: sum(1 << place for place in choose(inputs))
    )
    return differs | (chosen != selected), asked + different


def _by_input(read: Sequence[Any], infer: Callable[[tuple[int, ...]], int]) -> tuple[NDArray[Any], int]:
    """What is inferred for each patient, and of how many different inputs."""
    if not read:
        return np.full(0, UNKNOWN), 0
    table = np.ascontiguousarray(np.stack(read, axis=1), dtype=np.uint8)
    keys = table.view(np.dtype((np.void, table.shape[1]))).ravel()
    if table.shape[1] <= 40:
        keys = table.astype(np.uint64) @ (np.uint64(3) ** np.arange(table.shape[1], dtype=np.uint64))
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    found = np.array([infer(tuple(int(item) for item in table[place])) for place in first], dtype=np.uint64)
    return found[inverse], len(first)


def _one_bit(bits: Bits) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (bits != 0) & ((bits & (bits - np.uint64(1))) == 0)
    return found
