"""A cohort in memory: pyarrow, polars, pandas."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from mrdguide import cohort
from mrdguide.cohort.profile_columns import profile_schema, row_of
from mrdguide.errors import PatientError, UsageError

from ..examples import shipped
from .conftest import AS_OF


@pytest.fixture(scope="module")
def table(profiles: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([row_of(profile) for profile in profiles[:6]], profile_schema())


def judged(frame: Any) -> cohort.CohortAnswers:
    return cohort.run(frame, as_of=AS_OF, rules=shipped(), missing="paths")


def test_polars_and_pandas_frames_are_read_like_arrow(table: pa.Table) -> None:
    pl, pd = pytest.importorskip("polars"), pytest.importorskip("pandas")
    wanted = judged(table)
    assert wanted.answers.num_rows == 6
    assert wanted.rejects.num_rows == 0
    assert judged(pl.from_arrow(table)).answers.equals(wanted.answers)
    assert judged(table.to_pandas()).answers.equals(wanted.answers)
    assert isinstance(table.to_pandas(), pd.DataFrame)
    assert judged(pa.RecordBatchReader.from_batches(table.schema, table.to_batches())).answers.equals(wanted.answers)


def test_a_frame_for_each_table() -> None:
    empty = {
        name: pa.table({"patient_id": pa.array([], pa.string())})
        for name in ("imaging", "therapy", "responses", "events", "toxicities")
    }
    tests = pa.table({"patient_id": ["a"], "date": [date(2026, 1, 5)], "specimen": ["marrow"], "method": ["NGS"],
                      "limit_of_detection": [1e-6], "result": ["detected"], "level": [2e-4], "first_pull": [True]})  # fmt: skip
    people = pa.table({"id": ["a"], "disease": ["multiple-myeloma"], "birth_year": [1960.0]})
    found = judged({"patients": people, "mrd": tests, **empty})
    assert found.answers["mrd.positive-now"].to_pylist() == ["met"]


def test_what_cannot_be_read_is_told(table: pa.Table) -> None:
    with pytest.raises(PatientError, match="the column 'mrd' is missing"):
        judged(table.drop_columns(["mrd"]))
    with pytest.raises(UsageError, match=r"tables: found 3; give a pyarrow table, a polars or pandas frame"):
        judged(3)
    with pytest.raises(UsageError, match="give either as_of"):
        cohort.run(table)
    with pytest.raises(UsageError, match="stands twice"):
        judged(pa.concat_tables([table, table]))
    wrong = table.set_column(table.schema.get_field_index("ecog"), "ecog", pa.array([9] + [None] * 5))
    found = judged(wrong)
    assert (found.answers.num_rows, found.rejects.num_rows) == (5, 1)
    assert found.rejects["code"].to_pylist() == ["out-of-range"]
