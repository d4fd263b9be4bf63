"""One way through: a patient goes in, a recommendation comes out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from typing import Any

from ..case.case import Case
from ..dates import parse_date
from ..errors import UsageError
from ..patient import Patient, read_patient
from ..patient.local_facts import check_local_facts
from ..reading.arguments import flag
from ..rulebook.given import Rules, rule_book
from .recommendation import Recommendation

# The calendar of dates ends with the year 2200, and the explanation looks up to 20 years ahead of the day judged.
_FIRST_DAY, _LAST_DAY = parse_date("1900-01-01"), parse_date("2179-12-31")


def evaluate(
    patient: Mapping[str, Any] | str | os.PathLike[str] | Patient,
    *,
    rules: Rules = None,
    as_of: str | date | None = None,
    recorded: str | date | None = None,
    include_unverified: bool = False,
) -> Recommendation:
    """Evaluate one patient on one day.

    `patient` is a profile as a dict, the path of a YAML or JSON file, or a `Patient`. `rules` is a rule book, a folder of
    rules or a list of folders in layers, by default the shipped rule book; a folder is read at every call, so load a
    book once with `load_rules` for many patients. `as_of` defaults to today; the day used is in the result's provenance.
    `recorded` is the day until which the record goes, in place of the profile's own `recorded`: findings between `as_of`
    and it are set aside (one looks back), later ones count as of unknown date if adverse and for nothing if favourable.
    `include_unverified` adds figures that were not read at a source, each marked as such; they never support anything.

    Raises:
        PatientError: the profile cannot be read.
        UsageError: `as_of` or `recorded` is not a calendar day, or another argument is not what it should be.
        RuleBookError: the rule book cannot be loaded.
        InferenceDisagreement, SafetyInvariantViolated: an answer was reached but must not be trusted, so none is given.
    """
    book = rule_book(rules)
    day = day_of(as_of)
    flag("include_unverified", include_unverified)
    book = book.on(day)
    profile = read_patient(patient)
    if profile.local:
        check_local_facts(profile, book.local_facts)
    if recorded is not None:
        last = day_of(recorded, "recorded")
        profile = profile.model_copy(update={"recorded": parse_date(date.fromordinal(last))})
    case = Case(profile, day)
    judged_verdicts = book.judge_all(case)
    decided = book.decider.decide(judged_verdicts)
    if decided.faults:
        judged_verdicts, _ = book.decider.implications.reconciled(judged_verdicts)
    return Recommendation(
        profile.id, decided.outcome, decided.possible, book, case, judged_verdicts, decided, include_unverified
    )


def day_of(value: str | date | None, name: str = "as_of") -> int:
    """The day to judge on, as an ordinal; today for None. `name` is how an error calls it.

    Raises:
        UsageError: it is no single calendar day.
    """
    given: object = date.today() if value is None else value
    try:
        found = parse_date(given)
    except ValueError as error:
        what = str(error).partition(";")[0]
    else:
        if found.exact and _FIRST_DAY.earliest <= found.earliest <= _LAST_DAY.earliest:
            return found.earliest
        what = f"{found} is too far ahead" if found.exact else f"'{found}' is not a single day"
    raise UsageError(f"{name}: {what}; give a day YYYY-MM-DD, from {_FIRST_DAY} to {_LAST_DAY}")
