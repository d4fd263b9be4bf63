"""Events with their status, extramedullary disease, why therapy was begun, the current course, images of the past."""

from __future__ import annotations

from typing import Any

import pytest

from .judging import JudgedExpression, judge, marrow

START = {"phase": "induction", "line": 1, "start": "2020-01-10", "end": "2020-06-01"}
ON = {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": "2020-08-01", "end": None}


def again(start: str | None, *end: str | None, **more: Any) -> dict[str, Any]:
    """Maintenance taken up again."""
    entry: dict[str, Any] = {"phase": "maintenance", "line": 1, "start": start, **more}
    return {**entry, "end": end[0] if end else None}


class TestEvent:
    CANCER = {"event": {"kind": "second-primary-malignancy", "not_over": True, "not_before_therapy": True, "unless": ["basal cell carcinoma"]}}  # fmt: skip
    HISTORY = {"event": {**CANCER["event"], "reads": "history"}}

    def cancer(self, reads: str = "counts", therapy: Any = (START,), **event: Any) -> JudgedExpression:
        expression = self.CANCER if reads == "counts" else self.HISTORY
        found = {"kind": "second-primary-malignancy", **event}
        return judge(expression, absence="not_met", events=[found], therapy=list(therapy))

    @pytest.mark.parametrize(
        ("event", "verdict"),
        [
            ({"date": "2024-02-01"}, "met"),
            ({"date": "2020-01-09"}, "not_met"),
            ({"date": "2020-01-10"}, "met"),
            ({"date": "2020-01"}, "unknown"),
            ({"date": "2019"}, "not_met"),
            ({"date": None}, "unknown"),
            ({"date": "2010-02-01", "status": "active"}, "met"),
            ({"date": "2024-02-01", "status": "resolved"}, "not_met"),
            ({"date": "2024-02-01", "end": "2025-01-01"}, "not_met"),
            ({"date": "2024-02-01", "end": "2025-01-01", "status": "active"}, "met"),
            ({"date": "2024-02-01", "end": "2026-06-16"}, "met"),
            ({"date": "2024-02-01", "end": "2026-06"}, "unknown"),
            ({"date": "2024-02-01", "term": "Basal-Cell  carcinoma"}, "not_met"),
            ({"date": "2024-02-01", "note": "basal cell carcinoma"}, "not_met"),
            ({"date": "2024-02-01", "note": "basal cell carcinoma and melanoma"}, "met"),
            ({"date": "2024-02-01", "term": "melanoma", "note": "basal cell carcinoma"}, "met"),
            ({"date": "2024-02-01", "attribution": "benign"}, "not_met"),
            ({"date": "2024-02-01", "attribution": "unknown"}, "met"),
            ({"date": "2024-02-01", "confirmed": False}, "unknown"),
            ({"date": "2024-02-01", "confirmed": True}, "met"),
        ],
    )
    def test_what_counts_and_what_is_history(self, event: dict[str, Any], verdict: str) -> None:
        assert self.cancer(**event).verdict == verdict
        history = {"met": "not_met", "not_met": "met", "unknown": "unknown"}[verdict]
        assert self.cancer("history", **event).verdict == history

    def test_one_thing_is_asked_for(self) -> None:
        assert self.cancer().needs == ["events[0].date"]
        assert self.cancer(confirmed=False).needs == ["events[0].confirmed"]
        assert self.cancer(date="2024-02-01", end="2026-06").needs == ["events[0].end"]
        assert judge(self.CANCER, absence="not_met", events=[{"date": "2024-02-01"}]).needs == ["events[0].kind"]

    def test_without_a_start_of_therapy_it_may_have_come_before_it(self) -> None:
        assert self.cancer(date="2010-02-01", therapy=()).needs == ["therapy"]
        undated = {"phase": "induction", "line": 1}
        found = self.cancer(date="2010-02-01", therapy=[undated])
        assert (found.verdict, found.needs) == ("unknown", ["therapy[0].start"])
        diagnosed = {"disease": "multiple-myeloma", "date": "2019"}
        events = [{"kind": "second-primary-malignancy", "date": "2010-02-01"}]
        assert judge(self.CANCER, absence="not_met", events=events, diagnosis=diagnosed).verdict == "not_met"

    def test_an_event_of_another_kind_does_not_count(self) -> None:
        events = [{"date": "2024-02-01", "kind": "progression"}]
        assert judge(self.CANCER, absence="not_met", events=events, therapy=[START]).verdict == "not_met"

    def test_a_list_that_may_lack_entries_leaves_it_unknown(self) -> None:
        assert judge(self.CANCER, absence="not_met", therapy=[START], incomplete=["events"]).verdict == "unknown"

    def test_a_later_line_answers_it(self) -> None:
        open_ = {"event": {"kind": "progression", "not_followed_by_line": 2}}
        events = [{"date": "2024-02-01", "kind": "progression"}]
        second = {"phase": "relapse", "line": 2, "start": "2024-03-01", "end": None}
        assert judge(open_, absence="not_met", events=events, therapy=[START]).verdict == "met"
        assert judge(open_, absence="not_met", events=events, therapy=[START, second]).verdict == "not_met"
        vague = {**second, "line": None}
        found = judge(open_, absence="not_met", events=events, therapy=[START, vague])
        assert (found.verdict, found.needs) == ("unknown", ["therapy[1].line"])

    @pytest.mark.parametrize("start", ["2026-06-15", "2026-06-14", "2019-06-15", None])
    def test_no_line_has_answered_what_happened_on_the_day_judged(self, start: str | None) -> None:
        open_ = {"event": {"kind": "progression", "not_followed_by_line": 2}}
        second = {"phase": "relapse", "line": 2, "start": start, "end": None}
        today = [{"date": "2026-06-15", "kind": "progression"}]
        assert judge(open_, absence="not_met", events=today, therapy=[START, second]).verdict == "met"

    @pytest.mark.parametrize(
        ("date", "verdict"), [("2026-06-14", "not_met"), ("2026-06", "unknown"), (None, "unknown")]
    )
    def test_a_line_begun_on_the_day_judged_answers_what_happened_before(self, date: str | None, verdict: str) -> None:
        open_ = {"event": {"kind": "progression", "not_followed_by_line": 2}}
        second = {"phase": "relapse", "line": 2, "start": "2026-06-15", "end": None}
        events = [{"date": date, "kind": "progression"}]
        assert judge(open_, absence="not_met", events=events, therapy=[START, second]).verdict == verdict


class TestExtramedullary:
    NEW = {"extramedullary": {"reads": "new", "near": 6}}
    KNOWN = {"extramedullary": {"reads": "known", "near": 6, "within": 12}}

    def seen(self, expression: Any, date: Any, baseline: str = "not-tested", **more: Any) -> JudgedExpression:
        event = {"date": date, "kind": "extramedullary-disease", **more}
        return judge(
            expression,
            absence="not_met",
            events=[event],
            therapy=[START],
            baseline={"extramedullary_disease": baseline},
        )

    @pytest.mark.parametrize("baseline", ["not-tested", "present"])
    def test_it_is_new_when_it_came_long_enough_after_the_start(self, baseline: str) -> None:
        assert self.seen(self.NEW, "2020-07-10", baseline).verdict == "not_met"
        assert self.seen(self.NEW, "2020-07-11", baseline).verdict == "met"
        assert self.seen(self.NEW, "2020", baseline).needs == ["events[0].date"]

    def test_where_there_was_none_at_diagnosis_it_is_new_from_the_start_of_therapy_on(self) -> None:
        assert self.seen(self.NEW, "2020-01-10", "absent").verdict == "met"
        assert self.seen(self.NEW, None, "absent").needs == ["events[0].date"]
        assert self.seen(self.NEW, "2021", "absent").verdict == "met"
        assert self.seen(self.NEW, "2020-01-09", "absent").verdict == "not_met"

    def test_where_the_start_of_therapy_is_not_known_it_is_asked_for(self) -> None:
        event = {"date": "2026-06-01", "kind": "extramedullary-disease"}
        found = judge(self.NEW, absence="not_met", events=[event], therapy=[{"phase": "induction", "line": 1}])
        assert (found.verdict, found.needs) == ("unknown", ["therapy[0].start"])

    def test_what_may_be_that_of_diagnosis_counts_while_it_is_recent_and_not_over(self) -> None:
        late = {"phase": "induction", "line": 1, "start": "2025-05-01", "end": None}

        def verdict(**event: Any) -> str:
            found = {"date": "2025-06-15", "kind": "extramedullary-disease", **event}
            return judge(self.KNOWN, absence="not_met", events=[found], therapy=[late]).verdict

        assert verdict() == "met"
        assert verdict(date="2025-06-14") == "not_met"
        assert verdict(status="resolved") == "not_met"
        assert verdict(attribution="benign") == "not_met"
        assert verdict(confirmed=False) == "unknown"


class TestBegunFor:
    RELAPSE = {"begun_for": {"reason": "relapse", "pause": 6}}
    NOW = {"begun_for": {"reason": "relapse", "pause": 6, "going_on": True}}
    RESURGENCE = {"begun_for": {"reason": "resurgence", "pause": 6}}

    def verdicts(self, *therapy: dict[str, Any], **more: Any) -> list[str]:
        """Begun for relapse, for relapse and going on, for resurgence."""
        return [
            judge(expression, absence="not_met", therapy=list(therapy), **more).verdict
            for expression in (self.RELAPSE, self.NOW, self.RESURGENCE)
        ]

    def test_first_line_treatment_was_begun_for_neither(self) -> None:
        assert self.verdicts(START, ON) == ["not_met", "not_met", "not_met"]

    @pytest.mark.parametrize("phase", ["induction", "continuous"])
    def test_treatment_begun_after_maintenance_implies_relapse(self, phase: str) -> None:
        entry = {"phase": phase, "line": 1, "start": "2024-01-10", "end": None}
        assert self.verdicts(START, ON, entry) == ["met", "met", "not_met"]
        assert self.verdicts(START, ON, {**entry, "end": "2024-06-10"}) == ["met", "not_met", "not_met"]
        for reason in ("toxicity", "access", "choice", "after-interruption", "planned"):
            assert self.verdicts(START, ON, {**entry, "start_reason": reason}) == ["not_met", "not_met", "not_met"]

    @pytest.mark.parametrize("phase", ["consolidation", "radiotherapy"])
    def test_consolidation_and_radiotherapy_after_maintenance_ask_for_their_reason(self, phase: str) -> None:
        entry = {"phase": phase, "line": 1, "start": "2024-01-10", "end": "2024-02-10"}
        found = judge(self.RELAPSE, absence="not_met", therapy=[START, ON, entry])
        assert (found.verdict, found.needs) == ("unknown", ["therapy[2].start_reason"])
        assert self.verdicts(START, {**ON, "start": "2024-03-10"}, entry)[0] == "not_met"

    def test_a_line_takes_its_reason_from_its_first_entry(self) -> None:
        second = {"phase": "induction", "line": 2, "start": "2023-01-10", "end": "2023-06-01"}
        kept = {"phase": "maintenance", "line": 2, "start": "2023-07-01", "end": None, "start_reason": "planned"}
        assert self.verdicts(START, second, kept)[0] == "met"
        assert self.verdicts(START, {**second, "start_reason": "access"}, kept)[0] == "not_met"
        assert (
            self.verdicts(START, {**second, "start_reason": "access"}, {**kept, "start_reason": "relapse"})[0] == "met"
        )

    def test_without_a_line_it_may_be_a_later_one(self) -> None:
        found = judge(self.RELAPSE, absence="not_met", therapy=[START, {**ON, "line": None}])
        assert (found.verdict, found.needs) == ("unknown", ["therapy[1].line"])

    def test_of_an_unknown_line_another_entry_may_give_the_reason(self) -> None:
        transplant = {"phase": "transplant", "line": None, "date": "2021-10-04"}
        earlier = {"phase": "consolidation", "line": None, "start": "2021-06-01", "end": "2021-08-01"}
        assert self.verdicts(START, ON, transplant)[0] == "met"
        assert self.verdicts(START, ON, {**earlier, "start_reason": "choice"}, transplant)[0] == "unknown"
        second = {"phase": "induction", "line": 2, "start": "2021-06-01", "end": "2021-08-01", "start_reason": "choice"}
        assert self.verdicts(START, ON, second, transplant)[0] == "unknown"

    def test_a_restart_asks_for_its_reason(self) -> None:
        first = {**ON, "end": "2023-01-10"}
        assert self.verdicts(START, first, again("2023-07-10")) == ["not_met", "not_met", "not_met"]
        assert self.verdicts(START, first, again("2023-07-11")) == ["unknown", "not_met", "unknown"]
        assert self.verdicts(START, first, again("2023-07-11", start_reason="choice"))[0] == "not_met"
        assert self.verdicts(START, first, again("2023-07-11", start_reason="resurgence"))[2] == "met"
        assert self.verdicts(START, first, again(None))[0] == "unknown"

    def test_drugs_of_maintenance_that_overlap_or_follow_each_other_are_no_restart(self) -> None:
        assert self.verdicts(START, ON, again("2023-07-11"))[0] == "not_met"
        assert self.verdicts(START, {**ON, "end": "2023-07-10"}, again("2023-07-11"))[0] == "not_met"

    @pytest.mark.parametrize(
        ("sign", "verdict"),
        [
            ({"mrd": [{"date": "2023-02-10", "result": "detected"}]}, "unknown"),
            ({"mrd": [{"date": "2022-02-10", "result": "detected"}]}, "not_met"),
            ({"mrd": [{"date": "2023", "result": "detected"}]}, "unknown"),
            ({"mrd": [{"date": "2023-02-10", "result": "not-detected"}]}, "not_met"),
            ({"imaging": [{"date": "2023-02-10", "conclusion": "positive", "modality": "PET-CT"}]}, "unknown"),
            ({"imaging": [{"date": "2023-02-10", "conclusion": "positive", "modality": "PET-CT", "attribution": "benign"}]}, "not_met"),
            ({"events": [{"date": "2023-02-10", "kind": "mrd-resurgence"}]}, "unknown"),
            ({"events": [{"date": "2023-02-10", "kind": "mrd-resurgence", "attribution": "benign"}]}, "not_met"),
            ({"responses": [{"date": "2021-02-10", "category": "CR"}, {"date": "2023-02-10", "category": "VGPR"}]}, "unknown"),
            ({"responses": [{"date": "2021-02-10", "category": "sCR"}, {"date": "2023-02-10", "category": "CR"}]}, "not_met"),
            ({"responses": [{"date": "2021-02-10", "category": "PR"}, {"date": "2023-02-10", "category": "VGPR"}]}, "not_met"),
        ],
    )  # fmt: skip
    def test_a_short_pause_with_a_sign_of_disease_asks_for_its_reason(self, sign: dict[str, Any], verdict: str) -> None:
        first, second = {**ON, "end": "2023-01-10"}, again("2023-06-10")
        assert self.verdicts(START, first, second, **sign)[0] == verdict
        assert self.verdicts(START, {**first, "stop_reason": "hip replacement"}, second, **sign)[0] == "not_met"
        for said in ("relapsed", "rising M-protein"):
            assert self.verdicts(START, {**first, "stop_reason": said}, second, **sign)[0] == verdict
        assert self.verdicts(START, first, {**second, "start_reason": "after-interruption"}, **sign)[0] == "not_met"


class TestEndedFor:
    RELAPSE = {"ended_for": {"reason": "relapse"}}
    OPEN = {"ended_for": {"reason": "relapse", "not_followed_by_line": 2}}
    RESURGENCE = {"ended_for": {"reason": "resurgence"}}

    def verdicts(self, *therapy: dict[str, Any], **more: Any) -> list[str]:
        """Ended for relapse, for relapse that no later line has answered, for resurgence."""
        return [
            judge(expression, absence="not_met", therapy=list(therapy), **more).verdict
            for expression in (self.RELAPSE, self.OPEN, self.RESURGENCE)
        ]

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ("Relapsed.", ["met", "met", "not_met"]),
            ("MRD+", ["not_met", "not_met", "met"]),
            ("loss of response", ["unknown", "unknown", "unknown"]),
            ("toxicity", ["not_met", "not_met", "not_met"]),
            (None, ["not_met", "not_met", "not_met"]),
        ],
    )
    def test_its_words_tell(self, said: str | None, expected: list[str]) -> None:
        assert self.verdicts(START, {**ON, "end": "2024-01-10", "stop_reason": said}) == expected

    def test_words_that_may_be_disease_are_quoted(self) -> None:
        ended = {**ON, "end": "2024-01-10", "stop_reason": "loss of response"}
        found = judge(self.RELAPSE, absence="not_met", therapy=[START, ended])
        assert found.needs == ["therapy[1].stop_reason"]
        assert any("'loss of response'" in text for text in found.observed)

    def test_a_later_line_answers_it(self) -> None:
        ended = {**ON, "end": "2024-01-10", "stop_reason": "progression"}
        after = {"phase": "induction", "start": "2024-01-08", "end": None}
        assert self.verdicts(START, ended, {**after, "line": 2})[:2] == ["met", "not_met"]
        assert self.verdicts(START, ended, {**after, "line": 1})[:2] == ["met", "met"]
        assert self.verdicts(START, ended, after)[:2] == ["met", "unknown"]
        second = {**ended, "line": 2, "start": "2022-01-10"}
        assert self.verdicts(START, second)[:2] == ["met", "met"]
        assert self.verdicts(START, second, {**after, "line": 2})[:2] == ["met", "met"]
        assert self.verdicts(START, second, {**after, "line": 3})[:2] == ["met", "not_met"]

    def test_the_day_that_decides_whether_a_line_answered_it_is_asked_of_therapy(self) -> None:
        ended = {**ON, "start": "2024", "end": "2024-09-10", "stop_reason": "progression"}
        after = {"phase": "induction", "line": 2, "start": "2024-03-10", "end": None}
        found = judge(self.OPEN, absence="not_met", therapy=[START, ended, after])
        assert (found.verdict, found.needs) == ("unknown", ["therapy[1].start"])

    def test_for_a_neoplasm_only_words_that_say_so_count(self) -> None:
        for reason, said in (("myeloid-neoplasm", "t-MDS"), ("second-cancer", "breast cancer")):
            expression = {"ended_for": {"reason": reason}}
            for text, verdict in ((said, "met"), ("loss of response", "not_met"), (None, "not_met")):
                ended = {**ON, "end": "2024-01-10", "stop_reason": text}
                assert judge(expression, absence="not_met", therapy=[START, ended]).verdict == verdict

    def test_a_list_with_gaps_leaves_it_unknown(self) -> None:
        assert self.verdicts(START, ON, therapy_complete=False) == ["unknown", "unknown", "unknown"]
        assert self.verdicts() == ["unknown", "unknown", "unknown"]


