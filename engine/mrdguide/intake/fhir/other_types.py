"""Resources of types that are not read: what they tell of the disease or its therapy, by a code or in words.

They give no fact. One that tells what would be news beside what is recorded opens what that could change, as a text that a
person can read; most of a chart (encounters, claims, plans) tells nothing, and opens nothing.
One that did not come about is no therapy; why it did not may be news.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ...reading.computed import computed
from ...reading.written_words import drug_meant
from .amended import read_provenance
from .asides import everything_said
from .attached import cannot_be_read
from .codes import CodeTable, Meaning
from .codes.table import DOMAINS, Domain, Reading
from .collecting import DROPPED, Collector, status_of
from .course_codes import codes_of_the_course, concepts, is_coded_as_news
from .current import OBJECT, Resource
from .elements import codings, meanings
from .families import is_oneself, is_section_of_family
from .questions import answered_against, without_what_is_no
from .saying import is_dated, mentions, plain, quick_words, says
from .subjects import is_about
from .unread import by_words, in_order, news_of, tells_of_another_disease, tells_of_the_course
from .withheld import kept_back

_WITH_SECTIONS = ("Composition", "List")
# An entity, or a tag inside a word.
_MARKUP = re.compile(r"&#?\w+;|\w<[a-z/][^<>]*>\w")


def read_other_types(collector: Collector, patient: Resource, names: frozenset[str]) -> None:
    """Open what resources of types that are not read tell; when everything else was read, so that it is known what is news."""
    table, of_therapy = collector.table, _news_of_therapy(collector)
    for resource in collector.other_types:
        kind = str(resource.get("resourceType"))
        if kind == "Provenance":
            read_provenance(collector, resource, names)
        if is_of_others(table.reading, resource) or status_of(resource) == "entered-in-error":
            continue
        found = _told(collector, resource, of_therapy)
        told = "speaks of the disease"
        if cannot_be_read(resource):
            found, told = set(DOMAINS), "what is attached cannot be read"
        if found and is_about(collector, resource, patient, names, in_order(found)):
            collector.open_text(in_order(found), resource, f"{kind} is not read, and {told}", "text")
        if kind in _WITH_SECTIONS:
            _open_what_is_kept_back(collector, resource, patient, names)


def _open_what_is_kept_back(collector: Collector, resource: Resource, patient: Resource, names: frozenset[str]) -> None:
    for domains, reason in kept_back(collector.table, resource):
        if is_about(collector, resource, patient, names, domains):
            collector.open(domains, resource, reason, "emptyReason")


class _Words:
    """What a resource says, put together when it is first needed: only where a word that is looked for can be in it."""

    def __init__(self, table: CodeTable, resource: Resource) -> None:
        self._table, self._reading, self._resource = table, table.reading, resource
        self.whole = plain(str(resource)).casefold()
        if "'contenttype'" in self.whole or "'data'" in self.whole or _MARKUP.search(self.whole):
            self.whole += plain(
                self.said
            ).casefold()  # what is attached or marked up is not to be seen before it is decoded

    @computed
    def said(self) -> str:
        return everything_said(_of_the_patient_now(self._table, self._resource))

    def may_say(self, wanted: tuple[str, ...]) -> bool:
        # Within a phrase there may be tags.
        return any(word in self.whole for word in quick_words(wanted))

    def say(self, wanted: tuple[str, ...]) -> bool:
        return self.may_say(wanted) and says(self._reading, self.said, wanted)


def _told(collector: Collector, resource: Resource, of_therapy: tuple[str, ...]) -> set[Domain]:
    table, reading = collector.table, collector.table.reading
    words = _Words(table, resource)
    found: set[Domain] = set(news_of(table, words.said)) if words.may_say(_words_of_news(reading)) else set()
    if _tells_of_the_course(table, resource, words) or _is_a_goal_that_failed(reading, resource):
        found.add("diagnosis")
    if resource.get("resourceType") == "QuestionnaireResponse":
        found |= answered_against(table, resource)
    if _is_an_unread_result(table, resource):
        found.add("mrd")
    if resource.get("resourceType") in reading.types_of_reactions:
        # An allergy to a drug for the disease may be harm by what is given.
        found |= {"harm"} if words.say(reading.words["therapy"]) else set()
    elif (
        resource.get("doNotPerform") is not True
        and status_of(resource) not in DROPPED
        and (words.say(of_therapy) or _is_coded_therapy(collector, resource, words.whole))
    ):
        found.add("therapy")
    return found


def _of_the_patient_now(table: CodeTable, resource: Resource) -> Any:
    """A resource without questions that are answered with no, what is only foreseen in it, and what is of the family."""
    kind = resource.get("resourceType")
    if kind == "QuestionnaireResponse":
        return without_what_is_no(table, resource)
    foreseen = table.reading.foreseen.get(str(kind), ())
    if not foreseen and kind not in table.reading.document_types:
        return resource
    return _kept(table.reading, resource, foreseen)


def _kept(reading: Reading, value: Any, foreseen: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_kept(reading, item, foreseen) for item in value if not is_section_of_family(reading, item)]
    if not isinstance(value, OBJECT):
        return value
    return {
        name: _kept(reading, item, foreseen)
        for name, item in value.items()
        if name not in foreseen or is_dated(everything_said({"item": item}))
    }


def is_of_others(reading: Reading, resource: Resource) -> bool:
    """Whether a type speaks of others or of nobody: a relative who is not the patient, a group without members."""
    kind = resource.get("resourceType")
    if kind not in reading.types_of_others:
        return False
    return not (kind == "Group" and resource.get("member")) and not (
        kind == "FamilyMemberHistory" and is_oneself(resource)
    )


def _is_a_goal_that_failed(reading: Reading, resource: Resource) -> bool:
    """Whether a goal for the course of the disease, to keep it in remission, was not reached."""
    reached = {code for _, code, _ in codings(resource.get("achievementStatus"))}
    if resource.get("resourceType") != "Goal" or reached.isdisjoint(reading.failed_goals):
        return False
    said = everything_said(resource)
    course = (*reading.course_words, *reading.remission_words, *reading.steady_words)
    return mentions(reading, said, reading.disease_words) and mentions(reading, said, course)


@lru_cache(maxsize=16)
def _news(*lists: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for words in lists for word in words))


def _words_of_news(reading: Reading) -> tuple[str, ...]:
    """Words of which one must be in a text that tells news."""
    return _news(*reading.news_words.values(), *reading.result_words.values(), *reading.good_words.values())


def _words_of_the_course(reading: Reading) -> tuple[str, ...]:
    return _news(reading.course_words, reading.course_words_of_it, reading.rising_words, reading.remission_words)


def _news_of_therapy(collector: Collector) -> tuple[str, ...]:
    """The words for therapy that no recorded phase explains."""
    reading, phases = collector.table.reading, collector.profile.get("therapy", ())
    explained = {word for entry in phases for word in reading.phase_words.get(entry.get("phase"), ())}
    drugs = _drugs(collector)
    combinations = [name for name, parts in reading.regimens.items() if not drugs.issuperset(parts)]
    return tuple(
        word
        for word in (*reading.words["therapy"], *combinations)
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
    if words.may_say(_words_of_the_course(reading)):
        of_it = resource.get("resourceType") in reading.document_types
        of_it = of_it or mentions(reading, everything_said(resource), reading.disease_words)
        if of_it and tells_of_the_course(table, words.said, of_the_disease=True):
            return True
    if words.may_say((*reading.other_disease_words, *reading.everyday_names)) and tells_of_another_disease(
        reading, words.said
    ):
        return True
    return any(code in words.whole for code in codes_of_the_course(table)) and is_coded_as_news(table, resource)


def _is_an_unread_result(table: CodeTable, resource: Resource) -> bool:
    """Whether a document by its title or summary is a result of an MRD test that nobody has read."""
    return resource.get("resourceType") in table.reading.document_types and "mrd" in by_words(table, resource)
