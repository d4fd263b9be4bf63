"""The rule language: what a file of `rules/` may hold.

Every file may hold any of the sections; the folder is read as one book. Criteria read the patient. Conclusions, blocks
and cautions combine criteria. Outcomes, classes of a risk scheme and invariants rest on those.
"""

# Annotations are not texts in this file: pydantic would have to read every one of them again at each start.
import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from ..case.interpretation_rules import InterpretationRules
from ..dates import parse_date
from ..logic.attested import Attestable
from ..logic.operator import Expression
from ..patient.facts import ProfileFact
from ..patient.local_facts import PREFIX
from ..reading.validation import Mistake, StrictModel, problem_at, raise_all
from .parameters import Parameter

_PLACES = r"^[a-z][a-z0-9_]*(\[\*\])?(\.[a-z][a-z0-9_]*)*(\.\*)?$"
_INDEX = re.compile(r"\[\d+\]")
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]
Sentence = Annotated[str, Field(min_length=3, max_length=600)]
Day = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


# What a layer says of itself.
_PACK_WANTED = {
    "by": ("who answers for this layer, for example by: tumor board",),
    "date": ("the day of this layer, as in date: YYYY-MM-DD",),
}


class Pack(StrictModel):
    """Which rule book this is, or which layer on top of one (then with `extends`)."""

    name: str
    version: Annotated[str, Field(pattern=r"^\d+\.\d+(\.\d+)?$")]
    released: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = ""
    title: str = ""
    statement: Annotated[str, Field(max_length=600)] = Field(
        "", description="shown with every recommendation: what this is and is not"
    )
    extends: Annotated[str, Field(pattern=r"^[a-z0-9-]+@\d+\.\d+$")] = Field(
        "", description="of a layer: the rule book it lies on and its version, as in mrdguide-core@0.2"
    )
    by: Annotated[str, Field(max_length=200)] = Field("", description="of a layer: who answers for it")
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] = Field("", description="of a layer: its day")
    standalone: bool = Field(
        False, description="true: a book of its own, which the core does not watch; every page says so"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        wanted = ("by", "date") if self.extends else ("released", "title", "statement")
        raise_all(
            "Pack",
            (
                Mistake(name, f"'{name}' is missing", *_PACK_WANTED.get(name, ("",)), code="missing-key")
                for name in wanted
                if not getattr(self, name)
            ),
        )
        return self

    @property
    def in_words(self) -> str:
        """`st-elsewhere 0.3`"""
        return f"{self.name} {self.version}".strip()

    @field_validator("released")
    @classmethod
    def _in_the_calendar(cls, text: str) -> str:
        parse_date(text)
        return text


class Named(StrictModel):
    """An entry of a list, with the ids it had before: what refers to it by one of them still finds it."""

    id: Id
    aliases: tuple[Id, ...] = Field((), description="former ids, which still work; nothing else may have them")


class Rule(Named):
    """Something with a verdict, why it matters and what it rests on."""

    title: Sentence
    when: Expression
    why: str = ""
    cites: tuple[str, ...] = ()
    kind: str = Field("", description="in a layer: the list of the core that it joins, such as caution or block")
    from_: Day = Field("", alias="from", description="in a layer: the first day on which it holds")
    until: Day = Field("", description="in a layer: the last day on which it holds")

    @model_validator(mode="after")
    def _real_days(self) -> Self:
        for name, day in (("from", self.from_), ("until", self.until)):
            if day:
                try:
                    date.fromisoformat(day)
                except ValueError:
                    raise problem_at(name, f"'{day}' is not a calendar date", "YYYY-MM-DD", code="not-a-date") from None
        if self.from_ and self.until and self.until < self.from_:
            raise problem_at("until", f"ends on {self.until}, before it begins on {self.from_}")
        return self

    def in_force(self, day: str) -> bool:
        """Whether it holds on a day, YYYY-MM-DD."""
        return (not self.from_ or self.from_ <= day) and (not self.until or day <= self.until)


class Criterion(Rule):
    """Read from the patient's own data."""

    absence: Literal["unknown", "not_met"] = Field(
        description="what it means that nothing is recorded: unknown for a test that may not have been done; not_met "
        "only for what is written down when it happens"
    )
    attestable: Attestable | None = Field(
        None, description="what a named role may say in the place of a record, while the record leaves it unknown"
    )

    @model_validator(mode="after")
    def _may_be_unknown(self) -> Self:
        # That nothing happened may still be unknown where a record has gaps; that something did is written down.
        if self.attestable is not None and self.absence == "not_met" and self.attestable.answers == "met":
            raise problem_at("attestable", "with absence: not_met nothing is left to attest", "absence: unknown")
        return self


class Conclusion(Rule):
    """A combination of criteria and other conclusions."""


class Block(Conclusion):
    """Established: the evidence does not support stopping."""


class Caution(Conclusion):
    """Established: at most a conditional answer."""

    title_unknown: str = Field("", description="shown instead of the title while the verdict is unknown")


class Remark(Conclusion):
    """Worth saying when it holds, or with `title_unknown` also while it may; changes no answer."""

    title_unknown: str = Field("", description="shown instead of the title while the verdict is unknown")


class RepeatedTest(StrictModel):
    """A test of a schedule, repeated every so many months."""

    what: Sentence
    months: Annotated[int, Field(strict=True, ge=1, le=60)]


class PlanItem(StrictModel):
    what: Sentence
    source: str = Field(description="evidence id: the study that did this, or is testing it")
    standing: Literal["done-in-study", "being-tested", "reported", "observed"] = Field(
        description="whether the study followed this schedule, is testing it, has reported on it, or only observed its reason"
    )
    every: tuple[RepeatedTest, ...] = Field((), description="the schedule that `what` tells, for a calendar")
    for_months: Annotated[int, Field(strict=True, ge=0, le=240)] = Field(
        0, description="how long the schedule goes on, in months from stopping"
    )

    @model_validator(mode="after")
    def _a_schedule_has_an_end(self) -> Self:
        if bool(self.every) is not bool(self.for_months):
            raise ValueError("'every' and 'for_months' go together: give both or neither")
        return self


class Plan(Named):
    """What studies did after an answer like this one: surveillance, restart triggers. Shown, never commanded."""

    title: Sentence
    with_outcomes: Annotated[tuple[str, ...], Field(min_length=1)]
    items: Annotated[tuple[PlanItem, ...], Field(min_length=1)]


class RiskClass(StrictModel):
    name: str = Field(alias="class")
    when: Expression | None = Field(None, description="left out in the last class: everything else")
    from_points: float | None = Field(None, description="inclusive; with `points` instead of `when`")
    to_points: float | None = Field(None, description="inclusive")


class Points(StrictModel):
    when: Expression
    points: Annotated[float, Field(gt=0)]


class Scheme(Named):
    """A risk scheme: the first class that holds, or classes by a sum of points, or a bare count."""

    title: Sentence
    cites: tuple[str, ...] = ()
    list: str | None = Field(None, description="the name of the list that a count goes by")
    classes: tuple[RiskClass, ...] = ()
    points: tuple[Points, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _classes_fit(self) -> Self:
        raise_all("Scheme", self.mistakes())
        return self

    def mistakes(self) -> Iterator[Mistake]:
        """Classes that do not fit together, or do not fit the points."""
        if not self.classes and not self.points:
            yield Mistake("", "a scheme needs 'classes', 'points' or both", code="missing-key")
        for index, item in enumerate(self.classes):
            here, last = f"classes.{index}", index == len(self.classes) - 1
            by_points = item.from_points is not None or item.to_points is not None
            if by_points and not self.points:
                yield Mistake(here, "from_points and to_points need a list 'points' in this scheme")
            if by_points and item.when is not None:
                yield Mistake(here, "a class is defined either by points or by 'when'")
            if not by_points and item.when is None and not last:
                text = f"class '{item.name}' has no 'when'; only the last class may cover the rest"
                yield Mistake(here, text, code="missing-key")
            if last and item.when is not None:
                yield Mistake(here, "the last class must cover the rest", "a last class without 'when'")
            low, high = _range(item)
            for other in self.classes[:index]:
                start, end = _range(other)
                if item.from_points is not None and other.from_points is not None and low <= end and start <= high:
                    text = f"the points overlap those of class '{other.name}' ({start:g} to {end:g})"
                    yield Mistake(f"{here}.from_points", text, f"more than {end:g}")
            if item.name in [other.name for other in self.classes[:index]]:
                yield Mistake(f"{here}.class", f"the class '{item.name}' is there already", code="duplicate-id")


def _range(item: RiskClass) -> tuple[float, float]:
    """The points of a class, inclusive; without an end, everything from its beginning on."""
    low = 0.0 if item.from_points is None else item.from_points
    return low, float("inf") if item.to_points is None else item.to_points


class Alternative(Named):
    """Another published definition that could stand in the place of one the rules use: shown beside the answer, to say
    whether it would change it. Either an expression, or some classes of a scheme."""

    title: Sentence
    replaces: str = Field(description="the id of the criterion or conclusion that it would stand for")
    when: Expression | None = None
    scheme: str | None = None
    classes: tuple[str, ...] = ()
    why: str = ""
    cites: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.when is None) == (self.scheme is None):
            raise ValueError("give either 'when' or 'scheme' with 'classes'")
        if (self.scheme is None) != (not self.classes):
            raise problem_at("classes", "'scheme' and 'classes' go together")
        return self


class ProtocolCriterion(Named):
    title: Sentence
    when: Expression | None = None
    not_published: bool = Field(False, description="true: the sources read do not say; nothing is judged")
    not_judged: bool = Field(False, description="true: published, but a profile does not hold what it asks for")

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if [self.when is not None, self.not_published, self.not_judged].count(True) != 1:
            raise ValueError("give one of 'when', not_published: true and not_judged: true")
        return self


class Applicability(StrictModel):
    """A way in which a patient can differ from a study's population."""

    differs_when: Expression
    words: Sentence
    minor: str = Field("", description="why this difference is printed but does not keep the patient from matching")


class Protocol(Named):
    """The published entry pattern of a study that stopped therapy.

    `protocol:ID` is met when every published criterion is; `match:ID` when in addition the patient differs in nothing
    known from those whom the study took.
    """

    study: str = Field(description="evidence id")
    title: Sentence
    stops: str = Field(description="what the study stopped")
    criteria: Annotated[tuple[ProtocolCriterion, ...], Field(min_length=1)]
    applicability: tuple[Applicability, ...] = ()

    @model_validator(mode="after")
    def _something_to_judge(self) -> Self:
        raise_all("Protocol", self.mistakes())
        return self

    def mistakes(self) -> Iterator[Mistake]:
        """Criteria with the same id, or none that can be judged."""
        names = [item.id for item in self.criteria]
        for index, name in enumerate(names):
            if name in names[:index]:
                text = f"'{name}' is there already in this protocol"
                yield Mistake(f"criteria.{index}.id", text, code="duplicate-id")
        if all(item.when is None for item in self.criteria):
            wanted = "at least one criterion with 'when'"
            yield Mistake("criteria", "nothing of this protocol can be judged", wanted, "missing-key")


class Outcome(StrictModel):
    """One answer. The outcomes are tried in the order of the file; the first whose condition holds is the answer."""

    id: Id
    title: Sentence
    answer: Sentence | None = Field(None, description="the answer to the question in a few words; by default the title")
    headline: Sentence
    when: Expression
    permissiveness: Annotated[int, Field(strict=True, ge=0, le=100)] = Field(
        description="how much it opens the way to stopping; a new positive finding must never raise it"
    )
    because: tuple[str, ...] = Field(
        description="what decides it, most telling first: ids, or the words blocks, cautions; those that are met are shown"
    )
    certainty: Literal["high", "moderate", "low", "very-low"]
    options: tuple[Sentence, ...] = Field((), description="what may be discussed, continuing among it; never an order")
    limits: tuple[Sentence, ...] = ()
    cites: tuple[str, ...] = ()


class Secondary(StrictModel):
    """An answer beside the main one."""

    id: Id
    title: Sentence
    when: Expression
    because: Sentence
    cites: tuple[str, ...] = ()
    with_outcomes: tuple[str, ...] = Field((), description="shown only beside these outcomes; empty: beside any")
    not_with_outcomes: tuple[str, ...] = ()
    while_possible: tuple[str, ...] = Field((), description="shown only while one of these outcomes is still possible")
    not_while_possible: tuple[str, ...] = Field(
        (), description="not shown while one of these outcomes is still possible"
    )
    unless: tuple[str, ...] = Field(
        (), description="criteria or conclusions; not shown where one of them is established"
    )


class Side(StrictModel):
    """One side of the scale: what speaks for or against an option, in figures that studies published."""

    id: Id = Field(description="the name by which it is known, as in side.stopping")
    title: Sentence = Field(description="what the figures are about")
    note: Sentence | None = Field(None, description="whom the figures are of, and what they compare")
    cites: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="evidence ids, each with a finding behind #"
    )
    with_outcomes: Annotated[tuple[str, ...], Field(min_length=1)] = Field(description="shown beside these outcomes")


