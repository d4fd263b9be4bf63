"""Marrow MRD: how one test is read at a threshold, the run of negatives, and the operators over them."""

from __future__ import annotations

from typing import Any

import pytest

from mrdguide.case.mrd import interpret
from mrdguide.case.possible import BELOW, NEGATIVE, NOT_EVALUABLE, POSITIVE

from .judging import GOOD_SAMPLE, READINGS, JudgedExpression, case, judge, marrow, pet

NOW = {"mrd_now": {"threshold": 1e-5, "within": 6}}
DEEP_NOW = {"mrd_now": {"threshold": 1e-6, "within": 6}}
YEAR = {"mrd_run": {"threshold": 1e-5, "months": 12, "within": 6}}
TWO = {"mrd_run": {"threshold": 1e-5, "months": 0, "tests": 2, "within": 6}}
MULTIMODAL = {"mrd_run": {"threshold": 1e-5, "months": 12, "within": 6, "imaging_within": 6}}
DEPTH = {"mrd_depth": {"threshold": 1e-6, "outer": 1e-5, "within": 6}}
RESIDUE = {"mrd_detected": {"at_least": 1e-7, "below": 1e-6, "within": 12}}
ANY_RESIDUE = {"mrd_detected": {"at_least": 1e-6, "within": 12}}

POSITIVE_TEST = {"result": "detected", "level": 3e-5}
WORDS = {POSITIVE: "positive", NOT_EVALUABLE: "not evaluable", NEGATIVE: "negative", BELOW: "below"}

Test = dict[str, Any]


def quality(**more: Any) -> dict[str, Any]:
    return {**GOOD_SAMPLE, **more}


def detected(level: float | None, **more: Any) -> dict[str, Any]:
    return {"result": "detected", "level": level, **more}


def meaning(threshold: float = 1e-5, **test: Any) -> set[str]:
    """Everything that one marrow test can mean at a threshold."""
    (found,) = interpret(case(mrd=[marrow("2026-05-01", **test)]), threshold, READINGS.marrow_mrd)
    return {word for bit, word in WORDS.items() if found.possible & bit}


def missing(threshold: float = 1e-5, **test: Any) -> tuple[str, ...]:
    """What is not recorded of the test and keeps its reading open."""
    (found,) = interpret(case(mrd=[marrow("2026-05-01", **test)]), threshold, READINGS.marrow_mrd)
    return found.missing


