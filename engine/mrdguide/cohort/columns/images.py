"""Functional imaging over columns: how every study reads (see `case.imaging`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...case.case import LONG_AGO
from ...case.interpretation_rules import ImagingRules
from ...case.possible import ANY, NEGATIVE, NOT_EVALUABLE, POSITIVE
from ...patient.imaging import ImagingStudy
from .cohort import Cohort
from .facts import is_value
from .kernel import NOTHING, ONE, Column, kernel
from .listed import Order, codes_of, listed
from .months import Calendar, add_months, calendar
from .profiles import NO_FLAG, NO_WORD

MODALITY, CONCLUSION, ATTRIBUTION = (codes_of(ImagingStudy, name) for name in ("modality", "conclusion", "attribution"))
_PET = MODALITY["PET-CT"]
_NEGATIVE, _POSITIVE, INDETERMINATE = (CONCLUSION[name] for name in ("negative", "positive", "indeterminate"))
MYELOMA, BENIGN, UNKNOWN_CAUSE = (ATTRIBUTION[name] for name in ("myeloma", "benign", "unknown"))


class Studies(NamedTuple):
    """All studies, in order of time for each patient. Scores not recorded are 0."""

    offset: Column
    earliest: Column
    latest: Column
    modality: Column
    focal: Column
    marrow: Column
    new_lesion: Column
    rac: Column
    conclusion: Column
    attribution: Column


class Diagnosed(NamedTuple):
    """For each patient the first and last day of the diagnosis (0: no date), and whether disease was FDG-avid."""

    earliest: Column
    latest: Column
    avid: Column


class Breaks(NamedTuple):
    """What may break a run of negatives: what each study can be, with its days."""

    offset: Column
    possible: Column
    earliest: Column
    latest: Column


def studies(cohort: Cohort) -> Studies:
    """The studies of a cohort, laid out once."""

    def make() -> Studies:
        found, order = listed(cohort, "imaging"), _order(cohort)

        def column(values: Column, missing: int = NO_WORD) -> Column:
            return np.concatenate([values, np.full(order.owner.size - len(found), missing, values.dtype)])[order.place]

        def score(name: str) -> Column:
            return column(np.nan_to_num(found.numbers(name)).astype(np.int8))

        return Studies(
            order.offset, order.earliest, order.latest, column(found.words("modality", MODALITY)),
            score("deauville_focal"), score("deauville_marrow"), column(found.flags("new_lesion"), NO_FLAG), score("rac"),
            column(found.words("conclusion", CONCLUSION)), column(found.words("attribution", ATTRIBUTION)),
        )  # fmt: skip

    return cohort.once("imaging studies", make)


def _order(cohort: Cohort) -> Order:
    """The studies, behind them for each list that may lack some one that can have been anything, on any day."""
    found, lacking = listed(cohort, "imaging"), np.flatnonzero(cohort.may_lack("imaging"))
    return Order(
        len(cohort),
        np.concatenate([found.owner, lacking]),
        np.concatenate([found.earliest, np.full(lacking.size, LONG_AGO, np.int32)]),
        np.concatenate([found.latest, cohort.days[lacking]]),
    )


def diagnosed(cohort: Cohort) -> Diagnosed:
    """What is recorded of the time of diagnosis."""

    def make() -> Diagnosed:
        avid = np.full(len(cohort), NO_FLAG, dtype=np.int8)
        for value in (False, True):
            avid[is_value(cohort, "baseline.fdg_avid", value)] = value
        return Diagnosed(*cohort.profiles.dates("diagnosis.date")[1:], avid)

    return cohort.once("diagnosed", make)


def interpreted(cohort: Cohort, rules: ImagingRules) -> Column:
    """What each study can be (`case.possible`)."""

    def make() -> Column:
        return _interpreted(
            calendar(), studies(cohort), diagnosed(cohort), rules.deauville_positive_from, *_of_rac(rules),
            rules.pet_needs_avid_disease, rules.baseline_months,
        )  # fmt: skip

    return cohort.once(("imaging", rules), make)


def contradicting(cohort: Cohort, rules: ImagingRules) -> Column:
    """Whether each study shows nothing and is attributed to myeloma."""
    cut = rules.deauville_positive_from
    return cohort.once(("imaging contradicts", rules), lambda: _contradicting(studies(cohort), cut, *_of_rac(rules)))


def _of_rac(rules: ImagingRules) -> tuple[Column, Column]:
    """By response category whether it is negative, and whether it is positive."""
    negative, positive = np.zeros(6, dtype=np.bool_), np.zeros(6, dtype=np.bool_)
    negative[list(rules.rac_negative)], positive[list(rules.rac_positive)] = True, True
    return negative, positive


def breaks(cohort: Cohort, rules: ImagingRules | None) -> Breaks:
    """What may break a run of marrow negatives; nothing where there are no rules for it."""

    def make() -> Breaks:
        if rules is None:
            nothing = np.zeros(0, dtype=np.int32)
            return Breaks(np.zeros(len(cohort) + 1, dtype=np.int64), nothing.astype(np.int8), nothing, nothing)
        found = studies(cohort)
        return Breaks(found.offset, _breaking(found, interpreted(cohort, rules)), found.earliest, found.latest)

    return cohort.once(("imaging breaks", rules), make)


@kernel
def _interpreted(
    table: Calendar, found: Studies, at: Diagnosed, cut: int, rac_negative: Column, rac_positive: Column,
    needs_avid: bool, baseline_months: int,
) -> Column:  # fmt: skip
    possible = np.empty(found.rac.size, dtype=np.int8)
    for patient in range(found.offset.size - 1):
        begin, end = found.offset[patient], found.offset[patient + 1]
        avid = NOTHING + at.avid[patient]  # of one type whatever it becomes
        if avid == NO_FLAG and at.latest[patient] > 0:
            first = add_months(table, at.latest[patient], -baseline_months)
            last = add_months(table, at.earliest[patient], baseline_months)
            for place in range(begin, end):
                shows = found.modality[place] == _PET and found.attribution[place] in (0, MYELOMA)
                if shows and first <= found.earliest[place] and found.latest[place] <= last:
                    reading = _read(found, place, ONE, cut, rac_negative, rac_positive, needs_avid)
                    if reading == POSITIVE:
                        avid = ONE
        for place in range(begin, end):
            possible[place] = _read(found, place, avid, cut, rac_negative, rac_positive, needs_avid)
    return possible


@kernel
def _read(
    found: Studies, place: int, avid: int, cut: int, rac_negative: Column, rac_positive: Column, needs_avid: bool
) -> int:
    possible, missing = _by_scores(found, place, cut, rac_negative, rac_positive)
    if possible == 0:
        possible, missing = _by_conclusion(found.conclusion[place])
    if found.attribution[place] == BENIGN and possible & POSITIVE:
        if found.conclusion[place] == _NEGATIVE:
            possible = NEGATIVE
        elif missing:
            possible = (possible & ~POSITIVE) | NOT_EVALUABLE
        else:
            return NOT_EVALUABLE
    if found.attribution[place] == MYELOMA:
        possible |= POSITIVE
    if found.modality[place] == 0:
        return possible | NOT_EVALUABLE
    if found.modality[place] == _PET and needs_avid and possible & NEGATIVE:
        if avid == 0:
            return (possible & POSITIVE) | NOT_EVALUABLE
        if avid == NO_FLAG:
            return possible | NOT_EVALUABLE
    return possible


@kernel
def _contradicting(found: Studies, cut: int, rac_negative: Column, rac_positive: Column) -> Column:
    contradicts = np.zeros(found.rac.size, dtype=np.bool_)
    for place in range(contradicts.size):
        possible, _ = _by_scores(found, place, cut, rac_negative, rac_positive)
        if possible == 0:
            possible, _ = _by_conclusion(found.conclusion[place])
        contradicts[place] = found.attribution[place] == MYELOMA and possible & POSITIVE == 0
    return contradicts


@kernel
def _by_scores(found: Studies, place: int, cut: int, rac_negative: Column, rac_positive: Column) -> tuple[int, bool]:
    """What the scores say (0: nothing), and whether something is missing for that."""
    conclusion, new_lesion, rac = found.conclusion[place], found.new_lesion[place], found.rac[place]
    focal, marrow = found.focal[place], found.marrow[place]
    if conclusion == _POSITIVE or new_lesion == 1 or focal >= cut or marrow >= cut:
        return POSITIVE, False
    if rac != 0:
        if rac_positive[rac]:
            return POSITIVE, False
        agrees = rac_negative[rac] and conclusion in (0, _NEGATIVE)
        return (NEGATIVE if agrees else POSITIVE | NEGATIVE), False
    if focal != 0 and marrow != 0:
        if conclusion == INDETERMINATE:
            return POSITIVE | NEGATIVE, False
        if new_lesion == 0 or conclusion == _NEGATIVE:
            return NEGATIVE, False
        return POSITIVE | NEGATIVE, True
    return 0, False


@kernel
def _by_conclusion(conclusion: int) -> tuple[int, bool]:
    if conclusion == _NEGATIVE:
        return NEGATIVE, False
    if conclusion == _POSITIVE:
        return POSITIVE, False
    if conclusion == INDETERMINATE:
        return POSITIVE | NEGATIVE, False
    return ANY, True


@kernel
def may_clear(possible: int, conclusion: int, attribution: int) -> bool:
    """Whether a study may show that an earlier finding is gone."""
    return possible & NEGATIVE != 0 and conclusion != INDETERMINATE and attribution != MYELOMA


@kernel
def _breaking(found: Studies, possible: Column) -> Column:
    breaking = possible.copy()
    for patient in range(found.offset.size - 1):
        begin, end = found.offset[patient], found.offset[patient + 1]
        clearing = -1
        for place in range(begin, end):
            if may_clear(possible[place], found.conclusion[place], found.attribution[place]):
                clearing = max(clearing, found.latest[place])
        for place in range(begin, end):
            unsaid = possible[place] == POSITIVE and found.attribution[place] in (0, UNKNOWN_CAUSE)
            if unsaid and clearing > found.earliest[place]:
                breaking[place] = possible[place] | NOT_EVALUABLE
    return breaking


@kernel
def may_be_of_the_diagnosis(
    table: Calendar, earliest: int, latest: int, diagnosed_from: int, diagnosed_to: int, started: Column, months: int
) -> bool:
    """Whether a study may belong to the time of diagnosis (see `case.imaging`); `started` are the last days on which each
    therapy can have begun."""
    if diagnosed_to > 0:
        first, last = add_months(table, diagnosed_from, -months), add_months(table, diagnosed_to, months)
        return first <= latest and earliest <= last
    treated = False
    for day in started:
        treated = treated or add_months(table, day, months) < earliest
    return not treated