class BoardDecision(StrictModel):
    """Something that people may decide, to be signed on the sheet and kept in the record."""

    id: Id = Field(description="the name by which it is signed, as in stop")
    title: Sentence = Field(description="what is decided, in a few words")
    with_outcomes: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="outcomes that name it among their options; with another it may be signed too, and is shown as such"
    )


class OpenHeadline(StrictModel):
    """What is certain already while several outcomes are possible."""

    within: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="outcomes; it is said only where every outcome still possible is one of these"
    )
    with_: tuple[str, ...] = Field((), alias="with", description="and only where each of these is still possible")
    headline: Sentence

    def fits(self, possible: Collection[str]) -> bool:
        """Whether it may be said of these possible outcomes."""
        return set(self.with_) <= set(possible) <= set(self.within)


class Insufficient(StrictModel):
    """The answer when the outcome depends on something unknown."""

    id: Id
    title: Sentence
    answer: Sentence | None = Field(None, description="the answer to the question in a few words; by default the title")
    answer_without_stop: Sentence | None = Field(
        None, description="the same where no outcome still possible opens the way to a stop"
    )
    headline: Sentence
    headlines: tuple[OpenHeadline, ...] = Field(
        (), description="what is certain already, by the outcomes still possible; the first that fits is said"
    )
    options: tuple[Sentence, ...] = Field((), description="what may be discussed while the answer is open")
    permissiveness: Annotated[int, Field(strict=True, ge=0, le=100)]


