"""What words say and what they deny: 'no relapse' is not 'relapse', and 'no CRAB at relapse' is.

Only where a coded result stands beside words, or where they are the ordinary thing to write, is a denial taken as one; it is
read narrowly, so that what may be news stays news. Accents are left out, so that words are found however they are typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from .codes.table import Reading

# Tags leave spaces, and a phrase may be typed with two.
_SPACES = re.compile(r"[ \t\xa0]+")
# A sign between two digits is part of a number or of a day.
_SENTENCES = re.compile(r"[.!?](?!\d)|(?<!\d)[.!?]|[;\n]")
_PARTS = re.compile(r"[.:,!?](?!\d)|(?<!\d)[.:,!?]|[;\n()]")
_DATED = re.compile(r"(?<!\d)(?:\d{1,2}[./-])?(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}/\d{2}(?!\d)")
# A number before a unit is a dose.
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d| ?(?:mg|g|ml|mcg|ug|iu|ie|units)\b)")
_LETTERS = re.compile(r"[^\W\d_]+")
# How far behind a word a day, or the end of what is denied, may stand.
_NEAR = 3


def says(reading: Reading, text: str, wanted: Iterable[str]) -> bool:
    """Whether a text says one of these words anywhere without denying it, before or behind, or only expecting it."""
    pattern, typed = _searched(text, tuple(wanted))
    return pattern is not None and any(
        not _denied(reading, part[: found.start()], part[found.end() :])
        for part in _PARTS.split(_without_ordinary(reading, typed))
        for found in pattern.finditer(part)
    )


def mentions(reading: Reading, text: str, words: Iterable[str]) -> bool:
    """Whether a text has one of these words anywhere, denied or not."""
    pattern, typed = _searched(text, tuple(words))
    return pattern is not None and bool(pattern.search(_without_ordinary(reading, typed)))


def names(text: str, words: Iterable[str]) -> bool:
    """Whether a text has one of these letters anywhere, denied or not, within words as well."""
    typed = plain(text).casefold()
    return any(word in typed for word in words)


def says_beside(reading: Reading, text: str, wanted: Iterable[str], subjects: Iterable[str]) -> bool:
    """Whether it says one of these words in a sentence that names one of these subjects, or nothing besides."""
    words, of = tuple(wanted), tuple(subjects)
    pattern, typed = _searched(text, words)
    if pattern is None:
        return False
    for sentence in _SENTENCES.split(typed):
        alone = not _LETTERS.search(re.sub(pattern.pattern + r"\w*", " ", sentence))
        if (alone or mentions(reading, sentence, of)) and says(reading, sentence, words):
            return True
    return False


def sentences(text: str) -> list[str]:
    return _SENTENCES.split(text)


def says_now(
    reading: Reading, text: str, wanted: Iterable[str], past: Iterable[str], year: int | None, *, among: Iterable[str] = ()
) -> bool:  # fmt: skip
    """Whether a sentence says one of these words that has none of those of the past in it, and no year before this one.

    `among` are words of which it must say one besides.
    """
    words, gone, beside = tuple(wanted), tuple(past), tuple(among)
    pattern, typed = _searched(text, words)
    if pattern is None:
        return False
    for sentence in _SENTENCES.split(typed):
        earlier = year is not None and any(int(found) < year for found in _YEAR.findall(sentence))
        again = not beside or says(reading, sentence, beside)
        if again and not earlier and says(reading, sentence, words) and not mentions(reading, sentence, gone):
            return True
    return False


def says_lost(reading: Reading, text: str, good: Iterable[str]) -> bool:
    """Whether it denies good news: not in remission, no longer free of it."""
    pattern, typed = _searched(text, tuple(good))
    if pattern is None:
        return False
    losing = _whole(reading.losing_words)
    for part in _PARTS.split(_without_ordinary(reading, typed)):
        for found in pattern.finditer(part):
            before = part[: found.start()]
            lost = [*losing.finditer(before)]
            between = before[lost[-1].end() :] if lost else ""
            if (
                lost
                and len(between.split()) <= reading.lost_words
                and not _whole(reading.turning_words).search(between)
            ):
                return True
    return False


def says_found(reading: Reading, text: str, tests: Iterable[str]) -> bool:
    """Whether it says of one of these tests, in the same sentence and soon after, that something was found."""
    pattern, typed = _searched(text, tuple(tests))
    found_words, _ = _searched(text, reading.positive_words)
    if pattern is None or found_words is None:
        return False
    for sentence in _SENTENCES.split(_without_ordinary(reading, typed)):
        for test in pattern.finditer(sentence):
            if any(_found_of(reading, sentence, test, found) for found in found_words.finditer(sentence, test.end())):
                return True
    return False


def _found_of(reading: Reading, sentence: str, test: re.Match[str], found: re.Match[str]) -> bool:
    between = sentence[test.end() : found.start()]
    if len(_LETTERS.findall(between)) > reading.denied_words:
        return False
    negative = _whole((*reading.denying_words,)).search(between) or _any(reading.not_found_words).search(between)
    if negative and not _whole(reading.changing_words).search(between):
        return False
    denied_test = _denied(reading, _PARTS.split(sentence[: test.start()])[-1], between)
    own = _PARTS.split(sentence[: found.start()])[-1]
    return not denied_test and (bool(negative) or not _denied(reading, own, sentence[found.end() :]))


def is_dated(text: str) -> bool:
    """Whether a text names a day, a month or a year."""
    return bool(_DATED.search(text))


def plain(text: str) -> str:
    """A text without accents and with single spaces; letters keep their case."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("\N{LATIN SMALL LETTER SHARP S}", "ss"))
        text = "".join(sign for sign in text if not unicodedata.combining(sign))
    return _SPACES.sub(" ", text) if "  " in text or "\t" in text or "\xa0" in text else text


