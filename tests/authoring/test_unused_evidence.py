"""Every entry of the evidence is shown in some report of the examples, or listed as unused with the reason."""

from __future__ import annotations

from mrdguide.authoring.unused_evidence import unused_evidence
from mrdguide.evidence.citation import vancouver
from mrdguide.report.formats.html import to_html
from mrdguide.report.pages.board import board

from ..examples import NAMES, evaluated, shipped
from ..report.formats.html_checks import parsed, shown


def test_every_entry_that_no_answer_of_the_examples_shows_has_a_reason() -> None:
    rules = shipped()
    answers = [evaluated(name) for name in NAMES]
    unused = unused_evidence(rules, answers)
    in_answers = {entry.id for answer in answers for entry in answer.evidence}
    assert set(rules.evidence.ids) == in_answers | set(rules.evidence.bearing) | set(unused)
    assert not in_answers & set(unused)
    assert "nothing cites it" not in unused.values()
    assert unused["asco2026"] == "background only, no rule rests on it: background.guidelines"
    assert unused["my_rads2019"] == "cited by how results are read (readings)"
    assert "risk.del-17p-over-20" in unused["del17p_cutoffs"]


def test_what_no_answer_shows_is_listed_for_fewer_patients_too() -> None:
    rules = shipped()
    one = unused_evidence(rules, [evaluated("treat-relapse")])
    assert set(unused_evidence(rules, [evaluated(name) for name in NAMES])) < set(one)


def test_the_full_trace_gives_every_reference() -> None:
    rules = shipped()
    text = " ".join(shown(parsed(to_html(board(evaluated("treat-relapse"), "full")))).split())
    for entry in rules.evidence:
        assert " ".join(vancouver(entry.citation).split()) in text, entry.id
        assert entry.name in text
