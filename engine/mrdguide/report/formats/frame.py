"""The few words that a rendering adds to a page, in the language of the page."""

from __future__ import annotations

from dataclasses import asdict

from ..blocks import EnglishText, Frame
from ..languages.language import ENGLISH, Language

NAME = "frame"
VERDICTS = ("met", "not_met", "unknown")


def frame(language: Language) -> Frame:
    """The words around a page in a language."""
    lacks = str if language is ENGLISH else EnglishText
    texts = {
        name: language.text(f"{NAME}.{name}", lacks(english))
        for name, english in (frame_words() | verdict_words()).items()
    }
    return Frame(language=language.tag, **texts)


def frame_words() -> dict[str, str]:
    """The English words by their names."""
    words: dict[str, str] = asdict(Frame())
    return {name: text for name, text in words.items() if name not in ("language", *VERDICTS)}


def verdict_words() -> dict[str, str]:
    """The English of the verdicts, which stand on pages for clinicians alone."""
    words: dict[str, str] = asdict(Frame())
    return {name: words[name] for name in VERDICTS}
