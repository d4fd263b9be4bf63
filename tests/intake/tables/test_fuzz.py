"""Whatever stands in the tables, they are read or refused with a message; nothing else is ever raised."""

from __future__ import annotations

import csv
from io import StringIO

from hypothesis import given, settings
from hypothesis import strategies as st

import mrdguide
from mrdguide.errors import PatientError
from mrdguide.intake.tables import read_tables
from mrdguide.intake.tables.cells import read_sheet
from mrdguide.intake.tables.columns import TABLES
from mrdguide.teach.examples import examples

from .written import tables_of

WRITTEN = tables_of(*(mrdguide.read_patient(example.path) for example in examples()))
NAMES = sorted(WRITTEN)

_SIGNS = st.text(alphabet=st.sampled_from(list("a1,;\"'\n\r\t =-.%\0\ufeff\u2028é")), max_size=12)
_CELLS = st.one_of(
    _SIGNS, st.text(max_size=6), st.floats().map(str), st.integers().map(str), st.dates().map(str),
    st.sampled_from(["yes", "ongoing", "present", "not-tested", "mg/L", "1e999", "9" * 5000, "0x1", "\u0661"]),
)  # fmt: skip
_FUZZ = settings(derandomize=True, deadline=None, max_examples=60, database=None)


def read_or_refused(tables: dict[str, str]) -> list[mrdguide.Patient]:
    """The patients, or none where the tables were refused; any other exception fails the test."""
    try:
        return read_tables(tables)
    except PatientError as error:
        refusal = error
    assert refusal.problems
    assert all(problem.message and problem.source for problem in refusal.problems)
    return []


@_FUZZ
@given(name=st.sampled_from(NAMES), text=st.one_of(st.text(max_size=80), _SIGNS))
def test_any_text_in_place_of_a_table(name: str, text: str) -> None:
    read_or_refused({**WRITTEN, name: text})


@_FUZZ
@given(name=st.sampled_from(NAMES), place=st.floats(0, 1), sign=_SIGNS, taken=st.integers(0, 5))
def test_a_few_signs_changed(name: str, place: float, sign: str, taken: int) -> None:
    text = WRITTEN[name]
    at = int(place * len(text))
    read_or_refused({**WRITTEN, name: text[:at] + sign + text[at + taken :]})


@_FUZZ
@given(data=st.data(), cell=_CELLS)
def test_any_cell_replaced_is_said_in_its_table_or_read(data: st.DataObject, cell: str) -> None:
    name = data.draw(st.sampled_from(NAMES))
    rows = list(csv.reader(StringIO(WRITTEN[name], newline="")))
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    rows[row][column] = cell
    buffer = StringIO()
    csv.writer(buffer).writerows(rows)
    read_or_refused({**WRITTEN, name: buffer.getvalue()})


@_FUZZ
@given(rows=st.lists(st.lists(st.text(alphabet=list('ab,"\n\r é'), max_size=5), min_size=2, max_size=4), max_size=5))
def test_every_cell_is_found_where_it_stands(rows: list[list[str]]) -> None:
    """Read from the line and column of a cell on, the text begins with that cell, quoted or not."""
    table = next(table for table in TABLES if table.section == "events")
    head = ["patient_id", "date", "kind", "note"]
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(head)
    writer.writerows((row + [""] * 4)[:4] for row in rows)
    sheet = read_sheet(table, buffer.getvalue(), "events.csv")
    assert not sheet.problems
    wanted = [[cell.strip() for cell in (row + [""] * 4)[:4]] for row in rows]
    assert [[text for text, _ in row.cells.values()] for row in sheet.rows] == [
        filled for row in wanted if (filled := [cell for cell in row if cell])
    ]
    for row in sheet.rows:
        for text, span in row.cells.values():
            lines = [sheet.document.lines[span.line - 1][span.column - 1 :], *sheet.document.lines[span.line :]]
            first = next(csv.reader(StringIO("\n".join(lines), newline=""), strict=True))[0]
            assert first.strip() == text.replace("\r\n", "\n").replace("\r", "\n")


def test_the_tables_that_are_changed_are_good() -> None:
    """Otherwise the fuzzing would only ever see refusals."""
    assert len(read_or_refused(WRITTEN)) == len(examples())
