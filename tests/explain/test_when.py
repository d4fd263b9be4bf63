"""First days, windows that close, days for tests."""

from __future__ import annotations

from datetime import date

import pytest

import mrdguide
from mrdguide.dates import add_months, iso
from mrdguide.errors import UsageError
from mrdguide.explain.future import Visit, Workup
from mrdguide.explain.when import Projected, Projection

from ..examples import NAMES, evaluated, shipped


def outcome(projection: Projection, name: str) -> Projected:
    return next(item for item in projection.outcomes if item.id == name)


def on(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def test_thirty_months_become_thirty_six() -> None:
    found = outcome(evaluated("conditional-30-months").explanation.when, "cessation-supported")
    assert found.day is not None
    # Maintenance began on 2024-05-20.
    assert iso(found.day) == "2027-05-20"
    assert found.last == ("therapy.maintenance-36-months",)
    # The marrow test of 2026-10-05 is older than six months by then, and the image older than the new marrow test allows.
    assert {test.what for test in found.tests} == {"marrow MRD", "imaging by PET-CT"}


def test_a_near_miss_needs_a_marrow_test_today() -> None:
    # Tests to come are by sequencing, as those so far: the study that asks for flow cytometry as well is left open.
    found = evaluated("continue-near-miss").explanation.when
    assert outcome(found, "cessation-conditional").to_dict()["possible_from"] == "2026-11-21"
    supported = outcome(found, "cessation-supported").to_dict()
    assert (supported["day"], supported["last_to_be_met"]) == ("2028-10-20", ["mrd.sustained-36-1e-5"])
    assert supported["tests"][0] == {"what": "marrow MRD", "earliest": "2028-10-20"}


def test_what_time_and_tests_cannot_settle_is_only_possible() -> None:
    found = outcome(evaluated("insufficient-risk-unknown").explanation.when, "cessation-supported")
    assert found.day is None
    assert found.possible_from == on("2026-11-21")


def test_two_high_risk_abnormalities_never_go_away() -> None:
    found = outcome(evaluated("continue-double-hit").explanation.when, "cessation-supported")
    assert (found.day, found.possible_from) == (None, None)


def test_the_windows_of_the_supported_case() -> None:
    projection = evaluated("cessation-supported").explanation.when
    windows = {iso(item.last_day): item.tests for item in projection.expiries}
    # Marrow of 2026-09-10 counts six months, and twelve off therapy; imaging of 2026-09-20 counts twelve; serum and urine
    # of 2026-09-21 count six.
    assert windows == {
        "2027-03-10": ("marrow MRD",), "2027-03-21": ("serum and urine panel",), "2027-09-10": ("marrow MRD",),
        "2027-09-20": ("imaging",),
    }  # fmt: skip
    # A new marrow test makes an image old that lies more than six months before it, so both are due together.
    assert [(iso(visit.day), visit.tests) for visit in projection.schedule][:2] == [
        ("2027-03-10", Workup.MARROW), ("2027-09-10", Workup.BOTH),
    ]  # fmt: skip


def test_given_days_are_kept_to() -> None:
    recommendation = evaluated("continue-near-miss")
    day = on("2027-01-15")
    projection = recommendation.explanation.when_tested([Visit(day, Workup.MARROW)])
    found = outcome(projection, "cessation-supported")
    assert found.possible_from == day
    assert found.tests == ()
    without = recommendation.explanation.when_tested([Visit(day, Workup.IMAGING)])
    # Without a marrow test it is only open: once the last one is too old, nobody knows what one would tell.
    found = outcome(without, "cessation-supported")
    assert found.day is None
    assert found.possible_from is not None
    assert found.possible_from > day


def test_how_far_it_looks_is_said_and_kept_to() -> None:
    recommendation = evaluated("conditional-30-months")
    near = recommendation.explanation.when_tested((), months=3)
    assert near.until == add_months(recommendation.case.as_of, 3)
    assert outcome(near, "cessation-supported").day is None


def test_a_planned_end_and_a_planned_test_are_set_aside() -> None:
    profile = evaluated("conditional-30-months").case.patient.model_dump(mode="json", exclude_unset=True)
    profile["therapy"][-1]["end"] = "2027-02-01"
    profile["mrd"].append({**profile["mrd"][-1], "date": "2027-05-01"})
    found = mrdguide.evaluate(profile, rules=shipped(), as_of="2026-11-21").explanation.when
    assert outcome(found, "cessation-supported").to_dict()["day"] == "2027-05-20"
    assert {test.what for test in outcome(found, "cessation-supported").tests} == {"marrow MRD", "imaging by PET-CT"}


def test_two_rounds_of_tests_are_tried_where_one_is_not_enough() -> None:
    found = outcome(evaluated("insufficient-cr-without-mrd").explanation.when, "cessation-supported")
    assert found.first_round
    assert found.to_dict()["day"] == "2029-11-21"


def test_an_assay_too_shallow_for_every_threshold_is_not_repeated() -> None:
    projection = evaluated("insufficient-shallow-assay").explanation.when
    assert "NGS (limit of detection 1e-6)" in " ".join(projection.assumptions)
    assert outcome(projection, "cessation-supported").to_dict()["day"] == "2029-11-21"


def test_a_day_out_of_reach_is_refused() -> None:
    explanation = evaluated("cessation-supported").explanation
    for day in ("2026-11-20", "2199-01-01"):
        with pytest.raises(UsageError, match="outside the 60 months"):
            explanation.when_tested([Visit(on(day), Workup.BOTH)])


def test_no_pattern_is_announced_while_stopping_is_ruled_out() -> None:
    assert not any(item.today or item.day for item in evaluated("treat-relapse").explanation.when.protocols)


def test_modality_is_named_where_pet_would_not_do() -> None:
    profile = evaluated("insufficient-no-imaging").case.patient.model_dump(mode="json", exclude_unset=True)
    del profile["baseline"]["fdg_avid"]
    found = mrdguide.evaluate(profile, rules=shipped(), as_of="2026-11-21")
    assert {test.what for test in outcome(found.explanation.when, "cessation-supported").tests} == {
        "imaging by WB-DWI-MRI"
    }
    assert list(found.missing[0].leads_to) == ["negative on WB-DWI-MRI", "positive"]


@pytest.mark.parametrize("name", NAMES)
def test_assumptions_are_always_stated(name: str) -> None:
    projection = evaluated(name).explanation.when
    assert len(projection.assumptions) == 5
    assert any("therapy" in text for text in projection.assumptions)
