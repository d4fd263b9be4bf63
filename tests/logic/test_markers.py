"""Serial markers against the criteria of progression and relapse; both sides of every threshold."""

from __future__ import annotations

from typing import Any

import pytest

from mrdguide.case.marker_series import MAY, NO, YES, Flagged, confirmation

from .judging import JudgedExpression, judge

SERUM = {"marker": "serum_m_protein", "percent": 25, "at_least": 5, "high_from": 50, "high_at_least": 10}
CHAINS = {
    "percent": 25, "more_than": 100, "lower": 0.26, "upper": 1.65, "renal_creatinine": 2, "renal_lower": 0.54,
    "renal_upper": 3.38, "measurable_serum": 10, "measurable_urine": 200,
}  # fmt: skip
THERAPY = [{"phase": "induction", "line": 1, "start": "2019-09-20", "end": "2020-02-10"}]


def on(expression: dict[str, Any], *markers: dict[str, Any], **patient: Any) -> JudgedExpression:
    return judge(expression, absence="not_met", markers=list(markers), **{"therapy": THERAPY, **patient})


def serum(date: str | None, value: float, unit: str = "g/L") -> dict[str, Any]:
    return {**({"date": date} if date else {}), "serum_m_protein": {"value": value, "unit": unit}}


def chains(date: str, kappa: float, lambda_: float, **more: Any) -> dict[str, Any]:
    values = {"kappa": {"value": kappa, "unit": "mg/L"}, "lambda": {"value": lambda_, "unit": "mg/L"}}
    return {"date": date, **values, "involved_light_chain": "kappa", **more}


@pytest.mark.parametrize(
    ("lowest", "values", "verdict"),
    [
        (0, [5, 5], "met"),
        (0, [5], "unknown"),
        (0, [4.99, 4.99], "not_met"),
        (0, [5, 4.99], "not_met"),
        (0, [5, 4.99, 5], "unknown"),
        (0, [5, 4.99, 5, 6], "met"),
        (0, [6, 6, 0], "met"),
        (7.3, [12.3, 12.3], "met"),
        (20, [25, 25], "met"),
        (20.1, [25.1, 25.1], "not_met"),
        (49.9, [61, 61], "not_met"),
        (50, [60, 60], "met"),
        (50, [59.9, 59.9], "not_met"),
    ],
)
def test_serum_m_protein(lowest: float, values: list[float], verdict: str) -> None:
    panels = [serum(f"2026-0{month}-10", value) for month, value in enumerate(values, 2)]
    assert on({"marker_rise": SERUM}, serum("2026-01-10", lowest), *panels).verdict == verdict
    assert on({"marker_rise": SERUM}, *reversed(panels), serum("2026-01-10", lowest)).verdict == verdict


def test_the_lowest_value_counts_since_therapy_began() -> None:
    before = (serum("2018-01-10", 2), serum("2019-08-10", 30), serum("2019-09-01", 38))
    assert on({"marker_rise": SERUM}, *before, serum("2020-03-10", 1)).verdict == "not_met"
    # Where no therapy is on record nobody knows when it began.
    assert on({"marker_rise": SERUM}, *before, therapy=[]).verdict == "unknown"


def test_a_later_line_answers_a_rise() -> None:
    line2 = [*THERAPY, {"phase": "induction", "line": 2, "start": "2023-05-01", "end": None}]
    risen = (serum("2022-12-10", 0), serum("2023-02-10", 8), serum("2023-04-10", 9))
    plateau = (serum("2023-09-10", 6), serum("2024-09-10", 6))
    assert on({"marker_rise": SERUM}, *risen, *plateau, therapy=line2).verdict == "not_met"
    assert on({"marker_rise": {**SERUM, "course": "earlier"}}, *risen, *plateau, therapy=line2).verdict == "met"
    assert on({"marker_rise": {**SERUM, "course": "earlier"}}, *risen).verdict == "not_met"
    assert on({"marker_rise": SERUM}, *risen).verdict == "met"


def test_a_vague_date_leaves_it_open_and_is_asked_for() -> None:
    judged = on({"marker_rise": SERUM}, serum("2026-01-10", 0), serum(None, 6))
    assert (judged.verdict, judged.needs) == ("unknown", ["markers[1].date"])
    months = (serum("2026-01-10", 0), serum("2026-02", 6), serum("2026-03", 6))
    assert on({"marker_rise": SERUM}, *months).verdict == "met"
    assert (
        on({"marker_rise": SERUM}, serum("2026-01-10", 0), serum("2026-02", 6), serum("2026-02", 6)).verdict
        == "unknown"
    )
    assert on({"marker_rise": SERUM}, serum("2026", 0), serum("2026-05-10", 6)).verdict == "unknown"


