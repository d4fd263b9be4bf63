"""What matters to a patient is for the talk: it changes no answer, and no rule can name it."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrdguide
from mrdguide.errors import MrdguideError
from mrdguide.patient.facts import catalogue
from mrdguide.patient.preference import ValueName

from .effort import law
from .judging import judged
from .patients import Profile, profiles

VALUES = st.dictionaries(st.sampled_from(get_args(ValueName)), st.integers(0, 10), min_size=1)


def answer(found: mrdguide.Recommendation) -> dict[str, Any]:
    """Everything the answer says but for the hash of the input."""
    said = found.to_dict()
    said["provenance"].pop("input_hash")
    return said


@law(40)
@given(profiles(), VALUES)
def test_what_matters_to_the_patient_changes_nothing_of_the_answer(profile: Profile, values: dict[str, int]) -> None:
    preference = {**(profile.get("preference") or {}), "values": values}
    assert answer(judged({**profile, "preference": preference})) == answer(judged(profile))


def test_no_rule_can_name_it() -> None:
    assert "preference.stop" in catalogue()
    assert [path for path in catalogue() if path.startswith("preference.values")] == []


@pytest.mark.parametrize(
    ("values", "told"),
    [({"long-lief": 3}, "long-life"), ({"cost": 11}, "10"), ({"cost": "much"}, "cost"), ({"cost": 2.5}, "cost")],
)
def test_a_mistake_in_them_is_pointed_at(values: dict[str, object], told: str) -> None:
    profile = {"id": "x", "diagnosis": {"disease": "multiple-myeloma"}, "preference": {"values": values}}
    with pytest.raises(MrdguideError) as error:
        mrdguide.read_patient(profile)
    assert told in str(error.value)
