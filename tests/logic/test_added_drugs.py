"""`begun_for` with `together`: maintenance that went on with other drugs, and why."""

from __future__ import annotations

from typing import Any

import pytest

from .judging import judge

ADDED = {"begun_for": {"reason": "resurgence", "pause": 6, "together": 3}}
FIRST = {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": "2022-01-10", "end": "2024-01-10"}
THEN = {"phase": "maintenance", "line": 1, "drugs": ["pomalidomide"], "start": "2024-01-11", "end": None}


@pytest.mark.parametrize(
    ("first", "then", "verdict"),
    [
        ({}, {}, "unknown"),
        ({}, {"drugs": ["lenalidomide", "daratumumab"]}, "unknown"),
        ({}, {"drugs": ["Revlimid", "aspirin"]}, "not_met"),
        ({"drugs": ["lenalidomide", "daratumumab"]}, {"drugs": ["daratumumab"]}, "not_met"),
        ({"stop_reason": "neuropathy"}, {}, "not_met"),
        ({"stop_reason": "neuropathy", "end": "2023-10-10"}, {"start": "2024-01-10"}, "not_met"),
        ({"stop_reason": "neuropathy", "end": "2023-10-10"}, {"start": "2024-01-11"}, "unknown"),
        ({"stop_reason": "MRD resurgence"}, {}, "unknown"),
        ({}, {"start_reason": "toxicity"}, "not_met"),
        ({}, {"start_reason": "planned"}, "not_met"),
        ({}, {"start_reason": "resurgence"}, "met"),
        ({}, {"drugs": None}, "unknown"),
        ({"drugs": None}, {}, "unknown"),
        ({"start": "2024", "end": None}, {"start": "2024"}, "unknown"),
        ({"end": None}, {"start": "2022-01-10"}, "not_met"),
        ({"end": None}, {"start": "2022-04-10"}, "not_met"),
        ({"end": None}, {"start": "2022-04-11"}, "unknown"),
    ],
)
def test_a_drug_that_was_not_there_before_asks_why(first: dict[str, Any], then: dict[str, Any], verdict: str) -> None:
    found = judge(ADDED, absence="not_met", therapy=[{**FIRST, **first}, {**THEN, **then}])
    assert found.verdict == verdict


def test_what_is_not_known_is_asked() -> None:
    assert judge(ADDED, absence="not_met", therapy=[FIRST, THEN]).needs == ["therapy[1].start_reason"]
    unnamed = judge(ADDED, absence="not_met", therapy=[FIRST, {**THEN, "drugs": None}])
    assert unnamed.needs == ["therapy[1].drugs"]


def test_it_is_asked_only_where_the_rule_says_so() -> None:
    found = judge({"begun_for": {"reason": "resurgence", "pause": 6}}, absence="not_met", therapy=[FIRST, THEN])
    assert found.verdict == "not_met"
