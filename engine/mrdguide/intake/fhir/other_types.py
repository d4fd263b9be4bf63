"""Resources of types that are not read: what they tell of the disease or its therapy, by a code or in words.

They give no fact. One that tells what would be news beside what is recorded opens what that could change, as a text that a
person can read; most of a chart (encounters, claims, plans) tells nothing, and opens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ...reading.computed import computed
from ...reading.written_words import drug_meant
from .asides import everything_said
from .codes import CodeTable, Meaning
from .codes.table import Domain, Reading
from .collecting import DROPPED, Collector, status_of
from .course_codes import codes_of_the_course, concepts, tells_of_the_course
from .current import Resource
from .elements import meanings
from .saying import names, says
from .subjects import is_about
from .unread import by_words, in_order


def read_other_types(collector: Collector, patient: Resource, names: frozenset[str]) -> None:
    """Open what resources of types that are not read tell; when everything else was read, so that it is known what is news."""
    table, of_therapy = collector.table, _news_of_therapy(collector)
    for resource in collector.other_types:
        kind = str(resource.get("resourceType"))
        if kind in table.reading.types_of_others or status_of(resource) in DROPPED:
            continue
        found = _told(collector, resource, of_therapy)
        if found and is_about(collector, resource, patient, names, in_order(found)):
            collector.open_text(in_order(found), resource, f"{kind} is not read, and speaks of the disease", "text")


class _Words:
    """What a resource says, put together when it is first needed: only where a word that is looked for can be in it."""

    def __init__(self, reading: Reading, resource: Resource) -> None:
        self._reading, self._resource = reading, resource
        self.whole = str(resource).casefold()
        if "'contenttype'" in self.whole:
            self.whole += self.said.casefold()  # what is attached is not to be seen before it is decoded

    @computed
    def said(self) -> str:
        return everything_said(self._resource)

    def say(self, wanted: tuple[str, ...]) -> bool:
        # Within a phrase there may be tags.
        return any(word in self.whole for word in _beginnings(wanted)) and says(self._reading, self.said, wanted)


def _told(collector: Collector, resource: Resource, of_therapy: tuple[str, ...]) -> set[Domain]:
    table, reading = collector.table, collector.table.reading
    words = _Words(reading, resource)
    found = {domain for domain, wanted in reading.news_words.items() if words.say(wanted)}
    if _tells_of_the_course(table, resource, words):
        found.add("diagnosis")
    if _is_an_unread_result(table, resource):
        found.add("mrd")
    if resource.get("resourceType") in reading.types_of_reactions:
        # An allergy to a drug for the disease may be harm by what is given.
        found |= {"harm"} if words.say(reading.words["therapy"]) else set()
    elif resource.get("doNotPerform") is not True and (
        words.say(of_therapy) or _is_coded_therapy(collector, resource, words.whole)
    ):
        found.add("therapy")
    return found


@lru_cache(maxsize=64)
def _beginnings(wanted: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrase.partition(" ")[0] for phrase in wanted))


def _news_of_therapy(collector: Collector) -> tuple[str, ...]:
    """The words for therapy that no recorded phase explains."""
    reading, phases = collector.table.reading, collector.profile.get("therapy", ())
    explained = {word for entry in phases for word in reading.phase_words.get(entry.get("phase"), ())}
    drugs = _drugs(collector)
    return tuple(
        word
        for word in reading.words["therapy"]
        if word not in explained
        and (drug_meant(word) or word) not in drugs
        and not any(d.startswith(word) for d in drugs)
    )


def _drugs(collector: Collector) -> set[str]:
    return {drug.casefold() for entry in collector.profile.get("therapy", ()) for drug in entry.get("drugs", ())}


def _is_coded_therapy(collector: Collector, resource: Resource, whole: str) -> bool:
    """Whether a code in it is a drug for the disease, or a transplant, that no recorded phase has."""
    if _therapy_codes(collector.table).isdisjoint(_CODE.findall(whole)):
        return False
    recorded = {f"drug.{drug}" for drug in _drugs(collector)}
    recorded |= {f"transplant.{entry.get('kind')}" for entry in collector.profile.get("therapy", ())}
    return any(
        meaning.kind in _THERAPY and meaning.means not in recorded for meaning in _meanings(collector.table, resource)
    )


def _meanings(table: CodeTable, resource: Resource) -> Iterator[Meaning]:
    """What the codes anywhere in a resource mean."""
    for concept in concepts(resource):
        for meaning, _, _ in meanings(table, concept):
            yield meaning


_THERAPY = ("drug", "transplant")
_CODE = re.compile(r"'code': '([^']+)'")


@lru_cache(maxsize=16)
def _therapy_codes(table: CodeTable) -> frozenset[str]:
    return frozenset(code.casefold() for (_, code), meaning in table.codes.items() if meaning.kind in _THERAPY)


def _tells_of_the_course(table: CodeTable, resource: Resource, words: _Words) -> bool:
    """Whether a resource of a type that is not read tells that the disease came back, by a code or in words.

    By words it must name the disease as well, unless it is a document, and not deny it.
    """
    reading = table.reading
    is_document = resource.get("resourceType") in reading.document_types
    if words.say(reading.course_words) and (is_document or names(words.said, reading.disease_words)):
        return True
    if words.say(reading.other_disease_words):
        return True
    return any(code in words.whole for code in codes_of_the_course(table)) and tells_of_the_course(table, resource)


def _is_an_unread_result(table: CodeTable, resource: Resource) -> bool:
    """Whether a document by its title or summary is a result of an MRD test that nobody has read."""
    return resource.get("resourceType") in table.reading.document_types and "mrd" in by_words(table, resource)
