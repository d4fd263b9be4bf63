"""`one_of`: a word or flag of the profile among given values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, StrictBool, StrictStr, model_validator

from ...patient.local_facts import PREFIX
from ...reading.validation import problem_at
from ...reading.written_words import flag_hint, word_hint
from ..facts import ReadsFact, need_of
from ..operator import CompiledOperator, Context, DataRequirement, Inline, Modifiability, Operator
from ..truth import MET, NOT_MET

if TYPE_CHECKING:
    from ...case.case import Case


class OneOf(ReadsFact):
    """Met when the fact is one of the values, not met when it is another, unknown (or as `absence` says) if not recorded."""

    keyword: ClassVar[str] = "one_of"
    values: Annotated[tuple[StrictBool | StrictStr, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_the_fact(self) -> OneOf:
        fact = self.checked("word", "flag")
        for index, value in enumerate(self.values):
            if fact.kind == "flag" and not isinstance(value, bool):
                raise problem_at(
                    f"values.{index}",
                    f"{self.fact} is true or false, not '{value}'",
                    code="bad-value",
                    hint=flag_hint(value),
                )
            if fact.kind == "word" and value not in fact.words:
                hint, words = word_hint(value, fact.words), f"one of {', '.join(fact.words)}"
                raise problem_at(
                    f"values.{index}", f"{self.fact} is never '{value}'", words, code="bad-value", hint=hint
                )
        return self

    def paths(self) -> tuple[str, ...]:
        return (self.fact,)

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.of_fact(self.checked("word", "flag"))

    def implies(self, other: Operator) -> bool:
        return isinstance(other, OneOf) and self.same_but(other, "values") and set(self.values) <= set(other.values)

    def compile(self, context: Context) -> CompiledOperator:
        fact = self.checked("word", "flag")
        get, absent, values = fact.get, context.absent, frozenset(self.values)

        def verdict(case: Case) -> int:
            found = get(case.patient)
            return absent if found is None else (MET if found in values else NOT_MET)

        def observe(case: Case) -> list[str]:
            return [f"{fact.label}: {_shown(get(case.patient))}"]

        def needs(case: Case) -> list[DataRequirement]:
            return [need_of(fact, case.patient)] if get(case.patient) is None else []

        return CompiledOperator(verdict, observe, needs)

    def inline(self, context: Context, inline: Inline) -> str | None:
        if self.fact.startswith(PREFIX):
            return None
        fact, values = inline.fact(self.fact), inline.bind(frozenset(self.values))
        return f"({context.absent} if {fact} is None else {MET} if {fact} in {values} else {NOT_MET})"

    def wording(self) -> str:
        values = " or ".join(_shown(value) for value in self.values)
        return f"{self.checked('word', 'flag').label} is {values}"


def _shown(value: object) -> str:
    return {None: "not recorded", True: "yes", False: "no"}.get(value, str(value))  # type: ignore[call-overload,no-any-return]