class TestCurrentCourse:
    YEAR = {"therapy_duration": {"phase": "maintenance", "months": 12, "pause": 6}}

    def verdict(self, *therapy: dict[str, Any], **more: Any) -> str:
        return judge(self.YEAR, therapy=[START, *therapy], **more).verdict

    def test_only_the_last_course_counts(self) -> None:
        first = {**ON, "end": "2024-01-10"}
        assert self.verdict(first, again("2024-07-11", "2025-01-11")) == "not_met"
        assert self.verdict(first, again("2024-07-10", "2025-01-11")) == "met"
        assert self.verdict(first, again("2024-07-11", "2025-07-11")) == "met"

    def test_the_days_of_a_pause_are_taken_out(self) -> None:
        """Twelve months to 1 January 2025 hold a pause of 31 days."""
        pieces = [{**ON, "start": "2023-12-01", "end": "2024-03-01"}, again("2024-04-01", "2025-01-01")]
        assert self.verdict(*pieces) == "met"
        assert self.verdict({**pieces[0], "start": "2023-12-02"}, pieces[1]) == "not_met"

    def test_a_second_course_without_a_start_leaves_it_unknown(self) -> None:
        first = {**ON, "end": "2024-01-10"}
        assert self.verdict(first, again(None)) == "unknown"
        assert self.verdict(first, again(None, "2024-03-10")) == "met"

    def test_an_entry_of_no_phase_may_be_a_course_of_its_own(self) -> None:
        first, other = {**ON, "end": "2024-01-10"}, {"line": 1, "start": "2026-01-10", "end": None}
        assert self.verdict(first, other) == "unknown"
        assert self.verdict(first, {**other, "start": "2021-01-10", "end": "2021-02-10"}) == "met"

    def test_a_sign_of_disease_in_a_short_pause_without_a_reason(self) -> None:
        first, second = {**ON, "end": "2025-07-01"}, again("2025-12-01")
        sign = [{"date": "2025-08-10", "result": "detected"}]
        assert self.verdict(first, second) == "met"
        assert self.verdict(first, second, mrd=sign) == "not_met"
        assert self.verdict(first, second, mrd=[{"result": "detected"}]) == "unknown"
        assert self.verdict({**first, "stop_reason": "surgery"}, second, mrd=sign) == "met"
        assert self.verdict({**first, "stop_reason": "relapsed"}, second, mrd=sign) == "not_met"

    def test_several_phases_count_together(self) -> None:
        both = {"therapy_duration": {"phase": ["maintenance", "continuous"], "months": 12, "pause": 6}}
        continuous = {"phase": "continuous", "line": 1, "start": "2025-01-15", "end": None}
        assert judge(both, therapy=[continuous]).verdict == "met"
        assert judge(self.YEAR, therapy=[continuous]).verdict == "unknown"


