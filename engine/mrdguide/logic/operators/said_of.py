"""`said_of`: whether a text whose field is for something else says what belongs among the events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from ...case.lines import begun
from ...dates import add_months
from ...patient.said import Topic, says, words_of
from ...patient.told_in_words import Place, Said, is_of_list, texts_at
from ...reading.phrases import phrases_in
from ..operator import CompiledOperator, Context, DataRequirement, WrittenDown
from ..parameters import Months
from ..truth import UNKNOWN

if TYPE_CHECKING:
    from ...case.case import Case

_WORDS = {
    "relapse": "relapse or progression",
    "plasma-cell-disease": "myeloma or a plasmacytoma",
    "myeloid-neoplasm": "MDS, AML or another myeloid neoplasm",
    "returning-disease": "relapse or progression",
    "cancer": "cancer",
    "malignancy": "cancer",
    "allogeneic": "the transplant of a donor",
}


class SaidOf(WrittenDown):
    """Unknown when a text in one of the places names one of the topics, or may; else as `absence` says.

    The places are the definition or anchor of a functional high risk that was not found to be absent, the term of a
    toxicity and what it was attributed to, a comorbidity, what the patient wishes, the note of an attestation, and why a
    fact cannot be had. It is never met: whether and when it happened belongs among the events, which say so.
    """

    keyword: ClassVar[str] = "said_of"
    in_: Annotated[tuple[Place, ...], Field(min_length=1, alias="in")]
    topics: Annotated[tuple[Topic, ...], Field(min_length=1, description="what the texts may not name")]
    unless: tuple[str, ...] = Field((), description="texts that are one of these and nothing else say nothing")
    passed_over: tuple[str, ...] = Field((), description="phrases that name nothing, whatever words are in them")
    beside: tuple[str, ...] = Field((), description="only texts that also have one of these phrases say something")
    near: Months | None = Field(
        None,
        description="a toxicity of before so many months of therapy says nothing: it may be of the disease at diagnosis",
    )

    def paths(self) -> tuple[str, ...]:
        places = (place.partition(".")[0] if is_of_list(place) else place for place in self.in_)
        return tuple(dict.fromkeys((*places, *(("therapy", "diagnosis.date") if self.near is not None else ()))))

    def spans(self) -> tuple[int, ...]:
        return (self.near,) if self.near is not None else ()

    def compile(self, context: Context) -> CompiledOperator:
        unless = {words_of(text.casefold()) for text in self.unless}
        beside = {words_of(text.casefold()): True for text in self.beside}

        def speaks(text: str) -> bool:
            words = words_of(text.casefold())
            if words in unless or (beside and not any(known for _, _, known in phrases_in(words, beside))):
                return False
            return any(says(text, topic, self.passed_over) is not False for topic in self.topics)

        def found(case: Case) -> list[Said]:
            spoken = [said for place in self.in_ for said in texts_at(case.patient, place) if speaks(said.text)]
            before = _at_first(case, self.near) if spoken and self.near is not None else ()
            return [said for said in spoken if not said.path.startswith(before)]

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
        return " or ".join(dict.fromkeys(_WORDS[topic] for topic in self.topics))

    def _where(self) -> str:
        return "in " + ", ".join(place.replace("_", " ").replace(".", ": ") for place in self.in_)

    def wording(self) -> str:
        after = f", not in the first {self.near} months of therapy or before" if self.near is not None else ""
        beside = f" beside {', '.join(self.beside)}" if self.beside else ""
        return f"words {self._where()} speak of {self._topics()}{beside}{after}"


def _at_first(case: Case, near: int) -> tuple[str, ...]:
    """The places of toxicities that certainly were before therapy began, or within so many months of it."""
    until = add_months(begun(case)[0], near)
    return tuple(f"toxicities[{item.place}]." for item in case.timed("toxicities") if item.latest <= until)
