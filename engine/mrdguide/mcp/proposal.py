"""A proposed profile: every fact with the words that it was read from, checked before a person sees it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic import Field, StrictInt

from ..case.doubts import without_doubts
from ..errors import PatientError, Problem
from ..intake.fhir.codes import load_table
from ..intake.fhir.unread import forget_words, spoken_of
from ..patient.canonical import canonical_json
from ..patient.reader import read_patient
from ..reading.validation import StrictModel
from .documents import Letter, Place
from .wording import may_deny, shows, speaks_for_stopping, why_not_taken, wording

SOURCE = "proposal"
_LONGEST_QUOTATION = 2_000
MOST_READINGS = 5_000
_INDEX = re.compile(r"\[\d+\]")
# Named by whoever asks; it says nothing of a patient.
_NOT_READ = ("id",)

Leaf = tuple[str, Any]


class Reading(StrictModel):
    """Words of a document, and the facts that were read from them."""

    paths: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)] = Field(
        description="places of the profile: mrd[0].result, or mrd[0] for all that is in it"
    )
    document: str = Field(description="the name of the document")
    words: Annotated[str, Field(min_length=1, max_length=_LONGEST_QUOTATION)] = Field(
        description="the words as they are in the document, whole words, nothing left out"
    )
    page: StrictInt | None = Field(
        None, description="where they are, counted from 1; needed if they occur more than once"
    )
    line: StrictInt | None = Field(None, description="where they begin, counted from 1 over the whole document")
    start: StrictInt | None = Field(None, description="their first character, counted from 0")


class Quotation(NamedTuple):
    """Words that were found where they were said to be, and the sentences around them."""

    document: str
    origin: str
    place: Place
    words: str
    sentences: str

    def to_dict(self) -> dict[str, Any]:
        return {"document": self.document, "origin": self.origin, **self.place._asdict(), "words": self.words,
                "sentences": self.sentences}  # fmt: skip


class ReadFact(NamedTuple):
    """One fact with its words; `look_at` says why a person should look twice."""

    path: str
    value: Any
    for_stopping: bool
    quotations: tuple[Quotation, ...]
    look_at: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"path": self.path, "value": self.value, "for_stopping": self.for_stopping,
                "quotations": [item.to_dict() for item in self.quotations], "look_at": list(self.look_at)}  # fmt: skip


class OpenSentence(NamedTuple):
    """A sentence that no fact was read from and that speaks of the disease, its therapy or its tests."""

    document: str
    place: Place
    words: str
    domains: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"document": self.document, **self.place._asdict(), "words": self.words, "domains": list(self.domains)}


@dataclass(frozen=True)
class Proposal:
    """What a model proposes, and the documents that it was read from."""

    profile: Mapping[str, Any]
    facts: tuple[ReadFact, ...]
    open_sentences: tuple[OpenSentence, ...]
    doubts: tuple[str, ...]
    letters: Mapping[str, Letter]

    def to_dict(self) -> dict[str, Any]:
        return {
            "profile": dict(self.profile),
            "facts": [item.to_dict() for item in self.facts],
            "open_sentences": [item.to_dict() for item in self.open_sentences],
            "doubts": list(self.doubts),
            "documents": {
                name: {"sha256": item.fingerprint, "origin": item.origin} for name, item in sorted(self.letters.items())
            },
        }

    @property
    def name(self) -> str:
        """A fingerprint of everything in it: another fact, word or document has another one."""
        return fingerprint(self.to_dict())


def fingerprint(plain: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(plain).encode("ascii")).hexdigest()


def proposed(
    profile: Mapping[str, Any], readings: Sequence[Reading], letters: Mapping[str, Letter], today: int
) -> Proposal:
    """Check a profile against the words that it is said to be read from. `today`, an ordinal, is the day of the proposal:
    what cannot be on it is told as doubts.

    Raises:
        PatientError: with every fact that is refused and why: not of the right form, without words, with words that are
            not in the document, or with words that cannot carry it.
    """
    patient = read_patient(profile)
    problems: list[Problem] = list(_said_by_persons(profile))
    found = [_quotation(item, index, letters, problems) for index, item in enumerate(readings)]
    leaves = list(_leaves(profile))
    problems += _of_nothing(readings, leaves)
    facts = [
        _fact(
            leaf,
            [one for one, item in zip(found, readings, strict=True) if one and _covers(item.paths, leaf[0])],
            problems,
        )
        for leaf in leaves
    ]
    if problems:
        raise PatientError(problems)
    doubts = tuple(f"{item.path}: {item.text}" for item in without_doubts(patient, today).found)
    return Proposal(
        profile, tuple(facts), tuple(_open(letters, [item for item in found if item])), doubts, dict(letters)
    )


def _said_by_persons(profile: Mapping[str, Any]) -> Iterator[Problem]:
    for key, why in wording().said_by_persons.items():
        if key in profile:
            yield Problem(f"'{key}' is not read from documents", SOURCE, key, hint=why, code="misplaced")


def _leaves(value: Any, path: str = "") -> Iterator[Leaf]:
    """Every value of a profile with its path; a list of words counts as one value for each word."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if path or key not in _NOT_READ:
                yield from _leaves(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def _covers(paths: Iterable[str], leaf: str) -> bool:
    return any(leaf == path or leaf.startswith((f"{path}.", f"{path}[")) for path in paths)


def _of_nothing(readings: Sequence[Reading], leaves: Sequence[Leaf]) -> Iterator[Problem]:
    for index, item in enumerate(readings):
        for path in item.paths:
            if not any(_covers([path], leaf) for leaf, _ in leaves):
                yield Problem(
                    f"the profile has nothing at '{path}'", SOURCE, f"read_from[{index}].paths", code="unknown-fact"
                )


def _quotation(item: Reading, index: int, letters: Mapping[str, Letter], problems: list[Problem]) -> Quotation | None:
    """The words in their document; None, with a problem, where they are not there or may be at several places."""
    path = f"read_from[{index}]"
    letter = letters.get(item.document)
    if letter is None:
        known = ", ".join(sorted(letters)) or "none yet"
        problems.append(
            Problem(
                f"there is no document of the name given; there are: {known}",
                SOURCE,
                f"{path}.document",
                code="not-found",
            )
        )
        return None
    places = [
        place for place in letter.found(item.words)
        if (item.page in (None, place.page)) and (item.line in (None, place.line)) and (item.start in (None, place.start))
    ]  # fmt: skip
    if len(places) == 1:
        place = places[0]
        return Quotation(letter.name, letter.origin, place, letter.words(place.start, place.end), letter.around(place))
    if places:
        lines = ", ".join(str(place.line) for place in places[:10])
        message = f"these words are in {letter.name} {len(places)} times; say which with line or start (lines {lines})"
    else:
        message = (
            f"these words are not in {letter.name} (at the place given, if any); quote what is there, word for word"
        )
    problems.append(Problem(message, SOURCE, f"{path}.words", code="not-found"))
    return None


def _fact(leaf: Leaf, quotations: Sequence[Quotation], problems: list[Problem]) -> ReadFact:
    path, value = leaf
    field = _INDEX.sub("", path)
    words = " ".join(item.words for item in quotations)
    sentences = [item.sentences for item in quotations]
    for_stopping = _for_stopping(field, value)
    look_at = []
    if not quotations:
        problems.append(
            Problem(
                "no words were given for it",
                SOURCE,
                path,
                hint="a fact without words is not taken; leave it out",
                code="missing-key",
            )
        )
    elif not shows(value, words):
        if not isinstance(value, str) or value[:1].isdigit():
            problems.append(
                Problem(
                    f"the words do not show {value!r}",
                    SOURCE,
                    path,
                    hint="quote the words that do, or leave it out",
                    code="contradiction",
                )
            )
        look_at.append("the words do not say it in this way")
    if quotations and for_stopping:
        why = why_not_taken(field.removesuffix(".status"), value, sentences)
        if why:
            problems.append(
                Problem(
                    f"it speaks for stopping, and {why}",
                    SOURCE,
                    path,
                    hint="leave it out: what is unclear stays unknown",
                    code="contradiction",
                )
            )
        denial = may_deny(value, sentences)
        look_at += [f"the sentence has '{denial}' in it"] if denial else []
    return ReadFact(path, value, for_stopping, tuple(quotations), tuple(look_at))


def _for_stopping(field: str, value: Any) -> bool:
    return speaks_for_stopping(field, value) or speaks_for_stopping(f"{field}.status", value)


def _open(letters: Mapping[str, Letter], found: Sequence[Quotation]) -> Iterator[OpenSentence]:
    table = load_table()
    try:
        for letter in letters.values():
            read = [item.place for item in found if item.document == letter.name]
            for place in letter.sentences:
                if any(item.start < place.end and place.start < item.end for item in read):
                    continue
                words = letter.words(place.start, place.end)
                domains = spoken_of(table, words)
                if domains:
                    yield OpenSentence(letter.name, place, words, domains)
    finally:
        forget_words()