class TestReadingOrder:
    """The steps of reading a test; an earlier step goes before a later one."""

    @pytest.mark.parametrize(
        ("test", "reason"),
        [
            ({"specimen": "blood"}, "blood is not marrow"),
            ({"method": "mass-spectrometry"}, "mass-spectrometry does not count for this"),
            ({"method": "ASO-qPCR"}, "ASO-qPCR does not count for this"),
            ({"result": "failed"}, "the test failed"),
            ({"quality": quality(trackable_clone=False)}, "NGS without a trackable clone"),
            ({"limit_of_detection": 1e-4}, "LoD 1e-4 is worse than 1e-5"),
            ({"quality": quality(hemodiluted=True)}, "haemodiluted sample"),
            ({"quality": quality(first_pull=False)}, "not the first pull"),
        ],
    )
    def test_every_reason_for_not_evaluable(self, test: Test, reason: str) -> None:
        assert meaning(**test) == {"not evaluable"}
        found = judge(NOW, mrd=[marrow("2026-05-01", **test)])
        assert found.verdict == "unknown"
        assert f"not evaluable at 1e-5 ({reason})" in found.text

    def test_blood_says_nothing_about_the_marrow_at_any_level(self) -> None:
        assert meaning(**detected(1e-3), specimen="blood") == {"not evaluable"}

    @pytest.mark.parametrize(
        "test",
        [
            {"method": "mass-spectrometry"},
            {"method": "ASO-qPCR"},
            {"method": None},
            {"quality": quality(trackable_clone=False)},
        ],
    )
    def test_a_positive_needs_less_than_a_negative(self, test: Test) -> None:
        assert meaning(**detected(1e-3), **test) == {"positive"}
        assert meaning(**detected(1e-5), **test) == {"positive"}
        assert "negative" not in meaning(**detected(9.9e-6), **test)
        assert (
            judge(NOW, mrd=[marrow("2026-05-01"), marrow("2026-05-10", **detected(1e-3), **test)]).verdict == "not_met"
        )

    @pytest.mark.parametrize("test", [{"method": "ASO-qPCR"}, {"quality": quality(trackable_clone=False)}])
    def test_below_the_threshold_the_method_must_count(self, test: Test) -> None:
        assert meaning(**detected(9.9e-6), **test) == {"not evaluable"}
        assert meaning(**detected(None), **test) == {"positive", "not evaluable"}
        assert meaning(result=None, **test) == {"positive", "not evaluable"}

    def test_two_a_trackable_clone_is_asked_of_ngs_only(self) -> None:
        assert meaning(method="NGF", quality=quality(trackable_clone=False)) == {"negative"}

    @pytest.mark.parametrize("sample", [{"hemodiluted": True}, {"first_pull": False}])
    def test_three_a_level_at_or_above_is_positive_even_in_a_poor_sample(self, sample: Test) -> None:
        assert meaning(**detected(1e-5), quality=quality(**sample)) == {"positive"}
        assert meaning(**detected(1e-3), limit_of_detection=1e-4, quality=quality(**sample)) == {"positive"}

    @pytest.mark.parametrize(
        ("level", "means"),
        [(1e-5, "positive"), (0.1 + 0.2 - 0.29999, "positive"), (9.9e-6, "below"), (1.1e-5, "positive")],
    )
    def test_three_the_threshold_itself_is_positive(self, level: float, means: str) -> None:
        assert meaning(**detected(level)) == {means}

    def test_three_detected_with_no_level_is_open(self) -> None:
        assert meaning(**detected(None)) == {"positive", "below"}
        assert missing(**detected(None)) == ("level",)

    def test_three_detected_with_no_level_in_a_poor_sample_is_never_negative(self) -> None:
        assert meaning(**detected(None), quality=quality(hemodiluted=True)) == {"positive", "not evaluable"}

    @pytest.mark.parametrize(
        ("lod", "means"), [(1e-5, {"positive", "below"}), (1.01e-5, {"positive"}), (1e-4, {"positive"})]
    )
    def test_found_by_an_assay_that_sees_nothing_below_the_threshold_is_positive(
        self, lod: float, means: set[str]
    ) -> None:
        assert meaning(**detected(None), limit_of_detection=lod) == means

    @pytest.mark.parametrize(
        ("lod", "means"), [(1e-5, "negative"), (1.01e-5, "not evaluable"), (1e-6, "negative"), (2e-6, "negative")]
    )
    def test_four_the_assay_must_reach_the_threshold(self, lod: float, means: str) -> None:
        assert meaning(limit_of_detection=lod) == {means}

    def test_four_depends_on_the_threshold_asked_for(self) -> None:
        assert meaning(1e-6, limit_of_detection=2e-6) == {"not evaluable"}
        assert meaning(1e-5, limit_of_detection=2e-6) == {"negative"}

    @pytest.mark.parametrize("sample", [{"first_pull": None}, {"hemodiluted": None}, {"trackable_clone": None}])
    def test_five_quality_not_recorded_is_evaluable_and_flagged(self, sample: Test) -> None:
        assert meaning(quality=quality(**sample)) == {"negative"}
        found = judge(NOW, mrd=[marrow("2026-05-01", quality=quality(**sample))])
        (name,) = sample
        assert found.verdict == "met"
        assert f"flagged: sample quality not recorded for 2026-05-01 ({name.replace('_', ' ')})" in found.text

    def test_detected_below_the_threshold_is_under_it_and_stays_visible(self) -> None:
        found = judge(NOW, mrd=[marrow("2026-05-01", **detected(3e-7, limit_of_detection=1e-7))])
        assert found.verdict == "met"
        assert found.observed == ["NGS 2026-05-01: detected, level 3e-7, LoD 1e-7: below 1e-5"]


class TestNotRecorded:
    """What is left out of a test leaves its meaning open; it is never taken for the usual."""

    @pytest.mark.parametrize(
        ("test", "means", "asks"),
        [
            ({"limit_of_detection": None}, {"negative", "not evaluable"}, ("limit_of_detection",)),
            ({"specimen": None}, {"negative", "not evaluable"}, ("specimen",)),
            ({"method": None}, {"negative", "not evaluable"}, ("method",)),
            ({"result": None}, {"positive", "below", "negative", "not evaluable"}, ("result",)),
            ({"result": "indeterminate"}, {"positive", "not evaluable"}, ("result",)),
            ({"specimen": None, **POSITIVE_TEST}, {"positive", "not evaluable"}, ("specimen",)),
        ],
    )
    def test_every_field(self, test: Test, means: set[str], asks: tuple[str, ...]) -> None:
        assert meaning(**test) == means
        assert missing(**test) == asks
        found = judge(NOW, mrd=[marrow("2026-05-01", **test)])
        assert found.verdict == "unknown"
        assert found.needs == [f"mrd[0].{name}" for name in asks]
        assert "unclear at 1e-5" in found.text


