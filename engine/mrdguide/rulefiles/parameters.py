"""Parameters: numbers that several rules share, named once with unit, allowed range and source, and used as `$name`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from ..errors import Problem
from ..reading.document import Document, DocumentPath
from ..reading.validation import StrictModel, closest, problem_at

Number = Annotated[float, Field(strict=True)]


class Parameter(StrictModel):
    """A number with its meaning. `source` is an evidence id, or `convention` where no source fixes it."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=80)]
    title: Annotated[str, Field(min_length=3, max_length=200)]
    value: Annotated[int, Field(strict=True)] | Number
    unit: Annotated[str, Field(min_length=1, max_length=40)] = Field(description="UCUM, or months, tests, percent")
    least: Number = Field(description="inclusive")
    most: Number = Field(description="inclusive")
    source: Annotated[str, Field(min_length=3, max_length=200)] = Field(description="an evidence id, or 'convention'")
    why: str = ""
    aliases: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _inside_its_range(self) -> Parameter:
        if not self.least <= self.value <= self.most:
            raise problem_at("value", f"{self.value:g} is outside the allowed range {self.least:g} to {self.most:g}")
        return self


def substituted(data: Any, values: Mapping[str, Parameter]) -> Any:
    """The data of a rule file with every `$name` of a known parameter replaced by its value."""
    if isinstance(data, Mapping):
        return {key: substituted(value, values) for key, value in data.items()}
    if isinstance(data, list):
        return [substituted(item, values) for item in data]
    if isinstance(data, str) and data.startswith("$") and data[1:] in values:
        return values[data[1:]].value
    return data


def unknown_names(document: Document, values: Mapping[str, Parameter]) -> Iterator[Problem]:
    """Every `$name` of a document that no parameter has."""
    for path, name in references_in(document.data, ()):
        if name not in values:
            yield document.problem(
                path,
                f"there is no parameter '{name}'",
                hint=closest(name, values) or "add it under parameters:",
                code="unknown-id",
            )


def references_in(data: Any, path: DocumentPath = ()) -> Iterator[tuple[DocumentPath, str]]:
    """Every `$name` of the data of a rule file, with its place."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from references_in(value, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from references_in(item, (*path, index))
    elif isinstance(data, str) and data.startswith("$"):
        yield path, data[1:]
