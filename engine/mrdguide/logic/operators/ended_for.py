"""`ended_for`: whether therapy was ended because disease had come back, or for a neoplasm, by the words on record for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ...case.lines import FOR_DISEASE, followed_by_line
from ...patient.stop_reasons import read_stop_reason
from ..entries import entry_text, open_lines
from ..operator import CompiledOperator, Context, DataRequirement, Operator, UniqueList, WrittenDown
from ..truth import MET, NOT_MET, UNKNOWN, of_bool

if TYPE_CHECKING:
    from ...case.case import Case, Timed
    from ...patient.therapy import TherapyEntry


class EndedFor(WrittenDown):
    """Met when therapy is on record whose `stop_reason` says relapse (or resurgence, a myeloid neoplasm, a second cancer),
    unknown when its words are not known (`patient/stop_reasons.yaml`); without a reason it says nothing. For a neoplasm only
    words that say so count: whatever else therapy was ended for is asked as a possible relapse, and neoplasms are events.

    With `not_followed_by_line` it counts only if no therapy began since it did that is of at least that line and of a
    later line than it and any begun before it.
    """

    keyword: ClassVar[str] = "ended_for"
    reason: Literal["relapse", "resurgence", "myeloid-neoplasm", "second-cancer"]
    not_followed_by_line: Annotated[int, Field(strict=True, ge=1)] | None = None

    def paths(self) -> tuple[str, ...]:
        return ("therapy",)

    def implies(self, other: Operator) -> bool:
        return (
            isinstance(other, EndedFor)
            and self.same_but(other, "not_followed_by_line")
            and other.not_followed_by_line in (None, self.not_followed_by_line)
        )

    def says(self, entry: TherapyEntry) -> int:
        """What the words for which one entry was ended say, whatever followed."""
        if entry.stop_reason is None:
            return NOT_MET
        said = read_stop_reason(entry.stop_reason)
        return UNKNOWN if said is None and self.is_disease else of_bool(said == self.reason)

    @property
    def is_disease(self) -> bool:
        """Whether the reason is that disease had come back."""
        return self.reason in FOR_DISEASE

    def _reason(self) -> str:
        return {"myeloid-neoplasm": "a myeloid neoplasm", "second-cancer": "a second cancer"}.get(
            self.reason, self.reason
        )

    def compile(self, context: Context) -> CompiledOperator:
        line = self.not_followed_by_line

        def fits(case: Case, timed: Timed[TherapyEntry]) -> int:
            found = self.says(timed.entry)
            if found == NOT_MET or line is None:
                return found
            return min(found, MET - of_bool(followed_by_line(case, timed, line)))

        def verdict(case: Case) -> int:
            best = max([fits(case, timed) for timed in case.therapy], default=NOT_MET)
            if best == NOT_MET:
                return context.absent if case.therapy_is_whole() or not self.is_disease else UNKNOWN
            return best

        def observe(case: Case) -> list[str]:
            found = [_shown(timed) for timed in case.therapy if fits(case, timed) != NOT_MET]
            return found or [f"no therapy on record that was ended for {self._reason()}"]

        def needs(case: Case) -> list[DataRequirement]:
            listing = UniqueList()
            for timed in case.therapy:
                if fits(case, timed) == UNKNOWN:
                    listing.add(_ask(timed) if self.says(timed.entry) == UNKNOWN else open_lines(case, timed))
            return listing.items or [DataRequirement("therapy", "therapy history, with why each phase was ended")]

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        text = f"therapy ended for {self._reason()}"
        if self.not_followed_by_line:
            text += f", with no therapy of line {self.not_followed_by_line} or later begun since"
        return text


def _ask(timed: Timed[TherapyEntry]) -> list[DataRequirement]:
    what = f"what ended {entry_text('therapy', timed)}: whether '{timed.entry.stop_reason}' was the myeloma or something else"
    return [DataRequirement(f"therapy[{timed.place}].stop_reason", what)]


def _shown(timed: Timed[TherapyEntry]) -> str:
    return f"{entry_text('therapy', timed)}, ended for '{timed.entry.stop_reason}'"
