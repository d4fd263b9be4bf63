"""`response_stands`, `response_course`, `response_looked_at` over columns.

Held are courses whose order is plain: categories on different known days, without a marker panel among them. Every other
course is walked through by the one-patient engine, in each order there can be.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ....case.response_course import RANK
from ....logic.operators.response_course import ResponseCourse, ResponseLookedAt, ResponseStands
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ..cohort import Cohort, Verdicts
from ..kernel import Column, kernel
from ..listed import NO_FLAG, listed
from ..meaning import LEFT, Asked, Meaning
from ..months import add_months, calendar

_NONE, _PROGRESSIVE = -1, RANK["PD"]


class _Standings(NamedTuple):
    """Where each course has come to (see `case.response_course.Standing`); `plain` is whether it is held here."""

    plain: Column
    rank: Column
    unconfirmed: Column
    doubt: Column
    lost: Column
    was_lost: Column
    doubted: Column
    last: Column


def _standings(cohort: Cohort) -> _Standings:
    def make() -> _Standings:
        responses = listed(cohort, "responses")
        codes, kinds = responses.alike(("category",))
        ranks = np.array([RANK.get(entry.category, _NONE) for entry in kinds], dtype=np.int8)[codes]
        return _walked(
            responses.offset, responses.earliest, responses.latest, ranks, responses.flags("confirmed"),
            listed(cohort, "markers").lengths,
        )  # fmt: skip

    return cohort.once("standings", make)


@kernel
def _walked(
    offset: Column, earliest: Column, latest: Column, ranks: Column, confirmed: Column, panels: Column
) -> _Standings:
    patients = panels.size
    plain = np.ones(patients, dtype=np.bool_)
    found = np.full((7, patients), _NONE, dtype=np.int32)
    for patient in range(patients):
        begin, end = offset[patient], offset[patient + 1]
        before = _NONE
        for place in range(begin, end):
            if earliest[place] != latest[place] or earliest[place] == before or ranks[place] == _NONE:
                plain[patient] = False
            before = earliest[place]
        if panels[patient]:
            plain[patient] = False
        rank = best = unconfirmed = doubt = _NONE
        lost = was_lost = doubted = again = False
        for place in range(begin, end):
            now, said = ranks[place], confirmed[place]
            if unconfirmed > now:
                unconfirmed = _NONE
            if now < rank:
                again, unconfirmed = False, _NONE
                if said == 1 or (said == NO_FLAG and now == _PROGRESSIVE):
                    rank, doubt, lost, was_lost = now, _NONE, True, True
                elif doubt == _NONE:
                    doubt = now
                else:
                    rank, doubt, lost, was_lost = max(now, doubt), _NONE, True, True
                continue
            if doubt != _NONE:
                doubt, doubted = _NONE, True
            if not lost:
                if now > rank and said == 0 and unconfirmed < now:
                    unconfirmed = now
                else:
                    rank, best, unconfirmed = now, max(now, best), _NONE
            elif now < best:
                rank, again = now, False
            elif said == 1 or again:
                rank, best, lost, again = now, now, False, False
            else:
                best, again = (best if said == 0 else now), True
        found[0, patient], found[1, patient], found[2, patient] = rank, unconfirmed, doubt
        found[3, patient], found[4, patient], found[5, patient] = lost, was_lost, doubted
        found[6, patient] = before
    return _Standings(plain, found[0], found[1], found[2], found[3], found[4], found[5], found[6])


def _held(standings: _Standings, verdicts: Column) -> Verdicts:
    found: Verdicts = np.where(standings.plain, verdicts, LEFT).astype(np.uint8)
    return found


def _stands(operator: ResponseStands, asked: Asked) -> Verdicts:
    found, wanted = _standings(asked.cohort), RANK[operator.at_least]
    unclear = found.unconfirmed >= wanted
    below = np.where(unclear | (found.rank < 0), UNKNOWN, NOT_MET)
    doubtful = (found.doubt != _NONE) & (found.doubt < wanted)
    stands = np.where(found.rank < wanted, below, np.where(doubtful, UNKNOWN, MET))
    # What a list lacks may be a loss, so that here it is the favourable verdict that waits.
    return _held(found, np.where(_lacking(asked.cohort), UNKNOWN, stands))


def _course(operator: ResponseCourse, asked: Asked) -> Verdicts:
    found = _standings(asked.cohort)
    if operator.reads == "lost":
        return _held(found, np.where(_lacking(asked.cohort), np.maximum(_lost(found), UNKNOWN), _lost(found)))
    happened = found.was_lost if operator.reads == "ever_lost" else found.doubted
    return _held(found, np.where(happened == 1, MET, NOT_MET))


def _lacking(cohort: Cohort) -> Column:
    return cohort.may_lack("responses") | cohort.may_lack("markers")


def _lost(found: _Standings) -> Column:
    open_ = np.where(found.doubt == _NONE, NOT_MET, UNKNOWN)
    return np.where(found.rank < 0, NOT_MET, np.where(found.lost == 1, MET, open_))


def _looked_at(operator: ResponseLookedAt, asked: Asked) -> Verdicts:
    found = _standings(asked.cohort)
    lost, recent = _lost(found), _recent(asked.cohort, found.last, operator.within)
    return _held(found, np.where(lost != NOT_MET, MET - lost, np.where(recent, MET, UNKNOWN)))


def _recent(cohort: Cohort, days: Column, months: int) -> Column:
    """Whether a day lies within so many calendar months before the as-of day; none does where there is no day."""
    known, inverse = np.unique(days, return_inverse=True)
    table = calendar()
    held = [day > 0 and add_months(table, int(day), months) >= cohort.as_of for day in known]
    return np.array(held, dtype=np.bool_)[inverse]


MEANINGS: dict[str, Meaning] = {
    "response_stands": _stands,
    "response_course": _course,
    "response_looked_at": _looked_at,
}
