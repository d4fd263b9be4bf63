"""Verdicts that contradict each other: a fault inside, told with the answer that not enough is known."""

from __future__ import annotations

from dataclasses import replace

import mrdguide
from mrdguide.case.case import Case
from mrdguide.report.formats.html import to_html
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.pages.board import board
from mrdguide.rulebook.book import RuleBook

from ..examples import evaluated, shipped


def faulty() -> RuleBook:
    """The shipped rule book with one criterion that judges wrongly."""
    rules = shipped()
    slots = [item.rule.id for item in rules.compiled_criteria]
    wrong = slots.index("mrd.negative-now-1e-5")

    def judge_all(case: Case) -> tuple[int, ...]:
        found = list(rules.judge_all(case))
        found[wrong] = 0
        return tuple(found)

    return replace(rules, judge_all=judge_all)


def test_no_answer_is_given_and_what_contradicts_what_is_said() -> None:
    before = evaluated("cessation-supported")
    answer = mrdguide.evaluate(before.case.patient, rules=faulty(), as_of=before.provenance.as_of)
    assert answer.outcome == "insufficient-data"
    assert not answer.settled
    assert any("'mrd.negative-now-1e-5'" in fault for fault in answer.faults)
    assert answer.to_dict()["faults"] == list(answer.faults)
    assert answer.notes[0].startswith("fault: ")
    assert "contradict" in answer.headline
    assert answer.criteria["mrd.negative-now-1e-5"].verdict == "not_met", "a judged verdict is never replaced"
    assert answer.criteria["mrd.sustained-36-1e-5"].verdict == "met"
    assert not answer.provenance.cross_checked


def test_it_can_be_explained_and_written_like_any_other() -> None:
    before = evaluated("cessation-supported")
    answer = mrdguide.evaluate(before.case.patient, rules=faulty(), as_of=before.provenance.as_of)
    assert answer.explanation.to_dict()
    assert "contradict" in to_markdown(board(answer))
    assert "contradict" in to_html(board(answer))


def test_an_answer_without_a_fault_says_so() -> None:
    assert evaluated("cessation-supported").to_dict()["faults"] == []
