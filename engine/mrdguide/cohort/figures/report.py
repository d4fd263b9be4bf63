"""All figures of a cohort, as a page and as tables."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO, StringIO
from typing import Any

from ...errors import UsageError
from ...report.blocks import Banner, Block, Page, Paragraph, Section, Table, line
from ...report.charts.bars import Bar, bars
from ...report.legible import spreadsheet_cell
from ...report.rejected import besides
from ..arrow import needed
from . import counting
from .answer_rows import AnswerRows
from .attrition import attrition
from .cell import Cell
from .cells import Cells
from .figure import Figure, Value, columns_of, in_order, shown
from .suppression import NoWay

_FOOT = (
    "Nothing here is a recommendation for a patient, or shows what stopping does: it counts what rules say of records.",
    "Unknown is never counted as not met.",
)


@dataclass(frozen=True, slots=True)
class Report:
    """The figures with the counts that must not be shown. `everybody` is the count of all patients, `cells` are all counts."""

    rows: AnswerRows
    figures: tuple[Figure, ...]
    hidden: frozenset[str]
    least: int
    everybody: Cell
    cells: Cells

    @property
    def patients(self) -> str:
        """How many patients there are, in words for a page."""
        count = shown(self.everybody, self.hidden)
        return f"{count:,} patients" if isinstance(count, int) else f"{count} patients"

    def whom(self, cell: Cell) -> tuple[int, ...] | None:
        """The places in `rows` of the patients in a count; None where no list of patients may be opened."""
        return self.cells.whom(cell)


def report_of(rows: AnswerRows, steps: Sequence[str] = (), least: int = 0, *, whom: bool = False) -> Report:
    """Every figure; counts below `least` and what would give them away are hidden (0: nothing is).

    `whom` keeps who is counted where, for lists of patients. Where counts are hidden it is never kept: a list would tell
    what they hide.

    Raises:
        UsageError: a step is no verdict of the rows, or there are too few patients to hide small counts.
    """
    if rows.count < least:
        raise UsageError(
            f"the cohort has fewer than {least} patients, so that --min-cell {least} leaves no count to show; give a larger cohort"
        )
    cells = Cells(whom and not least, least)
    found: list[Figure | None] = [
        counting.totals(rows, cells),
        counting.outcomes(rows, cells),
        counting.possible_sets(rows, cells),
        attrition(rows, cells, steps),
        counting.missing_facts(rows, cells),
        counting.protocols(rows, cells),
        counting.overlap(rows, cells),
        *counting.groups(rows, cells),
        counting.first_qualifying(rows, cells),
        counting.windows(rows, cells),
    ]
    counting.tie(rows, cells)
    figures = [figure for figure in found if figure is not None]
    everybody = cells.of(counting.everybody(rows))
    figures, hidden = _safe(figures, cells, everybody) if least else (figures, frozenset[str]())
    return Report(rows, tuple(in_order(figure, hidden) for figure in figures), hidden, least, everybody, cells)


def _safe(figures: Sequence[Figure], cells: Cells, everybody: Cell) -> tuple[list[Figure], frozenset[str]]:
    """The figures, and the counts to hide. Where hiding counts is not enough, figures are left out, the last ones first."""
    left = list(figures)
    while True:
        try:
            return left, cells.hidden(cells.least, {everybody.key, *_keys(left)})
        except NoWay as found:
            full = [figure for figure in left[1:] if figure.rows]
            if not full:
                raise UsageError(
                    f"with counts below {cells.least} hidden this cohort leaves nothing to show; choose a smaller --min-cell, or a larger cohort"
                ) from None
            out = [figure for figure in full if found.key in _keys([figure])] or full
            left[left.index(out[-1])] = replace(out[-1], rows=(), left_out=True)


def _keys(figures: Sequence[Figure]) -> Iterator[str]:
    for figure in figures:
        for row in figure.rows:
            yield from (value.key for value in row.values if isinstance(value, Cell))


def page_of(report: Report) -> Page:
    """The report as a page."""
    rows, about = report.rows, report.rows.about
    days = sorted(rows.every_day["as_of"].unique().to_pylist())
    when = f"{days[0]} to {days[-1]}" if len(days) > 1 else str(days[0]) if days else "no day"
    lines = [line(f"{report.patients}, judged by {about['rules']} on {when}{besides(rows.rejected, report.least)}.")]
    lines.append(line(counting.in_words(report.figures[0], report.hidden)))
    if rows.several_days:
        lines.append(line("Patients judged on several days are counted on the last of them."))
    lines += [line(text) for text in (*counting.judged_too_early(rows, report.least), *counting.not_asked(rows))]
    if report.least:
        lines.append(line(f"Counts below {report.least}, and counts from which they would follow, are not shown (*)."))
    front: list[Block] = [Banner("A cohort, by the rules", tuple(lines)), Paragraph(line(str(about["statement"])))]
    front += [section_of(figure, report.hidden) for figure in report.figures]
    return Page("Cohort report", f"{about['rules']}, rules {about['rules_hash'][:12]}", tuple(front), (), _FOOT)


def section_of(figure: Figure, hidden: frozenset[str]) -> Section:
    """A figure with its chart and its table."""
    blocks: list[Block] = [Paragraph(line(figure.text))]
    if not figure.rows:
        why = (
            "Left out: with so few patients this table would give small counts away." if figure.left_out else "Nobody."
        )
        return Section(figure.title, (*blocks, Paragraph(line(why))))
    drawn = [Bar(row.label, tuple(_count(row.values[place], hidden) for place in figure.drawn)) for row in figure.rows]
    names = [figure.head[place + 1] for place in figure.drawn]
    picture = figure.picture or bars(
        f"cohort-{figure.id}", figure.title, names, drawn, f"{figure.title}; the numbers are in the table below."
    )
    if picture is not None:
        blocks.append(picture)
    columns = figure.on_pages
    cells = tuple(
        tuple(line(_words(value)) for value in (row.label, *(shown(item, hidden) for item in row.values[:columns])))
        for row in figure.rows
    )
    return Section(figure.title, (*blocks, Table(figure.title, figure.head[: columns + 1], cells)))


def _count(value: Value, hidden: frozenset[str]) -> int | None:
    found = shown(value, hidden)
    return found if isinstance(found, int) else None


def _words(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def plain_of(report: Report) -> dict[str, Any]:
    """The report as plain data; hidden counts are a star."""
    return {
        "rules": report.rows.about["rules"], "rules_hash": report.rows.about["rules_hash"], "patients": shown(report.everybody, report.hidden),
        "min_cell": report.least,
        "figures": [_plain_figure(figure, report.hidden) for figure in report.figures],
    }  # fmt: skip


def _plain_figure(figure: Figure, hidden: frozenset[str]) -> dict[str, Any]:
    head, rows = columns_of(figure, hidden)
    return {
        "id": figure.id, "title": figure.title, "text": figure.text, "left_out": figure.left_out, "columns": head, "rows": rows,
    }  # fmt: skip


def tables_of(report: Report, kind: str) -> dict[str, bytes]:
    """Each figure as a file, `csv` or `parquet`, by its name; in columns of counts a hidden one is a star, in Parquet null."""
    make = _as_csv if kind == "csv" else _as_parquet
    return {f"{figure.id}.{kind}": make(figure, report.hidden) for figure in report.figures}


def _as_csv(figure: Figure, hidden: frozenset[str]) -> bytes:
    head, rows = columns_of(figure, hidden)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([spreadsheet_cell(value) if isinstance(value, str) else value for value in row])
    return out.getvalue().encode()


def _as_parquet(figure: Figure, hidden: frozenset[str]) -> bytes:
    arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    head, rows = columns_of(figure, hidden, None)
    out = BytesIO()
    parquet.write_table(arrow.table([[row[place] for row in rows] for place in range(len(head))], names=head), out)
    return out.getvalue()
