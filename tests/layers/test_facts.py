"""A new fact of the profile, without Python: criteria on it, what is missing, the interview, and what is refused."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

import mrdguide
from mrdguide import fhir, interview
from mrdguide.cli import main
from mrdguide.errors import PatientError, RuleBookError
from mrdguide.interview.answering import answered
from mrdguide.patient.profile import ListName
from mrdguide.reading.document import read_file
from mrdguide.teach.examples import examples

from .writing import Layer, write

EXAMPLE = {item.path.stem: item for item in examples()}["cessation-supported"]

FRAILTY: dict[str, Any] = {
    "id": "frailty_score", "title": "IMWG frailty score", "type": "number", "unit": "points", "least": 0, "most": 5,
    "adverse": "high", "question": "What is the IMWG frailty score today?",
}  # fmt: skip
LAYER: Layer = {
    "facts": [
        FRAILTY,
        {"id": "wish", "title": "Wish in the house's own words", "type": "word", "values": ["stop", "go-on"], "question": "What does the patient wish?"},
        {"id": "local_test", "title": "Peptide test in blood", "type": "finding", "question": "Was the peptide found?"},
    ],
    "criteria": [
        {"id": "own.frail", "title": "Frail", "absence": "unknown", "kind": "caution",
         "when": {"compare": {"fact": "local.frailty_score", "operator": ">=", "value": 2}}},
        {"id": "own.wish", "title": "Wishes to go on", "absence": "unknown", "when": {"one_of": {"fact": "local.wish", "values": ["go-on"]}}},
        {"id": "own.peptide", "title": "Peptide found", "absence": "unknown", "when": {"present": "local.local_test"}},
    ],
}  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> mrdguide.RuleBook:
    return mrdguide.load_rules(write(tmp_path, LAYER))


def profile(**local: Any) -> dict[str, Any]:
    return {**read_file(EXAMPLE.path).data, "local": local}


def evaluated(book: mrdguide.RuleBook, **local: Any) -> mrdguide.Recommendation:
    return mrdguide.evaluate(profile(**local), rules=book, as_of=EXAMPLE.as_of)


def test_an_answer_hangs_on_the_new_fact(book: mrdguide.RuleBook) -> None:
    assert evaluated(book, frailty_score=1).outcome == "cessation-supported"
    assert evaluated(book, frailty_score=2).outcome == "cessation-conditional"
    assert evaluated(book, frailty_score=2).core_outcome == "cessation-supported"
    assert evaluated(book, frailty_score=1, local_test="present").criteria["own.peptide"].verdict == "met"
    assert evaluated(book, frailty_score=1, wish="stop").criteria["own.wish"].verdict == "not_met"


def test_left_out_it_is_unknown_and_asked_for(book: mrdguide.RuleBook) -> None:
    found = evaluated(book)
    assert found.outcome == "insufficient-data"
    (missing,) = found.missing
    assert (missing.what, missing.path) == ("IMWG frailty score (points)", "local.frailty_score")
    assert set(missing.leads_to.values()) == {("cessation-supported",), ("cessation-conditional",)}
    record = {**{key: [] for key in get_args(ListName)}, **profile()}  # every list has been asked for
    question = interview.next(record, rules=book, as_of=EXAMPLE.as_of)
    assert question is not None
    assert question.text == "What is the IMWG frailty score today?"
    record = answered(record, question, "3", as_of=EXAMPLE.as_of)
    assert record["local"] == {"frailty_score": 3}
    assert mrdguide.evaluate(record, rules=book, as_of=EXAMPLE.as_of).outcome == "cessation-conditional"


def test_what_if_and_pickling_take_it_along(book: mrdguide.RuleBook) -> None:
    found = evaluated(book, frailty_score=1)
    after = mrdguide.what_if(found, {"local.frailty_score": 4}).after
    assert after.outcome == "cessation-conditional"
    assert pickle.loads(pickle.dumps(after)).to_json() == after.to_json()


@pytest.mark.parametrize(
    ("local", "message"),
    [
        ({"frailty_scor": 2}, "did you mean 'frailty_score'"),
        ({"frailty_score": 7}, "a number from 0 to 5"),
        ({"frailty_score": True}, "a number from 0 to 5"),
        ({"wish": "continue"}, "one of stop, go-on"),
        ({"local_test": "negative"}, "absent, present, not-tested or failed"),
    ],
)
def test_a_value_that_cannot_be_is_refused(book: mrdguide.RuleBook, local: dict[str, Any], message: str) -> None:
    with pytest.raises(PatientError) as caught:
        evaluated(book, **local)
    assert message in str(caught.value)


def test_the_schema_of_a_patient_says_what_the_facts_may_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", "patient", "--rules", str(write(tmp_path, LAYER))]) == 0
    found = json.loads(capsys.readouterr().out)["properties"]["local"]
    check = Draft202012Validator(found)
    assert found["properties"]["frailty_score"]["description"] == "What is the IMWG frailty score today?"
    for good in ({}, {"frailty_score": 2, "wish": "stop"}, {"local_test": "failed", "wish": None}):
        assert check.is_valid(good)
    for bad in ({"frailty_scor": 2}, {"frailty_score": 7}, {"frailty_score": True}, {"wish": "continue"}):
        assert not check.is_valid(bad)


def test_a_form_asks_for_the_facts_and_is_read_back(book: mrdguide.RuleBook) -> None:
    record = profile()
    form = fhir.questionnaire(record, rules=book)
    (item,) = (item for item in form["item"] if item["linkId"] == "local.frailty_score")
    assert (item["text"], item["type"]) == ("What is the IMWG frailty score today?", "decimal")
    response = {
        "resourceType": "QuestionnaireResponse", "status": "completed",
        "item": [
            {"linkId": "local.frailty_score", "answer": [{"valueDecimal": 3}]},
            {"linkId": "local.local_test", "answer": [{"valueCoding": {"code": "absent"}}]},
        ],
    }  # fmt: skip
    back = fhir.read_questionnaire_response(response, record, rules=book, as_of=EXAMPLE.as_of)
    assert back["local"] == {"frailty_score": 3, "local_test": "absent"}
    assert mrdguide.evaluate(back, rules=book, as_of=EXAMPLE.as_of).outcome == "cessation-conditional"
    assert not [item for item in fhir.questionnaire(record)["item"] if "local" in item["linkId"]]


def test_facts_are_found_and_stand_in_the_quick_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(write(tmp_path / "layer", LAYER))
    assert main(["rules", "facts", "frailty", "score", "--rules", folder]) == 0
    assert capsys.readouterr().out.startswith("local.frailty_score: IMWG frailty score (points): a number")
    assert main(["new", str(tmp_path / "new.yaml"), "--rules", folder]) == 0
    patient = mrdguide.read_patient(tmp_path / "new.yaml")
    assert patient.local == {"frailty_score": None, "wish": None, "local_test": None}
    assert main(["evaluate", str(tmp_path / "new.yaml"), "--rules", folder]) == 0


def test_the_core_alone_does_not_know_the_fact() -> None:
    with pytest.raises(PatientError, match="these rules have no fact 'frailty_score'"):
        mrdguide.evaluate(profile(frailty_score=1), as_of=EXAMPLE.as_of)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ({"facts": [{**FRAILTY, "values": ["a"]}]}, "values are given of a word"),
        ({"facts": [{**FRAILTY, "most": 0}]}, "0 is not above 0"),
        ({"criteria": [LAYER["criteria"][0]]}, "a profile has no fact 'local.frailty_score'"),
        ({"facts": [FRAILTY], "criteria": [{**LAYER["criteria"][0], "when": {"present": "local.frailty_score"}}]}, "is a number, not a finding"),
        ({"facts": [FRAILTY], "criteria": [{**LAYER["criteria"][0], "when": {"compare": {"fact": "local.frailty_score", "operator": ">=", "value": 9}}}]}, "out of range"),
        ({"facts": [FRAILTY], "criteria": [{**LAYER["criteria"][0], "absence": "not_met"}]}, "not_met is only for what is written down"),
    ],
)  # fmt: skip
def test_mistakes_in_a_fact_or_on_it(tmp_path: Path, layer: Layer, message: str) -> None:
    with pytest.raises(RuleBookError) as caught:
        mrdguide.load_rules(write(tmp_path, layer))
    assert message in str(caught.value), json.dumps(str(caught.value))
