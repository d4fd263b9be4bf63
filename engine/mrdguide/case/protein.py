"""What one marker panel says of the M-protein: nothing there, another band, the original protein, or a band not yet named."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ..dates import add_months
from ..patient.drugs import fits_any
from ..patient.markers import MarkerPanel
from ..reading.written_words import says_something
from .case import Timed

if TYPE_CHECKING:
    from .case import Case


class Protein(StrEnum):
    """`ORIGINAL` is the protein of the diagnosis; `EXPLAINED` a band known to be another one (benign, or an antibody)."""

    NOT_EXAMINED = "not examined"
    QUIET = "no band"
    EXPLAINED = "another band, not the original protein"
    ORIGINAL = "the original protein"
    UNCLEAR = "a band not known to be or not to be the original protein"


class ProteinReading(NamedTuple):
    """`whole`: serum and urine were both examined, with a result. `excludes`: the original protein is shown to be absent."""

    protein: Protein
    whole: bool
    excludes: bool


class Antibodies(NamedTuple):
    """Therapeutic antibodies that show in immunofixation, and for how many months after the last dose they may."""

    drugs: frozenset[str]
    months: int


# What immunofixation found where it was made and did not find a band.
_LOOKED_FOR = frozenset({"immunofixed", "indeterminate"})

NO_ANTIBODIES = Antibodies(frozenset(), 0)


def read_protein(case: Case, timed: Timed[MarkerPanel], antibodies: Antibodies) -> ProteinReading:
    """The reading of one panel. Indeterminate immunofixation is a band that may be there; the isotype of a band names one
    that is, unless immunofixation says otherwise."""
    panel = timed.entry
    serum = _part(panel.serum_immunofixation, panel.serum_m_protein.value if panel.serum_m_protein else None)
    urine = _part(panel.urine_immunofixation, panel.urine_m_protein.value if panel.urine_m_protein else None)
    parts = {serum, urine}
    whole = None not in parts and "indeterminate" not in parts
    if "band" in parts or panel.original_isotype or (_names_a_band(panel) and parts.isdisjoint(_LOOKED_FOR)):
        named = _band(case, timed, antibodies)
        return ProteinReading(named, whole, whole and named is Protein.EXPLAINED)
    if "indeterminate" in parts:
        return ProteinReading(Protein.UNCLEAR, False, False)
    if not whole:
        return ProteinReading(Protein.NOT_EXAMINED, False, False)
    # Electrophoresis without a peak is a look, but only immunofixation shows a complete response.
    return ProteinReading(Protein.QUIET, True, parts == {"immunofixed"})


def _part(immunofixation: str | None, m_protein: float | None) -> str | None:
    if immunofixation == "positive" or (m_protein is not None and m_protein > 0):
        return "band"
    if immunofixation == "negative":
        return "immunofixed"
    if immunofixation == "indeterminate":
        return "indeterminate"
    return "no peak" if m_protein is not None else None


def _band(case: Case, timed: Timed[MarkerPanel], antibodies: Antibodies) -> Protein:
    panel = timed.entry
    if panel.original_isotype is None:
        return Protein.UNCLEAR
    if not panel.original_isotype:
        return Protein.EXPLAINED
    may_be_antibody = panel.therapeutic_antibody_excluded is False and _looks_like_antibody(panel.isotype)
    if may_be_antibody and _antibody_given(case, timed, antibodies):
        return Protein.UNCLEAR
    return Protein.ORIGINAL


def _looks_like_antibody(isotype: str | None) -> bool:
    """The antibodies in use are IgG-kappa; a band of no recorded isotype may be one."""
    return not says_something(isotype) or names_the_antibodies(str(isotype))


def names_the_antibodies(isotype: str) -> bool:
    """Whether an isotype is that of the antibodies in use."""
    return "igg" in isotype.casefold() and "kappa" in isotype.casefold()


def _names_a_band(panel: MarkerPanel) -> bool:
    """The isotype is that of the band found, so that one was found where nothing else says so."""
    return says_something(panel.isotype)


def _antibody_given(case: Case, timed: Timed[MarkerPanel], antibodies: Antibodies) -> bool:
    for item in case.therapy:
        given = fits_any(item.entry, antibodies.drugs)
        end = item.entry.end.latest if item.entry.end is not None else case.as_of
        if given and item.earliest <= timed.latest and timed.earliest <= add_months(end, antibodies.months):
            return True
    return False