def test_refuted() -> None:
    refuted = {"marker_rise": {**SERUM, "reads": "refuted"}}
    assert on(refuted, serum("2026-01-10", 0), serum("2026-02-10", 6), serum("2026-03-10", 0)).verdict == "met"
    assert on(refuted, serum("2026-01-10", 0), serum("2026-02-10", 6)).verdict == "not_met"
    assert on(refuted, serum("2026-01-10", 0), serum("2026-02-10", 6), serum("2026-03-10", 6)).verdict == "not_met"


def test_a_quiet_panel_of_unknown_date_may_have_refuted_a_rise() -> None:
    refuted = {"marker_rise": {**SERUM, "reads": "refuted"}}
    risen = [serum("2026-01-10", 0), serum("2026-02-10", 6)]
    assert on(refuted, *risen, serum(None, 0)).verdict == "unknown"
    assert on(refuted, *risen, serum("2025-12", 0)).verdict == "not_met"
    assert on(refuted, *risen, serum("2026-03", 0)).verdict == "met"


@pytest.mark.parametrize(
    ("rise", "verdict"),
    [([100.1, 100.1], "met"), ([100, 100], "unknown"), ([99.9, 99.9], "not_met"), ([150], "unknown")],
)
def test_light_chains(rise: list[float], verdict: str) -> None:
    panels = [chains(f"2026-0{month}-10", 12 + value, 10) for month, value in enumerate(rise, 2)]
    assert on({"light_chain_rise": CHAINS}, chains("2026-01-10", 12, 10), *panels).verdict == verdict


@pytest.mark.parametrize(
    ("kappa", "verdict", "refuted"),
    [([900], "unknown", "not_met"), ([109], "not_met", "not_met"), ([900, 20], "not_met", "not_met"), ([900, 850], "not_met", "not_met")],
)  # fmt: skip
def test_a_first_value_that_is_high_may_be_a_rise(kappa: list[float], verdict: str, refuted: str) -> None:
    panels = [chains(f"2026-0{month}-10", value, 10) for month, value in enumerate(kappa, 2)]
    assert on({"light_chain_rise": CHAINS}, *panels).verdict == verdict
    assert on({"light_chain_rise": {**CHAINS, "reads": "refuted"}}, *panels).verdict == refuted


def test_a_chain_that_is_named_takes_no_measurement_of_the_other_away() -> None:
    up = [chains(f"2026-0{n}-10", 10, 210) for n in (2, 3)]
    assert on({"light_chain_rise": CHAINS}, chains("2026-01-10", 12, 10), *up).verdict == "unknown"


def test_light_chains_rise_by_a_quarter_too() -> None:
    first = chains("2026-01-10", 1010, 10)
    assert (
        on({"light_chain_rise": CHAINS}, first, *(chains(f"2026-0{n}-10", 1259, 10) for n in (2, 3))).verdict
        == "not_met"
    )
    assert (
        on({"light_chain_rise": CHAINS}, first, *(chains(f"2026-0{n}-10", 1260, 10) for n in (2, 3))).verdict == "met"
    )


def test_the_other_chain_is_no_rise_and_lambda_counts_by_its_own_limit() -> None:
    little = [chains(f"2026-0{n}-10", 10, 110) for n in (2, 3)]
    assert on({"light_chain_rise": CHAINS}, chains("2026-01-10", 12, 10), *little).verdict == "not_met"
    up = [chains(f"2026-0{n}-10", 10, 210) for n in (2, 3)]
    lambda_ = [{**item, "involved_light_chain": "lambda"} for item in (chains("2026-01-10", 12, 10), *up)]
    assert on({"light_chain_rise": CHAINS}, *lambda_).verdict == "met"


@pytest.mark.parametrize(
    ("creatinine", "kappa", "verdict"), [(1.9, 200, "met"), (2.0, 200, "not_met"), (2.0, 239, "met")]
)
def test_reduced_kidney_function(creatinine: float, kappa: float, verdict: str) -> None:
    more = {"creatinine": {"value": creatinine, "unit": "mg/dL"}}
    panels = [chains(f"2026-0{n}-10", kappa, 70, **more) for n in (2, 3)]
    assert on({"light_chain_rise": CHAINS}, chains("2026-01-10", 12, 10), *panels).verdict == verdict


