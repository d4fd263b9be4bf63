"""On Spark the rows are those of one machine. Without Spark the same function is tried on Arrow batches."""

from __future__ import annotations

import os
import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mrdguide import cohort
from mrdguide.cohort import spark
from mrdguide.cohort.batches import Task
from mrdguide.cohort.profile_columns import profile_schema, row_of
from mrdguide.cohort.rows import Asked
from mrdguide.errors import PatientError, UsageError

from ..examples import shipped
from .conftest import AS_OF


@pytest.fixture(scope="module")
def table(profiles: list[dict[str, Any]]) -> pa.Table:
    unread = {**row_of(profiles[0]), "id": "unread", "ecog": 9}
    return pa.Table.from_pylist([*(row_of(profile) for profile in profiles[:5]), unread], profile_schema())


def test_batches_give_the_rows_of_one_machine(table: pa.Table) -> None:
    wanted = cohort.run(table, as_of=AS_OF, rules=shipped(), missing="paths")
    task = Task(shipped(), AS_OF, asked=Asked("paths"))
    for rejects, whole in ((False, wanted.answers), (True, wanted.rejects)):
        found = pa.Table.from_batches(spark.judge_batches(table.to_batches(max_chunksize=2), task, rejects=rejects))
        assert (
            found.drop_columns(["place"] if rejects else []).to_pylist()
            == whole.drop_columns(["place"] if rejects else []).to_pylist()
        )


@pytest.mark.parametrize("lacking", ["events", "mrd"])
def test_batches_without_a_column_are_refused_and_not_taken_for_patients_without_findings(
    table: pa.Table, lacking: str
) -> None:
    task = Task(shipped(), AS_OF, asked=Asked("none"))
    with pytest.raises(PatientError, match=f"the column '{lacking}' is missing"):
        list(spark.judge_batches(table.drop_columns([lacking]).to_batches(), task))


def test_without_the_extra_it_says_what_to_install(table: pa.Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(
        UsageError, match=r"cohorts need pyspark, which is not installed; pip install 'mrdguide\[spark\]'"
    ):
        spark.run(table, as_of=AS_OF)


def test_what_spark_needs_is_there_where_it_is_required() -> None:
    if os.environ.get("MRDGUIDE_SPARK") != "required":
        pytest.skip("Spark is tried where MRDGUIDE_SPARK=required")
    assert shutil.which("java")
    assert find_spec("pyspark")


@pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java")
@pytest.mark.filterwarnings("default")
def test_on_spark(table: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    sql = pytest.importorskip("pyspark.sql")
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    try:
        types = pytest.importorskip("pyspark.sql.pandas.types")
        frame = session.createDataFrame(table.to_pylist(), types.from_arrow_schema(table.schema))
        answers, rejects = spark.run(frame, as_of=AS_OF, missing="paths")
        wanted = cohort.run(table, as_of=AS_OF, rules=shipped(), missing="paths")
        by_patient = {row["patient"]: row for row in wanted.answers.to_pylist()}
        found = [row.asDict(recursive=True) for row in answers.collect()]
        assert {row["patient"]: row for row in found} == by_patient
        assert [row["patient"] for row in rejects.collect()] == ["unread"]
        _the_job_of_the_page(table, by_patient, tmp_path, monkeypatch)
    finally:
        session.stop()


def _the_job_of_the_page(
    table: pa.Table, wanted: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `docs/how-to/spark.md` has a site submit, as it stands there, in the session that is open."""
    pq.write_table(table, folder / "profiles.parquet")
    monkeypatch.setattr(sys, "argv", ["judge.py", str(folder / "profiles.parquet"), str(folder / "judged"), str(AS_OF)])
    exec(compile(blocks("# judge.py")[0], "judge.py", "exec"), {})
    answers = pq.read_table(folder / "judged" / "answers").to_pylist()
    assert {row["patient"]: row for row in answers} == wanted
    assert pq.read_table(folder / "judged" / "rejects")["patient"].to_pylist() == ["unread"]


def blocks(holds: str) -> list[str]:
    """The Python examples of the page that hold a text."""
    page = (Path(__file__).parents[2] / "docs" / "how-to/spark.md").read_text("utf-8")
    return [found for found in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if holds in found]


def test_the_function_for_other_engines_is_as_the_page_has_it(table: pa.Table) -> None:
    named: dict[str, Any] = {}
    exec(compile(blocks("def answers")[0], "page", "exec"), named)
    wanted = cohort.run(table, as_of=AS_OF, missing="paths").answers
    assert named["answers"](table).to_pylist() == wanted.to_pylist()
    assert named["answers"](table.slice(0, 0)).num_rows == 0
