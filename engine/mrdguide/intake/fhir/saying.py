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
# What a pattern without case takes for an i, and a text in small letters does not.
_DOTLESS = "\N{LATIN SMALL LETTER DOTLESS I}"
# How far behind a word a day, or the end of what is denied, may stand.
_NEAR = 3


def says(reading: Reading, text: str, wanted: Iterable[str]) -> bool:
    """Whether a text says one of these words anywhere without denying it, before or behind, or only expecting it."""
    pattern, typed = _searched(text, tuple(wanted))
    return pattern is not None and any(
        not _denied(reading, part[: found.start()], part[found.end() :])
        for part in _PARTS.split(_without_denied_lists(reading, _without_ordinary(reading, typed)))
        for found in pattern.finditer(part)
    )


def says_with(reading: Reading, text: str, wanted: Iterable[str], beside: Iterable[str]) -> bool:
    """Whether it says one of these words in a sentence that has one of the others as well."""
    words, others = tuple(wanted), tuple(beside)
    pattern, typed = _searched(text, words)
    return pattern is not None and any(
        mentions(reading, sentence, others) and says(reading, sentence, words) for sentence in _SENTENCES.split(typed)
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
    # Only words of which the beginning is there can be there: a pattern of a few is much faster than one of hundreds.
    if _DOTLESS not in small:
        words = tuple(word for beginning, word in _with_beginnings(words) if beginning in small)
    pattern = _any(words)
    return (pattern if pattern.search(typed) else None), typed


def _denied(reading: Reading, before: str, behind: str) -> bool:
    if _until(reading.ending_words).search(" ".join(behind.split()[: _NEAR + 1])):
        return False
    denials = [*_whole(reading.denying_words).finditer(before)]
    between = before[denials[-1].end() :] if denials else ""
    if _behind(reading.behind_words, reading.free_words, reading.filling_words).match(behind):
        return not denials or len(between.split()) > 1
    counted = [word for word in between.split() if word.casefold() not in reading.denial_filling]
    if denials and len(counted) <= reading.denied_words and not _whole(reading.turning_words).search(between):
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
    """A text without the words that say nothing of the disease: by themselves, or by what stands beside them."""
    left = _without_other_meanings(reading, _any(reading.ordinary_words).sub(" ", typed))
    left = _without_short_names(reading, left)
    if not phrases(reading.other_courses).search(left.casefold()):
        return left
    return _of_other_things(reading.other_courses, (*reading.course_words, *reading.course_words_of_it)).sub(
        lambda found: found[0] if _any(_of_it(reading)).search(found[0]) else " ", left
    )


def _of_it(reading: Reading) -> tuple[str, ...]:
    """Words by which a phrase is of this disease, or of more than one thing."""
    return (*reading.disease_words, *reading.course_subjects, *reading.joining_words)


def _without_other_meanings(reading: Reading, typed: str) -> str:
    """A text without the words that have another meaning beside one of some others, where its sentence is not of the disease."""
    for word, beside in reading.other_meanings.items():
        pattern = _any((word,))
        if not pattern.search(typed):
            continue
        sentences = []
        for sentence in re.split(r"(?<=[;\n])|(?<=[.!?])(?=\s)", typed):
            found = pattern.search(sentence)
            if found is not None and not _any((*reading.disease_words, *_drug_names(reading))).search(sentence):
                near = (*sentence[: found.start()].split()[-_NEAR - 1 :], *sentence[found.end() :].split()[: _NEAR + 1])
                sentence = pattern.sub(" ", sentence) if _any(beside).search(" ".join(near)) else sentence
            sentences.append(sentence)
        typed = "".join(sentences)
    return typed


def _drug_names(reading: Reading) -> tuple[str, ...]:
    return tuple(name for names in reading.drug_words.values() for name in names)


def _without_short_names(reading: Reading, typed: str) -> str:
    """A text without the names of combinations that are short forms of other things too, unless written as oncologists do
    (`PVd`), beside a word for therapy, or alone."""
    pattern = _any(reading.short_regimens)
    if not pattern.search(typed) or not _LETTERS.search(pattern.sub(" ", typed)):
        return typed
    if _any((*reading.regimen_words, *reading.disease_words)).search(typed):
        return typed
    return pattern.sub(lambda found: found[0] if found[0][-1].islower() and not found[0].islower() else " ", typed)


def _without_denied_lists(reading: Reading, typed: str) -> str:
    """A text without lists of news that are denied: commas, and a last "or". All of them must be nouns of news."""
    if "," not in typed:
        return typed
    return _denied_lists(reading.denying_words, reading.denial_filling, reading.listed_words, reading.before_listed,
                         reading.list_ends).sub(lambda found: found[0] if _goes_on(reading, typed[found.end() :]) else " ", typed)  # fmt: skip


def _goes_on(reading: Reading, behind: str) -> bool:
    """Whether what stands right behind a denied list takes the denial back, or ends it on a day."""
    near = " ".join(_PARTS.split(behind)[0].split()[: _NEAR + 1])
    denied_again = _behind(reading.behind_words, reading.free_words, reading.filling_words).match(behind)
    return bool(
        denied_again or _until(reading.ending_words).search(" ".join(behind.split()[: _NEAR + 1]))
        or _whole(reading.turning_words).search(near)
    )  # fmt: skip


@lru_cache(maxsize=1024)
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


@lru_cache(maxsize=16)
def _of_other_things(things: tuple[str, ...], course: tuple[str, ...]) -> re.Pattern[str]:
    """The course of something else: "recurrence of a hernia", "progression of myopia", "CKD progression"."""
    named, turns = _alternatives(things), _alternatives(word.lstrip("~=") for word in course if not word.isupper())
    before = rf"(?:{turns})[A-Za-z-]*(?: [A-Za-z'-]+){{0,3}}? [A-Za-z]*(?:{named})[A-Za-z]*"
    return re.compile(rf"(?<![A-Za-z0-9])(?i:{before}|[A-Za-z]*(?:{named})[A-Za-z]*[ -]?(?:{turns})[A-Za-z]*)")


@lru_cache(maxsize=16)
def _denied_lists(
    denials: tuple[str, ...], filling: tuple[str, ...], nouns: tuple[str, ...], before: tuple[str, ...], ends: tuple[str, ...]
) -> re.Pattern[str]:  # fmt: skip
    item = rf"(?:(?:{_alternatives(before)})[ '])*(?:{_alternatives(nouns)})[A-Za-z]*"
    last = rf",? (?:{_alternatives(ends)}) {item}"
    return re.compile(
        rf"(?<![A-Za-z0-9])(?i:(?:{_alternatives(denials)})(?:[ '](?:{_alternatives(filling)}))*[ ']{item}(?:, {item})+{last})"
        r"(?![A-Za-z0-9-])"
    )


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(re.escape(plain(word)) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=256)
def quick_words(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """How each of these words begins at least where it stands, without its case: to see fast that none of them can."""
    return tuple(dict.fromkeys(beginning for beginning, _ in _with_beginnings(wanted)))


@lru_cache(maxsize=256)
def _with_beginnings(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each word behind how it begins at least."""
    return tuple((plain(word).lstrip("~=").partition(" ")[0].casefold(), word) for word in words)
