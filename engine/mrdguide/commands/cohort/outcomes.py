"""`mrdguide cohort outcomes`: what happened after stopping, beside what the rows of a cohort say."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..arguments import add_rules, whole_number
from ..files import OK, not_over_inputs
from .written_report import add_page_and_tables, write_page_and_tables

_ABOUT = """\
FILE is a table (CSV, UTF-8, or Parquet) with a row for each patient of whom it is known: patient, stopped_on (empty: maintenance was not
stopped), resurgence_on (MRD again), progression_on, death_on, last_seen (the day until which the others are known). An empty cell says that
it did not happen by then; resurgence_on and progression_on may be left out as columns, and nothing is said of them then.

The clock starts on the day of stopping, with the last answer up to that day. Who had an answer that opens the way to stopping is
followed: progression, return of the disease and death over time, with 95 % intervals and how many are still followed; death without
the event competes with it. Who stopped without such an answer, or before any, is counted and shown apart. Judge with --as-of-column, so
that there is an answer from before each stop.

Beside those whom a study would have taken stand the figures that it published, where they were read at their source. Nothing is
compared or tested: it describes, and says nothing of what stopping does.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{parser.description}\n\n{_ABOUT}"
    parser.add_argument("rows", type=Path, metavar="OUT", help="what `mrdguide cohort run` has written")
    parser.add_argument("--happened", type=Path, required=True, metavar="FILE", help="the table of what happened")
    parser.add_argument(
        "--answer-within", type=whole_number(1, 36_500, "number of days"), default=0, metavar="N",
        help="follow only those whose last answer is at most so old on the day of stopping (default: of any age)",
    )  # fmt: skip
    parser.add_argument(
        "--min-cell", type=whole_number(3, 1_000, "number of patients"), default=0, metavar="N",
        help="hide counts below N, others from which they would follow, and shares that rest on them; with one --end-point",
    )  # fmt: skip
    parser.add_argument(
        "--end-point", action="append", default=[], metavar="ID",
        help="progression; return of the disease (MRD again or progression); death. Repeat for several (default: all)",
    )  # fmt: skip
    add_rules(parser)
    add_page_and_tables(parser)


def run(parsed: argparse.Namespace) -> int:
    """Read both tables, and write the page."""
    from ...cohort.figures.answer_rows import read_answers
    from ...cohort.happened.groups import COLUMNS
    from ...cohort.happened.outcomes import Wanted, outcomes_of, page_of_outcomes
    from ...cohort.happened.table import read_happened
    from ...rulebook.book import load_rules

    not_over_inputs((parsed.rows, parsed.happened), parsed.output)
    rows = read_answers(parsed.rows, COLUMNS)
    diagnosed = dict(zip(rows.values("patient"), rows.values("diagnosed"), strict=True))
    happened = read_happened(parsed.happened, diagnosed)
    rules = load_rules(*(parsed.rules or []))
    wanted = Wanted(parsed.answer_within, parsed.min_cell, tuple(parsed.end_point))
    report = outcomes_of(rows, happened, rules, wanted)
    write_page_and_tables(page_of_outcomes(report), report, parsed)
    return OK
