"""`imaging_resurgence` over columns."""

from __future__ import annotations

import numpy as np

from ....case.possible import NEGATIVE, POSITIVE
from ....logic.operators.imaging_resurgence import ImagingResurgence
from ....logic.parameters import interpretation_of
from ....logic.truth import MET, NOT_MET, UNKNOWN
from .. import images, marrow
from ..cohort import Verdicts
from ..courses import PHASE, Courses, courses, episode
from ..kernel import Column, kernel
from ..listed import listed
from ..meaning import Asked, Meaning
from ..months import Calendar, calendar

_MAINTENANCE, _CONTINUOUS = PHASE["maintenance"], PHASE["continuous"]


def _resurgence(operator: ImagingResurgence, asked: Asked) -> Verdicts:
    rules, cohort = interpretation_of(asked.context), asked.cohort
    therapy = listed(cohort, "therapy")
    return _came_back(
        calendar(), images.diagnosed(cohort), therapy.offset, therapy.latest, rules.imaging.baseline_months,
        images.studies(cohort), images.interpreted(cohort, rules.imaging),
        images.contradicting(cohort, rules.imaging), marrow.tests(cohort),
        marrow.interpreted(cohort, operator.threshold, rules.marrow_mrd, below_counts=False), courses(cohort),
        operator.after_maintenance, operator.unsaid_counts, asked.context.absent, cohort.days,
    )  # fmt: skip


@kernel
def _came_back(
    table: Calendar, at: images.Diagnosed, therapy_offset: Column, therapy_latest: Column, baseline_months: int,
    studies: images.Studies, shown: Column, contradicts: Column, tests: marrow.Tests, possible: Column, found: Courses,
    after_maintenance: bool, unsaid_counts: bool, absent: int, today: Column,
) -> Column:  # fmt: skip
    verdicts = np.full(found.whole.size, absent, dtype=np.uint8)
    for patient in range(verdicts.size):
        as_of = today[patient]
        started = therapy_latest[therapy_offset[patient] : therapy_offset[patient + 1]]
        best = NOT_MET
        for place in range(studies.offset[patient], studies.offset[patient + 1]):
            fit = _positive(studies, shown, contradicts, place, unsaid_counts)
            if fit != NOT_MET:
                fit = min(fit, _after_a_negative(studies, shown, tests, possible, patient, place))
            if fit != NOT_MET and after_maintenance:
                fit = min(
                    fit, _after_maintenance(found, patient, studies.earliest[place], studies.latest[place], as_of)
                )
            if fit != NOT_MET:
                early = images.may_be_of_the_diagnosis(
                    table, studies.earliest[place], studies.latest[place], at.earliest[patient], at.latest[patient],
                    started, baseline_months,
                )  # fmt: skip
                fit = min(fit, _due_to_myeloma(studies, shown, found, patient, place, unsaid_counts, early))
            best = max(best, fit)
        if best != NOT_MET:
            verdicts[patient] = best
    return verdicts


@kernel
def _positive(studies: images.Studies, shown: Column, contradicts: Column, place: int, unsaid_counts: bool) -> int:
    if not shown[place] & POSITIVE:
        return NOT_MET
    if studies.attribution[place] == images.MYELOMA:
        return UNKNOWN if contradicts[place] else MET
    if studies.conclusion[place] == images.INDETERMINATE and not unsaid_counts:
        return NOT_MET
    return MET if shown[place] == POSITIVE else UNKNOWN


@kernel
def _own(shown: int, earliest: int, latest: int) -> int:
    """Whether an image whose day is not known would count as a negative before, or after, itself."""
    return 1 if shown & NEGATIVE and earliest < latest else 0


@kernel
def _after_a_negative(
    studies: images.Studies, shown: Column, tests: marrow.Tests, possible: Column, patient: int, place: int
) -> int:
    """Whether an image came after a negative one or a negative marrow test, its own reading aside."""
    earliest, latest = studies.earliest[place], studies.latest[place]
    before = 0
    for other in range(studies.offset[patient], studies.offset[patient + 1]):
        if shown[other] == NEGATIVE and studies.latest[other] < earliest:
            return MET
        if shown[other] & NEGATIVE and studies.earliest[other] < latest:
            before += 1
    for other in range(tests.offset[patient], tests.offset[patient + 1]):
        if possible[other] == NEGATIVE and tests.latest[other] < earliest:
            return MET
        if possible[other] & NEGATIVE and tests.earliest[other] < latest:
            before += 1
    return UNKNOWN if before > _own(shown[place], earliest, latest) else NOT_MET


@kernel
def _after_maintenance(found: Courses, patient: int, earliest: int, latest: int, as_of: int) -> int:
    """Whether an image came after the last maintenance (or continuous therapy) had ended; met where there was none."""
    surely = ended = -1
    for place in range(found.offset[patient], found.offset[patient + 1]):
        phase = found.phase[place]
        if phase != 0 and phase != _MAINTENANCE and phase != _CONTINUOUS:
            continue
        _, earliest_end, _, latest_end = episode(found, place, as_of)
        ended = max(ended, latest_end)
        if phase != 0:
            surely = max(surely, earliest_end)
    if latest <= surely:
        return NOT_MET
    return MET if found.whole[patient] and earliest > ended else UNKNOWN


@kernel
def _due_to_myeloma(
    studies: images.Studies, shown: Column, found: Courses, patient: int, place: int, unsaid_counts: bool,
    early: bool,
) -> int:  # fmt: skip
    cause = studies.attribution[place]
    if cause == images.MYELOMA or cause == images.BENIGN:
        return MET if cause == images.MYELOMA else NOT_MET
    if unsaid_counts or _gone_after_therapy(studies, shown, found, patient, place):
        return MET
    later = 0
    for other in range(studies.offset[patient], studies.offset[patient + 1]):
        if shown[other] & NEGATIVE and studies.latest[other] > studies.earliest[place]:
            later += 1
    if early or later > _own(shown[place], studies.earliest[place], studies.latest[place]):
        return UNKNOWN
    return NOT_MET


@kernel
def _gone_after_therapy(studies: images.Studies, shown: Column, found: Courses, patient: int, place: int) -> bool:
    """Whether therapy was begun between an image and the first negative one after it, whatever the days not known are."""
    begin, end = studies.offset[patient], studies.offset[patient + 1]
    negative = start = -1
    for other in range(begin, end):
        first = studies.earliest[other]
        if shown[other] == NEGATIVE and first > studies.latest[place] and (negative < 0 or first < negative):
            negative = first
    if negative < 0:
        return False
    for other in range(found.offset[patient], found.offset[patient + 1]):
        first = found.earliest[other]
        if studies.latest[place] <= first and found.latest[other] <= negative and (start < 0 or first < start):
            start = first
    if start < 0:
        return False
    for other in range(begin, end):
        unsure = shown[other] != NEGATIVE or studies.earliest[other] != studies.latest[other]
        clears = images.may_clear(shown[other], studies.conclusion[other], studies.attribution[other])
        if other == place or not unsure or not clears:
            continue
        if studies.latest[other] > studies.earliest[place] and studies.earliest[other] < start:
            return False
    return True


MEANINGS: dict[str, Meaning] = {"imaging_resurgence": _resurgence}
