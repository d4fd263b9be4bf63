"""What follows from what among the criteria of a rule book, read off the expressions themselves."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from ..logic.implied import implies
from ..rulefiles.model import Criterion, Implication


def implied(criteria: Sequence[Criterion], readings: Sequence[Hashable] = ()) -> Iterator[Implication]:
    """Every implication between two criteria that holds whoever the patient is.

    `readings` says of each criterion by which readings of tests it is judged, None where it reads none: what two criteria
    mean can be compared only where they read alike.

    What is not met only because nothing is recorded says nothing about a criterion that is unknown then, so such a pair is
    left out: it would turn an absent test into a result. So is one of which only one criterion answers to an attestation:
    it holds of what is on record, and somebody's word may say more.
    """
    for place, first in enumerate(criteria):
        for other, then in enumerate(criteria):
            if first is then or (first.absence == "unknown" and then.absence == "not_met"):
                continue
            if first.attestable != then.attestable:
                continue
            if readings and None not in (readings[place], readings[other]) and readings[place] != readings[other]:
                continue
            if implies(first.when, then.when):
                yield Implication.model_validate({"if": first.id, "then": then.id})
