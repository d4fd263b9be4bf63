"""`recorded` and `latest`: looking through events, responses, toxicities and therapy."""

from __future__ import annotations

from typing import Any

import pytest

from mrdguide.logic.operator import parse_expression

from .judging import JudgedExpression, judge

PROGRESSION = {"recorded": {"in": "events", "where": {"kind": ["progression", "clinical-relapse"]}}}
OPEN_PROGRESSION = {"recorded": {"in": "events", "where": {"kind": "progression"}, "not_followed_by_line": 2}}
LATER_LINE = {"recorded": {"in": "therapy", "where": {"line": {">=": 2}}}}
TRANSPLANT = {
    "recorded": {"in": "therapy", "where": {"phase": "transplant", "kind": ["autologous", "tandem-autologous"]}}
}
TOXICITY = {"recorded": {"in": "toxicities", "where": {"unacceptable": True, "status": "ongoing"}}}
SEVERE = {"recorded": {"in": "toxicities", "where": {"grade": {">=": 3}}}}
COMPLETE = {"latest": {"in": "responses", "where": {"category": ["CR", "sCR"]}}}
COMPLETE_THIS_YEAR = {"latest": {"in": "responses", "where": {"category": ["CR", "sCR"]}, "within": 12}}

INDUCTION = {"phase": "induction", "line": 1, "start": "2020-01-10", "end": "2020-06-01"}


def events(*pairs: tuple[str | None, str]) -> list[dict[str, Any]]:
    return [{"date": date, "kind": kind} for date, kind in pairs]


def responses(*pairs: tuple[str | None, str | None]) -> list[dict[str, Any]]:
    return [{"date": date, "category": category} for date, category in pairs]


def relapse(start: str | None, line: int | None = 2) -> dict[str, Any]:
    return {"phase": "relapse", "line": line, "start": start, "end": None}


class TestRecorded:
    def test_an_event_on_record_is_met_and_shown(self) -> None:
        found = judge(PROGRESSION, absence="not_met", events=events(("2024-02-01", "clinical-relapse")))
        assert (found.verdict, found.observed) == ("met", ["clinical relapse 2024-02-01"])

    def test_none_on_record_is_as_absence_says(self) -> None:
        assert judge(PROGRESSION, absence="not_met").verdict == "not_met"
        found = judge(PROGRESSION)
        assert found.verdict == "unknown"
        assert found.observed == ["no event on record: kind: progression or clinical-relapse"]
        assert found.needs == ["events"]

    def test_an_event_of_another_kind_does_not_count(self) -> None:
        assert (
            judge(PROGRESSION, absence="not_met", events=events(("2024-02-01", "mrd-resurgence"))).verdict == "not_met"
        )

    def test_an_event_without_a_date_happened(self) -> None:
        found = judge(PROGRESSION, absence="not_met", events=events((None, "progression")))
        assert (found.verdict, found.observed) == ("met", ["progression date not recorded"])

    def test_an_event_after_the_day_of_the_question_has_happened_on_some_day_unless_one_looks_back(self) -> None:
        tomorrow = events(("2026-06-16", "progression"))
        found = judge(PROGRESSION, absence="not_met", events=tomorrow)
        assert (found.verdict, found.observed) == ("met", ["progression 2026-06-16 (after the day judged)"])
        back = judge(PROGRESSION, absence="not_met", events=tomorrow, recorded="2026-06-20")
        assert back.verdict == "not_met"
        assert judge(PROGRESSION, absence="not_met", events=tomorrow, recorded="2026-06-15").verdict == "met"
        assert judge(PROGRESSION, absence="not_met", events=events(("2026-06-15", "progression"))).verdict == "met"

    @pytest.mark.parametrize(
        ("unacceptable", "status", "verdict"),
        [
            (True, "ongoing", "met"),
            (True, "resolved", "not_met"),
            (False, "ongoing", "not_met"),
            (None, "ongoing", "unknown"),
            (True, None, "unknown"),
            (False, None, "not_met"),
        ],
    )
    def test_a_field_asked_about_that_is_not_recorded_leaves_it_open(
        self, unacceptable: bool | None, status: str | None, verdict: str
    ) -> None:
        toxicity = {"date": "2025-01-01", "term": "neutropenia", "unacceptable": unacceptable, "status": status}
        assert judge(TOXICITY, absence="not_met", toxicities=[toxicity]).verdict == verdict

    def test_it_asks_for_the_field_that_is_missing(self) -> None:
        found = judge(
            TOXICITY, absence="not_met", toxicities=[{"date": "2025-01-01", "term": "rash", "unacceptable": True}]
        )
        assert found.needs == ["toxicities[0].status"]
        assert found.observed == ["rash, status not recorded, 2025-01-01"]

    @pytest.mark.parametrize(("grade", "verdict"), [(2, "not_met"), (3, "met"), (4, "met"), (None, "unknown")])
    def test_a_number_of_an_entry_is_compared(self, grade: int | None, verdict: str) -> None:
        assert judge(SEVERE, absence="not_met", toxicities=[{"term": "rash", "grade": grade}]).verdict == verdict

    def test_one_entry_that_fits_is_enough(self) -> None:
        entries = [{"term": "rash", "grade": 1}, {"term": "rash", "grade": None}, {"term": "rash", "grade": 3}]
        assert judge(SEVERE, absence="not_met", toxicities=entries).verdict == "met"


