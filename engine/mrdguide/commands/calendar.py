"""`mrdguide calendar`: the days ahead of one patient as an iCalendar file."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..errors import UsageError
from .arguments import add_as_of, add_output, add_profile, add_rules
from .files import OK, read_profile_argument, write

if TYPE_CHECKING:
    from ..explain.agenda import DayAhead

_REVIEW = "review by the board"


def arguments(parser: argparse.ArgumentParser) -> None:
    add_profile(parser)
    add_as_of(parser)
    add_rules(parser)
    parser.add_argument(
        "--study", metavar="ID", help="the study whose schedule of tests is followed; needs --stopped-on"
    )
    parser.add_argument("--stopped-on", metavar="DATE", help="the day from which that schedule counts, YYYY-MM-DD")
    parser.add_argument("--review-on", metavar="DATE", help="the day on which the board looks again, YYYY-MM-DD")
    parser.add_argument(
        "--record",
        metavar="STORE",
        help="take that day from the decision on the patient that was signed last in a record",
    )
    parser.add_argument(
        "--named", action="store_true", help="name disease, patient and tests in the events (default: neutral titles)"
    )
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Evaluate the patient and write windows that close, tests that are due and the review."""
    from ..explain.agenda import DayAhead, tests_due, windows
    from ..recommend.evaluation import evaluate
    from ..report.formats.ics import to_ics
    from ..rulebook.book import load_rules

    if (parsed.study is None) is not (parsed.stopped_on is None):
        raise UsageError("--study and --stopped-on go together: the schedule counts from the day therapy was stopped")
    if parsed.review_on is not None and parsed.record is not None:
        raise UsageError("--review-on and --record both give the day of the review; give one of them")
    rules = load_rules(*(parsed.rules or []))
    found = evaluate(read_profile_argument(parsed.file), rules=rules, as_of=parsed.as_of)
    today = found.case.as_of
    days = list(windows(found.explanation.when, rules))
    if parsed.study is not None:
        days += tests_due(rules, parsed.study, _day("--stopped-on", parsed.stopped_on), today)
    if parsed.review_on is not None:
        days.append(DayAhead(_day("--review-on", parsed.review_on), "review", _REVIEW, "as decided"))
    if parsed.record is not None:
        days.append(_as_signed(parsed.record, found.patient_id))
    made = found.provenance
    write(
        to_ics(days, patient=found.patient_id, as_of=today, input_hash=made.input_hash, named=parsed.named),
        parsed.output,
    )
    return OK


def _as_signed(record: str, patient_id: str) -> DayAhead:
    """The review of the decision that was signed last on an answer about the patient."""
    from ..explain.agenda import DayAhead
    from ..record import DecisionStore

    with DecisionStore(record, create=False) as store:
        signed = store.decision_for(patient_id)
        if signed is None:
            raise UsageError(f"{store.name}: no decision on {patient_id} was signed; see `mrdguide record sign`")
        entry, decision = signed
        if decision.review_on is None:
            raise UsageError(
                f"{store.name}: the decision of entry {entry.number} has no day of review; give --review-on"
            )
    why = f"decided on {decision.date}: {decision.title}"
    return DayAhead(_day("--record", decision.review_on), "review", _REVIEW, why)


def _day(option: str, text: str) -> int:
    from ..dates import parse_date

    try:
        date = parse_date(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None
    if not date.exact:
        raise UsageError(f"{option} {text}: give a day, YYYY-MM-DD")
    return date.earliest
