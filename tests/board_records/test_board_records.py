"""Forty records as a tumour board dictates them: the answer a physician would allow, and few questions, each the right one.

What is expected is read from the specification and the rules by hand; nothing here was copied from an answer of the engine.
"""

from __future__ import annotations

import copy
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide import Recommendation
from mrdguide.explain.questions import Asked
from mrdguide.reading.document import read_file
from tests.examples import shipped

AS_OF = "2026-11-26"
# What the engine does otherwise today, by the name of the record, with the reason.
_ONE_NEGATIVE = (
    "tests that say nothing at a threshold leave open, by the specification, that older reports do: no test of today, which "
    "is one negative at most, but such a report could still lead to a stop"
)
NOT_SAID_YET = {
    "never an MRD test": _ONE_NEGATIVE,
    "four-colour flow only": _ONE_NEGATIVE,
}


def _profile(table: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    if "profile" in record:
        return dict(copy.deepcopy(record["profile"]))
    profile: dict[str, Any] = copy.deepcopy(table["standard"]) | {
        "id": record["name"].replace(" ", "-").replace(",", "")
    }
    for path in record.get("remove", ()):
        holder, name = _place(profile, path)
        del holder[name]
    for path, value in record.get("set", {}).items():
        holder, name = _place(profile, path)
        holder[name] = value
    return profile


def _place(profile: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    *above, name = path.split(".")
    for part in above:
        profile = profile[part]
    return profile, name


def _read() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    found = []
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        table = read_file(path).data
        found += [(record["name"], _profile(table, record), record["board"]) for record in table["records"]]
    return found


RECORDS = {name: (profile, board) for name, profile, board in _read()}


@cache
def _answer(name: str) -> Recommendation:
    return mrdguide.evaluate(RECORDS[name][0], rules=shipped(), as_of=AS_OF)


def _asked(answer: Recommendation) -> tuple[Asked, ...]:
    """What is asked: the one place to switch."""
    return answer.explanation.questions.asked


def _right(path: str, places: list[str]) -> bool:
    """`mrd` is a test to be done; `mrd[0].date`, or `mrd[*].date` of any, asks about one on record: another question."""
    any_entry = re.sub(r"\[\d+\]", "[*]", path)
    return any(found == place or found.startswith(f"{place}.") for place in places for found in (path, any_entry))


def _rows(waiting: dict[str, str]) -> list[Any]:
    waits = {name: pytest.mark.xfail(strict=True, reason=reason) for name, reason in waiting.items()}
    return [pytest.param(name, marks=waits.get(name, ())) for name in RECORDS]


def test_there_are_forty() -> None:
    assert len(RECORDS) == 40
    assert set(NOT_SAID_YET) <= set(RECORDS)


@pytest.mark.parametrize("name", _rows(NOT_SAID_YET))
def test_no_outcome_that_must_never_be(name: str) -> None:
    board = RECORDS[name][1]
    assert not set(_answer(name).possible_outcomes) & set(board["never"])


@pytest.mark.parametrize("name", RECORDS)
def test_the_board_gets_an_answer_or_few_right_questions(name: str) -> None:
    board = RECORDS[name][1]
    answer = _answer(name)
    asked = _asked(answer)
    paths = [path for item in asked for path in item.paths]
    assert answer.outcome in board["answers"]
    assert not [path for path in paths if not _right(path, board["may_ask"])]
    assert not [place for place in board.get("must_ask", ()) if not any(_right(path, [place]) for path in paths)]
    assert len(asked) <= board["questions"] <= 5


@pytest.mark.parametrize("name", RECORDS)
def test_every_question_says_who_can_answer_it_and_how(name: str) -> None:
    for item in _asked(_answer(name)):
        assert item.who, item.id
        assert item.by, item.id
        assert item.how in ("test", "old-report", "look-at-the-patient", "word-of-the-board")
        assert item.leads_to, item.id


@pytest.mark.parametrize("name", RECORDS)
def test_the_answer_is_settled_after_what_is_asked(name: str) -> None:
    questions = _answer(name).explanation.questions
    assert questions.settles_within == len(questions.asked)
