"""`imaging_now` and `imaging_ever`: PET-CT by Deauville score, whole-body DW-MRI by response category (RAC)."""

from __future__ import annotations

from typing import Any

import pytest

from mrdguide.case.imaging import interpret
from mrdguide.case.possible import NEGATIVE, NOT_EVALUABLE, POSITIVE

from .judging import READINGS, JudgedExpression, case, judge, marrow, pet

NOW = {"imaging_now": {"within": 12}}
NEAR_MRD = {"imaging_now": {"within": 12, "near_mrd": 6}}
EVER_NEGATIVE = {"imaging_ever": {"reads": "negative"}}
EVER_POSITIVE = {"imaging_ever": {"reads": "positive"}}
AVID: dict[str, Any] = {
    "baseline": {"fdg_avid": True},
    "diagnosis": {"disease": "multiple-myeloma", "date": "2019-09-02"},
}

WORDS = {POSITIVE: "positive", NOT_EVALUABLE: "not evaluable", NEGATIVE: "negative"}


def mri(date: str | None, **more: Any) -> dict[str, Any]:
    return {"date": date, "modality": "WB-DWI-MRI", **more}


def reading(study: dict[str, Any], **baseline: Any) -> set[str]:
    """Everything one study can mean."""
    (found,) = interpret(case(imaging=[study], baseline=baseline), READINGS.imaging)
    return {word for bit, word in WORDS.items() if found.possible & bit}


def bare_pet(**more: Any) -> dict[str, Any]:
    return {"date": "2026-05-01", "modality": "PET-CT", **more}


class TestReadingPet:
    @pytest.mark.parametrize(
        ("focal", "marrow_score", "means"),
        [(3, 3, "negative"), (1, 1, "negative"), (4, 1, "positive"), (1, 4, "positive"), (5, 5, "positive")],
    )
    def test_four_and_above_is_positive_in_either_place(self, focal: int, marrow_score: int, means: str) -> None:
        study = bare_pet(deauville_focal=focal, deauville_marrow=marrow_score, new_lesion=False)
        assert reading(study, fdg_avid=True) == {means}

    def test_one_score_at_the_cut_is_enough_even_if_the_other_is_missing(self) -> None:
        assert reading(bare_pet(deauville_focal=4), fdg_avid=True) == {"positive"}

    def test_a_new_lesion_is_positive_whatever_the_scores_and_the_report_say(self) -> None:
        assert reading(pet("2026-05-01", new_lesion=True), fdg_avid=True) == {"positive"}

    def test_a_positive_score_beats_a_negative_report(self) -> None:
        assert reading(pet("2026-05-01", deauville_focal=4), fdg_avid=True) == {"positive"}

    def test_a_report_that_concludes_positive_is_positive_whatever_the_scores(self) -> None:
        assert reading(pet("2026-05-01", conclusion="positive"), fdg_avid=True) == {"positive"}

    def test_low_scores_with_an_indeterminate_report_are_unclear(self) -> None:
        assert reading(pet("2026-05-01", conclusion="indeterminate"), fdg_avid=True) == {"positive", "negative"}

    def test_low_scores_with_nothing_said_of_new_lesions_are_unclear(self) -> None:
        assert reading(bare_pet(deauville_focal=2, deauville_marrow=2), fdg_avid=True) == {"positive", "negative"}

    @pytest.mark.parametrize(
        ("conclusion", "means"),
        [
            ("negative", {"negative"}),
            ("positive", {"positive"}),
            ("indeterminate", {"positive", "negative"}),
            (None, {"positive", "not evaluable", "negative"}),
        ],
    )
    def test_without_scores_the_report_decides(self, conclusion: str | None, means: set[str]) -> None:
        assert reading(bare_pet(conclusion=conclusion), fdg_avid=True) == means
        assert reading(bare_pet(conclusion=conclusion, deauville_focal=2), fdg_avid=True) == means

    def test_a_negative_pet_says_nothing_when_disease_was_not_fdg_avid(self) -> None:
        assert reading(pet("2026-05-01"), fdg_avid=False) == {"not evaluable"}
        assert reading(pet("2026-05-01")) == {"not evaluable", "negative"}

    def test_a_positive_pet_counts_whether_or_not_disease_was_avid(self) -> None:
        assert reading(pet("2026-05-01", deauville_focal=5), fdg_avid=False) == {"positive"}
        assert reading(pet("2026-05-01", deauville_focal=5)) == {"positive"}


