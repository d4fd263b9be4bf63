"""`therapy_over`: whether therapy of some phases was given and none of it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from ...case.therapy import ongoing
from ...patient.therapy import Phase
from ..entries import entry_need, entry_text
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator
from ..truth import MET, NOT_MET, UNKNOWN, of_bool

if TYPE_CHECKING:
    from ...case.case import Case, Timed
    from ...patient.therapy import TherapyEntry


class TherapyOver(Operator):
    """Met when an entry of the phases is on record and all of them have ended; not met while one goes on, or without any.

    A transplant is over once it is done. A list that may have gaps leaves it unknown.
    """

    keyword: ClassVar[str] = "therapy_over"
    phases: Annotated[tuple[Phase, ...], Field(min_length=1)]

    def paths(self) -> tuple[str, ...]:
        return ("therapy",)

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.DECISION

    def compile(self, context: Context) -> CompiledOperator:
        def goes_on(case: Case, timed: Timed[TherapyEntry]) -> int:
            if timed.entry.phase == "transplant":
                return NOT_MET
            now = of_bool(ongoing(timed, case.as_of))
            return now if timed.entry.phase is not None else min(now, UNKNOWN)

        def entries(case: Case) -> list[Timed[TherapyEntry]]:
            return [timed for timed in case.therapy if timed.entry.phase in (*self.phases, None)]

        def verdict(case: Case) -> int:
            found = entries(case)
            now = max((goes_on(case, timed) for timed in found), default=NOT_MET)
            if now == MET:
                return NOT_MET
            given = MET if any(timed.entry.phase is not None for timed in found) else UNKNOWN if found else NOT_MET
            if not case.therapy_is_whole():
                return UNKNOWN
            return min(given, MET - now) if given != NOT_MET else context.absent

        def observe(case: Case) -> list[str]:
            return [entry_text("therapy", timed) for timed in entries(case)] or ["no therapy on record"]

        def needs(case: Case) -> list[DataRequirement]:
            found = [
                entry_need("therapy", timed, "phase" if timed.entry.phase is None else "end")
                for timed in entries(case)
                if timed.entry.phase is None or goes_on(case, timed) == UNKNOWN
            ]
            return found or [DataRequirement("therapy", "therapy history")]

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        return f"therapy was given ({', '.join(self.phases)}) and all of it has ended"
