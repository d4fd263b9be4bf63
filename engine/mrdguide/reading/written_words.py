"""Hints for words that people write and a profile or a rule file writes otherwise (`what_people_write.yaml`).

The hint names the word meant; nothing is converted, and where several words fit all are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from .characters import has_a_visible_letter, legible_word, strange_characters
from .document import read_file

_TABLE = Path(__file__).with_name("what_people_write.yaml")
# A hyphen or plus at the end means something (MRD-, 1q+); inside a word it does not.
_SHORT = 3
_SHORT_WORDS = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")
_PASSED_OVER = re.compile(r"[\s_./()\[\];:,'\"]+|-(?=.)")


def word_hint(found: object, known: Iterable[str]) -> str:
    """What to write in place of a word, of those known here; an empty string when nothing is near."""
    words = list(known)
    same = [word for word in words if _plain(word) == _plain(found)]
    if same:
        return f"'{found}' is written as '{same[0]}'"
    meant = _named("words", found, words)
    if meant:
        notes = _table()["notes"]
        shown = [f"'{word}'" + (f" ({notes[word]})" if word in notes else "") for word in meant]
        return f"'{found}' is written as {' or '.join(shown)}"
    if _is("unknown", found):
        return f"when it is not known, leave it out instead of writing '{found}'"
    drug = drug_meant(found)
    if f"drug.{drug}" in words:
        return f"'{found}' is written as 'drug.{drug}'"
    near = closest(found, words)
    return near if near or drug is None else f"'{found}' is a drug; drugs are named under 'drugs'"


def key_hint(key: object, known: Iterable[str]) -> str:
    """What a key is called here; an empty string when nothing is near."""
    keys = list(known)
    before, colon, after = str(key).partition(":")
    if colon and after and before in keys:
        return strange_characters(after[0]) or f"put a space after the colon: {before}: {legible_word(after)[:40]}"
    first, blank, rest = str(key).partition(" ")
    if blank and first in keys:
        return f"put a colon and a space after '{first}': {first}: {legible_word(rest)[:40]}"
    meant = [name for name in keys if _plain(name) == _plain(key)] or _named("keys", key, keys)
    if meant and not closest_key(key, keys):
        return f"'{key}' is called {' or '.join(repr(name) for name in meant)} here"
    return closest(key, keys)


def is_written_in(word: str, text: str) -> bool:
    """Whether a text has a word, in any of the ways in which people write it; ways of up to three letters as words of their own."""
    table = _table()
    ways = {_plain(word)}.union(*(table[section].get(word, ()) for section in ("words", "keys", "drugs")))
    whole = {*_SHORT_WORDS.findall(text.casefold()), *map(_plain, text.split())}
    plain = _plain(text)
    return any(way in whole or (len(way) > _SHORT and way in plain) for way in ways)


def flag_hint(found: object) -> str:
    """How yes and no are written where true or false is expected."""
    meant = _named("flags", found, ["true", "false"])
    if _is("unknown", found):
        return f"when it is not known, leave it out instead of writing '{found}'"
    return f"'{found}' is written as {meant[0]}, without quotes" if len(meant) == 1 else ""


def goes_on(found: object) -> bool:
    """Whether it is a word for something that continues."""
    return isinstance(found, str) and _is("ongoing", found)


def date_hint(found: object, key: object) -> str:
    """How something that continues, or is not known, is written where a date is expected."""
    if key == "end" and _is("ongoing", found):
        return "therapy that continues is written as end: null"
    return f"when it is not known, leave it out instead of writing '{found}'" if _is("unknown", found) else ""


def says_something(text: str | None) -> bool:
    """Whether a text tells anything: blanks, signs alone and a word for what is not known (`n/a`) are as good as left out."""
    return text is not None and has_a_visible_letter(text) and not _is("unknown", text)


def drug_meant(found: object) -> str | None:
    """The ingredient of a drug that is known by another name."""
    return next(iter(_named("drugs", found, _table()["drugs"])), None)


def drugs() -> list[str]:
    """The ingredients of the table."""
    return list(_table()["drugs"])


@lru_cache(maxsize=1)
def drugs_as_written() -> dict[str, tuple[str, ...]]:
    """The ingredients of the table with their other names, as these are written."""
    return {drug: tuple(names) for drug, names in read_file(_TABLE).data["drugs"].items()}


def closest(word: object, known: Iterable[object]) -> str:
    """`did you mean ...?` for a misspelt word, or an empty string when nothing is near.

    What differs only in a number is another thing, never a misspelling: 24 months are not 36. A letter of another alphabet
    and a space that cannot be seen are named.
    """
    strange = strange_characters(str(word))
    if strange:
        return strange
    near = _nearest(word, known, 0.55)
    return f"did you mean '{near}'?" if near else ""


def closest_key(key: object, known: Iterable[object]) -> str | None:
    """The key that a misspelt one can be taken for with some confidence; checks continue as if it were written there."""
    return _nearest(key, known, 0.75)


def _nearest(word: object, known: Iterable[object], cutoff: float) -> str | None:
    if not any(character.isalnum() for character in str(word)):
        return None  # of comparison signs none is "near" another
    import difflib  # needed only where something is wrong

    near = difflib.get_close_matches(str(word), [str(name) for name in known], n=1, cutoff=cutoff)
    # An id that differs in a number alone is the id of something else.
    return near[0] if near and not _same_but_for_numbers(str(word), near[0]) else None


def _same_but_for_numbers(word: str, name: str) -> bool:
    import difflib

    digits = _DIGITS.findall(word), _DIGITS.findall(name)
    return (
        digits[0] != digits[1]
        and bool(digits[1])
        and bool(digits[0])
        and (difflib.SequenceMatcher(None, _DIGITS.sub("", word), _DIGITS.sub("", name)).ratio() > 0.9)
    )


def _named(section: str, found: object, known: Iterable[str]) -> list[str]:
    table: Mapping[str, frozenset[str]] = _table()[section]
    return [word for word in known if _plain(found) in table.get(word, ())]


def _is(section: str, found: object) -> bool:
    return _plain(found) in _table()[section]


def _plain(text: object) -> str:
    return _PASSED_OVER.sub("", str(text).casefold())


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    """The table, read when the first hint is asked for."""
    data = read_file(_TABLE).data
    table: dict[str, Any] = {"notes": data["notes"]}
    for section in ("words", "keys", "flags", "drugs"):
        table[section] = {word: _all_plain(others) for word, others in data[section].items()}
    return {**table, "ongoing": _all_plain(data["ongoing"]), "unknown": _all_plain(data["unknown"])}


def _all_plain(words: Iterable[object]) -> frozenset[str]:
    return frozenset(_plain(word) for word in words)
