"""Nothing that lies beside what is read is passed over in silence, and no patient is judged in two halves."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mrdguide.cohort.csv_text import csv_text
from mrdguide.cohort.running import Seen
from mrdguide.errors import UsageError
from mrdguide.intake.tables.template import template_files

from .conftest import Judge


@pytest.fixture
def folder(profiles: list[dict[str, Any]], tmp_path: Path) -> Path:
    found = tmp_path / "profiles"
    found.mkdir()
    for profile in profiles[:2]:
        (found / f"{profile['id']}.json").write_text(json.dumps(profile), encoding="utf-8")
    return found


@pytest.mark.parametrize(
    "name",
    ["b.YAML", "b.JSON", "b.json.gz", "b.yaml.txt", "bundle.xml", "events.csv", "registry.xlsx", "more.zip", "b.NDJSON", "b.PARQUET"],
)  # fmt: skip
def test_a_file_that_may_hold_patients_and_is_not_read_ends_the_run(folder: Path, judge: Judge, name: str) -> None:
    (folder / name).write_text("anything", encoding="utf-8")
    with pytest.raises(UsageError, match="would not be read, and may hold patients or what happened to them") as caught:
        judge(folder)
    assert str(folder / name) in str(caught.value)


@pytest.mark.parametrize(
    "name", ["README.md", "notes.txt", "protocol.pdf", ".hidden.yaml", "cases.yaml", "b.json~", "~$b.xlsx"]
)
def test_what_holds_no_patients_may_lie_there(folder: Path, judge: Judge, name: str) -> None:
    (folder / name).write_text("anything", encoding="utf-8")
    assert judge(folder).answered == 2


@pytest.mark.parametrize("name", ["events.csv", "events.xlsx", "relapses.ods", "events.txt"])
def test_what_lies_beside_parquet_tables_ends_the_run(judge: Judge, tmp_path: Path, name: str) -> None:
    for file, text in template_files().items():
        if file.endswith(".csv"):
            header = text.splitlines()[0].split(",")
            first = {"id": "ann", "disease": "multiple-myeloma"} if file == "patients.csv" else None
            rows = [first] if first is not None else []
            columns = {column: pa.array([row.get(column) for row in rows], pa.string()) for column in header}
            pq.write_table(pa.table(columns), tmp_path / f"{file.removesuffix('.csv')}.parquet")
    folder = tmp_path / "tables"
    folder.mkdir()
    for path in tmp_path.glob("*.parquet"):
        path.rename(folder / path.name)
    assert judge(folder).answered == 1
    (folder / name).write_text("anything", encoding="utf-8")
    with pytest.raises(UsageError, match="is not read: put its rows into the tables") as caught:
        judge(folder, output="again.parquet")
    assert name in str(caught.value)


def add_each(batches: list[list[str]]) -> None:
    """Note the ids of batches, one batch after the other."""
    seen = Seen()
    for batch in batches:
        seen.add_all((name, None) for name in batch)


@pytest.mark.parametrize(
    "batches",
    [
        [["p1", "p1\u200b"]],
        [["p1\u200b", "p1"]],
        [["p1"], ["p1\u200b"]],
        [["p1\u200b"], ["p2"], ["p1"]],
        [["p1\u200b"], ["p1\u200c"]],
        [["p-1"], ["p\u20111"]],
    ],
)
def test_ids_that_nobody_can_tell_apart_end_a_run(batches: list[list[str]]) -> None:
    with pytest.raises(UsageError, match="differ in what cannot be seen"):
        add_each(batches)


@pytest.mark.parametrize(
    "batches", [[["p1", "P1"], ["p2"]], [["p\u20111"], ["q"]], [["Müller", "Muller"]], [["1", "01"], ["a b", "ab"]]]
)
def test_ids_that_differ_to_the_eye_are_those_of_two(batches: list[list[str]]) -> None:
    add_each(batches)


def test_the_same_patient_on_several_days_is_one() -> None:
    seen = Seen()
    for day in (1, 2):
        seen.add_all([("p\u20111", datetime.date(2026, 1, day)), ("q", datetime.date(2026, 1, day))])


def test_midnight_of_a_frame_is_a_day_and_an_hour_is_none() -> None:
    moments = pa.array([datetime.datetime(2026, 1, 2), datetime.datetime(2026, 1, 2, 13, 30), None], pa.timestamp("us"))
    assert csv_text(pa.table({"date": moments})).splitlines() == ["date", "2026-01-02", "2026-01-02 13:30:00", '""']
    abroad = pa.array([datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)], pa.timestamp("us", "UTC"))
    assert csv_text(pa.table({"date": abroad})).splitlines()[1].startswith("2026-01-02 00:00:00")
