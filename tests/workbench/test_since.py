"""What a change did is said where one looks: what was changed, what is possible before and after, the gravest first."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import mrdguide
from mrdguide.logic.truth import Verdict
from mrdguide.recommend.what_if import VerdictChange, difference
from mrdguide.report.pages.lines import titles
from mrdguide.workbench import Bench
from mrdguide.workbench.patient.since import effect

from ..examples import shipped
from .pages import AS_OF, done, opened, pasted, text_of


def since(html: str) -> str:
    """What stands above the answer about the last change, without what opens on request."""
    return text_of(html.partition('<div class="since')[2].partition('class="banner')[0].partition("<details")[0])


def test_a_newest_test_that_is_positive_is_said_above_the_answer(bench: Bench) -> None:
    state = pasted(bench)
    before = mrdguide.evaluate(state.profile, rules=shipped(), as_of=AS_OF).possible_outcomes
    changed = done(bench, state, "patient/set", {"p.mrd[2].result": "detected"})
    after = mrdguide.evaluate(changed.state.profile, rules=shipped(), as_of=AS_OF).possible_outcomes
    gone = [name for name in before if name not in after]
    assert "cessation-supported" in gone
    told = since(changed.html)
    assert "MRD test 3, result: not detected \N{RIGHTWARDS ARROW} detected" in told
    assert f"No longer possible: {titles(shipped(), gone)[0]}" in told
    for name in titles(shipped(), before):
        assert name in told.partition("Possible before: ")[2].partition("Possible now: ")[0]
    for name in titles(shipped(), after):
        assert name in told.partition("Possible now: ")[2]
    assert changed.html.index('<div class="since') < changed.html.index('class="banner')


def test_what_was_found_stands_before_what_cannot_be_excluded_any_more(bench: Bench) -> None:
    changed = done(bench, pasted(bench), "patient/set", {"p.mrd[2].result": "detected"})
    shown = since(changed.html)
    assert "Disease found at 1e-6 or more" in shown
    whole = text_of(changed.html.partition('<div class="since')[2].partition('class="banner')[0])
    assert whole.index("Disease found at 1e-6 or more") < whole.index("Resurgence earlier in the course")


@pytest.mark.parametrize(
    ("first", "second"),
    [((Verdict.NOT_MET, Verdict.MET), (Verdict.NOT_MET, Verdict.UNKNOWN)), ((Verdict.MET, Verdict.UNKNOWN), (Verdict.NOT_MET, Verdict.UNKNOWN)),
     ((Verdict.NOT_MET, Verdict.UNKNOWN), (Verdict.UNKNOWN, Verdict.MET)), ((Verdict.UNKNOWN, Verdict.MET), (Verdict.UNKNOWN, Verdict.NOT_MET))],
)  # fmt: skip
def test_the_order_of_what_turned(first: tuple[Verdict, Verdict], second: tuple[Verdict, Verdict]) -> None:
    answer = mrdguide.evaluate(opened("cessation-supported").profile, rules=shipped(), as_of=AS_OF)
    turned = tuple(
        VerdictChange(title, title, "caution", *change, "") for title, change in (("later", second), ("earlier", first))
    )
    found = effect(replace(difference(answer, answer), verdict_changes=turned))
    assert [text.partition(":")[0] for _, text in (*found.first, *found.rest)] == ["earlier", "later"]


def test_a_change_that_moves_nothing_says_that_the_answer_stays(bench: Bench) -> None:
    told = since(done(bench, opened("cessation-supported"), "patient/set", {"p.ecog": "0"}).html)
    assert "The answer stays: inside the envelope" in told
    told = since(done(bench, pasted(bench), "patient/set", {"p.ecog": "0"}).html)
    assert "The same answers as before are possible" in told


def test_the_card_shows_what_is_possible_at_most(bench: Bench) -> None:
    state = pasted(bench)
    outlook = {
        level: re.search(r'class="answer outlook-(\w+)', done(bench, state, "patient/set", fields).html)
        for level, fields in (
            ("negative", {"p.ecog": "1"}),
            ("found", {"p.mrd[2].result": "detected"}),
            ("much", {"p.mrd[2].result": "detected", "p.mrd[2].level": "1e-4"}),
        )
    }
    assert {level: found and found[1] for level, found in outlook.items()} == {
        "negative": "whole", "found": "less", "much": "none",
    }  # fmt: skip
    much = done(bench, state, "patient/set", {"p.mrd[2].result": "detected", "p.mrd[2].level": "1e-4"}).html
    assert "Nothing that is still possible is a stop guided by MRD." in text_of(much)


def test_a_line_above_the_form_has_the_headline_and_leads_to_the_answer(bench: Bench) -> None:
    html = done(bench, opened("out-of-scope"), "patient/show").html
    jump = re.search(r'<a class="jump [^"]*" href="#([^"]+)">([^<]+)</a>', html)
    assert jump is not None
    assert f'id="{jump[1]}"' in html
    assert jump[2] == mrdguide.evaluate(opened("out-of-scope").profile, rules=shipped(), as_of=AS_OF).answer


def test_a_result_that_is_tried_can_be_entered_or_left_beside_its_name(bench: Bench) -> None:
    html = done(
        bench, opened("insufficient-no-imaging"), "patient/suppose", {"path": "imaging", "answer": "positive"}
    ).html
    trial = html.partition('<section class="supposed')[2].partition('id="first-title"')[0]
    assert trial.index('id="keep"') < trial.index("With this result")
    assert "It would be:" in text_of(trial)


def test_a_reason_that_was_so_before_is_no_new_one(bench: Bench) -> None:
    state = opened("continue-double-hit")
    lesser = {"p.baseline.cytogenetics.gain_1q": "absent", "p.baseline.cytogenetics.gain_1q.copies": ""}
    changed = done(bench, state, "patient/set", lesser)
    before, after = (mrdguide.evaluate(one.profile, rules=shipped(), as_of=AS_OF) for one in (state, changed.state))
    found = difference(before, after)
    turned = {change.title for change in found.verdict_changes}
    stayed = [text for text in found.reasons_added if text not in turned]
    assert stayed
    shown = text_of(changed.html)
    for text in stayed:
        assert f"New reason: {text}" not in shown
        assert f"Now among the reasons, and so before: {text}" in shown
