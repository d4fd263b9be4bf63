"""How old a reader has to be for a text, by several formulas of a library, and the sentences of a page."""

from __future__ import annotations

import re
from collections.abc import Iterable

import readability

# Years at school that the text asks for; readers of that grade are five years older.
FORMULAS = ("Kincaid", "ARI", "Coleman-Liau", "SMOGIndex", "GunningFogIndex")
_BEFORE_SCHOOL = 5


def reading_age(texts: Iterable[str], language: str = "en") -> float:
    """The highest age in years that any of the formulas asks for.

    Raises:
        ValueError: the language is not English, for whose words and syllables the formulas were made.
    """
    if language != "en":
        raise ValueError(f"reading age is measured for English alone, not for '{language}'")
    parts = [part for text in texts for part in re.split(r"[.?!:](?:\s|$)", text) if re.search("[a-z]", part)]
    words = [re.findall(r"[A-Za-z0-9][A-Za-z0-9'-]*", part) for part in parts]
    sentences = [" ".join([*found, "."]) for found in words]
    measured = readability.getmeasures(sentences, lang="en")["readability grades"]
    return max(float(measured[formula]) for formula in FORMULAS) + _BEFORE_SCHOOL
