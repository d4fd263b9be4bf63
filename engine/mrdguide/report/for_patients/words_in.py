"""A file of words, read as its model in a language."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from ...reading.data_file import read_as
from ...reading.document import read_file
from ..languages.language import Language
from ..languages.messages import in_language

Model = TypeVar("Model", bound=BaseModel)


def read_in(path: Path, model: type[Model], language: Language) -> Model:
    """The words of a file; ids begin with its name without ending.

    Raises:
        UsageError: the file cannot be read.
    """
    if not language.texts:
        return read_as(path, model)
    return model.model_validate(in_language(path.stem, read_file(path).data, language))
