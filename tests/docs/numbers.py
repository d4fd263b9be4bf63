"""The numbers in the prose of the documentation, and where each comes from (`numbers.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, reduce
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from mrdguide.reading.data_file import read_as
from mrdguide.reading.validation import StrictModel

from ..dossier.data import ROOT

DOCS = ROOT / "docs"
# Fenced blocks are run by the tests, spans of code are names, comments and the targets of links are not read.
_NOT_PROSE = re.compile(r"^```.*?^```|<!--.*?-->|`[^`]*`|(?<=\])\([^)]*\)|^\d+\. ", re.MULTILINE | re.DOTALL)
_MADE = re.compile(r"<!-- (?P<name>[a-z-]+): made by .*?<!-- /(?P=name) -->", re.DOTALL)
# Below three words are hardly figures: one engine, two ways.
_WORDS = {
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000,
}  # fmt: skip
_NUMBER = re.compile(rf"(?<![\w.#])\d[\d,.:-]*|\b(?:{'|'.join(_WORDS)})s?\b", re.IGNORECASE)


class Said(StrictModel):
    """Words of a page with a number in them, and what explains it; `numbers.yaml` says what each name means."""

    says: Annotated[str, Field(min_length=2)]
    value: str = ""
    test: str = ""
    run: str = ""
    measured: str = ""
    named: str = ""
    advice: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> Said:
        if sum(map(bool, (self.value, self.test, self.run, self.measured, self.named, self.advice))) != 1:
            raise ValueError("one of value, test, run, measured, named, advice")
        return self


class Register(StrictModel):
    """By page: what it says in numbers. `everywhere` holds names with a number that any page may use."""

    everywhere: dict[str, str]
    pages: dict[str, tuple[Said, ...]]


@cache
def register() -> Register:
    """`numbers.yaml` beside this file."""
    return read_as(Path(__file__).with_suffix(".yaml"), Register)


def written_pages() -> list[Path]:
    """Pages written by hand. Those that are made as a whole say so; `tests/dossier` compares them with the data."""
    pages = (file for file in sorted(DOCS.rglob("*.md")) if not {"making", "paper"} & {*file.relative_to(DOCS).parts})
    return [ROOT / "README.md", *(file for file in pages if "<!-- Made by " not in file.read_text(encoding="utf-8"))]


def prose(page: Path) -> str:
    """The text of a page as it is read, on one line; code, comments and parts that are made from data left out."""
    text = _MADE.sub("", page.read_text(encoding="utf-8"))
    return " ".join(_NOT_PROSE.sub(" \N{BULLET} ", text).split())


def numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where the numbers of a text stand."""
    for found in _NUMBER.finditer(text):
        yield found.start(), found.start() + len(found[0].rstrip(",.:-"))


def spelled(number: str) -> str:
    """A number as digits without separators, however it is written."""
    word = number.lower().removesuffix("s")
    return str(_WORDS[word]) if word in _WORDS else number.replace(",", "")


def unexplained(page: Path) -> list[str]:
    """Numbers of a page that nothing in the register explains, each with the words around it."""
    text = prose(page)
    said = [*register().everywhere, *(item.says for item in register().pages.get(str(page.relative_to(ROOT)), ()))]
    covered = [
        (found.start(), found.end())
        for words in said
        for found in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)
    ]
    return [
        text[max(0, start - 50) : end + 40]
        for start, end in numbers(text)
        if not any(first <= start and end <= last for first, last in covered)
    ]


def value_of(name: str) -> Any:
    """The value of `MODULE:PATH`; a step of the path is an attribute, or a key of a mapping."""
    module, _, path = name.partition(":")

    def step(thing: Any, key: str) -> Any:
        return thing[key] if isinstance(thing, dict) else getattr(thing, key)

    return reduce(step, path.split("."), import_module(module))
