"""Disease found in blood: what counts, what clears it, what has to be asked."""

from __future__ import annotations

from typing import Any

import pytest

from .judging import JudgedExpression, judge, marrow

CELLS = {"mrd_blood": {"methods": ["NGS", "NGF", "MFC"], "still": True, "threshold": 1e-5}}
EVER = {"mrd_blood": {"methods": ["NGS", "NGF", "MFC"], "threshold": 1e-5}}
PROTEIN = {"mrd_blood": {"methods": ["mass-spectrometry"], "times": 2, "still": True, "threshold": 1e-5}}

Test = dict[str, Any]


def cells(date: str | None, **more: Any) -> Test:
    """A blood flow test that found disease at 1e-5, unless said otherwise."""
    usual = {"specimen": "blood", "method": "NGF", "limit_of_detection": 2e-6, "result": "detected", "level": 1e-5}
    return {"date": date, **usual, **more}


def protein(date: str | None, result: str = "detected", **more: Any) -> Test:
    return {"date": date, "specimen": "blood", "method": "mass-spectrometry", "result": result, **more}


def found(expression: Test, *tests: Test) -> JudgedExpression:
    return judge(expression, absence="not_met", mrd=list(tests))


def nothing(date: str | None, **more: Any) -> Test:
    return cells(date, result="not-detected", level=None, **more)


@pytest.mark.parametrize("level", [1e-3, 1e-8, None])
def test_any_level_counts(level: float | None) -> None:
    assert found(CELLS, marrow("2024-01-01"), cells("2026-05-01", level=level)).verdict == "met"


def test_marrow_another_method_or_nothing_found_does_not() -> None:
    for test in (
        cells("2026-05-01", specimen="marrow"),
        protein("2026-05-01"),
        nothing("2026-05-01"),
        cells("2026-05-01", result="failed", level=None),
        cells("2026-05-01", result="indeterminate", level=None),
    ):
        assert found(CELLS, marrow("2024-01-01"), test).verdict == "not_met"
    assert found(CELLS).verdict == "not_met"


@pytest.mark.parametrize("name", ["specimen", "method", "result"])
def test_what_is_not_recorded_is_asked(name: str) -> None:
    answer = found(CELLS, marrow("2024-01-01"), cells("2026-05-01", **{name: None}))
    assert (answer.verdict, answer.needs) == ("unknown", [f"mrd[1].{name}"])


class TestCleared:
    @pytest.mark.parametrize(
        ("lod", "verdict"), [(1e-5, "not_met"), (1.01e-5, "met"), (1e-6, "not_met"), (None, "unknown")]
    )
    def test_by_a_later_blood_test_that_could_see_as_deep(self, lod: float | None, verdict: str) -> None:
        tests = (marrow("2024-01-01"), cells("2025-05-01"), nothing("2025-05-02", limit_of_detection=lod))
        assert found(CELLS, *tests).verdict == verdict
        assert found(EVER, *tests).verdict == "met"

    def test_not_by_one_of_the_same_day_or_before_nor_by_marrow(self) -> None:
        for test in (nothing("2025-05-01"), nothing("2025-04-30"), marrow("2026-05-01")):
            assert found(CELLS, marrow("2024-01-01"), cells("2025-05-01"), test).verdict == "met"

    def test_without_a_level_the_later_test_must_reach_the_earlier_ones_limit(self) -> None:
        first = cells("2025-05-01", level=None)
        assert found(CELLS, marrow("2024-01-01"), first, nothing("2025-06-01")).verdict == "not_met"
        open_ = found(CELLS, marrow("2024-01-01"), first, nothing("2025-06-01", limit_of_detection=1e-4))
        assert (open_.verdict, open_.needs) == ("unknown", ["mrd[1].level"])

    def test_a_vague_date_leaves_it_open_and_is_asked(self) -> None:
        answer = found(CELLS, marrow("2024-01-01"), cells("2025"), nothing("2025-06-01"))
        assert (answer.verdict, answer.needs) == ("unknown", ["mrd[1].date"])
        later = found(CELLS, marrow("2024-01-01"), cells("2025-05-01"), nothing("2025"))
        assert (later.verdict, later.needs) == ("unknown", ["mrd[2].date"])

    def test_a_finding_after_the_clearing_counts_again(self) -> None:
        tests = (cells("2025-05-01"), nothing("2025-06-01"), cells("2025-07-01"))
        assert found(CELLS, marrow("2024-01-01"), *tests).verdict == "met"


class TestBeforeTheFirstNegativeMarrow:
    @pytest.mark.parametrize(("date", "verdict"), [("2024-05-09", "not_met"), ("2024-05-10", "met")])
    def test_it_is_the_normal_course(self, date: str, verdict: str) -> None:
        assert found(CELLS, cells(date), marrow("2024-05-10"), marrow("2026-05-10")).verdict == verdict

    def test_without_any_negative_marrow_it_counts(self) -> None:
        assert found(CELLS, cells("2024-05-09")).verdict == "met"
        assert found(CELLS, cells("2024-05-09"), marrow("2024-05-10", limit_of_detection=1e-4)).verdict == "met"

    def test_whether_it_lies_before_may_be_open(self) -> None:
        assert found(CELLS, cells("2024-05"), marrow("2024-05-10")).verdict == "unknown"
        assert found(CELLS, cells(None), marrow("2024-05-10")).verdict == "unknown"
        assert found(CELLS, cells("2023-01-01"), marrow("2022", result=None), marrow("2024-05-10")).verdict == "unknown"


class TestTimes:
    def test_two_days_and_the_newest_test_among_them(self) -> None:
        before = marrow("2024-01-01")
        assert found(PROTEIN, before, protein("2025-05-01")).verdict == "not_met"
        assert found(PROTEIN, before, protein("2025-05-01"), protein("2025-05-01")).verdict == "not_met"
        assert found(PROTEIN, before, protein("2025-05-01"), protein("2025-05-02")).verdict == "met"
        gone = protein("2025-05-03", "not-detected")
        assert found(PROTEIN, before, protein("2025-05-01"), protein("2025-05-02"), gone).verdict == "not_met"
        assert found(PROTEIN, before, protein("2025-05-01"), gone, protein("2025-06-01")).verdict == "met"

    def test_days_that_may_be_one(self) -> None:
        answer = found(PROTEIN, marrow("2024-01-01"), protein("2025-05"), protein("2025-05-02"))
        assert answer.verdict == "unknown"

    def test_one_without_a_date_counts_until_its_date_is_known(self) -> None:
        answer = found(PROTEIN, marrow("2024-01-01"), protein("2025-05-01"), protein(None))
        assert (answer.verdict, answer.needs) == ("unknown", ["mrd[2].date"])


def test_tests_that_were_not_handed_over_may_have_found_disease() -> None:
    assert judge(CELLS, absence="not_met", mrd=[marrow("2024-01-01")], incomplete=["mrd"]).verdict == "unknown"
