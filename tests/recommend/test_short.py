"""The short form of an answer: the same answer, small enough for a card, and what is asked with where each answer leads."""

from __future__ import annotations

import json
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import UsageError

from ..examples import NAMES, evaluated

MOST_BYTES = 12_000


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_the_whole_form_says(name: str) -> None:
    found = evaluated(name)
    short, whole = found.to_dict("short"), found.to_dict()
    same = set(short) & set(whole) - {"because", "blocks", "cautions", "remarks", "secondary"}
    assert {key: short[key] for key in same} == {key: whole[key] for key in same}
    for key in ("blocks", "cautions", "remarks", "secondary"):
        assert _ids(short[key]) == _ids(whole[key])
    assert _ids(short["because"]) == whole["because"]
    assert short["cites"] == _ids(whole["evidence"])
    assert short["questions"] == found.explanation.questions.to_dict()


@pytest.mark.parametrize("name", NAMES)
def test_it_is_small(name: str) -> None:
    assert len(evaluated(name).to_json(detail="short").encode()) < MOST_BYTES


def test_an_open_answer_holds_its_questions() -> None:
    asked = evaluated("insufficient-no-imaging").to_dict("short")["questions"]["asked"]
    assert [item["leads_to"] for item in asked] == [
        {"negative": ["cessation-supported"], "positive": ["act-on-resurgence"]}
    ]


@pytest.mark.parametrize("detail", ["", "long", None, 1])
def test_another_detail_is_refused(detail: Any) -> None:
    found = evaluated("cessation-supported")
    for form in (found.to_dict, lambda wanted: found.to_json(None, wanted)):
        with pytest.raises(UsageError, match=r"detail: found .*; give full or short"):
            form(detail)


def test_as_text_it_is_the_same() -> None:
    found = evaluated("community-panel")
    assert json.loads(found.to_json(detail="short")) == found.to_dict(detail="short")
    assert found.to_json(detail="full") == found.to_json()
    assert isinstance(found, mrdguide.Recommendation)


def _ids(items: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in items]
