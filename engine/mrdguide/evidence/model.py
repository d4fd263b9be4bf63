"""One evidence entry, as its YAML file holds it.

Citation fields follow CSL-JSON (https://docs.citationstyles.org/en/stable/specification.html). Certainty is in the
terms of GRADE. Every figure carries `source` (a key of the entry's `sources`) and `verified`: true only when the
figure itself was read there.
"""

# Annotations are not texts in this file: pydantic would have to read every one of them again at each start.
from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ..dates import CalendarDate
from ..reading.validation import Mistake, StrictModel, closest, raise_all


def _a_day(date: CalendarDate) -> CalendarDate:
    if not date.exact:
        raise ValueError(f"{date} is not a day; give YYYY-MM-DD")
    return date


Day = Annotated[CalendarDate, AfterValidator(_a_day)]
Level = Literal["primary", "registry", "secondary", "tertiary"]
Certainty = Literal["high", "moderate", "low", "very-low"]
Option = Literal["continue", "stop"]
# The registry's own words: https://clinicaltrials.gov/data-api/about-api/study-data-structure (enum Status).
TrialStatus = Literal[
    "NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "COMPLETED", "SUSPENDED",
    "TERMINATED", "WITHDRAWN", "AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING", "WITHHELD", "UNKNOWN",
]  # fmt: skip
Axis = Literal["return", "death", "second-cancer", "toxicity", "quality-of-life", "burden", "money", "later-lines"]


class SourceOfFigure(StrictModel):
    """A page where something was read."""

    url: str = Field(pattern=r"^https?://")
    level: Level
    locator: str = Field(description="which part of the page: abstract, registry record, news text, table 1, ...")
    read: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="the day it was read")
    by: str = Field("", description="who read it, where a reader entered figures of the full paper under their name")
    note: str = ""


class Read(StrictModel):
    """Mixed into everything that states a fact: where it was read, and whether the fact itself was seen there."""

    source: str | None = Field(None, description="key of `sources`; null only when the fact was read nowhere")
    verified: bool
    derived: bool = Field(False, description="computed here from verified figures, not published by the authors")
    note: str = ""

    @model_validator(mode="after")
    def _verified_has_a_source(self) -> Self:
        if self.verified and self.source is None:
            raise ValueError("verified: true needs a source")
        if self.verified and self.derived:
            raise ValueError("a derived figure was computed, not read: verified must be false")
        return self


class Author(StrictModel):
    family: str
    given: str = ""


class Citation(Read):
    """CSL fields, plus the identifiers medicine uses."""

    type: Literal["article-journal", "paper-conference", "webpage", "report", "dataset", "interview"]
    author: tuple[Author, ...] = ()
    et_al: bool = False
    group_author: str = ""
    title: str
    container_title: str = ""
    issued: int | None = Field(None, ge=1950, le=2100)
    volume: str = ""
    issue: str = ""
    page: str = ""
    DOI: str | None = Field(None, pattern=r"^10\.\d{4,9}/\S+$")
    PMID: str | None = Field(None, pattern=r"^\d{4,9}$")
    PMCID: str | None = Field(None, pattern=r"^PMC\d+$")
    URL: str = ""


class TrialDate(StrictModel):
    date: CalendarDate = Field(description="the day, the month or the year")
    actual: bool | None = Field(None, description="false where it is expected; null where the record does not say")


class Enrolment(StrictModel):
    count: int = Field(ge=0, description="how many people")
    actual: bool | None = Field(None, description="false where it is planned; null where the record does not say")


class Standing(StrictModel):
    """Where a trial stands, as its record at ClinicalTrials.gov says; `mrdguide evidence trials` keeps it up."""

    status: TrialStatus = Field(description="in the registry's own words")
    why_stopped: str = Field("", description="why it was suspended, terminated or withdrawn")
    start: TrialDate | None = Field(None, description="when it began, or is to begin")
    primary_completion: TrialDate | None = Field(None, description="when the last data of the main end point come in")
    completion: TrialDate | None = Field(None, description="when the last data of all come in")
    enrolment: Enrolment | None = Field(None, description="how many were, or are to be, enrolled")
    has_results: bool = Field(description="whether the registry has results of it")
    updated: CalendarDate | None = Field(None, description="when the record was last changed")
    source: str = Field(description="key of `sources`: the record")


