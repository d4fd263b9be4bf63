"""Twenty records as a tumour board dictates them: the answer a physician would allow, and few questions, each the right one.

What is expected is read from the specification and the rules by hand; nothing here was copied from an answer of the engine.
"""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide import Recommendation
from mrdguide.reading.document import read_file
from tests.examples import shipped

AS_OF = "2026-11-26"
# What the engine does otherwise today, by the name of the record, with the reason.
WAITING: dict[str, str] = {}


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


def _asked(answer: Recommendation) -> list[tuple[str, ...]]:
    """What is asked, one entry for each question with the places of the profile that it fills: the one place to switch."""
    questions = getattr(answer.explanation, "questions", None)
    if questions is not None:
        return [item.paths for item in questions.asked]
    return [(item.path,) for item in answer.missing]


def _right(path: str, may_ask: list[str]) -> bool:
    """`mrd` is a test to be done; `mrd[0].date`, which asks about one on record, is another question."""
    return any(path == place or path.startswith(f"{place}.") for place in may_ask)


def _rows() -> list[Any]:
    waits = {name: pytest.mark.xfail(strict=True, reason=reason) for name, reason in WAITING.items()}
    return [pytest.param(name, marks=waits.get(name, ())) for name in RECORDS]


def test_there_are_twenty() -> None:
    assert len(RECORDS) == 20
    assert set(WAITING) <= set(RECORDS)


@pytest.mark.parametrize("name", RECORDS)
def test_no_outcome_that_must_never_be(name: str) -> None:
    board = RECORDS[name][1]
    assert not set(_answer(name).possible_outcomes) & set(board["never"])


@pytest.mark.parametrize("name", _rows())
def test_the_board_gets_an_answer_or_few_right_questions(name: str) -> None:
    board = RECORDS[name][1]
    answer = _answer(name)
    asked = _asked(answer)
    assert answer.outcome in board["answers"]
    assert not [path for paths in asked for path in paths if not _right(path, board["may_ask"])]
    assert len(asked) <= board["questions"] <= 5
