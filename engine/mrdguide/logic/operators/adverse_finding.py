"""`adverse_finding`: whether a list holds bad news of the time after remission, whatever came of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ...case import mrd
from ...case.imaging import describe as image_text
from ...case.possible import NEGATIVE
from ...case.response_course import Reached, complete_response
from ...patient.bad_news import AdverseField, adverse_fields
from ...patient.markers import MarkerPanel
from ...patient.units import Quantity
from ..entries import entry_text
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator
from ..parameters import Positive, Threshold, interpretation_of
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case, Timed


class AdverseFinding(Operator):
    """Met when an entry of the list that is bad news came after remission; unknown where dates, or what it was due to,
    leave that open. Which values are bad news is said by the registry of the profile's fields.

    Remission is the first complete response, or with `threshold` the first marrow test negative there: what was found
    before it is the normal course. An entry found to be benign is no bad news; `explained` asks for those images instead. A high light chain is none either where the
    ratio of kappa to lambda lies between `ratio_from` and `ratio_to` (inclusive).
    """

    keyword: ClassVar[str] = "adverse_finding"
    of_the_record: ClassVar[bool] = True
    in_: Literal["mrd", "imaging", "markers", "responses"] = Field(alias="in")
    after: Literal["complete-response", "negative-marrow"]
    threshold: Threshold | None = None
    ratio_from: Positive | None = None
    ratio_to: Positive | None = None
    explained: bool = Field(False, description="of imaging only: asks for what was found to be benign instead")

    @model_validator(mode="after")
    def _threshold_of_marrow(self) -> AdverseFinding:
        if (self.threshold is None) != (self.after == "complete-response"):
            raise ValueError("'threshold' belongs to 'after: negative-marrow', and only there")
        if (self.ratio_from is None) != (self.ratio_to is None):
            raise ValueError("'ratio_from' and 'ratio_to' go together")
        if self.explained and self.in_ != "imaging":
            raise ValueError("'explained' belongs to 'in: imaging', and only there")
        return self

    def paths(self) -> tuple[str, ...]:
        return (self.in_, "responses") if self.threshold is None else (self.in_, "mrd", "events")

    def thresholds(self) -> Iterator[tuple[str, float]]:
        if self.threshold is not None:
            yield "mrd", self.threshold

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.FIXED

    def compile(self, context: Context) -> CompiledOperator:
        read = None
        if self.threshold is not None:
            read = mrd.reading_at(self.threshold, interpretation_of(context).marrow_mrd)

        def remission(case: Case) -> Reached:
            if read is None:
                return complete_response(case)
            negative = [item for item in read(case) if item.possible & NEGATIVE]
            certain = [item.timed.latest for item in negative if item.possible == NEGATIVE]
            return Reached(min(certain, default=None), min((item.timed.earliest for item in negative), default=None))

        def findings(case: Case) -> list[tuple[Timed[Any], int]]:
            return case.once(findings, lambda: looked_for(case))

        def looked_for(case: Case) -> list[tuple[Timed[Any], int]]:
            reached = remission(case)
            found = [(timed, self._fits(timed, reached)) for timed in case.timed(self.in_)]
            return [(timed, fit) for timed, fit in found if fit != NOT_MET]

        def verdict(case: Case) -> int:
            best = max((fit for _, fit in findings(case)), default=NOT_MET)
            return UNKNOWN if best == NOT_MET and case.may_lack(self.in_) else best

        def observe(case: Case) -> list[str]:
            return [self._text(timed) for timed, _ in findings(case)] or ["none on record since remission"]

        def needs(case: Case) -> list[DataRequirement]:
            open_ = [timed for timed, fit in findings(case) if fit == UNKNOWN]
            return [
                DataRequirement(f"{self.in_}[{timed.place}]", f"date and cause of {self._text(timed)}")
                for timed in open_
            ] or [DataRequirement(self.in_, "findings since remission: the list is marked as having gaps")]

        return CompiledOperator(verdict, observe, needs)

    def _fits(self, timed: Timed[Any], reached: Reached) -> int:
        if reached.perhaps is None or timed.latest < reached.perhaps:
            return NOT_MET
        adverse = self.news(timed.entry)
        if not adverse:
            return NOT_MET
        certain = reached.surely is not None and timed.earliest > reached.surely
        return MET if certain and (self.explained or not all(item.unexplained for item in adverse)) else UNKNOWN

    def news(self, entry: Any) -> list[AdverseField]:
        """The fields of an entry that are bad news; with `explained` those that would be, had nothing benign been found."""
        if not self.explained:
            return list(self._adverse(entry))
        if entry.attribution != "benign":
            return []
        return list(self._adverse(entry.model_copy(update={"attribution": None})))

    def _adverse(self, entry: Any) -> Iterator[AdverseField]:
        for item in adverse_fields(self.in_, entry):
            if item.name not in ("kappa", "lambda_") or not self._in_balance(entry):
                yield item

    def _in_balance(self, panel: MarkerPanel) -> bool:
        if self.ratio_from is None or self.ratio_to is None or panel.kappa is None or panel.lambda_ is None:
            return False
        return self.ratio_from * panel.lambda_.value <= panel.kappa.value <= self.ratio_to * panel.lambda_.value

    def _text(self, timed: Timed[Any]) -> str:
        if self.in_ == "mrd":
            return mrd.describe(timed)
        if self.in_ == "imaging":
            return image_text(timed)
        if self.in_ == "responses":
            return entry_text(self.in_, timed)
        values = (
            f"{item.name.rstrip('_').replace('_', ' ')} {_value(timed.entry, item)}"
            for item in self._adverse(timed.entry)
        )
        return f"panel of {timed.when}: {', '.join(values)}"

    def wording(self) -> str:
        text = {"mrd": "MRD test", "imaging": "image", "markers": "marker panel", "responses": "response"}[self.in_]
        after = "a complete response" if self.threshold is None else "a negative marrow test"
        news = "would be bad news and was found to be benign" if self.explained else "is bad news"
        return f"{text} on record that {news}, of the time after {after}"


def _value(entry: Any, item: AdverseField) -> str:
    value = getattr(entry, item.name)
    if isinstance(value, Quantity):
        return f"{value.value:g} {value.unit}"
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
