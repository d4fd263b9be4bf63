"""`mrdguide explain`: why, why not, what would settle it, when, and how firm the answer is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..errors import UsageError
from .arguments import PAGE_FORMATS, add_as_of, add_format, add_output, add_profile, add_rules, whole_number
from .files import OK, read_profile_argument, write_page

if TYPE_CHECKING:
    from ..explain.future import Visit
    from ..recommend.recommendation import Recommendation


def arguments(parser: argparse.ArgumentParser) -> None:
    add_profile(parser)
    add_as_of(parser)
    add_rules(parser)
    parser.add_argument("--why-not", metavar="ID", help="show only what is in the way of this outcome or study")
    parser.add_argument(
        "--marrow-on", action="append", default=[], metavar="DATE", help="a day of the next marrow test (repeatable)"
    )
    parser.add_argument(
        "--imaging-on", action="append", default=[], metavar="DATE", help="a day of the next imaging (repeatable)"
    )
    parser.add_argument(
        "--months", type=whole_number(1, 240, "number of months"), default=60, metavar="N",
        help="how far to look ahead (1 to 240, default: 60 months)",
    )  # fmt: skip
    add_format(parser, PAGE_FORMATS)
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Explain the answer for one patient, or what is in the way of another one."""
    from ..recommend.evaluation import evaluate
    from ..report.pages.explained import explanation_page, why_not_page
    from ..rulebook.book import load_rules

    rules = load_rules(*(parsed.rules or []))
    found = evaluate(read_profile_argument(parsed.file), rules=rules, as_of=parsed.as_of)
    if parsed.why_not is not None:
        why_not = found.explanation.why_not(parsed.why_not)
        write_page(why_not_page(found, why_not), why_not.to_dict(), parsed)
        return OK
    projection = found.explanation.when_tested(_visits(parsed, found), months=parsed.months)
    plain = {**found.explanation.to_dict(), "when": projection.to_dict()}
    write_page(explanation_page(found, projection), plain, parsed)
    return OK


def _visits(parsed: argparse.Namespace, found: Recommendation) -> tuple[Visit, ...]:
    """The days of the next tests as given on the command line."""
    from ..dates import parse_date
    from ..explain.future import Visit, Workup

    visits = []
    for option, dates, tests in (
        ("--marrow-on", parsed.marrow_on, Workup.MARROW),
        ("--imaging-on", parsed.imaging_on, Workup.IMAGING),
    ):
        for text in dates:
            try:
                date = parse_date(text)
            except ValueError as error:
                raise UsageError(f"{option}: {error}") from None
            if not date.exact or date.earliest < found.case.as_of:
                raise UsageError(f"{option} {text}: give a day YYYY-MM-DD, not before {found.provenance.as_of}")
            visits.append(Visit(date.earliest, tests))
    return tuple(sorted(visits, key=lambda visit: visit.day))