class TestNow:
    def test_no_test_on_record(self) -> None:
        assert judge(NOW) == JudgedExpression("unknown", ["no MRD test on record"], ["mrd"])

    @pytest.mark.parametrize(
        ("date", "as_of", "verdict"),
        [
            ("2025-12-15", "2026-06-15", "met"),
            ("2025-12-14", "2026-06-15", "unknown"),
            ("2025-08-31", "2026-02-28", "met"),  # 31 August and six months is the last of February
            ("2025-08-31", "2026-03-01", "unknown"),
        ],
    )
    def test_a_negative_test_is_recent_for_six_calendar_months(self, date: str, as_of: str, verdict: str) -> None:
        found = judge(NOW, as_of, mrd=[marrow(date)])
        assert found.verdict == verdict
        assert ("older than 6 months by 1 day" in found.text) is (verdict == "unknown")

    def test_a_test_that_is_too_old_asks_for_a_new_one(self) -> None:
        assert judge(NOW, mrd=[marrow("2025-01-01")]).needs == ["mrd"]

    def test_a_positive_test_stays_positive_however_old(self) -> None:
        assert judge(NOW, mrd=[marrow("2020-01-01", **POSITIVE_TEST)]).verdict == "not_met"

    def test_the_newest_evaluable_test_counts(self) -> None:
        assert judge(NOW, mrd=[marrow("2026-01-01", **POSITIVE_TEST), marrow("2026-05-01")]).verdict == "met"
        assert judge(NOW, mrd=[marrow("2026-05-01", **POSITIVE_TEST), marrow("2026-01-01")]).verdict == "not_met"

    def test_a_newer_test_that_is_not_evaluable_does_not_hide_it(self) -> None:
        newer = marrow("2026-06-01", quality=quality(hemodiluted=True))
        found = judge(NOW, mrd=[marrow("2026-05-01"), newer])
        assert found.verdict == "met"
        assert "haemodiluted sample" in found.text
        assert judge(NOW, mrd=[marrow("2026-05-01", **POSITIVE_TEST), newer]).verdict == "not_met"

    @pytest.mark.parametrize("newer", [{"result": "indeterminate"}, detected(None)])
    def test_a_newer_test_that_may_be_positive_leaves_it_open(self, newer: Test) -> None:
        assert judge(NOW, mrd=[marrow("2026-05-01"), marrow("2026-06-01", **newer)]).verdict == "unknown"

    def test_positive_and_negative_on_the_same_day_is_not_negative(self) -> None:
        flow = marrow("2026-05-01", method="NGF", **POSITIVE_TEST)
        assert judge(NOW, mrd=[marrow("2026-05-01"), flow]).verdict == "not_met"

    def test_a_residue_below_one_threshold_is_positive_at_the_deeper_one(self) -> None:
        test = marrow("2026-05-01", **detected(3e-6))
        assert judge(NOW, mrd=[test]).verdict == "met"
        assert judge(DEEP_NOW, mrd=[test]).verdict == "not_met"

    def test_only_the_methods_asked_for(self) -> None:
        flow_only = {"mrd_now": {"threshold": 1e-5, "within": 6, "methods": ["NGF", "MFC"]}}
        found = judge(flow_only, mrd=[marrow("2026-05-01")])
        assert (found.verdict, found.needs) == ("unknown", ["mrd"])
        assert judge(flow_only, mrd=[marrow("2026-05-01", method="MFC")]).verdict == "met"

    def test_a_positive_after_the_day_of_the_question_counts_as_of_unknown_date(self) -> None:
        tests = [marrow("2026-05-01"), marrow("2026-06-16", **POSITIVE_TEST)]
        found = judge(NOW, "2026-06-15", mrd=tests)
        assert (found.verdict, found.needs) == ("unknown", ["mrd[1].date"])
        assert "NGS 2026-06-16 (after the day judged): detected" in found.text
        assert judge(NOW, "2026-06-16", mrd=tests).verdict == "not_met"
        assert judge(NOW, "2026-06-15", mrd=tests, recorded="2026-06-16").verdict == "met"

    def test_a_negative_after_the_day_of_the_question_counts_for_nothing(self) -> None:
        tests = [marrow("2026-05-01", **POSITIVE_TEST), marrow("2026-06-16")]
        assert judge(NOW, "2026-06-15", mrd=tests).verdict == "not_met"

    def test_a_recorded_resurgence_is_a_positive_test(self) -> None:
        events = [{"date": "2026-05-20", "kind": "mrd-resurgence"}]
        found = judge(NOW, mrd=[marrow("2026-05-01")], events=events)
        assert found.verdict == "not_met"
        assert "MRD resurgence recorded as an event (2026-05-20)" in found.text
        assert judge(NOW, mrd=[marrow("2026-06-01")], events=events).verdict == "met"

    def test_the_date_of_a_recorded_resurgence_is_asked_for_where_it_stands(self) -> None:
        events = [{"date": "2024-01-01", "kind": "progression"}, {"date": "2026-05", "kind": "mrd-resurgence"}]
        found = judge(NOW, mrd=[marrow("2026-05-20")], events=events)
        assert (found.verdict, found.needs) == ("unknown", ["events[1].date"])

    @pytest.mark.parametrize(
        ("date", "verdict"),
        [("2026-01", "met"), ("2025-12", "unknown"), ("2025-11", "unknown"), ("2026", "met"), (None, "unknown")],
    )
    def test_dates_known_to_the_month_stay_honest(self, date: str | None, verdict: str) -> None:
        found = judge(NOW, mrd=[marrow(date)])
        assert found.verdict == verdict

    def test_a_date_that_decides_is_asked_for(self) -> None:
        found = judge(NOW, mrd=[marrow("2025-12")])
        assert (found.verdict, found.needs) == ("unknown", ["mrd[0].date"])

    def test_which_of_two_in_the_same_month_came_last_is_unknown(self) -> None:
        tests = [marrow("2026-05"), marrow("2026-05-20", **POSITIVE_TEST)]
        assert judge(NOW, mrd=tests).verdict == "unknown"