@lru_cache(maxsize=16)
def phrases(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these phrases anywhere, the longest first."""
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def forget_texts() -> None:
    """Keep nothing of what a chart said."""
    _typed.cache_clear()


@lru_cache(maxsize=32)
def _typed(text: str) -> tuple[str, str]:
    """A text without accents, and the same in small letters; each list of words asks the same text."""
    typed = plain(text)
    return typed, typed.casefold()


def _searched(text: str, words: tuple[str, ...]) -> tuple[re.Pattern[str] | None, str]:
    """The pattern of these words, none where the text has none of them, and the text without accents."""
    typed, small = _typed(text)
    if not any(word in small for word in quick_words(words)):
        return None, typed
    pattern = _any(words)
    return (pattern if pattern.search(typed) else None), typed


def _denied(reading: Reading, before: str, behind: str) -> bool:
    if _until(reading.ending_words).search(" ".join(behind.split()[: _NEAR + 1])):
        return False
    denials = [*_whole(reading.denying_words).finditer(before)]
    between = before[denials[-1].end() :] if denials else ""
    if _behind(reading.behind_words, reading.free_words, reading.filling_words).match(behind):
        return not denials or len(between.split()) > 1
    if denials and len(between.split()) <= reading.denied_words and not _whole(reading.turning_words).search(between):
        return True
    return _bound(reading.bound_words).search(before) is not None or _expected(reading, before, behind)


def _expected(reading: Reading, before: str, behind: str) -> bool:
    """Whether it is only foreseen, feared or to be prevented; what has a day has happened."""
    purposes = [*_whole(reading.expecting_words).finditer(before)]
    if not purposes or is_dated(" ".join(behind.split()[: _NEAR + 1])):
        return False
    if _whole(reading.losing_words).search(" ".join(before[: purposes[-1].start()].split()[-_NEAR:])):
        return False
    between = before[purposes[-1].end() :]
    return len(between.split()) <= reading.expected_words and not _whole(reading.turning_words).search(between)


def _without_ordinary(reading: Reading, typed: str) -> str:
    return _any(reading.ordinary_words).sub(" ", typed)


@lru_cache(maxsize=256)
def _any(words: tuple[str, ...]) -> re.Pattern[str]:
    """Words of a list, by how each is written there: as the table explains."""
    beginnings = [re.escape(plain(word)) for word in words if word[:1] not in ("~", "=") and not word.isupper()]
    anywhere = [re.escape(plain(word[1:])) for word in words if word.startswith("~")]
    whole = [re.escape(plain(word[1:])) for word in words if word.startswith("=")]
    capitals = [re.escape(word) for word in words if word.isupper()]
    forms = []
    if beginnings:
        forms.append(rf"(?<![A-Za-z0-9])(?i:{'|'.join(beginnings)})")
    if anywhere:
        forms.append(rf"(?i:{'|'.join(anywhere)})")
    if whole:
        forms.append(rf"(?<![A-Za-z0-9])(?i:{'|'.join(whole)})(?![A-Za-z0-9])")
    if capitals:
        # Behind a number capitals are a unit.
        forms.append(rf"(?<![A-Za-z0-9])(?<![0-9] )(?:{'|'.join(capitals)})(?![A-Za-z0-9])")
    return re.compile(rf"(?:{'|'.join(forms)})" if forms else r"(?!)")


@lru_cache(maxsize=64)
def _whole(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9])(?i:{_alternatives(words)})(?![A-Za-z0-9])")


@lru_cache(maxsize=16)
def _bound(words: tuple[str, ...]) -> re.Pattern[str]:
    """A denial that only the word right behind it shares."""
    return re.compile(rf"(?<![A-Za-z0-9])(?i:{_alternatives(words)})[ -]$")


@lru_cache(maxsize=16)
def _until(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9])(?i:{_alternatives(words)}) (?:[A-Za-z]+ )?\S*\d")


@lru_cache(maxsize=16)
def _behind(denials: tuple[str, ...], endings: tuple[str, ...], filling: tuple[str, ...]) -> re.Pattern[str]:
    """A denial right behind a word, with nothing but filling words in between, or as its end."""
    return re.compile(
        rf"(?i)\w*?(?:[ -]?(?:{_alternatives(endings)})|\w*(?:[ -]+(?:{_alternatives(filling)}))*[ -]+(?:{_alternatives(denials)}))"
        r"(?![A-Za-z0-9])"
    )


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(plain(word)) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=256)
def quick_words(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """How each of these words begins at least where it stands, without its case: to see fast that none of them can."""
    return tuple(dict.fromkeys(plain(word).lstrip("~=").partition(" ")[0].casefold() for word in wanted))
