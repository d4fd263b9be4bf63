"""`begun_for` over columns; maintenance that may have been taken up again, or gone on with another drug, is left to the one-patient engine."""

from __future__ import annotations

import numpy as np

from ....case.added_drugs import GOES_ON
from ....case.lines import EXPLAINED
from ....logic.operators.begun_for import TREATS, BegunFor
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ..cohort import Verdicts
from ..courses import PHASE, START_REASON, Courses, begun_anew, courses, goes_on
from ..kernel import Column, kernel
from ..listed import chosen
from ..meaning import LEFT, Asked, Meaning

_RELAPSE, _RESURGENCE, _PLANNED = (START_REASON[name] for name in ("relapse", "resurgence", "planned"))
_MAY_GO_ON = chosen(PHASE, (*GOES_ON, None))
_EXPLAINED = chosen(START_REASON, EXPLAINED)
_IS_TREATMENT = chosen(PHASE, TREATS)


def _begun_for(operator: BegunFor, asked: Asked) -> Verdicts:
    return _begun(
        courses(asked.cohort), START_REASON[operator.reason], operator.going_on, asked.context.absent, asked.cohort.days
    )


@kernel
def _begun(found: Courses, reason: int, going_on: bool, absent: int, today: Column) -> Column:
    verdicts = np.empty(found.whole.size, dtype=np.uint8)
    for patient in range(verdicts.size):
        as_of = today[patient]
        begin, end = found.offset[patient], found.offset[patient + 1]
        whole, courses_of_it, best = found.whole[patient], 0, NOT_MET
        for place in range(begin, end):
            phase = found.phase[place]
            if _MAY_GO_ON[phase]:
                courses_of_it += 1
            fit = _because_of(found, begin, end, place, reason, whole)
            if going_on and fit != NOT_MET:
                on = goes_on(found, place, as_of) if _IS_TREATMENT[phase] or phase == 0 else NOT_MET
                fit = min(fit, on if phase != 0 else min(on, UNKNOWN))
            best = max(best, fit)
        if courses_of_it > 1:
            verdicts[patient] = LEFT
        elif best == NOT_MET:
            verdicts[patient] = absent if whole else UNKNOWN
        else:
            verdicts[patient] = best
    return verdicts


@kernel
def _because_of(found: Courses, begin: int, end: int, place: int, reason: int, whole: bool) -> int:
    said = found.start_reason[place]
    if said in (_RELAPSE, _RESURGENCE):
        return MET if said == reason else NOT_MET
    anew = begun_anew(found, begin, end, place, whole)
    told = NOT_MET
    if reason == _RELAPSE and (found.regimen_of_disease[place] or (found.site_of_disease[place] and anew != NOT_MET)):
        told = UNKNOWN
    if said != _PLANNED and (reason == _RESURGENCE or _EXPLAINED[said]):
        return told
    if said == _PLANNED:
        return UNKNOWN if anew != NOT_MET and found.line[place] != 1 else told
    return max(told, anew)


MEANINGS: dict[str, Meaning] = {"begun_for": _begun_for}
