"""Therapy that goes on is said with a word in columns, and a message about it never advises null, which is unknown there."""

from __future__ import annotations

from typing import Any

import pytest

from mrdguide.cohort.profile_columns import profile_of
from mrdguide.errors import PatientError


def row(end: str) -> dict[str, Any]:
    return {"id": "a", "therapy": [{"phase": "maintenance", "end": end}]}


@pytest.mark.parametrize("end", ["ongoing", "ONGOING", "Ongoing"])
def test_ongoing_may_have_capitals(end: str) -> None:
    assert profile_of(row(end))["therapy"][0]["end"] is None


@pytest.mark.parametrize("end", ["current", "still", "to date"])
def test_another_word_for_it_is_told_the_word_of_columns(end: str) -> None:
    with pytest.raises(PatientError, match=f"'{end}' is written as 'ongoing'") as caught:
        profile_of(row(end))
    assert "null" not in str(caught.value)
    assert caught.value.problems[0].path == "therapy[0].end"
