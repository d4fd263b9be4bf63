"""Estimates over time are those of a published table, and plain shares where everybody was followed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mrdguide.cohort.happened.estimates import How, Step, free_of_both, incidence, step_of_interval, steps_by_day

# Weeks of remission under 6-mercaptopurine, 21 children (Freireich and others, Blood 1963;21:699-716), the usual example of
# textbooks; with the estimates, errors and log-log intervals that they print of it (Collett, Modelling Survival Data).
RELAPSED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
IN_REMISSION = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PRINTED = {
    6: (0.8571, 0.6197, 0.9516), 7: (0.8067, 0.5631, 0.9228), 10: (0.7529, 0.5032, 0.8894), 13: (0.6902, 0.4316, 0.8491),
    16: (0.6275, 0.3675, 0.8049), 22: (0.5378, 0.2678, 0.7468), 23: (0.4482, 0.1881, 0.6801),
}  # fmt: skip


def remissions() -> list[tuple[int, How]]:
    return [*((week, "event") for week in RELAPSED), *((week, "last seen") for week in IN_REMISSION)]


@pytest.mark.parametrize("week", PRINTED)
def test_kaplan_meier_is_that_of_the_textbooks(week: int) -> None:
    steps = [step for step in steps_by_day(remissions()) if step.at <= week]
    left = sum(day > week for day, _ in remissions())
    found = free_of_both(steps, left)
    assert (found.value, found.low, found.high) == pytest.approx(PRINTED[week], abs=0.0001)
    without_competition = incidence(steps, left)
    assert without_competition.value == pytest.approx(1 - found.value)
    assert (without_competition.low, without_competition.high) == pytest.approx((1 - PRINTED[week][2], 1 - PRINTED[week][1]), abs=0.0001)  # fmt: skip


def test_a_competing_event_by_hand() -> None:
    """Ten patients: one dies at 2, two return at 5 (of nine), one is last seen at 6, one returns at 8 (of six)."""
    followed: list[tuple[int, How]] = [(2, "competing"), (5, "event"), (5, "event"), (6, "last seen"), (8, "event")]
    followed += [(12, "last seen") for _ in range(5)]
    steps = steps_by_day(followed)
    assert steps == [Step(2, 10, 0, 1, 9), Step(5, 9, 2, 0, 7), Step(8, 6, 1, 0, 5)]
    returned = incidence(steps, 5).value
    assert returned == pytest.approx(9 / 10 * 2 / 9 + 7 / 10 * 1 / 6)
    # Not 1 - Kaplan-Meier with the dead as last seen, which would be more than can return.
    assert returned < 1 - (7 / 9) * (5 / 6)


whole_follow_up = some.lists(
    some.tuples(some.integers(1, 40), some.sampled_from(("event", "competing"))), min_size=2, max_size=60
)


@given(whole_follow_up, some.integers(1, 40))
def test_where_everybody_is_followed_it_is_the_plain_share(followed: list[tuple[int, How]], day: int) -> None:
    steps = [step for step in steps_by_day(followed) if step.at <= day]
    left = sum(at > day for at, _ in followed)
    share = sum(at <= day and how == "event" for at, how in followed) / len(followed)
    found, free = incidence(steps, left), free_of_both(steps, left)
    assert found.value == pytest.approx(share)
    assert free.value == pytest.approx(left / len(followed))
    # The variance is the binomial one then, on the scale log(-log).
    if 0 < share < 1:
        assert found.low is not None
        assert found.high is not None
        width = 1.959964 * math.sqrt(share * (1 - share) / len(followed)) / ((1 - share) * -math.log(1 - share))
        factor = math.exp(width)
        assert found.high == pytest.approx(1 - (1 - share) ** factor, rel=1e-4)
        assert found.low == pytest.approx(1 - (1 - share) ** (1 / factor), rel=1e-4)


@given(
    some.lists(some.tuples(some.integers(1, 40), some.sampled_from(("event", "competing", "last seen"))), min_size=1)
)
def test_shares_are_shares_and_lie_in_their_intervals(followed: list[tuple[int, How]]) -> None:
    steps = steps_by_day(followed)
    for number in range(len(steps) + 1):
        here = steps[:number]
        left = sum(at > (here[-1].at if here else 0) for at, _ in followed)
        for found in (free_of_both(here, left), incidence(here, left)):
            assert -1e-9 <= found.value <= 1 + 1e-9
            if found.low is not None and found.high is not None:
                assert -1e-9 <= found.low <= found.value + 1e-9
                assert found.value <= found.high + 1e-9 <= 1 + 2e-9


def test_no_event_in_few_is_not_certain() -> None:
    found = free_of_both([], 8)
    assert found.low is not None
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low**8 == pytest.approx(0.025)  # below it, eight of eight without an event would be rarer than that
    assert incidence([], 8).high == pytest.approx(1 - found.low)
    assert (free_of_both([], 0).low, free_of_both([Step(3, 4, 4, 0, 0)], 0).low) == (None, None)


def test_a_life_table_by_hand() -> None:
    """Of 20, 2 are last seen and 3 return in the first interval; of 15, 1 dies: 3 of 19, then 1 of 15."""
    steps = [step_of_interval(365, 20, 3, 0, 2), step_of_interval(730, 15, 0, 1, 0)]
    assert incidence(steps, 14).value == pytest.approx(3 / 19)
    assert free_of_both(steps, 14).value == pytest.approx(16 / 19 * 14 / 15)
