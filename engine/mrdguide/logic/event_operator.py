"""What the operators share that ask whether an event counts: each reason for which it may not, and what would tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .entries import date_needs, entry_need, entry_text, open_lines
from .operator import CompiledOperator, Context, DataRequirement, UniqueList, WrittenDown
from .truth import NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ..case.case import Case, Timed
    from ..patient.events import Event

Reason = tuple[int, str]  # whether it counts in spite of it, and the field that would settle that
Reasons = Callable[["Case", "Timed[Event]"], Iterator[Reason]]


def event_text(timed: Timed[Event]) -> str:
    """An event in words, by kind and date alone."""
    return entry_text("events", timed)


class EventOperator(WrittenDown):
    """Met when an event counts, unknown when one may, else as `absence` says."""

    def compiled(
        self,
        context: Context,
        reasons: Reasons,
        fits: Callable[[Case, Timed[Event]], int],
        asked: str,
        none: str,
        shown: Callable[[Timed[Event]], str] = event_text,
    ) -> CompiledOperator:
        """`fits` is the verdict on one event; `asked` and `none` say what is asked for and what there is none of."""

        def verdict(case: Case) -> int:
            best = max((fits(case, timed) for timed in case.timed("events")), default=NOT_MET)
            if best == NOT_MET:
                return UNKNOWN if case.may_lack("events") else context.absent
            return best

        def observe(case: Case) -> list[str]:
            return [shown(timed) for timed in case.timed("events") if fits(case, timed) != NOT_MET] or [none]

        def needs(case: Case) -> list[DataRequirement]:
            listing = UniqueList()
            for timed in case.timed("events"):
                if fits(case, timed) == UNKNOWN:
                    listing.add(_first_open(case, timed, reasons))
            return listing.items or [DataRequirement("events", f"event history: {asked}")]

        return CompiledOperator(verdict, observe, needs)


def _first_open(case: Case, timed: Timed[Event], reasons: Reasons) -> list[DataRequirement]:
    if timed.entry.kind is None:
        return [entry_need("events", timed, "kind")]
    field = next(field for verdict, field in reasons(case, timed) if verdict == UNKNOWN)
    if field == "line":
        return open_lines(case, timed)
    return date_needs(case, timed) if field == "date" else [entry_need("events", timed, field)]
