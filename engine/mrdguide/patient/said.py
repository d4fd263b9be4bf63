"""What free text beside a fact says against it (`said.yaml`): another disease, a relapse, the transplant of a donor."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from ..reading.data_file import read_as
from ..reading.phrases import Words, phrases_in
from ..reading.validation import StrictModel

SAID = Path(__file__).with_name("said.yaml")

Topic = Literal[
    "myeloid-neoplasm", "plasma-cell-disease", "returning-disease", "cancer", "malignancy", "allogeneic", "relapse",
]  # fmt: skip

_WORD = re.compile(r"\d*[^\W\d_]+")
_CLAUSE = re.compile(r"[.,;:()\[\]\n]+|\bbut\b")


class TopicWords(StrictModel):
    """The phrases of one topic; those `alone` count only where a text is nothing else, `endings` at the end of any word."""

    phrases: tuple[str, ...]
    alone: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()


class SaidWords(StrictModel):
    """The file `said.yaml`."""

    negated_by: tuple[str, ...]
    doubtful: tuple[str, ...]
    topics: dict[Topic, TopicWords]
    never_benign: tuple[Topic, ...]


class _Phrases(NamedTuple):
    meanings: dict[Words, str]
    alone: frozenset[Words]
    endings: tuple[str, ...]


def says(text: str | None, topic: Topic, passed_over: Iterable[str] = ()) -> bool | None:
    """Whether a text names a topic; None where it says that it may be so. Phrases that are passed over name nothing."""
    return False if text is None else _says(text, topic, frozenset(passed_over))


def never_benign() -> tuple[Topic, ...]:
    """The topics that contradict a benign cause."""
    return _said().never_benign


@lru_cache(maxsize=4096)
def _says(text: str, topic: Topic, passed_over: frozenset[str]) -> bool | None:
    plain, table = text.casefold(), _phrases(topic, passed_over)
    if words_of(plain) in table.alone:
        return None if "?" in plain else True
    found = {_of_clause(words_of(clause), table) for clause in _CLAUSE.split(plain)}
    if True in found:
        return None if "?" in plain else True
    return None if None in found else False


def _of_clause(words: Words, table: _Phrases) -> bool | None:
    meanings = {
        meaning or ("named" if words[first].endswith(table.endings) else None)
        for first, _, meaning in phrases_in(words, table.meanings)
    }
    if "named" not in meanings:
        return False
    if "doubtful" in meanings:
        return None
    return "negated" not in meanings


@cache
def _said() -> SaidWords:
    return read_as(SAID, SaidWords)


@cache
def _phrases(topic: Topic, passed_over: frozenset[str]) -> _Phrases:
    said = _said()
    of_topic = said.topics[topic]
    meanings = {
        words_of(phrase.casefold()): meaning
        for meaning, phrases in (
            ("negated", said.negated_by),
            ("doubtful", said.doubtful),
            ("named", of_topic.phrases),
            ("passed over", passed_over),
        )
        for phrase in phrases
    }
    alone = frozenset(words_of(phrase.casefold()) for phrase in of_topic.alone)
    return _Phrases(meanings, alone, tuple(ending.casefold() for ending in of_topic.endings))


def words_of(text: str) -> Words:
    """The words of a text in small letters, without hyphens."""
    return tuple(_WORD.findall(text))