class TestRun:
    @pytest.mark.parametrize(
        ("first", "last", "as_of", "verdict"),
        [
            ("2025-05-10", "2026-05-10", "2026-06-15", "met"),  # twelve calendar months, inclusive
            ("2025-05-11", "2026-05-10", "2026-06-15", "not_met"),
            ("2024-02-29", "2025-02-28", "2025-03-15", "met"),  # 29 February and twelve months is 28 February
            ("2024-02-29", "2025-02-27", "2025-03-15", "not_met"),
            ("2023-02-28", "2024-02-28", "2024-03-15", "met"),
            ("2023-03-01", "2024-02-29", "2024-03-15", "not_met"),
        ],
    )
    def test_twelve_calendar_months_to_the_day(self, first: str, last: str, as_of: str, verdict: str) -> None:
        assert judge(YEAR, as_of, mrd=[marrow(first), marrow(last)]).verdict == verdict

    def test_a_near_miss_is_said_in_days(self) -> None:
        found = judge(YEAR, mrd=[marrow("2025-05-20"), marrow("2026-05-10")])
        assert found.verdict == "not_met"
        assert "negative on 2 dates, 2025-05-20 to 2026-05-10: 11 months 20 days" in found.text
        assert "10 days short of 12 months" in found.text

    def test_no_test_on_record_is_unknown_and_one_negative_is_too_few(self) -> None:
        assert judge(YEAR) == JudgedExpression("unknown", ["no MRD test on record"], ["mrd"])
        found = judge(YEAR, mrd=[marrow("2026-05-10")])
        assert found.verdict == "not_met"
        assert "1 negative test of 2 asked for" in found.text

    def test_tests_none_of_which_is_evaluable_are_unknown(self) -> None:
        tests = [marrow("2025-05-10", limit_of_detection=1e-4), marrow("2026-05-10", limit_of_detection=1e-4)]
        assert judge(YEAR, mrd=tests).verdict == "unknown"

    def test_a_positive_breaks_the_run(self) -> None:
        tests = [marrow("2024-05-10"), marrow("2025-10-01", **POSITIVE_TEST), marrow("2026-05-10")]
        assert judge(YEAR, mrd=tests).verdict == "not_met"

    def test_a_positive_before_the_run_does_not(self) -> None:
        tests = [marrow("2024-05-10", **POSITIVE_TEST), marrow("2025-05-10"), marrow("2026-05-10")]
        assert judge(YEAR, mrd=tests).verdict == "met"

    def test_a_positive_at_the_end_leaves_no_run(self) -> None:
        tests = [marrow("2024-05-10"), marrow("2025-05-10"), marrow("2026-05-10", **POSITIVE_TEST)]
        found = judge(YEAR, mrd=tests)
        assert found.verdict == "not_met"
        assert "no run of negatives after the last positive" in found.text

    def test_positive_imaging_breaks_the_run(self) -> None:
        tests = [marrow("2025-05-10"), marrow("2026-05-10")]
        positive = pet("2025-10-01", deauville_focal=5, conclusion="positive")
        assert judge(YEAR, mrd=tests, imaging=[positive], baseline={"fdg_avid": True}).verdict == "not_met"

    def test_imaging_that_may_be_positive_leaves_it_open(self) -> None:
        tests = [marrow("2025-05-10"), marrow("2026-05-10")]
        unclear = {"date": "2025-10-01", "modality": "WB-DWI-MRI", "rac": 2}
        assert judge(YEAR, mrd=tests, imaging=[unclear]).verdict == "unknown"

    def test_a_recorded_resurgence_breaks_the_run(self) -> None:
        tests = [marrow("2025-05-10"), marrow("2026-05-10")]
        assert judge(YEAR, mrd=tests, events=[{"date": "2025-10-01", "kind": "mrd-resurgence"}]).verdict == "not_met"

    @pytest.mark.parametrize("test", [{"result": "indeterminate"}, detected(None)])
    def test_a_test_that_may_be_positive_leaves_it_open(self, test: Test) -> None:
        tests = [marrow("2025-05-10"), marrow("2025-10-01", **test), marrow("2026-05-10")]
        assert judge(YEAR, mrd=tests).verdict == "unknown"

    @pytest.mark.parametrize(
        "test",
        [
            {"limit_of_detection": 1e-4},
            {"quality": quality(first_pull=False)},
            {"specimen": "blood"},
            {"result": "failed"},
        ],
    )
    def test_a_sample_that_is_not_evaluable_neither_breaks_nor_extends_the_run(self, test: Test) -> None:
        between = [marrow("2025-05-10"), marrow("2025-10-01", **test), marrow("2026-05-10")]
        assert judge(YEAR, mrd=between).verdict == "met"
        at_the_start = [marrow("2025-05-10", **test), marrow("2025-05-11"), marrow("2026-05-10")]
        assert judge(YEAR, mrd=at_the_start).verdict == "not_met"
        at_the_end = [marrow("2025-05-10"), marrow("2026-05-09"), marrow("2026-05-10", **test)]
        assert judge(YEAR, mrd=at_the_end).verdict == "not_met"

    def test_a_positive_blood_test_does_not_break_it(self) -> None:
        blood = marrow("2025-10-01", specimen="blood", **POSITIVE_TEST)
        assert judge(YEAR, mrd=[marrow("2025-05-10"), blood, marrow("2026-05-10")]).verdict == "met"

    @pytest.mark.parametrize("level", [9.9e-6, 1e-7])
    def test_disease_below_the_threshold_neither_starts_nor_lengthens_nor_breaks_it(self, level: float) -> None:
        low = detected(level, limit_of_detection=1e-7)
        between = [marrow("2025-05-10"), marrow("2025-10-01", **low), marrow("2026-05-10")]
        assert judge(YEAR, mrd=between).verdict == "met"
        at_the_start = [marrow("2025-05-10", **low), marrow("2025-05-11"), marrow("2026-05-10")]
        assert judge(YEAR, mrd=at_the_start).verdict == "not_met"
        at_the_end = [marrow("2025-05-10"), marrow("2026-05-09"), marrow("2026-05-10", **low)]
        assert judge(YEAR, mrd=at_the_end).verdict == "not_met"
        recent_only = [marrow("2023-05-10"), marrow("2025-05-10"), marrow("2026-05-10", **low)]
        assert judge(YEAR, mrd=recent_only).verdict == "unknown", "the last negative is too old"
        assert judge(NOW, mrd=recent_only).verdict == "met"

    def test_one_old_negative_is_open_until_somebody_looks(self) -> None:
        old = marrow("2024-05-10")
        assert judge(YEAR, mrd=[old]).verdict == "unknown"
        low = marrow("2026-05-10", **detected(9e-6, limit_of_detection=1e-7))
        assert judge(YEAR, mrd=[old, low]).verdict == "not_met", "the test of today has been done"

    def test_a_study_may_have_counted_it(self) -> None:
        counting = {"mrd_run": {**TWO["mrd_run"], "below_counts": True}}
        tests = [marrow("2025-05-10", **detected(9e-6)), marrow("2026-05-10", **detected(9e-6))]
        assert judge(TWO, mrd=tests).verdict == "not_met"
        assert judge(counting, mrd=tests).verdict == "met"
        at = [marrow("2025-05-10", **detected(9e-6)), marrow("2026-05-10", **detected(1e-5))]
        assert judge(counting, mrd=at).verdict == "not_met"

    def test_a_positive_counts_though_only_other_methods_show_negativity(self) -> None:
        by_flow = {"mrd_run": {**TWO["mrd_run"], "methods": ["NGF"]}}
        tests = [marrow("2025-05-10", method="NGF"), marrow("2026-05-10", method="NGF")]
        assert judge(by_flow, mrd=tests).verdict == "met"
        assert judge(by_flow, mrd=[*tests, marrow("2026-05-20", method="MFC", **POSITIVE_TEST)]).verdict == "not_met"
        assert judge(by_flow, mrd=[*tests, marrow("2026-05-20", method="MFC")]).verdict == "met"

    def test_a_run_that_ended_long_ago_is_unknown(self) -> None:
        found = judge(YEAR, mrd=[marrow("2024-05-10"), marrow("2025-06-10")])
        assert (found.verdict, found.needs) == ("unknown", ["mrd"])
        assert "the last is older than 6 months by 187 days" in found.text

    @pytest.mark.parametrize(("last", "flagged"), [("2026-05-10", False), ("2026-05-11", True)])
    def test_a_gap_over_eighteen_months_is_flagged(self, last: str, flagged: bool) -> None:
        found = judge(YEAR, mrd=[marrow("2024-11-10"), marrow(last)])
        assert found.verdict == "met"
        assert (f"flagged: more than 18 months between the tests of 2024-11-10 and {last}" in found.text) is flagged

    def test_a_resurfacing_at_one_depth_breaks_only_that_depth(self) -> None:
        deep = {"mrd_run": {"threshold": 1e-6, "months": 12, "within": 6}}
        tests = [marrow("2025-05-10"), marrow("2025-10-01", **detected(3e-6)), marrow("2026-05-10")]
        assert judge(YEAR, mrd=tests).verdict == "met"
        assert judge(deep, mrd=tests).verdict == "not_met"

    @pytest.mark.parametrize(
        ("first", "last", "verdict"),
        [
            ("2025-05", "2026-05-31", "met"),  # even from 31 May it is twelve months
            ("2025-05", "2026-05-30", "unknown"),
            ("2025-05", "2026-05-01", "unknown"),
            ("2025-05", "2026-04-30", "not_met"),  # even from 1 May it is not
            ("2025", "2026-06-01", "unknown"),
            ("2024", "2026-06-01", "met"),
            (None, "2026-06-01", "unknown"),
        ],
    )
    def test_dates_known_to_the_month_stay_honest(self, first: str | None, last: str, verdict: str) -> None:
        assert judge(YEAR, "2026-06-15", mrd=[marrow(first), marrow(last)]).verdict == verdict

    def test_a_date_that_decides_is_asked_for(self) -> None:
        assert judge(YEAR, mrd=[marrow("2026-05-20"), marrow("2025-05")]).needs == ["mrd[1].date"]


