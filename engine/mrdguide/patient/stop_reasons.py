"""What the words say for which therapy was ended (`stop_reasons.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple

from ..reading.data_file import read_as
from ..reading.phrases import Words, phrases_in
from ..reading.validation import StrictModel

STOP_REASONS = Path(__file__).with_name("stop_reasons.yaml")

StopReason = Literal["relapse", "resurgence", "other"]

_POSITIVE = re.compile(r"(?<=mrd)\s*\+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['\u2019]s?\b")
_WORD = re.compile(r"[^\W\d_]+")
# Endings that make no other word of one, where at least so many letters are left.
_ENDINGS = re.compile(r"(?:ivities|ivity|ities|ences|ence|ions|ents|ity|ion|ive|ing|ent|ies|ied|ed|es|ly|e|y|(?<!s)s)$")
_STEM = 4


class StopReasons(StrictModel):
    """The file `stop_reasons.yaml`."""

    passed_over: tuple[str, ...]
    relapse: tuple[str, ...]
    resurgence: tuple[str, ...]
    other: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=4096)
def read_stop_reason(text: str) -> StopReason | None:
    """What ended therapy; None where the text does not say it in words that are known."""
    if "?" in text:
        return None  # whoever asks does not know
    words, table = _words(text), _table()
    return next((reason for reason, phrases in table.reasons if _made_of(words, phrases, table.passed_over)), None)


def _made_of(words: Words, phrases: Mapping[Words, bool], passed_over: frozenset[str]) -> bool:
    """Whether words are phrases and what is passed over, with a phrase among them."""
    found = list(phrases_in(words, phrases))
    others = {words[start] for start, _, known in found if not known}
    return others <= passed_over and any(known for _, _, known in found)


class _Table(NamedTuple):
    passed_over: frozenset[str]
    reasons: tuple[tuple[StopReason, Mapping[Words, bool]], ...]


@cache
def _table() -> _Table:
    found = read_as(STOP_REASONS, StopReasons)

    def phrases(texts: Iterable[str]) -> Mapping[Words, bool]:
        return dict.fromkeys(map(_words, texts), True)

    return _Table(
        frozenset(chain.from_iterable(map(_words, found.passed_over))),
        (
            ("relapse", phrases(found.relapse)),
            ("resurgence", phrases(found.resurgence)),
            ("other", phrases(chain.from_iterable(found.other))),
        ),
    )


def _words(text: str) -> Words:
    """The words of a text without their endings."""
    plain = _POSSESSIVE.sub("", _POSITIVE.sub(" positive ", text.casefold()))
    return tuple(map(_stem, _WORD.findall(plain)))


def _stem(word: str) -> str:
    ending = _ENDINGS.search(word)
    return word[: ending.start()] if ending is not None and ending.start() >= _STEM else word
