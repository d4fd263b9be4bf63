"""Answering the questions in order, with any of the announced answers, settles the answer within the number announced, and
what is possible only shrinks."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrdguide
from mrdguide import Recommendation
from mrdguide.answer.missing import NeedsOf, after_each_answer, needs
from mrdguide.explain.missing_results import Lazily
from mrdguide.explain.questions import MOST_ASKED, Asked
from mrdguide.rulebook.possible_panels import MARROW_CELLS
from mrdguide.teach.examples import Example

from ..examples import EXAMPLES
from .effort import law
from .judging import judged, shipped
from .patients import Profile, profiles

_MAY_BE_LEFT_OUT = ("baseline", "therapy", "mrd", "imaging", "responses", "markers", "surveillance", "birth_year")


def seen_anew(path: str, label: str) -> bool:
    """Whether an answer is an event of its own, which no record leaves open before somebody sees it: progressive disease,
    the original protein back in two samples of today, or more plasma cells in the marrow of today than a complete response
    has. It may open how it went on, and never anything more permissive."""
    return (
        (path == "responses" and "PD" in label.split(", "))
        or (path == "markers" and "is back" in label)
        or (path == MARROW_CELLS and not label.startswith("below"))
    )


def most_permissive(situation: Lazily) -> int:
    return max(item.permissiveness for item in shipped().decision.outcomes if item.id in situation.possible)


def one_way(situation: Lazily, asked: Asked, data: st.DataObject) -> Lazily:
    """What one way of answering all of a question leads to, with what only an answer opens and the same report tells."""
    answered: set[str] = set()
    action = next((item for item in shipped().actions if item.id == asked.id), None)
    waiting = list(asked.paths)
    while waiting:
        path = waiting.pop(0)
        answered.add(path)
        question = situation.question_at(path)
        if question is not None:
            places = st.integers(0, len(question.answers) - 1)
            label, end = question.answers[data.draw(places, label=f"{question.what}")]
            after = cast(Lazily, end)
            if seen_anew(path, label):
                assert most_permissive(after) <= most_permissive(situation), f"{path}: {label}"
            else:
                assert set(after.possible) <= set(situation.possible), f"{path}: {label}"
            situation = after
        if not waiting and action is not None:
            waiting = [path for path in situation.paths if action.names(path) and path not in answered]
    return situation


def answered_in_order(answer: Recommendation, data: st.DataObject) -> None:
    found = answer.explanation.questions
    assert len(found.asked) <= MOST_ASKED
    situation = answer.explanation._situation
    for asked in found.asked:
        situation = one_way(situation, asked, data)
    # What a report asked for says as well, though it did not matter when it was read.
    for _ in range(2):
        for asked in found.asked:
            if asked.how != "test":
                situation = one_way(situation, asked, data)
    if found.settles_within is not None:
        assert len(situation.possible) == 1, [item.id for item in found.asked]


@law(120)
@given(data=st.data(), profile=profiles())
def test_answering_in_order_settles_within_the_number_announced(data: st.DataObject, profile: Profile) -> None:
    answered_in_order(judged(profile), data)


@law(120)
@given(data=st.data(), profile=profiles(), left_out=st.sets(st.sampled_from(_MAY_BE_LEFT_OUT), min_size=1, max_size=3))
def test_answering_in_order_settles_records_that_lack_whole_parts(
    data: st.DataObject, profile: Profile, left_out: set[str]
) -> None:
    answered_in_order(judged({name: value for name, value in profile.items() if name not in left_out}), data)


@law(40)
@given(profile=profiles())
def test_what_an_answer_leaves_possible_is_what_the_whole_decision_leaves(profile: Profile) -> None:
    """It is worked out from what was left of the decision before; the whole of it says the same."""
    found = judged(profile)
    rules, verdicts = found.rules, found.judged_verdicts
    hangs_on = rules.decider.depends_on(verdicts)
    for need, _ in needs(rules, found.case, hangs_on, NeedsOf(rules, found.case)):
        for answer in after_each_answer(rules, found.case, verdicts, need):
            assert answer.possible == rules.decider.possible(answer.judged_verdicts), (need.path, answer.label)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.file))
def test_the_examples_settle_within_the_number_announced(example: Example) -> None:
    answer = mrdguide.evaluate(example.path, rules=shipped(), as_of=example.as_of)

    @law(12)
    @given(data=st.data())
    def settles(data: st.DataObject) -> None:
        answered_in_order(answer, data)

    settles()
