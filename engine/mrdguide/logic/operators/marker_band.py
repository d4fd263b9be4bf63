"""`marker_band`: a band that is known not to be the original protein."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from ...case.protein import NO_ANTIBODIES, Protein, read_protein
from ..operator import CompiledOperator, Context, DataRequirement
from ..panel_operator import MAY_HAVE_GAPS, PanelOperator
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case, Timed
    from ...patient.markers import MarkerPanel


class MarkerBand(PanelOperator):
    """Met when a panel shows a band that is known not to be the original protein."""

    keyword: ClassVar[str] = "marker_band"
    reads: Literal["explained"] = "explained"

    def compile(self, context: Context) -> CompiledOperator:
        def read(case: Case) -> list[tuple[Timed[MarkerPanel], Protein]]:
            panels = case.timed("markers")
            return [(timed, read_protein(case, timed, NO_ANTIBODIES).protein) for timed in panels]

        def verdict(case: Case) -> int:
            found = {protein for _, protein in read(case)}
            if Protein.EXPLAINED in found:
                return MET
            return UNKNOWN if Protein.UNCLEAR in found or case.may_lack("markers") else NOT_MET

        def observe(case: Case) -> list[str]:
            shown = [timed.when for timed, protein in read(case) if protein is Protein.EXPLAINED]
            return [f"another band, not the original protein: panel {when}" for when in shown] or ["none on record"]

        def needs(case: Case) -> list[DataRequirement]:
            open_ = [timed for timed, protein in read(case) if protein is Protein.UNCLEAR]
            return [
                DataRequirement(
                    f"markers[{timed.place}].original_isotype",
                    f"whether the band of {timed.when} is the original protein",
                )
                for timed in open_
            ] or [MAY_HAVE_GAPS]

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        return "a panel shows a band that is not the original protein"
