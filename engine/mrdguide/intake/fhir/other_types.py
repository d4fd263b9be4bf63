"""Resources of types that are not read: what they tell of the disease or its therapy, by a code or in words.

They give no fact. One that tells what would be news beside what is recorded opens what that could change, as a text that a
person can read; most of a chart (encounters, claims, plans) tells nothing, and opens nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ...reading.written_words import drug_meant
from .asides import concepts, everything_said
from .codes import CodeTable
from .codes.table import Domain
from .collecting import DROPPED, Collector, status_of
from .current import Resource
from .elements import codings
from .saying import says
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
        if found and is_about(collector, resource, patient, names):
            collector.open_text(in_order(found), resource, f"{kind} is not read, and speaks of the disease", "text")


def _told(collector: Collector, resource: Resource, of_therapy: tuple[str, ...]) -> set[Domain]:
    table, reading = collector.table, collector.table.reading
    whole = str(resource).casefold()
    found = {domain for domain, wanted in reading.news_words.items() if _says(table, resource, whole, wanted)}
    if _tells_of_the_course(table, resource, whole):
        found.add("diagnosis")
    if _is_an_unread_result(table, resource):
        found.add("mrd")
    if resource.get("resourceType") in reading.types_of_reactions:
        # An allergy to a drug that is given is harm by it; to another one it is not.
        found |= {"harm"} if _says(table, resource, whole, reading.words["therapy"]) else set()
    elif resource.get("doNotPerform") is not True and (
        _says(table, resource, whole, of_therapy) or _is_coded_therapy(collector, resource, whole)
    ):
        found.add("therapy")
    return found


def _says(table: CodeTable, resource: Resource, whole: str, wanted: tuple[str, ...]) -> bool:
    # Its words are put together only where one of them can be there; within a phrase there may be tags.
    return any(word in whole for word in _beginnings(wanted)) and says(table.reading, everything_said(resource), wanted)


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
        meaning.kind in _THERAPY and meaning.means not in recorded
        for concept in concepts(resource)
        for system, code, _ in codings(concept)
        if (meaning := collector.table.meaning(system, code)) is not None
    )


_THERAPY = ("drug", "transplant")
_CODE = re.compile(r"'code': '([^']+)'")


@lru_cache(maxsize=16)
def _therapy_codes(table: CodeTable) -> frozenset[str]:
    return frozenset(code.casefold() for (_, code), meaning in table.codes.items() if meaning.kind in _THERAPY)


def _tells_of_the_course(table: CodeTable, resource: Resource, whole: str) -> bool:
    """Whether a resource of a type that is not read tells that the disease came back, by a code or in words.

    By words it must name the disease as well, unless it is a document, and not deny it.
    """
    reading = table.reading
    is_document = resource.get("resourceType") in reading.document_types
    if any(word in whole for word in reading.course_words):
        said = everything_said(resource)
        names_it = is_document or any(word in said.casefold() for word in reading.disease_words)
        if names_it and says(reading, said, reading.course_words):
            return True
    if _says(table, resource, whole, reading.other_disease_words):
        return True
    return any(code in whole for code in _codes_of_the_course(table)) and any(
        _of_the_course(meaning.means)
        for concept in concepts(resource)
        for system, code, _ in codings(concept)
        if (meaning := table.meaning(system, code)) is not None
    )


def _is_an_unread_result(table: CodeTable, resource: Resource) -> bool:
    """Whether a document by its title or summary is a result of an MRD test that nobody has read."""
    return resource.get("resourceType") in table.reading.document_types and "mrd" in by_words(table, resource)


def _of_the_course(means: str) -> bool:
    return means.startswith("event.") or means.endswith("-in-relapse") or means in _OTHER_DISEASE


_OTHER_DISEASE = ("condition.plasma-cell-leukemia", "condition.extramedullary-plasmacytoma")


@lru_cache(maxsize=16)
def _codes_of_the_course(table: CodeTable) -> tuple[str, ...]:
    """Codes that tell of the course, as they may be written."""
    names = {code for (_, code), meaning in table.codes.items() if _of_the_course(meaning.means)}
    return tuple(sorted({form.casefold() for code in names for form in (code, f"{code[:3]}.{code[3:]}")}))
