"""Empty tables with their headers, and a README that says what each column holds."""

from __future__ import annotations

from collections.abc import Iterable

from ...patient.facts import ProfileFact
from ...patient.local_facts import PREFIX, wanted
from .columns import TABLES, Column, Kind, Table

README = "README.txt"

_INTRODUCTION = """\
Tables for mrdguide. Every file has to be there: a table with only its headers says that nothing is recorded.
Only markers.csv, attested.csv and unobtainable.csv may be left out; what they hold is unknown where it is not recorded.

- UTF-8, separated by commas, one row per patient or entry. In a spreadsheet: save as "CSV UTF-8 (comma delimited)".
- An empty cell is unknown. A column may be left out; then it is unknown for everybody.
- A cell that holds a comma needs quotes around it.
- Dates are YYYY-MM-DD; YYYY-MM or YYYY when the day is not known.
- Numbers have a decimal point; 1e-6 is understood.
- No other file with data may lie in the folder: what stands in it would not be read.
- What is not in events.csv did not happen, unless the column 'incomplete' of patients.csv names events.

Evaluate them with: mrdguide tables evaluate DIR --as-of YYYY-MM-DD
"""

_HELD: dict[Kind, str] = {
    "text": "text", "word": "", "number": "number", "whole": "whole number", "flag": "yes or no", "date": "date",
    "end": "date", "list": "words", "facts": "names with values",
}  # fmt: skip


def template_files(facts: Iterable[ProfileFact] = ()) -> dict[str, str]:
    """The text of every file by its name: the empty tables and the README. `facts` are those that layers of rules add."""
    tables = {table.file: ",".join(table.by_header) + "\n" for table in TABLES}
    return {**tables, README: _INTRODUCTION + "".join(_described(table) for table in TABLES) + _local(list(facts))}


def _local(facts: list[ProfileFact]) -> str:
    """What the column `local` can hold by these rules."""
    if not facts:
        return ""
    lines = [f"{fact.path.removeprefix(PREFIX)}: {wanted(fact)}; {fact.label}\n" for fact in facts]
    title = "facts of your rules, in the column 'local' of patients.csv"
    return f"\n{title}\n{'-' * len(title)}\n" + "".join(lines)


def _described(table: Table) -> str:
    rule = "-" * len(table.file)
    return f"\n{table.file}\n{rule}\n" + "".join(_line(column) for column in table.columns)


def _line(column: Column) -> str:
    held = ", ".join(column.words) if column.words else _HELD[column.kind]
    more = f"; {column.about}" if column.about else ""
    return f"{column.header}: {held}{more}{'; needed' if column.required else ''}\n"
