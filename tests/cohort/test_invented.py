"""Invented cohorts: the same for the same seed, readable, and of every kind."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import mrdguide
from mrdguide.cohort.invented.patients import invented
from mrdguide.cohort.invented.writing import write_cohort
from mrdguide.cohort.profile_columns import profile_of
from mrdguide.errors import UsageError

from ..examples import shipped
from .conftest import AS_OF


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for suffix in ("ndjson", "parquet"):
        first, again, other = (tmp_path / f"{name}.{suffix}" for name in ("first", "again", "other"))
        write_cohort(first, 30, 3)
        write_cohort(again, 30, 3)
        write_cohort(other, 30, 4)
        assert first.read_bytes() == again.read_bytes() != other.read_bytes()


def test_a_patient_does_not_depend_on_how_many_there_are(tmp_path: Path) -> None:
    write_cohort(tmp_path / "few.ndjson", 3, 3)
    lines = (tmp_path / "few.ndjson").read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [invented(3, number) for number in (1, 2, 3)]


def test_lines_and_columns_hold_the_same_patients(tmp_path: Path) -> None:
    write_cohort(tmp_path / "a.parquet", 20, 3)
    for number, row in enumerate(pq.read_table(tmp_path / "a.parquet").to_pylist(), 1):
        assert mrdguide.read_patient(profile_of(row)) == mrdguide.read_patient(invented(3, number))


def test_they_are_of_every_kind() -> None:
    profiles = [invented(1, number) for number in range(1, 301)]
    for profile in profiles:
        mrdguide.read_patient(profile)
    outcomes = {mrdguide.evaluate(profile, rules=shipped(), as_of=AS_OF).outcome for profile in profiles[:120]}
    assert {"insufficient-data", "treat-relapse", "continue", "act-on-resurgence", "surveil-off-therapy"} <= outcomes
    assert any(len(profile["diagnosis"]["date"]) < 10 for profile in profiles)
    assert any("incomplete" in profile for profile in profiles)
    assert any(mrdguide.evaluate(profile, rules=shipped(), as_of=AS_OF).doubted for profile in profiles)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"give a name that ends in \.ndjson, \.jsonl, \.parquet"):
        write_cohort(tmp_path / "a.csv", 1, 1)
