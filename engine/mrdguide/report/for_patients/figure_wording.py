"""The words around the figures of the page for patients: read from data, typed, with pointed errors."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ...evidence.model import Axis
from ...reading.validation import StrictModel
from ..languages.language import ENGLISH, Language
from .choice_wording import Ways
from .plain_language import Sentence, Sentences
from .words_in import read_in

FIGURES = Path(__file__).resolve().parent / "wording" / "figures.yaml"

FindingName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*#[a-z0-9][a-z0-9.-]*$")]


class FigureSentences(StrictModel):
    """How one figure is told; words in braces are filled in from the finding."""

    share: Sentence
    about_share: Sentence
    range: Sentence
    events: Sentence
    half: Sentence
    value: Sentence
    time: Sentence
    size: Sentence
    no_size: Sentence
    not_known: Sentence


class FigureWording(StrictModel):
    """One finding in plain words: what was counted in which groups, or, where it is no number of people, what it says."""

    finding: FindingName
    fits: dict[str, Literal["met", "not_met"]] = Field(
        {}, description="criteria, and what they have to be in the patients to whom the figure belongs"
    )
    what: Sentence | None = None
    groups: dict[str, Sentence] = {}
    says: Sentence | None = None
    note: Sentence

    @model_validator(mode="after")
    def _one_of_both(self) -> FigureWording:
        if (self.says is None) is (self.what is None) or bool(self.what) is not bool(self.groups):
            raise ValueError("give 'what' with 'groups', or 'says'")
        return self


class FiguresWording(StrictModel):
    """The whole file."""

    title: Sentence
    about: Sentences
    not_now: Sentence
    table: Ways
    axes: dict[Axis, Sentence]
    not_measured: Sentence
    picture: Sentence
    each_sign: Sentence
    sentences: FigureSentences
    clocks: dict[str, Sentence]
    figures: tuple[FigureWording, ...]
    left_out: dict[FindingName, Sentence]
    of_whom: dict[FindingName, dict[str, Literal["met", "not_met"]]] = Field(
        {}, description="what `fits` says of a figure, for those that are left out here and shown to clinicians"
    )


@lru_cache(maxsize=8)
def figures_wording(language: Language = ENGLISH) -> FiguresWording:
    """The words around figures.

    Raises:
        UsageError: the file cannot be read.
    """
    return read_in(FIGURES, FiguresWording, language)
