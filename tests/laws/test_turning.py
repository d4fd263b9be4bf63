"""Judging a criterion again only where it can have turned is judging all of them on every day.

The reference here judges every criterion from the start on each day.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from mrdguide.case.case import Case
from mrdguide.explain.future import Future, Visit, Workup
from mrdguide.explain.turning import day_by_day, losses, turning, with_other_tests
from mrdguide.logic.truth import MET

from .adverse import adverse_values, with_it
from .effort import law
from .judging import judged, shipped
from .patients import AS_OF, Profile, inside_the_envelope, profiles

TODAY = AS_OF.toordinal()
UNTIL = TODAY + 1200
IMPRECISE, PLANNED, IMPOSSIBLE = "2026", "2027-03-01", "2012-01"

CaseOn = Callable[[int], Case]

visits = st.lists(
    st.builds(
        Visit,
        st.integers(TODAY, TODAY + 500),
        st.sampled_from([Workup.MARROW, Workup.IMAGING, Workup.BOTH, Workup.SERUM]),
    ),
    max_size=3,
)


def with_bad_news() -> st.SearchStrategy[Profile]:
    """Any patient, with something adverse besides: undated, imprecise, planned or before there can have been such a thing."""
    dates = st.sampled_from([None, IMPRECISE, PLANNED, IMPOSSIBLE])
    return st.builds(with_it, profiles(), st.sampled_from(adverse_values()), dates)


def good_again_a_few_days_ago() -> Profile:
    """A confirmed loss of response, and a complete response again of the week before: a panel of another sample agrees with it
    from the eighth day on."""
    courses = (("2023-01-10", "CR"), ("2025-01-10", "PR"), ("2025-03-10", "PR"), ("2026-11-18", "CR"))
    profile = inside_the_envelope()
    profile["responses"] = [{"date": day, "category": category} for day, category in courses]
    profile["markers"] = []
    return profile


def old_and_with_a_date_of_the_whole_year() -> Profile:
    """Too old for the birth year to be true after New Year, with disease found some day of this year."""
    profile = inside_the_envelope()
    profile["birth_year"] = AS_OF.year - 120
    profile["imaging"].append({"date": str(AS_OF.year), "modality": "PET-CT", "conclusion": "positive"})
    return profile


def positive_a_few_days_ago() -> Profile:
    """A negative test of the next days contradicts what was just found."""
    profile = inside_the_envelope()
    profile["mrd"].append({**profile["mrd"][-1], "date": "2026-11-18", "result": "detected", "level": 1e-4})
    return profile


def attested_for_later() -> Profile:
    """A word that counts from a later day on."""
    profile = inside_the_envelope()
    profile["markers"] = []
    profile["attested"] = [
        {"what": "serum-quiet", "value": True, "by": "J. Doe", "of": "2026-12-20", "date": "2026-12-22"}
    ]
    return profile


@law(50)
@example(profile=inside_the_envelope(), planned=[])
@example(profile=good_again_a_few_days_ago(), planned=[])
@example(profile=old_and_with_a_date_of_the_whole_year(), planned=[Visit(TODAY + 60, Workup.BOTH)])
@example(profile=attested_for_later(), planned=[])
@example(profile=positive_a_few_days_ago(), planned=[Visit(TODAY + 3, Workup.MARROW)])
@given(st.one_of(profiles(), with_bad_news()), visits)
def test_every_criterion_is_as_if_it_were_judged_anew_each_day(profile: Profile, planned: list[Visit]) -> None:
    future = Future(shipped(), judged(profile).case)
    today = Visit(TODAY, Workup.BOTH)

    def as_planned(day: int) -> Case:
        return future.case(day, planned)

    def tested_that_day(day: int) -> Case:
        return future.case(day, [Visit(day, Workup.BOTH)])

    def tested_today_too(day: int) -> Case:
        return future.case(day, [today, Visit(day, Workup.BOTH)])

    for recorded, case_on in ((planned, as_planned), ([], tested_that_day), ([today], tested_today_too)):
        later = turning(shipped(), future.case(UNTIL, recorded), TODAY)
        for day, verdicts in day_by_day(shipped(), TODAY, later, case_on):
            assert differing(verdicts, shipped().judge_all(case_on(day))) == [], day - TODAY


@law(40)
@example(profile=positive_a_few_days_ago(), day=TODAY + 3, one=[], other=[Visit(TODAY + 3, Workup.MARROW)])
@given(st.one_of(profiles(), with_bad_news()), st.integers(TODAY, TODAY + 600), visits, visits)
def test_other_tests_of_a_day_are_judged_as_if_everything_were(
    profile: Profile, day: int, one: list[Visit], other: list[Visit]
) -> None:
    future = Future(shipped(), judged(profile).case)
    before, case = future.case(day, one), future.case(day, other)
    found = with_other_tests(shipped(), before, shipped().judge_all(before), case)
    assert differing(found, shipped().judge_all(case)) == []


@law(8)
@example(profile=inside_the_envelope(), planned=[], start=0)
@example(profile=good_again_a_few_days_ago(), planned=None, start=0)
@given(st.one_of(profiles(), with_bad_news()), st.one_of(st.none(), visits), st.integers(0, 700))
def test_on_no_day_between_does_anything_turn(profile: Profile, planned: list[Visit] | None, start: int) -> None:
    """Day after day for two months, from any day on; without plans with tests on each of the days."""
    future = Future(shipped(), judged(profile).case)

    def case_on(day: int) -> Case:
        return future.case(day, planned if planned is not None else [Visit(day, Workup.BOTH)])

    later = turning(shipped(), future.case(UNTIL, planned or ()), TODAY)
    cases = [case_on(TODAY + start + day) for day in range(60)]
    for (before, was), (case, found) in pairwise([(case, shipped().judge_all(case)) for case in cases]):
        if len(case.original.markers) == len(before.original.markers) and case.doubts == before.doubts:
            turned = {slot for slot, (one, other) in enumerate(zip(was, found, strict=True)) if one != other}
            assert turned <= set(later.get(case.as_of, ())), [
                shipped().compiled_criteria[slot].rule.id for slot in turned
            ]


@law(25)
@example(profile=inside_the_envelope(), planned=[Visit(TODAY + 30, Workup.BOTH)])
@given(st.one_of(profiles(), with_bad_news()), visits)
def test_what_is_lost_first_is_found_as_if_everything_were_judged_each_day(
    profile: Profile, planned: list[Visit]
) -> None:
    future = Future(shipped(), judged(profile).case)
    now = future.case(TODAY, planned)
    watched = [slot for slot, verdict in enumerate(shipped().judge_all(now)) if verdict == MET]

    def case_on(day: int) -> Case:
        return future.case(day, planned)

    later = turning(shipped(), future.case(UNTIL, planned), TODAY)
    expected: dict[int, list[int]] = {}
    left = watched
    for day in later:
        verdicts = shipped().judge_all(case_on(day))
        if lost := [slot for slot in left if verdicts[slot] != MET]:
            expected[day] = lost
            left = [slot for slot in left if slot not in lost]
    for known in (now, None):
        assert dict(losses(shipped(), watched, known, later, case_on)) == expected


def differing(one: tuple[int, ...], other: tuple[int, ...]) -> list[str]:
    """The criteria of which two say something else."""
    both = zip(shipped().compiled_criteria, one, other, strict=True)
    return [compiled.rule.id for compiled, mine, theirs in both if mine != theirs]