class TrialRegistration(Read):
    id: str = Field(pattern=r"^(NCT\d{8}|EudraCT \d{4}-\d{6}-\d{2}|ISRCTN\d{8})$")
    standing: Standing | None = Field(None, description="where the trial stands, by its record at the registry")


class Design(Read):
    text: str
    phase: str | None = None
    randomised: bool | None = None
    stop_randomised: bool | None = Field(None, description="whether stopping versus continuing was randomised")
    retrospective: bool = False


class Population(Read):
    text: str
    n: int | None = Field(None, ge=0)
    n_stopped: int | None = Field(None, ge=0)
    lines: str | None = None
    transplant: str | None = None
    induction: str | None = None
    risk: str | None = None
    age: str | None = None


class MrdMethod(Read):
    text: str
    methods: tuple[str, ...] = ()
    threshold: float | None = Field(None, gt=0, lt=1, description="fraction of nucleated cells")
    imaging: str | None = None


class FollowUp(Read):
    text: str
    median: float | None = Field(None, ge=0)
    unit: Literal["mo", "a"] | None = None
    clock: str = Field("", description="what the follow-up started from")


class Statement(Read):
    """A fact in words."""

    text: str


class Interval(StrictModel):
    low: float
    high: float
    percent: float = Field(95, gt=0, lt=100)
    kind: Literal["confidence", "credible"] = "confidence"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError("the interval's low end is above its high end")
        return self


class Time(StrictModel):
    at: float = Field(gt=0)
    unit: Literal["d", "mo", "a"]


class Arm(StrictModel):
    """One group's figure."""

    group: str
    value: float | None = None
    unit: str = Field(description="%, mo, a, count, 1, or a currency")
    interval: Interval | None = None
    n: int | None = Field(None, ge=0, description="size of the group")
    events: int | None = Field(None, ge=0)
    reached: bool = Field(True, description="false: a median that was not reached")

    @model_validator(mode="after")
    def _figures_can_be(self) -> Self:
        if self.value is not None and self.interval is not None:
            _contains(self.interval, self.value)
        if self.n is not None and self.events is not None and self.events > self.n:
            raise ValueError(f"{self.events} events in a group of {self.n}")
        if self.unit == "%" and self.value is not None and not 0 <= self.value <= 100:
            raise ValueError(f"{self.value:g} % of a group")
        if self.unit == "%" and self.interval is not None and not 0 <= self.interval.low <= self.interval.high <= 100:
            raise ValueError(f"an interval from {self.interval.low:g} to {self.interval.high:g} % of a group")
        if self.unit == "count" and self.value is not None and self.n is not None and not 0 <= self.value <= self.n:
            raise ValueError(f"{self.value:g} out of a group of {self.n}")
        return self


class Effect(StrictModel):
    """A comparison of two groups: hazard ratio and its like."""

    kind: Literal["HR", "OR", "RR", "difference"]
    of: str = Field(description="which group against which")
    value: float
    interval: Interval | None = None
    p: str = ""

    @model_validator(mode="after")
    def _figures_can_be(self) -> Self:
        if self.kind != "difference" and self.value <= 0:
            raise ValueError(f"{self.kind} {self.value:g}; a ratio is above 0")
        if self.interval is not None:
            _contains(self.interval, self.value)
        return self


class BearsOn(StrictModel):
    """Which side of the decision a finding speaks to, and on what: `return` is the return of the disease, `later-lines`
    what therapy a relapse leaves."""

    option: Option = Field(description="the side of the decision that it speaks to")
    axis: Axis = Field(description="what it speaks of: the disease's return, death, second cancers, side effects, ...")


