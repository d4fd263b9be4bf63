"""What would settle the outcome, and where each result leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import mrdguide
from mrdguide.answer import missing
from mrdguide.case.case import Case
from mrdguide.explain import missing_results
from mrdguide.explain.explanation import Explanation
from mrdguide.explain.missing_results import Tree

from ..examples import NAMES, evaluated, shipped


def leads_to(tree: Tree | None) -> dict[str, tuple[str, ...]]:
    assert tree is not None
    return {branch.answer: branch.possible for branch in tree.branches}


def test_an_image_never_done() -> None:
    explanation = evaluated("insufficient-no-imaging").explanation
    assert leads_to(explanation.tree) == {"negative": ("cessation-supported",), "positive": ("act-on-resurgence",)}
    sets = {item.outcome: [[result.answer for result in some] for some in item.sets] for item in explanation.settles}
    assert sets == {"cessation-supported": [["negative"]], "act-on-resurgence": [["positive"], ["positive"]]}
    assert {result.path for item in explanation.settles for some in item.sets for result in some} == {"imaging", "mrd"}


def test_two_results_that_only_settle_it_together() -> None:
    explanation = evaluated("insufficient-risk-unknown").explanation
    [supported] = [item for item in explanation.settles if item.outcome == "cessation-supported"]
    assert [[(result.what, result.answer) for result in some] for some in supported.sets] == [
        [("TP53 mutation", "absent"), ("del(1p32)", "absent")]
    ]
    tree = explanation.tree
    assert tree is not None
    assert tree.what == "TP53 mutation"
    absent, present = tree.branches
    assert present.possible == ("continue", "cessation-conditional")
    assert leads_to(present.next) == {"absent": ("cessation-conditional",), "present": ("continue",)}
    assert absent.next is not None
    assert leads_to(absent.next)["absent"] == ("cessation-supported",)
    # A detail is asked for only once it matters.
    zygosity = absent.next.branches[1].next
    assert zygosity is not None
    assert zygosity.what == "del(1p32): zygosity"


def test_what_no_result_of_today_can_settle_is_said() -> None:
    found = {item.outcome: item for item in evaluated("insufficient-shallow-assay").explanation.settles}
    assert found["continue"].sets
    assert not found["cessation-supported"].sets
    assert found["cessation-supported"].exhausted
    assert found["cessation-supported"].to_dict()["no_results_of_today_do"]


def test_a_search_that_is_cut_says_more_than_how_many() -> None:
    empty = {"id": "little-known", "diagnosis": {"disease": "multiple-myeloma"}}
    found = mrdguide.evaluate(empty, rules=shipped(), as_of="2026-11-21").explanation.settles
    open_ = [item for item in found if not item.sets]
    assert open_
    for item in open_:
        assert not item.exhausted
        assert item.to_dict()["takes_more_than"] == item.looked_at >= 1


def test_an_unclear_report_is_asked_about_once() -> None:
    profile = evaluated("cessation-supported").case.patient.model_dump(mode="json", exclude_unset=True)
    profile["imaging"][-1] = {"date": "2026-09-20", "modality": "PET-CT", "conclusion": "indeterminate"}
    tree = mrdguide.evaluate(profile, rules=shipped(), as_of="2026-11-21").explanation.tree

    def asked(planted: Tree | None, before: tuple[str, ...]) -> None:
        if planted is not None:
            assert planted.path not in before
            for branch in planted.branches:
                asked(branch.next, (*before, planted.path))

    assert tree is not None
    asked(tree, ())


def test_a_new_test_that_settles_it_counts_though_something_else_is_missing() -> None:
    profile = evaluated("insufficient-no-imaging").case.patient.model_dump(mode="json", exclude_unset=True)
    del profile["baseline"]["fdg_avid"]
    profile["imaging"] = [{"date": "2026-09-20", "modality": "PET-CT", "conclusion": "negative"}]
    found = mrdguide.evaluate(profile, rules=shipped(), as_of="2026-11-21").explanation.settles
    [resurgence] = [item for item in found if item.outcome == "act-on-resurgence"]
    assert {len(some) for some in resurgence.sets} == {1}


@pytest.mark.parametrize("name", NAMES)
def test_a_settled_answer_asks_for_nothing(name: str) -> None:
    recommendation = evaluated(name)
    assert (recommendation.explanation.tree is None) == recommendation.settled
    assert (recommendation.explanation.settles == ()) == recommendation.settled


def test_how_many_further_sets_there_are_is_counted() -> None:
    # Each of the four facts alone makes the answer conditional, and so does disease found below 1e-5; three are shown.
    open_ = mrdguide.what_if(
        evaluated("cessation-supported"),
        {},
        remove=["baseline.labs.ldh", "baseline.extramedullary_disease", "surveillance", "baseline.cytogenetics.gain_1q"],
    ).after  # fmt: skip
    found = {item.outcome: item for item in open_.explanation.settles}
    assert len(found["cessation-conditional"].sets) == 3
    assert {len(some) for some in found["cessation-conditional"].sets} == {1}
    assert found["cessation-conditional"].to_dict()["more_of_this_size"] == found["cessation-conditional"].more == 2


@pytest.mark.parametrize("name", NAMES)
def test_no_further_sets_are_claimed_where_all_are_shown(name: str) -> None:
    for item in evaluated(name).explanation.settles:
        if len(item.sets) < 3:
            assert item.more == 0


@pytest.mark.parametrize("name", NAMES)
def test_after_every_answer_all_that_is_waited_for_is_asked_as_if_nothing_had_been_known(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What criteria wait for is kept where an answer cannot have changed it; asked anew it is the same."""
    explanation = Explanation(evaluated(name))
    looked_at = 0

    def needs(rules: mrdguide.RuleBook, case: Case, depends_on: Sequence[int], waiting: missing.NeedsOf) -> Any:
        nonlocal looked_at
        looked_at += 1
        kept = missing.needs(rules, case, depends_on, waiting)
        assert kept == missing.needs(rules, case, depends_on, missing.NeedsOf(rules, case))
        return kept

    monkeypatch.setattr(missing_results, "needs", needs)
    assert explanation.tree is None or looked_at
