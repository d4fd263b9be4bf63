"""What is said of an open answer: a headline for every set of possible outcomes, and never more than the set holds."""

from __future__ import annotations

from itertools import combinations

import pytest

import mrdguide
from mrdguide.rulefiles.model import OpenHeadline

RULES = mrdguide.load_rules()
DECISION = RULES.decision
OUTCOMES = [item.id for item in DECISION.outcomes]
SETS = [some for size in range(2, len(OUTCOMES) + 1) for some in combinations(OUTCOMES, size)]
HEADLINES = DECISION.insufficient.headlines
ALARMS = {"treat-relapse", "act-on-resurgence", "stop-for-harm"}
STOPS = {item.id for item in DECISION.outcomes if item.permissiveness >= 80}


def said_of(possible: tuple[str, ...]) -> OpenHeadline:
    return next(item for item in HEADLINES if item.fits(possible))


def test_every_set_of_possible_outcomes_has_a_headline_of_its_own() -> None:
    assert [some for some in SETS if not any(item.fits(some) for item in HEADLINES)] == []


def test_every_headline_is_said_of_some_set() -> None:
    assert {said_of(some).headline for some in SETS} == {item.headline for item in HEADLINES}


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ("Not a candidate to stop", set(OUTCOMES) - STOPS),
        ("MRD is no reason to stop", set(OUTCOMES) - STOPS),
        ("Stopping is not the question", set(OUTCOMES) - STOPS),
        ("What is missing decides: either", ALARMS | STOPS),
        ("Whatever the missing results say, either", ALARMS),
        ("It cannot show disease", set(OUTCOMES) - ALARMS),
        ("nothing that is missing leads to a block", STOPS),
        ("Therapy is off already;", set(OUTCOMES) - {"stop-for-harm", "continue"} - STOPS),
    ],
)
def test_no_headline_claims_more_than_the_set(words: str, allowed: set[str]) -> None:
    said = [some for some in SETS if words in said_of(some).headline]
    assert said
    assert all(set(some) <= allowed for some in said)


def test_a_headline_that_names_a_stop_is_said_only_where_one_is_possible() -> None:
    for some in SETS:
        promising = any(
            words in said_of(some).headline for words in ("stop can be discussed", "A stop may", "or a stop")
        )
        assert promising == bool(STOPS & set(some)), some


def test_what_the_headline_leaves_out_is_not_possible() -> None:
    """Where disease may be returning, or another reason to stop may be found, the headline does not keep it quiet."""
    for some in SETS:
        headline = said_of(some).headline
        if "first it has to be known" in headline or "open is also" in headline:
            continue
        if {"treat-relapse", "act-on-resurgence"} & set(some):
            assert "returning" in headline, some
        if "stop-for-harm" in some:
            assert "not MRD" in headline, some


def test_the_book_has_no_headline_that_names_an_outcome_it_lacks() -> None:
    assert {name for item in HEADLINES for name in (*item.within, *item.with_)} <= set(OUTCOMES)


def test_a_stop_is_possible_only_with_the_outcomes_that_open_the_way() -> None:
    assert {"cessation-supported", "cessation-conditional"} == STOPS
    for some in SETS:
        assert DECISION.stop_possible(some) == bool(STOPS & set(some))
