"""A cohort on Spark: the same rows as on one machine, from a data frame of profiles.

    from mrdguide.cohort import spark
    answers, rejects = spark.run(session.read.parquet("profiles"), as_of="2026-11-21")
    answers.write.parquet("answers")

Needs the extra `spark` on the driver and mrdguide with the extra `cohort` on every executor, of the same version and with the same
rule folders at the same paths (the shipped rules need none); where they differ, the run is refused. Columns are those of a
profile. Each partition is judged by itself, so that some 20,000 patients in each are a good size. That a patient stands once in
the frame is not looked at. Dask, Ray and Daft can call `judge_batches` on Arrow batches in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

from ..rulebook.given import Rules
from .answer_columns import answer_schema
from .arrow import needed
from .batches import Piece, Task, judge_piece, pieces_of
from .entry import Supply
from .frames import rejects_table, task_of
from .profile_columns import check_columns
from .rows import Missing
from .running import GROUP
from .sources.columns_of_profiles import rows_of

_NAME = "the data frame"


def run(
    frame: Any,
    *,
    as_of: str | date | None = None,
    as_of_column: str | None = None,
    rules: Rules = None,
    missing: Missing = "leads",
) -> tuple[Any, Any]:
    """Two data frames: a row for each answer, and a row for each patient who cannot be read (patient, place, reason, code).

    Both are worked out when they are written; what is asked of both is judged twice unless `frame` is small or cached.

    Raises:
        PatientError: a column is missing, unknown or of the wrong type.
        UsageError: an argument is wrong, or the extra `spark` is not installed.
    """
    types = needed("pyspark.sql.pandas.types")
    task = task_of(as_of, as_of_column, rules, missing)
    check_columns(types.to_arrow_schema(frame.schema), _NAME, as_of_column)
    answers = plain_schema(answer_schema(task.rules))
    rejects = rejects_table([]).schema
    return (
        frame.mapInArrow(_judging(task, rejects=False), types.from_arrow_schema(answers)),
        frame.mapInArrow(_judging(task, rejects=True), types.from_arrow_schema(rejects)),
    )


def plain_schema(schema: Any) -> Any:
    """The schema of answers without dictionaries, which Spark does not know: verdicts are text.

    Raises:
        UsageError: the extra `cohort` is not installed.
    """
    arrow = needed("pyarrow")
    return arrow.schema(
        [
            (field.name, field.type.value_type if arrow.types.is_dictionary(field.type) else field.type)
            for field in schema
        ]
    )


def _judging(task: Task, *, rejects: bool) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def judged(batches: Iterable[Any]) -> Iterator[Any]:
        return _judged_in_pieces(batches, task, rejects=rejects)

    return judged


def judge_batches(batches: Iterable[Any], task: Task, *, rejects: bool = False) -> Iterator[Any]:
    """Arrow batches of profiles to Arrow batches of answers, or of rejects: whoever cannot be read is among the rejects.

    Raises:
        PatientError: a column is missing, unknown or of the wrong type.
        UsageError: the extra `cohort` is not installed, or a patient who is checked has another answer alone.
    """
    return _judged_in_pieces(_of_known_columns(batches, task.as_of_column), task, rejects=rejects)


def _of_known_columns(batches: Iterable[Any], as_of_column: str | None) -> Iterator[Any]:
    for batch in batches:
        check_columns(batch.schema, _NAME, as_of_column)
        yield batch


def _judged_in_pieces(batches: Iterable[Any], task: Task, *, rejects: bool) -> Iterator[Any]:
    plain = plain_schema(answer_schema(task.rules))
    for given in pieces_of(Supply(rows_of(batches, _NAME, task.as_of_column)), GROUP, task.asked):
        yield from _judged(judge_piece(given, task), plain, rejects=rejects)


def _judged(piece: Piece, plain: Any, *, rejects: bool) -> Iterator[Any]:
    if rejects:
        yield from rejects_table(piece.rejects).to_batches()
    else:
        yield from piece.rows.cast(plain).to_batches()
