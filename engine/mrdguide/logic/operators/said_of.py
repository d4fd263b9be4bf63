"""`said_of`: whether a text whose field is for something else says what belongs among the events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from ...patient.said import Topic, says, words_of
from ...patient.told_in_words import Place, Said, is_of_list, texts_at
from ..operator import CompiledOperator, Context, DataRequirement, WrittenDown
from ..truth import UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case

_WORDS = {
    "relapse": "relapse or progression",
    "plasma-cell-disease": "myeloma or a plasmacytoma",
    "myeloid-neoplasm": "MDS, AML or another myeloid neoplasm",
    "cancer": "cancer",
    "allogeneic": "the transplant of a donor",
}


class SaidOf(WrittenDown):
    """Unknown when a text in one of the places names one of the topics, or may; else as `absence` says.

    The places are the definition of a functional high risk that was not found to be absent, the term of a toxicity, a
    comorbidity, the note of an attestation, and why a fact cannot be had. It is never met: whether and when it happened
    belongs among the events, which say so.
    """

    keyword: ClassVar[str] = "said_of"
    in_: Annotated[tuple[Place, ...], Field(min_length=1, alias="in")]
    topics: Annotated[tuple[Topic, ...], Field(min_length=1, description="what the texts may not name")]
    unless: tuple[str, ...] = Field((), description="texts that are one of these and nothing else say nothing")

    def paths(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.partition(".")[0] if is_of_list(place) else place for place in self.in_))

    def compile(self, context: Context) -> CompiledOperator:
        unless = {words_of(text.casefold()) for text in self.unless}

        def speaks(text: str) -> bool:
            named = any(says(text, topic) is not False for topic in self.topics)
            return named and words_of(text.casefold()) not in unless

        def found(case: Case) -> list[Said]:
            return [said for place in self.in_ for said in texts_at(case.patient, place) if speaks(said.text)]

        def verdict(case: Case) -> int:
            return UNKNOWN if found(case) else context.absent

        def observe(case: Case) -> list[str]:
            return [f"{said.path}: '{said.text}'" for said in found(case)] or [f"nothing says so {self._where()}"]

        def needs(case: Case) -> list[DataRequirement]:
            return [self._ask(case, said) for said in found(case)]

        return CompiledOperator(verdict, observe, needs)

    def _ask(self, case: Case, said: Said) -> DataRequirement:
        if said.path.startswith("functional_high_risk") and case.patient.functional_high_risk.status is None:
            return DataRequirement("functional_high_risk", "functional high risk")
        return DataRequirement(
            said.path, f"{self._topics()}, as an event with its day, or words that speak of none: '{said.text}'"
        )

    def _topics(self) -> str:
        return " or ".join(_WORDS[topic] for topic in self.topics)

    def _where(self) -> str:
        return "in " + ", ".join(place.replace("_", " ").replace(".", ": ") for place in self.in_)

    def wording(self) -> str:
        return f"words {self._where()} speak of {self._topics()}"
