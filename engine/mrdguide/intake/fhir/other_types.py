"""Resources of types that are not read: what they tell of the disease or its therapy, by a code or in words.

They give no fact. One that tells what would be news beside what is recorded opens what that could change, as a text that a
person can read; most of a chart (encounters, claims, plans) tells nothing, and opens nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ...reading.computed import computed
from .asides import BESIDE, everything_said
from .codes import CodeTable
from .codes.table import Domain, Reading
from .collecting import DROPPED, Collector, status_of
from .course_codes import coded_news
from .current import OBJECT, Resource
from .elements import date_of, day, word
from .saying import is_dated, mentions, plain, quick_words, says
from .subjects import is_about
from .told_therapy import ToldTherapy, parts_of
from .unread import by_words, in_order, news_of, tells_of_the_course

_LETTERS = 3


def read_other_types(collector: Collector, patient: Resource, names: frozenset[str]) -> None:
    """Open what resources of types that are not read tell; when everything else was read, so that it is known what is news."""
    table, therapy = collector.table, ToldTherapy(collector)
    _read_what_is_named(collector, therapy)
    for resource in collector.other_types:
        kind = str(resource.get("resourceType"))
        if kind in table.reading.types_of_others or status_of(resource) in DROPPED:
            continue
        found = _told(table, resource, therapy)
        if found and is_about(collector, resource, patient, names, in_order(found)):
            collector.open_text(in_order(found), resource, f"{kind} is not read, and speaks of the disease", "text")


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
        if "'contenttype'" in self.whole:
            self.whole += plain(self.said).casefold()  # what is attached is not to be seen before it is decoded

    @computed
    def said(self) -> str:
        return everything_said(_without_what_is_no(self._table, self._resource))

    def may_say(self, wanted: tuple[str, ...]) -> bool:
        # Within a phrase there may be tags.
        return any(word in self.whole for word in quick_words(wanted))

    def say(self, wanted: tuple[str, ...]) -> bool:
        return self.may_say(wanted) and says(self._reading, self.said, wanted)


def _told(table: CodeTable, resource: Resource, therapy: ToldTherapy) -> set[Domain]:
    reading = table.reading
    words = _Words(table, resource)
    found: set[Domain] = set(news_of(table, words.said)) if words.may_say(_words_of_news(reading)) else set()
    if _tells_of_the_course(table, resource, words):
        found.add("diagnosis")
    if _is_an_unread_result(table, resource):
        found.add("mrd")
    found |= _of_its_parts(table, resource, therapy, words)
    if resource.get("resourceType") in reading.types_of_reactions:
        # An allergy to a drug for the disease may be harm by what is given.
        return (found - {"therapy"}) | ({"harm"} if words.say(reading.words["therapy"]) else set())
    return found - {"therapy"} if resource.get("doNotPerform") is True else found


def _of_its_parts(table: CodeTable, resource: Resource, therapy: ToldTherapy, words: _Words) -> set[Domain]:
    """What its codes are news of, and what its words tell of therapy on a day on which no recorded phase explains it."""
    of_an_act = resource.get("resourceType") in table.reading.types_of_acts
    named = any(word in words.whole for word in _beginnings_of_therapy(table))
    # The words of who does it and where stand in no part.
    found: set[Domain] = {"therapy"} if named and words.say(therapy.words) else set()
    for part, days in parts_of(table, _without_what_is_no(table, resource)):
        found |= therapy.by_codes(part, days, of_an_act=of_an_act)
        if named and "therapy" not in found and therapy.tells(everything_said(part), days, of_an_act=of_an_act):
            found.add("therapy")
    return found


def _without_what_is_no(table: CodeTable, resource: Any) -> Any:
    """A resource without the questions that are answered with no, and without what is only foreseen in it."""
    foreseen = table.reading.foreseen.get(resource.get("resourceType"), ())
    if not foreseen and resource.get("resourceType") != "QuestionnaireResponse":
        return resource
    return _kept(table, resource, foreseen)


def _kept(table: CodeTable, value: Any, foreseen: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_kept(table, item, foreseen) for item in value if not _is_no(table, item)]
    if not isinstance(value, OBJECT):
        return value
    return {
        name: _kept(table, item, foreseen)
        for name, item in value.items()
        if name not in foreseen or is_dated(everything_said({"item": item}))
    }


def _is_no(table: CodeTable, item: Any) -> bool:
    """Whether it is a question to which all answers are no."""
    answers = item.get("answer") if isinstance(item, OBJECT) else None
    return isinstance(answers, list) and bool(answers) and all(_says_no(table, answer) for answer in answers)


def _says_no(table: CodeTable, answer: Any) -> bool:
    if not isinstance(answer, OBJECT) or set(answer) - {"valueBoolean", "valueString", "valueCoding"}:
        return False
    coding = answer.get("valueCoding")
    text = (
        answer.get("valueString") if coding is None else coding.get("display") if isinstance(coding, OBJECT) else None
    )
    coded = word(table, {"coding": [coding]}) if coding is not None else None
    said_no = isinstance(text, str) and text.strip().casefold() in table.reading.denying_words
    return answer.get("valueBoolean") is False or coded == "absent" or said_no


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
    return words.say(reading.other_disease_words)


def _is_an_unread_result(table: CodeTable, resource: Resource) -> bool:
    """Whether a document by its title or summary is a result of an MRD test that nobody has read."""
    return resource.get("resourceType") in table.reading.document_types and "mrd" in by_words(table, resource)