@pytest.mark.parametrize(
    ("first", "verdict"),
    [
        ({"serum_m_protein": {"value": 9.9, "unit": "g/L"}, "urine_m_protein": {"value": 199, "unit": "mg/(24.h)"}}, "met"),
        ({"serum_m_protein": {"value": 10, "unit": "g/L"}, "urine_m_protein": {"value": 0, "unit": "mg/(24.h)"}}, "not_met"),
        ({"serum_m_protein": {"value": 0, "unit": "g/L"}, "urine_m_protein": {"value": 200, "unit": "mg/(24.h)"}}, "not_met"),
        ({"serum_m_protein": {"value": 0, "unit": "g/L"}}, "not_met"),
    ],
)  # fmt: skip
def test_progression_by_light_chains_needs_a_disease_never_measurable(first: dict[str, Any], verdict: str) -> None:
    panels = [chains("2026-01-10", 12, 10), chains("2026-02-10", 150, 10), chains("2026-03-10", 150, 10)]
    only = {"light_chain_rise": {**CHAINS, "light_chain_disease_only": True}}
    assert on(only, {"date": "2019-09-01", **first}, *panels).verdict == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [([1, 11], "met"), ([1, 10.9], "unknown"), ([10], "unknown"), ([10, 10], "met"), ([1, 9.9], "not_met"),
     ([10, 9.9], "not_met"), ([12, 9, 12], "unknown")],
)  # fmt: skip
def test_marrow(values: list[float], verdict: str) -> None:
    panels = [{"date": f"2026-0{n}-10", "marrow_plasma_cells_percent": value} for n, value in enumerate(values, 1)]
    judged = on({"marrow_rise": {"level": 10, "points": 10}}, *panels)
    assert judged.verdict == verdict
    if verdict == "unknown":
        assert judged.needs == ["markers.marrow_plasma_cells_percent"]


@pytest.mark.parametrize(
    ("values", "verdict"), [([5, 5], "met"), ([5], "unknown"), ([4.9, 4.9], "not_met"), ([5, 4.9], "not_met")]
)
def test_marrow_from_complete_response(values: list[float], verdict: str) -> None:
    panels = [{"date": f"2026-0{n}-10", "marrow_plasma_cells_percent": value} for n, value in enumerate(values, 1)]
    rule = {"marrow_from_complete": {"level": 5}}
    assert on(rule, *panels, responses=[{"date": "2021-01-10", "category": "CR"}]).verdict == verdict
    assert on(rule, *panels, responses=[{"date": "2021-01-10", "category": "VGPR"}]).verdict == "not_met"
    assert on(rule, *panels, responses=[{"date": "2026-05-10", "category": "CR"}]).verdict == "not_met"


def test_findings() -> None:
    cells = {"marker_found": {"marker": "circulating_plasma_cells_percent", "at_least": 5}}
    assert on(cells, {"date": "2026-01-10", "circulating_plasma_cells_percent": 5}).verdict == "met"
    assert on(cells, {"date": "2026-01-10", "circulating_plasma_cells_percent": 4.9}).verdict == "not_met"
    assert on(cells, {"date": "2019-09-01", "circulating_plasma_cells_percent": 9}).verdict == "not_met"
    lesion = {"marker_found": {"marker": "new_bone_lesion"}}
    assert on(lesion, {"date": "2026-01-10", "new_bone_lesion": True}).verdict == "met"
    assert on(lesion, {"date": "2026-01-10", "new_bone_lesion": False}).verdict == "not_met"
    judged = on(lesion, {"new_bone_lesion": True})
    assert (judged.verdict, judged.needs) == ("unknown", ["markers[0].date"])


CALCIUM = {"marker": "calcium", "above": 2.65}
HAEMOGLOBIN = {"marker": "haemoglobin", "fall": 20}
CREATININE = {"marker": "creatinine", "rise": 2}


def lab(date: str, name: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"date": date, name: {"value": value, "unit": unit}, **more}


