"""`compare`: a number of the profile against a threshold, inclusive or not as the comparison sign says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ...patient.fields import Number
from ...patient.local_facts import PREFIX
from ...patient.units import Quantity, convert
from ...reading.numbers import Comparison, bounds, comparer
from ...reading.validation import problem_at
from ..facts import ReadsFact, need_of
from ..operator import (
    CompiledOperator,
    Context,
    DataRequirement,
    Expression,
    Inline,
    Margin,
    Modifiability,
    Operator,
    UniqueList,
)
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case
    from ...patient.facts import ProfileFact


class Compare(ReadsFact):
    """Met or not met by comparison; unknown (or as `absence` says) when the number is not recorded.

    `value: upper_limit` compares a laboratory value with the upper limit recorded beside it. `near` is a distance from
    the threshold within which the result says that it lies close to the cut. `not_met_only_if` names what must hold
    before a value on the wrong side counts as not met; otherwise that stays unknown.
    """

    keyword: ClassVar[str] = "compare"
    operator: Comparison
    value: Number | Literal["upper_limit"]
    unit: str | None = Field(None, description="UCUM; needed for a laboratory quantity")
    near: Annotated[Number, Field(gt=0)] | None = Field(None, description="same unit as value")
    not_met_only_if: Expression | None = None

    @model_validator(mode="after")
    def _fits_the_fact(self) -> Compare:
        fact = self.checked("quantity", "number")
        if fact.kind == "number":
            if self.unit is not None:
                raise problem_at("unit", f"{self.fact} is a plain number; remove the unit", code="unknown-unit")
            if self.value == "upper_limit":
                raise problem_at("value", f"{self.fact} has no upper limit; give a number", code="bad-value")
        elif self.value == "upper_limit":
            if self.unit is not None or self.near is not None:
                raise problem_at("value", "value: upper_limit takes neither unit nor near")
        elif self.unit is None:
            raise problem_at("", f"{self.fact} needs a unit", f"for example unit: {fact.unit}", code="unknown-unit")
        try:
            threshold = self.threshold
        except ValueError as error:
            raise problem_at("unit", str(error), code="unknown-unit") from None
        low, high = fact.low or 0, fact.high
        if threshold is not None and (threshold < low or (high is not None and threshold > high)):
            shown = " ".join(part for part in (f"{self.value:g}", self.unit or "") if part)
            highest = f"{high:g}" if high is not None else "no limit"
            reach = f"{low:g} to {highest}" + (f" {fact.unit}" if fact.unit else "")
            hint = "; it is a fraction: write 0.20 for 20 %" if high == 1 else ""
            raise problem_at(
                "value", f"threshold {shown} is out of range for {self.fact} ({reach}){hint}", code="out-of-range"
            )
        return self

    @property
    def threshold(self) -> float | None:
        """In the fact's canonical unit; None for the recorded upper limit."""
        if self.value == "upper_limit":
            return None
        name = self.fact.rpartition(".")[2]
        return convert(name, self.value, self.unit) if self.unit is not None else float(self.value)

    def children(self) -> tuple[Operator, ...]:
        return (self.not_met_only_if,) if self.not_met_only_if is not None else ()

    def paths(self) -> tuple[str, ...]:
        return (self.fact,)

    def absence_may_be_not_met(self) -> bool:
        return self.checked("quantity", "number").recorded_when_found

    def thresholds(self) -> Iterator[tuple[str, float]]:
        if self.threshold is not None:
            yield self.fact, self.threshold

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.of_fact(self.checked("quantity", "number"))

    def implies(self, other: Operator) -> bool:
        if not isinstance(other, Compare) or not self.same_but(other, "operator", "value", "unit", "near"):
            return False
        mine, theirs = self.threshold, other.threshold
        if mine is None or theirs is None or self.operator[0] != other.operator[0]:
            return self.operator == other.operator and mine is None and theirs is None
        if mine == theirs:
            return other.operator == self.operator or "=" in other.operator
        return mine > theirs if self.operator[0] == ">" else mine < theirs

    def compile(self, context: Context) -> CompiledOperator:
        fact = self.checked("quantity", "number")
        get, absent, threshold = fact.get, context.absent, self.threshold
        guard = self.not_met_only_if.compile(context) if self.not_met_only_if is not None else None
        test = comparer(self.operator, threshold) if threshold is not None else None
        sign = self.operator

        def compared(case: Case) -> int:
            found = get(case.patient)
            if found is None:
                # A report that was not read may hold it.
                return UNKNOWN if absent == NOT_MET and case.may_lack("cytogenetics") else absent
            if test is None:
                limit = found.upper_limit
                return UNKNOWN if limit is None else (MET if comparer(sign, limit)(found.value) else NOT_MET)
            return MET if test(found.value if isinstance(found, Quantity) else found) else NOT_MET

        def verdict(case: Case) -> int:
            result = compared(case)
            if result == NOT_MET and guard is not None and guard.verdict(case) != MET:
                return UNKNOWN
            return result

        def needs(case: Case) -> list[DataRequirement]:
            found = get(case.patient)
            listing = UniqueList()
            if found is None:
                listing.add([need_of(fact, case.patient)])
            elif test is None and found.upper_limit is None:
                listing.add(
                    [DataRequirement(f"{self.fact}.upper_limit", f"upper limit of the {fact.label} reference range")]
                )
            elif guard is not None:
                listing.add(guard.needs(case))
            return listing.items

        def margins(case: Case) -> list[Margin]:
            found = get(case.patient)
            cut = threshold if threshold is not None else getattr(found, "upper_limit", None)
            if found is None or cut is None:
                return []
            number = found.value if isinstance(found, Quantity) else float(found)
            recorded = (found.text if isinstance(found, Quantity) else "") or f"{number:g}"
            return [Margin(fact.label, recorded, self._against(found), *self._distance(number, cut, fact))]

        return CompiledOperator(verdict, lambda case: [self._observed(get(case.patient), fact.label)], needs, margins)

    def _distance(self, number: float, cut: float, fact: ProfileFact) -> tuple[float, str]:
        """How far a number lies from the cut: percentage points of a fraction, otherwise percent of the cut."""
        if fact.kind == "number" and fact.high == 1:
            return abs(number - cut) * 100, "percentage points"
        return (abs(number - cut) / cut * 100, "%") if cut else (abs(number - cut), "")

    def inline(self, context: Context, inline: Inline) -> str | None:
        if self.fact.startswith(PREFIX):
            return None
        threshold = self.threshold
        # Whether absence counts depends on how whole the record is.
        if threshold is None or self.not_met_only_if is not None or context.absent == NOT_MET:
            return None
        sign, limit = bounds(self.operator, threshold)
        fact = inline.fact(self.fact)
        return f"({context.absent} if {fact} is None else {MET} if {fact} {sign} {limit!r} else {NOT_MET})"

    def _observed(self, found: Any, label: str) -> str:
        if found is None:
            return f"{label}: not recorded"
        number = found.value if isinstance(found, Quantity) else found
        recorded = found.text or f"{number:g} {found.unit}" if isinstance(found, Quantity) else f"{number:g}"
        against = self._against(found)
        text = f"{label}: {recorded} (threshold: {against})"
        near, threshold = self.near, self.threshold
        if near is not None and threshold is not None and abs(number - threshold) <= near + 1e-9:
            text += f", within {near:g} of the threshold"
        return text

    def _against(self, found: Any) -> str:
        if self.value == "upper_limit":
            limit = found.upper_limit
            return f"{self.operator} upper limit {f'{limit:g} {found.unit}' if limit is not None else '(not recorded)'}"
        return f"{self.operator} {self.value:g}{f' {self.unit}' if self.unit else ''}"

    def wording(self) -> str:
        label = self.checked("quantity", "number").label
        value = "the upper limit of normal" if self.value == "upper_limit" else f"{self.value:g}"
        text = f"{label} {self.operator} {value}{f' {self.unit}' if self.unit else ''}"
        return text + (
            f" (a lower value counts only if {self.not_met_only_if.wording()})" if self.not_met_only_if else ""
        )
