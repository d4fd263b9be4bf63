"""The patient view: what is entered becomes the profile, and the answer beside it is that of `evaluate`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import mrdguide
from mrdguide.errors import UsageError
from mrdguide.intake.tables.template import template_files
from mrdguide.report.pages.lines import titles
from mrdguide.workbench import Bench
from mrdguide.workbench.opening import started
from mrdguide.workbench.patient.form_plan import as_asked
from mrdguide.workbench.state import MOST_UNDO, State, read_state

from ..examples import EXAMPLES, NAMES, shipped
from .pages import AS_OF, banner, done, opened, pasted, text_of

OPEN = "insufficient-no-imaging"
STYLE = Path(mrdguide.__file__).parent / "workbench" / "static" / "workbench.css"


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_of_every_example_is_that_of_evaluate(bench: Bench, name: str) -> None:
    state = opened(name).model_copy(
        update={"as_of": next(item.as_of for item in EXAMPLES if item.file == f"{name}.yaml")}
    )
    found = mrdguide.evaluate(state.profile, rules=shipped(), as_of=state.as_of)
    assert banner(done(bench, state, "patient/show").html) == found.answer


def test_showing_the_form_and_posting_it_unchanged_changes_nothing(bench: Bench) -> None:
    for name in NAMES:
        state = opened(name)
        shown = done(bench, state, "patient/show").html
        fields = dict(re.findall(r'<input [^>]*name="(p\.[^"]+)" value="([^"]*)"', shown))
        assert len(fields) > 10
        assert done(bench, state, "patient/set", fields).state == state


def test_a_change_is_lit_and_can_be_undone(bench: Bench) -> None:
    state = opened("cessation-supported")
    after = done(
        bench, state, "patient/set", {"p.mrd[0].result": "detected", "p.baseline.cytogenetics.del_17p": "present"}
    )
    assert after.state.profile["mrd"][0]["result"] == "detected"
    assert "Possible now" in text_of(after.html) or "It is now" in text_of(after.html)
    assert "del(17p): absent \N{RIGHTWARDS ARROW} present" in text_of(after.html)
    back = done(bench, after.state, "patient/undo")
    assert back.state.profile == state.profile
    assert banner(back.html) == banner(done(bench, state, "patient/show").html)


def test_undo_of_what_could_not_be_taken_in_takes_nothing_else_back(bench: Bench) -> None:
    fields = {"example": "continue-double-hit"}
    state = done(bench, started(AS_OF), "patient/example", fields).state
    refused = {"p.baseline.cytogenetics.gain_1q": "absent"}  # three copies are recorded
    after = done(bench, state, "patient/set", refused)
    assert "3 copies" in text_of(after.html)
    back = done(bench, after.state, "patient/undo", refused)
    assert (back.state.profile, back.state.undo) == (state.profile, state.undo)
    assert "could not be taken in, is gone" in text_of(back.html)


def test_the_banner_of_an_example_goes_with_it(bench: Bench) -> None:
    state = done(bench, started(AS_OF), "patient/example", {"example": "continue-double-hit"}).state
    assert state.invented == "continue-double-hit"
    emptied = done(bench, state, "patient/undo").state
    assert emptied.invented == ""
    again = done(bench, done(bench, state, "patient/new").state, "patient/undo").state
    assert again.invented == "continue-double-hit"


def test_what_cannot_be_read_is_said_at_its_field_and_the_answer_is_marked_as_old(bench: Bench) -> None:
    state = opened(OPEN)
    after = done(bench, state, "patient/set", {"p.diagnosis.date": "2019-13", "p.ecog": "2"})
    assert after.state == state
    assert 'value="2019-13"' in after.html
    assert 'aria-describedby="p-diagnosis-date-problem"' in after.html
    assert "This is the answer before the last change" in after.html
    assert done(bench, state, "patient/set", {"p.diagnosis.date": "2019-12", "p.ecog": "2"}).state.profile["ecog"] == 2


def test_a_contradiction_within_an_entry_is_said_at_the_entry(bench: Bench) -> None:
    after = done(bench, opened(OPEN), "patient/set", {"p.therapy[0].end": "2018-01"})
    assert "ends 2018-01 before it starts 2019-09-20" in text_of(after.html)
    assert "This is the answer before the last change" in after.html


def test_a_value_without_its_unit_is_refused_and_with_it_taken(bench: Bench) -> None:
    state = started(AS_OF)
    given = {"p.diagnosis.disease": "multiple-myeloma", "p.baseline.labs.ldh~value": "180"}
    assert "180 without a unit" in text_of(done(bench, state, "patient/set", given).html)
    after = done(
        bench, state, "patient/set", {**given, "p.baseline.labs.ldh~unit": "U/L", "p.baseline.labs.ldh~limit": "250"}
    )
    assert after.state.profile["baseline"]["labs"]["ldh"] == {"value": 180, "unit": "U/L", "upper_limit": 250}


def test_not_done_and_failed_are_choices_and_never_negative(bench: Bench) -> None:
    state = opened("cessation-supported")
    for word in ("not-tested", "failed", ""):
        after = done(bench, state, "patient/set", {"p.baseline.cytogenetics.t_4_14": word}).state
        found = mrdguide.evaluate(after.profile, rules=shipped(), as_of=AS_OF)
        assert found.case.original.baseline.cytogenetics.t_4_14.status == (word or None)


def test_somebody_of_whom_nothing_is_entered_is_unknown_throughout(bench: Bench) -> None:
    after = done(bench, started(AS_OF), "patient/set", {"p.diagnosis.disease": "multiple-myeloma"})
    assert banner(after.html).startswith("Not answered yet")
    found = mrdguide.evaluate(after.state.profile, rules=shipped(), as_of=AS_OF)
    assert not found.settled
    assert set(after.state.profile["incomplete"]) == {
        "therapy",
        "responses",
        "mrd",
        "imaging",
        "markers",
        "events",
        "toxicities",
    }


def test_an_entry_that_is_empty_does_not_count_until_something_is_entered(bench: Bench) -> None:
    state = opened("cessation-supported")
    after = done(bench, state, "patient/add", {"list": "events"})
    assert after.state.profile["events"] == [{}]
    assert banner(after.html) == banner(done(bench, state, "patient/show").html)
    told = done(bench, after.state, "patient/set", {"p.events[0].kind": "progression", "p.events[0].date": "2026-11"})
    assert banner(told.html) != banner(after.html)
    gone = done(bench, told.state, "patient/remove", {"entry": "events[0]"})
    assert banner(gone.html) == banner(after.html)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("negative", "cessation-supported"), ("positive", "act-on-resurgence"), ("not conclusive", "")],
)
def test_a_result_leads_where_its_button_says(bench: Bench, answer: str, outcome: str) -> None:
    state = opened(OPEN)
    supposed = done(bench, state, "patient/suppose", {"path": "imaging", "answer": answer})
    assert "What if: PET-CT (or whole-body DW-MRI)" in supposed.html
    assert supposed.state.profile == state.profile, "supposed, not entered"
    kept = done(bench, supposed.state, "patient/keep").state
    found = mrdguide.evaluate(kept.profile, rules=shipped(), as_of=AS_OF)
    assert found.outcome == outcome if outcome else not found.settled


def test_a_result_that_was_entered_to_try_it_is_called_that_until_a_report_says_it(bench: Bench) -> None:
    state = done(bench, opened(OPEN), "patient/suppose", {"path": "imaging", "answer": "negative"}).state
    kept = done(bench, state, "patient/keep")
    marked = "Entered to try it, from no report: PET-CT (or whole-body DW-MRI): negative. Not to be signed"
    assert marked in text_of(kept.html)
    assert marked in text_of(done(bench, kept.state, "patient/set", {"p.ecog": "2"}).html)
    for action in ("patient/undo", "patient/new", "patient/reported"):
        assert "Entered to try it" not in text_of(done(bench, kept.state, action).html)
    reported = done(bench, kept.state, "patient/reported").state
    assert reported.profile == kept.state.profile
    assert marked in text_of(done(bench, reported, "patient/undo").html)


def test_what_forbids_signing_is_printed_too() -> None:
    [hidden] = re.findall(r"@media print \{\n(.*?) \{ display: none", STYLE.read_text(encoding="utf-8"), re.DOTALL)
    names = {name.strip() for name in hidden.split(",")}
    assert ".entry" in names
    assert names.isdisjoint({".old", ".tried", ".invented"})


def test_the_answer_says_whose_it_is_and_of_which_day(bench: Bench) -> None:
    one, two = (text_of(done(bench, opened(name), "patient/show").html) for name in (OPEN, "cessation-supported"))
    assert f"{OPEN}, judged on {AS_OF}" in one
    assert f"cessation-supported, judged on {AS_OF}" in two


def test_what_is_printed_names_the_patient_the_day_and_what_it_rests_on(bench: Bench) -> None:
    state = opened(OPEN)
    found = mrdguide.evaluate(state.profile, rules=shipped(), as_of=AS_OF).provenance
    printed = text_of(done(bench, state, "patient/show").html)
    assert f"May maintenance be stopped? {state.profile['id']}" in printed
    said = f"Judged on {found.as_of} by {found.rules_name} {found.rules_version} ({found.rules_hash[:12]}), input {found.input_hash[:12]}"
    assert said in printed


def test_the_slider_says_what_evaluate_says_today(bench: Bench) -> None:
    state = opened("cessation-supported")
    now = text_of(done(bench, state, "patient/later", {"months": "0"}).html)
    assert "On 2026-11-21, if nothing is tested until then inside the envelope of cessation studies" in now
    later = text_of(done(bench, state, "patient/later", {"months": "60"}).html)
    assert "On 2031-11-21, if nothing is tested until then inside the envelope" not in later
    for wrong in ("61", "-1", "x", "\N{SUPERSCRIPT TWO}", "9" * 5000):
        with pytest.raises(UsageError, match="from 0 to 60"):
            done(bench, state, "patient/later", {"months": wrong})


@pytest.mark.parametrize(
    ("before", "months", "days", "after"),
    [("2023-08-28", "1", "", "2023-09-28"), ("2023-08-31", "-6", "", "2023-02-28"), ("2023-08", "5", "", "2024-01"),
     ("2023", "1", "", "2024"), ("2023-08-28", "", "-28", "2023-07-31")],
)  # fmt: skip
def test_a_date_that_is_moved_stays_as_precise_as_it_was(
    bench: Bench, before: str, months: str, days: str, after: str
) -> None:
    state = done(bench, opened(OPEN), "patient/set", {"p.mrd[0].date": before}).state
    moved = done(
        bench, state, "patient/move", {"entry": "mrd[0]", "ends": "date", "by_months": months, "by_days": days}
    )
    assert moved.state.profile["mrd"][0]["date"] == after


def test_moving_a_phase_that_goes_on_leaves_its_end_alone(bench: Bench) -> None:
    moved = done(bench, opened(OPEN), "patient/move", {"entry": "therapy[2]", "ends": "start", "by_months": "2"})
    assert moved.state.profile["therapy"][2]["start"] == "2020-08-20"
    assert moved.state.profile["therapy"][2]["end"] is None


def test_a_profile_a_bundle_and_tables_can_be_pasted(bench: Bench) -> None:
    yaml = "id: pasted\ndiagnosis: {disease: multiple-myeloma}\n"
    assert done(bench, started(AS_OF), "patient/open", {"pasted": yaml}).state.profile["id"] == "pasted"
    resources = [{"resourceType": "Patient", "id": "p1", "birthDate": "1961-05-04"},
                 {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"},
                  "code": {"coding": [{"system": "http://snomed.info/sct", "code": "109989006"}]}}]  # fmt: skip
    fhir = done(bench, started(AS_OF), "patient/open", {"pasted": json.dumps(resources)})
    assert fhir.state.profile["birth_year"] == 1961
    files = {**template_files(), "patients.csv": "id,disease\nt1,multiple-myeloma\n"}
    tables = "".join(f"\x1c{name}\x1d{text}" for name, text in files.items() if name.endswith(".csv"))
    assert done(bench, started(AS_OF), "patient/open", {"pasted": tables}).state.profile["id"] == "t1"


def test_what_was_not_read_of_a_record_stays_named_until_another_patient_is_opened(bench: Bench) -> None:
    about = {"subject": {"reference": "Patient/p1"}}
    resources = [{"resourceType": "Patient", "id": "p1", "birthDate": "1961-25-04"},
                 {"resourceType": "Condition", "id": "c1", **about, "code": {"coding": [{"system": "http://snomed.info/sct", "code": "109989006"}]}},
                 {"resourceType": "Observation", "id": "local", "status": "final", **about, "code": {"text": "MRD, marrow"}, "effectiveDateTime": "2026-05-04"}]  # fmt: skip
    read = done(bench, started(AS_OF), "patient/open", {"pasted": json.dumps(resources)})
    later = done(bench, read.state, "patient/set", {"p.ecog": "1"})
    for page in (read, later):
        said = text_of(page.html.partition('<details class="imported')[2].partition("</details>")[0])
        assert "NOT all was given or could be read" in said
        assert "Patient/p1: cannot be read as a day; the age is open" in said
        assert "Observation/local" in said
        assert "Not to be signed until somebody has looked at each" in text_of(page.html)
    assert "no MRD test that could be read, and there may be some" in text_of(later.html)
    looked = done(bench, later.state, "patient/looked")
    assert "Not to be signed" not in text_of(looked.html)
    assert '<details class="imported' in looked.html
    assert "Not to be signed" in text_of(done(bench, looked.state, "patient/undo").html)
    assert '<details class="imported' not in done(bench, later.state, "patient/new").html
    assert '<details class="imported' in done(bench, done(bench, later.state, "patient/new").state, "patient/undo").html


def test_a_record_of_which_pages_were_not_handed_over_is_not_to_be_signed(bench: Bench) -> None:
    paged = {
        "resourceType": "Bundle", "type": "searchset", "link": [{"relation": "next", "url": "https://example.org/next"}],
        "entry": [
            {"resource": {"resourceType": "Patient", "id": "p1", "birthDate": "1961-05-04"}},
            {"resource": {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"},
                          "code": {"coding": [{"system": "http://snomed.info/sct", "code": "109989006"}]}}},
        ],
    }  # fmt: skip
    read = done(bench, started(AS_OF), "patient/open", {"pasted": json.dumps(paged)})
    assert "not read or in doubt: resources: paged. Not to be signed" in text_of(read.html)


def test_after_a_paste_that_failed_the_answer_is_said_to_be_that_of_the_patient_before(bench: Bench) -> None:
    state = opened(OPEN)
    table = "patient,date,result\np1,2026-01-04,detected\n"
    after = done(bench, state, "patient/open", {"pasted": table})
    assert after.state == state
    assert "drop the file itself" in text_of(after.html)
    assert "still the answer of the patient that was open before" in text_of(after.html)


def test_a_question_never_promises_more_than_a_clear_result_settles(bench: Bench) -> None:
    told = text_of(done(bench, opened(OPEN), "patient/first").html)
    assert "one that fails or stays unclear may leave it open" in told
    assert "whatever the results" not in told


def test_what_is_pasted_and_wrong_is_told_with_its_line_and_stays_in_its_field(bench: Bench) -> None:
    state = opened(OPEN)
    after = done(bench, state, "patient/open", {"pasted": "id: x\ndiagnosis: {disease: myelom}\n"})
    assert after.state == state
    assert "what was pasted:2:" in after.html
    assert "diagnosis: {disease: myelom}" in after.html


def test_the_interview_asks_and_its_answers_stand_in_the_profile(bench: Bench) -> None:
    state = started(AS_OF)
    assert "What is the diagnosis?" in done(bench, state, "patient/show").html
    state = done(bench, state, "patient/ask", {"question": "diagnosis.disease", "q.": "multiple-myeloma"}).state
    wrong = done(bench, state, "patient/ask", {"question": "diagnosis.date", "q.": "soon"})
    assert wrong.state == state
    assert "is not a date" in text_of(wrong.html)
    state = done(bench, state, "patient/ask", {"question": "diagnosis.date", "q.": "2019-09"}).state
    state = done(bench, state, "patient/ask", {"question": "birth_year", "said": "not-known"}).state
    assert state.profile["not_known"] == ["birth_year"]
    assert "therapy" in state.profile["incomplete"]
    state = done(bench, state, "patient/ask", {"question": "therapy", "said": "none"}).state
    assert state.profile["therapy"] == []
    assert "therapy" not in state.profile["incomplete"]


def test_undo_is_kept_small(bench: Bench) -> None:
    state = opened(OPEN)
    for ecog in range(2 * MOST_UNDO):
        state = done(bench, state, "patient/set", {"p.ecog": str(ecog % 3)}).state
    assert len(state.undo) <= MOST_UNDO
    assert read_state(state.to_text()) == state


def test_a_state_that_is_none_is_refused() -> None:
    for text in (
        "",
        "null",
        "[]",
        "{}",
        '{"profile": 3, "as_of": "x"}',
        "x" * 1000,
        '{"profile": {}, "as_of": "2026-11-21", "more": 1}',
    ):
        with pytest.raises(UsageError, match="reload the page"):
            read_state(text)


def test_unknown_views_and_actions_are_refused(bench: Bench) -> None:
    for address in ("nowhere/show", "patient/nothing", "patient/"):
        with pytest.raises(UsageError):
            done(bench, started(AS_OF), address)


def test_the_same_arguments_give_the_same_fragment(bench: Bench) -> None:
    state: State = opened(OPEN)
    assert done(bench, state, "patient/show") == done(bench, state, "patient/show")


def test_an_open_answer_says_what_is_settled_and_what_keeps_it_open(bench: Bench) -> None:
    state = pasted(bench)
    answer = mrdguide.evaluate(state.profile, rules=shipped(), as_of=AS_OF)
    shown = text_of(done(bench, state, "patient/pane", {"pane": "why"}).html)
    why = shown.partition("The answer is open.")[2]
    assert answer.certain_already in why
    out = [item.id for item in shipped().decision.outcomes if item.id not in answer.possible_outcomes]
    assert f"Ruled out: {titles(shipped(), out)[0]}" in why
    assert as_asked(answer.missing[0].what) in why.partition("What keeps it open")[2]
    assert "not known)" in why.partition("Why not")[2]


def test_results_that_lead_to_an_outcome_together_do_lead_there(bench: Bench) -> None:
    """One after the other entered, they leave what is announced at their end."""
    state = opened(OPEN)
    answer = mrdguide.evaluate(state.profile, rules=shipped(), as_of=AS_OF)
    for name in answer.possible_outcomes:
        way = answer.explanation.way_to(name)
        assert name in way.possible
        if len(way.results) == 1:
            kept = done(bench, state, "patient/suppose", {"path": way.results[0].path, "answer": way.results[0].answer})
            found = done(bench, kept.state, "patient/keep").state
            after = mrdguide.evaluate(found.profile, rules=shipped(), as_of=AS_OF)
            assert after.possible_outcomes == way.possible
    shown = text_of(done(bench, state, "patient/show").html)
    assert "What together would settle it" in shown


def test_a_way_says_what_has_to_be_known_as_well(bench: Bench) -> None:
    state = pasted(bench)
    way = mrdguide.evaluate(state.profile, rules=shipped(), as_of=AS_OF).explanation.way_to("cessation-supported")
    assert len(way.results) > 3
    assert len(way.possible) > 1
    shown = text_of(done(bench, state, "patient/first").html)
    assert (
        f"Towards: inside the envelope of cessation studies ({len(way.results)} results, and more has to be known)"
        in shown
    )
    assert as_asked(way.left[0]) in shown


def test_no_heading_stands_over_nothing(bench: Bench) -> None:
    for state in (pasted(bench), opened(OPEN), started(AS_OF)):
        with_disease = done(bench, state, "patient/set", {"p.diagnosis.disease": "multiple-myeloma"}).state
        shown = done(bench, with_disease, "patient/first").html
        for question in shown.split('<div class="question">')[1:]:
            below = text_of(question.partition("</h3>")[2].partition("<h3>")[0])
            assert below.partition("From ")[2].partition(".")[2], question[:200]


@pytest.mark.parametrize(
    "typed", ["10^-5", "1 x 10-5", "1 \N{MULTIPLICATION SIGN} 10^-5", "10\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT FIVE}", "0.00001", "1e-5"]
)  # fmt: skip
def test_a_power_of_ten_is_taken_as_it_is_typed_and_shown_as_a_number(bench: Bench, typed: str) -> None:
    after = done(bench, opened(OPEN), "patient/set", {"p.mrd[0].limit_of_detection": typed})
    assert after.state.profile["mrd"][0]["limit_of_detection"] == 1e-5
    assert 'name="p.mrd[0].limit_of_detection" value="1e-5"' in after.html


@pytest.mark.parametrize("typed", ["10-5", "1 x 105", "10\N{SUPERSCRIPT FIVE}", "x 10-5", "10^", "0,00001"])
def test_what_may_be_meant_otherwise_is_not_taken_for_a_number(bench: Bench, typed: str) -> None:
    state = opened(OPEN)
    after = done(bench, state, "patient/set", {"p.mrd[0].limit_of_detection": typed})
    assert after.state == state
    assert "a number, with a point for decimals" in text_of(after.html)
    assert ("with a decimal point: 0.00001" in text_of(after.html)) == (typed == "0,00001")


def test_another_mrd_test_like_the_last_has_neither_its_date_nor_its_result(bench: Bench) -> None:
    state = pasted(bench)
    assert 'id="like-mrd"' in done(bench, state, "patient/show").html
    *_, new = done(bench, state, "patient/add", {"list": "mrd", "like": "last"}).state.profile["mrd"]
    assert new == {"specimen": "marrow", "method": "NGF", "limit_of_detection": 1e-5}
    assert 'id="like-mrd"' not in done(bench, started(AS_OF), "patient/show").html


def test_what_is_missing_is_asked_for_in_no_words_of_the_program(bench: Bench) -> None:
    state = pasted(bench)
    state = done(bench, state, "patient/add", {"list": "mrd", "like": "last"}).state
    state = done(bench, state, "patient/set", {"p.therapy[2].end": ""}).state
    for address in ("patient/first", "patient/pane"):
        shown = text_of(done(bench, state, address, {"pane": "why"}).html)
        for word in ("null if", "attested:", "history:", "not recorded date not recorded"):
            assert word not in shown, word


def test_the_patient_view_says_that_a_layer_of_the_rules_view_is_not_used(bench: Bench) -> None:
    state = pasted(bench)
    words = "The layer that is written in the rules view is not used here"
    assert words not in text_of(done(bench, state, "patient/show").html)
    layered = done(bench, state, "rules/take", {"rule": "mrd.late-positive"}).state
    assert words in text_of(done(bench, layered, "patient/show").html)
