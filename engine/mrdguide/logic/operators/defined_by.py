"""`defined_by`: whether what a finding was defined by says more than the finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from ...patient.said import Topic, says
from ..operator import CompiledOperator, Context, DataRequirement, WrittenDown
from ..truth import UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case

_WORDS = {"relapse": "relapse or progression"}


class DefinedBy(WrittenDown):
    """Unknown when the definition of a finding that was not found to be absent speaks of a topic, or may; else as `absence` says.

    It is never met: a definition tells what was looked for, and whether and when that happened belongs among the events.
    """

    keyword: ClassVar[str] = "defined_by"
    finding: Literal["functional_high_risk"]
    says: Topic

    def paths(self) -> tuple[str, ...]:
        return (self.finding,)

    def compile(self, context: Context) -> CompiledOperator:
        def speaks(case: Case) -> bool:
            found = case.patient.functional_high_risk
            return found.status != "absent" and says(found.definition, self.says) is not False

        def verdict(case: Case) -> int:
            return UNKNOWN if speaks(case) else context.absent

        def observe(case: Case) -> list[str]:
            found = case.patient.functional_high_risk
            return [f"{self._label()} defined by: {found.definition or 'not recorded'}"]

        def needs(case: Case) -> list[DataRequirement]:
            if not speaks(case):
                return []
            found = case.patient.functional_high_risk
            if found.status is None:
                return [DataRequirement(self.finding, self._label())]
            return [
                DataRequirement(
                    f"{self.finding}.definition", f"{self._asked()}: {self._label()} is defined by '{found.definition}'"
                )
            ]

        return CompiledOperator(verdict, observe, needs)

    def _asked(self) -> str:
        return f"{_WORDS.get(self.says, self.says)}, with its day, or a definition that speaks of none"

    def _label(self) -> str:
        return self.finding.replace("_", " ")

    def wording(self) -> str:
        return f"{self._label()} is defined by words that speak of {_WORDS.get(self.says, self.says)}"