@pytest.mark.parametrize(
    ("rule", "panels", "verdict"),
    [
        (CALCIUM, [lab("2026-01-10", "calcium", 2.66, "mmol/L")], "unknown"),
        (CALCIUM, [lab("2026-01-10", "calcium", 2.65, "mmol/L")], "not_met"),
        (CALCIUM, [lab("2026-01-10", "calcium", 11.5, "mg/dL", attribution="myeloma")], "met"),
        (CALCIUM, [lab("2026-01-10", "calcium", 11.5, "mg/dL", attribution="benign")], "not_met"),
        (CALCIUM, [lab("2026-01-10", "calcium", 11.5, "mg/dL", attribution="unknown")], "unknown"),
        (CALCIUM, [lab("2026-01-10", "calcium", 2.9, "mmol/L"), lab("2026-02-10", "calcium", 2.4, "mmol/L")], "not_met"),
        (CALCIUM, [lab("2019-09-01", "calcium", 3.1, "mmol/L")], "not_met"),
        (HAEMOGLOBIN, [lab("2026-01-10", "haemoglobin", 13, "g/dL"), lab("2026-02-10", "haemoglobin", 11, "g/dL")], "unknown"),
        (HAEMOGLOBIN, [lab("2026-01-10", "haemoglobin", 13, "g/dL"), lab("2026-02-10", "haemoglobin", 11.1, "g/dL")], "not_met"),
        (HAEMOGLOBIN, [lab("2026-01-10", "haemoglobin", 8, "g/dL")], "not_met"),
        (CREATININE, [lab("2026-01-10", "creatinine", 0.9, "mg/dL"), lab("2026-02-10", "creatinine", 2.9, "mg/dL")], "unknown"),
        (CREATININE, [lab("2026-01-10", "creatinine", 0.9, "mg/dL"), lab("2026-02-10", "creatinine", 1.99, "mg/dL")], "not_met"),
    ],
)  # fmt: skip
def test_what_the_disease_does(rule: dict[str, Any], panels: list[dict[str, Any]], verdict: str) -> None:
    judged = on({"marker_abnormal": rule}, *panels)
    assert judged.verdict == verdict
    if verdict == "unknown":
        assert judged.needs == [f"markers[{len(panels) - 1}].attribution"]


def test_creatinine_is_compared_with_that_at_diagnosis() -> None:
    baseline = {"labs": {"creatinine": {"value": 0.9, "unit": "mg/dL"}}}
    assert (
        on({"marker_abnormal": CREATININE}, lab("2026-01-10", "creatinine", 2.9, "mg/dL"), baseline=baseline).verdict
        == "unknown"
    )


def test_the_ratio() -> None:
    rule = {"light_chain_ratio": {"lower": 0.26, "upper": 1.65}}
    assert on(rule, chains("2026-01-10", 16.5, 10)).verdict == "not_met"
    assert on(rule, chains("2026-01-10", 16.6, 10)).verdict == "met"
    assert on(rule, chains("2026-01-10", 2.5, 10)).verdict == "met"
    assert on(rule, chains("2026-01-10", 2.5, 10), chains("2026-02-10", 12, 10)).verdict == "not_met"
    assert on(rule, chains("2026-01-10", 2.5, 0)).verdict == "met"
    assert on(rule).verdict == "unknown"


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ([], (False, False, False)),
        ([YES], (False, True, False)),
        ([YES, YES], (True, False, False)),
        ([YES, NO], (False, False, True)),
        ([YES, NO, YES], (False, True, True)),
        ([MAY, MAY], (False, True, False)),
        ([MAY, NO], (False, False, True)),
        ([MAY, YES, NO], (False, True, True)),
        ([NO, YES, YES, NO], (True, False, False)),
    ],
)
def test_two_in_a_row(flags: list[int], found: tuple[bool, bool, bool]) -> None:
    assert confirmation([Flagged(day, day, flag) for day, flag in enumerate(flags, 1000)])[:3] == found


@pytest.mark.parametrize(("value", "verdict"), [(2.9, "unknown"), (2.89, "not_met")])
def test_creatinine_is_compared_with_that_of_diagnosis(value: float, verdict: str) -> None:
    """Where that is not on record it may have been low, so that a high value is a question."""
    panel = lab("2026-02-10", "creatinine", value, "mg/dL")
    known = {"labs": {"creatinine": {"value": 0.9, "unit": "mg/dL"}}}
    assert on({"marker_abnormal": CREATININE}, panel, baseline=known).verdict == verdict
    assert on({"marker_abnormal": CREATININE}, panel).verdict == "unknown"