class TestRecordedInTherapy:
    def test_a_transplant_of_the_kind(self) -> None:
        autologous = {"phase": "transplant", "line": 1, "kind": "tandem-autologous", "date": "2020-09-15"}
        found = judge(TRANSPLANT, absence="not_met", therapy=[INDUCTION, autologous])
        assert (found.verdict, found.observed) == ("met", ["tandem-autologous transplant line 1, 2020-09-15"])

    def test_another_kind_is_not_met_and_no_kind_is_unknown(self) -> None:
        other = {"phase": "transplant", "kind": "allogeneic", "date": "2020-09-15"}
        assert judge(TRANSPLANT, absence="not_met", therapy=[INDUCTION, other]).verdict == "not_met"
        unspecified = {"phase": "transplant", "date": "2020-09-15"}
        found = judge(TRANSPLANT, absence="not_met", therapy=[INDUCTION, unspecified])
        assert (found.verdict, found.needs) == ("unknown", ["therapy[1].kind"])

    def test_a_therapy_list_without_it_says_it_was_not_given(self) -> None:
        assert judge(TRANSPLANT, absence="not_met", therapy=[INDUCTION]).verdict == "not_met"

    def test_an_empty_or_incomplete_list_never_proves_that_it_was_not_given(self) -> None:
        assert judge(TRANSPLANT, absence="not_met").verdict == "unknown"
        assert judge(TRANSPLANT, absence="not_met", therapy=[]).verdict == "unknown"
        assert judge(TRANSPLANT, absence="not_met", therapy=[INDUCTION], therapy_complete=False).verdict == "unknown"

    def test_a_line_not_recorded_may_be_a_later_one(self) -> None:
        assert judge(LATER_LINE, absence="not_met", therapy=[INDUCTION]).verdict == "not_met"
        assert judge(LATER_LINE, absence="not_met", therapy=[{**INDUCTION, "line": 2}]).verdict == "met"
        found = judge(LATER_LINE, absence="not_met", therapy=[{**INDUCTION, "line": None}])
        assert (found.verdict, found.needs) == ("unknown", ["therapy[0].line"])


class TestNotFollowedByALaterLine:
    def answer(self, event: str | None, *therapy: dict[str, Any]) -> str:
        found = judge(
            OPEN_PROGRESSION, absence="not_met", events=events((event, "progression")), therapy=[INDUCTION, *therapy]
        )
        return found.verdict

    def test_a_progression_that_was_never_treated_is_open(self) -> None:
        assert self.answer("2024-02-01") == "met"

    def test_a_second_line_begun_after_it_closes_it(self) -> None:
        assert self.answer("2024-02-01", relapse("2024-03-01")) == "not_met"

    def test_a_second_line_begun_before_it_does_not(self) -> None:
        assert self.answer("2024-02-01", relapse("2023-03-01")) == "met"

    def test_therapy_of_the_first_line_begun_after_it_does_not(self) -> None:
        assert self.answer("2024-02-01", relapse("2024-03-01", line=1)) == "met"

    def test_a_line_not_recorded_may_close_it(self) -> None:
        assert self.answer("2024-02-01", relapse("2024-03-01", line=None)) == "unknown"

    def test_dates_in_the_same_month_leave_open_which_came_first(self) -> None:
        assert self.answer("2024-02", relapse("2024-02-15")) == "unknown"
        assert self.answer("2024-02", relapse("2024-03-01")) == "not_met"
        assert self.answer("2024-02", relapse("2024-01-31")) == "met"

    def test_a_progression_without_a_date_may_have_been_treated(self) -> None:
        assert self.answer(None, relapse("2024-03-01")) == "unknown"
        assert self.answer(None) == "met"

    def test_a_later_line_that_has_not_begun_yet_closes_nothing(self) -> None:
        assert self.answer("2026-06-01", relapse("2026-07-01")) == "met"

    def test_the_second_of_two_progressions_counts(self) -> None:
        found = judge(
            OPEN_PROGRESSION, absence="not_met", therapy=[INDUCTION, relapse("2024-03-01")],
            events=events(("2024-02-01", "progression"), ("2026-02-01", "progression")),
        )  # fmt: skip
        assert (found.verdict, found.observed) == ("met", ["progression 2026-02-01"])