class TestTwoConsecutive:
    """The stopping rule of MASTER, where the two tests may lie close together."""

    def test_two_negatives_in_a_row(self) -> None:
        assert judge(TWO, mrd=[marrow("2026-04-10"), marrow("2026-05-10")]).verdict == "met"
        assert judge(TWO, mrd=[marrow("2026-05-10")]).verdict == "not_met"

    def test_a_positive_between_them_breaks_the_row(self) -> None:
        tests = [marrow("2026-03-10"), marrow("2026-04-10", **POSITIVE_TEST), marrow("2026-05-10")]
        assert judge(TWO, mrd=tests).verdict == "not_met"

    def test_two_assays_of_one_marrow_are_not_two_consecutive_negatives(self) -> None:
        assert judge(TWO, mrd=[marrow("2026-05-10"), marrow("2026-05-10", method="NGF")]).verdict == "not_met"

    def test_where_no_months_are_asked_for_a_missing_day_does_not_matter(self) -> None:
        assert judge(TWO, mrd=[marrow("2026-04"), marrow("2026-05")]).verdict == "met"


class TestMultimodal:
    """IMWG 2016: marrow and imaging negative, at least a year apart."""

    MARROW = (marrow("2025-05-10"), marrow("2026-05-10"))

    def answer(self, *images: Test, fdg_avid: bool | None = True) -> JudgedExpression:
        return judge(MULTIMODAL, mrd=list(self.MARROW), imaging=list(images), baseline={"fdg_avid": fdg_avid})

    def test_negative_imaging_near_both_ends(self) -> None:
        assert self.answer(pet("2025-05-20"), pet("2026-05-20")).verdict == "met"

    @pytest.mark.parametrize("images", [[], [pet("2026-05-20")], [pet("2025-05-20")]])
    def test_imaging_missing_at_an_end_is_unknown_and_asked_for(self, images: list[Test]) -> None:
        found = self.answer(*images)
        assert (found.verdict, found.needs) == ("unknown", ["imaging"])

    @pytest.mark.parametrize(
        ("image", "verdict"),
        [("2024-11-10", "met"), ("2024-11-09", "unknown"), ("2025-11-10", "met"), ("2025-11-11", "unknown")],
    )
    def test_near_means_within_six_months_before_or_after(self, image: str, verdict: str) -> None:
        assert self.answer(pet(image), pet("2026-05-20")).verdict == verdict

    def test_positive_imaging_in_between_breaks_the_run(self) -> None:
        positive = pet("2025-10-01", deauville_focal=5, conclusion="positive", attribution="myeloma")
        assert self.answer(pet("2025-05-20"), positive, pet("2026-05-20")).verdict == "not_met"

    def test_what_positive_imaging_in_between_was_due_to_is_asked_where_nobody_says(self) -> None:
        positive = pet("2025-10-01", deauville_focal=5, conclusion="positive")
        answer = self.answer(pet("2025-05-20"), positive, pet("2026-05-20"))
        assert (answer.verdict, answer.needs) == ("unknown", ["imaging[1].attribution"])

    def test_marrow_too_close_together_is_not_met_whatever_the_imaging(self) -> None:
        tests = [marrow("2025-12-10"), marrow("2026-05-10")]
        images = [pet("2025-12-10"), pet("2026-05-10")]
        assert judge(MULTIMODAL, mrd=tests, imaging=images, baseline={"fdg_avid": True}).verdict == "not_met"

    def test_pet_of_disease_that_was_not_avid_does_not_count(self) -> None:
        assert self.answer(pet("2025-05-20"), pet("2026-05-20"), fdg_avid=False).verdict == "unknown"


