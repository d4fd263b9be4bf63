"""What follows from the verdicts of the criteria, over whole columns: implications, combinations, the outcome, what forbids it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ...logic.truth import MET, NOT_MET, UNKNOWN
from ...rulebook.book import RuleBook
from .kleene import Table, derive
from .possible import Bits, Diagram

Places = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Concluded:
    """What follows for every patient.

    `known` are the criteria with all that the known ones imply; `by_kleene` the outcomes in order that are not excluded, and
    not behind one that is met; `outcome` a place among the rule book's outcomes, the one behind the last standing for
    insufficient data. `in_question` says by reason which patients the one-patient engine must look at.
    """

    known: Table
    possible: Bits
    by_kleene: Bits
    outcome: Places
    in_question: Mapping[str, NDArray[np.bool_]]


def conclude(rules: RuleBook, diagram: Diagram, verdicts: Table) -> Concluded:
    """Fill in the rows behind the criteria, and find the outcome of every patient."""
    decider, criteria = rules.decider, len(rules.compiled_criteria)
    known, contradicting = known_of(rules, verdicts[:criteria])
    derive(decider.derived_rules, decider.index_of, verdicts)
    possible = diagram.possible(known)
    by_kleene = _selected(rules, verdicts)
    outcome = _single(possible, len(rules.decision.outcomes))
    return Concluded(
        known,
        possible,
        by_kleene,
        outcome,
        {
            "verdicts that contradict each other": contradicting,
            "two ways of finding the possible outcomes that differ": (possible & ~by_kleene) != 0,
            "an outcome that a safety rule forbids": _forbidden(rules, known, outcome),
        },
    )


def known_of(rules: RuleBook, judged: Table) -> tuple[Table, NDArray[np.bool_]]:
    """The verdicts of the criteria with all that the known ones imply, and where two of them contradict each other."""
    known = judged.copy()
    return known, _propagate(_edges(rules), judged, known).astype(np.bool_)


def outcomes_of(rules: RuleBook) -> tuple[str, ...]:
    """The ids of the outcomes in the order they are tried, that for insufficient data last."""
    return (*(item.id for item in rules.decision.outcomes), rules.decision.insufficient.id)


def _edges(rules: RuleBook) -> NDArray[np.int32]:
    return np.array(list(rules.decider.implications.each()), dtype=np.int32).reshape(-1, 4)


@njit(cache=True, nogil=True)
def _propagate(edges, judged, known):  # type: ignore[no-untyped-def]
    """Add what follows from the judged verdicts to the known ones; returns where two judged ones contradict each other."""
    patients = judged.shape[1]
    contradicting = np.zeros(patients, dtype=np.uint8)
    for edge in range(edges.shape[0]):
        criterion, verdict, other, value = edges[edge, 0], edges[edge, 1], edges[edge, 2], edges[edge, 3]
        for patient in range(patients):
            if judged[criterion, patient] == verdict and judged[other, patient] != value:
                if judged[other, patient] != UNKNOWN:
                    contradicting[patient] = 1
                known[other, patient] = value
    return contradicting


def _selected(rules: RuleBook, verdicts: Table) -> Bits:
    """Three-valued ordered selection: the first condition that is met closes the list."""
    patients = verdicts.shape[1]
    found, open_ = np.zeros(patients, dtype=np.uint64), np.ones(patients, dtype=np.bool_)
    for place, item in enumerate(rules.decision.outcomes):
        row = verdicts[rules.decider.index_of[f"outcome:{item.id}"]]
        found |= np.where(open_ & (row != NOT_MET), np.uint64(1 << place), np.uint64(0))
        open_ &= row != MET
    return found


def _single(possible: Bits, insufficient: int) -> Places:
    """The place of the only possible outcome; that of insufficient data where several are possible."""
    outcome = np.full(possible.size, insufficient, dtype=np.int16)
    for place in range(insufficient):
        outcome[possible == np.uint64(1 << place)] = place
    return outcome


def _forbidden(rules: RuleBook, known: Table, outcome: Places) -> NDArray[np.bool_]:
    decider, names = rules.decider, outcomes_of(rules)
    whole = np.empty((len(decider.index_of), known.shape[1]), dtype=np.uint8)
    whole[: known.shape[0]] = known
    derive(decider.derived_rules, decider.index_of, whole)
    found = np.zeros(outcome.size, dtype=np.bool_)
    for item in decider.invariants:
        row = whole[decider.index_of[f"invariant:{item.id}"]]
        never = np.isin(outcome, [place for place, name in enumerate(names) if name in item.never])
        found |= never & ((row == MET) | ((row == UNKNOWN) & item.or_unknown))
    return found
