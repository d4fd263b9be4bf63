"""Marker panels over columns: their values, and what each says of the M-protein (see `case.protein`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...case.protein import Antibodies, names_the_antibodies
from ...patient.drugs import fits_any
from ...patient.markers import MarkerPanel
from ...reading.written_words import says_something
from .cohort import Cohort
from .courses import courses
from .kernel import Column
from .listed import codes_of, listed
from .months import add_months, calendar

FIXATION, ATTRIBUTION = codes_of(MarkerPanel, "serum_immunofixation"), codes_of(MarkerPanel, "attribution")
CHAIN = codes_of(MarkerPanel, "involved_light_chain")
# The fields of a panel that hold a word, and those that hold true or false.
WORDS = ("involved_light_chain", "serum_immunofixation", "urine_immunofixation", "attribution")
FLAGS = ("original_isotype", "therapeutic_antibody_excluded", "new_bone_lesion", "new_soft_tissue_disease")
# What a panel says of the protein, as `case.protein.Protein`.
NOT_EXAMINED, QUIET, EXPLAINED, ORIGINAL, UNCLEAR = range(5)
_NOTHING, _NO_PEAK, _IMMUNOFIXED, _INDETERMINATE, _BAND = range(5)
# What immunofixation found where it was made and did not find a band.
_LOOKED_FOR = (_IMMUNOFIXED, _INDETERMINATE)


class Proteins(NamedTuple):
    """For each panel what it says of the protein, whether serum and urine were both examined with a result, and whether the
    original protein is shown to be absent."""

    protein: Column
    whole: Column
    excludes: Column


def quantity(cohort: Cohort, name: str) -> Column:
    """A quantity of every panel, in its canonical unit; NaN where it was not measured."""
    return cohort.once(("panel quantity", name), lambda: listed(cohort, "markers").quantities(name))


def number(cohort: Cohort, name: str) -> Column:
    """A plain number of every panel (percent); NaN where it was not measured."""
    return cohort.once(("panel number", name), lambda: listed(cohort, "markers").numbers(name))


def flag(cohort: Cohort, name: str) -> Column:
    """A finding of every panel: true (1), false (0) or not recorded (-1)."""
    return cohort.once(("panel flag", name), lambda: listed(cohort, "markers").flags(name))


def word(cohort: Cohort, name: str) -> Column:
    """A word of every panel, by the numbers of `codes_of`."""
    return cohort.once(("panel word", name), lambda: listed(cohort, "markers").words(name, codes_of(MarkerPanel, name)))


def proteins(cohort: Cohort, antibodies: Antibodies) -> Proteins:
    """What the panels say of the M-protein."""
    return cohort.once(("proteins", antibodies), lambda: _proteins(cohort, antibodies))


def _proteins(cohort: Cohort, antibodies: Antibodies) -> Proteins:
    serum = _part(word(cohort, "serum_immunofixation"), quantity(cohort, "serum_m_protein"))
    urine = _part(word(cohort, "urine_immunofixation"), quantity(cohort, "urine_m_protein"))
    original = flag(cohort, "original_isotype")
    unclear = (serum == _INDETERMINATE) | (urine == _INDETERMINATE)
    whole = (serum != _NOTHING) & (urine != _NOTHING) & ~unclear
    looked_for = np.isin(serum, _LOOKED_FOR) | np.isin(urine, _LOOKED_FOR)
    band = (serum == _BAND) | (urine == _BAND) | (original == 1) | (_isotype_said(cohort) & ~looked_for)
    named = np.select([original == 0, original == 1], [EXPLAINED, ORIGINAL], UNCLEAR)
    named[_may_be_an_antibody(cohort, original, antibodies)] = UNCLEAR
    without_band = np.select([unclear, whole], [UNCLEAR, QUIET], NOT_EXAMINED)
    fixed = (serum == _IMMUNOFIXED) & (urine == _IMMUNOFIXED)
    excludes = np.where(band, whole & (named == EXPLAINED), fixed)
    return Proteins(np.where(band, named, without_band).astype(np.int8), whole, excludes)


def _part(immunofixation: Column, m_protein: Column) -> Column:
    positive, negative, indeterminate = (
        immunofixation == FIXATION[name] for name in ("positive", "negative", "indeterminate")
    )
    return np.select(
        [positive | (m_protein > 0), negative, indeterminate, ~np.isnan(m_protein)],
        [_BAND, _IMMUNOFIXED, _INDETERMINATE, _NO_PEAK],
        _NOTHING,
    )


def _isotype_said(cohort: Cohort) -> Column:
    """Whether each panel names the isotype of a band."""
    codes, kinds = listed(cohort, "markers").alike(("isotype",))
    return np.array([says_something(item.isotype) for item in kinds], dtype=np.bool_)[codes]


def _may_be_an_antibody(cohort: Cohort, original: Column, antibodies: Antibodies) -> Column:
    """The places of panels whose band, said to be the original, may be a therapeutic antibody."""
    panels = listed(cohort, "markers")
    asked = np.flatnonzero((original == 1) & (flag(cohort, "therapeutic_antibody_excluded") == 0))
    if not asked.size or not antibodies.drugs:
        return np.zeros(0, dtype=np.int64)
    codes, kinds = panels.alike(("isotype",))
    alike = [not says_something(item.isotype) or names_the_antibodies(item.isotype) for item in kinds]
    return np.array(
        [
            place
            for place in asked[np.array(alike, dtype=np.bool_)[codes[asked]]].tolist()
            if _given(cohort, int(panels.owner[place]), panels.earliest[place], panels.latest[place], antibodies)
        ],
        dtype=np.int64,
    )


def _given(cohort: Cohort, patient: int, earliest: int, latest: int, antibodies: Antibodies) -> bool:
    """Whether a therapeutic antibody may show in a panel of these days."""
    codes, kinds = listed(cohort, "therapy").alike(("drugs", "regimen"))
    shows = [fits_any(entry, antibodies.drugs) for entry in kinds]
    found = courses(cohort)
    for place in range(found.offset[patient], found.offset[patient + 1]):
        end = int(found.end_latest[place]) if found.ended[place] else int(cohort.days[patient])
        last = add_months(calendar(), end, antibodies.months)
        if shows[codes[place]] and found.earliest[place] <= latest and earliest <= last:
            return True
    return False
