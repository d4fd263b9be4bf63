"""A named role's word in the place of a record: what it closes, what it never does, and that the answer names it."""

from __future__ import annotations

import json
from typing import Any

import pytest

import mrdguide

from ..examples import evaluated, shipped

WORD = {"what": "serum-quiet", "value": True, "of": "2026-11-10", "by": "tumor board", "date": "2026-11-20"}


def unwatched(*attested: dict[str, Any], **more: Any) -> mrdguide.Recommendation:
    """The supported patient without the panel, with attestations."""
    profile = evaluated("cessation-supported").case.patient.model_dump(mode="json", exclude_unset=True, by_alias=True)
    del profile["markers"]
    return mrdguide.evaluate({**profile, "attested": list(attested), **more}, rules=shipped(), as_of="2026-11-21")


def test_the_answer_names_what_it_rests_on() -> None:
    answer = unwatched(WORD, {**WORD, "of": "2026-10-01"})
    assert answer.outcome == "cessation-supported"
    [used] = answer.attestations
    assert (used.what, used.of, used.by, used.criteria) == (
        "serum-quiet",
        "2026-11-10",
        "tumor board",
        ("response.looked-at", "response.looked-at-since-line"),
    )
    assert json.loads(answer.to_json())["attestations"] == [used.to_dict()]
    assert any("tumor board" in text for text in answer.criteria["response.looked-at"].observed)
    assert answer.notes == ()


def test_what_a_record_answers_rests_on_no_word() -> None:
    answer = evaluated("cessation-supported")
    assert answer.attestations == ()
    profile = answer.case.patient.model_dump(mode="json", exclude_unset=True, by_alias=True)
    both = mrdguide.evaluate({**profile, "attested": [WORD]}, rules=shipped(), as_of="2026-11-21")
    assert both.attestations == ()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"what": "serum-quite"}, "did you mean 'serum-quiet'?"),
        ({"what": "marrow-negative"}, "no rule knows 'marrow-negative'"),
        ({"value": False, "of": "2026-05-20"}, "says no, and is more than 6 months old"),
        ({"of": None}, "does not say of which day"),
        ({"of": "2026-11-22"}, "after the day judged"),
        ({"of": "2026-05-20"}, "more than 6 months old"),
    ],
)
def test_what_counts_for_nothing_is_named(changed: dict[str, Any], words: str) -> None:
    answer = unwatched({**WORD, **changed})
    assert answer.outcome == "insufficient-data"
    assert answer.attestations == ()
    assert [words in note for note in answer.notes] == [True]


@pytest.mark.parametrize("of", ["2026-11-10", "2026-12-01", None])
def test_a_no_leaves_open_what_the_record_had_answered(of: str | None) -> None:
    profile = evaluated("cessation-supported").case.patient.model_dump(mode="json", exclude_unset=True, by_alias=True)
    no = {**WORD, "value": False, "of": of}
    answer = mrdguide.evaluate({**profile, "attested": [no]}, rules=shipped(), as_of="2026-11-21")
    assert answer.outcome == "insufficient-data"
    assert answer.criteria["response.looked-at"].verdict == "unknown"
    assert any("not serum-quiet" in text for text in answer.criteria["response.looked-at"].observed)
    assert [item.what.startswith("what was found (attested by tumor board") for item in answer.missing] == [True]


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        ("surveillance-arranged", "surveillance.feasible"),
        ("no-extramedullary-at-diagnosis", "baseline.extramedullary_disease"),
        ("no-plasma-cell-leukemia", "baseline.circulating_plasma_cells_percent"),
        ("no-second-malignancy", "events"),
        ("serum-quiet", "markers"),
    ],
)
@pytest.mark.parametrize("recorded", [True, False], ids=["recorded", "not recorded"])
def test_a_no_asks_for_what_it_speaks_of(what: str, asked: str, recorded: bool) -> None:
    """Also where the record lacks nothing, and where another finding of the record would rule it out by itself."""
    profile = evaluated("cessation-supported").case.patient.model_dump(mode="json", exclude_unset=True, by_alias=True)
    profile["baseline"]["circulating_plasma_cells_percent"] = 0.2 if recorded else None
    answer = mrdguide.evaluate(
        {**profile, "attested": [{"what": what, "value": False}]}, rules=shipped(), as_of="2026-11-21"
    )
    assert answer.outcome == "insufficient-data"
    assert [(item.path, item.attestable) for item in answer.missing] == [(asked, what)]
    assert "attested, nobody named" in answer.missing[0].what


def test_a_later_yes_replaces_a_no_and_an_earlier_one_does_not() -> None:
    no = {**WORD, "value": False, "of": "2026-11-01"}
    assert unwatched(no, WORD).outcome == "cessation-supported"
    assert unwatched(no, {**WORD, "of": "2026-10-30"}).outcome == "insufficient-data"


def test_it_closes_the_look_and_nothing_else() -> None:
    doubt = unwatched(
        WORD, responses=[{"date": "2021-01-10", "category": "CR"}, {"date": "2026-10-20", "category": "VGPR"}]
    )
    assert "act-on-resurgence" in doubt.possible_outcomes
    assert doubt.outcome == "insufficient-data"


def test_it_ages_in_the_projection() -> None:
    answer = unwatched(WORD)
    windows = {item.to_dict()["last_day"]: item.criteria for item in answer.explanation.when.expiries}
    assert "response.looked-at" in windows["2027-05-10"]


def test_the_one_question_and_where_it_leads() -> None:
    [asked] = unwatched().missing
    assert asked.path == "markers"
    assert "attested: serum-quiet" in asked.what
    leads = {words: set(outcomes) for answer, outcomes in asked.leads_to.items() for words in answer.split(", another")}
    assert leads["quiet"] == {"cessation-supported"}
    assert leads["the original protein or light chain is back, in two samples"] == {"act-on-resurgence"}
