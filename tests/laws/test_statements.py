"""Laws on what people say in the place of a record: it never does more than the fact itself would, and can be taken back."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from mrdguide.patient.facts import catalogue

from .effort import law
from .judging import judged, most_permissive, shipped
from .patients import Profile, profiles

# What is known when it is said that it cannot be had: the most favourable value of each fact.
_FAVOURABLE: dict[str, Any] = {
    "baseline.labs.ldh": {"value": 150, "unit": "U/L", "upper_limit": 250},
    "baseline.labs.beta2_microglobulin": {"value": 2.0, "unit": "mg/L"},
    "baseline.labs.creatinine": {"value": 1.3, "unit": "mg/dL"},
}
_ATTESTABLE = tuple(
    dict.fromkeys(item.rule.attestable.what for item in shipped().compiled_criteria if item.rule.attestable)
)
# The record that would say the same as a word on it.
_RECORDED_INSTEAD: dict[str, tuple[str, Any]] = {
    "no-extramedullary-at-diagnosis": ("baseline.extramedullary_disease", {"status": "absent"}),
    "no-plasma-cell-leukemia": ("baseline.circulating_plasma_cells_percent", 0),
    "surveillance-arranged": ("surveillance.feasible", True),
}


def with_fact(profile: Profile, path: str, value: Any) -> Profile:
    """A copy with one fact set, or taken out where the value is None."""
    copy = deepcopy(profile)
    *parts, last = path.split(".")
    here = copy
    for part in parts:
        here[part] = here.get(part) or {}
        here = here[part]
    here[last] = value
    return copy


def declared(profile: Profile, *paths: str) -> Profile:
    said = [{"what": path, "why": "no sample is left", "by": "tumor board", "date": "2026-11-20"} for path in paths]
    return {**profile, "unobtainable": said}


def favourable(path: str) -> Any:
    return _FAVOURABLE.get(path, {"status": "absent"} if catalogue()[path].kind == "finding" else None)


@law(150)
@given(
    profile=profiles(),
    paths=st.lists(st.sampled_from(shipped().may_be_unobtainable), min_size=1, max_size=3, unique=True),
)
def test_what_cannot_be_had_never_helps_more_than_the_best_value_of_it(profile: Profile, paths: list[str]) -> None:
    open_ = known = profile
    for path in paths:
        open_, known = with_fact(open_, path, None), with_fact(known, path, favourable(path))
    before, said, best = judged(open_), judged(declared(open_, *paths)), judged(known)
    assert most_permissive(said) <= most_permissive(best)
    assert most_permissive(said) <= most_permissive(before)
    assert set(said.possible_outcomes) <= {*before.possible_outcomes, "cessation-conditional"}
    # With the caution that every declaration brings, support without condition is out of reach.
    assert "cessation-supported" not in said.possible_outcomes or not said.unobtainable


@law(100)
@given(profile=profiles(), path=st.sampled_from(shipped().may_be_unobtainable), bad=st.booleans())
def test_a_recorded_value_wins_over_the_word_that_it_cannot_be_had(profile: Profile, path: str, bad: bool) -> None:
    value = favourable(path)
    if bad and catalogue()[path].kind == "finding":
        value = {"status": "present"}
    known = with_fact(profile, path, value)
    assume(not judged(known).doubted)
    assert judged(declared(known, path)).possible_outcomes == judged(known).possible_outcomes


@law(150)
@given(profile=profiles(), what=st.sampled_from(_ATTESTABLE), of=st.sampled_from(["2019-11-20", "2026-11-10"]))
def test_a_word_never_helps_more_than_the_record_it_stands_for(profile: Profile, what: str, of: str) -> None:
    word = {"what": what, "value": True, "of": of, "by": "tumor board", "date": "2026-11-20"}
    before = judged({**profile, "attested": []})
    after = judged({**profile, "attested": [word]})
    # It fills in what was open, so everything still possible was possible before.
    assert set(after.possible_outcomes) <= set(before.possible_outcomes)
    if what in _RECORDED_INSTEAD:
        path, value = _RECORDED_INSTEAD[what]
        assert most_permissive(after) <= max(
            most_permissive(judged(with_fact(profile, path, value))), most_permissive(before)
        )


@law(100)
@given(profile=profiles(), what=st.sampled_from(_ATTESTABLE), of=st.sampled_from(["2019-11-20", "2026-11-10", None]))
def test_a_no_never_makes_more_possible(profile: Profile, what: str, of: str | None) -> None:
    no = {"what": what, "value": False, "of": of, "by": "tumor board", "date": "2026-11-20"}
    before, after = judged({**profile, "attested": []}), judged({**profile, "attested": [no]})
    assert set(before.possible_outcomes) <= set(after.possible_outcomes)


@law(100)
@given(
    profile=profiles(),
    what=st.sampled_from(_ATTESTABLE),
    of=st.sampled_from(["2026-11-10", "2019-11-20"]),
    path=st.sampled_from(shipped().may_be_unobtainable),
)
def test_taking_a_word_back_restores_the_open_answer(profile: Profile, what: str, of: str, path: str) -> None:
    yes = {"what": what, "value": True, "of": of, "by": "tumor board", "date": "2026-11-20"}
    nothing_said = {**profile, "attested": [], "unobtainable": []}
    before = judged(nothing_said)
    judged({**declared(profile, path), "attested": [yes]})
    after = judged(nothing_said)
    assert after.possible_outcomes == before.possible_outcomes
    assert [item.path for item in after.missing] == [item.path for item in before.missing]
    assert (after.decided.verdicts, after.explanation.questions) == (
        before.decided.verdicts,
        before.explanation.questions,
    )


def test_every_fact_that_may_be_out_of_reach_is_of_the_time_of_diagnosis() -> None:
    never = {"del_17p", "t_4_14", "t_14_16"}
    for path in shipped().may_be_unobtainable:
        assert path.startswith("baseline.")
        assert path.rpartition(".")[2] not in never
