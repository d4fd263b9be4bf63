"""`therapy_duration` and `therapy_now`: how long a phase lasted in calendar months, and whether it goes on."""

from __future__ import annotations

from typing import Any

import pytest

from .judging import JudgedExpression, judge

YEAR = {"therapy_duration": {"phase": "maintenance", "months": 12}}
ON = {"therapy_now": {"phase": "maintenance"}}
DOUBLET = {"therapy_now": {"phase": "maintenance", "drugs": ["daratumumab", "lenalidomide"]}}
SINGLE = {"therapy_now": {"phase": "maintenance", "only_one_of": ["lenalidomide", "ixazomib"]}}
FIRST_LINE = {"therapy_now": {"phase": "maintenance", "line": 1}}

INDUCTION = {"phase": "induction", "line": 1, "start": "2020-01-10", "end": "2020-06-01"}


def maintenance(start: str | None, *end: str | None, **more: Any) -> dict[str, Any]:
    """Lenalidomide maintenance. Without an end it is left out (unknown); with None it goes on."""
    entry: dict[str, Any] = {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": start, **more}
    if end:
        entry["end"] = end[0]
    return entry


class TestDuration:
    @pytest.mark.parametrize(
        ("start", "end", "verdict"),
        [
            ("2024-01-15", "2025-01-15", "met"),  # twelve calendar months, inclusive
            ("2024-01-15", "2025-01-14", "not_met"),
            ("2024-02-29", "2025-02-28", "met"),  # the end of the month is clamped
            ("2024-02-29", "2025-02-27", "not_met"),
            ("2023-02-28", "2024-02-28", "met"),
            ("2023-03-01", "2024-02-29", "not_met"),
        ],
    )
    def test_twelve_calendar_months_to_the_day(self, start: str, end: str, verdict: str) -> None:
        assert judge(YEAR, therapy=[maintenance(start, end)]).verdict == verdict

    def test_a_near_miss_is_said_in_days(self) -> None:
        found = judge(YEAR, therapy=[maintenance("2024-01-15", "2025-01-05")])
        assert found.observed == [
            "maintenance with lenalidomide: 2024-01-15 to 2025-01-05",
            "maintenance: 11 months 21 days, 10 days short of 12 months",
        ]

    def test_going_on_counts_up_to_the_day_of_the_question(self) -> None:
        assert judge(YEAR, "2026-06-15", therapy=[maintenance("2025-06-15", None)]).verdict == "met"
        assert judge(YEAR, "2026-06-14", therapy=[maintenance("2025-06-15", None)]).verdict == "not_met"

    def test_an_end_in_the_future_counts_only_up_to_the_day_of_the_question(self) -> None:
        assert judge(YEAR, "2026-06-14", therapy=[maintenance("2025-06-15", "2027-01-01")]).verdict == "not_met"

    def test_gaps_between_episodes_are_taken_out(self) -> None:
        """A gap of 184 days moves the start from 1 January to 3 July 2024; from there it is twelve months."""
        two = [maintenance("2024-01-01", "2024-07-01"), maintenance("2025-01-01", "2025-07-03")]
        assert judge(YEAR, therapy=two).verdict == "met"
        assert "in all, gaps taken out" in judge(YEAR, therapy=two).text
        shorter = [two[0], maintenance("2025-01-01", "2025-07-02")]
        assert judge(YEAR, therapy=shorter).verdict == "not_met"
        assert "1 day short of 12 months" in judge(YEAR, therapy=shorter).text

    def test_episodes_that_overlap_are_not_counted_twice(self) -> None:
        two = [maintenance("2024-01-01", "2024-09-01"), maintenance("2024-03-01", "2024-10-01")]
        assert judge(YEAR, therapy=two).verdict == "not_met"

    def test_the_order_in_the_file_does_not_matter(self) -> None:
        two = [maintenance("2025-01-01", "2025-07-03"), maintenance("2024-01-01", "2024-07-01")]
        assert judge(YEAR, therapy=two).verdict == "met"

    def test_a_list_with_gaps_never_shows_that_it_was_too_short(self) -> None:
        short, long = maintenance("2024-01-15", "2024-06-15"), maintenance("2024-01-15", "2025-06-15")
        found = judge(YEAR, therapy=[short], therapy_complete=False)
        assert found.verdict == "unknown"
        assert found.needs == ["therapy"]
        assert judge(YEAR, therapy=[INDUCTION], therapy_complete=False).verdict == "unknown"
        assert judge(YEAR, therapy=[long], therapy_complete=False).verdict == "met"
        assert judge(YEAR, therapy=[short], therapy_complete=True).verdict == "not_met"

    def test_other_phases_do_not_count(self) -> None:
        assert (
            judge(YEAR, therapy=[{**INDUCTION, "end": "2023-01-01"}, maintenance("2024-01-01", "2024-06-01")]).verdict
            == "not_met"
        )

    @pytest.mark.parametrize(
        ("start", "end", "verdict"),
        [
            ("2024-01", "2025-01-31", "met"),  # even a start on 31 January reaches it
            ("2024-01", "2025-01-30", "unknown"),
            ("2024-01", "2025-01-01", "unknown"),
            ("2024-01", "2024-12-31", "not_met"),  # even a start on 1 January does not
            ("2024-01-15", "2025-01", "unknown"),
            ("2024", "2026-01-01", "met"),
            ("2024", "2025-06-01", "unknown"),
        ],
    )
    def test_dates_known_to_the_month_stay_honest(self, start: str, end: str, verdict: str) -> None:
        assert judge(YEAR, therapy=[maintenance(start, end)]).verdict == verdict

    def test_what_an_open_date_asks_for(self) -> None:
        assert judge(YEAR, therapy=[maintenance("2024-01", "2025-01-15")]).needs == ["therapy[0].start"]
        assert judge(YEAR, therapy=[INDUCTION, maintenance("2024-01-15", "2025-01")]).needs == ["therapy[1].end"]

    def test_an_end_left_out_is_unknown_and_asked_for(self) -> None:
        found = judge(YEAR, therapy=[maintenance("2024-01-15")])
        assert (found.verdict, found.needs) == ("unknown", ["therapy[0].end"])
        assert "since 2024-01-15, end not recorded" in found.text

    def test_an_end_left_out_cannot_make_it_longer_than_it_can_have_been(self) -> None:
        assert judge(YEAR, "2026-06-15", therapy=[maintenance("2025-06-16")]).verdict == "not_met"

    def test_a_start_not_recorded_may_be_long_ago(self) -> None:
        found = judge(YEAR, therapy=[maintenance(None, "2024-06-01")])
        assert (found.verdict, found.needs) == ("unknown", ["therapy[0].start"])
        assert "start not recorded" in found.text

    def test_no_such_phase_on_record(self) -> None:
        assert judge(YEAR) == JudgedExpression("unknown", ["no maintenance on record"], ["therapy"])
        assert judge(YEAR, therapy=[INDUCTION]).verdict == "unknown"

    def test_maintenance_that_begins_after_the_day_of_the_question_is_set_aside(self) -> None:
        assert judge(YEAR, therapy=[INDUCTION, maintenance("2026-07-01", None)]).observed == [
            "no maintenance on record"
        ]


class TestNow:
    @pytest.mark.parametrize(
        ("end", "verdict"),
        [
            ((None,), "met"),  # end: null says that it goes on
            ((), "unknown"),  # left out says nothing
            (("2026-06-15",), "not_met"),  # ended on the day
            (("2026-06-16",), "met"),
            (("2026-06",), "unknown"),
            (("2026-05",), "not_met"),
            (("2026-07",), "met"),
        ],
    )
    def test_whether_it_goes_on(self, end: tuple[str | None, ...], verdict: str) -> None:
        assert judge(ON, "2026-06-15", absence="not_met", therapy=[maintenance("2024-01-15", *end)]).verdict == verdict

    def test_an_end_left_out_is_asked_for(self) -> None:
        found = judge(ON, therapy=[INDUCTION, maintenance("2024-01-15")])
        assert found.needs == ["therapy[1].end"]
        assert found.observed == ["maintenance with lenalidomide since 2024-01-15, end not recorded"]

    def test_one_episode_that_goes_on_is_enough(self) -> None:
        two = [maintenance("2022-01-01", "2023-01-01"), maintenance("2024-01-01", None)]
        assert judge(ON, absence="not_met", therapy=two).verdict == "met"

    def test_no_such_phase_on_record(self) -> None:
        assert judge(ON, absence="not_met", therapy=[INDUCTION]).verdict == "not_met"
        assert judge(ON, absence="not_met").verdict == "unknown"
        assert judge(ON, absence="not_met", therapy=[INDUCTION], therapy_complete=False).verdict == "unknown"

    @pytest.mark.parametrize(
        ("drugs", "verdict"),
        [
            (["daratumumab", "lenalidomide"], "met"),
            (["Lenalidomide", "Daratumumab", "dexamethasone"], "met"),
            (["lenalidomide"], "not_met"),
            (None, "unknown"),
        ],
    )
    def test_all_the_drugs_named(self, drugs: list[str] | None, verdict: str) -> None:
        found = judge(DOUBLET, absence="not_met", therapy=[maintenance("2024-01-15", None, drugs=drugs)])
        assert found.verdict == verdict
        if verdict == "unknown":
            assert found.needs == ["therapy[0].drugs"]

    @pytest.mark.parametrize(
        ("drugs", "verdict"),
        [
            (["lenalidomide"], "met"),
            (["Ixazomib"], "met"),
            (["thalidomide"], "not_met"),
            (["lenalidomide", "ixazomib"], "not_met"),
            ([], "unknown"),
        ],
    )
    def test_exactly_one_drug_and_one_of_these(self, drugs: list[str], verdict: str) -> None:
        assert (
            judge(SINGLE, absence="not_met", therapy=[maintenance("2024-01-15", None, drugs=drugs)]).verdict == verdict
        )

    def test_drugs_of_therapy_that_has_ended_do_not_count(self) -> None:
        ended = maintenance("2022-01-01", "2024-01-01", drugs=["daratumumab", "lenalidomide"])
        assert judge(DOUBLET, absence="not_met", therapy=[ended, maintenance("2024-01-01", None)]).verdict == "not_met"

    @pytest.mark.parametrize(("line", "verdict"), [(1, "met"), (2, "not_met"), (None, "unknown")])
    def test_the_line(self, line: int | None, verdict: str) -> None:
        found = judge(FIRST_LINE, absence="not_met", therapy=[maintenance("2024-01-15", None, line=line)])
        assert found.verdict == verdict

    def test_the_regimen_stands_in_for_drugs_not_listed(self) -> None:
        entry = maintenance("2024-01-15", None, drugs=None, regimen="DR")
        assert judge(ON, therapy=[entry]).observed == ["maintenance with DR since 2024-01-15 (ongoing)"]


def test_where_the_list_may_lack_phases_an_entry_of_no_phase_settles_nothing() -> None:
    entry = {"line": 1, "drugs": ["ixazomib"], "start": None, "end": None}
    doublet = {"therapy_now": {"phase": "maintenance", "drugs": ["daratumumab", "lenalidomide"]}}
    assert judge(doublet, therapy=[entry], therapy_complete=True).verdict == "not_met"
    assert judge(doublet, therapy=[entry], therapy_complete=False).verdict == "unknown"
