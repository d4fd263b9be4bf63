"""`response_stands`, `response_course`, `response_looked_at` over columns."""

from __future__ import annotations

import numpy as np

from ....case.protein import NO_ANTIBODIES
from ....case.response_course import RANK
from ....logic.operators.response_course import ResponseCourse, ResponseLookedAt, ResponseStands
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ....patient.events import ResponseAssessment
from .. import panels
from ..cohort import Cohort, Verdicts
from ..courses import newest_line
from ..kernel import Column
from ..listed import codes_of, listed
from ..meaning import LEFT, Asked, Meaning
from ..months import add_months, calendar
from ..profiles import NO_WORD
from ..standings import Standings, standings


def _held(found: Standings, verdicts: Column) -> Verdicts:
    held: Verdicts = np.where(found.held, verdicts, LEFT).astype(np.uint8)
    return held


def _stands(operator: ResponseStands, asked: Asked) -> Verdicts:
    found = standings(asked.cohort, operator.rules)
    # What a list lacks may be a loss, so that here it is the favourable verdict that waits.
    return _held(found, np.where(_lacking(asked.cohort), UNKNOWN, found.stands[RANK[operator.at_least]]))


def _course(operator: ResponseCourse, asked: Asked) -> Verdicts:
    found = standings(asked.cohort, operator.rules)
    if operator.reads == "lost":
        return _held(found, np.where(_lacking(asked.cohort), np.maximum(found.lost, UNKNOWN), found.lost))
    return _held(found, found.ever_lost if operator.reads == "ever_lost" else found.doubted)


def _lacking(cohort: Cohort) -> Column:
    return cohort.may_lack("responses") | cohort.may_lack("markers")


def _looked_at(operator: ResponseLookedAt, asked: Asked) -> Verdicts:
    found = standings(asked.cohort, operator.rules)
    last = _last_look(asked.cohort)
    recent = _recent(asked.cohort, last, operator.within)
    if operator.since_new_line:
        recent &= last > newest_line(asked.cohort)
    looked = np.where(recent, MET, UNKNOWN)
    return _held(found, np.where(found.lost != NOT_MET, MET - found.lost, looked))


def _last_look(cohort: Cohort) -> Column:
    """The newest day that is certain on which serum and urine, or the response, were looked at; 0 where there is none."""
    last = np.zeros(len(cohort), dtype=np.int32)
    responses, markers = listed(cohort, "responses"), listed(cohort, "markers")
    named = responses.words("category", codes_of(ResponseAssessment, "category")) != NO_WORD
    whole = panels.proteins(cohort, NO_ANTIBODIES).whole
    for found, counts in ((responses, named), (markers, whole)):
        looks = np.flatnonzero(counts & found.dates("date").known)
        np.maximum.at(last, found.owner[looks], found.earliest[looks])
    return last


def _recent(cohort: Cohort, days: Column, months: int) -> Column:
    """Whether a day lies within so many calendar months before the as-of day; none does where there is no day."""
    known, inverse = np.unique(days, return_inverse=True)
    table = calendar()
    until = [add_months(table, int(day), months) if day > 0 else 0 for day in known]
    held: Column = np.array(until, dtype=np.int32)[inverse] >= cohort.days
    return held


MEANINGS: dict[str, Meaning] = {
    "response_stands": _stands,
    "response_course": _course,
    "response_looked_at": _looked_at,
}
