"""`mrdguide cohort compare`: one cohort by two rule books, or with other thresholds."""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import UsageError
from ..arguments import PAGE_FORMATS, add_format, add_output, whole_number
from ..files import OK, not_over_inputs, write_page, write_whole
from .progress import Progress

if TYPE_CHECKING:
    from ...cohort.comparing import Change
    from ...cohort.running import Run
    from ...report.blocks import Page

_ABOUT = """\
With --rules twice: whose answer changes from the first book to the second, from what to what, and which rules differ in them. Each is a
rule folder, folders joined by +, or core (the shipped book). With --sweep: the cohort once for every combination of the values
of parameters (`mrdguide rules list` names them), each within its allowed range; --rules may then name the book, once.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = f"{parser.description}\n\n{_ABOUT}"
    parser.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="as for `mrdguide cohort run`")
    days = parser.add_mutually_exclusive_group(required=True)
    days.add_argument("--as-of", metavar="DATE", help="the day to evaluate on, YYYY-MM-DD")
    days.add_argument("--as-of-column", metavar="NAME", help="the key or column that says the days")
    parser.add_argument(
        "--rules", action="append", default=[], metavar="BOOK", help="a rule book; twice to compare two"
    )
    parser.add_argument(
        "--sweep", action="append", default=[], metavar="ID=V,V,...", help="values of a parameter; repeat for several"
    )
    parser.add_argument(
        "--changes", type=Path, metavar="FILE", help="write a row for each answer that changes (Parquet)"
    )
    parser.add_argument(
        "--workers",
        type=whole_number(1, 1024, "number of processes"),
        default=None,
        metavar="N",
        help="default: the cores",
    )
    add_format(parser, PAGE_FORMATS)
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Judge the cohort by each book, and show what differs."""
    from ...authoring.comparing import CORE, book_of
    from ...cohort.batches import Task
    from ...cohort.rows import Asked
    from ...cohort.running import Run
    from ...recommend.evaluation import day_of

    if len(parsed.rules) != 2 and not (parsed.sweep and len(parsed.rules) < 2):
        raise UsageError("give --rules twice, to compare two books, or --sweep with at most one")
    if parsed.sweep and parsed.changes is not None:
        raise UsageError("--changes goes with two books, not with --sweep")
    not_over_inputs(parsed.inputs, parsed.changes, parsed.output)
    books = [book_of(name) for name in parsed.rules or [CORE]]
    as_of = date.fromordinal(day_of(parsed.as_of)) if parsed.as_of is not None else None
    task = Task(books[0], as_of, parsed.as_of_column, asked=Asked("none"))
    wanted = Run(tuple(parsed.inputs), Path(), task, parsed.workers or os.cpu_count() or 1)
    page, plain = _swept(parsed, wanted) if parsed.sweep else _compared(parsed, wanted, books)
    write_page(page, plain, parsed)
    return OK


def _compared(parsed: argparse.Namespace, wanted: Run, books: list[Any]) -> tuple[Page, dict[str, Any]]:
    from ...cohort.comparing import changes, comparison_page, judged_by, names_apart

    progress = Progress()
    before, after = judged_by(wanted, books, progress)
    progress.ends()
    found = changes(before, after)
    if parsed.changes is not None:
        write_whole(parsed.changes, _as_parquet(found))
    first, second = names_apart(books[0], books[1])
    plain = {"first": first, "second": second, "answers": before.every_day.num_rows, "rejected": before.rejected,
             "changes": [{**item.to_dict(), "as_of": str(item.as_of)} for item in found]}  # fmt: skip
    return comparison_page(books[0], books[1], before, after, found), plain


def _as_parquet(found: list[Change]) -> bytes:
    from io import BytesIO

    from ...cohort.arrow import needed

    arrow = needed("pyarrow")
    text, texts = arrow.string(), arrow.list_(arrow.string())
    schema = arrow.schema([("patient", text), ("as_of", arrow.date32()), ("before", text), ("after", text),
                           ("possible_before", texts), ("possible_after", texts), ("rules", texts)])  # fmt: skip
    out = BytesIO()
    needed("pyarrow.parquet").write_table(arrow.Table.from_pylist([item.to_dict() for item in found], schema), out)
    return out.getvalue()


def _swept(parsed: argparse.Namespace, wanted: Run) -> tuple[Page, dict[str, Any]]:
    from ...cohort.comparing import changes, judged_by, sweep_figure, sweep_page
    from ...cohort.figures.figure import columns_of
    from ...cohort.swept_books import read_sweep, settings

    base = wanted.task.rules
    sweeps = [read_sweep(text, base) for text in parsed.sweep]
    with settings(base, sweeps) as tried:
        progress = Progress()
        rows = judged_by(wanted, [item.book for item in tried], progress)
        first = next(rows)
        found = [(first, 0), *((other, len(changes(first, other))) for other in rows)]
        progress.ends()
        figure = sweep_figure(tried, found)
        page = sweep_page(tried, sweeps, figure, first)
    head, values = columns_of(figure, frozenset())
    return page, {
        "book": base.name,
        "patients": first.count,
        "rejected": first.rejected,
        "columns": head,
        "rows": values,
    }