class TestImagingResurgence:
    EARLIER = {"imaging_resurgence": {"threshold": 1e-5}}
    OFF = {"imaging_resurgence": {"threshold": 1e-5, "after_maintenance": True}}
    CLEAN = {"modality": "WB-DWI-MRI", "conclusion": "negative"}

    def image(self, *images: dict[str, Any], off: bool = False, **more: Any) -> JudgedExpression:
        return judge(self.OFF if off else self.EARLIER, absence="not_met", imaging=list(images), **more)

    def between(self, off: bool = False, therapy: Any = (), **positive: Any) -> JudgedExpression:
        """A positive image between two negative ones."""
        lesion = {"date": "2024-03-01", "modality": "WB-DWI-MRI", "conclusion": "positive", **positive}
        before, after = {**self.CLEAN, "date": "2023-03-01"}, {**self.CLEAN, "date": "2025-03-01"}
        return self.image(before, lesion, after, off=off, therapy=[START, *therapy])

    def test_what_it_was_due_to_decides(self) -> None:
        assert self.between(attribution="myeloma").verdict == "met"
        assert self.between(attribution="benign").verdict == "not_met"
        for unsaid in (None, "unknown"):
            found = self.between(attribution=unsaid)
            assert (found.verdict, found.needs) == ("unknown", ["imaging[1].attribution"])

    def test_what_went_after_therapy_was_begun_was_disease(self) -> None:
        radiation = {"phase": "radiotherapy", "line": 1, "start": "2024-04-01", "end": "2024-04-10"}
        assert self.between(therapy=[radiation]).verdict == "met"
        assert self.between(therapy=[radiation], attribution="benign").verdict == "not_met"
        assert self.between(therapy=[{**radiation, "start": "2025-03-02", "end": "2025-03-05"}]).verdict == "unknown"

    def test_maintenance_of_unknown_days_may_have_ended_before_the_image(self) -> None:
        unknown = {"phase": "maintenance", "line": 1}
        assert self.between(off=True, therapy=[unknown], attribution="myeloma").verdict == "unknown"
        assert self.between(off=True, therapy=[{**unknown, "end": None}], attribution="myeloma").verdict == "not_met"
        assert (
            self.between(off=True, therapy=[{**unknown, "end": "2023-12-01"}], attribution="myeloma").verdict == "met"
        )

    def test_the_newest_image_is_not_judged_here(self) -> None:
        before, lesion = {**self.CLEAN, "date": "2023-03-01"}, {"date": "2024-03-01", "conclusion": "positive"}
        assert self.image(before, lesion, therapy=[START]).verdict == "not_met"

    @pytest.mark.parametrize(("date", "verdict"), [("2019-09-02", "unknown"), ("2019-09-03", "not_met")])
    def test_the_newest_image_of_the_diagnosis_waits_for_the_next(self, date: str, verdict: str) -> None:
        """It is not what is there now, so that the next image makes it one of the past: what that can show is open before."""
        diagnosis = {"disease": "multiple-myeloma", "date": "2019-09-02"}
        lesion = {"modality": "WB-DWI-MRI", "conclusion": "positive", "date": date}
        some_day = marrow(None)
        assert self.image(lesion, therapy=[START], diagnosis=diagnosis, mrd=[some_day]).verdict == verdict
        after_it = marrow("2024-04-01")
        assert self.image(lesion, therapy=[START], diagnosis=diagnosis, mrd=[after_it]).verdict == "not_met"

    def test_where_its_own_day_is_known_what_came_before_it_is_asked_for(self) -> None:
        lesion, after = {"date": "2024-03-01", "conclusion": "positive"}, {**self.CLEAN, "date": "2025-03-01"}
        found = self.image({**lesion, "attribution": "myeloma"}, after, therapy=[START], mrd=[marrow(None)])
        assert (found.verdict, found.needs) == ("unknown", ["mrd[0].date"])
        ended = {**ON, "end": "2024"}
        found = self.between(off=True, therapy=[ended], attribution="myeloma")
        assert (found.verdict, found.needs) == ("unknown", ["therapy[1].end"])

    def test_before_the_first_negative_is_the_normal_course(self) -> None:
        lesion, after = {"date": "2024-03-01", "conclusion": "positive"}, {**self.CLEAN, "date": "2025-03-01"}
        assert self.image(lesion, after).verdict == "not_met"
        negative = {"specimen": "marrow", "method": "NGF", "limit_of_detection": 1e-5, "result": "not-detected"}
        assert self.image(lesion, after, mrd=[{**negative, "date": "2024-02-01"}]).verdict == "unknown"
        assert self.image(lesion, after, mrd=[{**negative, "date": "2024-04-01"}]).verdict == "not_met"

    def test_a_date_that_is_vague_is_asked_for(self) -> None:
        found = self.between(date="2023", attribution="myeloma")
        assert (found.verdict, found.needs) == ("unknown", ["imaging[1].date"])

    def test_off_therapy_only_what_came_after_the_end_counts(self) -> None:
        ended = {**ON, "end": "2024-02-01"}
        assert self.between(off=True, therapy=[ended], attribution="myeloma").verdict == "met"
        assert self.between(off=True, therapy=[{**ON, "end": "2024-03-01"}], attribution="myeloma").verdict == "not_met"
        assert self.between(off=True, therapy=[{**ON, "end": "2024"}], attribution="myeloma").verdict == "unknown"
        assert self.between(off=True, attribution="myeloma").verdict == "met"


