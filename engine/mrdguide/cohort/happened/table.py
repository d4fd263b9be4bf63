"""The table of what happened: one row for each patient, as CSV or Parquet.

Needed are `patient`, `stopped_on` (maintenance was stopped; empty: it was not), `death_on` and `last_seen` (until then the other days are
known; for the dead it may be left empty). `resurgence_on` and `progression_on` may be left out as columns: then nothing is said of
them, since a column that is not there does not mean that nothing happened. Of what happened twice the first after stopping counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel

from ...dates import CalendarDate, iso, parse_date
from ...errors import PatientError, UsageError
from ...intake.tables.cells import Row, Sheet, read_sheet
from ...intake.tables.columns import Column, Table
from ...reading.bounded import MOST_RECORD, read_bytes
from ...reading.validation import closest
from ..arrow import needed
from ..csv_text import csv_text

_DAY = "a day YYYY-MM-DD"
_EMPTY = f"{_DAY}, or an empty cell where it did not happen"
EVENTS = ("resurgence_on", "progression_on", "death_on")
TABLE = Table(
    "happened",
    BaseModel,
    (
        Column("patient", (), "text", required=True, about="the patient, as in the rows of the cohort"),
        Column("stopped_on", (), "date", required=True, about=f"when maintenance was stopped: {_EMPTY}"),
        Column("resurgence_on", (), "date", about=f"MRD came back after stopping: {_EMPTY}"),
        Column("progression_on", (), "date", about=f"progression or relapse after stopping: {_EMPTY}"),
        Column("death_on", (), "date", required=True, about=f"death: {_EMPTY}"),
        Column("last_seen", (), "date", required=True, about=f"until when all of this is known: {_DAY}"),
    ),
)


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to one patient, in days (ordinals); None: it did not happen until `last_seen`."""

    patient: str
    stopped: int | None
    events: dict[str, int]
    last_seen: int


@dataclass(frozen=True, slots=True)
class HappenedTable:
    """All rows by patient; `recorded` are the events that the table has a column for."""

    rows: dict[str, Happened]
    recorded: frozenset[str]


def read_happened(path: Path, diagnosed: dict[str, int | None]) -> HappenedTable:
    """The table, for patients of whom the year of diagnosis is known or None.

    Raises:
        UsageError: the file cannot be read.
        PatientError: with everything that is wrong in it: columns, days, patients who stand twice or are not in the cohort.
    """
    sheet = read_sheet(TABLE, _text(path), str(path))
    rows: dict[str, Happened] = {}
    first: dict[str, Row] = {}
    for row in sheet.rows:
        name = _patient(sheet, row, diagnosed)
        if name in first:
            at, before = row.cells["patient"][1], first[name].cells["patient"][1]
            hint = "keep one row for each patient, with the first of each event after stopping"
            sheet.report_twice(at, "patient", f"the patient '{name}' is given twice", before, code="duplicate-id", hint=hint)  # fmt: skip
        elif name is not None:
            first[name] = row
            found = _happened(sheet, row, name, diagnosed[name])
            if found is not None:
                rows[name] = found
    if sheet.problems:
        raise PatientError(sorted(sheet.problems, key=lambda problem: (problem.line or 0, problem.column or 0)))
    return HappenedTable(rows, frozenset(name for name in EVENTS if name in sheet.headers))


def _text(path: Path) -> str:
    """The table as CSV text."""
    try:
        content = read_bytes(path, MOST_RECORD)
        return _of_parquet(path) if content[:4] == b"PAR1" else content.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text; save it as 'CSV UTF-8 (comma delimited)', or as Parquet") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise UsageError(f"{path} cannot be read: {reason}") from None


def _of_parquet(path: Path) -> str:
    arrow, parquet = needed("pyarrow"), needed("pyarrow.parquet")
    table = parquet.read_table(path)
    for place, field in enumerate(table.schema):
        if arrow.types.is_timestamp(field.type):
            # Frames keep days as times.
            table = table.set_column(place, field.name, table[field.name].cast(arrow.date32()))
    return csv_text(table)


def _patient(sheet: Sheet, row: Row, known: dict[str, int | None]) -> str | None:
    """The patient of a row, if it is one of the cohort."""
    if "patient" not in row.cells:
        if "patient" in sheet.headers:
            sheet.report(row.start, "patient", "the cell is empty, but every row needs its patient", code="missing-key")
        return None
    name, at = row.cells["patient"]
    if name not in known:
        expected = "a patient with an answer in the rows of `mrdguide cohort run`"
        hint = (
            closest(name, known)
            or "leave out who is not in the cohort, or has no answer there (the file of rejects says why)"
        )
        sheet.report(at, "patient", f"there is no patient '{name}' in the rows", code="unknown-id", expected=expected, hint=hint)  # fmt: skip
        return None
    return name


def _happened(sheet: Sheet, row: Row, name: str, diagnosed: int | None) -> Happened | None:
    """A row as it may be used; None where something is wrong with it, which the sheet then knows."""
    before = len(sheet.problems)
    days = dict(_days(sheet, row))
    if len(sheet.problems) > before:
        return None
    events = {event: days[event] for event in EVENTS if event in days}
    last_seen = days.get("last_seen", days.get("death_on"))
    if last_seen is None:
        if "last_seen" in sheet.headers:
            message = "the cell is empty, and no death is given: until when nothing happened is not known"
            sheet.report(row.start, "last_seen", message, code="missing-key", expected=_DAY)
        return None
    for column, message, hint in _contradictions(days, last_seen, diagnosed):
        sheet.report(row.cells[column][1], column, message, code="contradiction", hint=hint)
    return Happened(name, days.get("stopped_on"), events, last_seen) if len(sheet.problems) == before else None


def _days(sheet: Sheet, row: Row) -> Iterator[tuple[str, int]]:
    for column in TABLE.columns[1:]:
        if column.header not in row.cells:
            continue
        text, at = row.cells[column.header]
        day = _day(text)
        if day is not None and day.exact:
            yield column.header, day.earliest
            continue
        hint = (
            "choose one rule for days that are not known, such as the middle of the month, and write it down"
            if day
            else ""
        )
        sheet.report(at, column.header, f"found {text!r}", code="not-a-date", expected=_EMPTY, hint=hint)


def _day(text: str) -> CalendarDate | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _contradictions(days: dict[str, int], last_seen: int, diagnosed: int | None) -> Iterator[tuple[str, str, str]]:
    """What cannot be: the column, why, and what to do."""
    stopped = days.get("stopped_on")
    if stopped is not None and diagnosed is not None and int(iso(stopped)[:4]) < diagnosed:
        yield (
            "stopped_on",
            f"maintenance stopped on {iso(stopped)}, before the diagnosis in {diagnosed}",
            "one of both is wrong",
        )
    for column in EVENTS:
        day = days.get(column)
        if day is not None and stopped is not None and day < stopped:
            hint = (
                "the day is wrong"
                if column == "death_on"
                else "give the first one after stopping, or leave the cell empty"
            )
            yield column, f"{iso(day)} is before maintenance was stopped on {iso(stopped)}", hint
        if day is not None and "death_on" in days and day > days["death_on"]:
            yield column, f"{iso(day)} is after the death on {iso(days['death_on'])}", "one of both is wrong"
    for column, day in days.items():
        if day > date.today().toordinal():
            hint = "a day that has yet to come is a mistake, or a plan and no event"
            yield column, f"{iso(day)} is in the future", hint
        elif day > last_seen:
            hint = "'last_seen' is the day until which all the others are known, that of death included"
            yield column, f"{iso(day)} is after the patient was last seen on {iso(last_seen)}", hint