class TestEver:
    NEGATIVE: dict[str, Any] = {"mrd_ever": {"threshold": 1e-5, "reads": "negative"}}
    POSITIVE: dict[str, Any] = {"mrd_ever": {"threshold": 1e-5, "reads": "positive"}}
    BACK: dict[str, Any] = {"mrd_ever": {"threshold": 1e-5, "reads": "positive", "after_negative": True}}
    LATE: dict[str, Any] = {
        "mrd_ever": {"threshold": 1e-5, "reads": "positive", "from_phase": "maintenance", "from_months": 12}
    }
    MAINTENANCE: dict[str, Any] = {"phase": "maintenance", "start": "2023-01-15", "end": None}

    def test_one_on_record_is_enough_however_old(self) -> None:
        found = judge(self.NEGATIVE, mrd=[marrow("2019-01-01"), marrow("2020-01-01", **POSITIVE_TEST)])
        assert (found.verdict, found.observed) == ("met", ["NGS 2019-01-01: not detected, LoD 1e-6: negative at 1e-5"])
        assert judge(self.POSITIVE, mrd=[marrow("2019-01-01", **POSITIVE_TEST), marrow("2020-01-01")]).verdict == "met"

    def test_evaluable_tests_without_one_are_not_met(self) -> None:
        assert judge(self.NEGATIVE, mrd=[marrow("2020-01-01", **POSITIVE_TEST)]).verdict == "not_met"
        assert judge(self.POSITIVE, mrd=[marrow("2020-01-01")]).observed == [
            "no marrow test positive at 1e-5 on record"
        ]

    def test_nothing_evaluable_is_as_absence_says(self) -> None:
        tests = [marrow("2020-01-01", limit_of_detection=1e-4)]
        assert judge(self.NEGATIVE, mrd=tests).verdict == "unknown"
        assert judge(self.POSITIVE, absence="not_met", mrd=tests).verdict == "not_met"

    def test_one_that_may_be_leaves_it_open(self) -> None:
        found = judge(self.POSITIVE, absence="not_met", mrd=[marrow("2020-01-01", **detected(None))])
        assert (found.verdict, found.needs) == ("unknown", ["mrd[0].level"])

    def test_back_after_a_negative(self) -> None:
        positive = POSITIVE_TEST
        assert judge(self.BACK, mrd=[marrow("2020-01-01"), marrow("2021-01-01", **positive)]).verdict == "met"
        assert judge(self.BACK, mrd=[marrow("2020-01-01", **positive), marrow("2021-01-01")]).verdict == "not_met"
        assert judge(self.BACK, mrd=[marrow("2021-01"), marrow("2021-01-20", **positive)]).verdict == "unknown"

    @pytest.mark.parametrize(
        ("date", "verdict"), [("2024-01-15", "met"), ("2024-01-14", "not_met"), ("2024-01", "unknown")]
    )
    def test_only_from_a_year_into_maintenance(self, date: str, verdict: str) -> None:
        tests = [marrow(date, **POSITIVE_TEST)]
        assert judge(self.LATE, absence="not_met", mrd=tests, therapy=[self.MAINTENANCE]).verdict == verdict

    def test_without_a_therapy_history_when_that_was_is_unknown(self) -> None:
        assert judge(self.LATE, absence="not_met", mrd=[marrow("2024-01-15", **POSITIVE_TEST)]).verdict == "unknown"


