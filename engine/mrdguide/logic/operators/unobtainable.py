"""`unobtainable`: whether a fact of the time of diagnosis is declared to be out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import model_validator

from ...patient.facts import catalogue
from ..declared import declared, words
from ..facts import checked_fact
from ..operator import CompiledOperator, Context, DataRequirement, Modifiability, Operator
from ..truth import MET, NOT_MET

if TYPE_CHECKING:
    from ...case.case import Case


class Unobtainable(Operator):
    """Met where a named role says that the fact cannot be had any more and nothing is on record; otherwise not met.

    The facts named by this operator are those without which a board may go on: a rule book that lets a fact be
    unobtainable says with a caution what that means. A declaration about any other fact counts for nothing.
    """

    keyword: ClassVar[str] = "unobtainable"
    short_form: ClassVar[dict[str, Any] | None] = {"type": "string"}
    fact: str

    @classmethod
    def parse(cls, parameters: object) -> Operator:
        return cls.model_validate({"fact": parameters})

    @model_validator(mode="after")
    def _is_a_fact_of_the_diagnosis(self) -> Unobtainable:
        fact = checked_fact(self.fact, ("finding", "quantity", "number"))
        if not fact.path.startswith("baseline."):
            raise ValueError(f"{fact.path} is not of the time of diagnosis; only what is may be out of reach")
        return self

    def paths(self) -> tuple[str, ...]:
        return ("unobtainable", self.fact)

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.CARE

    def compile(self, context: Context) -> CompiledOperator:
        fact = catalogue()[self.fact]

        def verdict(case: Case) -> int:
            return MET if case.patient.unobtainable and declared(case, fact) is not None else NOT_MET

        def observe(case: Case) -> list[str]:
            found = declared(case, fact)
            return [f"{fact.label}: {words(found) if found is not None else 'not said to be out of reach'}"]

        def needs(_case: Case) -> list[DataRequirement]:
            return []

        return CompiledOperator(verdict, observe, needs)

    def wording(self) -> str:
        return f"{catalogue()[self.fact].label} cannot be had any more"
