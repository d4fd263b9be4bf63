"""`drugs_added`: whether a phase of therapy went on with drugs that were not in it before, without a reason on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ...case.lines import EXPLAINED
from ...patient.drugs import listed
from ...patient.stop_reasons import NOT_DISEASE, read_stop_reason
from ...patient.therapy import Phase
from ..entries import entry_need, entry_text, quoted
from ..operator import CompiledOperator, Context, DataRequirement, UniqueList, WrittenDown
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case, Timed
    from ...patient.therapy import TherapyEntry


class DrugsAdded(WrittenDown):
    """Met when an entry of the phase has a drug that none begun before it has, and neither its `start_reason` nor the
    `stop_reason` of one before it says why in words other than disease; unknown while its drugs or the order are not known.

    What is given beside therapy (for bones, infections or blood) is no drug of it.
    """

    keyword: ClassVar[str] = "drugs_added"
    phase: Phase

    def paths(self) -> tuple[str, ...]:
        return ("therapy",)

    def compile(self, context: Context) -> CompiledOperator:
        def entries(case: Case) -> list[Timed[TherapyEntry]]:
            return [timed for timed in case.therapy if timed.entry.phase == self.phase]

        def verdict(case: Case) -> int:
            of_the_phase = entries(case)
            best = max((_added(timed, of_the_phase) for timed in of_the_phase), default=NOT_MET)
            if best == NOT_MET:
                return context.absent if case.therapy_is_whole() else UNKNOWN
            return best

        def observe(case: Case) -> list[str]:
            of_the_phase = entries(case)
            found = [_shown(timed) for timed in of_the_phase if _added(timed, of_the_phase) != NOT_MET]
            return found or [f"no {self.phase} on record with drugs that it had not before"]

        def needs(case: Case) -> list[DataRequirement]:
            listing, of_the_phase = UniqueList(), entries(case)
            for timed in of_the_phase:
                if _added(timed, of_the_phase) == UNKNOWN:
                    vague = timed.earliest != timed.latest
                    listing.add([entry_need("therapy", timed, "start" if vague else "drugs")])
            return listing.items or [DataRequirement("therapy", "therapy history with its drugs")]

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        return f"{self.phase} went on with a drug that was not in it before, and no reason is on record"


def _added(timed: Timed[TherapyEntry], entries: list[Timed[TherapyEntry]]) -> int:
    """Whether one entry has a drug that was not in the phase before."""
    before = [item for item in entries if item.entry is not timed.entry and item.earliest <= timed.latest]
    if not before or timed.entry.start_reason in EXPLAINED:
        return NOT_MET
    if any(item.entry.stop_reason and read_stop_reason(item.entry.stop_reason) in NOT_DISEASE for item in before):
        return NOT_MET
    drugs, known = listed(timed.entry), [listed(item.entry) for item in before]
    names = frozenset[str]().union(*(item.names for item in known))
    if not drugs.names <= names and not any(item.unread or not item.names for item in known):
        return MET if all(item.latest < timed.earliest for item in before) else UNKNOWN
    all_known = all(item.names and not item.unread for item in (drugs, *known))
    return NOT_MET if all_known else UNKNOWN


def _shown(timed: Timed[TherapyEntry]) -> str:
    drugs = listed(timed.entry)
    return f"{entry_text('therapy', timed)}, with {quoted(sorted(drugs.names)) or 'drugs not recorded'}"