class TestDepth:
    def test_a_deep_negative_shows_the_depth(self) -> None:
        assert judge(DEPTH, mrd=[marrow("2026-05-10")]).verdict == "met"

    def test_an_assay_that_cannot_see_it_denies_the_depth(self) -> None:
        assert judge(DEPTH, mrd=[marrow("2026-05-10", limit_of_detection=1e-5)]).verdict == "not_met"

    def test_a_residue_between_denies_it(self) -> None:
        assert judge(DEPTH, mrd=[marrow("2026-05-10", **detected(3e-6))]).verdict == "not_met"

    def test_a_second_recent_assay_that_can_see_it_is_enough(self) -> None:
        tests = [marrow("2026-05-10"), marrow("2026-05-10", method="NGF", limit_of_detection=1e-5)]
        assert judge(DEPTH, mrd=tests).verdict == "met"

    def test_a_limit_of_detection_not_recorded_is_unknown(self) -> None:
        assert judge(DEPTH, mrd=[marrow("2026-05-10", limit_of_detection=None)]).verdict == "unknown"

    def test_nothing_recent_is_unknown(self) -> None:
        assert judge(DEPTH).verdict == "unknown"
        assert judge(DEPTH, mrd=[marrow("2025-05-10", limit_of_detection=1e-5)]).verdict == "unknown"