class LayerRules(StrictModel):
    """How the answer of a layer and that of the core are made into one: the stricter of the two."""

    strictness: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="every outcome, the strictest first"
    )
    core_only: tuple[str, ...] = Field((), description="outcomes that a layer never puts in the place of another")
    core_stays: tuple[str, ...] = Field((), description="outcomes of the core in whose place a layer puts no other")
    joins: dict[str, str] = Field(
        default_factory=dict, description="the list that an entry of a kind joins, by the id of its conclusion"
    )


class ReasonGroup(StrictModel):
    """Verdicts that a reader thinks of together: rules whose ids begin so. Of two groups the longer beginning decides."""

    title: Sentence
    rules: Annotated[tuple[str, ...], Field(min_length=1)] = Field(description="ids of rules, or how they begin")


class Decision(StrictModel):
    outcomes: Annotated[tuple[Outcome, ...], Field(min_length=1)]
    insufficient: Insufficient
    secondary: tuple[Secondary, ...] = ()
    sides: tuple[Side, ...] = Field(
        (), description="both sides of the scale, in figures, beside outcomes that name a stop"
    )
    decisions: tuple[BoardDecision, ...] = Field((), description="what people may decide and sign (`record sign`)")
    reasons: tuple[ReasonGroup, ...] = Field(
        (), description="groups in which an explanation tells the verdicts that carry the answer, in this order"
    )
    alarms: tuple[str, ...] = Field(
        (), description="outcomes that must not be overlooked: what may lead there is asked first"
    )
    layers: LayerRules | None = Field(None, description="how answers of layers are joined to those of this book")
    stop_from: Annotated[int, Field(strict=True, ge=0, le=100)] = Field(
        80, description="the permissiveness from which on an outcome opens the way to a stop"
    )

    def stop_possible(self, possible: Collection[str]) -> bool:
        """Whether some of these outcomes opens the way to a stop."""
        return any(item.permissiveness >= self.stop_from for item in self.outcomes if item.id in possible)


