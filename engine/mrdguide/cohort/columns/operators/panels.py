"""`marker_found`, `marker_abnormal`, `marker_band` and `light_chain_ratio` over columns."""

from __future__ import annotations

import numpy as np

from ....case.marker_series import MAY, NO, YES
from ....case.protein import NO_ANTIBODIES
from ....logic.operators.marker_abnormal import MarkerAbnormal
from ....logic.operators.marker_band import MarkerBand
from ....logic.operators.marker_findings import MarkerFound
from ....logic.operators.marker_rise import LightChainRatio
from ....logic.operators.marker_unreadable import MarkerUnreadable
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ....patient.facts import catalogue
from .. import panels
from ..cohort import Cohort, Verdicts
from ..facts import numbers
from ..kernel import Column
from ..listed import listed
from ..marker_series import Series, any_of, at_least, confirmed, series
from ..meaning import LEFT, Asked, Meaning

_BENIGN, _MYELOMA = panels.ATTRIBUTION["benign"], panels.ATTRIBUTION["myeloma"]


def _found(operator: MarkerFound, asked: Asked) -> Verdicts:
    cohort = asked.cohort
    if operator.at_least is None:
        values = panels.flag(cohort, operator.marker).astype(np.float64)
        values[values < 0] = np.nan
        benign = panels.word(cohort, "attribution") == _BENIGN
        values[(values == 1) & (benign != operator.explained)] = 0
    else:
        values = panels.number(cohort, operator.marker)
    name = f"{operator.marker} explained" if operator.explained else operator.marker
    rows = series(cohort, name, values, operator.course)
    positive = rows.value >= (1 if operator.at_least is None else operator.at_least)
    if operator.below is not None:
        positive &= rows.value < operator.below
    if operator.twice:
        return _found_twice(cohort, rows, positive)
    surely = any_of(cohort, rows.owner, positive & rows.inside)
    return settled(cohort, surely, any_of(cohort, rows.owner, positive))


def _found_twice(cohort: Cohort, rows: Series, positive: Column) -> Verdicts:
    cause = panels.word(cohort, "attribution")[rows.place]
    positive = positive & (cause != _BENIGN)
    flags = np.where(positive, np.where(rows.inside, YES, MAY), NO).astype(np.int8)
    counts, due = confirmed(cohort, rows, flags), positive & (cause == _MYELOMA)
    surely = counts.confirmed | any_of(cohort, rows.owner, due & rows.inside)
    return settled(cohort, surely, counts.open | any_of(cohort, rows.owner, due))


def settled(cohort: Cohort, surely: Column, perhaps: Column) -> Verdicts:
    """Met where it surely is, unknown where it may be or a panel may not be on record, else not met."""
    open_ = perhaps | cohort.may_lack("markers")
    found: Verdicts = np.where(surely, MET, np.where(open_, UNKNOWN, NOT_MET)).astype(np.uint8)
    return found


def _abnormal(operator: MarkerAbnormal, asked: Asked) -> Verdicts:
    cohort, marker = asked.cohort, operator.marker
    values = panels.quantity(cohort, marker)
    rows = series(cohort, marker, values, operator.course, highest=marker == "haemoglobin")
    cause = panels.word(cohort, "attribution")[rows.place]
    flags = _flags(operator, cohort, rows)
    normal_limit = np.nan if operator.normal is None else operator.normal
    beyond = rows.value < normal_limit if marker == "haemoglobin" else rows.value > normal_limit
    flags = np.where((flags == NO) & (cause == _MYELOMA) & beyond, MAY, flags)
    normal = flags == NO
    stretch = np.repeat(np.arange(rows.offset.size - 1), np.diff(rows.offset))
    last = np.full(rows.offset.size - 1, -1, dtype=np.int32)
    # A haemoglobin that would be abnormal by itself shows no recovery of the one before; its cause may be known.
    low = _far(operator, rows.value, np.full_like(rows.value, normal_limit)) & (marker == "haemoglobin")
    restored = normal & (~low | (cause == _BENIGN))
    np.maximum.at(last, stretch[restored], rows.earliest[restored])
    unexplained = ~normal & (cause != _BENIGN) & (rows.latest >= last[stretch])
    counted = ~unexplained if operator.reads == "past" else cause == _MYELOMA
    surely = any_of(cohort, rows.owner, counted & (flags == YES))
    return settled(cohort, surely, any_of(cohort, rows.owner, unexplained | (counted & (flags == MAY))))


