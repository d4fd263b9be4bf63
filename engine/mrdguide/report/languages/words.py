"""The words that a page takes for what it says: from its file of words, and in a language from the catalogue.

Where the catalogue lacks a text, English stands in its place as `EnglishText`, so that every rendering can say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from string import Formatter
from typing import Literal

from ...dates import CalendarDate, iso, span_text
from ..blocks import EnglishText, Frame, Line, Part, Style
from .language import ENGLISH, Language

# What a page says besides words of its own, and that no catalogue has: put together for one patient, or published.
Untranslated = Literal[
    "observation", "asked", "figure", "reference", "test", "set-aside", "noted", "layer", "declared", "reading"
]
Value = str | int | Part | Line


@dataclass(frozen=True, eq=False)
class Words:
    """The words of one file in one language.

    english: its texts by id; one form, or one and another for any other number
    by_english: what the rules say in the language, by the English as it stands there
    frame: the words around every page in the language
    """

    english: Mapping[str, tuple[str, ...]]
    language: Language = ENGLISH
    by_english: Mapping[str, str] = field(default_factory=dict)
    frame: Frame = field(default_factory=Frame)

    def text(self, name: str, **values: str | int) -> str:
        """The text of an id, with its values; a number called `count` chooses the form."""
        form, translated = self._form(name, values.get("count"))
        shown = form.format(**{key: self._shown(value) for key, value in values.items()}) if values else form
        return shown if translated else self._marked(shown)

    def line(self, name: str, style: Style = "plain", **values: Value) -> Line:
        """The same as a line, whose values may be parts and lines of their own; the rest is in one style."""
        form, translated = self._form(name, values.get("count"))
        parts: list[Part] = []
        for words, key in _pieces(form):
            if words:
                parts.append(Part(words if translated else self._marked(words), style))
            if key:
                parts += self._parts(values[key], style)
        return _joined(parts)

    def label(self, name: str, **values: str | int) -> Part:
        """What stands in front of something, with a space after it."""
        said = self.text(name, **values)
        return Part(type(said)(f"{said} "), "strong")

    def translated(self, text: str) -> str:
        """A title, reason or answer as the rules have it."""
        if self.is_english or not text:
            return text
        return self.by_english.get(text) or EnglishText(text)

    def translated_or(self, kind: Untranslated, text: str) -> str:
        """The same of a text that may stand in the rules; it may also be put together from a profile."""
        if self.is_english or not text:
            return text
        return self.by_english.get(text) or EnglishText(text, kind)

    def as_it_is(self, kind: Untranslated, text: str) -> str:
        """What no catalogue has."""
        return text if self.is_english or not text else EnglishText(text, kind)

    def named(self, kind: str, value: str) -> str:
        """A word that a profile or a rule book uses as a code; one that the file does not know, as it is."""
        name = f"board.named.{kind}.{value}"
        return self.text(name) if name in self.english else value

    def verdict(self, value: Literal["met", "not_met", "unknown"]) -> str:
        """A verdict, as everything around a page has it."""
        found: str = getattr(self.frame, value)
        return found

    def joined(self, texts: Sequence[Value], sign: str = "; ", style: Style = "plain") -> Line:
        """Texts in a row with a sign between them."""
        parts: list[Part] = []
        for text in texts:
            parts += [Part(sign, style)] * bool(parts and sign) + [*self._parts(text, style)]
        return _joined(parts)

    def few(self, texts: Sequence[str], most: int) -> list[str]:
        """The first texts, and how many more there are."""
        if len(texts) <= most:
            return list(texts)
        return [*texts[: most - 1], self.text("board.and_more", count=len(texts) - most + 1)]

    def either(self, texts: Sequence[str], style: Style = "plain") -> Line:
        """`a`, `a or b`, `a, b or c`."""
        return self._listed(texts, "or", style)

    def both(self, texts: Sequence[str], style: Style = "plain") -> Line:
        """`a`, `a and b`, `a, b and c`."""
        return self._listed(texts, "standard", style)

    def all_of(self, texts: Sequence[str]) -> str:
        """`a`, `a and b`, `a, b and c` as one text, of what is in no language."""
        return "".join(part.text for part in self.both(texts))

    def day(self, ordinal: int) -> str:
        """A day (a proleptic Gregorian ordinal); in English as 2027-02-14."""
        return iso(ordinal) if self.language.forms is None else self.language.forms.short_day(ordinal)

    def date(self, date: CalendarDate) -> str:
        """A day, month or year as it is known."""
        forms = self.language.forms
        if forms is None or len(date.text) == len("2027"):
            return str(date)
        return forms.short_day(date.earliest) if date.exact else forms.month_of(date.earliest)

    def span(self, first: int, last: int) -> str:
        """The time between two days."""
        return span_text(first, last) if self.language.forms is None else self.language.forms.time_between(first, last)

    @property
    def is_english(self) -> bool:
        """Whether the page is in English, so that there is nothing to mark."""
        return self.language is ENGLISH

    def _form(self, name: str, count: object) -> tuple[str, bool]:
        """The form of a text, and whether it is in the language of the page."""
        forms, number = self.english[name], count if isinstance(count, int) else 1
        if name in self.language.texts:
            return self.language.counted(name, "", number), True
        return forms[0 if number == 1 else -1], self.is_english

    def _marked(self, text: str) -> str:
        return text if self.is_english else EnglishText(text)

    def _shown(self, value: str | int) -> str:
        if isinstance(value, str):
            return value
        return str(value) if self.language.forms is None else self.language.forms.number(value)

    def _parts(self, value: Value, style: Style) -> Line:
        if isinstance(value, Part):
            return (value,)
        if isinstance(value, tuple):
            return tuple(Part(part.text, style) if part.style == "plain" else part for part in value)
        return (Part(self._shown(value), style),)

    def _listed(self, texts: Sequence[str], how: Literal["or", "standard"], style: Style) -> Line:
        if not texts:
            return (Part("", style),)
        if self.language.forms is None:
            return (Part(in_a_row(texts, "or" if how == "or" else "and"), style),)
        form = self.language.forms.list_of(len(texts), how)
        parts: list[Part] = []
        for words, key in _pieces(form):
            parts += [Part(words, style)] * bool(words)
            parts += [Part(texts[int(key)], style)] * bool(key)
        return _joined(parts)


def in_a_row(texts: Sequence[str], word: str) -> str:
    """In English: `a`, `a or b`, `a, b or c`; nothing of none."""
    return f"{', '.join(texts[:-1])} {word} {texts[-1]}" if len(texts) > 1 else "".join(texts)


@lru_cache(maxsize=4096)
def _pieces(form: str) -> tuple[tuple[str, str], ...]:
    """The stretches of a text, each with the name in braces after it."""
    return tuple((words, key or "") for words, key, _, _ in Formatter().parse(form))


def _joined(parts: Sequence[Part]) -> Line:
    """Neighbours of one style and one language as one part."""
    return tuple(_merged(parts))


def _merged(parts: Sequence[Part]) -> Iterator[Part]:
    waiting: Part | None = None
    for part in parts:
        if waiting is None:
            waiting = part
        elif _alike(waiting, part):
            waiting = Part(waiting.text + part.text, part.style)
        else:
            yield waiting
            waiting = part
    if waiting is not None:
        yield waiting


def _alike(one: Part, other: Part) -> bool:
    mergeable = one.style == other.style and one.style in ("plain", "strong", "quiet")
    return mergeable and type(one.text) is type(other.text) is str
