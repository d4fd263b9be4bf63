"""Rows of an Arrow batch judged where they stand: the same rows as one by one, and nothing odd is taken for plain."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrdguide.cohort import batches
from mrdguide.cohort.arrow_rows import Batch
from mrdguide.cohort.batches import Task, judge_piece
from mrdguide.cohort.columns.arrow_doubts import without_doubts
from mrdguide.cohort.columns.courses import PHASE
from mrdguide.cohort.columns.happenings import STATUS
from mrdguide.cohort.columns.judging import judge, judge_profiles
from mrdguide.cohort.columns.of_arrow import LISTS, ArrowProfiles
from mrdguide.cohort.columns.of_patients import Patients
from mrdguide.cohort.columns.plain_rows import plain
from mrdguide.cohort.columns.profiles import Dates, Entries, Profiles
from mrdguide.cohort.entry import Rows
from mrdguide.cohort.invented.patients import invented
from mrdguide.cohort.profile_columns import profile_schema, row_of
from mrdguide.cohort.rows import Asked
from mrdguide.patient.profile import Cytogenetics
from mrdguide.patient.units import Labs
from tests.laws.effort import law
from tests.laws.patients import inside_the_envelope, profiles

from ..examples import shipped
from .conftest import AS_OF


def batch_of(profiles: list[dict[str, Any]]) -> Any:
    table = pa.Table.from_pylist([row_of(profile) for profile in profiles], profile_schema())
    return table.combine_chunks().to_batches()[0]


@pytest.mark.parametrize(
    "asked", [Asked("leads"), Asked("paths"), Asked("leads", windows=90), Asked("none", windows=30)]
)
def test_rows_judged_where_they_stand_are_those_of_one_by_one(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [Rows("cohort", Batch(batch_of([invented(11, number) for number in range(1, 61)])), 1)]
    task = Task(shipped(), AS_OF, asked=asked)
    one_by_one = judge_piece(entries, task)
    monkeypatch.setattr(batches, "FEWEST", 1)
    by_column = judge_piece(entries, task)
    assert by_column.rows.equals(one_by_one.rows)
    assert by_column.rejects == one_by_one.rejects


def test_rows_on_days_of_their_own_are_those_of_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    days = [[AS_OF - timedelta(97 * visit + number) for visit in range(4)] for number in range(40)]
    batch = batch_of([invented(12, number) for number in range(1, 41)])
    odd: dict[int, Any] = {3: "soon", 4: None, 5: []}
    entries = [Rows("cohort", Batch(batch, [odd.get(place, days[place]) for place in range(40)]), 1)]
    task = Task(shipped(), None, "on", asked=Asked("leads"), checked=0.2)
    one_by_one = judge_piece(entries, task)
    monkeypatch.setattr(batches, "FEWEST", 1)
    monkeypatch.setattr(batches, "_MOST_ROWS", 30)
    by_column = judge_piece(entries, task)
    assert by_column.rows.num_rows == 4 * 37
    assert by_column.rows.equals(one_by_one.rows)
    assert by_column.rejects == one_by_one.rejects
    assert by_column.checked == one_by_one.checked > 0


@pytest.mark.parametrize(
    "changed",
    [
        {"birth_year": 1890}, {"ecog": 9}, {"sex": "?"}, {"id": " a"}, {"local": {"fact": True}},
        {"mrd": [{"date": "2025-13-01"}]}, {"mrd": [{"level": 2.0}]},
        {"mrd": [{"result": "not-detected", "level": 1e-5}]}, {"imaging": [{"modality": "PET-CT", "rac": 2}]},
        {"therapy": [{"phase": "maintenance", "start": "2024-01-01", "end": "2023-01-01"}]},
        {"markers": [{"date": "2025-01-01", "kappa": {"value": 3, "unit": "stone"}}]},
        {"unobtainable": [{"what": "baseline.labs.ldh", "why": "no sample", "by": "board"}]},
        {"markers": [{"date": "2025-01-01", "serum_m_protein": {"value": 12}}]},
        {"functional_high_risk": {"definition": "relapse within a year"}},
    ],
)  # fmt: skip
def test_what_is_odd_is_left_to_the_reader_of_single_profiles(changed: dict[str, Any]) -> None:
    usual = next(item for item in (invented(7, number) for number in range(1, 99)) if plain_of([item]) == [True])
    assert plain_of([usual, {**usual, **changed}]) == [True, False]


# Each cannot be, and reads as unknown.
IMPOSSIBLE: tuple[dict[str, Any], ...] = (
    {"birth_year": 1901},
    {"diagnosis": {"disease": "multiple-myeloma", "date": "2027-03-01"}},
    {"recorded": "2026-03", "diagnosis": {"disease": "multiple-myeloma", "date": "2026-12"}},
    {"baseline": {"labs": {"beta2_microglobulin": {"value": 3.1, "unit": "ug/L"}}}},
    {"baseline": {"labs": {"ldh": {"value": 400, "unit": "U/L", "upper_limit": 2.5}}}},
    {"baseline": {"labs": {"albumin": {"value": 4.0, "unit": "g/L", "upper_limit": 5}}}},
    {"baseline": {"cytogenetics": {"del_17p": {"status": "absent", "fraction": 0.6}}}},
    {"baseline": {"cytogenetics": {"del_1p32": {"status": "absent", "copies": 1}, "t_4_14": {"status": "absent", "fraction": 0.1}}}},
    {"incomplete": ["cytogenetics"], "baseline": {"cytogenetics": {"del_17p": "absent", "gain_1q": "present"}}},
    {"mrd": [{"date": "1984-06", "result": "not-detected", "method": "NGF", "limit_of_detection": 1e-6}]},
    {"mrd": [{"date": "2027-01-05", "result": "detected", "level": 1e-4}, {"date": "2027-01-05", "result": "not-detected"}]},
    {"mrd": [{"date": "2026-03-01", "result": "not-detected", "limit_of_detection": 9e-9}]},
    {"mrd": [{"date": "2026-03-01", "method": "NGF", "result": "not-detected", "limit_of_detection": 1e-6, "quality": {"cells": 2e6}}]},
    {"mrd": [{"date": "2026-03-01", "method": "NGS", "result": "detected", "level": 4e-7, "limit_of_detection": 1e-6, "quality": {"cells": 2e6}}]},
    {"imaging": [{"date": "1989-12-31", "conclusion": "negative"}, {"date": "2027-02", "conclusion": "positive"}]},
    {"responses": [{"date": "2001", "category": "CR"}, {"date": "2026-12-24", "category": "PD"}, {"date": "2026-12-24", "category": "CR"}]},
    {"markers": [{"date": "1901", "calcium": {"value": 9.4, "unit": "mmol/L"}, "kappa": {"value": 11, "unit": "mg/L"}}]},
    {"events": [{"date": "2003-02", "kind": "progression"}, {"date": "2003-02", "kind": "second-primary-malignancy"}]},
    {"events": [{"date": "2025-02", "kind": "progression", "status": "resolved", "end": "2027-01-01"}]},
    {"events": [{"date": "2025-02", "kind": "unexplained-cytopenia", "end": "2024-12"}, {"date": "2026-12-01"}]},
    {"toxicities": [{"date": "1902", "term": "rash", "unacceptable": True}, {"date": "2027", "unacceptable": True}]},
    {"therapy": [{"phase": "maintenance", "start": "1990", "end": "1991-02"}]},
    {"therapy": [{"phase": "induction", "line": 1, "start": "2022-01-03", "end": None}]},
    {"therapy": [{"phase": "induction", "line": 1, "start": "2022-01-03", "end": None}, {"phase": "transplant", "date": "2022-07-01"}]},
    {"therapy": [{"phase": "induction", "line": 1, "start": "2022-01-03"}, {"phase": "maintenance"}]},
    {"therapy": [{"phase": "relapse", "line": 2, "start": "2027-01-02", "end": None}]},
    {"recorded": "2026-03-02", "therapy": [{"phase": "maintenance", "start": "2023-01-01", "end": "2026-05-05"}]},
)  # fmt: skip


@pytest.mark.parametrize("changed", IMPOSSIBLE)
def test_what_cannot_be_is_left_out_where_it_stands(changed: dict[str, Any]) -> None:
    assert seen_alike([{**quiet(), **changed}]) == 1


@law(80)
@given(
    st.lists(
        st.tuples(profiles(), st.sampled_from(({}, *IMPOSSIBLE)), st.sampled_from(({}, *IMPOSSIBLE))),
        min_size=1,
        max_size=3,
    )
)
def test_rows_are_seen_as_patients_that_were_read(drawn: list[tuple[dict[str, Any], ...]]) -> None:
    seen_alike([{**profile, **first, **second} for profile, first, second in drawn])


def quiet() -> dict[str, Any]:
    found: dict[str, Any] = {**inside_the_envelope(), "id": "quiet"}
    return found


def seen_alike(profiles: list[dict[str, Any]]) -> int:
    """Compare all that columns tell of rows of Arrow and of patients that were read. Returns how many rows could be compared."""
    day = AS_OF.toordinal()
    for place, profile in enumerate(profiles):
        profile["id"] = f"patient {place}"
    rows = batch_of(profiles)
    rows = rows.filter(pa.array(plain(ArrowProfiles(rows))))
    rows = rows.filter(pa.array(~without_doubts(ArrowProfiles(rows), day).undecided))
    recorded = ArrowProfiles(rows)
    read = [recorded.patient(place) for place in range(len(recorded))]
    seen, wanted = without_doubts(recorded, day).profiles, Patients(read, day)
    for path in ("birth_year", "baseline.circulating_plasma_cells_percent"):
        np.testing.assert_array_equal(seen.numbers(path), wanted.numbers(path))
    for name, part in product(Labs.model_fields, ("value", "upper_limit")):
        np.testing.assert_array_equal(
            seen.numbers(f"baseline.labs.{name}", part), wanted.numbers(f"baseline.labs.{name}", part)
        )
    for name in Cytogenetics.model_fields:
        assert named(seen, f"baseline.cytogenetics.{name}.status") == named(
            wanted, f"baseline.cytogenetics.{name}.status"
        )
    same_dates(seen.dates("diagnosis.date"), wanted.dates("diagnosis.date"))
    for name in LISTS:
        entries_alike(seen.entries(name), wanted.entries(name), name)
    found, one_by_one = judge_profiles(seen, day, shipped()), judge(read, AS_OF, shipped())
    assert np.array_equal(found.verdicts, one_by_one.verdicts)
    assert np.array_equal(found.possible, one_by_one.possible)
    return len(read)


def test_a_row_with_words_for_the_disease_where_no_rule_looks_is_read_one_by_one() -> None:
    usual: dict[str, Any] = {"id": "p", "diagnosis": {"disease": "multiple-myeloma"}}
    said: list[dict[str, Any]] = [
        {"functional_high_risk": {"status": "present", "anchor": "first relapse"}},
        {"toxicities": [{"term": "anaemia", "attributed_to": "relapsed myeloma"}]},
        {"toxicities": [{"term": "disease progression"}]},
        {"considered": {"therapy_wish": "stop, since the myeloma has relapsed"}},
    ]
    quiet: list[dict[str, Any]] = [
        {"functional_high_risk": {"status": "present", "anchor": "transplant"}},
        {"toxicities": [{"term": "anaemia", "attributed_to": "lenalidomide"}]},
        {"considered": {"therapy_wish": "fewer visits"}},
    ]
    assert plain_of([{**usual, **more} for more in said]) == [False] * len(said)
    assert plain_of([{**usual, **more} for more in quiet]) == [True] * len(quiet)


def entries_alike(seen: Entries, wanted: Entries, name: str) -> None:
    assert np.array_equal(seen.owner, wanted.owner)
    assert np.array_equal(seen.doubted(), wanted.doubted())
    for field in {"date", "start", "end"} & set(seen.names):
        same_dates(seen.dates(field), wanted.dates(field))
    for field in {"level", "limit_of_detection"} & set(seen.names):
        np.testing.assert_array_equal(seen.numbers(field), wanted.numbers(field))
    if name == "markers":
        for field in ("kappa", "calcium", "creatinine"):
            np.testing.assert_array_equal(seen.quantities(field, "value"), wanted.quantities(field, "value"))
    if name == "events":
        assert np.array_equal(seen.words("status", STATUS), wanted.words("status", STATUS))
    if name == "therapy":
        assert np.array_equal(seen.words("phase", PHASE), wanted.words("phase", PHASE))
        assert np.array_equal(seen.end_recorded(), wanted.end_recorded())


def same_dates(seen: Dates, wanted: Dates) -> None:
    for mine, theirs in zip(seen, wanted, strict=True):
        assert np.array_equal(mine, theirs)


def named(profiles: Profiles, path: str) -> list[Any]:
    codes, column = profiles.coded(path)
    values = {code: value for value, code in codes.items()}
    return [values[code] for code in column.tolist()]


def plain_of(profiles: list[dict[str, Any]]) -> list[bool]:
    found: list[bool] = plain(ArrowProfiles(batch_of(profiles))).tolist()
    return found
