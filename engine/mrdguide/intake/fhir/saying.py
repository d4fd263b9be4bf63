"""What words say and what they deny: 'no relapse' is not 'relapse', and 'no CRAB, but relapse' is.

Only where a coded result stands beside words, or where they are the ordinary thing to write, is a denial taken as one; it is
read narrowly, so that what may be news stays news.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from .codes.table import Reading

# Tags leave spaces, and a phrase may be typed with two.
_SPACES = re.compile(r"[ \t\xa0]+")
_SENTENCES = re.compile(r"[.;:,!?\n()]+")


def says(reading: Reading, text: str, wanted: Iterable[str]) -> bool:
    """Whether a text says one of these words (as the beginning of a word) anywhere without denying it just before."""
    lowered = _SPACES.sub(" ", _ordinary(reading.ordinary_words).sub(" ", text.casefold()))
    pattern = _beginning(tuple(wanted))
    denying = _whole((*reading.denying_words,))
    turning = _whole((*reading.turning_words,))
    for part in _SENTENCES.split(lowered):
        for found in pattern.finditer(part):
            before = part[: found.start()]
            denials = [*denying.finditer(before)]
            if not denials:
                return True
            between = before[denials[-1].end() :]
            if turning.search(between) or len(between.split()) > reading.denied_words:
                return True
    return False


def names(text: str, words: Iterable[str]) -> bool:
    """Whether a text has one of these words anywhere, denied or not."""
    lowered = text.casefold()
    return any(word in lowered for word in words)


@lru_cache(maxsize=16)
def _ordinary(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, phrases)))


@lru_cache(maxsize=64)
def _beginning(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<![a-z0-9])(?:" + "|".join(map(re.escape, words)) + ")")


@lru_cache(maxsize=16)
def _whole(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?<![a-z0-9])(?:" + "|".join(map(re.escape, words)) + r")(?![a-z0-9])")
