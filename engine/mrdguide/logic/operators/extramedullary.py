"""`extramedullary`: soft-tissue disease recorded during the course, told apart by whether it is new."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ...case.events import happened, over
from ...case.lines import begun, followed_by_line
from ...case.mrd import recent
from ...dates import add_months
from ..event_operator import EventOperator, Reason
from ..operator import CompiledOperator, Context
from ..parameters import Months
from ..truth import MET, NOT_MET, UNKNOWN, of_bool

if TYPE_CHECKING:
    from ...case.case import Case, Timed
    from ...patient.events import Event


class Extramedullary(EventOperator):
    """Whether an extramedullary-disease event is new disease, or may be what was there at diagnosis.

    `reads: new`: it came after therapy had begun, and either there was none at diagnosis or it came more than `near`
    calendar months after the start. `reads: known`: it is not new in this sense, lies within the last `within` months and
    is not over. Attributed to something benign it did not happen; not confirmed it is unknown; an attribution that is
    not recorded counts as myeloma. `not_followed_by_line` as in `event`.
    """

    keyword: ClassVar[str] = "extramedullary"
    reads: Literal["new", "known"]
    near: Months
    within: Months = 12
    not_followed_by_line: Annotated[int, Field(strict=True, ge=1)] | None = None

    def paths(self) -> tuple[str, ...]:
        return ("events", "therapy", "diagnosis.date", "baseline.extramedullary_disease")

    def spans(self) -> tuple[int, ...]:
        return (self.near, self.within)

    def compile(self, context: Context) -> CompiledOperator:
        def reasons(case: Case, timed: Timed[Event]) -> Iterator[Reason]:
            yield of_bool(happened(timed.entry)), "confirmed"
            new = self._new(case, timed)
            if self.reads == "new":
                yield new, "date"
                if self.not_followed_by_line is not None:
                    yield MET - of_bool(followed_by_line(case, timed, self.not_followed_by_line)), "line"
                return
            yield min(MET - new, _recent(timed, self.within, case.as_of)), "date"
            yield MET - of_bool(over(timed.entry, case.as_of)), "end"

        def fits(case: Case, timed: Timed[Event]) -> int:
            if timed.entry.kind not in ("extramedullary-disease", None):
                return NOT_MET
            found = min(verdict for verdict, _ in reasons(case, timed))
            return found if timed.entry.kind is not None else min(found, UNKNOWN)

        none = "no extramedullary disease of this kind on record"
        return self.compiled(context, reasons, fits, "extramedullary disease", none)

    def _new(self, case: Case, timed: Timed[Event]) -> int:
        first, last = begun(case)
        if case.patient.baseline.extramedullary_disease.status != "absent":
            first, last = add_months(first, self.near) + 1, add_months(last, self.near) + 1
        if timed.latest < first:
            return NOT_MET
        return MET if timed.earliest >= last else UNKNOWN

    def wording(self) -> str:
        if self.reads == "known":
            return (
                f"extramedullary disease of the last {self.within} months, not over, before therapy or at most "
                f"{self.near} months after its start where it is not known to have been absent at diagnosis"
            )
        text = (
            f"extramedullary disease recorded after the start of therapy, absent at diagnosis or more than {self.near} "
            "months after the start"
        )
        line = self.not_followed_by_line
        return text + (f", with no therapy of line {line} or later begun since" if line else "")


def _recent(timed: Timed[Event], months: int, as_of: int) -> int:
    if recent(timed.earliest, months, as_of):
        return MET
    return UNKNOWN if recent(timed.latest, months, as_of) else NOT_MET
