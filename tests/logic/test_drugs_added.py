"""`drugs_added`: maintenance that went on with other drugs, and why."""

from __future__ import annotations

from typing import Any

import pytest

from .judging import judge

ADDED = {"drugs_added": {"phase": "maintenance"}}
FIRST = {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": "2022-01-10", "end": "2024-01-10"}
THEN = {"phase": "maintenance", "line": 1, "drugs": ["pomalidomide"], "start": "2024-01-11", "end": None}


@pytest.mark.parametrize(
    ("first", "then", "verdict"),
    [
        ({}, {}, "met"),
        ({}, {"drugs": ["lenalidomide", "daratumumab"]}, "met"),
        ({}, {"drugs": ["Revlimid", "aspirin"]}, "not_met"),
        ({"drugs": ["lenalidomide", "daratumumab"]}, {"drugs": ["daratumumab"]}, "not_met"),
        ({"stop_reason": "neuropathy"}, {}, "not_met"),
        ({"stop_reason": "MRD resurgence"}, {}, "met"),
        ({}, {"start_reason": "toxicity"}, "not_met"),
        ({}, {"start_reason": "relapse"}, "met"),
        ({}, {"drugs": None}, "unknown"),
        ({"drugs": None}, {}, "unknown"),
        ({"start": "2024", "end": None}, {"start": "2024"}, "unknown"),
    ],
)
def test_a_drug_that_was_not_there_before(first: dict[str, Any], then: dict[str, Any], verdict: str) -> None:
    found = judge(ADDED, absence="not_met", therapy=[{**FIRST, **first}, {**THEN, **then}])
    assert found.verdict == verdict


def test_what_is_not_known_is_asked() -> None:
    found = judge(ADDED, absence="not_met", therapy=[FIRST, {**THEN, "drugs": None}])
    assert found.needs == ["therapy[1].drugs"]
    vague = judge(
        ADDED, absence="not_met", therapy=[{**FIRST, "start": "2024", "end": None}, {**THEN, "start": "2024"}]
    )
    assert vague.needs == ["therapy[0].start", "therapy[1].start"]


def test_one_entry_has_nothing_before_it_and_a_list_with_gaps_may_lack_one() -> None:
    assert judge(ADDED, absence="not_met", therapy=[FIRST]).verdict == "not_met"
    assert judge(ADDED, absence="not_met", therapy=[FIRST], therapy_complete=False).verdict == "unknown"
