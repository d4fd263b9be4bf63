"""The course of response over columns: categories and panels walked through in every order there can be (see
`case.response_course`).

A standing is a row of numbers, and what can stand after some assessments is a set of such rows. Where more assessments lie
together than are held here, or their orders lead to more standings, the one-patient engine walks through them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...case.response_course import COMPLETE, RANK, CourseRules
from ...logic.truth import MET, NOT_MET, UNKNOWN
from . import panels
from .cohort import Cohort
from .kernel import NOTHING, ONE, Column, counted, kernel
from .listed import in_order, listed
from .profiles import NO_FLAG

_NONE, _PROGRESSIVE = -1, RANK["PD"]
_BELOW_COMPLETE, _NOT_SAID, _BY_PANEL, _BY_CATEGORY = map(counted, (RANK["VGPR"], NO_FLAG, 1, 2))
_RESPONSE, _ANY_CATEGORY = -1, 9
# What a row holds. A day is its first and last day and whether it is of a panel; what is not there is -1.
_RANK, _BEST, _UNCONFIRMED, _DOUBT, _DOUBT_DAYS, _LOST, _WAS_LOST, _DOUBTED, _BAND = range(9)
_AGAIN, _AGAIN_DAY, _FIRST_DAY = 9, 10, 13
_MOST_DAYS = 3
_WIDTH = _FIRST_DAY + 3 * _MOST_DAYS
# How many assessments of open order, and how many standings, are held.
_MOST_TOGETHER, _MOST_STANDINGS, _MOST_STEPS = 6, 64, 5_000


class Standings(NamedTuple):
    """Verdicts that hold of every standing there can be, else unknown: of losses, and by rank (1 stable disease to 5
    complete response) whether one so good stands. `held` is whether the patient is held here."""

    held: Column
    lost: Column
    ever_lost: Column
    doubted: Column
    stands: Column


class _Course(NamedTuple):
    """The assessments of all patients, in order of time for each. `panel` is what a panel says of the protein, and -1 of a
    response, whose `rank` and `confirmed` stand beside it."""

    offset: Column
    earliest: Column
    latest: Column
    panel: Column
    whole: Column
    excludes: Column
    rank: Column
    confirmed: Column
    explained: Column


def standings(cohort: Cohort, rules: CourseRules) -> Standings:
    """Where the courses of response have come to."""

    def make() -> Standings:
        held, verdicts = _walked(_course(cohort, rules), rules.same_days)
        return Standings(held, verdicts[0], verdicts[1], verdicts[2], verdicts[2:])

    return cohort.once(("standings", rules), make)


def _course(cohort: Cohort, rules: CourseRules) -> _Course:
    responses, markers = listed(cohort, "responses"), listed(cohort, "markers")
    said = panels.proteins(cohort, rules.antibodies)
    codes, kinds = responses.alike(("category",))
    ranks = np.array([RANK.get(entry.category, _ANY_CATEGORY) for entry in kinds], dtype=np.int8)[codes]
    progressive = np.array([entry.category == "PD" for entry in kinds], dtype=np.bool_)[codes]
    explained = _explained(
        responses.owner, responses.earliest, responses.latest, markers.offset, markers.earliest, markers.latest,
        said.protein, rules.near_days,
    )  # fmt: skip
    seen = np.flatnonzero(said.protein != panels.NOT_EXAMINED)
    none = np.zeros(responses.owner.size, dtype=np.int8)
    owner = np.concatenate([markers.owner[seen], responses.owner])
    earliest = np.concatenate([markers.earliest[seen], responses.earliest])
    # Of the same first day as given, whatever their last days are.
    offset, order = in_order(len(cohort), owner, earliest, earliest)

    def both(of_panels: Column, of_responses: Column) -> Column:
        # Of one type, so that each loop is compiled once.
        found: Column = np.concatenate([of_panels, of_responses])[order].astype(np.int64)
        return found

    nothing = np.zeros(seen.size, dtype=np.int8)
    return _Course(
        offset, earliest[order].astype(np.int64), both(markers.latest[seen], responses.latest),
        both(said.protein[seen], none + _RESPONSE), both(said.whole[seen], none == 1), both(said.excludes[seen], none == 1),
        both(nothing, ranks), both(nothing, responses.flags("confirmed")), both(nothing == 1, explained & ~progressive),
    )  # fmt: skip


@kernel
def _explained(
    owner: Column, earliest: Column, latest: Column, panel_offset: Column, panel_earliest: Column,
    panel_latest: Column, protein: Column, days: int,
) -> Column:  # fmt: skip
    """Whether a panel of the same time shows that the band behind a lower category is another one."""
    found = np.zeros(owner.size, dtype=np.bool_)
    for place in range(owner.size):
        original = False
        for panel in range(panel_offset[owner[place]], panel_offset[owner[place] + 1]):
            if panel_earliest[panel] >= latest[place] - days and panel_latest[panel] <= earliest[place] + days:
                original = original or protein[panel] == panels.ORIGINAL
                found[place] = found[place] or protein[panel] == panels.EXPLAINED
        if original:
            found[place] = False
    return found


@kernel
def _walked(course: _Course, same_days: int) -> tuple[Column, Column]:
    patients = course.offset.size - 1
    held = np.ones(patients, dtype=np.bool_)
    verdicts = np.full((8, patients), UNKNOWN, dtype=np.uint8)
    states = np.empty((_MOST_STANDINGS, _WIDTH), dtype=np.int64)
    reached = np.empty((1 << _MOST_TOGETHER, _MOST_STANDINGS, _WIDTH), dtype=np.int64)
    counts = np.empty(1 << _MOST_TOGETHER, dtype=np.int64)
    for patient in range(patients):
        states[0] = _NONE
        states[0, _DOUBT_DAYS] = states[0, _LOST] = states[0, _WAS_LOST] = 0
        states[0, _DOUBTED] = states[0, _BAND] = states[0, _AGAIN] = 0
        count, steps = ONE, 0
        begin, end = course.offset[patient], course.offset[patient + 1]
        while begin < end and count > 0:
            # Assessments lie together where their order is open.
            after, last = begin, course.latest[begin]
            while after < end and course.earliest[after] <= last:
                last = max(last, course.latest[after])
                after += 1
            if after - begin > _MOST_TOGETHER:
                count = -1
            else:
                count, tried = _in_any_order(course, begin, after, same_days, states, count, reached, counts)
                steps += tried
            if steps > _MOST_STEPS:
                count = -1
            begin = after
        if count < 0:
            held[patient] = False
            continue
        _agreed(states, count, patient, verdicts)
    return held, verdicts


@kernel
def _agreed(states: Column, count: int, patient: int, verdicts: Column) -> None:
    """Write the verdicts that all standings give, unknown where they differ."""
    for which in range(8):
        found = _verdict(states[0], which)
        for place in range(1, count):
            if _verdict(states[place], which) != found:
                found = UNKNOWN
        verdicts[which, patient] = found


@kernel
def _verdict(state: Column, which: int) -> int:
    """Of one standing: 0 the response is lost, 1 it was lost, 2 a lower one was refuted, from 3 on whether a rank stands."""
    if which == 0:
        if state[_RANK] < 0:
            return UNKNOWN if state[_BAND] == 1 else NOT_MET
        if state[_LOST] == 1:
            return MET
        return NOT_MET if state[_DOUBT] == _NONE else UNKNOWN
    if which <= 2:
        happened = state[_WAS_LOST] if which == 1 else state[_DOUBTED]
        if state[_RANK] < 0 and state[_BAND] == 1 and happened == 0:
            return UNKNOWN
        return MET if happened == 1 else NOT_MET
    wanted = which - 2
    if state[_RANK] < 0 and state[_UNCONFIRMED] < wanted:
        return UNKNOWN
    if state[_RANK] < wanted:
        return UNKNOWN if state[_UNCONFIRMED] >= wanted else NOT_MET
    return UNKNOWN if state[_DOUBT] != _NONE and state[_DOUBT] < wanted else MET


@kernel
def _in_any_order(
    course: _Course, begin: int, end: int, same_days: int, states: Column, count: int, reached: Column, counts: Column
) -> tuple[int, int]:
    """Walk through some assessments in every order; the standings become those after them. Returns how many they are (-1: more
    than are held) and how many steps it took."""
    size, steps = end - begin, 0
    if size == 1:
        # As nearly always: there is one order.
        found = NOTHING
        for state in range(count):
            found = _step(course, begin, same_days, states[state], reached[0], found)
            if found < 0:
                return -1, state + 1
        _hand_over(reached[0], states, found)
        return found, count
    whole = (1 << size) - 1
    counts[: whole + 1] = 0
    _hand_over(states, reached[0], count)
    counts[0] = count
    for done in range(whole):
        first = -1
        for place in range(size):
            if not done >> place & 1 and (first < 0 or course.latest[begin + place] < first):
                first = course.latest[begin + place]
        for place in range(size):
            # None that is left lies before the next for certain.
            if done >> place & 1 or course.earliest[begin + place] > first or counts[done] == 0:
                continue
            then = done | 1 << place
            for state in range(counts[done]):
                steps += 1
                counts[then] = _step(
                    course, begin + place, same_days, reached[done, state], reached[then], counts[then]
                )
                if counts[then] < 0:
                    return -1, steps
    found = counts[whole]
    _hand_over(reached[whole], states, found)
    return found, steps


@kernel
def _hand_over(some: Column, others: Column, count: int) -> None:
    """The first standings of one set become those of another."""
    for state in range(count):
        for place in range(_WIDTH):
            others[state, place] = some[state, place]


@kernel
def _add(states: Column, count: int, state: Column) -> int:
    """Add a standing to a set; returns how many there are then, -1 for more than are held."""
    if count < 0:
        return -1
    for other in range(count):
        alike = True
        for place in range(_WIDTH):
            if states[other, place] != state[place]:
                alike = False
                break
        if alike:
            return count
    if count == _MOST_STANDINGS:
        return -1
    for place in range(_WIDTH):
        states[count, place] = state[place]
    return count + 1


@kernel
def _step(course: _Course, place: int, same_days: int, state: Column, states: Column, count: int) -> int:
    """Add what one assessment makes of a standing."""
    said = course.panel[place]
    day = (course.earliest[place], course.latest[place], int(said != _RESPONSE))
    if said == _RESPONSE:
        if course.rank[place] != _ANY_CATEGORY:
            return _response(course, place, course.rank[place], day, same_days, state, states, count)
        for rank in range(COMPLETE + 1):
            count = _response(course, place, rank, day, same_days, state, states, count)
        return count
    if said == panels.ORIGINAL or said == panels.UNCLEAR:
        with_band = state.copy()
        with_band[_BAND] = 1
        if said == panels.UNCLEAR:
            count = _add(states, count, with_band)
        count = _original(with_band, day, same_days, states, count)
        if said == panels.UNCLEAR and course.whole[place]:
            # It may turn out to be another band, and the original protein to be absent.
            count = _excluded(state, day, same_days, said == panels.UNCLEAR, states, count)
        return count
    if course.excludes[place]:
        return _excluded(state, day, same_days, said == panels.EXPLAINED, states, count)
    return _add(states, count, state)


@kernel
def _response(
    course: _Course, place: int, rank: int, day: tuple[int, int, int], same_days: int, state: Column, states: Column,
    count: int,
) -> int:  # fmt: skip
    if course.explained[place] and rank < state[_RANK]:
        # A lower category that another band explains is no lower one.
        return _add(states, count, state)
    confirmed = course.confirmed[place]
    now = state.copy()
    if now[_UNCONFIRMED] > rank:
        now[_UNCONFIRMED] = _NONE
    if rank < now[_RANK]:
        return _lower(now, rank, confirmed, day, same_days, states, count)
    gone, stays = _refuted(now, day, same_days)
    if gone:
        count = _as_good(_without_doubt(now), rank, confirmed, day, same_days, states, count)
    if stays:
        count = _as_good(now, rank, confirmed, day, same_days, states, count)
    return count


@kernel
def _as_good(
    state: Column, rank: int, confirmed: int, day: tuple[int, int, int], same_days: int, states: Column, count: int
) -> int:
    now = state.copy()
    if now[_LOST] == 1:
        return _again(now, rank, confirmed, day, same_days, states, count)
    if rank > now[_RANK] and confirmed == 0 and now[_UNCONFIRMED] < rank:
        now[_UNCONFIRMED] = rank
    else:
        now[_RANK], now[_BEST], now[_UNCONFIRMED] = rank, max(rank, now[_BEST]), _NONE
    return _add(states, count, now)


@kernel
def _lower(
    state: Column, rank: int, confirmed: int, day: tuple[int, int, int], same_days: int, states: Column, count: int
) -> int:
    """A lower assessment: a loss when it is confirmed, else a doubt."""
    now = _without_again(state)
    now[_UNCONFIRMED] = _NONE
    # Progressive disease is a category that stands for its own criteria, which ask for two values.
    if confirmed == 1 or (confirmed == NO_FLAG and rank == _PROGRESSIVE):
        return _add(states, count, _with_loss(now, rank))
    if now[_DOUBT] == _NONE:
        now[_DOUBT] = rank
        return _with_doubt_of(now, day, states, count)
    any_other, all_same, known = False, True, False
    for number in range(now[_DOUBT_DAYS]):
        first = _day(now, _FIRST_DAY + 3 * number)
        another, same = _apart(first, day, same_days)
        any_other, all_same = any_other or another, all_same and same
        known = known or first == day
    worse = max(rank, now[_DOUBT])
    if any_other:
        count = _add(states, count, _with_loss(now, worse))
    if all_same:
        now[_DOUBT] = worse
        count = _add(states, count, now) if known else _with_doubt_of(now, day, states, count)
    return count


@kernel
def _original(state: Column, day: tuple[int, int, int], same_days: int, states: Column, count: int) -> int:
    """The original protein speaks against a complete response, and says nothing new below one."""
    if state[_RANK] == COMPLETE:
        return _lower(state, _BELOW_COMPLETE, _NOT_SAID, day, same_days, states, count)
    now = _without_again(state)
    if now[_UNCONFIRMED] == COMPLETE:
        # Or the complete response was one, and this is the first that speaks against it: what is lower later is a loss then.
        count = _add(states, count, now)
        now[_UNCONFIRMED] = _NONE
    return _add(states, count, now)


@kernel
def _excluded(
    state: Column, day: tuple[int, int, int], same_days: int, another_band: bool, states: Column, count: int
) -> int:
    """A panel without the original protein agrees with a complete response, but does not make one by itself."""
    gone, stays = _refuted(state, day, same_days)
    if gone:
        count = _agrees(_without_doubt(state), day, same_days, another_band, states, count)
    if stays:
        count = _agrees(state, day, same_days, another_band, states, count)
    return count


@kernel
def _agrees(
    state: Column, day: tuple[int, int, int], same_days: int, another_band: bool, states: Column, count: int
) -> int:
    now = state.copy()
    if now[_LOST] == 1 and another_band:
        return _add(states, count, now)
    if now[_LOST] == 0:
        rank = max(now[_RANK], now[_UNCONFIRMED])
        now[_RANK], now[_BEST], now[_UNCONFIRMED] = rank, max(rank, now[_BEST]), _NONE
        return _add(states, count, now)
    if now[_AGAIN] != _BY_CATEGORY:
        return _add(states, count, _with_again(now, _BY_PANEL, day))
    return _agreeing(now, now[_BEST], day, same_days, states, count)


@kernel
def _again(
    state: Column, rank: int, confirmed: int, day: tuple[int, int, int], same_days: int, states: Column, count: int
) -> int:
    """A category as good as before a confirmed loss, or better than what it fell to."""
    now = state.copy()
    if rank < now[_BEST]:
        now = _without_again(now)
        now[_RANK] = rank
        return _add(states, count, now)
    if confirmed == 1:
        return _add(states, count, _made_good(now, rank))
    if now[_AGAIN] == 0:
        # It counts as a best once it is recorded, as it does before any loss: below it nothing has been made good.
        if confirmed != 0:
            now[_BEST] = rank
        return _add(states, count, _with_again(now, _BY_CATEGORY, day))
    return _agreeing(now, rank, day, same_days, states, count)


@kernel
def _agreeing(state: Column, rank: int, day: tuple[int, int, int], same_days: int, states: Column, count: int) -> int:
    first = _day(state, _AGAIN_DAY)
    another, same = _apart(first, day, same_days)
    if another:
        count = _add(states, count, _made_good(state, rank))
    if same:
        now = _with_again(state, _BY_CATEGORY, first)
        now[_BEST] = rank
        count = _add(states, count, now)
    return count


@kernel
def _refuted(state: Column, day: tuple[int, int, int], same_days: int) -> tuple[bool, bool]:
    """Whether a doubt can be gone after an assessment that does not agree with it, and whether it can stay."""
    if state[_DOUBT] == _NONE:
        return False, True
    gone, stays = True, False
    for number in range(state[_DOUBT_DAYS]):
        # A category may rest on the very panel that it seems to refute; a later panel is another sample.
        another, same = _apart(_day(state, _FIRST_DAY + 3 * number), day, 0 if day[2] == 1 else same_days)
        gone, stays = gone and another, stays or same
    return gone, stays


@kernel
def _apart(first: tuple[int, int, int], second: tuple[int, int, int], same_days: int) -> tuple[bool, bool]:
    """Whether two assessments can be two, and whether they can be one and the same."""
    limit = same_days if first[2] != second[2] else 0
    least = max(0, second[0] - first[1], first[0] - second[1])
    most = max(second[1] - first[0], first[1] - second[0])
    return most > limit, least <= limit


@kernel
def _day(state: Column, at: int) -> tuple[int, int, int]:
    return state[at], state[at + 1], state[at + 2]


@kernel
def _without_doubt(state: Column) -> Column:
    now = state.copy()
    now[_DOUBT], now[_DOUBT_DAYS], now[_DOUBTED] = _NONE, 0, 1
    now[_FIRST_DAY:] = -1
    return now


@kernel
def _with_doubt_of(state: Column, day: tuple[int, int, int], states: Column, count: int) -> int:
    """Add the standing with one more day that its doubt is of; -1 for more days than are held."""
    number = state[_DOUBT_DAYS]
    if number == _MOST_DAYS:
        return -1
    at = _FIRST_DAY + 3 * number
    state[at], state[at + 1], state[at + 2] = day
    state[_DOUBT_DAYS] = number + 1
    return _add(states, count, state)


@kernel
def _with_loss(state: Column, rank: int) -> Column:
    now = state.copy()
    now[_RANK], now[_DOUBT], now[_DOUBT_DAYS], now[_LOST], now[_WAS_LOST] = rank, _NONE, 0, 1, 1
    now[_FIRST_DAY:] = -1
    return now


@kernel
def _made_good(state: Column, rank: int) -> Column:
    now = _without_again(state)
    now[_RANK], now[_BEST], now[_LOST] = rank, rank, 0
    return now


@kernel
def _without_again(state: Column) -> Column:
    now = state.copy()
    now[_AGAIN] = 0
    now[_AGAIN_DAY:_FIRST_DAY] = -1
    return now


@kernel
def _with_again(state: Column, kind: int, day: tuple[int, int, int]) -> Column:
    """A panel or a category of a day speaks for a response that is as good again."""
    now = state.copy()
    now[_AGAIN] = kind
    now[_AGAIN_DAY], now[_AGAIN_DAY + 1], now[_AGAIN_DAY + 2] = day
    return now
