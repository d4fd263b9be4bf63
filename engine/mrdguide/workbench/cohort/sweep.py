"""What changes if thresholds move: the file that `cohort compare --sweep --format json` has written, as part of the cohort view."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from ...errors import UsageError
from ...reading.document import read_file
from ...reading.validation import StrictModel
from ...report.blocks import Block, Paragraph, Section, Table, line
from ...report.charts.bars import Bar, bars
from ...report.rejected import besides

_TITLE = "What changes if numbers move"
# Behind the label the four kinds of answer, which make up everybody.
_KINDS = 4


class Sweep(StrictModel):
    """The cohort by a rule book with other numbers; `rejected` patients could not be read. Each row has a label, the four kinds of answer, and how many answers change."""

    book: str
    patients: Annotated[int, Field(ge=0)]
    rejected: Annotated[int, Field(ge=0)] = 0
    columns: Annotated[tuple[str, ...], Field(min_length=_KINDS + 2, max_length=_KINDS + 2)]
    rows: Annotated[tuple[tuple[str, int, int, int, int, str], ...], Field(min_length=1)]


def read_sweep(path: Path) -> Sweep:
    """The sweep in a file.

    Raises:
        UsageError: it cannot be read, or is something else.
    """
    document = read_file(path)
    if document.problems:
        raise UsageError(f"{path}: {document.problems[0].message}")
    try:
        return Sweep.model_validate(document.data)
    except ValidationError:
        raise UsageError(
            f"{path} is no sweep; give what `mrdguide cohort compare INPUT --sweep ID=V,V --format json --output FILE` has written"
        ) from None


def sweep_section(sweep: Sweep) -> Section:
    """A bar and a row for each setting, and for the book as it is."""
    told = f"{sweep.patients:,} patients by {sweep.book}{besides(sweep.rejected)}. Numbers other than the book's are for asking, not for answers."
    blocks: list[Block] = [Paragraph(line(told))]
    drawn = [Bar(row[0], (row[1], row[2], row[3], row[4])) for row in sweep.rows]
    names = sweep.columns[1 : _KINDS + 1]
    picture = bars("cohort-sweep", _TITLE, names, drawn, f"{_TITLE}; the numbers are in the table below.")
    if picture is not None:
        blocks.append(picture)
    cells = tuple(tuple(line(f"{value:,}" if isinstance(value, int) else value) for value in row) for row in sweep.rows)
    return Section(_TITLE, (*blocks, Table(_TITLE, sweep.columns, cells)))
