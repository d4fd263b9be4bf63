"""`mrdguide cohort report`: what the rows of a cohort say, counted."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import UsageError
from ..arguments import whole_number
from ..files import OK, not_over_inputs
from .written_report import add_page_and_tables, write_page_and_tables

_ABOUT = """\
Of how many patients stopping may be discussed, all answers, what is still possible where they are open, who is left after each step
(goes on, taken out, unknown), what is missing and whom it alone would settle, towards a stop and otherwise, studies and their overlap, by
risk, line, drugs and year of diagnosis; with --as-of-column when stopping could first be discussed, with --windows what closes within 90
days. Every chart stands above its table.

--steps names verdicts (`mrdguide rules list`), `not:ID` to take out those of whom it holds; the rows need not be made again. With
--min-cell N (3 or more) no count from 1 to N-1 is shown or follows from the others, in all figures taken together: every hidden count could
be another number. Groups of fewer than N stand together, and a table that would give counts away is left out. Apart from this report (another
one with other steps or another N, the rows themselves) that does not hold.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{parser.description}\n\n{_ABOUT}"
    parser.add_argument("rows", type=Path, metavar="OUT", help="what `mrdguide cohort run` has written")
    parser.add_argument(
        "--steps",
        metavar="ID,...",
        help="the steps of the attrition in this order (default: the order of the decision)",
    )
    parser.add_argument(
        "--min-cell", type=whole_number(3, 1_000, "number of patients"), default=0, metavar="N",
        help="hide counts below N, and others from which they would follow",
    )  # fmt: skip
    add_page_and_tables(parser)


def run(parsed: argparse.Namespace) -> int:
    """Count, and write the page."""
    from ...cohort.figures.answer_rows import read_answers
    from ...cohort.figures.report import page_of, report_of

    steps = [item.strip() for item in parsed.steps.split(",")] if parsed.steps is not None else []
    if parsed.steps is not None and not all(steps):
        raise UsageError("--steps: give verdicts separated by commas, for example therapy.on-maintenance,not:block.any")
    not_over_inputs((parsed.rows,), parsed.output)
    report = report_of(read_answers(parsed.rows), steps, parsed.min_cell)
    write_page_and_tables(page_of(report), report, parsed)
    return OK
