"""`mrd_blood` over columns."""

from __future__ import annotations

import numpy as np

from ....case.possible import NEGATIVE
from ....logic.operators.mrd_blood import MrdBlood
from ....logic.parameters import marrow_rules
from ....logic.truth import MET, NOT_MET, UNKNOWN
from .. import marrow
from ..cohort import Verdicts
from ..kernel import Column, kernel
from ..listed import chosen
from ..meaning import Asked, Meaning

_MARROW = marrow.SPECIMEN["marrow"]
_MASS_SPECTROMETRY = marrow.METHOD["mass-spectrometry"]
_NOT_DETECTED, _DETECTED, _FAILED = (marrow.RESULT[name] for name in ("not-detected", "detected", "failed"))


def _blood(operator: MrdBlood, asked: Asked) -> Verdicts:
    rules, cohort = marrow_rules(asked.context), asked.cohort
    possible = marrow.interpreted(cohort, operator.threshold, rules, below_counts=True)
    methods = chosen(marrow.METHOD, operator.methods)
    lacking = cohort.may_lack("mrd")
    found = _in_blood(
        marrow.tests(cohort), possible, methods, operator.times, operator.still, lacking, asked.context.absent
    )  # fmt: skip
    return np.where(lacking & (found == NOT_MET), UNKNOWN, found).astype(np.uint8)


@kernel
def _in_blood(
    tests: marrow.Tests, possible: Column, methods: Column, times: int, still: bool, lacking: Column, absent: int
) -> Column:
    verdicts = np.empty(tests.offset.size - 1, dtype=np.uint8)
    fits = np.zeros(tests.result.size, dtype=np.int8)
    days = np.empty((2, 1 + tests.result.size), dtype=np.int32)
    for patient in range(verdicts.size):
        begin, end = tests.offset[patient], tests.offset[patient + 1]
        tested = False
        sure = exact = vague = 0
        last_exact = -1
        for place in range(begin, end):
            if tests.origin[place] != marrow.TEST:
                continue
            tested = True
            if tests.specimen[place] == _MARROW:
                continue
            fit = _disease(tests, place, methods)
            if fit != NOT_MET and still:
                fit = min(fit, MET - _before_the_first_negative(tests, possible, begin, end, place, lacking[patient]))
            fits[place] = fit
            if fit == NOT_MET:
                continue
            earliest, latest = tests.earliest[place], tests.latest[place]
            if fit == MET:
                days[0, sure], days[1, sure] = earliest, latest
                sure += 1
            if earliest != latest:
                vague += 1
            elif earliest != last_exact:
                exact, last_exact = exact + 1, earliest
        if sure >= times and marrow.fewest_days(days[0, :sure], days[1, :sure]) >= times:
            result = MET
        else:
            result = UNKNOWN if exact + vague >= times else NOT_MET
        if still and result != NOT_MET:
            uncleared = NOT_MET
            for place in range(begin, end):
                if fits[place] != NOT_MET:
                    cleared = _cleared(tests, begin, end, place, methods)
                    uncleared = max(uncleared, min(fits[place], MET - cleared))
            result = min(result, uncleared)
        verdicts[patient] = result if tested or result != NOT_MET else absent
    return verdicts


@kernel
def _whole(tests: marrow.Tests, place: int) -> bool:
    return bool(tests.specimen[place] != 0 and tests.method[place] != 0 and tests.result[place] != 0)


@kernel
def _disease(tests: marrow.Tests, place: int, methods: Column) -> int:
    """Whether a test is one of blood by these methods that found disease."""
    method, result = tests.method[place], tests.result[place]
    if tests.specimen[place] == _MARROW or result in (_NOT_DETECTED, _FAILED):
        return NOT_MET
    if method != 0 and not methods[method]:
        return NOT_MET
    if result == marrow.INDETERMINATE and np.isnan(tests.level[place]):
        return NOT_MET
    return MET if _whole(tests, place) and result == _DETECTED else UNKNOWN


@kernel
def _before_the_first_negative(
    tests: marrow.Tests, possible: Column, begin: int, end: int, place: int, lacking: bool
) -> int:
    """Whether a finding lies before the first marrow test under the threshold, and there is such a test."""
    surely = perhaps = -1
    for other in range(begin, end):
        if possible[other] & NEGATIVE and tests.origin[other] != marrow.NOT_SUPPLIED:
            perhaps = tests.earliest[other] if perhaps < 0 else min(perhaps, tests.earliest[other])
        if possible[other] == NEGATIVE:
            surely = tests.latest[other] if surely < 0 else min(surely, tests.latest[other])
    if perhaps < 0 and not lacking:
        return NOT_MET
    if surely < 0:
        return UNKNOWN
    if surely <= tests.earliest[place]:
        return NOT_MET
    # What may not have been handed over could have been a negative before it.
    return MET if (perhaps < 0 or perhaps > tests.latest[place]) and not lacking else UNKNOWN


@kernel
def _cleared(tests: marrow.Tests, begin: int, end: int, finding: int, methods: Column) -> int:
    """Whether a later blood test has shown that a finding is gone."""
    best = NOT_MET
    for other in range(begin, end):
        method, result = tests.method[other], tests.result[other]
        if tests.origin[other] != marrow.TEST or (method != 0 and not methods[method]):
            continue
        if tests.specimen[other] == _MARROW or (result != _NOT_DETECTED and result != 0):
            continue
        if tests.latest[other] > tests.earliest[finding]:
            later = _whole(tests, other) and tests.earliest[other] > tests.latest[finding]
            best = max(best, min(MET if later else UNKNOWN, _as_deep(tests, other, finding)))
    return best


@kernel
def _as_deep(tests: marrow.Tests, later: int, finding: int) -> int:
    """Whether a later blood test could have seen what an earlier one found."""
    one, two = tests.method[finding], tests.method[later]
    if one == _MASS_SPECTROMETRY or two == _MASS_SPECTROMETRY:
        return MET if one == two else UNKNOWN if one == 0 or two == 0 else NOT_MET
    limit = tests.limit_of_detection[later]
    if not np.isnan(tests.level[finding]):
        return UNKNOWN if np.isnan(limit) else MET if limit <= tests.level[finding] else NOT_MET
    # False where either is not recorded.
    return MET if limit <= tests.limit_of_detection[finding] else UNKNOWN


MEANINGS: dict[str, Meaning] = {"mrd_blood": _blood}
