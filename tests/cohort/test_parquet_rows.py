"""Rows that are still in their Parquet file: the same as rows in memory, whatever its row groups, and never another file's."""

from __future__ import annotations

import gc
import os
import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mrdguide.cohort import batches
from mrdguide.cohort.batches import Piece, Task, judge_piece, pieces_of
from mrdguide.cohort.columns.cohort import Cohort
from mrdguide.cohort.columns.of_arrow import ArrowProfiles
from mrdguide.cohort.entry import Rows, Supply
from mrdguide.cohort.invented.patients import invented
from mrdguide.cohort.parquet_rows import InFile
from mrdguide.cohort.profile_columns import profile_schema, row_of
from mrdguide.cohort.rows import Asked
from mrdguide.cohort.sources import columns_of_profiles
from mrdguide.cohort.sources.columns_of_profiles import ParquetProfiles, rows_of
from mrdguide.errors import UsageError

from ..examples import shipped
from .conftest import AS_OF, Judge

COUNT = 60


@pytest.fixture(scope="module")
def table() -> pa.Table:
    profiles = [invented(21, number) for number in range(1, COUNT + 1)]
    return pa.Table.from_pylist([row_of(profile) for profile in profiles], profile_schema())


def judged(given: Any, task: Task, most: int) -> list[Piece]:
    return [judge_piece(piece, task) for piece in pieces_of(Supply(given), most, task.asked)]


@pytest.mark.parametrize("size", [1, 7, 25, COUNT])
@pytest.mark.parametrize(("most", "dictionary"), [(10, 1_000_000), (COUNT, 1_000_000), (COUNT, 20)])
def test_rows_of_a_file_are_judged_as_rows_in_memory(
    table: pa.Table, size: int, most: int, dictionary: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "FEWEST", 1)
    monkeypatch.setattr(columns_of_profiles, "_ROWS", 25)
    path, task = tmp_path / "cohort.parquet", Task(shipped(), AS_OF, asked=Asked("none"))
    # A dictionary of at most 20 bytes is given up for most columns.
    pq.write_table(table, path, row_group_size=size, dictionary_pagesize_limit=dictionary)
    in_memory = rows_of(table.combine_chunks().to_batches(), str(path), None)
    wanted = judged(in_memory, task, most)
    found = judged(ParquetProfiles(path, None).entries(), task, most)
    assert [(piece.rows, piece.rejects) for piece in found] == [(piece.rows, piece.rejects) for piece in wanted]
    assert sum(piece.rows.num_rows for piece in found) == COUNT


def test_each_row_of_a_file_is_judged_on_its_own_days(
    table: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "FEWEST", 1)
    days = [[AS_OF - timedelta(90 * visit + number) for visit in range(3)] for number in range(COUNT)]
    of_visits = table.append_column("on", pa.array(days, pa.list_(pa.date32())))
    pq.write_table(of_visits, tmp_path / "visits.parquet", row_group_size=9)
    task = Task(shipped(), None, "on", asked=Asked("none"))
    (found,) = judged(ParquetProfiles(tmp_path / "visits.parquet", "on").entries(), task, COUNT)
    (wanted,) = judged(rows_of(of_visits.combine_chunks().to_batches(), "visits", "on"), task, COUNT)
    assert found.rows.equals(wanted.rows)
    assert found.rows["as_of"].to_pylist() == [day for visits in days for day in sorted(visits)]


def test_only_their_place_goes_to_another_process(table: pa.Table, tmp_path: Path) -> None:
    path = tmp_path / "cohort.parquet"
    pq.write_table(table, path, row_group_size=20)
    (rows,) = ParquetProfiles(path, None).entries()
    assert isinstance(rows, Rows)
    assert isinstance(rows.batch, InFile)
    crossing = pickle.dumps(rows.some(15, 45))
    assert len(crossing) < 500
    arrived = pickle.loads(crossing)
    assert (arrived.first, len(arrived)) == (16, 30)
    assert arrived.batch.rows.to_pylist() == table.slice(15, 30).to_pylist()


def test_a_file_that_another_one_replaced_is_not_read(table: pa.Table, tmp_path: Path) -> None:
    path = tmp_path / "cohort.parquet"
    pq.write_table(table, path)
    (rows,) = ParquetProfiles(path, None).entries()
    assert isinstance(rows, Rows)
    pq.write_table(table.slice(1), path)
    os.utime(path, ns=(0, 0))
    with pytest.raises(UsageError, match=r"cohort\.parquet has changed while it was read; run again"):
        assert rows.batch.rows


@pytest.mark.parametrize("workers", [1, 2])
def test_a_page_that_is_damaged_ends_the_run_with_one_sentence(
    table: pa.Table, workers: int, judge: Judge, tmp_path: Path
) -> None:
    path = tmp_path / "damaged.parquet"
    pq.write_table(table, path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[40:200] = bytes(160)
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"damaged\.parquet cannot be read as Parquet: .*may be cut off"):
        judge(path, workers=workers)
    assert not (tmp_path / "answers.parquet").exists()


def test_a_batch_that_was_judged_is_gone(table: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # One that stays until rings are looked for stays nearly for ever: so few other objects are made.
    monkeypatch.setattr(batches, "FEWEST", 1)
    pq.write_table(table, tmp_path / "cohort.parquet")
    task = Task(shipped(), AS_OF, asked=Asked("none"))
    gc.collect()
    gc.disable()
    try:
        judged(ParquetProfiles(tmp_path / "cohort.parquet", None).entries(), task, COUNT)
        left = [item for item in gc.get_objects() if isinstance(item, Cohort | ArrowProfiles)]
    finally:
        gc.enable()
    assert not left
