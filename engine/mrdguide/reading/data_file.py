"""A YAML file of the engine's own data, read as a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from ..errors import UsageError
from .document import read_file
from .validation import problems_of

Model = TypeVar("Model", bound=BaseModel)


# What files say that were read and validated before and are known to be as they were then.
_KNOWN: dict[Path, Callable[[], BaseModel]] = {}


def known(found: Mapping[Path, Callable[[], BaseModel]]) -> None:
    """Take what these files say as given, so that they are not read."""
    _KNOWN.update(found)


def read_as(path: Path, model: type[Model]) -> Model:
    """Read a YAML file as a model.

    Raises:
        UsageError: it cannot be read; says where and what was expected.
    """
    before = _KNOWN.get(path)
    if before is not None and isinstance(found := before(), model):
        return found
    document = read_file(path)
    if document.problems:
        raise UsageError(str(document.problems[0]))
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems = problems_of(error, document, model)
        raise UsageError("\n\n".join(str(problem) for problem in problems)) from None
