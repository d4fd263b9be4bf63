"""Questions of an open answer: few, each with somebody who can answer, in an order that settles."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

import mrdguide
from mrdguide.explain.missing_results import Lazily
from mrdguide.explain.questions import Asked
from mrdguide.recommend.recommendation import Recommendation

EXAMPLES = Path(__file__).parents[2] / "examples"
RULES = mrdguide.load_rules()
OPEN = [
    "insufficient-cr-without-mrd", "insufficient-haemodiluted", "insufficient-no-imaging", "insufficient-risk-unknown",
    "insufficient-shallow-assay", "restart",
]  # fmt: skip
HARDLY_ANYTHING: dict[str, Any] = {
    "id": "sparse",
    "diagnosis": {"disease": "multiple-myeloma", "date": "2021-01"},
    "therapy": [{"phase": "maintenance", "drugs": ["lenalidomide"], "start": "2021-10-01", "line": 1}],
}


def judged(name: str) -> Recommendation:
    return mrdguide.evaluate(EXAMPLES / f"{name}.yaml", as_of="2026-11-21", rules=RULES)


def after_one(situation: Lazily, path: str) -> list[Lazily]:
    found = situation.question_at(path)
    return [cast(Lazily, after) for _, after in found.answers] if found is not None else [situation]


def ends(situation: Lazily, question: Asked) -> list[Lazily]:
    """Every situation that the announced answers to a question lead to, and what only they open in the same report."""
    action = next(item for item in RULES.actions if item.id == question.id)
    reached, answered = [situation], set(question.paths)
    for path in question.paths:
        reached = [end for here in reached for end in after_one(here, path)]
    while True:
        opened = {path for here in reached for path in here.paths if action.names(path)} - answered
        if not opened:
            return reached
        path = min(opened)
        answered.add(path)
        reached = [end for here in reached for end in after_one(here, path)]


@pytest.mark.parametrize("name", [*OPEN, "sparse"])
@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_first_questions_are_those_of_all(name: str, most: int) -> None:
    found = mrdguide.evaluate(HARDLY_ANYTHING, as_of="2026-11-21", rules=RULES) if name == "sparse" else judged(name)
    assert found.explanation.first_questions(most) == found.explanation.questions.asked[:most]


@pytest.mark.parametrize("name", OPEN)
def test_asking_in_order_settles_within_the_number_announced(name: str) -> None:
    explanation = judged(name).explanation
    asked = explanation.questions
    assert 1 <= len(asked.asked) <= 5
    reached = [explanation._situation]
    for question in asked.asked:
        following = [end for here in reached for end in ends(here, question)]
        assert all(set(end.possible) <= set(here.possible) for here in reached for end in ends(here, question))
        assert [end.possible for end in following] != [here.possible for here in reached]
        reached = following
    settled = all(len(end.possible) == 1 for end in reached)
    assert settled == (asked.settles_within is not None)


@pytest.mark.parametrize("name", OPEN)
def test_every_question_changes_what_is_possible(name: str) -> None:
    answer = judged(name)
    for question in answer.explanation.questions.asked:
        assert {tuple(outcomes) for outcomes in question.leads_to.values()} != {answer.possible_outcomes}
        assert all((question.who, question.how, question.by))


def test_one_report_answers_all_genetics() -> None:
    (asked,) = judged("insufficient-risk-unknown").explanation.questions.asked
    assert asked.id == "question.genetics-at-diagnosis"
    assert asked.paths == ("baseline.cytogenetics.tp53_mutation", "baseline.cytogenetics.del_1p32")
    assert asked.leads_to["TP53 mutation: present, del(1p32): present"] == ("continue",)


def test_what_may_be_an_alarm_comes_first() -> None:
    profile = mrdguide.read_patient(EXAMPLES / "insufficient-risk-unknown.yaml")
    answer = mrdguide.evaluate(profile.model_copy(update={"imaging": ()}), as_of="2026-11-21", rules=RULES)
    asked = answer.explanation.questions.asked
    assert [item.may_be_alarm for item in asked] == sorted((item.may_be_alarm for item in asked), reverse=True)
    assert asked[0].id == "question.imaging"
    assert asked[0].may_be_alarm


def test_a_settled_answer_asks_nothing() -> None:
    found = judged("cessation-supported").explanation.questions
    assert (found.asked, found.later, found.also_not_known) == ((), (), ())


def test_a_sparse_record_gets_five_questions_and_the_rest_is_said_to_come_later() -> None:
    answer = mrdguide.evaluate(HARDLY_ANYTHING, as_of="2026-11-21", rules=RULES)
    found = answer.explanation.questions
    assert len(found.asked) == 5
    assert found.settles_within is None
    named = {fact for item in found.asked for fact in item.facts} | set(found.later) | set(found.also_not_known)
    assert {item.what for item in answer.missing} <= named


def test_every_place_that_a_criterion_reads_is_found_out_by_some_action() -> None:
    """But for what is said, not found out."""
    read = {path for item in RULES.compiled_criteria for path in item.paths} - {"attested", "unobtainable"}
    assert [path for path in sorted(read) if not any(action.names(path) for action in RULES.actions)] == []
