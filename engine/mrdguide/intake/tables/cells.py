"""CSV text with a position for every cell. The csv module reads; where a cell begins is found beside it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO

from ...errors import Problem, RelatedPlace
from ...reading.document import Document, Span
from ...reading.written_words import key_hint
from .columns import BY_FILE, Column, Table

Cells = list[tuple[str, Span]]

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_MOST_LISTED = 20
_HINT_SEPARATOR = "save it as 'CSV UTF-8 (comma delimited)', or set the list separator of the spreadsheet to a comma"


@dataclass(slots=True)
class Row:
    """One row: its filled cells by header, each with its place. `start` is where the row begins."""

    start: Span
    cells: dict[str, tuple[str, Span]]


@dataclass(slots=True)
class Sheet:
    """One table as text: its headers, its rows, and what is wrong with it."""

    table: Table
    document: Document
    headers: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows_lost: bool = False  # whether rows could not be told apart or counted, so that not every id is known

    def report(self, span: Span, header: str, message: str, *, code: str, expected: str = "", hint: str = "") -> None:
        """Note a problem at a cell, with the header of its column."""
        place = (self.document.name, header, span.line, span.column, self.document.snippet(span))
        self.problems.append(Problem(message, *place, expected=expected, hint=hint, code=code))

    def report_twice(self, span: Span, header: str, message: str, first: Span, *, code: str, hint: str) -> None:
        """Note a problem that two places have together."""
        document = self.document
        also = RelatedPlace("first", document.name, header, first.line, first.column, document.snippet(first))
        place = (document.name, header, span.line, span.column, document.snippet(span))
        self.problems.append(Problem(message, *place, hint=hint, code=code, also=(also,)))


def read_sheet(table: Table, text: str, name: str) -> Sheet:
    """The rows of one table. What is wrong with it is in `problems`; nothing is raised."""
    lines = list(StringIO(text.removeprefix("\ufeff"), newline=""))
    sheet = Sheet(table, Document(name, lines=[line.rstrip("\r\n") for line in lines]))
    records = _records(sheet, lines)
    header = next(records, None)
    if header is None:
        if not sheet.problems:
            expected = f"the headers in the first line, {_known(table)}"
            sheet.problems.append(Problem("the file is empty", name, expected=expected, code="missing-key"))
        sheet.rows_lost = True
        return sheet
    if _other_separator(sheet, header):
        sheet.rows_lost = True
        return sheet
    columns = _columns(sheet, header)
    for cells in records:
        _add_row(sheet, header, columns, cells)
    return sheet


def _records(sheet: Sheet, lines: list[str]) -> Iterator[Cells]:
    """Every row that holds anything, its cells trimmed. Spreadsheets leave empty rows behind; they are passed over."""
    reader = csv.reader(lines, strict=True)
    line = 0
    while True:
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            span = Span(line + 1, 1, 2)
            sheet.report(
                span,
                "",
                f"not readable as CSV: {error}",
                code="not-readable",
                hint="check the quotes from this line on",
            )
            sheet.rows_lost = True
            return
        raw, first, line = lines[line : reader.line_num], line + 1, reader.line_num
        if any(value.strip() for value in values):
            spans = _spans(raw, first)
            yield [(value.strip(), spans[min(index, len(spans) - 1)]) for index, value in enumerate(values)]


def _spans(raw: list[str], line: int) -> list[Span]:
    """Where each cell of one row begins and ends: quotes count only in a cell that begins with one, as in the csv module."""
    spans: list[Span] = []
    start: tuple[int, int] | None = None
    begins_quoted = inside = False
    for number, text in enumerate(raw, line):
        body = text.rstrip("\r\n")
        for column, character in enumerate(body, 1):
            if start is None:
                start, begins_quoted = (number, column), character == '"'
            if character == '"' and begins_quoted:
                inside = not inside
            elif character == "," and not inside:
                spans.append(_span(start, number, column))
                start = None
        if not inside:
            end = len(body) + 1
            spans.append(_span(start or (number, end), number, end))
    return spans


def _span(start: tuple[int, int], line: int, end: int) -> Span:
    return Span(start[0], start[1], max(end, start[1] + 1) if line == start[0] else 10_000)


def _other_separator(sheet: Sheet, header: Cells) -> bool:
    text, span = header[0]
    found = next((character for character in _SEPARATORS if len(header) == 1 and character in text), None)
    if found is None:
        return False
    message = f"the columns are separated by {_SEPARATORS[found]}"
    sheet.report(span, "", message, code="not-readable", expected="columns separated by commas", hint=_HINT_SEPARATOR)
    return True


def _columns(sheet: Sheet, header: Cells) -> list[Column | None]:
    """The column of every header, None for one that cannot be used."""
    known = sheet.table.by_header
    found: list[Column | None] = []
    for name, span in header:
        column = known.get(name)
        if column is None:
            message = f"unknown column '{name}'" if name else "a column without a header"
            hint = _hint(name, sheet.table)
            sheet.report(span, "", message, code="unknown-key", expected=_known(sheet.table), hint=hint)
        elif column in found:
            message, first = f"the column '{name}' is given twice", header[found.index(column)][1]
            hint = "keep one of the two: the second would silently replace the first"
            sheet.report_twice(span, "", message, first, code="duplicate-key", hint=hint)
            column = None
        found.append(column)
    sheet.headers = {name for name, _ in header}
    for column in sheet.table.columns:
        if column.required and column.header not in sheet.headers:
            sheet.rows_lost = True
            message = f"the column '{column.header}' is missing"
            sheet.report(header[0][1], "", message, code="missing-key", expected=column.about)
    return found


def _hint(name: str, table: Table) -> str:
    near = key_hint(name, table.by_header) if name else ""
    elsewhere = [other.file for other in BY_FILE.values() if other is not table and name in other.by_header]
    return near if near or not elsewhere else f"it is a column of {', '.join(elsewhere)}"


def _add_row(sheet: Sheet, header: Cells, columns: list[Column | None], cells: Cells) -> None:
    start = cells[0][1]
    if len(cells) != len(header):
        more = len(cells) > len(header)
        hint = "a cell that holds a comma needs quotes around it" if more else "a cell may be empty, its comma may not"
        message = f"the row has {len(cells)} cells"
        sheet.rows_lost = True
        expected = f"{len(header)}, as many as there are headers"
        sheet.report(start, "", message, code="not-readable", expected=expected, hint=hint)
        return
    filled = {
        column.header: cell for column, cell in zip(columns, cells, strict=True) if column is not None and cell[0]
    }
    sheet.rows.append(Row(start, filled))


def _known(table: Table) -> str:
    if len(table.columns) > _MOST_LISTED:
        return f"a column of {table.file}; the README of 'mrdguide tables template DIR' lists them"
    return "one of " + ", ".join(table.by_header)