class TestDetected:
    @pytest.mark.parametrize(
        ("level", "verdict"),
        [(1e-7, "met"), (9.9e-8, "not_met"), (9.99e-7, "met"), (1e-6, "not_met"), (1 / 1e6, "not_met")],
    )
    def test_from_1e_7_inclusive_to_1e_6_exclusive(self, level: float, verdict: str) -> None:
        test = marrow("2026-05-10", **detected(level, limit_of_detection=1e-8))
        assert judge(RESIDUE, absence="not_met", mrd=[test]).verdict == verdict

    def test_any_level_from_the_threshold_on(self) -> None:
        assert judge(ANY_RESIDUE, mrd=[marrow("2026-05-10", **detected(1e-6))]).verdict == "met"
        assert judge(ANY_RESIDUE, mrd=[marrow("2026-05-10", **detected(5e-2))]).verdict == "met"

    @pytest.mark.parametrize(("date", "verdict"), [("2025-06-15", "met"), ("2025-06-14", "not_met")])
    def test_only_tests_of_the_last_twelve_months(self, date: str, verdict: str) -> None:
        test = marrow(date, **detected(3e-7, limit_of_detection=1e-7))
        assert judge(RESIDUE, absence="not_met", mrd=[test]).verdict == verdict

    def test_time_alone_does_not_clear_a_finding_where_a_test_as_deep_is_asked_for(self) -> None:
        lasting = {"mrd_detected": {**RESIDUE["mrd_detected"], "until_as_deep": True}}
        old = marrow("2024-06-14", **detected(3e-7, limit_of_detection=1e-7))

        def verdict(*later: Test) -> str:
            return judge(lasting, absence="not_met", mrd=[old, *later]).verdict

        assert verdict() == "met"
        assert verdict(marrow("2026-05-10", limit_of_detection=1e-6)) == "met", "this one cannot see so deep"
        assert verdict(marrow("2026-05-10", limit_of_detection=1e-7)) == "not_met"
        assert verdict(marrow("2023-05-10", limit_of_detection=1e-7)) == "met", "negative before says nothing"
        assert verdict(marrow("2026-05-10", limit_of_detection=None)) == "unknown"

    def test_a_level_not_recorded_leaves_it_open(self) -> None:
        found = judge(RESIDUE, absence="not_met", mrd=[marrow("2026-05-10", **detected(None))])
        assert (found.verdict, found.needs) == ("unknown", ["mrd[0].level"])

    def test_nothing_detected_is_not_met(self) -> None:
        found = judge(RESIDUE, absence="not_met", mrd=[marrow("2026-05-10")])
        assert (found.verdict, found.observed) == ("not_met", ["no level from 1e-7 up to 1e-6 in the last 12 months"])

    def test_blood_does_not_count(self) -> None:
        blood = marrow("2026-05-10", specimen="blood", **detected(None))
        assert judge(RESIDUE, absence="not_met", mrd=[blood]).verdict == "not_met"
        measured = marrow("2026-05-10", specimen="blood", **detected(3e-7))
        assert judge(RESIDUE, absence="not_met", mrd=[measured]).verdict == "not_met"

    @pytest.mark.parametrize("test", [{"method": "mass-spectrometry"}, {"quality": quality(trackable_clone=False)}])
    def test_disease_found_counts_by_any_method(self, test: Test) -> None:
        found = judge(RESIDUE, absence="not_met", mrd=[marrow("2026-05-10", **detected(3e-7), **test)])
        assert found.verdict == "met"

    def test_a_later_finding_clears_nothing(self) -> None:
        lasting = {"mrd_detected": {"at_least": 1e-6, "below": 1e-5, "within": 12, "until_as_deep": True}}
        old = marrow("2024-06-14", **detected(3e-6))
        lower = marrow("2026-05-10", **detected(5e-7, limit_of_detection=1e-7))
        assert judge(lasting, absence="not_met", mrd=[old, lower]).verdict == "met"
        assert judge(lasting, absence="not_met", mrd=[old, marrow("2026-05-10")]).verdict == "not_met"

    def test_a_poor_sample_that_shows_disease_counts(self) -> None:
        poor = marrow("2026-05-10", **detected(3e-7), quality=quality(hemodiluted=True))
        assert judge(RESIDUE, absence="not_met", mrd=[poor]).verdict == "met"

    def test_a_specimen_not_recorded_may_have_been_blood(self) -> None:
        test = marrow("2026-05-10", specimen=None, **detected(3e-7))
        assert judge(RESIDUE, absence="not_met", mrd=[test]).verdict == "unknown"

    @pytest.mark.parametrize(
        ("date", "verdict"), [("2025-07", "met"), ("2025-06", "unknown"), ("2025-05", "not_met"), (None, "unknown")]
    )
    def test_dates_known_to_the_month_stay_honest(self, date: str | None, verdict: str) -> None:
        """On 15 June 2026, twelve months reach back to 15 June 2025."""
        assert judge(RESIDUE, absence="not_met", mrd=[marrow(date, **detected(3e-7))]).verdict == verdict

    def test_a_result_that_the_laboratory_called_indeterminate_is_not_taken_for_detected(self) -> None:
        test = marrow("2026-05-10", result="indeterminate", level=3e-7)
        assert judge(RESIDUE, absence="not_met", mrd=[test]).verdict == "unknown"
