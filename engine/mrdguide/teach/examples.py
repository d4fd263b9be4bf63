"""The example cases: invented patients, each with its expected answer and the point it makes.

A folder of one's own serves as well: profiles, and beside them an index `cases.yaml` in the same form.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, PrivateAttr, ValidationError

from ..errors import Problem, ProblemsError, UsageError
from ..reading.document import Document, read_file
from ..reading.shipped import folder
from ..reading.validation import StrictModel, problems_of

INDEX = "cases.yaml"


class Expected(StrictModel):
    """What an example must give."""

    outcome: str = Field(description="the id of the answer")
    possible_outcomes: tuple[str, ...] = Field(description="every answer that is still possible")
    verdicts: dict[str, str] = Field({}, description="met, not_met or unknown by the id of a rule")
    secondary: tuple[str, ...] = Field((), description="every answer beside the main one")
    missing: tuple[str, ...] = Field((), description="every fact that is asked for, by its place in the profile")


class Example(StrictModel):
    """One example: the profile's file, the day it is judged on, and what it teaches."""

    file: str = Field(description="the profile, beside the index")
    title: str = Field(description="told after the answer; it may give it away")
    question: str = Field(description="what the learner is asked")
    as_of: str = Field(description="the day to judge on, YYYY-MM-DD")
    expected: Expected = Field(description="what the rules must give")
    accepted: tuple[str, ...] = Field((), description="answers that are right as well, beside the expected outcome")
    point: str = Field(description="the one thing to learn")
    _folder: Path | None = PrivateAttr(None)

    @property
    def path(self) -> Path:
        return (self._folder or folder("examples")) / self.file


class Index(StrictModel):
    """A list of teaching cases."""

    cases: Annotated[tuple[Example, ...], Field(min_length=1)] = Field(description="in teaching order")


def examples(place: Path | None = None) -> tuple[Example, ...]:
    """The examples of a folder in teaching order, by default the shipped ones.

    Raises:
        UsageError: the folder has no index.
        ProblemsError: the index cannot be read, or names a profile that is not there.
    """
    home = folder("examples") if place is None else place
    if not (home / INDEX).is_file():
        raise UsageError(f"{home} has no {INDEX}, the list of its cases; see mrdguide examples copy for its form")
    return read_index(home / INDEX)


def read_index(path: Path) -> tuple[Example, ...]:
    """The examples that an index lists.

    Raises:
        ProblemsError: it cannot be read, or names a profile that is not there.
    """
    document = read_file(path)
    if document.problems:
        raise ProblemsError(document.problems)
    try:
        found = Index.model_validate(document.data).cases
    except ValidationError as error:
        raise ProblemsError(problems_of(error, document, Index)) from None
    problems = list(_without_profile(found, document, path.parent))
    if problems:
        raise ProblemsError(problems)
    for item in found:
        item._folder = path.parent
    return found


def is_index(document: Document) -> bool:
    """Whether a file lists teaching cases: its entries name profiles beside it."""
    cases = document.data.get("cases") if isinstance(document.data, dict) else None
    return isinstance(cases, list) and any(isinstance(item, dict) and "file" in item for item in cases)


def _without_profile(found: tuple[Example, ...], document: Document, home: Path) -> list[Problem]:
    return [
        document.problem(
            ("cases", index, "file"), f"there is no profile '{item.file}' beside this file", code="not-found"
        )
        for index, item in enumerate(found)
        if not (home / item.file).is_file()
    ]
