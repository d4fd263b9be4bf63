"""What a board decided, in the record: on an answer, in the chain, as it was signed and however it differs from the answer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import RecordError, UsageError
from mrdguide.record import DecisionStore
from mrdguide.record.decision import SOURCE, BoardDecision, decision_in

from . import PATIENT_ID, answer, tampering

SIGNED: dict[str, Any] = {"decision": "continue", "by": "Tumor board", "date": "2026-11-26", "review_on": "2027-05-26"}
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(path: Path, found: mrdguide.Recommendation) -> DecisionStore:
    opened = DecisionStore(path, clock=lambda: NOW)
    opened.append(found, "test")
    return opened


def sign(store: DecisionStore, about: int = 1, **other: Any) -> BoardDecision | None:
    return decision_in(store.append_decision(about, **{**SIGNED, **other}))


def test_it_is_kept_in_the_chain_as_it_was_signed(store: DecisionStore) -> None:
    found = sign(store)
    assert found == BoardDecision("continue", "Continue maintenance", "Tumor board", "2026-11-26", "2027-05-26", True)
    assert store.verify(store.head) == []
    assert [entry.about for entry in store.feedback_on(1)] == [1]
    store.append_feedback(1, {"outcome": "overridden"})
    assert [decision_in(entry) for entry in store.entries()] == [None, found, None]


def test_people_may_decide_otherwise_and_it_says_so(store: DecisionStore, found: mrdguide.Recommendation) -> None:
    assert found.outcome not in ("treat-relapse", "cessation-supported")
    signed = sign(store, decision="treat-relapse", review_on=None)
    assert signed is not None
    assert not signed.among_options
    assert str(signed) == (
        "Treat the relapse (treat-relapse), by Tumor board on 2026-11-26, no day of review; not among the options of the answer"
    )


def test_the_decisions_that_go_with_an_answer_are_those_that_the_rules_say(
    store: DecisionStore, found: mrdguide.Recommendation, shipped_rules: mrdguide.RuleBook
) -> None:
    assert len(shipped_rules.decision.decisions) > 5
    for item in shipped_rules.decision.decisions:
        signed = sign(store, decision=item.id)
        assert signed is not None
        assert signed.among_options is (found.outcome in item.with_outcomes)
    every = {outcome.id for outcome in shipped_rules.decision.outcomes} | {shipped_rules.decision.insufficient.id}
    assert {name for item in shipped_rules.decision.decisions for name in item.with_outcomes} == every


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"decision": "stopp"}, "there is no decision 'stopp'; did you mean 'stop'"),
        ({"decision": None}, "decision: found None"),
        ({"by": "  "}, "by: give the name"),
        ({"by": "a\nb"}, "by: give the name"),
        ({"by": 3}, "by: found 3"),
        ({"date": "2026-11"}, "date: 2026-11 is not a day"),
        ({"date": "2026-11-31"}, "not in the calendar"),
        ({"date": "2026-11-20"}, "before 2026-11-21, the day for which entry 1"),
        ({"date": "2026-11-29", "review_on": None}, "still to come"),
        ({"review_on": "2026-11-26"}, "review_on: 2026-11-26 is not after"),
        ({"review_on": "2027"}, "review_on: 2027 is not a day"),
        ({"about": 2}, "there is no entry 2"),
    ],
)
def test_what_cannot_be_signed_is_refused_and_nothing_is_recorded(
    store: DecisionStore, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        sign(store, **wrong)
    assert len(list(store.entries())) == 1


def test_a_decision_on_a_decision_or_on_a_changed_answer_is_refused(store: DecisionStore, path: Path) -> None:
    sign(store)
    with pytest.raises(UsageError, match=r"entry 2 of .* is no evaluation"):
        sign(store, about=2)
    with tampering(path) as connection:
        connection.execute("UPDATE mrdguide_entries SET outcome = 'cessation-supported' WHERE number = 1")
    with pytest.raises(RecordError, match="entry 1 was changed"):
        sign(store)


def test_a_decision_that_was_changed_is_found(store: DecisionStore, path: Path) -> None:
    sign(store)
    with tampering(path) as connection:
        connection.execute("UPDATE mrdguide_entries SET body = replace(body, 'continue', 'stop') WHERE number = 2")
    assert [problem.path for problem in store.verify()] == ["entry 2"]
    with pytest.raises(RecordError, match="entry 2 was changed"):
        store.decision_for(PATIENT_ID)


def test_the_last_decision_on_a_patient(store: DecisionStore, shipped_rules: mrdguide.RuleBook) -> None:
    assert store.decision_for(PATIENT_ID) is None
    sign(store)
    sign(store, decision="stop", review_on=None)
    store.append(answer(shipped_rules, id="somebody else"), "test")
    sign(store, about=4, decision="watch")
    found = store.decision_for(PATIENT_ID)
    assert found is not None
    assert (found[0].number, found[1].decision) == (3, "stop")


@pytest.mark.parametrize("body", ["stop", {"decision": "stop"}, {"unknown": 1}])
def test_other_feedback_under_that_name_is_no_decision(store: DecisionStore, body: Any) -> None:
    assert decision_in(store.append_feedback(1, body, SOURCE)) is None
