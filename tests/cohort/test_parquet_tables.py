"""A folder with one Parquet file for each table gives what the CSV tables give, and its mistakes are told at their rows."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mrdguide.cohort.sources import parquet_tables
from mrdguide.errors import MrdguideError
from mrdguide.intake.tables.template import template_files

from .conftest import Judge

PATIENTS = 7
Cells = dict[str, list[dict[str, str]]]


@pytest.fixture
def cells() -> Cells:
    """Rows by table: patients in an order that is not that of their tests."""
    names = [f"p{(3 * number) % PATIENTS}" for number in range(PATIENTS)]
    tests = [{"patient_id": f"p{number % PATIENTS}", "date": f"20{20 + number // PATIENTS}-05-0{1 + number % 7}", "specimen": "marrow",
              "method": "NGS", "limit_of_detection": "1e-6", "result": "not-detected"} for number in range(3 * PATIENTS)]  # fmt: skip
    therapy = [{"patient_id": name, "phase": "maintenance", "line": "1", "drugs": "lenalidomide", "start": "2019-01-01", "end": "ongoing"}
               for name in names]  # fmt: skip
    return {"patients": [{"id": name, "disease": "multiple-myeloma", "birth_year": "1960"} for name in names], "mrd": tests,
            "therapy": therapy}  # fmt: skip


def write_csv(folder: Path, cells: Cells) -> Path:
    folder.mkdir()
    for name, text in template_files().items():
        if name.endswith(".csv"):
            header = text.splitlines()[0].split(",")
            with (folder / name).open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, header)
                writer.writeheader()
                writer.writerows(cells.get(name.removesuffix(".csv"), []))
    return folder


def write_parquet(folder: Path, cells: Cells) -> Path:
    folder.mkdir()
    for name, text in template_files().items():
        if name.endswith(".csv"):
            header = text.splitlines()[0].split(",")
            rows = cells.get(name.removesuffix(".csv"), [])
            columns = {column: pa.array([row.get(column) for row in rows], pa.string()) for column in header}
            pq.write_table(pa.table(columns), folder / f"{name.removesuffix('.csv')}.parquet")
    return folder


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_rows_are_those_of_the_csv_tables(
    cells: Cells, judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(parquet_tables, "_AT_ONCE", at_once)
    judge(write_csv(tmp_path / "csv", cells), output="csv.parquet")
    counts = judge(write_parquet(tmp_path / "tables", cells), output="tables.parquet")
    assert (counts.read, counts.answered) == (PATIENTS, PATIENTS)
    assert pq.read_table(tmp_path / "tables.parquet") == pq.read_table(tmp_path / "csv.parquet")


def test_numbers_and_days_of_their_own_types_are_read(cells: Cells, judge: Judge, tmp_path: Path) -> None:
    judge(write_parquet(tmp_path / "text", cells), output="text.parquet")
    typed = write_parquet(tmp_path / "typed", cells)
    tests = pq.read_table(typed / "mrd.parquet")
    for name, kind in (("date", pa.date32()), ("limit_of_detection", pa.float64())):
        tests = tests.set_column(tests.schema.get_field_index(name), name, tests[name].cast(kind))
    pq.write_table(tests, typed / "mrd.parquet")
    judge(typed, output="typed.parquet")
    assert pq.read_table(tmp_path / "typed.parquet") == pq.read_table(tmp_path / "text.parquet")


def _unknown(cells: Cells) -> None:
    cells["mrd"][4]["patient_id"] = "nobody"


def _twice(cells: Cells) -> None:
    cells["patients"] += [cells["patients"][2], cells["patients"][3]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_unknown, r"mrd\.parquet: patient_id: row 5: there is no patient 'nobody' in patients\.parquet"),
        (_twice, r"patients\.parquet: id: the patient 'p6' is given 2 times, as 1 more is"),
    ],
)
def test_a_mistake_is_told_at_its_row_and_nothing_is_written(
    change: object, words: str, cells: Cells, judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_tables, "_AT_ONCE", 2)
    assert callable(change)
    change(cells)
    with pytest.raises(MrdguideError, match=words):
        judge(write_parquet(tmp_path / "tables", cells))
    assert not (tmp_path / "answers.parquet").exists()


@pytest.mark.parametrize(
    ("write", "place"), [(write_csv, "mrd.csv:13: result"), (write_parquet, "mrd.parquet: row 12: result")]
)
def test_a_patient_of_whom_a_row_cannot_be_read_is_rejected_and_the_others_are_judged(
    write: Callable[[Path, Cells], Path], place: str, cells: Cells, judge: Judge, tmp_path: Path
) -> None:
    judge(write(tmp_path / "sound", cells), output="sound.parquet")
    wrong = cells["mrd"][11]
    wrong["result"] = "perhaps"
    counts = judge(write(tmp_path / "tables", cells), output="answers.parquet")
    assert (counts.read, counts.answered, counts.rejected) == (PATIENTS, PATIENTS - 1, 1)
    [told] = [
        json.loads(line) for line in (tmp_path / "answers.parquet.rejects.ndjson").read_text("utf-8").splitlines()
    ]
    assert told["patient"] == wrong["patient_id"]
    assert told["reason"].startswith(f"{place}: found 'perhaps'")
    sound = pq.read_table(tmp_path / "sound.parquet").to_pylist()
    others = [row for row in sound if row["patient"] != wrong["patient_id"]]
    assert pq.read_table(tmp_path / "answers.parquet").to_pylist() == others


def test_csv_that_belongs_to_nobody_ends_the_run(cells: Cells, judge: Judge, tmp_path: Path) -> None:
    for number, change in enumerate((_unknown, _twice)):
        some = copy.deepcopy(cells)
        change(some)
        with pytest.raises(MrdguideError):
            judge(write_csv(tmp_path / str(number), some))
    with (write_csv(tmp_path / "more", cells) / "mrd.csv").open("a", encoding="utf-8") as table:
        table.write(f"{cells['mrd'][0]['patient_id']},2026-01-01\n")
    with pytest.raises(MrdguideError, match="the row has 2 cells"):
        judge(tmp_path / "more")
    assert not (tmp_path / "answers.parquet").exists()


def test_a_table_that_is_missing_cut_off_or_unknown(cells: Cells, judge: Judge, tmp_path: Path) -> None:
    folder = write_parquet(tmp_path / "tables", cells)
    whole = (folder / "mrd.parquet").read_bytes()
    (folder / "mrd.parquet").write_bytes(whole[:-30])
    with pytest.raises(MrdguideError, match=r"mrd\.parquet cannot be read as Parquet: .*may be cut off"):
        judge(folder)
    (folder / "mrd.parquet").unlink()
    with pytest.raises(MrdguideError, match=r"the table 'mrd\.parquet' is missing; one without rows says that nothing"):
        judge(folder)
    (folder / "mrds.parquet").write_bytes(whole)
    with pytest.raises(MrdguideError, match=r"mrds\.parquet is no table of patients; expected patients\.parquet"):
        judge(folder)
    (folder / "patients.csv").write_text("id,disease\n", encoding="utf-8")
    with pytest.raises(MrdguideError, match="holds tables both as CSV and as Parquet"):
        judge(folder)


def test_a_folder_of_nested_profiles_is_none_of_tables(
    profiles: list[dict[str, object]], judge: Judge, tmp_path: Path
) -> None:
    from mrdguide.cohort.profile_columns import profile_schema, row_of

    (tmp_path / "nested").mkdir()
    pq.write_table(
        pa.Table.from_pylist([row_of(profiles[0])], profile_schema()), tmp_path / "nested" / "patients.parquet"
    )
    assert judge(tmp_path / "nested").answered == 1


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("patient_id", [["p1"]]),
        ("patient_id", [True]),
        ("date", [{"year": 2026}]),
        ("result", [b"detected"]),
        ("result", [[["detected"]]]),
    ],
)
def test_a_column_that_no_cell_can_hold_is_said(
    cells: Cells, judge: Judge, tmp_path: Path, column: str, values: list[object]
) -> None:
    folder = write_parquet(tmp_path / "tables", {"patients": cells["patients"]})
    columns = {"patient_id": pa.array(["p1"]), column: pa.array(values)}
    pq.write_table(pa.table(columns), folder / "mrd.parquet")
    with pytest.raises(MrdguideError, match="is of type") as caught:
        judge(folder)
    assert f"mrd.parquet: {column}: the column " in str(caught.value)


def test_views_of_text_and_times_at_midnight_are_read(cells: Cells, judge: Judge, tmp_path: Path) -> None:
    judge(write_parquet(tmp_path / "text", cells), output="text.parquet")
    typed = write_parquet(tmp_path / "typed", cells)
    tests = pq.read_table(typed / "mrd.parquet")
    for name, kind in (("patient_id", pa.string_view()), ("result", pa.string_view()), ("date", pa.timestamp("us"))):
        tests = tests.set_column(tests.schema.get_field_index(name), name, tests[name].cast(kind))
    pq.write_table(tests, typed / "mrd.parquet")
    judge(typed, output="typed.parquet")
    assert pq.read_table(tmp_path / "typed.parquet") == pq.read_table(tmp_path / "text.parquet")
