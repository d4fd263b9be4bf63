"""What quoted words say of a fact: whether they show its value, and whether they may carry one that speaks for stopping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from math import isclose
from pathlib import Path
from typing import Any

from ..dates import parse_date
from ..intake.fhir.codes import load_table
from ..intake.fhir.codes.table import Domain
from ..intake.fhir.saying import says
from ..patient.bad_news import registry
from ..reading.data_file import read_as
from ..reading.validation import StrictModel
from ..reading.written_words import is_written_in

# Superscripts, the multiplication sign, the minus and the en dash, as people and word processors write powers of ten.
_AS_TYPED = str.maketrans(
    "\N{SUPERSCRIPT ZERO}\N{SUPERSCRIPT ONE}\N{SUPERSCRIPT TWO}\N{SUPERSCRIPT THREE}\N{SUPERSCRIPT FOUR}"
    "\N{SUPERSCRIPT FIVE}\N{SUPERSCRIPT SIX}\N{SUPERSCRIPT SEVEN}\N{SUPERSCRIPT EIGHT}\N{SUPERSCRIPT NINE}"
    "\N{SUPERSCRIPT MINUS}\N{MULTIPLICATION SIGN}\N{MINUS SIGN}\N{EN DASH}",
    "0123456789-x--",
)
_POWER = re.compile(r"(?:(\d+(?:[.,]\d+)?)\s*[x*]\s*)?10\s*\^?\s*\(?(-\s*\d{1,2})\)?(?!\d)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", re.IGNORECASE)
_SHARE = re.compile(r"(\d[\d.,]*(?:e[-+]?\d+)?)\s*(?:%|percent|per cent)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SCALED = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]+)", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_BRACKETS = re.compile(r"(?<=\w)\([^()\s]{1,20}\)")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_PLAIN = re.compile(r"[\W_]+")


class Wording(StrictModel):
    """The word lists of `wording.yaml`; each key is explained there."""

    doubtful: tuple[str, ...]
    absence: tuple[str, ...]
    denials: tuple[str, ...]
    beside: dict[str, Domain]
    also_for_stopping: dict[str, tuple[str | bool | None, ...]]
    say_absence: tuple[str, ...]
    names: dict[str, tuple[str, ...]]
    numbers: dict[int, tuple[str, ...]]
    scales: dict[str, float]
    months: tuple[tuple[str, ...], ...]
    said_by_persons: dict[str, str]


@cache
def wording() -> Wording:
    """The shipped lists.

    Raises:
        UsageError: they cannot be read.
    """
    return read_as(Path(__file__).with_name("wording.yaml"), Wording)


def speaks_for_stopping(field: str, value: Any) -> bool:
    """Whether a value of a field (its path without indexes) is favourable, or takes the weight from bad news."""
    news = registry().field(field)
    also = wording().also_for_stopping.get(field, ())
    favourable = news is not None and value is not None and news.of(value) == "favourable"
    return favourable or any(value is item or (isinstance(item, str) and value == item) for item in also)


def why_not_taken(field: str, value: Any, sentences: Sequence[str]) -> str:
    """Why a fact that speaks for stopping is not taken from these sentences; empty where it is."""
    lists, reading = wording(), load_table().reading
    absence = _says_absence(value)
    domain = lists.beside.get(field.partition(".")[0])
    beside = reading.beside_words.get(domain, ()) if domain is not None else ()
    for sentence in sentences:
        doubt = _first(lists.doubtful, sentence)
        if doubt:
            return f"the sentence is doubtful ('{doubt}')"
        if beside and says(reading, _without_brackets(sentence), beside):
            return "the sentence says something that takes its ground away"
        worse = (*reading.found_words, *reading.course_words, *reading.course_words_of_it, *reading.rising_words)
        if absence and says(reading, _without_brackets(sentence), worse):
            return "the sentence says that something was found"
    names = lists.names.get(field, ())
    named = [sentence for sentence in sentences if not names or _first(names, sentence)]
    if not named:
        return f"no sentence names what it is about ({', '.join(names)})"
    if absence and not any(_first(lists.absence, sentence) for sentence in named):
        return "the sentence does not say that it is absent, negative or not detected"
    return ""


def may_deny(value: Any, sentences: Iterable[str]) -> str:
    """The word by which these sentences may deny a fact that is no absence; empty where there is none."""
    if _says_absence(value):
        return ""
    return next((found for sentence in sentences if (found := _first(wording().denials, sentence))), "")


def shows(value: Any, words: str) -> bool:
    """Whether the words show a value: a date, a number, or a word as people write it. Yes and no always may."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return any(isclose(value, found, rel_tol=1e-6) for found in _numbers(words))
    text = str(value)
    try:
        date = parse_date(text).text
    except ValueError:
        return is_written_in(text, words)
    return _shows_date(date, words)


def _says_absence(value: Any) -> bool:
    return str(value).lower() in wording().say_absence


def _first(listed: Iterable[str], sentence: str) -> str:
    found = _pattern(tuple(listed)).search(sentence.casefold())
    return found[0] if found else ""


@cache
def _pattern(listed: tuple[str, ...]) -> re.Pattern[str]:
    """Short words count whole: `no` is not `normal`, `if` not `iff`."""
    return re.compile("|".join(
        (rf"(?<!\w){re.escape(item)}" + (r"(?!\w)" if len(item) < 5 else "")) if item[0].isalnum() else re.escape(item)
        for item in sorted(listed, key=len, reverse=True)
    ))  # fmt: skip


def _without_brackets(sentence: str) -> str:
    """`del(17p)` and `t(4;14)` as one word: what stands before them is said of them."""
    return _BRACKETS.sub(lambda found: _PLAIN.sub("", found[0]), sentence)


def _numbers(words: str) -> Iterator[float]:
    text = words.translate(_AS_TYPED)
    for factor, power in _POWER.findall(text):
        yield (_float(factor) if factor else 1.0) * 10.0 ** int(power.replace(" ", ""))
    for share in _SHARE.findall(text):
        yield _float(share) / 100
    for item, scale in _SCALED.findall(text):
        yield _float(item) * wording().scales.get(scale.casefold(), 1)
    for item in _NUMBER.findall(text):
        yield _float(item)
        if _THOUSANDS.fullmatch(item):
            yield _float(item.replace(".", "").replace(",", ""))
    yield from map(float, _YEAR.findall(text))
    spoken = {item.casefold() for item in _LETTERS.findall(text)}
    yield from (float(number) for number, names in wording().numbers.items() if spoken.intersection(names))


def _float(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("nan")


def _shows_date(date: str, words: str) -> bool:
    year, *rest = (int(part) for part in date.split("-"))
    digits = [int(item) for item in re.findall(r"\d+", words)]
    spoken = [item.casefold() for item in _LETTERS.findall(words)]
    if year not in digits and year % 100 not in digits:
        return False
    if rest and rest[0] not in digits and not any(item.startswith(wording().months[rest[0] - 1]) for item in spoken):
        return False
    return (
        len(rest) < 2
        or rest[1] in digits
        or any(re.match(rf"{rest[1]}(?:st|nd|rd|th)\b", item) for item in words.split())
    )
