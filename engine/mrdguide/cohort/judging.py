"""A batch of patients on one day: outcome, possible outcomes, verdicts, studies of each.

The one place where a cohort meets the engine. Whatever judges here gives what `mrdguide.evaluate` gives; `--check` compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ..decide.decision import Decided
from ..errors import MrdguideError
from ..logic.truth import MET, UNKNOWN
from ..patient import Patient
from ..recommend.evaluation import evaluate
from ..rulebook.book import RuleBook
from .tally import FEW, Tally

if TYPE_CHECKING:
    from . import columns

# What is judged by column has a fixed cost, which fewer patients do not repay.
FEWEST = 500


@dataclass(frozen=True, slots=True)
class Judged:
    """What a patient's row is made of. `verdicts` are by name; `protocols` matched, `protocols_open` perhaps matched."""

    outcome: str
    possible: tuple[str, ...]
    verdicts: dict[str, int]
    protocols: tuple[str, ...]
    protocols_open: tuple[str, ...]


def judge(patients: Sequence[Patient], as_of: date, rules: RuleBook) -> tuple[list[Judged | MrdguideError], Tally]:
    """The answer for each patient in turn, or why one is not given: many by column, few one by one."""
    if len(patients) < FEWEST:
        return [_judged(patient, as_of, rules) for patient in patients], Tally(one_by_one={FEW: len(patients)})
    from . import columns  # compiles; a small cohort does without

    found = columns.judge(patients, as_of, rules)
    answers = [found.refused.get(place) or of_column(found, place) for place in range(len(patients))]
    return answers, Tally.of(found)


def _judged(patient: Patient, as_of: date, rules: RuleBook) -> Judged | MrdguideError:
    try:
        found = evaluate(patient, rules=rules, as_of=as_of)
    except MrdguideError as error:
        return error
    return judged_of(found.decided, found.rules)


def of_column(found: columns.Judged, place: int) -> Judged:
    """What was judged by column of one patient."""
    verdicts = dict(zip(found.names, found.verdicts[:, place].tolist(), strict=True))
    possible = found.named(int(found.possible[place]))
    return _with_studies(found.outcomes[found.outcome[place]], possible, verdicts, found.protocol_ids)


def judged_of(decided: Decided, book: RuleBook) -> Judged:
    """What was decided of one patient, by name; `book` as it is in force on the day."""
    verdicts = dict(zip(book.decider.index_of, decided.verdicts, strict=True))
    return _with_studies(decided.outcome, decided.possible, verdicts, [item.id for item in book.protocols])


def _with_studies(
    outcome: str, possible: tuple[str, ...], verdicts: dict[str, int], protocols: Sequence[str]
) -> Judged:
    matches = {name: verdicts[f"match:{name}"] for name in protocols}
    return Judged(
        outcome,
        possible,
        verdicts,
        tuple(name for name, verdict in matches.items() if verdict == MET),
        tuple(name for name, verdict in matches.items() if verdict == UNKNOWN),
    )
