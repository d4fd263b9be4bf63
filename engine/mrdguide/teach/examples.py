"""The example cases: invented patients, each with its expected answer and the point it makes."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from ..errors import UsageError
from ..reading.document import read_file
from ..reading.shipped import folder
from ..reading.validation import StrictModel, problems_of

INDEX = "cases.yaml"


class Expected(StrictModel):
    """What an example must give."""

    outcome: str
    possible_outcomes: tuple[str, ...]
    verdicts: dict[str, str] = {}
    secondary: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Example(StrictModel):
    """One example: the profile's file, the day it is judged on, and what it teaches."""

    file: str
    title: str
    question: str
    as_of: str
    expected: Expected
    point: str

    @property
    def path(self) -> Path:
        return folder("examples") / self.file


class _Index(StrictModel):
    cases: tuple[Example, ...]


def examples() -> tuple[Example, ...]:
    """All shipped examples, in teaching order.

    Raises:
        UsageError: the index cannot be read.
    """
    document = read_file(folder("examples") / INDEX)
    if document.problems:
        raise UsageError(str(document.problems[0]))
    try:
        return _Index.model_validate(document.data).cases
    except ValidationError as error:
        raise UsageError(str(problems_of(error, document, _Index)[0])) from None
