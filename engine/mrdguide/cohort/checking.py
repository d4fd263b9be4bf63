"""A sample of whole patients who are evaluated again one by one: an answer that differs ends the run."""

from __future__ import annotations

import hashlib
from datetime import date

from ..errors import UsageError
from ..recommend.evaluation import evaluate
from ..rulebook.book import RuleBook
from .judging import Judged, judged_of
from .reading_entries import ReadEntry


class UnlikeOneByOne(UsageError):
    """A patient of the cohort has another answer than when evaluated alone."""


def compare(item: ReadEntry, day: date, answer: Judged, rules: RuleBook) -> None:
    """Evaluate a patient on a day again, alone.

    Raises:
        UnlikeOneByOne: something of the answer differs.
    """
    alone = evaluate(item.patient, rules=rules, as_of=day)
    wanted = judged_of(alone.decided, alone.rules)
    if answer != wanted:
        other = [name for name, verdict in wanted.verdicts.items() if answer.verdicts.get(name) != verdict]
        raise UnlikeOneByOne(
            f"{item.place}: {item.patient.id} on {day}: the cohort says {answer.outcome}, one by one it is {wanted.outcome} "
            f"(verdicts that differ: {', '.join(other[:5]) or 'none'}); nothing is written, report it"
        )


def is_checked(patient: str, share: float, seed: int) -> bool:
    """Whether a patient belongs to the sample, which is this share of all: by id and seed, so that it is the same in every run."""
    if not share:
        return False
    drawn = hashlib.blake2b(f"{seed}:{patient}".encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(drawn, "big") < share * 2**64
