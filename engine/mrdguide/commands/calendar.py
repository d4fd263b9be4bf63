"""`mrdguide calendar`: the days ahead of one patient as an iCalendar file."""

from __future__ import annotations

import argparse

from ..errors import UsageError
from .arguments import add_as_of, add_output, add_profile, add_rules
from .files import OK, read_profile_argument, write


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
    rules = load_rules(*(parsed.rules or []))
    found = evaluate(read_profile_argument(parsed.file), rules=rules, as_of=parsed.as_of)
    today = found.case.as_of
    days = list(windows(found.explanation.when, rules))
    if parsed.study is not None:
        days += tests_due(rules, parsed.study, _day("--stopped-on", parsed.stopped_on), today)
    if parsed.review_on is not None:
        days.append(DayAhead(_day("--review-on", parsed.review_on), "review", "review by the board", "as decided"))
    made = found.provenance
    write(
        to_ics(days, patient=found.patient_id, as_of=today, input_hash=made.input_hash, named=parsed.named),
        parsed.output,
    )
    return OK


def _day(option: str, text: str) -> int:
    from ..dates import parse_date

    try:
        date = parse_date(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None
    if not date.exact:
        raise UsageError(f"{option} {text}: give a day, YYYY-MM-DD")
    return date.earliest
