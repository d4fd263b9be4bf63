"""`compare`: laboratory values and other numbers against a threshold."""

from __future__ import annotations

from typing import Any

import pytest

from mrdguide.reading.numbers import comparer, scientific

from .judging import JudgedExpression, judge


def lab(name: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"baseline": {"labs": {name: {"value": value, "unit": unit, **more}}}}


def del_17p(**abnormality: Any) -> dict[str, Any]:
    return {"baseline": {"cytogenetics": {"del_17p": abnormality}}}


B2M = {"compare": {"fact": "baseline.labs.beta2_microglobulin", "operator": ">=", "value": 5.5, "unit": "mg/L"}}
CREATININE = {"compare": {"fact": "baseline.labs.creatinine", "operator": "<", "value": 1.2, "unit": "mg/dL"}}
ALBUMIN = {"compare": {"fact": "baseline.labs.albumin", "operator": ">=", "value": 3.5, "unit": "g/dL"}}
LDH = {"compare": {"fact": "baseline.labs.ldh", "operator": ">", "value": "upper_limit"}}
FRACTION = {
    "compare": {
        "fact": "baseline.cytogenetics.del_17p.fraction", "operator": ">", "value": 0.20, "near": 0.01,
        "not_met_only_if": {"one_of": {"fact": "baseline.cytogenetics.del_17p.cd138_sorted", "values": [True]}},
    }
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "verdict"),
    [
        (5.5, "mg/L", "met"),  # the cut itself counts: inclusive
        (5.4, "mg/L", "not_met"),
        (5.49999, "mg/L", "not_met"),
        (0.55, "mg/dL", "met"),
        (0.54, "mg/dL", "not_met"),
        (5500, "ug/L", "met"),
        (5499, "ug/L", "not_met"),
        (5.5, "µg/mL", "met"),
        (5.5, "μg/mL", "met"),
    ],
)
def test_beta2_microglobulin_at_5_5_mg_per_litre(value: float, unit: str, verdict: str) -> None:
    assert judge(B2M, **lab("beta2_microglobulin", value, unit)).verdict == verdict


@pytest.mark.parametrize(
    ("value", "unit", "verdict"),
    [
        (1.2, "mg/dL", "not_met"),  # strictly under
        (1.19, "mg/dL", "met"),
        (106.08, "umol/L", "not_met"),  # 1.2 mg/dL exactly
        (106.08, "µmol/L", "not_met"),
        (106.08, "μmol/L", "not_met"),
        (106, "umol/L", "met"),
        (107, "umol/L", "not_met"),
        (0.10608, "mmol/L", "not_met"),
        (12, "mg/L", "not_met"),
        (11.9, "mg/L", "met"),
    ],
)
def test_creatinine_under_1_2_mg_per_decilitre_in_every_unit(value: float, unit: str, verdict: str) -> None:
    assert judge(CREATININE, **lab("creatinine", value, unit)).verdict == verdict


@pytest.mark.parametrize(
    ("value", "unit", "verdict"), [(35, "g/L", "met"), (3.5, "g/dL", "met"), (34.9, "g/L", "not_met")]
)
def test_albumin_written_in_either_unit(value: float, unit: str, verdict: str) -> None:
    assert judge(ALBUMIN, **lab("albumin", value, unit)).verdict == verdict


@pytest.mark.parametrize(("value", "verdict"), [(250, "not_met"), (250.1, "met"), (249, "not_met")])
def test_the_laboratorys_own_upper_limit(value: float, verdict: str) -> None:
    assert judge(LDH, **lab("ldh", value, "U/L", upper_limit=250)).verdict == verdict


def test_the_upper_limit_is_converted_with_the_value() -> None:
    assert judge(LDH, **lab("ldh", 4.2, "ukat/L", upper_limit=4.1)).verdict == "met"
    assert judge(LDH, **lab("ldh", 4.1, "ukat/L", upper_limit=4.1)).verdict == "not_met"