def _flags(operator: MarkerAbnormal, cohort: Cohort, rows: Series) -> Column:
    sure = np.where(rows.inside, YES, MAY)
    if operator.above is not None:
        return np.where(rows.value > operator.above, sure, NO)
    certain, possible = rows.certain, rows.possible
    if operator.marker == "creatinine":
        first = numbers(cohort, catalogue()["baseline.labs.creatinine"])[rows.owner]
        certain = np.fmin(certain, first)
        # Where it is not on record what it was before therapy, it may have been low.
        possible = np.where(np.isnan(first), 0.0, np.fmin(possible, certain))
    elif operator.normal is not None:
        possible = np.where(np.isnan(certain), np.fmax(possible, operator.normal), possible)
    may = np.where(_far(operator, rows.value, possible), MAY, NO)
    return np.where(_far(operator, rows.value, certain), sure, may)


def _far(operator: MarkerAbnormal, values: Column, before: Column) -> Column:
    if operator.fall is not None:
        return at_least(before - values, operator.fall)
    return at_least(values - before, operator.rise if operator.rise is not None else np.inf)


def _band(_: MarkerBand, asked: Asked) -> Verdicts:
    cohort = asked.cohort
    said, owner = panels.proteins(cohort, NO_ANTIBODIES).protein, listed(cohort, "markers").owner
    explained = any_of(cohort, owner, said == panels.EXPLAINED)
    return settled(cohort, explained, any_of(cohort, owner, said == panels.UNCLEAR))


def _ratio_outside(operator: LightChainRatio, asked: Asked) -> Verdicts:
    cohort, found = asked.cohort, listed(asked.cohort, "markers")
    ratio = ratios(cohort)
    known = ~np.isnan(ratio)
    last = np.zeros(len(cohort), dtype=np.int32)
    np.maximum.at(last, found.owner[known], found.earliest[known])
    newest = known & (found.latest >= last[found.owner])
    outside = (ratio < operator.lower) | (ratio > operator.upper)
    some, others = any_of(cohort, found.owner, newest & outside), any_of(cohort, found.owner, newest & ~outside)
    verdicts: Verdicts = np.where(some == others, UNKNOWN, np.where(some, MET, NOT_MET)).astype(np.uint8)
    return verdicts


def _unreadable(operator: MarkerUnreadable, asked: Asked) -> Verdicts:
    # Whoever has a value that cannot be read goes through the one-patient engine, and so does one light chain without the other.
    verdicts = asked.none_in("markers")
    if operator.alone_above is None:
        return verdicts
    kappa, lambda_ = (panels.quantity(asked.cohort, name) for name in ("kappa", "lambda_"))
    alone = (np.isnan(kappa) & (lambda_ > operator.alone_above)) | (np.isnan(lambda_) & (kappa > operator.alone_above))
    verdicts[listed(asked.cohort, "markers").owner[alone]] = LEFT
    return verdicts


def ratios(cohort: Cohort) -> Column:
    """The ratio of kappa to lambda of every panel; NaN where there is none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return panels.quantity(cohort, "kappa") / panels.quantity(cohort, "lambda_")


MEANINGS: dict[str, Meaning] = {
    "marker_found": _found,
    "marker_abnormal": _abnormal,
    "marker_band": _band,
    "light_chain_ratio": _ratio_outside,
    "marker_unreadable": _unreadable,
}
