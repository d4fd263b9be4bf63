"""The cuts an answer hangs on, other MRD thresholds, other definitions of risk."""

from __future__ import annotations

from pathlib import Path

import pytest

import mrdguide
from mrdguide.errors import InconsistentVerdicts
from mrdguide.explain.sensitivity import OtherDefinition
from mrdguide.reading.shipped import folder

from ..examples import NAMES, evaluated, shipped


def test_a_near_miss_hangs_on_ten_days() -> None:
    critical_criteria = {
        item.id: item for item in evaluated("continue-near-miss").explanation.robustness.critical_criteria
    }
    sustained = critical_criteria["mrd.sustained-12-1e-5"]
    assert sustained.otherwise == ("cessation-supported", "cessation-conditional")
    span = sustained.margins[0]
    assert (span.distance, span.unit) == (10, "day")
    assert span.away == "10 days"
    assert (span.found, span.threshold) == ("11 months 20 days", "12 months or more")


def test_margins_of_laboratory_values_are_in_percent_of_the_cut() -> None:
    critical_criteria = {
        item.id: item for item in evaluated("cessation-supported").explanation.robustness.critical_criteria
    }
    [margin] = critical_criteria["risk.b2m-5.5"].margins
    assert margin.unit == "%"
    assert margin.distance == pytest.approx(100 * (5.5 - 3.1) / 5.5)
    [ldh] = critical_criteria["risk.ldh-high"].margins
    assert ldh.distance == pytest.approx(100 * (250 - 180) / 250)


def test_two_blocks_at_once_make_neither_a_pivot() -> None:
    both = mrdguide.what_if(
        evaluated("continue-near-miss"), {"events[+]": {"date": "2024-02-01", "kind": "mrd-resurgence"}}
    )
    critical_criteria = {item.id for item in both.after.explanation.robustness.critical_criteria}
    assert both.after.outcome == "continue"
    assert "mrd.sustained-12-1e-5" not in critical_criteria


def rewritten(path: Path, threshold: float) -> mrdguide.RuleBook:
    """The shipped rules with another MRD threshold in the place of 1e-5."""
    for file in folder("rules").rglob("*.yaml"):
        target = path / file.relative_to(folder("rules"))
        target.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8")
        text = text.replace("name: mrdguide-core", "name: rewritten\n  standalone: true")
        target.write_text(text.replace("threshold: 1e-5", f"threshold: {threshold!r}"), encoding="utf-8")
    return mrdguide.load_rules(path)


@pytest.mark.parametrize(
    "name", ["cessation-supported", "continue-near-miss", "resurgence-on-therapy", "drop-daratumumab"]
)
def test_the_range_of_thresholds_is_what_rewriting_the_rules_gives(name: str, tmp_path: Path) -> None:
    recommendation = evaluated(name)
    [found] = [item for item in recommendation.explanation.robustness.thresholds if item.threshold == 1e-5]

    def same(threshold: float) -> bool:
        rules = rewritten(tmp_path / repr(threshold), threshold)
        try:
            again = mrdguide.evaluate(recommendation.case.patient, rules=rules, as_of=recommendation.provenance.as_of)
        except InconsistentVerdicts:
            return False
        return again.possible_outcomes == recommendation.possible_outcomes

    next_deeper = max(item for item in shipped().thresholds.by_path["mrd"] if item < 1e-5)
    deepest = min(test.limit_of_detection or 1 for test in recommendation.case.patient.mrd)
    assert found.lowest <= 1e-5 <= found.highest
    for threshold in (found.lowest, found.highest):
        assert same(threshold)
    # The ends are where the answer turns, or where the rules have their next threshold or the tests see no deeper.
    assert found.lowest == max(deepest, next_deeper) or not same(found.lowest * 0.99)
    assert found.highest == 1e-3 or not same(found.highest * 1.01)


@pytest.mark.parametrize("name", NAMES)
def test_no_threshold_is_offered_that_no_test_can_see(name: str) -> None:
    recommendation = evaluated(name)
    limits = [test.limit_of_detection for test in recommendation.case.patient.mrd if test.limit_of_detection]
    for found in recommendation.explanation.robustness.thresholds:
        assert found.lowest >= min(limits)
        assert found.highest <= 1e-3


def test_past_an_age_nothing_is_known_rather_than_the_opposite() -> None:
    critical_criteria = {
        item.id: item for item in evaluated("cessation-supported").explanation.robustness.critical_criteria
    }
    critical = critical_criteria["mrd.negative-now-1e-5"]
    [margin] = critical.margins
    assert margin.ages
    assert critical.otherwise == ("act-on-resurgence",)
    later = mrdguide.evaluate(evaluated("cessation-supported").case.patient, rules=shipped(), as_of="2027-03-11")
    assert later.outcome == "insufficient-data"
    assert set(critical.unknown) == set(later.possible_outcomes)


def definitions(recommendation: mrdguide.Recommendation) -> dict[str, OtherDefinition]:
    return {item.id: item for item in recommendation.explanation.robustness.other_definitions}


def test_another_definition_of_risk_can_change_the_answer() -> None:
    # High beta-2 microglobulin with failing kidneys: ISS stage III, yet not high risk by IMS/IMWG 2025.
    found = mrdguide.what_if(
        evaluated("cessation-supported"),
        {
            "baseline.labs.beta2_microglobulin": {"value": 7.0, "unit": "mg/L"},
            "baseline.labs.creatinine": {"value": 3.0, "unit": "mg/dL"},
        },
    ).after
    assert found.outcome == "cessation-supported"
    other = definitions(found)
    assert other["iss-3"].verdict == "met"
    assert other["iss-3"].changes
    assert other["iss-3"].possible == ("cessation-conditional",)
    assert other["r-iss-3"].verdict == "not_met"
    assert not other["r-iss-3"].changes
    assert other["iss-3"].rule.startswith("risk/alternatives.yaml:")


def test_a_wider_count_of_abnormalities() -> None:
    found = mrdguide.what_if(
        evaluated("cessation-supported"),
        {"baseline.cytogenetics.t_14_20": "present", "baseline.cytogenetics.t_4_14": "present"},
    ).after
    other = definitions(found)["two-hrca-of-five"]
    # Two lesions are two to the block of decision.yaml whichever list counts them.
    assert (found.outcome, found.criteria["risk.two-or-more-hrca"].verdict.value) == ("continue", "not_met")
    assert (other.verdict, other.possible, other.changes) == ("met", ("continue",), False)


def test_a_definition_that_does_not_ask_for_what_is_unknown_settles_nothing() -> None:
    recommendation = evaluated("insufficient-risk-unknown")
    other = definitions(recommendation)
    for name in ("r-iss-3", "r2-iss-4", "iss-3"):
        assert other[name].verdict == "not_met"
        assert other[name].cannot_tell
        assert other[name].possible == recommendation.possible_outcomes


@pytest.mark.parametrize("name", NAMES)
def test_every_other_definition_is_looked_at(name: str) -> None:
    found = definitions(evaluated(name))
    assert set(found) == {item.id for item in shipped().alternatives}
    for item in found.values():
        assert item.changes == (item.possible != evaluated(name).possible_outcomes)
        assert item.cites
