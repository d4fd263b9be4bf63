"""The words of the page for patients: read from data, typed, with pointed errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from ...reading.computed import computed
from ...reading.shipped import folder
from ...reading.validation import StrictModel
from ..languages.language import ENGLISH, Language
from .words_in import read_in

LONGEST_SENTENCE = 600
WORDING = Path(__file__).resolve().parent / "wording" / "plain_language.yaml"

# A sentence of Chinese may be two characters long.
Sentence = Annotated[str, Field(min_length=1, max_length=LONGEST_SENTENCE)]
Sentences = tuple[Sentence, ...]


class Term(StrictModel):
    """A word and what it means. `drugs` and `brands` are medicines of the kind that the word names; `found_by` are the
    forms by which it is found in a text, divided by |, in a language that does not make them as English does."""

    term: Annotated[str, Field(min_length=2, max_length=80)]
    plain: Sentence
    found_by: Sentence | None = None
    drugs: tuple[str, ...] = ()
    brands: dict[str, tuple[str, ...]] = {}

    @computed
    def pattern(self) -> re.Pattern[str]:
        """Finds the term in a text: its words before any bracket, in the plural too, or one of its medicines."""
        return re.compile("|".join(rf"(?<!\w){form}(?!\w)" for form in self._forms()), re.IGNORECASE)

    def _forms(self) -> list[str]:
        # The longest first: of two that fit, the first is taken.
        names = sorted(self.forms_of_the_name(), key=len, reverse=True)
        return [re.escape(form) for form in (*names, *self.drugs)]

    def forms_of_the_name(self) -> list[str]:
        """The forms in which its name stands in a text: as they are given, or as English makes them."""
        if self.found_by is not None:
            return [form.strip() for form in self.found_by.split("|") if form.strip()]
        name = self.term.partition(" (")[0]
        return [name] if name.endswith("negative") else [name, f"{name}s"]


class Glossary(StrictModel):
    """The glossary of the evidence base."""

    source: dict[str, str]
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]


class Titles(StrictModel):
    """The titles of the parts of the page."""

    about: Sentence
    reasons: Sentence
    beside: Sentence
    next: Sentence
    questions: Sentence
    looked_at: Sentence
    treatment: Sentence
    mrd: Sentence
    scans: Sentence
    more: Sentence
    set_aside: Sentence
    not_known: Sentence
    studies: Sentence
    words: Sentence


class PageWording(StrictModel):
    """What stands on every page."""

    title: str
    subtitle: str
    for_whom: Sentence
    short_title: str
    titles: Titles
    here: Sentence
    not_alone: Sentence
    about: Sentences
    studies: Sentences
    always_next: Sentences
    questions: Sentences
    foot: Sentences


class OutcomeWording(StrictModel):
    """One outcome: what it means in short, what the team may do next, what one may ask."""

    short: Annotated[Sentences, Field(min_length=1)]
    next: Sentences
    questions: Annotated[Sentences, Field(min_length=1)]


class MissingWording(StrictModel):
    """Something that is not known, and what the team may do about it."""

    what: Sentence
    next: Sentence


class WritingWords(StrictModel):
    """How days and lists are written."""

    months: Annotated[tuple[str, ...], Field(min_length=12, max_length=12)]
    day: Sentence
    month: Sentence
    no_date: Sentence
    between: Sentence
    last: Sentence


class SpanWording(StrictModel):
    """When a treatment was given, by what is known of its beginning and its end."""

    at: Sentence
    ongoing: Sentence
    ongoing_no_start: Sentence
    ended: Sentence
    ended_no_start: Sentence
    no_end: Sentence
    no_dates: Sentence


class RecordWording(StrictModel):
    """The entries of a record."""

    none_treatment: Sentence
    none_mrd: Sentence
    none_scans: Sentence
    earlier: Sentence
    set_aside: Sentence
    other_medicine: Sentence
    entry: Sentence
    several: Sentence
    response: Sentence
    happened: Sentence
    medicines: Sentence
    spans: SpanWording
    marrow_test: Sentence
    other_test: Sentence
    diagnoses: dict[str, Sentence]
    phases: dict[str, Sentence]
    transplants: dict[str, Sentence]
    responses: dict[str, Sentence]
    mrd: dict[str, Sentence]
    scans: dict[str, Sentence]
    scan_results: dict[str, Sentence]
    events: dict[str, Sentence]
    side_effects: Sentence
    last_result: Sentence


class Wording(StrictModel):
    """The whole file."""

    page: PageWording
    writing: WritingWords
    outcomes: dict[str, OutcomeWording]
    other_outcome: OutcomeWording
    also: dict[str, Sentence]
    reasons: dict[str, Sentence]
    missing: dict[str, MissingWording]
    missing_other: MissingWording
    nothing_missing: Sentence
    record: RecordWording
    medicines: tuple[str, ...]
    words: tuple[Term, ...]

    def missing_at(self, path: str) -> MissingWording:
        """The words for a place in the profile, or for the nearest place above it that has some."""
        name = re.sub(r"\[-?\d+\]", "[]", path)
        while name:
            if name in self.missing:
                return self.missing[name]
            name = name.rpartition(".")[0]
        return self.missing_other


@lru_cache(maxsize=8)
def wording(language: Language = ENGLISH) -> Wording:
    """The words of the page for patients.

    Raises:
        UsageError: the file cannot be read.
    """
    return read_in(WORDING, Wording, language)


@lru_cache(maxsize=8)
def glossary(language: Language = ENGLISH) -> tuple[Term, ...]:
    """Every word that can be explained: those of the glossary, then those only the page for patients needs.

    Raises:
        UsageError: a file cannot be read.
    """
    return (*read_in(folder("evidence") / "glossary.yaml", Glossary, language).terms, *wording(language).words)


def medicines_in(term: Term, text: str) -> tuple[str, ...]:
    """The medicines of a term's kind that a text names."""
    return tuple(drug for drug in term.drugs if drug.casefold() in text.casefold())


def explained(text: str, language: Language = ENGLISH) -> tuple[Term, ...]:
    """The terms that occur in a text or in the explanation of one that does, in the order of the glossary."""
    known = glossary(language)
    found: list[Term] = []
    queue = [text]
    while queue:
        here = queue.pop()
        new = [term for term in known if term not in found and term.pattern.search(here)]
        found += new
        queue += [term.plain for term in new]
    return tuple(term for term in known if term in found)


@lru_cache(maxsize=8)
def _medicines(language: Language) -> dict[str, str]:
    """What a medicine is called in a language, by its English name and its brands: records name it by these."""
    known = dict(_called(wording().medicines, wording(language).medicines))
    for term, there in zip(glossary(), glossary(language), strict=True):
        called = dict(_called(term.drugs, there.drugs))
        known |= called
        known |= {brand.casefold(): called[drug.casefold()] for drug, brands in term.brands.items() for brand in brands}
    return known


def _called(english: Iterable[str], there: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name, called in zip(english, there, strict=True):
        yield name.casefold(), called


def medicine(name: str, language: Language = ENGLISH) -> str | None:
    """A medicine by its own name, found by that or by a brand; None for text that names none that is known."""
    return _medicines(language).get(" ".join(name.split()).casefold())
