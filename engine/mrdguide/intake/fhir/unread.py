"""What a resource could change that is not read: the domains that it leaves open.

By what its code means, by what stands inside it, by its words, and only then by its type. Words open and never decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from .attached import attached_text
from .codes import CodeTable
from .codes.table import DOMAINS, Domain, Reading
from .elements import codings, meanings, number, value_parts, wording, words
from .saying import forget_texts, mentions, says, says_beside, says_found, says_lost, says_with

Resource = Mapping[str, Any]

LISTS: dict[Domain, tuple[str, ...]] = {
    "diagnosis": ("events",), "genetics": ("cytogenetics",), "therapy": ("therapy",), "mrd": ("mrd",), "imaging": ("imaging",),
    "response": ("responses", "markers"), "harm": ("events", "toxicities"),
}  # fmt: skip
"""The parts of the profile that each domain is about."""

# What a component names by its code is told with what values name.
_NAMES = frozenset(("condition", "bone-disease", "drug", "transplant", "around-transplant"))
_QUIET = frozenset(("absent", "stable", "improved"))
_RESULTS = ("Observation", "DiagnosticReport")
_TELLING = ("conclusion", "conclusionCode", "note", "outcome", "description", "summary")
SPEAKING = ("code", "category", "reasonCode", *_TELLING, "event", "medicationCodeableConcept", "type", "title")


def domains_of(table: CodeTable, resource: Resource) -> tuple[Domain, ...]:
    """What could change if a resource were read that is not: by its code, else by what is inside, else by its type."""
    return told_by_itself(table, resource) or table.reading.domains_of_types.get(str(resource.get("resourceType")), ())


def told_by_itself(table: CodeTable, resource: Resource) -> tuple[Domain, ...]:
    """What a resource bears on by its code, by what is inside and by its words; none where it says nothing of the kind."""
    return in_order({*by_code(table, resource), *by_inside(table, resource), *by_words(table, resource)})


def by_code(table: CodeTable, resource: Resource) -> Iterator[Domain]:
    for concept in _concepts(resource):
        for meaning, _, _ in meanings(table, concept):
            yield from by_meaning(table, meaning.means)


def by_meaning(table: CodeTable, means: str) -> tuple[Domain, ...]:
    kind, _, name = means.partition(".")
    if kind == "unread":
        return tuple(domain for domain in DOMAINS if domain == name)
    known = table.reading.domains_of_meanings
    return known[means] if means in known else known.get(kind, ())


def by_inside(table: CodeTable, resource: Resource) -> Iterator[Domain]:
    """By the meaning of components, of the method and of the value."""
    names = words(table, resource.get("method"))
    for value in value_parts(resource):
        names |= words(table, value)
    items = resource.get("component")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, Mapping):
            names |= words(table, item.get("code"))
    for item in telling_components(table, resource):
        for meaning, _, _ in meanings(table, item.get("code")):
            if meaning.kind not in _NAMES:
                yield from by_meaning(table, meaning.means)
    for domain, hints in table.reading.hints.items():
        if names.intersection(hints):
            yield domain
    if items and any(
        table.is_own(system)
        for item in items
        if isinstance(item, Mapping)
        for system, _, _ in codings(item.get("code"))
    ):
        yield from DOMAINS if not names else ()


def telling_components(table: CodeTable, resource: Resource) -> list[Resource]:
    """The components without those whose values all say that there is nothing, or nothing new."""
    items = resource.get("component")
    return [
        item
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, Mapping)
        and not ((values := list(value_parts(item))) and all(_is_quiet(table, value) for value in values))
    ]


def _is_quiet(table: CodeTable, value: object) -> bool:
    return value is False or number(value) == 0 or (bool(found := words(table, value)) and found <= _QUIET)


def by_words(table: CodeTable, resource: Resource) -> tuple[Domain, ...]:
    """By the words of its code, its value and what it concludes."""
    text = said(resource)
    return spoken_of(table, text) if text else ()


@lru_cache(maxsize=4096)
def spoken_of(table: CodeTable, text: str) -> tuple[Domain, ...]:
    """The domains that a text speaks of: those of which it names a test, the disease, its course or a therapy, or tells news.

    A chart says the same words again and again; they are forgotten when it is read (`forget_words`).
    """
    reading = table.reading
    found = {domain for domain, wanted in reading.words.items() if mentions(reading, text, wanted)}
    found |= _findings(reading, text)
    found |= {"therapy"} if mentions(reading, text, reading.regimens) else set()
    if mentions(reading, text, reading.course_words) or tells_of_the_course(table, text):
        found.add("diagnosis")
    return in_order(found | news_of(table, text))


@lru_cache(maxsize=4096)
def news_of(table: CodeTable, text: str) -> frozenset[Domain]:
    """The domains of which a text tells news, not denied, besides of the course: a new lesion, a test that found something."""
    reading = table.reading
    found = {domain for domain, wanted in reading.news_words.items() if says(reading, text, wanted)}
    found |= {domain for domain, tests in reading.result_words.items() if says_found(reading, text, tests)}
    found |= {domain for domain, good in reading.good_words.items() if says_lost(reading, text, good)}
    return frozenset(found)


@lru_cache(maxsize=4096)
def tells_of_the_course(table: CodeTable, text: str, *, of_the_disease: bool = False) -> bool:
    """Whether a text says that the disease came back or got worse, or a marker of it, or that it is in remission no longer.

    `of_the_disease` says that it speaks of this disease though it may not name it.
    """
    reading = table.reading
    return (
        says(reading, text, reading.course_words)
        or says_beside(reading, text, reading.course_words_of_it, (*reading.course_subjects, *reading.marker_words))
        or says_beside(reading, text, reading.rising_words, reading.marker_words)
        or (
            says_lost(reading, text, reading.remission_words)
            and (of_the_disease or mentions(reading, text, reading.disease_words))
        )
    )


@lru_cache(maxsize=4096)
def tells_of_damage(table: CodeTable, text: str) -> bool:
    """Whether a text tells of damage by the disease: a lesion, a fracture, or what it says that the disease did."""
    reading = table.reading
    named = mentions(reading, text, reading.disease_words)
    return says(reading, text, reading.own_damage_words) or (named and says(reading, text, reading.damage_words))


@lru_cache(maxsize=4096)
def speaks_of_family(table: CodeTable, text: str) -> bool:
    """Whether a text names what is told of the family."""
    return mentions(table.reading, text, table.reading.family_words)


@lru_cache(maxsize=4096)
def tells_of_another_disease(table: CodeTable, text: str) -> bool:
    """Whether a text tells of disease outside bone or in the blood, or of a tumour by the name that the disease has as well."""
    reading = table.reading
    return says(reading, text, reading.other_disease_words) or _tells_of_a_tumour(reading, text)


def _tells_of_a_tumour(reading: Reading, text: str) -> bool:
    return says_with(reading, text, reading.everyday_names, reading.tumour_words)


def _findings(reading: Reading, text: str) -> set[Domain]:
    found = {domain for domain, wanted in reading.finding_words.items() if says(reading, text, wanted)}
    return found | ({"diagnosis", "imaging"} if _tells_of_a_tumour(reading, text) else set())


# What is asked of every text and kept until a chart is read.
_ASKED = (spoken_of, news_of, tells_of_the_course, tells_of_damage, speaks_of_family, tells_of_another_disease)


def forget_words() -> None:
    """Keep nothing of what a chart said."""
    for asked in _ASKED:
        asked.cache_clear()
    forget_texts()


def speaks_against_its_code(table: CodeTable, resource: Resource) -> bool:
    """Whether a resource of an ordinary code speaks of the disease or of a drug for it: then its code does not tell all.

    Conditions often name the disease that they came with, so they must say besides that it came back.
    """
    kind = str(resource.get("resourceType"))
    if kind.startswith("Medication"):
        return "therapy" in by_words(table, resource)
    return bool(told_against_its_code(table, resource))


def told_against_its_code(table: CodeTable, resource: Resource) -> frozenset[Domain]:
    """What the words of a resource of an ordinary code tell that its code does not."""
    reading, text = table.reading, said(resource)
    if not text:
        return frozenset()
    if resource.get("resourceType") != "Condition":
        spoken = spoken_of(table, text)
        of_it = frozenset(spoken) if "diagnosis" in spoken or "mrd" in spoken else frozenset[Domain]()
        return of_it | news_of(table, text) | _found_in(table, resource)
    returned = mentions(reading, text, reading.disease_words) and tells_of_the_course(table, text)
    elsewhere = tells_of_another_disease(table, text)
    return news_of(table, text) | ({"diagnosis"} if returned or elsewhere else set())


def _found_in(table: CodeTable, resource: Resource) -> frozenset[Domain]:
    """The domains of findings in what a result tells, its own name left out; a marker with a number is one."""
    told = _joined(resource, _TELLING) if resource.get("resourceType") in _RESULTS else ""
    if not told:
        return frozenset()
    reading = table.reading
    measured = any(sign.isdigit() for sign in told) and says(reading, told, reading.marker_words)
    return frozenset(_findings(reading, told) | ({"response"} if measured else set()))


def said(resource: Resource) -> str:
    """The words of a resource."""
    return _joined(resource, SPEAKING)


def _joined(resource: Resource, elements: tuple[str, ...]) -> str:
    parts = [wording(resource[name]) for name in elements if name in resource]
    parts += [wording(value) for value in value_parts(resource)]
    attached = resource.get("presentedForm")
    parts += (
        [
            text
            for item in attached
            if isinstance(item, Mapping)
            for text in (wording(item.get("title")), attached_text(item))
        ]
        if isinstance(attached, list)
        else []
    )
    items = resource.get("component")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, Mapping):
            parts += [wording(item.get("code")), *(wording(value) for value in value_parts(item))]
    return ": ".join(part for part in parts if part)


def in_order(found: set[Domain]) -> tuple[Domain, ...]:
    return tuple(domain for domain in DOMAINS if domain in found)


def _concepts(resource: Resource) -> Iterator[object]:
    return (resource[name] for name in ("code", "medicationCodeableConcept", "event") if name in resource)
