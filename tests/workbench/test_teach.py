"""The teaching view: a question, one's own answer with reasons, then the reasoning; a score that only the page keeps."""

from __future__ import annotations

import pytest

from mrdguide.errors import UsageError
from mrdguide.workbench import Bench
from mrdguide.workbench.opening import started

from .pages import AS_OF, done, text_of


def test_a_case_is_answered_once_and_the_round_is_counted(bench: Bench) -> None:
    state = done(bench, started(AS_OF), "teach/open", {"case": "1"}).state
    shown = done(bench, state, "teach/show").html
    assert bench.lessons[0].question in text_of(shown)
    assert bench.lessons[0].point not in text_of(shown), "the point is told after the answer"
    refused = done(bench, state, "teach/answer", {"reasons": "because of the test"})
    assert "no answer is chosen" in text_of(refused.html.partition('class="choices')[2]), "told at the choices"
    assert "because of the test" in refused.html
    assert refused.state.teaching.answers == {}
    wrong = done(bench, state, "teach/answer", {"choice": "continue", "reasons": "too early"})
    assert bench.lessons[0].point in text_of(wrong.html)
    assert "too early" in wrong.html
    assert "0 of 1 answered rightly" in text_of(wrong.html)
    assert done(bench, wrong.state, "teach/answer", {"choice": "cessation-supported"}).state == wrong.state
    second = done(bench, wrong.state, "teach/open", {"case": "2"}).state
    right = bench.lessons[1].example.expected.outcome
    assert "1 of 2 answered rightly" in text_of(done(bench, second, "teach/answer", {"choice": right}).html)
    assert done(bench, second, "teach/anew").state.teaching.answers == {}


def test_a_case_opens_as_an_invented_patient_and_the_page_says_so(bench: Bench) -> None:
    name = bench.lessons[2].example.file.removesuffix(".yaml")
    found = done(bench, started(AS_OF), "patient/example", {"example": name})
    assert found.state.as_of == bench.lessons[2].as_of
    assert f"An invented patient from the examples ({name})" in found.html
    assert (
        "An invented patient"
        not in done(bench, found.state, "patient/open", {"pasted": "id: x\ndiagnosis: {disease: mgus}"}).html
    )


def test_the_link_to_a_case_opens_its_question_and_not_its_answer(bench: Bench) -> None:
    state = done(bench, started(AS_OF), "teach/open", {"case": "5"}).state
    answered = done(bench, state, "teach/answer", {"choice": "continue"})
    for html in (done(bench, state, "teach/show").html, answered.html):
        assert 'href="#case=5"' in html
        assert "#example=" not in html
    opened = done(bench, started(AS_OF), "teach/open", {"case": "5"}).html
    assert bench.lessons[4].question in text_of(opened)
    assert bench.lessons[4].point not in text_of(opened)


def test_what_is_no_case_and_no_answer_is_refused(bench: Bench) -> None:
    state = done(bench, started(AS_OF), "teach/open", {"case": "1"}).state
    for address, fields in (("teach/open", {"case": "999"}), ("teach/open", {"case": "x"}), ("teach/answer", {"choice": "none of them"}),
                            ("patient/example", {"example": "../../etc/passwd"})):  # fmt: skip
        with pytest.raises(UsageError):
            done(bench, state, address, fields)
