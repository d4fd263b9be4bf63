"""The words of the report for a board: read from data, in English or with what a catalogue has in another language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ...reading.document import read_file
from ..formats.frame import NAME as FRAME
from ..formats.frame import frame, verdict_words
from ..languages.language import ENGLISH, Language
from ..languages.messages import FOR_THE_BOARD, Message
from ..languages.texts_of_rules import texts_of_rules
from ..languages.words import Words

WORDING = Path(__file__).resolve().parent / "wording" / "board.yaml"
_PAGE, _RULES = FOR_THE_BOARD, f"{FOR_THE_BOARD}, from the rules"
_FORMS = {"one", "other"}


@lru_cache(maxsize=8)
def board_words(language: Language = ENGLISH) -> Words:
    """The words of the report in a language.

    Raises:
        UsageError: a file of the installation is missing.
    """
    if language is ENGLISH:
        return Words(_english())
    found = {english: language.texts[name][0] for name, english in texts_of_rules() if name in language.texts}
    return Words(_english(), language, found, frame(language))


def messages() -> Iterator[Message]:
    """Every text of the report that a catalogue can have.

    Raises:
        UsageError: a file of the installation is missing.
    """
    for name, forms in _english().items():
        yield Message(name, forms[0], _PAGE, "count" if len(forms) > 1 else "", forms[-1] if len(forms) > 1 else "")
    for name, text in verdict_words().items():
        yield Message(f"{FRAME}.{name}", text, _PAGE)
    for name, english in texts_of_rules():
        yield Message(name, english, _RULES)


@cache
def _english() -> Mapping[str, tuple[str, ...]]:
    return dict(_texts(WORDING.stem, read_file(WORDING).data))


def _texts(name: str, data: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(data, str):
        yield name, (data,)
    elif data.keys() == _FORMS:
        yield name, (data["one"], data["other"])
    else:
        for key, inner in data.items():
            yield from _texts(f"{name}.{key}", inner)
