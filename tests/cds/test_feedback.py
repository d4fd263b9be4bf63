"""What a clinician did with a card: checked, and recorded with the answer that it is about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide import cds
from mrdguide.record import DecisionStore

from .calls import AS_OF, PATIENT, call, prefetch, without

_CARD = "0c9f6f0a-7a43-5d0e-8c83-0a2f4b1f8e11"
_ACCEPTED = {"card": _CARD, "outcome": "accepted", "outcomeTimestamp": "2026-11-21T10:00:00Z"}
_REASON = {"reason": {"code": "data-wrong", "system": "urn:mrdguide:cds:override-reason"}, "userComment": "old sample"}
_OVERRIDDEN = {**_ACCEPTED, "outcome": "overridden", "overrideReason": _REASON}


@pytest.fixture
def store(tmp_path: Path) -> DecisionStore:
    return DecisionStore(tmp_path / "record.db")


def _shown_card(store: DecisionStore, rules: mrdguide.RuleBook) -> str:
    [card] = cds.handle(call(prefetch()), rules=rules, as_of=AS_OF, store=store)["cards"]
    return str(card["uuid"])


@pytest.mark.parametrize("item", [_ACCEPTED, _OVERRIDDEN, without(_OVERRIDDEN, "overrideReason")])
def test_feedback_of_the_published_form_is_taken(item: dict[str, Any]) -> None:
    cds.feedback({"feedback": [item]})


@pytest.mark.parametrize(("body", "field"), [
    (None, "feedback"), ([], "feedback"), ({}, "feedback"), ({"feedback": {}}, "feedback"), ({"feedback": []}, "feedback"),
    ({"feedback": [_ACCEPTED] * 101}, "feedback"), ({"feedback": [_ACCEPTED, 7]}, "feedback[1]"),
    ({"feedback": [without(_ACCEPTED, "card")]}, "feedback[0].card"),
    ({"feedback": [{**_ACCEPTED, "card": "x"}]}, "feedback[0].card"),
    ({"feedback": [{**_ACCEPTED, "outcome": "ignored"}]}, "feedback[0].outcome"),
    ({"feedback": [{**_ACCEPTED, "outcome": ["accepted"]}]}, "feedback[0].outcome"),
    ({"feedback": [{**_ACCEPTED, "outcomeTimestamp": "yesterday"}]}, "feedback[0].outcomeTimestamp"),
    ({"feedback": [{**_ACCEPTED, "outcomeTimestamp": "2026-11-21T10:00:00"}]}, "feedback[0].outcomeTimestamp"),
    ({"feedback": [{**_ACCEPTED, "acceptedSuggestions": [{"id": "1"}]}]}, "feedback[0].acceptedSuggestions"),
    ({"feedback": [{**_ACCEPTED, "overrideReason": _REASON}]}, "feedback[0].overrideReason"),
    ({"feedback": [{**_OVERRIDDEN, "overrideReason": "no"}]}, "feedback[0].overrideReason"),
    ({"feedback": [{**_OVERRIDDEN, "overrideReason": {"reason": "no"}}]}, "feedback[0].overrideReason.reason"),
    ({"feedback": [{**_OVERRIDDEN, "overrideReason": {"reason": {}}}]}, "feedback[0].overrideReason.reason.code"),
    ({"feedback": [{**_OVERRIDDEN, "overrideReason": {"userComment": "x" * 5000}}]}, "feedback[0].overrideReason.userComment"),
])  # fmt: skip
def test_malformed_feedback_is_told_the_field(body: Any, field: str) -> None:
    with pytest.raises(cds.MalformedRequest) as caught:
        cds.feedback(body)
    assert caught.value.message.startswith(f"{field}: ")


def test_an_answer_is_recorded_without_the_id_of_the_patient(
    store: DecisionStore, shipped_rules: mrdguide.RuleBook
) -> None:
    _shown_card(store, shipped_rules)
    [entry] = store.entries()
    assert (entry.source, entry.as_of) == ("cds-hooks", AS_OF)
    assert PATIENT not in json.dumps(entry.to_dict())


def test_feedback_is_recorded_with_the_newest_answer_that_gave_the_card(
    store: DecisionStore, shipped_rules: mrdguide.RuleBook
) -> None:
    card = _shown_card(store, shipped_rules)
    assert _shown_card(store, shipped_rules) == card
    for _ in range(2):
        cds.feedback({"feedback": [{**_OVERRIDDEN, "card": card}]}, store=store)
    recorded = [entry for entry in store.entries() if entry.about is not None]
    assert [entry.about for entry in recorded] == [2, 2]
    assert json.loads(recorded[0].body or "") == {**_OVERRIDDEN, "card": card}
    assert store.verify() == []


def test_feedback_on_an_unknown_card_is_refused_as_a_whole(
    store: DecisionStore, shipped_rules: mrdguide.RuleBook
) -> None:
    for empty in (True, False):
        card = _CARD if empty else _shown_card(store, shipped_rules)
        before = store.head
        with pytest.raises(cds.UnknownCard) as caught:
            cds.feedback({"feedback": [{**_ACCEPTED, "card": card}, _ACCEPTED]}, store=store)
        assert caught.value.status == 404
        assert store.head == before


def test_nothing_is_recorded_where_there_is_nothing_to_say(
    store: DecisionStore, shipped_rules: mrdguide.RuleBook
) -> None:
    cds.handle(call(prefetch(conditions=None)), rules=shipped_rules, as_of=AS_OF, store=store)
    assert list(store.entries()) == []
