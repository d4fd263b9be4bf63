"""`marker_unreadable`: a marker value that cannot be read and may be bad news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from ...case.case import LONG_AGO
from ...case.response_course import Reached, complete_response
from ...case.unreadable import Unreadable, chain_alone, in_balance, unreadable_markers
from ..operator import CompiledOperator, Context, DataRequirement
from ..panel_operator import MAY_HAVE_GAPS, PanelOperator
from ..parameters import Positive
from ..truth import NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case, Timed
    from ...patient.markers import MarkerPanel


class MarkerUnreadable(PanelOperator):
    """Unknown while a value without a unit, or in one in which it cannot be, may be bad news; else not met. Never met. One free
    light chain above `alone_above` (mg/L) without the other one of its panel may be too.

    It counts after a complete response (where no response is on record, at any time), until the next value of its kind can
    be read. Light chains do not count whose ratio of kappa to lambda lies between `ratio_from` and `ratio_to` (inclusive)
    in whatever unit.
    """

    keyword: ClassVar[str] = "marker_unreadable"
    ratio_from: Positive
    ratio_to: Positive
    alone_above: Annotated[Positive | None, Field(description="in mg/L; without it no chain alone counts")] = None

    def paths(self) -> tuple[str, ...]:
        return ("markers", "responses")

    def compile(self, context: Context) -> CompiledOperator:
        def found(case: Case) -> list[tuple[Timed[MarkerPanel], Unreadable]]:
            reached = complete_response(case) if case.timed("responses") else Reached(None, LONG_AGO)
            if reached.perhaps is None:
                return []
            return [
                (timed, item)
                for timed in case.timed("markers")
                if timed.latest >= reached.perhaps
                for item in self._of(case, timed)
                if not _read_next(case, timed, item.name)
            ]

        def verdict(case: Case) -> int:
            return UNKNOWN if case.may_lack("markers") or found(case) else NOT_MET

        def observe(case: Case) -> list[str]:
            shown = [f"{_named(item)}, {timed.when}" for timed, item in found(case)]
            return shown or ["every value that may be bad news can be read"]

        def needs(case: Case) -> list[DataRequirement]:
            return [
                DataRequirement(f"markers[{timed.place}].{item.name}", f"{_asked(item)} ({timed.when})")
                for timed, item in found(case)
            ] or [MAY_HAVE_GAPS]

        return CompiledOperator(verdict, observe, needs)

    def _of(self, case: Case, timed: Timed[MarkerPanel]) -> list[Unreadable]:
        panel = case.original.markers[timed.place]
        found = unreadable_markers(panel)
        alone = chain_alone(panel, self.alone_above) if self.alone_above is not None else None
        return [
            *(item for item in found if not in_balance(panel, item, self.ratio_from, self.ratio_to)),
            *([alone] if alone is not None else []),
        ]

    def wording(self) -> str:
        alone = (
            ""
            if self.alone_above is None
            else f", or one light chain above {self.alone_above:g} mg/L without the other,"
        )
        return f"a marker value that cannot be read{alone} may be bad news, of the time after a complete response"


def _read_next(case: Case, timed: Timed[MarkerPanel], name: str) -> bool:
    """Whether the next panel with a value of the same kind has one that can be read."""
    for later in case.timed("markers"):
        if later.earliest > timed.latest:
            panel = case.original.markers[later.place]
            if name in panel.incomplete or case.doubt_at(f"markers[{later.place}].{name}") is not None:
                return False
            if getattr(panel, "lambda_" if name == "lambda" else name) is not None:
                return True
    return False


def _named(item: Unreadable) -> str:
    return f"{item.name.replace('_', ' ')} {'' if item.is_measured else 'not measured, '}{item.text}"


def _asked(item: Unreadable) -> str:
    return f"value and unit of {_named(item)}" if item.is_measured else f"{item.name} {item.text}"
