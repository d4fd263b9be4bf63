"""Why, why not: the patient's own data with the rule's file and line, by what can be done about it."""

from __future__ import annotations

import json

import pytest

from mrdguide.errors import UsageError
from mrdguide.explain.why import Group
from mrdguide.logic.operator import Modifiability

from ..examples import NAMES, evaluated, shipped

EITHER_OF_TWO = {"therapy.daratumumab-lenalidomide", "therapy.continuous-daratumumab-lenalidomide"}


def in_the_way(name: str, outcome: str, group: Group) -> dict[str, Modifiability]:
    found = evaluated(name).explanation.why_not(outcome)
    return {item.criterion.id: item.turn for item in found.of(group)}


@pytest.mark.parametrize("name", NAMES)
def test_every_settled_answer_names_the_verdicts_that_settle_it(name: str) -> None:
    recommendation = evaluated(name)
    why = recommendation.explanation.why
    assert (why is not None) == recommendation.settled
    if why is None:
        return
    assert why.shortest
    assert why.reasons
    for reason in why.reasons:
        assert reason.verdict != "unknown"
        assert reason.observed
        path, _, line = reason.rule.rpartition(":")
        assert path.endswith(".yaml")
        assert int(line) > 0


def test_the_double_hit_is_among_the_reasons() -> None:
    why = evaluated("continue-double-hit").explanation.why
    assert why is not None
    assert {"risk.del-17p", "towards-block.gain-1q"} <= {item.id for item in why.reasons}


@pytest.mark.parametrize("name", NAMES)
def test_every_pattern_that_is_decided_has_its_reasons(name: str) -> None:
    for why in evaluated(name).explanation.protocols:
        assert bool(why.reasons) == (why.verdict != "unknown")
        if why.verdict == "not_met":
            ids = {item.id for item in why.reasons}
            # One criterion that is not met settles a pattern; HOVON174's length of therapy can be met in either of two ways.
            assert len(ids) == 1 or (why.id == "hovon174" and ids <= EITHER_OF_TWO), ids


def test_risk_at_diagnosis_cannot_be_changed() -> None:
    way = ("continue-double-hit", "cessation-supported")
    assert in_the_way(*way, Group.NOT_CHANGEABLE) == {
        "risk.del-17p": Modifiability.FIXED,
        "risk.gain-1q": Modifiability.FIXED,
    }
    assert in_the_way(*way, Group.CHANGEABLE) == {}
    assert in_the_way(*way, Group.UNKNOWN) == {}


def test_time_can_change_the_length_of_maintenance() -> None:
    way = ("conditional-30-months", "cessation-supported")
    assert in_the_way(*way, Group.CHANGEABLE) == {"therapy.maintenance-36-months": Modifiability.TIME}


def test_what_time_changes_asks_for_nothing() -> None:
    found = evaluated("conditional-30-months").explanation.why_not("cessation-supported")
    [length] = found.of(Group.CHANGEABLE)
    assert (length.turn, length.needed, length.ask_for) == (Modifiability.TIME, "met", ())


def test_a_test_can_change_a_near_miss() -> None:
    found = evaluated("continue-near-miss").explanation.why_not("cessation-supported")
    flow, obstacle = found.obstacles
    assert (flow.criterion.id, flow.group) == ("mrd.flow-negative-now-1e-5", Group.UNKNOWN)
    assert obstacle.criterion.id == "mrd.sustained-12-1e-5"
    assert (obstacle.group, obstacle.turn) == (Group.CHANGEABLE, Modifiability.TEST)
    assert obstacle.ask_for == (shipped().interpretation.marrow_mrd.ask_for,)


def test_what_is_not_known_stands_by_itself_with_what_to_find_out() -> None:
    found = evaluated("insufficient-risk-unknown").explanation.why_not("cessation-supported")
    assert {item.criterion.id: item.ask_for for item in found.of(Group.UNKNOWN)} == {
        "risk.tp53-mutation": ("TP53 mutation",), "risk.del-1p32": ("del(1p32)",),
    }  # fmt: skip
    assert len(found.obstacles) == 2


def test_an_earlier_return_of_disease_cannot_be_undone() -> None:
    fixed = in_the_way("resurgence-on-therapy", "cessation-supported", Group.NOT_CHANGEABLE)
    assert fixed["mrd.resurgence-on-record"] is Modifiability.FIXED


def test_a_relapse_is_not_something_to_arrange() -> None:
    assert list(in_the_way("cessation-supported", "treat-relapse", Group.NOT_CHANGEABLE).values()) == [
        Modifiability.EVENT
    ]


def test_why_not_the_answer_itself() -> None:
    found = evaluated("cessation-supported").explanation.why_not("cessation-supported")
    assert found.holds
    assert found.obstacles == ()


def test_a_study_can_be_asked_about() -> None:
    found = evaluated("conditional-30-months").explanation.why_not("terpos2025")
    assert not found.holds
    assert {"therapy.maintenance-36-months", "mrd.multimodal-36-1e-5"} == {
        item.criterion.id for item in found.obstacles
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cessation-suported", "did you mean 'cessation-supported'?"),
        ("insufficient-data", "ask about one of"),
        ("x", "one of"),
    ],
)
def test_another_name_gets_one_clear_message(name: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        evaluated("cessation-supported").explanation.why_not(name)
    assert words in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_the_json_form_is_plain_and_says_the_same_twice(name: str) -> None:
    explanation = evaluated(name).explanation
    first, second = (json.dumps({**explanation.to_dict(), "when": explanation.when.to_dict()}) for _ in range(2))
    assert first == second
    assert {item["id"] for item in json.loads(first)["protocols"]} == {item.id for item in shipped().protocols}
