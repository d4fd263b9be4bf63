"""The words of the choice between going on with maintenance and ending it: read from data, typed, with pointed errors."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from ...patient.preference import ValueName
from ...reading.validation import StrictModel
from ..languages.language import ENGLISH, Language
from .plain_language import Sentence, Sentences
from .words_in import read_in

CHOICE = Path(__file__).resolve().parent / "wording" / "choice.yaml"

Cell = Annotated[Sentences, Field(min_length=1)]


class Ways(StrictModel):
    """The heads of a table of both ways."""

    caption: Sentence
    first: Sentence
    continue_: Sentence = Field(alias="continue")
    stop: Sentence


class Compared(StrictModel):
    """One thing in which both ways are compared, in as many points on either side."""

    title: Sentence
    continue_: Cell = Field(alias="continue")
    stop: Cell

    @model_validator(mode="after")
    def _equal_detail(self) -> Compared:
        if len(self.continue_) != len(self.stop):
            raise ValueError(
                f"'{self.title}' has {len(self.continue_)} points for going on and {len(self.stop)} for ending it; "
                "give both as many"
            )
        return self


class CheckUps(StrictModel):
    """What check-ups are like. `names` are the tests of a schedule in the rules, in plain words."""

    title: Sentence
    what: Cell
    how_often: Sentence
    each: Sentence
    names: dict[str, Sentence]
    differ: Sentence


class ValuesTable(StrictModel):
    caption: Sentence
    first: Sentence
    number: Sentence


class ValuesWording(StrictModel):
    """What may matter to a person, each with a number from 0 to 10."""

    title: Sentence
    about: Sentences
    table: ValuesTable
    statements: dict[ValueName, Sentence]


class ReadyTable(StrictModel):
    caption: Sentence
    first: Sentence
    yes: str
    no: str


class ReadyWording(StrictModel):
    """Four questions after the SURE test (Legare and others, 2010), in words of our own."""

    title: Sentence
    about: Sentence
    table: ReadyTable
    questions: Annotated[Sentences, Field(min_length=4, max_length=4)]


class SourcesWording(StrictModel):
    title: Sentence
    about: Sentence


class AboutPage(StrictModel):
    """Who made it, when, until when it holds, and its limits."""

    title: Sentence
    made: Sentence
    next_review: Sentence
    overdue: Sentence
    who: Sentence
    limits: Sentence


class ChoiceWording(StrictModel):
    """The whole file."""

    title: Sentence
    title_not_yet: Sentence = Field(description="the title where the choice hangs on something that is missing")
    illness: Cell
    decision: Sentence
    open: Cell
    not_yet: Cell
    table: Ways
    rows: Annotated[tuple[Compared, ...], Field(min_length=1)]
    check_ups: CheckUps
    values: ValuesWording
    ready: ReadyWording
    sources: SourcesWording
    about_page: AboutPage
    reviewed: date
    review_by: date


@lru_cache(maxsize=8)
def choice_wording(language: Language = ENGLISH) -> ChoiceWording:
    """The words of the choice.

    Raises:
        UsageError: the file cannot be read.
    """
    return read_in(CHOICE, ChoiceWording, language)