def test_without_an_upper_limit_the_answer_is_unknown_and_asks_for_it() -> None:
    found = judge(LDH, **lab("ldh", 900, "U/L"))
    assert found.verdict == "unknown"
    assert found.needs == ["baseline.labs.ldh.upper_limit"]
    assert "upper limit (not recorded)" in found.text


def test_what_is_not_recorded_is_unknown_unless_absence_says_otherwise() -> None:
    assert judge(B2M) == JudgedExpression(
        "unknown", ["beta-2 microglobulin: not recorded"], ["baseline.labs.beta2_microglobulin"]
    )
    assert judge(B2M, absence="not_met").verdict == "not_met"


def test_the_observation_shows_what_was_recorded_and_the_cut() -> None:
    found = judge(CREATININE, **lab("creatinine", 90, "µmol/L"))
    assert found.observed == ["creatinine: 90 µmol/L (threshold: < 1.2 mg/dL)"]
    assert found.needs == []


@pytest.mark.parametrize(
    ("fraction", "verdict"),
    [(0.20, "not_met"), (0.2000001, "met"), (0.21, "met"), (0.19, "not_met"), (0.3 - 0.1, "not_met")],
)
def test_del_17p_must_lie_strictly_above_20_percent_of_sorted_cells(fraction: float, verdict: str) -> None:
    assert judge(FRACTION, **del_17p(status="present", fraction=fraction, cd138_sorted=True)).verdict == verdict


@pytest.mark.parametrize(
    ("fraction", "near"), [(0.19, True), (0.20, True), (0.21, True), (0.189, False), (0.211, False)]
)
def test_a_value_within_one_point_of_the_cut_is_named(fraction: float, near: bool) -> None:
    found = judge(FRACTION, **del_17p(status="present", fraction=fraction, cd138_sorted=True))
    assert ("within 0.01 of the threshold" in found.text) is near


def test_unsorted_cells_above_the_cut_count_and_below_it_say_nothing() -> None:
    assert judge(FRACTION, **del_17p(status="present", fraction=0.5, cd138_sorted=False)).verdict == "met"
    below = judge(FRACTION, **del_17p(status="present", fraction=0.1, cd138_sorted=False))
    assert below.verdict == "unknown"
    not_said = judge(FRACTION, **del_17p(status="present", fraction=0.1))
    assert not_said.verdict == "unknown"
    assert not_said.needs == ["baseline.cytogenetics.del_17p.cd138_sorted"]


def test_a_missing_detail_asks_first_whether_the_finding_is_there() -> None:
    assert judge(FRACTION).needs == ["baseline.cytogenetics.del_17p"]
    assert judge(FRACTION, **del_17p(status="present")).needs == ["baseline.cytogenetics.del_17p.fraction"]


@pytest.mark.parametrize(
    ("sign", "below", "at", "above"),
    [(">", False, False, True), (">=", False, True, True), ("<", True, False, False), ("<=", True, True, False)],
)
def test_signs_at_and_around_the_threshold(sign: Any, below: bool, at: bool, above: bool) -> None:
    """A level reached by other arithmetic (10 cells in a million) stands on the threshold, not beside it."""
    test = comparer(sign, 1e-5)
    assert [test(9.99e-6), test(1e-5), test(10 / 1e6), test(1.001e-5)] == [below, at, at, above]


def test_numbers_closer_than_a_billionth_are_the_same() -> None:
    def same(value: float, threshold: float) -> bool:
        return comparer(">=", threshold)(value) and comparer("<=", threshold)(value)

    assert same(0.1 + 0.2, 0.3)
    assert same(10 / 1e6, 1e-5)
    assert not same(1e-5, 1.00001e-5)
    assert not same(0.0, 1e-300)


@pytest.mark.parametrize(
    ("fraction", "shown"), [(1e-6, "1e-6"), (0.00001, "1e-5"), (3.2e-7, "3.2e-7"), (1.234e-4, "1.23e-4"), (1.0, "1e0")]
)
def test_fractions_are_shown_as_people_write_them(fraction: float, shown: str) -> None:
    assert scientific(fraction) == shown
