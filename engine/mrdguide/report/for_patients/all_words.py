"""Everything on the page for patients that a translator has to translate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from ...reading.document import read_file
from ...reading.shipped import folder
from ..formats.frame import NAME as FRAME
from ..formats.frame import frame_words
from ..languages.messages import FOUND_BY, Message, texts_of
from .choice_wording import CHOICE
from .figure_wording import FIGURES
from .plain_language import WORDING, Term

_PAGE = "for patients"
_AROUND = "every page, around it"

# What is not words: names of rules, findings and brands, days, and what the locale itself knows.
_NOT_WORDS = re.compile(
    r"plain_language\.writing\.(?:months|day|month|between|last)"
    r"|choice\.(?:reviewed|review_by)"
    r"|figures\.(?:figures\[\d+\]\.(?:finding|fits)|left_out|of_whom)"
    r"|glossary\.source"
    r"|(?:glossary\.terms|plain_language\.words)\[\d+\]\.brands"
)
_TERM = re.compile(r"(?:glossary\.terms|plain_language\.words)\[\d+\]\.term")

# The number that chooses the plural form of a text.
_COUNTED = {
    "plain_language.record.earlier": "count",
    "plain_language.record.several": "count",
    "choice.check_ups.each": "months",
    "choice.check_ups.how_often": "months",
    "figures.sentences.size": "n",
}


@lru_cache(maxsize=1)
def messages() -> tuple[Message, ...]:
    """Every text of the page for patients, in the order of its files.

    Raises:
        UsageError: a file of the installation is missing.
    """
    return tuple(_messages())


def _messages() -> Iterator[Message]:
    for path, page in _files():
        for name, text in texts_of(path.stem, read_file(path).data, _NOT_WORDS):
            yield Message(name, text, page, _COUNTED.get(name, ""))
            if _TERM.fullmatch(name):
                yield _found_by(name.removesuffix("term") + FOUND_BY, text)
    for name, text in frame_words().items():
        yield Message(f"{FRAME}.{name}", text, _AROUND)


def _files() -> tuple[tuple[Path, str], ...]:
    return (
        (WORDING, _PAGE),
        (CHOICE, f"{_PAGE}, where there is a choice"),
        (FIGURES, f"{_PAGE}, with --numbers"),
        (folder("evidence") / "glossary.yaml", f"{_PAGE}, words explained"),
    )


def _found_by(name: str, term: str) -> Message:
    page = f"{_PAGE}, not shown: every form in which the word before can stand in a text, divided by |"
    return Message(name, " | ".join(Term(term=term, plain=term).forms_of_the_name()), page)
