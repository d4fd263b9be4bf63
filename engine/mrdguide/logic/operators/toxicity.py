"""`toxicity`: an adverse effect that is a reason to stop or change, or one that is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ..entries import entry_need, entry_text
from ..operator import CompiledOperator, Context, DataRequirement, UniqueList, WrittenDown
from ..truth import MET, NOT_MET, UNKNOWN, of_bool

if TYPE_CHECKING:
    from ...case.case import Case
    from ...patient.events import Toxicity


class ToxicityRecorded(WrittenDown):
    """`reads: unacceptable`: going on and judged unacceptable; one of grade `judged_from` or above that nobody has judged is
    unknown, a lower one is not unacceptable. `reads: tolerated`: on record and not unacceptable, or over.
    """

    keyword: ClassVar[str] = "toxicity"
    reads: Literal["unacceptable", "tolerated"] = "unacceptable"
    judged_from: Annotated[int, Field(strict=True, ge=1, le=5, description="grade by CTCAE, inclusive")]

    def paths(self) -> tuple[str, ...]:
        return ("toxicities",)

    def compile(self, context: Context) -> CompiledOperator:
        fits = self.fits

        def verdict(case: Case) -> int:
            best = max((fits(timed.entry) for timed in case.timed("toxicities")), default=NOT_MET)
            if best == NOT_MET:
                return UNKNOWN if case.may_lack("toxicities") else context.absent
            return best

        def observe(case: Case) -> list[str]:
            fitting = [timed for timed in case.timed("toxicities") if fits(timed.entry) != NOT_MET]
            return [entry_text("toxicities", timed) for timed in fitting] or [f"no toxicity on record: {self.reads}"]

        def needs(case: Case) -> list[DataRequirement]:
            listing = UniqueList()
            for timed in case.timed("toxicities"):
                if fits(timed.entry) == UNKNOWN:
                    field = "unacceptable" if self._unacceptable(timed.entry) == UNKNOWN else "status"
                    listing.add([entry_need("toxicities", timed, field)])
            return listing.items or [DataRequirement("toxicities", f"toxicity history: {self.reads}")]

        return CompiledOperator(verdict, observe, needs)

    def fits(self, toxicity: Toxicity) -> int:
        """The verdict on one entry, whatever its day is."""
        goes_on = {"ongoing": MET, "resolved": NOT_MET}.get(toxicity.status or "", UNKNOWN)
        found = min(self._unacceptable(toxicity), goes_on)
        return found if self.reads == "unacceptable" else MET - found

    def _unacceptable(self, toxicity: Toxicity) -> int:
        if toxicity.unacceptable is not None:
            return of_bool(toxicity.unacceptable)
        return UNKNOWN if toxicity.grade is None or toxicity.grade >= self.judged_from else NOT_MET

    def wording(self) -> str:
        grade = f"one of grade {self.judged_from} or above has to be judged"
        text = f"toxicity that goes on and is judged unacceptable ({grade})"
        return text if self.reads == "unacceptable" else f"toxicity on record, other than {text}"