class TestToxicity:
    @pytest.mark.parametrize(
        ("entry", "unacceptable"),
        [
            ({"unacceptable": True, "status": "ongoing"}, "met"),
            ({"unacceptable": True}, "unknown"),
            ({"unacceptable": True, "status": "resolved"}, "not_met"),
            ({"unacceptable": False, "status": "ongoing", "grade": 4}, "not_met"),
            ({"grade": 2, "status": "ongoing"}, "not_met"),
            ({"grade": 3, "status": "ongoing"}, "unknown"),
            ({"status": "ongoing"}, "unknown"),
            ({"grade": 2}, "not_met"),
            ({"grade": 3, "status": "resolved"}, "not_met"),
        ],
    )
    def test_judged_by_somebody_or_by_its_grade(self, entry: dict[str, Any], unacceptable: str) -> None:
        found = [
            judge({"toxicity": {"reads": reads, "judged_from": 3}}, absence="not_met", toxicities=[entry]).verdict
            for reads in ("unacceptable", "tolerated")
        ]
        assert found == [unacceptable, {"met": "not_met", "not_met": "met"}.get(unacceptable, "unknown")]

    def test_first_its_weight_is_asked_then_its_status(self) -> None:
        expression = {"toxicity": {"judged_from": 3}}
        assert judge(expression, absence="not_met", toxicities=[{"grade": 3}]).needs == ["toxicities[0].unacceptable"]
        assert judge(expression, absence="not_met", toxicities=[{"unacceptable": True}]).needs == [
            "toxicities[0].status"
        ]


class TestTherapyOver:
    OVER = {"therapy_over": {"phases": ["induction", "transplant", "maintenance"]}}

    @pytest.mark.parametrize(
        ("therapy", "verdict"),
        [
            ([START], "met"),
            ([START, {"phase": "transplant", "kind": "autologous", "date": "2020-07-01"}], "met"),
            ([START, ON], "not_met"),
            ([{**START, "end": None}], "not_met"),
            ([{"phase": "induction", "line": 1, "start": "2026-01-10"}], "unknown"),
            ([START, {"start": "2021-01-01", "end": None}], "unknown"),
            ([{"phase": "radiotherapy", "start": "2021-01-01", "end": "2021-01-10"}], "not_met"),
            ([], "unknown"),
        ],
    )
    def test_given_and_ended(self, therapy: list[dict[str, Any]], verdict: str) -> None:
        assert judge(self.OVER, absence="not_met", therapy=therapy).verdict == verdict

    def test_the_end_is_asked_for(self) -> None:
        found = judge(self.OVER, absence="not_met", therapy=[{"phase": "induction", "line": 1, "start": "2026-01-10"}])
        assert found.needs == ["therapy[0].end"]
