"""Rows that a quote has swallowed: opened in a note and closed by the next quote, lines later, it makes of all rows between a text."""

from __future__ import annotations

from collections.abc import Collection

from .cells import Sheet

# A line of a text has fewer commas than so many; where a table has fewer columns, its first cell says whose row it is.
_COMMAS_OF_A_ROW = 5


def report_swallowed_rows(sheet: Sheet, ids: Collection[str]) -> None:
    """Note every cell of which a later line is a row of the table, or begins with the id of a patient."""
    for row in sheet.rows:
        for header, (text, span) in row.cells.items():
            lost = next((line for line in text.splitlines()[1:] if _is_a_row(line, len(sheet.headers), ids)), None)
            if lost is not None:
                message = f"the text in this cell goes over lines and holds a row of the table: {lost.strip()[:60]!r}"
                hint = "close the quote where the text ends; a quote inside a text is written twice"
                expected = "one cell, with a quote at each end"
                sheet.report(span, header, message, code="not-readable", expected=expected, hint=hint)


def _is_a_row(line: str, columns: int, ids: Collection[str]) -> bool:
    first, comma, _ = line.partition(",")
    if comma and first.strip().strip('"') in ids:
        return True
    return line.count(",") >= max(columns - 1, _COMMAS_OF_A_ROW)
