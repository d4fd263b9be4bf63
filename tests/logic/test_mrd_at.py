"""Marrow MRD at a named time point: between the end of one phase and the start of the next."""

from __future__ import annotations

from typing import Any

import pytest

from .judging import JudgedExpression, judge, marrow

INDUCTION: dict[str, Any] = {"phase": "induction", "start": "2020-01-10", "end": "2020-05-10"}
TRANSPLANT: dict[str, Any] = {"phase": "transplant", "kind": "autologous", "date": "2020-06-15"}
MAINTENANCE: dict[str, Any] = {"phase": "maintenance", "start": "2020-10-01", "end": None}
COURSE: list[dict[str, Any]] = [INDUCTION, TRANSPLANT, MAINTENANCE]
POSITIVE = {"result": "detected", "level": 3e-5}


def after(phase: str, *tests: dict[str, Any], therapy: list[dict[str, Any]] = COURSE, **more: Any) -> JudgedExpression:
    expression = {"mrd_at": {"after": phase, "threshold": 1e-5, "months": 6, **more}}
    return judge(expression, "2026-06-15", mrd=list(tests), therapy=therapy)


@pytest.mark.parametrize(
    ("date", "verdict"),
    [
        ("2020-05-09", "unknown"),
        ("2020-05-10", "met"),
        ("2020-06-15", "met"),
        ("2020-06-16", "unknown"),
        ("2020-05", "unknown"),
    ],
)
def test_from_the_end_of_a_phase_to_the_start_of_the_next(date: str, verdict: str) -> None:
    assert after("induction", marrow(date)).verdict == verdict


@pytest.mark.parametrize(
    ("date", "verdict"),
    [("2020-06-15", "unknown"), ("2020-06-16", "met"), ("2020-10-01", "met"), ("2020-10-02", "unknown")],
)
def test_a_transplant_ends_on_its_day(date: str, verdict: str) -> None:
    assert after("transplant", marrow(date)).verdict == verdict


@pytest.mark.parametrize(("date", "verdict"), [("2020-12-16", "met"), ("2020-12-17", "unknown")])
def test_at_most_so_many_months_where_nothing_follows(date: str, verdict: str) -> None:
    assert after("transplant", marrow(date), therapy=[INDUCTION, TRANSPLANT]).verdict == verdict


def test_the_newest_evaluable_test_of_the_time_counts() -> None:
    early, late = "2020-07-01", "2020-09-01"
    assert after("transplant", marrow(early, **POSITIVE), marrow(late)).verdict == "met"
    assert after("transplant", marrow(early), marrow(late, **POSITIVE)).verdict == "not_met"
    assert after("transplant", marrow(early), marrow(late, method="ASO-qPCR", **POSITIVE)).verdict == "not_met"
    assert after("transplant", marrow(early), marrow("2021-01-01", **POSITIVE)).verdict == "met"


def test_disease_below_the_threshold_counts_where_the_study_says_so() -> None:
    low = marrow("2020-07-01", result="detected", level=9e-6)
    assert after("transplant", low).verdict == "not_met"
    assert after("transplant", low, below_counts=True).verdict == "met"


def test_a_phase_that_was_not_given_or_goes_on_has_no_such_time() -> None:
    assert after("consolidation", marrow("2020-07-01")).verdict == "not_met"
    going_on: list[dict[str, Any]] = [{"phase": "consolidation", "start": "2020-01-10", "end": None}]
    assert after("consolidation", marrow("2020-07-01"), therapy=going_on).verdict == "not_met"
    assert after("consolidation", marrow("2020-07-01"), therapy=[]).verdict == "unknown"


def test_either_of_two_entries_of_the_phase_will_do() -> None:
    course: list[dict[str, Any]] = [
        *COURSE,
        {"phase": "consolidation", "start": "2020-07-01", "end": "2020-08-01"},
        {"phase": "consolidation", "start": "2020-08-20", "end": "2020-09-20"},
    ]
    assert after("consolidation", marrow("2020-08-10"), therapy=course).verdict == "met"
    assert after("consolidation", marrow("2020-08-25"), therapy=course).verdict == "unknown"


def test_vague_ends_leave_it_open() -> None:
    course: list[dict[str, Any]] = [{**INDUCTION, "end": "2020-05"}, TRANSPLANT, MAINTENANCE]
    assert after("induction", marrow("2020-05-20"), therapy=course).verdict == "unknown"
    assert after("induction", marrow("2020-06-01"), therapy=course).verdict == "met"
    open_end: list[dict[str, Any]] = [{"phase": "induction", "start": "2020-01-10"}, TRANSPLANT, MAINTENANCE]
    assert after("induction", marrow("2020-06-01"), therapy=open_end).verdict == "unknown"
    undated: list[dict[str, Any]] = [INDUCTION, {"phase": "transplant", "kind": "autologous"}, MAINTENANCE]
    assert after("induction", marrow("2020-06-01"), therapy=undated).verdict == "unknown"


def test_a_test_of_a_time_gone_by_is_asked_for_as_of_that_time() -> None:
    assert after("induction", marrow("2026-05-10")).needs == ["mrd:2020-05-10"]
    assert after("consolidation").needs == ["therapy"]
    assert after("induction", marrow("2020-05-20", limit_of_detection=None)).needs == ["mrd[0].limit_of_detection"]
