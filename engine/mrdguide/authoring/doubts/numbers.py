"""Numbers: a title or sentence that says another one than its rule, and one that was changed away from what is cited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import Problem
from ...logic.operators.reference import references
from ...reading.numbers import numbers_in
from ...reading.validation import counts_months, months_of
from ...report.for_patients.plain_language import wording
from ...rulebook.book import RuleBook
from ...rulefiles.source import JUDGED, RuleSource, read_source

# A number with its unit: what is counted without one (line 2, criterion 3) means nothing to compare.
_NUMBER = r"(\d+e-\d+|\d+(?:\.\d+)?)"
_SAID = re.compile(
    rf"(?<![\w(;.-]){_NUMBER}\s*(%|percent\b|months?\b|years?\b|days?\b|mg/L\b|mg/dL\b|g/L\b|g/dL\b|mmol/L\b|tests?\b)?(?![\w(;])"
)
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "twelve": 12, "eighteen": 18}
_IN_WORDS = re.compile(rf"\b({'|'.join(_WORDS)})\s+(months?|years?)\b", re.IGNORECASE)
_HARDLY_MONTHS = 84
_TEXTS = ("title", "title_unknown")
_PATIENTS = "report/for_patients/wording/plain_language.yaml"


def doubts_on_numbers(rules: RuleBook, source: RuleSource) -> Iterator[Problem]:
    """What titles and words for patients say beside what the rules compare with, and what a layer has changed."""
    held = {name: _held(rules, name) for name in rules.rules}
    for section in JUDGED:
        for name, (entry, place) in source.entries[section].items():
            for key in _TEXTS:
                for said, words in _said(getattr(entry, key, "")):
                    if not _among(said, held[name]):
                        text = f"the {key.replace('_', ' ')} of '{name}' says {words}; its condition compares with no such number"
                        hint = "correct the text or the condition" + _near(held[name])
                        yield place.problem(text, key, code="number-in-words", hint=hint, severity="warning")
    yield from _words_for_patients(rules, source, held)
    yield from _changed_away(rules, source)
    yield from _days_for_months(source)


def _words_for_patients(rules: RuleBook, source: RuleSource, held: Mapping[str, frozenset[float]]) -> Iterator[Problem]:
    told = wording().reasons
    for section in JUDGED:
        for name, (_, place) in source.entries[section].items():
            for said, words in _said(told.get(name, "")):
                if not _among(said, held[name]):
                    text = f"patients are told {words} for '{name}'; its condition compares with no such number"
                    hint = f"correct the words in {_PATIENTS}, or the condition" + _near(held[name])
                    yield place.problem(text, "id", code="number-in-words", hint=hint, severity="warning")


def _changed_away(rules: RuleBook, source: RuleSource) -> Iterator[Problem]:
    """Numbers that a layer changed in an entry of the book below it, and that what it cites does not hold."""
    if len(rules.folders) < 2:
        return
    below = read_source(rules.folders[:-1])
    for section in JUDGED:
        for name, (entry, place) in source.entries[section].items():
            in_the_last = Path(place.document.name).is_relative_to(rules.folders[-1])
            if not in_the_last or name not in below.entries[section] or not entry.cites:
                continue
            new = _numbers_of(entry.when) - _numbers_of(below.entries[section][name][0].when)
            texts = " ".join(_evidence_text(rules, cited.partition("#")[0]) for cited in entry.cites)
            there = frozenset(number for said, _ in _all_numbers(texts) for number in said)
            for number in sorted(new):
                if not _among((number,), there):
                    text = f"'{name}' compares with {number:g} now, which nothing that it cites holds"
                    yield place.problem(
                        text, "when", code="number-not-cited", severity="warning",
                        hint="cite what says so, or say in 'why' that it is judgement",
                    )  # fmt: skip


def _days_for_months(source: RuleSource) -> Iterator[Problem]:
    """More months than any study of stopping has followed, where as many days would be in its range."""
    for name, (_, place) in source.entries["criteria"].items():
        written = place.document.data
        for step in place.path:
            written = written[step]
        for path, number in _numbers_at(written.get("when")):
            if counts_months(path) and number >= _HARDLY_MONTHS:
                yield place.problem(
                    f"'{name}' counts {number:g} months, which are {number / 12:.0f} years", "when", *path, code="days-for-months",
                    hint=f"if days are meant, write {months_of(number).rpartition(' ')[0].removeprefix('about ')}", severity="warning",
                )  # fmt: skip


def _numbers_at(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], float]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _numbers_at(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _numbers_at(inner, (*path, index))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path, value


def _held(rules: RuleBook, name: str, seen: frozenset[str] = frozenset()) -> frozenset[float]:
    """Every number that a rule compares with, itself or through the rules that it names."""
    if name in seen or name not in rules.rules:
        expression = rules.decider.derived_rules.get(name)
        if name in seen or expression is None:
            return frozenset()
    else:
        expression = rules.rules[name].when
    found = set(_numbers_of(expression))
    for inner in references(expression):
        found |= _held(rules, inner, seen | {name})
    return frozenset(found)


def _numbers_of(expression: Any) -> frozenset[float]:
    return frozenset(numbers_in(expression.model_dump(mode="json")))


def _said(text: str) -> Iterator[tuple[tuple[float, ...], str]]:
    """Numbers with a unit in a text, each as all it may be in a rule: years as months, percent as fractions."""
    for match in _SAID.finditer(text):
        if match.group(2) or "e" in match.group(1):
            yield _meant(float(match.group(1)), match.group(2) or ""), match.group(0).strip()
    for match in _IN_WORDS.finditer(text):
        yield _meant(float(_WORDS[match.group(1).lower()]), match.group(2)), match.group(0)


def _all_numbers(text: str) -> Iterator[tuple[tuple[float, ...], str]]:
    for match in re.finditer(rf"{_NUMBER}\s*(%|months?|years?)?", text):
        yield _meant(float(match.group(1)), match.group(2) or ""), match.group(0)
    yield from _said(text)


def _meant(number: float, unit: str) -> tuple[float, ...]:
    if unit.startswith("year"):
        return number, number * 12
    if unit.startswith("month"):
        return number, number / 12
    return (number, number / 100) if unit in ("%", "percent") else (number,)


def _among(said: tuple[float, ...], held: frozenset[float]) -> bool:
    return any(abs(one - other) <= 1e-9 * max(1.0, abs(other)) if other >= 1e-3 else abs(one / other - 1) < 1e-6
               for one in said for other in held if other)  # fmt: skip


def _near(held: frozenset[float]) -> str:
    return f"; it compares with {', '.join(f'{number:g}' for number in sorted(held)[:6])}" if held else ""


def _evidence_text(rules: RuleBook, entry_id: str) -> str:
    if entry_id not in rules.evidence:
        return ""
    return str(rules.evidence.entry(entry_id).model_dump(mode="json", exclude={"citation", "sources", "registrations"}))