class TestReadingMri:
    @pytest.mark.parametrize(
        ("rac", "means"),
        [
            (1, {"negative"}),
            (2, {"positive", "negative"}),
            (3, {"positive", "negative"}),
            (4, {"positive"}),
            (5, {"positive"}),
        ],
    )
    def test_by_response_category(self, rac: int, means: set[str]) -> None:
        assert reading(mri("2026-05-01", rac=rac)) == means

    def test_it_does_not_need_avid_disease(self) -> None:
        assert reading(mri("2026-05-01", rac=1), fdg_avid=False) == {"negative"}

    def test_a_report_that_concludes_positive_is_positive_whatever_the_category(self) -> None:
        assert reading(mri("2026-05-01", rac=1, conclusion="positive")) == {"positive"}

    def test_without_a_category_the_report_decides(self) -> None:
        assert reading(mri("2026-05-01", conclusion="negative")) == {"negative"}

    def test_a_new_lesion_is_positive(self) -> None:
        assert reading(mri("2026-05-01", rac=1, new_lesion=True)) == {"positive"}

    def test_a_modality_that_is_not_recorded_may_be_unreadable(self) -> None:
        assert reading({"date": "2026-05-01", "conclusion": "negative"}, fdg_avid=True) == {"not evaluable", "negative"}


class TestNow:
    @pytest.mark.parametrize(
        ("date", "as_of", "verdict"),
        [
            ("2025-06-15", "2026-06-15", "met"),
            ("2025-06-14", "2026-06-15", "unknown"),
            ("2024-02-29", "2025-02-28", "met"),
            ("2024-02-29", "2025-03-01", "unknown"),
        ],
    )
    def test_a_negative_study_is_recent_for_twelve_calendar_months(self, date: str, as_of: str, verdict: str) -> None:
        assert judge(NOW, as_of, imaging=[pet(date)], **AVID).verdict == verdict

    def test_how_much_too_old_is_said_in_days(self) -> None:
        found = judge(NOW, imaging=[pet("2025-06-05")], **AVID)
        assert found.observed == [
            "PET-CT 2025-06-05: negative, Deauville focal 2 marrow 2: reads as negative", "older than 12 months by 10 days",
        ]  # fmt: skip
        assert found.needs == ["imaging"]

    def test_a_positive_study_stays_positive_however_old(self) -> None:
        assert judge(NOW, imaging=[pet("2020-01-01", deauville_focal=5)], **AVID).verdict == "not_met"

    def test_only_the_newest_readable_study_counts(self) -> None:
        positive = pet("2026-01-01", deauville_focal=5, conclusion="positive")
        assert judge(NOW, imaging=[positive, pet("2026-05-01")], **AVID).verdict == "met"
        assert judge(NOW, imaging=[pet("2025-12-01"), positive], **AVID).verdict == "not_met"

    def test_positive_and_negative_on_the_same_day_is_not_negative(self) -> None:
        both = [pet("2026-05-01"), mri("2026-05-01", rac=5)]
        assert judge(NOW, imaging=both, **AVID).verdict == "not_met"

    def test_an_unclear_study_after_a_negative_one_leaves_it_open(self) -> None:
        found = judge(NOW, imaging=[pet("2026-01-01"), mri("2026-05-01", conclusion="indeterminate")], **AVID)
        assert found.verdict == "unknown"

    def test_an_unclear_study_after_a_positive_one_leaves_it_open(self) -> None:
        positive = pet("2026-01-01", deauville_focal=5, conclusion="positive")
        assert judge(NOW, imaging=[positive, mri("2026-05-01", rac=2)], **AVID).verdict == "unknown"

    def test_a_study_that_its_reader_could_not_call_takes_no_earlier_positive_away(self) -> None:
        positive = pet("2026-01-01", deauville_focal=5, conclusion="positive")
        found = judge(NOW, imaging=[positive, mri("2026-05-01", conclusion="indeterminate")], **AVID)
        assert found.verdict == "not_met"
        assert "PET-CT 2026-01-01: positive" in found.text

    def test_an_unreadable_study_after_a_negative_one_changes_nothing(self) -> None:
        found = judge(NOW, imaging=[mri("2026-01-01", rac=1), pet("2026-05-01")], baseline={"fdg_avid": False})
        assert found.verdict == "met"
        assert "not readable (disease was not FDG-avid, a negative PET says nothing)" in found.text
        assert "WB-DWI-MRI 2026-01-01" in found.text

    def test_none_on_record_is_unknown_and_asks_for_one(self) -> None:
        assert judge(NOW) == JudgedExpression("unknown", ["no functional imaging on record"], ["imaging"])

    def test_avidity_not_recorded_is_asked_for(self) -> None:
        found = judge(NOW, imaging=[pet("2026-05-01")])
        assert (found.verdict, found.needs) == ("unknown", ["baseline.fdg_avid"])
        assert "reads as not readable or negative" in found.text

    def test_a_missing_statement_on_new_lesions_is_asked_for(self) -> None:
        found = judge(NOW, imaging=[bare_pet(deauville_focal=2, deauville_marrow=2)], **AVID)
        assert (found.verdict, found.needs) == ("unknown", ["imaging[0].new_lesion"])

    def test_nothing_is_asked_for_that_is_on_record_already(self) -> None:
        """RAC 2 stays unclear whatever the report concludes, so only a new study helps."""
        found = judge(NOW, imaging=[mri("2026-05-01", rac=2, conclusion="negative")], **AVID)
        assert (found.verdict, found.needs) == ("unknown", ["imaging"])

    def test_a_study_after_the_day_of_the_question_is_set_aside(self) -> None:
        assert judge(NOW, "2026-04-30", imaging=[pet("2026-05-01")], **AVID).verdict == "unknown"

    @pytest.mark.parametrize(
        ("date", "verdict"), [("2025-07", "met"), ("2025-06", "unknown"), ("2025", "unknown"), (None, "unknown")]
    )
    def test_dates_known_to_the_month_stay_honest(self, date: str | None, verdict: str) -> None:
        assert judge(NOW, imaging=[pet(date)], **AVID).verdict == verdict

    def test_a_date_that_decides_is_asked_for(self) -> None:
        assert "imaging[0].date" in judge(NOW, imaging=[pet("2025-06")], **AVID).needs

    def test_which_of_two_in_the_same_month_came_last_is_unknown(self) -> None:
        both = [pet("2026-05"), pet("2026-05-20", deauville_focal=5, conclusion="positive")]
        assert judge(NOW, imaging=both, **AVID).verdict == "unknown"

    @pytest.mark.parametrize(("mrd_date", "verdict"), [("2026-04-01", "met"), ("2026-04-02", "unknown")])
    def test_it_must_not_be_older_than_the_last_marrow_by_more_than_six_months(
        self, mrd_date: str, verdict: str
    ) -> None:
        found = judge(NEAR_MRD, imaging=[pet("2025-10-01")], mrd=[marrow(mrd_date)], **AVID)
        assert found.verdict == verdict
        assert ("older than the last marrow MRD by more than 6 months" in found.text) is (verdict == "unknown")

    def test_a_blood_test_does_not_outdate_it(self) -> None:
        blood = marrow("2026-06-01", specimen="blood")
        assert judge(NEAR_MRD, imaging=[pet("2025-10-01")], mrd=[blood], **AVID).verdict == "met"