class StudyFinding(Read):
    """One result: a measure, per group, at a time on a stated clock, or a statement in words."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    measure: str
    time: Time | None = None
    clock: str = Field("", description="what the time started from; empty only where no time is involved")
    arms: tuple[Arm, ...] = ()
    effect: Effect | None = None
    statement: str = ""
    bears_on: BearsOn | None = Field(None, description="the cell of the table of both sides in which it is shown")
    directness: str = Field(
        "", description="how near it is to stopping by MRD: selected by MRD? stopped, or never started? in which era?"
    )

    @model_validator(mode="after")
    def _says_how_direct_it_is(self) -> Self:
        if (self.bears_on is None) is bool(self.directness):
            raise ValueError("'bears_on' and 'directness' go together: give both or neither")
        return self

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.arms or self.effect or self.statement):
            raise ValueError("a finding needs arms, an effect or a statement; what was not found goes to 'not_found'")
        if self.time is not None and not self.clock:
            raise ValueError("a finding with a time must say what the clock started from")
        return self


class NotFound(StrictModel):
    """What was looked for and not found in the sources read. Never filled in from elsewhere."""

    what: str
    note: str = ""


class Informs(StrictModel):
    question: str
    direction: Literal[
        "supports-stopping-with-conditions", "supports-partial-de-escalation", "supports-continuing",
        "supports-escalation", "cautions", "harm-of-continuing", "defines-risk", "defines-terms",
        "defines-surveillance", "pending", "neutral", "none",
    ]  # fmt: skip


class Superseded(StrictModel):
    """What stands in the place of an entry: a later report of the same study, the new edition of a guideline."""

    entry: str = Field(description="the id of the entry that has taken its place")
    date: CalendarDate = Field(description="when the successor was published")
    why: str = Field(description="what makes it the successor, in a few words")


class Retracted(StrictModel):
    """That a publication was withdrawn. Nothing rests on such an entry, whatever it says."""

    date: CalendarDate = Field(description="when it was retracted")
    why: str = Field(description="the reason, as the notice gives it")
    source: str = Field(description="key of `sources`: where the retraction was read")


class CertaintyOfEvidence(StrictModel):
    level: Certainty
    reasons: tuple[str, ...] = Field(min_length=1)


class EvidenceEntry(StrictModel):
    """A study, guideline, definition, review or opinion; in a layer also what a house has decided for itself."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    kind: Literal["study", "guideline", "definition", "review", "opinion", "house-decision"]
    name: str
    reference: int | None = Field(None, ge=1, le=45, description="number in the review's reference list")
    aliases: tuple[str, ...] = ()
    review_by: Day | None = Field(None, description="the day by which somebody looks whether it still holds")
    superseded_by: Superseded | None = Field(None, description="the entry that has taken its place")
    retracted: Retracted | None = Field(
        None, description="that the publication was withdrawn; then nothing rests on it"
    )
    citation: Citation
    other_citations: tuple[Citation, ...] = ()
    registrations: tuple[TrialRegistration, ...] = ()
    sources: dict[str, SourceOfFigure] = {}
    design: Design | None = None
    population: Population | None = None
    regimens: tuple[Statement, ...] = ()
    mrd: MrdMethod | None = None
    follow_up: tuple[FollowUp, ...] = ()
    stopping_criteria: tuple[Statement, ...] = ()
    resurgence: tuple[Statement, ...] = ()
    surveillance: tuple[Statement, ...] = ()
    definitions: tuple[Statement, ...] = ()
    recommendations: tuple[Statement, ...] = ()
    findings: tuple[StudyFinding, ...] = ()
    not_found: tuple[NotFound, ...] = ()
    limitations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = Field((), description="bias warnings shown wherever the entry is shown")
    effect_sizes_hidden: bool = Field(
        False, description="true for retrospective duration series: immortal time makes their effect sizes misleading"
    )
    informs: tuple[Informs, ...] = Field(min_length=1)
    certainty: CertaintyOfEvidence | None = None
    related: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _sources_and_ids_hold(self) -> Self:
        raise_all("EvidenceEntry", self.mistakes())
        return self

    def mistakes(self) -> Iterator[Mistake]:
        """Facts whose source is not listed or cannot verify them, findings with the same id, days that cannot be."""
        yield from self._mistakes_of_time()
        for name, fact in self.facts():
            place = f"{name.replace('[', '.').replace(']', '')}.source"
            if fact.source and fact.source not in self.sources:
                near = closest(fact.source, self.sources)
                text = f"{name} names source '{fact.source}', which is not in 'sources'"
                yield Mistake(place, text, code="unknown-id", hint=near)
            elif fact.verified and fact.source and self.sources[fact.source].level == "tertiary":
                text = f"{name} is verified by a tertiary page, which verifies nothing"
                hint = "give the page where the figure was published, or verified: false"
                yield Mistake(place, text, hint=hint)
        for index, registration in enumerate(self.registrations):
            if registration.standing is not None and registration.standing.source not in self.sources:
                text = f"the standing of {registration.id} names source '{registration.standing.source}', which is not in 'sources'"
                hint = closest(registration.standing.source, self.sources)
                yield Mistake(f"registrations.{index}.standing.source", text, code="unknown-id", hint=hint)
        ids = [finding.id for finding in self.findings]
        for index, finding_id in enumerate(ids):
            if finding_id and finding_id in ids[:index]:
                yield Mistake(f"findings.{index}.id", f"two findings have the id '{finding_id}'", code="duplicate-id")

    def _mistakes_of_time(self) -> Iterator[Mistake]:
        """What is wrong with its review date, its successor and its retraction, as far as the entry itself can tell."""
        read = min((source.read for source in self.sources.values()), default=None)
        if self.review_by is not None and read is not None and str(self.review_by) < read:
            text = f"the review was due by {self.review_by}, before the entry was first read on {read}"
            yield Mistake("review_by", text, hint="give the day of the next review")
        if self.superseded_by is not None and self.superseded_by.entry in (self.id, *self.aliases):
            hint = "name the entry that has taken its place, or take this out"
            yield Mistake("superseded_by.entry", "an entry cannot supersede itself", code="circle", hint=hint)
        if self.retracted is not None and self.retracted.source not in self.sources:
            text = f"the retraction names source '{self.retracted.source}', which is not in 'sources'"
            hint = closest(self.retracted.source, self.sources) or "add the notice to 'sources'"
            yield Mistake("retracted.source", text, code="unknown-id", hint=hint)
        for name in ("superseded_by", "retracted"):
            mark, issued = getattr(self, name), self.citation.issued
            if mark is not None and issued is not None and int(mark.date.text[:4]) < issued:
                text = f"{mark.date} is before the year of publication, {issued}"
                yield Mistake(f"{name}.date", text, hint="one of both is wrong")

    @property
    def last_read(self) -> str | None:
        """The day on which the latest of its sources was read, YYYY-MM-DD; None where it has none."""
        return max((source.read for source in self.sources.values()), default=None)

    @property
    def called(self) -> str:
        """Its name, with a mark that it was retracted: what pages call it wherever they cite it."""
        return f"{self.name} (RETRACTED {self.retracted.date})" if self.retracted is not None else self.name

    def facts(self) -> list[tuple[str, Read]]:
        """Every part that states a fact, with its place in the entry."""
        found: list[tuple[str, Read]] = [("citation", self.citation)]
        for name in ("design", "population", "mrd"):
            part = getattr(self, name)
            if part is not None:
                found.append((name, part))
        for name in (
            "other_citations", "registrations", "regimens", "follow_up", "stopping_criteria", "resurgence",
            "surveillance", "definitions", "recommendations", "findings",
        ):  # fmt: skip
            found.extend((f"{name}[{index}]", part) for index, part in enumerate(getattr(self, name)))
        return found

    @property
    def supports(self) -> bool:
        """Whether anything in it, beyond its citation, was verified: only then may a rule rest on it. A house decision
        says no more than that the house has decided. What was retracted supports nothing."""
        if self.retracted is not None:
            return False
        return self.kind == "house-decision" or any(
            fact.verified for name, fact in self.facts() if not name.startswith(("citation", "other_c", "registr"))
        )


def _contains(interval: Interval, value: float) -> None:
    if not interval.low <= value <= interval.high:
        raise ValueError(f"the interval {interval.low} to {interval.high} does not contain the estimate {value}")
