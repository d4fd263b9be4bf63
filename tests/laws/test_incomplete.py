"""A list that may lack entries leaves open what entries could change, and says nothing new."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from mrdguide import Verdict

from .effort import law
from .judging import judged, most_permissive, verdicts
from .patients import LISTS, Profile, inside_the_envelope, profiles

LACKING = st.sets(st.sampled_from(LISTS), min_size=1).map(sorted)


@law(120)
@example(profile=inside_the_envelope(), lacking=list(LISTS))
@given(profiles(), LACKING)
def test_a_verdict_stays_or_becomes_unknown(profile: Profile, lacking: list[str]) -> None:
    whole = verdicts(judged({**profile, "incomplete": []}))
    partial = verdicts(judged({**profile, "incomplete": lacking}))
    turned = {
        name: (whole[name], partial[name]) for name in whole if partial[name] not in (whole[name], Verdict.UNKNOWN)
    }
    assert turned == {}


@law(80)
@given(profiles(), LACKING)
def test_whatever_was_possible_stays_possible(profile: Profile, lacking: list[str]) -> None:
    whole, partial = judged({**profile, "incomplete": []}), judged({**profile, "incomplete": lacking})
    assert set(whole.possible_outcomes) <= set(partial.possible_outcomes)
    if partial.settled:
        assert partial.outcome == whole.outcome


@law(60)
@given(profiles(), st.data())
def test_an_entry_that_was_left_out_of_a_list_marked_so_cannot_make_the_answer_more_permissive(
    profile: Profile, data: st.DataObject
) -> None:
    """What was in the list is one of the things that it may lack."""
    name = data.draw(st.sampled_from(LISTS))
    if not profile.get(name):
        return
    entries: list[Any] = list(profile[name])
    entries.pop(data.draw(st.integers(0, len(entries) - 1)))
    less = judged({**profile, name: entries, "incomplete": [name]})
    if less.settled:
        assert less.permissiveness <= most_permissive(judged({**profile, "incomplete": []}))