class TestEver:
    def test_one_of_the_kind_on_record_is_met(self) -> None:
        assert judge(EVER_NEGATIVE, absence="not_met", imaging=[pet("2019-05-01")], **AVID).verdict == "met"
        assert judge(EVER_POSITIVE, absence="not_met", imaging=[mri("2019-05-01", rac=5)]).verdict == "met"

    def test_none_of_the_kind_is_as_absence_says(self) -> None:
        assert judge(EVER_POSITIVE, absence="not_met", imaging=[pet("2019-05-01")], **AVID).verdict == "not_met"
        found = judge(EVER_POSITIVE, imaging=[pet("2019-05-01")], **AVID)
        assert (found.verdict, found.observed) == ("unknown", ["no positive imaging on record"])

    def test_one_that_may_be_of_the_kind_leaves_it_open(self) -> None:
        assert judge(EVER_NEGATIVE, absence="not_met", imaging=[pet("2019-05-01")]).verdict == "unknown"
        found = judge(EVER_POSITIVE, absence="not_met", imaging=[mri("2019-05-01", conclusion="indeterminate")])
        assert found.verdict == "unknown"


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ({"conclusion": "positive"}, {"not evaluable"}),
        ({"conclusion": "indeterminate"}, {"not evaluable"}),
        ({"conclusion": "negative"}, {"negative"}),
        ({}, {"not evaluable", "negative"}),
        ({"deauville_focal": 5, "deauville_marrow": 2}, {"not evaluable"}),
    ],
)
def test_what_was_found_to_be_benign_is_not_positive_and_may_yet_be_called_negative(
    study: dict[str, Any], words: set[str]
) -> None:
    assert reading(bare_pet(attribution="benign", **study), fdg_avid=True) == words
