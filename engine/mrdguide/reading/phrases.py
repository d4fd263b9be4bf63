"""Texts as phrases that are known, with the words between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

Words = tuple[str, ...]
Meaning = TypeVar("Meaning")


def phrases_in(words: Sequence[str], phrases: Mapping[Words, Meaning]) -> Iterator[tuple[int, int, Meaning | None]]:
    """What stands in words from left to right: where each phrase begins and ends with what it means, of several the longest;
    a word that belongs to none alone, with None."""
    whole, longest = tuple(words), max(map(len, phrases), default=0)
    place = 0
    while place < len(whole):
        ends = range(min(len(whole), place + longest), place, -1)
        end = next((end for end in ends if whole[place:end] in phrases), None)
        yield place, end or place + 1, None if end is None else phrases[whole[place:end]]
        place = end or place + 1
