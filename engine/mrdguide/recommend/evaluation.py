"""One way through: a patient goes in, a recommendation comes out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from ..case.case import Case
from ..dates import parse_date
from ..errors import UsageError
from ..patient import Patient, read_patient
from ..rulebook.book import RuleBook, load_rules
from .recommendation import Recommendation


def evaluate(
    patient: Mapping[str, Any] | str | os.PathLike[str] | Patient,
    rules: RuleBook | None = None,
    as_of: str | date | None = None,
    *,
    include_unverified: bool = False,
) -> Recommendation:
    """Evaluate one patient on one day.

    `patient` is a profile as a dict, the path of a YAML or JSON file, or a `Patient`. `rules` defaults to the shipped
    rule book, `as_of` to today; the day used stands in the result's provenance. `include_unverified` adds figures that
    were not read at a source, each marked as such; they never support anything.

    Raises:
        PatientError: the profile cannot be read.
        UsageError: `as_of` is no calendar date.
        RuleBookError: the shipped rule book cannot be loaded.
        InferenceDisagreement, SafetyInvariantViolated: an answer was reached but must not be trusted, so none is given.
    """
    rules = rules if rules is not None else _shipped_rules()
    day = day_of(as_of)
    profile = read_patient(patient)
    case = Case(profile, day)
    judged_verdicts = rules.judge_all(case)
    decided = rules.decider.decide(judged_verdicts)
    if decided.faults:
        judged_verdicts, _ = rules.decider.implications.reconciled(judged_verdicts)
    return Recommendation(
        profile.id, decided.outcome, decided.possible, rules, case, judged_verdicts, decided, include_unverified
    )


@lru_cache(maxsize=1)
def _shipped_rules() -> RuleBook:
    return load_rules()


def day_of(value: str | date | None) -> int:
    """The day to judge on, as an ordinal; today for None.

    Raises:
        UsageError: it is no single calendar day.
    """
    if value is None:
        return date.today().toordinal()
    try:
        found = parse_date(value)
    except ValueError as error:
        raise UsageError(f"as_of: {error}") from None
    if not found.exact:
        raise UsageError(f"as_of: '{value}' is not a single day; give YYYY-MM-DD")
    return found.earliest
