"""`counts_as_present`: whether an abnormality counts towards a block, also where it cannot be tested any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, model_validator

from ..declared import declared, unknown, words
from ..facts import checked_fact
from ..operator import CompiledOperator, Context, DataRequirement, Inline, Modifiability, Operator
from ..truth import MET, NOT_MET, UNKNOWN
from .finding import Present

if TYPE_CHECKING:
    from ...case.case import Case


class CountsAsPresent(Operator):
    """Met when the finding is present, not met when it is absent, unknown while nobody knows.

    Where a named role says that it cannot be had any more it counts as present as soon as one of `beside` is recorded as
    present, and as not established where none of them is. Its own caution stands in both cases (see `unobtainable`).
    """

    keyword: ClassVar[str] = "counts_as_present"
    fact: str
    beside: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _are_findings(self) -> CountsAsPresent:
        for path in (self.fact, *self.beside):
            checked_fact(path, ("finding",))
        if self.fact in self.beside:
            raise ValueError(f"{self.fact} cannot stand beside itself")
        return self

    def paths(self) -> tuple[str, ...]:
        return ("unobtainable", self.fact, *self.beside)

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.of_fact(checked_fact(self.fact, ("finding",)))

    def implies(self, other: Operator) -> bool:
        # What counts as present towards a block counts as present for every caution too.
        return self == other or (isinstance(other, Present) and other.fact == self.fact)

    def compile(self, context: Context) -> CompiledOperator:
        fact = checked_fact(self.fact, ("finding",))
        beside = [checked_fact(path, ("finding",)) for path in self.beside]
        verdicts = {"present": MET, "absent": NOT_MET}

        def verdict(case: Case) -> int:
            found = verdicts.get(fact.get(case.patient), UNKNOWN)
            if found != UNKNOWN or not case.patient.unobtainable or declared(case, fact) is None:
                return found
            if any(other.get(case.patient) == "present" for other in beside):
                return MET
            open_ = any(unknown(case, other) and declared(case, other) is None for other in beside)
            return UNKNOWN if open_ else NOT_MET

        def observe(case: Case) -> list[str]:
            found = declared(case, fact)
            if found is None:
                return [f"{fact.label}: {(fact.get(case.patient) or 'not recorded').replace('-', ' ')}"]
            present = [other.label for other in beside if other.get(case.patient) == "present"]
            counts = f"counts as present beside {present[0]}" if present else "not established"
            return [
                f"{fact.label}: {words(found)}; {counts if verdict(case) != UNKNOWN else 'the others are not known'}"
            ]

        def needs(case: Case) -> list[DataRequirement]:
            if verdict(case) != UNKNOWN:
                return []
            if declared(case, fact) is None:
                return [DataRequirement(self.fact, fact.label)]
            return [
                DataRequirement(other.path, other.label)
                for other in beside
                if unknown(case, other) and declared(case, other) is None
            ]

        return CompiledOperator(verdict, observe, needs)

    def inline(self, context: Context, inline: Inline) -> str | None:
        fact = inline.fact(self.fact)
        otherwise = f"{inline.bind(self.compile(context).verdict)}(case)"
        return f"({MET} if {fact} == 'present' else {NOT_MET} if {fact} == 'absent' else {otherwise})"

    def wording(self) -> str:
        label = checked_fact(self.fact, ("finding",)).label
        return f"{label} present, or out of reach while another of its list is present"
