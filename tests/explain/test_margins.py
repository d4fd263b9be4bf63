"""How far recorded values lie from the thresholds that their verdicts hang on, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide.logic.operator import Margin

from ..examples import evaluated

BASE = evaluated("cessation-supported")  # on 2026-11-21


def margins(name: str, recommendation: mrdguide.Recommendation = BASE) -> tuple[Margin, ...]:
    """The margins of a criterion, whether or not the answer hangs on it alone."""
    judged = next(item for item in recommendation.rules.compiled_criteria if item.rule.id == name)
    return tuple(judged.judge.margins(recommendation.case))


def changed(values: dict[str, Any], remove: list[str] | None = None) -> mrdguide.Recommendation:
    return mrdguide.what_if(BASE, values, remove=remove or []).after


def test_a_marrow_test_is_as_far_from_too_old_as_there_are_days() -> None:
    # 2026-09-10 and six months are 2027-03-10.
    [age] = margins("mrd.negative-now-1e-5")
    assert (age.found, age.distance, age.away, age.ages) == ("2026-09-10", 109, "109 days", True)


def test_a_run_is_as_far_from_its_least_span_as_there_are_days() -> None:
    # From 2023-08-28 to 2026-09-10; twelve months were full on 2024-08-28, thirty-six on 2026-08-28.
    span, age = margins("mrd.sustained-12-1e-5")
    assert (span.found, span.threshold, span.away) == ("3 years 13 days", "12 months or more", "743 days")
    assert age.away == "109 days"
    assert margins("mrd.sustained-36-1e-5")[0].away == "13 days"


def test_a_run_begins_with_its_first_negative_after_the_last_positive() -> None:
    broken = changed({"mrd[1].result": "detected", "mrd[1].level": 3e-5})
    span, _ = margins("mrd.sustained-12-1e-5", broken)
    assert (span.found, span.away) == ("1 year 2 days", "2 days")


def test_the_negatives_that_are_lacking_are_counted() -> None:
    one = changed({}, ["mrd[4]", "mrd[2]", "mrd[1]", "mrd[0]"])
    span, row, _ = margins("mrd.sustained-12-1e-5", one)
    assert (span.found, span.distance) == ("0 days", 365)
    assert (row.found, row.threshold, row.away) == ("1", "2 or more", "1 more needed")
    assert [margin.what for margin in margins("mrd.two-consecutive-1e-5", one)] == [
        "negatives in a row",
        "the last negative marrow test",
    ]


def test_an_image_is_as_far_from_too_old_as_there_are_days() -> None:
    # 2026-09-20; a year is full on 2027-09-20, six months on 2027-03-20, which is compared with the marrow of 2026-09-10.
    now, beside_marrow = margins("imaging.negative-now")
    assert (now.away, now.ages) == ("303 days", True)
    assert beside_marrow.away == "191 days"


def test_maintenance_is_as_far_from_its_length_as_there_are_days() -> None:
    # Since 2020-06-20; three years were full on 2023-06-20.
    [length] = margins("therapy.maintenance-36-months")
    assert (length.found, length.away) == ("6 years 5 months 1 day", "1250 days")
    [short] = margins("therapy.maintenance-36-months", changed({"therapy[2].start": "2023-11-22"}))
    assert (short.found, short.away) == ("2 years 11 months 30 days", "1 day")


@pytest.mark.parametrize(
    ("value", "distance"), [(4.4, 20.0), (5.5, 0.0), (6.6, 20.0)], ids=["below", "at the threshold", "above"]
)
def test_a_laboratory_value_lies_so_many_percent_of_the_threshold_away(value: float, distance: float) -> None:
    found = changed({"baseline.labs.beta2_microglobulin": {"value": value, "unit": "mg/L"}})
    [margin] = margins("risk.b2m-5.5", found)
    assert margin.distance == pytest.approx(distance)
    assert margin.unit == "%"


def test_a_share_of_cells_lies_so_many_points_away() -> None:
    deletion = {"status": "present", "fraction": 0.35, "cd138_sorted": True}
    [margin] = margins("risk.del-17p-over-20", changed({"baseline.cytogenetics.del_17p": deletion}))
    assert margin.distance == pytest.approx(15)
    assert margin.unit == "percentage points"


def test_what_is_not_recorded_has_no_distance() -> None:
    empty = changed({}, ["mrd", "imaging", "therapy", "baseline.labs.beta2_microglobulin"])
    for name in ("mrd.negative-now-1e-5", "imaging.negative-now", "therapy.maintenance-36-months", "risk.b2m-5.5"):
        assert margins(name, empty) == ()
