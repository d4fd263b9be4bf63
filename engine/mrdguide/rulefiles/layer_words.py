"""The sentences that a layer adds to the page for patients: for rules and facts of its own, never for those of the core."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from pydantic import Field, ValidationError

from ..errors import Problem
from ..reading.document import Document, read_file
from ..reading.validation import StrictModel, closest, problems_of
from .model import Sentence

FOLDER = "words"


class MissingWords(StrictModel):
    """Something that is not known, and what the team may do about it."""

    what: Sentence
    next: Sentence


class LayerWords(StrictModel):
    """One file of a layer's `words/`."""

    reasons: dict[str, Sentence] = Field({}, description="what a rule means for the patient, by its id")
    missing: dict[str, MissingWords] = Field({}, description="what is not known, by its place in the profile")


def read_words(
    layers: Collection[Path], own_rules: Collection[str], own_facts: Collection[str]
) -> tuple[LayerWords, list[Problem]]:
    """The sentences of all layers, and what is wrong with them."""
    reasons: dict[str, str] = {}
    missing: dict[str, MissingWords] = {}
    problems: list[Problem] = []
    for path in (path for layer in layers for path in sorted((layer / FOLDER).glob("*.yaml"))):
        document = read_file(path)
        if document.problems:
            problems += document.problems
            continue
        try:
            found = LayerWords.model_validate(document.data)
        except ValidationError as error:
            problems += problems_of(error, document, LayerWords)
            continue
        problems += _not_its_own(document, "reasons", found.reasons, own_rules)
        problems += _not_its_own(document, "missing", found.missing, own_facts)
        reasons.update(found.reasons)
        missing.update(found.missing)
    return LayerWords(reasons=reasons, missing=missing), problems


def _not_its_own(document: Document, section: str, names: Collection[str], own: Collection[str]) -> Iterator[Problem]:
    for name in names:
        if name not in own:
            yield document.problem(
                (section, name), f"'{name}' is nothing that a layer adds", key=True, code="unknown-id",
                hint=closest(name, own) or "the words of the core stay as they are",
            )  # fmt: skip
