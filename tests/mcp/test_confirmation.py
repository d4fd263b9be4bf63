"""Only the person's own word counts, on this proposal, for half a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mrdguide.errors import UsageError
from mrdguide.mcp.confirmation import GOOD_FOR, Confirmation, confirmed, signed, verified

KEY, PROPOSAL = b"k" * 32, "ab" * 32
WORD = confirmed(PROPOSAL, "2026-11-21", "Dr. Example", ("events",))


def why_not(found: dict[str, Any], key: bytes = KEY, proposal: str = PROPOSAL, after: timedelta = timedelta()) -> str:
    with pytest.raises(UsageError) as caught:
        verified(found, key, proposal, WORD.at + after)
    return str(caught.value)


def test_a_signed_word_is_verified_as_it_was_said() -> None:
    assert verified(signed(WORD, KEY), KEY, PROPOSAL, WORD.at) == WORD


@pytest.mark.parametrize(
    ("name", "value"),
    [("proposal", "cd" * 32), ("as_of", "2026-11-22"), ("by", "Dr. Other"), ("at", "2036-01-01T00:00:00Z"),
     ("whole", ["events", "therapy"]), ("number", "0" * 32)],
)  # fmt: skip
def test_a_word_that_was_changed_is_not_signed(name: str, value: Any) -> None:
    found = signed(WORD, KEY)
    found["confirmation"][name] = value
    assert "is not signed with the key of this folder" in why_not(found)


def test_every_field_of_a_word_is_tried_above() -> None:
    assert set(Confirmation.model_fields) == {"proposal", "as_of", "by", "at", "whole", "number"}


def test_a_word_signed_with_another_key_does_not_count() -> None:
    assert "is not signed with the key of this folder" in why_not(signed(WORD, b"x" * 32))


@pytest.mark.parametrize(
    "found",
    [{}, {"confirmation": None, "signature": None}, {"confirmation": {}, "signature": 3}, {"confirmation": {}, "signature": "ä"}],
)  # fmt: skip
def test_what_is_no_confirmation_is_refused(found: dict[str, Any]) -> None:
    assert "is not of the form" in why_not(found)


def test_a_word_of_another_form_is_refused_though_it_is_signed() -> None:
    odd = WORD.model_copy(update={"whole": ("everything",)})
    assert "by another version of mrdguide" in why_not(signed(odd, KEY))


def test_a_word_on_another_proposal_does_not_count() -> None:
    assert "is of another proposal" in why_not(signed(WORD, KEY), proposal="cd" * 32)


def test_a_word_counts_for_twelve_hours() -> None:
    found = signed(WORD, KEY)
    assert verified(found, KEY, PROPOSAL, WORD.at + GOOD_FOR - timedelta(seconds=1)) == WORD
    assert "has expired (it is good for 12 hours)" in why_not(found, after=GOOD_FOR)
    assert "has expired" in why_not(found, after=timedelta(minutes=-2))


def test_each_word_has_a_number_of_its_own() -> None:
    assert confirmed(PROPOSAL, "2026-11-21", "x", ()).number != confirmed(PROPOSAL, "2026-11-21", "x", ()).number
