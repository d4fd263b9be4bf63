"""`present`: whether something a test looks for was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import model_validator

from ...patient.local_facts import PREFIX
from ..facts import ReadsFact
from ..operator import CompiledOperator, Context, DataRequirement, Inline, Modifiability, Operator
from ..truth import MET, NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case


class Present(ReadsFact):
    """Met when the finding is present, not met when absent; not tested, failed or left out is unknown.

    Only for a finding that is written down when it is found may a criterion's `absence: not_met` make the last three
    not met.
    """

    keyword: ClassVar[str] = "present"
    short_form: ClassVar[dict[str, Any] | None] = {"type": "string"}

    @classmethod
    def parse(cls, parameters: object) -> Operator:
        return cls.model_validate({"fact": parameters})

    @model_validator(mode="after")
    def _is_a_finding(self) -> Present:
        self.checked("finding")
        return self

    def paths(self) -> tuple[str, ...]:
        return (self.fact,)

    def absence_may_be_not_met(self) -> bool:
        return self.checked("finding").recorded_when_found

    def modifiability(self, met: bool) -> Modifiability:
        fact = self.checked("finding")
        if fact.recorded_when_found:
            return Modifiability.EVENT if met else Modifiability.FIXED
        return Modifiability.of_fact(fact)

    def compile(self, context: Context) -> CompiledOperator:
        fact = self.checked("finding")
        get, absent = fact.get, context.absent
        verdicts = {"present": MET, "absent": NOT_MET}

        def verdict(case: Case) -> int:
            if absent == NOT_MET and (case.may_lack("events") or case.doubt_at(fact.path) is not None):
                return verdicts.get(get(case.patient), UNKNOWN)
            return verdicts.get(get(case.patient), absent)

        def observe(case: Case) -> list[str]:
            status = (get(case.patient) or "not recorded").replace("-", " ")
            # Whoever is not known to have it is not held to have it; that a test was done is not said.
            counts = ", none is on record" if absent == NOT_MET and status not in verdicts else ""
            return [f"{fact.label}: {status}{counts}"]

        def needs(case: Case) -> list[DataRequirement]:
            return [] if get(case.patient) in verdicts else [DataRequirement(self.fact, fact.label)]

        return CompiledOperator(verdict, observe, needs)

    def inline(self, context: Context, inline: Inline) -> str | None:
        if self.fact.startswith(PREFIX):
            return None
        if context.absent == NOT_MET:
            return None  # whether absence counts then depends on how whole the record is
        fact = inline.fact(self.fact)
        return f"({MET} if {fact} == 'present' else {NOT_MET} if {fact} == 'absent' else {context.absent})"

    def wording(self) -> str:
        return f"{self.checked('finding').label} present"