class Implication(StrictModel):
    """A fact of logic between criteria: whenever the first is met, so is the second (or the second is not)."""

    if_: str = Field(alias="if")
    then: str | None = None
    then_not: str | None = None
    why: str = ""

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.then is None) == (self.then_not is None):
            raise ValueError("give either 'then' or 'then_not'")
        if self.if_ in (self.then, self.then_not):
            raise problem_at("if", f"'{self.if_}' says nothing about itself")
        return self


class Invariant(Named):
    """Never this outcome while this holds. Unknown counts as holding, so that it fails on the safe side."""

    title: Sentence
    never: Annotated[tuple[str, ...], Field(min_length=1)] = Field(description="outcomes")
    when: Expression
    or_unknown: bool = Field(True, description="whether an unknown condition forbids the outcome too")
    fixed: bool = Field(False, description="true: it holds over this book's own criteria, whatever a layer loosens")


class LocalFact(Named):
    """A fact that a layer adds to the profile, recorded under `local` by its id; unknown where it is left out."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    title: Sentence
    type: Literal["number", "flag", "word", "finding"]
    unit: str = Field("", description="of a number: what it counts, for readers")
    least: float | None = Field(None, description="of a number: the lowest there can be")
    most: float | None = Field(None, description="of a number: the highest there can be")
    values: tuple[str, ...] = Field((), description="of a word: every value there can be")
    adverse: str = Field(
        "none", description="which side of it speaks against stopping: high or low of a number, yes or no of a flag, "
        "present or absent of a finding, one of its values of a word; none",
    )  # fmt: skip
    question: Sentence = Field(description="how it is asked for")
    settled_by: Literal["history", "agreement", "test"] = Field(
        "test", description="what can change it: nothing, people agreeing, or a new look"
    )

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if (self.type == "word") != bool(self.values):
            raise problem_at("values", "values are given of a word, and of nothing else", code="missing-key")
        if self.type != "number" and (self.unit or self.least is not None or self.most is not None):
            raise problem_at("type", f"a {self.type} has no unit, least or most")
        if self.least is not None and self.most is not None and self.least >= self.most:
            raise problem_at("most", f"{self.most:g} is not above {self.least:g}", code="out-of-range")
        if self.adverse != "none" and self.adverse not in self._values_by_side:
            known = ", ".join([*self._values_by_side, "none"])
            raise problem_at("adverse", f"a {self.type} has no side '{self.adverse}'; it has {known}")
        return self

    @property
    def sides(self) -> tuple[tuple[float | bool | str, ...], tuple[float | bool | str, ...]]:
        """Values of the side that speaks against stopping, and of the other; both empty where neither does."""
        values = self._values_by_side
        if self.adverse == "none":
            return (), ()
        return (values[self.adverse],), tuple(value for side, value in values.items() if side != self.adverse)

    @property
    def _values_by_side(self) -> dict[str, float | bool | str]:
        """The value furthest out on each side."""
        if self.type == "number":
            furthest = 1e12
            return {
                "low": -furthest if self.least is None else self.least,
                "high": furthest if self.most is None else self.most,
            }
        if self.type == "flag":
            return {"no": False, "yes": True}
        return {word: word for word in (("absent", "present") if self.type == "finding" else self.values)}

    @property
    def profile_fact(self) -> ProfileFact:
        """The same as operators read it."""
        label = f"{self.title} ({self.unit})" if self.unit else self.title
        words = ("absent", "present") if self.type == "finding" else self.values
        return ProfileFact(
            f"{PREFIX}{self.id}", label, self.type, low=self.least, high=self.most, words=words,
            question=self.question, changed_by=self.settled_by,
        )  # fmt: skip


class Loosening(StrictModel):
    """Something of the core that a layer declares to hold less strictly; only what is declared can."""

    what: str = Field(description="the id of a rule or parameter of the core, or 'readings'")
    why: Sentence
    by: Annotated[str, Field(min_length=2, max_length=200)]
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Off(StrictModel):
    """An entry that a layer does not use, or calls otherwise. The core goes on using it unless that is loosened."""

    id: str
    why: Sentence


class BackgroundNote(Named):
    """Evidence behind the book as a whole rather than behind one rule."""

    text: Sentence
    cites: Annotated[tuple[str, ...], Field(min_length=1)]


class Action(Named):
    """One thing to do that finds out one or several facts: what an open answer asks for."""

    ask: Sentence
    finds_out: Annotated[tuple[Annotated[str, Field(pattern=_PLACES)], ...], Field(min_length=1)] = Field(
        description="places of the profile; [*] is any entry of a list, a last .* anything below"
    )
    who: Sentence = Field(description="who can answer")
    how: Literal["test", "old-report", "look-at-the-patient", "word-of-the-board"]
    by: Sentence = Field(description="how it is found out, in a sentence")

    def names(self, path: str) -> bool:
        """Whether it finds out the fact at a place of the profile."""
        place = _INDEX.sub("[*]", path)
        return any(
            place == pattern or (pattern.endswith(".*") and place.startswith(pattern[:-1]))
            for pattern in self.finds_out
        )


class RuleFile(StrictModel):
    """One YAML file of a rule book."""

    pack: Pack | None = None
    parameters: tuple[Parameter, ...] = ()
    readings: InterpretationRules | None = None
    criteria: tuple[Criterion, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()
    blocks: tuple[Block, ...] = ()
    cautions: tuple[Caution, ...] = ()
    remarks: tuple[Remark, ...] = ()
    plans: tuple[Plan, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    protocols: tuple[Protocol, ...] = ()
    decision: Decision | None = None
    implications: tuple[Implication, ...] = ()
    invariants: tuple[Invariant, ...] = ()
    background: tuple[BackgroundNote, ...] = ()
    questions: tuple[Action, ...] = ()
    facts: tuple[LocalFact, ...] = Field((), description="of a layer")
    loosens: tuple[Loosening, ...] = Field((), description="of a layer")
    off: tuple[Off, ...] = Field((), description="of a layer")
