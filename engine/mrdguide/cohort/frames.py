"""A cohort in memory: pyarrow tables, polars and pandas frames in, pyarrow tables out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..errors import UsageError
from ..reading.arguments import whole_number, wrong_argument
from ..recommend.evaluation import day_of
from ..rulebook.given import Rules, rule_book
from .answer_columns import answer_schema
from .arrow import needed
from .batches import Task, judges, pieces_of
from .csv_text import csv_text
from .entry import Given, Reject, Supply
from .profile_columns import check_columns
from .rows import Asked, Missing
from .running import GROUP, Seen
from .sources.columns_of_profiles import rows_of
from .sources.csv_tables import CsvTables
from .tally import Tally

_FRAMES = "a pyarrow table, a polars or pandas frame, or a mapping of the names of tables (patients, mrd, ...) to such"
NAME = "tables"


@dataclass(frozen=True, slots=True)
class CohortAnswers:
    """The rows of a cohort (`answers`) and whom there is no answer for (`rejects`: patient, place, reason, code), as pyarrow tables;
    `tally` says how the rows were judged, and of how many inputs durable-rules concluded."""

    answers: Any
    rejects: Any
    tally: Tally


def run(
    tables: Any,
    *,
    as_of: str | date | None = None,
    as_of_column: str | None = None,
    rules: Rules = None,
    missing: Missing = "leads",
    windows: int = 0,
    workers: int = 1,
) -> CohortAnswers:
    """Judge every patient of a cohort that is in memory.

    `tables` is one frame with nested columns as in the profile, or a mapping with a frame for each table (`patients`, `mrd`, ...),
    whose columns are those of the CSV tables. Give `as_of`, or the column with the days to judge on. `workers` above 1 are
    processes of their own; a script that asks for them begins with `if __name__ == "__main__":`.

    Raises:
        PatientError: a column is missing, unknown or of the wrong type; with a frame for each table any mistake in them.
        UsageError: an argument is wrong, a patient stands twice in the cohort, or the extra `cohort` is not installed.
        RuleBookError: the rule book cannot be loaded.
    """
    task = task_of(as_of, as_of_column, rules, missing, windows)
    return judged(_entries(tables, as_of_column), task, whole_number("workers", workers, 1, 1024))


def task_of(
    as_of: str | date | None, as_of_column: str | None, rules: Rules, missing: Missing, windows: int = 0
) -> Task:
    """What a run from Python asks of every patient.

    Raises:
        UsageError: an argument is wrong.
        RuleBookError: the rule book cannot be loaded.
    """
    if (as_of is None) is (as_of_column is None):
        raise UsageError("give either as_of, the day to judge on, or as_of_column, the column with the days")
    if missing not in ("leads", "paths", "none"):
        raise wrong_argument("missing", missing, "leads, paths or none")
    day = date.fromordinal(day_of(as_of)) if as_of is not None else None
    asked = Asked(missing, whole_number("windows", windows, 0, 730))
    return Task(rule_book(rules), day, as_of_column, asked=asked)


def judged(given: Iterable[Given], task: Task, workers: int) -> CohortAnswers:
    """The rows and rejects of patients."""
    arrow = needed("pyarrow")
    schema = answer_schema(task.rules, task.asked.windows)
    seen, tables, rejects, tally = Seen(), [schema.empty_table()], list[Reject](), Tally()
    with judges(task, workers) as by:
        for piece in by.judged(pieces_of(Supply(given), GROUP, task.asked)):
            seen.add_all(piece.seen())
            tables.append(piece.rows)
            rejects += piece.rejects
            tally += piece.tally
    return CohortAnswers(arrow.concat_tables(tables), rejects_table(rejects), tally)


def rejects_table(rejects: list[Reject]) -> Any:
    """Rejects as a pyarrow table."""
    arrow = needed("pyarrow")
    schema = arrow.schema([(name, arrow.string()) for name in Reject.__slots__])
    return arrow.Table.from_pylist([reject.to_dict() for reject in rejects], schema)


def _entries(tables: Any, as_of_column: str | None) -> Iterator[Given]:
    if isinstance(tables, Mapping):
        if as_of_column is not None:
            raise UsageError("as_of_column goes with one frame of nested columns, not with a frame for each table")
        texts = {str(name): _as_csv(frame, str(name)) for name, frame in tables.items()}
        return CsvTables(texts).entries()
    table = _as_arrow(tables, NAME)
    check_columns(table.schema, NAME, as_of_column)
    return rows_of(_batches(table), NAME, as_of_column)


def _batches(table: Any) -> Iterator[Any]:
    """A table in batches of one size, whatever pieces it was put together from."""
    for begin in range(0, table.num_rows, GROUP):
        yield from table.slice(begin, GROUP).combine_chunks().to_batches()


def _as_arrow(frame: Any, name: str) -> Any:
    arrow, narwhals = needed("pyarrow"), needed("narwhals")
    if isinstance(frame, arrow.Table):
        return frame
    if isinstance(frame, arrow.RecordBatchReader):
        return frame.read_all()
    try:
        return narwhals.from_native(frame, eager_only=True).to_arrow()
    except TypeError:
        raise wrong_argument(name, frame, _FRAMES) from None
    except arrow.ArrowException as error:
        raise UsageError(f"{name}: its columns cannot be read: {str(error).splitlines()[0]}") from None


def _as_csv(frame: Any, name: str) -> str:
    """A frame as the text of a table, so that it is read by the rules of the tables and its mistakes are told alike."""
    return csv_text(_as_arrow(frame, f"{NAME}[{name!r}]"))
