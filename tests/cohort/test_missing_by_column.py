"""What is missing and where each result leads is the same by column and one by one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrdguide
from mrdguide import Recommendation
from mrdguide.cohort import missing_by_column
from mrdguide.cohort.invented.patients import invented
from mrdguide.cohort.missing_by_column import missing_of
from mrdguide.cohort.rows import Open, fact
from mrdguide.errors import PatientError
from tests.laws.effort import law
from tests.laws.patients import Profile, profiles

from ..examples import shipped
from .conftest import AS_OF


def open_ones(drawn: list[Profile]) -> list[Recommendation]:
    found = []
    for profile in drawn:
        try:
            one = mrdguide.evaluate(profile, rules=shipped(), as_of=AS_OF)
        except PatientError:
            continue
        found += [] if one.settled else [one]
    return found


def by_column(found: list[Recommendation]) -> list[list[dict[str, Any]]]:
    book = shipped().on(AS_OF.toordinal())
    return missing_of([Open(one.case, one.judged_verdicts) for one in found], book)


def one_by_one(found: list[Recommendation]) -> list[list[dict[str, Any]]]:
    return [[fact(item.path, item.what, item.leads_to) for item in one.missing] for one in found]


@law(60)
@given(
    st.lists(
        st.tuples(profiles(), st.sampled_from(({}, {"recorded": "2026-11-21"}, {"recorded": "2026-06"}))), max_size=3
    )
)
def test_the_same_facts_lead_to_the_same_outcomes(drawn: list[tuple[Profile, Profile]]) -> None:
    found = open_ones([{**profile, **changed} for profile, changed in drawn])
    assert by_column(found) == one_by_one(found)


def test_ordinary_patients_are_tried_together(monkeypatch: pytest.MonkeyPatch) -> None:
    found = open_ones([invented(3, number) for number in range(1, 41)])
    wanted = one_by_one(found)
    monkeypatch.setattr(missing_by_column, "explained", None)
    monkeypatch.setattr(missing_by_column, "_AT_A_TIME", 20)
    assert by_column(found) == wanted
    assert len(found) > 10
    assert any(item["leads_to"] for facts in wanted for item in facts)


def test_of_a_long_record_not_all_results_are_tried() -> None:
    quiet = {"date": "2026-01-01", "term": "rash", "grade": 1, "status": "resolved"}
    drawn = (invented(3, number) for number in range(1, 99))
    profile = next(item for item in drawn if any(len(one.missing) > 4 for one in open_ones([item])))
    found = open_ones([{**profile, "toxicities": [quiet] * 2_500}])
    assert by_column(found) == one_by_one(found)
    assert not all(item["leads_to"] for item in by_column(found)[0])
