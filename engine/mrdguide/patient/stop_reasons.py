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

StopReason = Literal["relapse", "resurgence", "myeloid-neoplasm", "second-cancer", "other"]
_DISEASE: tuple[StopReason, ...] = ("relapse", "resurgence")
# What therapy can be ended for that is not disease coming back, the gravest first.
NOT_DISEASE: tuple[StopReason, ...] = ("myeloid-neoplasm", "second-cancer", "other")

_POSITIVE = re.compile(r"(?<=mrd)\s*\+", re.IGNORECASE)
# A remission that is counted: CR2 is not the first.
_COUNTED = re.compile(r"\bs?cr\s*([23])\b", re.IGNORECASE)
_COUNTS = {"2": " cr second ", "3": " cr third "}
_POSSESSIVE = re.compile(r"['\u2019]s?\b")
_WORD = re.compile(r"[^\W\d_]+")
# Endings that make no other word of one, where at least so many letters are left.
_ENDINGS = re.compile(r"(?:ivities|ivity|ities|ences|ence|ions|ents|ity|ion|ive|ing|ent|ies|ied|ed|es|ly|e|y|(?<!s)s)$")
_STEM = 4


class StopReasons(StrictModel):
    """The file `stop_reasons.yaml`."""

    passed_over: tuple[str, ...]
    beside_disease: tuple[str, ...]
    open: tuple[str, ...]
    relapse: tuple[str, ...]
    resurgence: tuple[str, ...]
    second_cancer: tuple[str, ...]
    myeloid_neoplasm: tuple[str, ...]
    agreed: tuple[tuple[str, ...], ...]
    open_beside_agreed: tuple[str, ...]
    other: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=4096)
def read_stop_reason(text: str) -> StopReason | None:
    """What ended therapy, the gravest where it is several; None where the text does not say it in words that are known."""
    if "?" in text:
        return None  # whoever asks does not know
    words, table = _words(text), _table()
    found = list(phrases_in(words, table.phrases))
    others = {words[start] for start, _, reason in found if reason is None}
    said = {reason for _, _, reason in found if reason is not None}
    for reason in _DISEASE:
        if said == {reason}:
            return reason if others <= table.passed_over | table.beside_disease else None
    if not said <= {*NOT_DISEASE, "agreed"} or not others <= table.passed_over:
        return None
    if said == {"agreed"}:
        return None if others & table.open_beside_agreed else "other"
    return next((reason for reason in NOT_DISEASE if reason in said), None)


def ended_for_another_reason(text: str | None) -> bool:
    """Whether therapy was ended for a reason that is not disease coming back; without a reason that is not known."""
    return bool(text) and read_stop_reason(text) in NOT_DISEASE


class _Table(NamedTuple):
    passed_over: frozenset[str]
    beside_disease: frozenset[str]
    open_beside_agreed: frozenset[str]
    phrases: Mapping[Words, StopReason | Literal["agreed", "open"]]


@cache
def _table() -> _Table:
    found = read_as(STOP_REASONS, StopReasons)
    lists: dict[StopReason | Literal["agreed", "open"], Iterable[str]] = {
        "relapse": found.relapse, "resurgence": found.resurgence, "second-cancer": found.second_cancer,
        "myeloid-neoplasm": found.myeloid_neoplasm, "agreed": chain.from_iterable(found.agreed),
        "other": chain.from_iterable(found.other), "open": found.open,
    }  # fmt: skip

    def single(texts: Iterable[str]) -> frozenset[str]:
        return frozenset(chain.from_iterable(map(_words, texts)))

    phrases = {_words(text): reason for reason, texts in lists.items() for text in texts}
    open_beside = single(found.open_beside_agreed)
    return _Table(single(found.passed_over), single(found.beside_disease), open_beside, phrases)


def _words(text: str) -> Words:
    """The words of a text without their endings."""
    counted = _COUNTED.sub(lambda found: _COUNTS[found[1]], text.casefold())
    plain = _POSSESSIVE.sub("", _POSITIVE.sub(" positive ", counted))
    return tuple(map(_stem, _WORD.findall(plain)))


def _stem(word: str) -> str:
    ending = _ENDINGS.search(word)
    return word[: ending.start()] if ending is not None and ending.start() >= _STEM else word
