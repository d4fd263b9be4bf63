"""What there is to translate: every text of a file of words, by an id that says where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from .language import Language

# The key of a text that only other languages have: by which forms a word is found.
FOUND_BY = "found_by"
# With what the page of a text for clinicians begins: its numbers are the same in every language.
FOR_THE_BOARD = "for the board"


@dataclass(frozen=True, slots=True)
class Message:
    """One text to translate.

    id: where it stands, such as `plain_language.page.about[0]`
    english: the text in English, with its placeholders in braces
    page: on which page it stands
    counted: the placeholder whose number chooses the plural form; empty where there is none
    other: the English for any other number than one, where it differs
    """

    id: str
    english: str
    page: str
    counted: str = ""
    other: str = ""

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names in braces, in the order of the English."""
        return placeholders(self.english)


def placeholders(text: str) -> tuple[str, ...]:
    """The names in braces of a text, each once.

    Raises:
        ValueError: a brace is not closed, or something other than a name stands in braces.
    """
    found: dict[str, None] = {}
    for _, name, form, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(f"'{{{name}}}' is not a name alone")
        found[name] = None
    return tuple(found)


def texts_of(name: str, data: Any, left: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Every text below a value of YAML, with its id. What is at or below an id that `left` fits is not words."""
    if left.fullmatch(name):
        return
    if isinstance(data, Mapping):
        for key, inner in data.items():
            yield from texts_of(f"{name}.{key}", inner, left)
    elif isinstance(data, list):
        for number, inner in enumerate(data):
            yield from texts_of(f"{name}[{number}]", inner, left)
    elif isinstance(data, str):
        yield name, data


def in_language(name: str, data: Any, language: Language) -> Any:
    """The same value of YAML with every text that the language has in its words; plural texts in their first form."""
    if isinstance(data, Mapping):
        found = {key: in_language(f"{name}.{key}", inner, language) for key, inner in data.items()}
        added = f"{name}.{FOUND_BY}"
        return {**found, FOUND_BY: language.texts[added][0]} if added in language.texts else found
    if isinstance(data, list):
        return [in_language(f"{name}[{number}]", inner, language) for number, inner in enumerate(data)]
    return language.texts[name][0] if name in language.texts else data