class TestLatest:
    def test_only_the_newest_entry_counts(self) -> None:
        assert judge(COMPLETE, responses=responses(("2024-01-01", "VGPR"), ("2025-01-01", "CR"))).verdict == "met"
        found = judge(COMPLETE, responses=responses(("2025-01-01", "CR"), ("2025-06-01", "PR")))
        assert (found.verdict, found.observed) == (
            "not_met",
            ["response PR 2025-06-01 (1 year 14 days before the day judged)"],
        )

    def test_the_order_in_the_file_does_not_matter(self) -> None:
        assert judge(COMPLETE, responses=responses(("2025-06-01", "PR"), ("2025-01-01", "CR"))).verdict == "not_met"

    def test_none_on_record_is_unknown(self) -> None:
        assert judge(COMPLETE) == JudgedExpression("unknown", ["no response on record"], ["responses"])

    def test_a_category_that_is_not_recorded_is_unknown(self) -> None:
        assert judge(COMPLETE, responses=responses(("2025-01-01", None))).verdict == "unknown"

    def test_entries_that_may_be_the_newest_must_agree(self) -> None:
        assert judge(COMPLETE, responses=responses(("2025-06", "CR"), ("2025-06-10", "PR"))).verdict == "unknown"
        assert judge(COMPLETE, responses=responses(("2025-06", "CR"), ("2025-06-10", "sCR"))).verdict == "met"
        assert judge(COMPLETE, responses=responses(("2025-05", "PR"), ("2025-06-10", "CR"))).verdict == "met"

    def test_an_entry_without_a_date_may_be_the_newest(self) -> None:
        assert judge(COMPLETE, responses=responses((None, "PR"), ("2025-06-10", "CR"))).verdict == "unknown"

    def test_of_an_adverse_entry_after_the_day_of_the_question_the_date_is_asked(self) -> None:
        later = responses(("2025-06-10", "CR"), ("2026-07-01", "PD"))
        found = judge(COMPLETE, responses=later)
        assert (found.verdict, found.needs) == ("unknown", ["responses[1].date"])
        assert judge(COMPLETE, responses=later, recorded="2026-07-01").verdict == "met"

    def test_a_favourable_entry_after_the_day_of_the_question_is_set_aside(self) -> None:
        assert judge(COMPLETE, responses=responses(("2025-06-10", "PR"), ("2026-07-01", "CR"))).verdict == "not_met"

    @pytest.mark.parametrize(
        ("date", "verdict"), [("2025-06-15", "met"), ("2025-06-14", "unknown"), ("2025-06", "unknown")]
    )
    def test_an_old_one_is_unknown(self, date: str, verdict: str) -> None:
        """On 15 June 2026, twelve months reach back to 15 June 2025."""
        assert judge(COMPLETE_THIS_YEAR, responses=responses((date, "CR"))).verdict == verdict

    def test_an_old_one_that_does_not_fit_stays_not_met(self) -> None:
        assert judge(COMPLETE_THIS_YEAR, responses=responses(("2020-01-01", "PR"))).verdict == "not_met"


def test_the_wording_of_a_number_is_the_number() -> None:
    operator = parse_expression({"recorded": {"in": "therapy", "where": {"line": 1}}})
    assert operator.wording() == "therapy on record (line: 1)"
    flag = parse_expression({"recorded": {"in": "toxicities", "where": {"unacceptable": True}}})
    assert flag.wording() == "toxicity on record (unacceptable: yes)"
