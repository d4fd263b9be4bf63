"""Rows of an Arrow batch judged where they stand: the same rows as one by one, and nothing odd is taken for plain."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from mrdguide.cohort import batches
from mrdguide.cohort.arrow_rows import Batch, Row
from mrdguide.cohort.batches import Task, judge_piece
from mrdguide.cohort.columns.of_arrow import ArrowProfiles
from mrdguide.cohort.columns.plain_rows import plain
from mrdguide.cohort.entry import Entry
from mrdguide.cohort.invented.patients import invented
from mrdguide.cohort.profile_columns import profile_schema, row_of
from mrdguide.cohort.rows import Asked

from ..examples import shipped
from .conftest import AS_OF


def batch_of(profiles: list[dict[str, Any]]) -> Any:
    table = pa.Table.from_pylist([row_of(profile) for profile in profiles], profile_schema())
    return table.combine_chunks().to_batches()[0]


def test_rows_judged_where_they_stand_are_those_of_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Batch(batch_of([invented(11, number) for number in range(1, 81)]))
    entries = [Entry(str(place), Row(rows, place)) for place in range(80)]
    task = Task(shipped(), AS_OF, asked=Asked("paths"))
    one_by_one = judge_piece(entries, task)
    monkeypatch.setattr(batches, "FEWEST", 1)
    by_column = judge_piece(entries, task)
    assert by_column.rows.equals(one_by_one.rows)
    assert by_column.rejects == one_by_one.rejects


@pytest.mark.parametrize(
    "changed",
    [
        {"birth_year": 1890}, {"ecog": 9}, {"sex": "?"}, {"id": " a"}, {"local": {"fact": True}},
        {"mrd": [{"date": "2025-13-01"}]}, {"mrd": [{"level": 2.0}]}, {"mrd": [{"date": "1950-01-01"}]},
        {"mrd": [{"result": "not-detected", "level": 1e-5}]}, {"imaging": [{"modality": "PET-CT", "rac": 2}]},
        {"therapy": [{"phase": "maintenance", "start": "2024-01-01", "end": "2023-01-01"}]},
        {"markers": [{"date": "2025-01-01", "kappa": {"value": 3, "unit": "stone"}}]},
        {"markers": [{"date": "2025-01-01", "calcium": {"value": 9.4, "unit": "mmol/L"}}]},
        {"unobtainable": [{"what": "baseline.labs.ldh", "why": "no sample", "by": "board"}]},
    ],
)  # fmt: skip
def test_what_is_odd_is_left_to_the_reader_of_single_profiles(changed: dict[str, Any]) -> None:
    usual = next(item for item in (invented(7, number) for number in range(1, 99)) if plain_of([item]) == [True])
    assert plain_of([usual, {**usual, **changed}]) == [True, False]


def plain_of(profiles: list[dict[str, Any]]) -> list[bool]:
    found: list[bool] = plain(ArrowProfiles(batch_of(profiles)), AS_OF.toordinal()).tolist()
    return found
