"""`marker_rise`, `light_chain_rise`, `marrow_rise` and `marrow_from_complete` over columns."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ....case.case import LONG_AGO
from ....case.marker_series import MAY, NO, YES
from ....logic.operators.marker_findings import MarrowFromComplete, MarrowRise
from ....logic.operators.marker_rise import LightChainRise, MarkerRise
from ....logic.truth import MET, NOT_MET, UNKNOWN
from .. import panels
from ..cohort import Cohort, Verdicts
from ..kernel import Column
from ..listed import listed
from ..marker_series import (
    Confirmations,
    Series,
    any_of,
    at_least,
    confirmed,
    confirmed_by_patient,
    series,
    stretches,
)
from ..meaning import Asked, Meaning
from .adverse_finding import complete_response
from .panels import ratios, settled

_MARROW = "marrow_plasma_cells_percent"
_SIGN = {"kappa": 1, "lambda": -1}


def _rise(operator: MarkerRise, asked: Asked) -> Verdicts:
    rows = series(asked.cohort, operator.marker, panels.quantity(asked.cohort, operator.marker), operator.course)
    certain, possible = (_rises(operator, rows.value, lowest) for lowest in (rows.certain, rows.possible))
    sure = certain & possible & rows.inside
    flags = np.where(sure, YES, np.where(certain | possible, MAY, NO)).astype(np.int8)
    return _as_read(asked.cohort, operator.reads, [confirmed(asked.cohort, rows, flags)])


def _rises(operator: MarkerRise, values: Column, lowest: Column) -> Column:
    """Whether each value has risen from a lowest one; not where there is none."""
    rise = values - lowest
    by_share = at_least(rise, operator.at_least) & at_least(values - lowest * (1 + operator.percent / 100), 0)
    if operator.high_from is None or operator.high_at_least is None:
        return by_share
    return np.where(lowest >= operator.high_from, at_least(rise, operator.high_at_least), by_share)


def _as_read(cohort: Cohort, reads: Literal["confirmed", "refuted"], found: list[Confirmations]) -> Verdicts:
    def of_any(columns: list[Column]) -> Column:
        held: Column = np.logical_or.reduce(columns)
        return held

    if reads == "confirmed":
        return settled(cohort, of_any([one.confirmed for one in found]), of_any([one.open for one in found]))
    refuted, open_ = of_any([one.refuted for one in found]), of_any([one.refutable for one in found])
    verdicts: Verdicts = np.where(refuted, MET, np.where(open_, UNKNOWN, NOT_MET)).astype(np.uint8)
    return verdicts


def _light_chains(operator: LightChainRise, asked: Asked) -> Verdicts:
    cohort = asked.cohort
    asked_of = np.ones(len(cohort), dtype=np.bool_)
    if operator.light_chain_disease_only:
        asked_of = _never_measurable(operator, cohort)
    named, found = _not_contradicted(operator, cohort, _involved(cohort)), []
    for chain, sign in _SIGN.items():
        of_this = np.isin(named, (0, panels.CHAIN[chain]))[listed(cohort, "markers").owner]
        difference = sign * (panels.quantity(cohort, "kappa") - panels.quantity(cohort, "lambda_"))
        rows = series(cohort, f"involved {chain}", np.where(of_this, difference, np.nan), operator.course)
        flags = np.where(asked_of[rows.owner], _chain_flags(operator, cohort, rows, chain, named[rows.owner] != 0), NO)
        found.append(confirmed(cohort, rows, flags.astype(np.int8)))
    return _as_read(cohort, operator.reads, found)


def _involved(cohort: Cohort) -> Column:
    """The code of the light chain that the panels of each patient name; 0 where none or both do."""

    def make() -> Column:
        said, owner = panels.word(cohort, "involved_light_chain"), listed(cohort, "markers").owner
        kappa, lambda_ = (any_of(cohort, owner, said == panels.CHAIN[name]) for name in ("kappa", "lambda"))
        return np.where(kappa == lambda_, 0, np.where(kappa, panels.CHAIN["kappa"], panels.CHAIN["lambda"]))

    return cohort.once("involved light chain", make)


def _not_contradicted(operator: LightChainRise, cohort: Cohort, named: Column) -> Column:
    """The light chain that is named; none where a panel shows the other one."""
    owner, contradicted = listed(cohort, "markers").owner, np.zeros(len(cohort), dtype=np.bool_)
    for chain, sign in _SIGN.items():
        difference = sign * (panels.quantity(cohort, "kappa") - panels.quantity(cohort, "lambda_"))
        shows = (difference > operator.more_than) & _abnormal_ratio(operator, cohort, chain)
        contradicted |= any_of(cohort, owner, shows) & (named != 0) & (named != panels.CHAIN[chain])
    return np.where(contradicted, 0, named)


def _chain_flags(operator: LightChainRise, cohort: Cohort, rows: Series, chain: str, named: Column) -> Column:
    rises = [_chain_rises(operator, rows.value, lowest) for lowest in (rows.certain, rows.possible)]
    sure = (rises[0] == YES) & rows.inside & named
    flags = np.where(sure, YES, np.where((rises[0] != NO) | (rises[1] != NO), MAY, NO))
    if operator.reads == "confirmed":
        # Nothing tells what a value rose from that may be the first, so that it may be a rise.
        flags = np.where(np.isnan(rows.certain) & (rows.value > operator.more_than), MAY, flags)
    return np.where(_abnormal_ratio(operator, cohort, chain)[rows.place], flags, NO)


def _chain_rises(operator: LightChainRise, values: Column, lowest: Column) -> Column:
    rise = values - lowest
    by_share = at_least(rise - np.abs(lowest) * operator.percent / 100, 0)
    more = ~at_least(-rise, -operator.more_than)
    return np.where(by_share & at_least(rise, operator.more_than), np.where(more, YES, MAY), NO)


def _abnormal_ratio(operator: LightChainRise, cohort: Cohort, chain: str) -> Column:
    """Whether the ratio of each panel is abnormal towards a chain; the range is wider where the kidneys are weak."""
    ratio, renal = ratios(cohort), panels.quantity(cohort, "creatinine") >= operator.renal_creatinine
    if chain == "kappa":
        return ratio > np.where(renal, operator.renal_upper, operator.upper)
    return ratio < np.where(renal, operator.renal_lower, operator.lower)


def _never_measurable(operator: LightChainRise, cohort: Cohort) -> Column:
    """Whether M-protein was measured before therapy, and never so high that it could be followed."""
    found, course = listed(cohort, "markers"), stretches(cohort)
    serum, urine = (panels.quantity(cohort, name) for name in ("serum_m_protein", "urine_m_protein"))
    first = np.full(len(cohort), -1, dtype=np.int32)
    some = np.flatnonzero(np.diff(course.offset))
    first[some] = course.begin_from[course.offset[some]]
    before = ~np.isnan(serum) & ~np.isnan(urine) & (found.latest <= first[found.owner])
    high = (serum >= operator.measurable_serum) | (urine >= operator.measurable_urine)
    return any_of(cohort, found.owner, before) & ~any_of(cohort, found.owner, high)


def _marrow_rise(operator: MarrowRise, asked: Asked) -> Verdicts:
    rows = series(asked.cohort, _MARROW, panels.number(asked.cohort, _MARROW), operator.course)
    flags = _at_level(rows, operator.level)
    risen = (flags == YES) & at_least(rows.value - rows.certain, operator.points)
    twice = confirmed(asked.cohort, rows, flags)
    return settled(asked.cohort, any_of(asked.cohort, rows.owner, risen) | twice.confirmed, twice.open)


def _at_level(rows: Series, level: float) -> Column:
    return np.where(rows.value >= level, np.where(rows.inside, YES, MAY), NO).astype(np.int8)


def _from_complete(operator: MarrowFromComplete, asked: Asked) -> Verdicts:
    cohort = asked.cohort
    rows = series(cohort, _MARROW, panels.number(cohort, _MARROW), operator.course)
    surely, perhaps = complete_response(cohort)
    # No response on record says nothing about the response.
    perhaps = np.where(listed(cohort, "responses").lengths > 0, perhaps, LONG_AGO)[rows.owner]
    surely = surely[rows.owner]
    kept = (perhaps > 0) & (rows.latest >= perhaps)
    flags = _at_level(rows, operator.level)
    flags = np.where((surely > 0) & (rows.earliest >= surely), flags, np.minimum(flags, MAY))
    found = confirmed_by_patient(cohort, rows, flags, kept)
    return settled(cohort, found.confirmed, found.open)


MEANINGS: dict[str, Meaning] = {
    "marker_rise": _rise,
    "light_chain_rise": _light_chains,
    "marrow_rise": _marrow_rise,
    "marrow_from_complete": _from_complete,
}
