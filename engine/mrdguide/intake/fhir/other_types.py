"""Resources of types that are not read: what they tell of the disease or its therapy, by a code or in words.

They give no fact. One that tells what would be news beside what is recorded opens what that could change, as a text that a
person can read; most of a chart (encounters, claims, plans) tells nothing, and opens nothing.
One that did not come about is no therapy; why it did not may be news.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ...reading.computed import computed
from .amended import read_provenance
from .asides import BESIDE, everything_said
from .attached import cannot_be_read
from .codes import CodeTable
from .codes.table import DOMAINS, Domain, Reading
from .collecting import DROPPED, Collector, status_of
from .course_codes import coded_news
from .current import OBJECT, Resource
from .elements import codings, date_of, day
from .families import is_oneself, is_section_of_family
from .not_whole import named_and_not_here
from .questions import answered_against, without_what_is_no
from .saying import is_dated, mentions, plain, quick_words, says
from .subjects import is_about
from .told_therapy import ToldTherapy, parts_of
from .unread import by_words, in_order, news_of, tells_of_another_disease, tells_of_the_course
from .withheld import kept_back

_WITH_SECTIONS = ("Composition", "List")
# An entity, or a tag inside a word.
_MARKUP = re.compile(r"&#?\w+;|\w<[a-z/][^<>]*>\w")

_LETTERS = 3


def read_other_types(collector: Collector, patient: Resource, names: frozenset[str]) -> None:
    """Open what resources of types that are not read tell; when everything else was read, so that it is known what is news."""
    table, therapy = collector.table, ToldTherapy(collector)
    _read_what_is_named(collector, therapy)
    for resource in collector.other_types:
        kind = str(resource.get("resourceType"))
        if kind == "Provenance":
            read_provenance(collector, resource, names)
        if is_of_others(table.reading, resource) or status_of(resource) == "entered-in-error":
            continue
        found = _told(table, resource, therapy)
        told = "speaks of the disease"
        if cannot_be_read(resource):
            found, told = set(DOMAINS), "what is attached cannot be read"
        if found and is_about(collector, resource, patient, names, in_order(found)):
            collector.open_text(in_order(found), resource, f"{kind} is not read, and {told}", "text")
        for reference, domains in named_and_not_here(collector, resource).items():
            if is_about(collector, resource, patient, names, domains):
                collector.open(domains, resource, f"it names {reference}, which is not here", "entry")
        if kind in _WITH_SECTIONS:
            _open_what_is_kept_back(collector, resource, patient, names)


def _open_what_is_kept_back(collector: Collector, resource: Resource, patient: Resource, names: frozenset[str]) -> None:
    for domains, reason in kept_back(collector.table, resource):
        if is_about(collector, resource, patient, names, domains):
            collector.open(domains, resource, reason, "emptyReason")


def _read_what_is_named(collector: Collector, therapy: ToldTherapy) -> None:
    """Open what resources that are read name and no recorded phase explains: by a code in a value, or as used or suspected."""
    table = collector.table
    for resource, named in collector.named:
        date = date_of(resource) or day(resource.get("authoredOn")) or day(resource.get("date"))
        days = (date,) if date is not None else ()
        told: set[Domain] = set()
        if not str(resource.get("resourceType")).startswith("Medication"):  # whose reasons are read already
            told = therapy.by_codes(named, days, of_an_act=True) - coded_news(table, named)
        reason = "something in it names what is not recorded"
        collector.open(in_order(told), resource, reason, BESIDE)
        if not told and therapy.tells(everything_said(named), days, of_an_act=True):
            collector.open_text(("therapy",), resource, reason, BESIDE)


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


def _told(table: CodeTable, resource: Resource, therapy: ToldTherapy) -> set[Domain]:
    reading = table.reading
    words = _Words(table, resource)
    found: set[Domain] = set(news_of(table, words.said)) if words.may_say(_words_of_news(reading)) else set()
    if _tells_of_the_course(table, resource, words) or _is_a_goal_that_failed(reading, resource):
        found.add("diagnosis")
    if resource.get("resourceType") == "QuestionnaireResponse":
        found |= answered_against(table, resource)
    if _is_an_unread_result(table, resource):
        found.add("mrd")
    found |= _of_its_parts(table, resource, therapy, words)
    if resource.get("resourceType") in reading.types_of_reactions:
        # An allergy to a drug for the disease may be harm by what is given.
        return (found - {"therapy"}) | ({"harm"} if words.say(reading.words["therapy"]) else set())
    not_done = resource.get("doNotPerform") is True or status_of(resource) in DROPPED
    return found - {"therapy"} if not_done else found


def _of_its_parts(table: CodeTable, resource: Resource, therapy: ToldTherapy, words: _Words) -> set[Domain]:
    """What its codes are news of, and what its words tell of therapy on a day on which no recorded phase explains it."""
    of_an_act = resource.get("resourceType") in table.reading.types_of_acts
    named = any(word in words.whole for word in _beginnings_of_therapy(table))
    # The words of who does it and where stand in no part.
    found: set[Domain] = {"therapy"} if named and words.say(therapy.words) else set()
    for part, days in parts_of(table, _of_the_patient_now(table, resource)):
        found |= therapy.by_codes(part, days, of_an_act=of_an_act)
        if named and "therapy" not in found and therapy.tells(everything_said(part), days, of_an_act=of_an_act):
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


@lru_cache(maxsize=16)
def _beginnings_of_therapy(table: CodeTable) -> tuple[str, ...]:
    """How each word for therapy begins at least; a letter alone begins every other word."""
    wanted = _news(table.reading.words["therapy"], tuple(table.reading.regimens))
    whole = [word.casefold().lstrip("~=") for word in wanted if len(word.partition(" ")[0]) < _LETTERS]
    return tuple(dict.fromkeys((*quick_words(tuple(word for word in wanted if word not in whole)), *whole)))


def _tells_of_the_course(table: CodeTable, resource: Resource, words: _Words) -> bool:
    """Whether a resource of a type that is not read tells in words that the disease came back.

    It must name the disease as well, unless it is a document, and not deny it.
    """
    reading = table.reading
    if words.may_say(_words_of_the_course(reading)):
        of_it = resource.get("resourceType") in reading.document_types
        of_it = of_it or mentions(reading, everything_said(resource), reading.disease_words)
        if of_it and tells_of_the_course(table, words.said, of_the_disease=True):
            return True
    other = (*reading.other_disease_words, *reading.everyday_names)
    return words.may_say(other) and tells_of_another_disease(table, words.said)


def _is_an_unread_result(table: CodeTable, resource: Resource) -> bool:
    """Whether a document by its title or summary is a result of an MRD test that nobody has read."""
    return resource.get("resourceType") in table.reading.document_types and "mrd" in by_words(table, resource)
