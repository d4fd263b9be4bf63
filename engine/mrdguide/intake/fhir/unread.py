"""What a resource could change that is not read: the domains that it leaves open.

By what its code means, by what stands inside it, by its words, and only then by its type. Words open and never decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from .codes import CodeTable
from .codes.table import DOMAINS, Domain
from .elements import attached_text, codings, meanings, value_parts, wording, words
from .saying import names

Resource = Mapping[str, Any]

LISTS: dict[Domain, tuple[str, ...]] = {
    "diagnosis": ("events",), "genetics": ("cytogenetics",), "therapy": ("therapy",), "mrd": ("mrd",), "imaging": ("imaging",),
    "response": ("responses", "markers"), "harm": ("events", "toxicities"),
}  # fmt: skip
"""The parts of the profile that each domain is about."""

_SPEAKING = (
    "code",
    "category",
    "reasonCode",
    "conclusion",
    "conclusionCode",
    "note",
    "outcome",
    "event",
    "medicationCodeableConcept",
    "type",
    "title",
    "description",
    "summary",
)


def domains_of(table: CodeTable, resource: Resource) -> tuple[Domain, ...]:
    """What could change if a resource were read that is not: by its code, else by what is inside, else by its type."""
    found = set(by_code(table, resource)) | set(by_inside(table, resource)) | set(by_words(table, resource))
    return in_order(found) or table.reading.domains_of_types.get(str(resource.get("resourceType")), ())


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


def by_words(table: CodeTable, resource: Resource) -> tuple[Domain, ...]:
    """By the words of its code, its value and what it concludes."""
    text = said(resource)
    return spoken_of(table, text) if text else ()


@lru_cache(maxsize=4096)
def spoken_of(table: CodeTable, text: str) -> tuple[Domain, ...]:
    """The domains that a text speaks of, by its words.

    A chart says the same words again and again; they are forgotten when it is read (`forget_words`).
    """
    ordinary, of_domains = _patterns(table.version, table.reading.ordinary_words, tuple(table.reading.words.items()))
    text = ordinary.sub(" ", text.casefold())
    return tuple(domain for domain, pattern in of_domains if pattern.search(text))


def forget_words() -> None:
    """Keep nothing of what a chart said."""
    spoken_of.cache_clear()


def speaks_against_its_code(table: CodeTable, resource: Resource) -> bool:
    """Whether a resource of an ordinary code speaks of the disease or of a drug for it: then its code does not tell all.

    Conditions often name the disease that they came with, so they must say besides that it came back.
    """
    kind = str(resource.get("resourceType"))
    spoken = by_words(table, resource)
    if kind.startswith("Medication"):
        return "therapy" in spoken
    if kind != "Condition":
        return "diagnosis" in spoken or "mrd" in spoken
    text = said(resource)
    return names(text, table.reading.disease_words) and names(text, table.reading.course_words)


@lru_cache(maxsize=16)
def _patterns(
    _version: str, ordinary: tuple[str, ...], by_domain: tuple[tuple[Domain, tuple[str, ...]], ...]
) -> tuple[re.Pattern[str], list[tuple[Domain, re.Pattern[str]]]]:
    return re.compile("|".join(map(re.escape, ordinary))), [
        (domain, re.compile(r"(?<![a-z0-9])(?:" + "|".join(map(re.escape, found)) + ")")) for domain, found in by_domain
    ]


def said(resource: Resource) -> str:
    """The words of a resource."""
    parts = [wording(resource[name]) for name in _SPEAKING if name in resource]
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
    return "; ".join(part for part in parts if part)


def in_order(found: set[Domain]) -> tuple[Domain, ...]:
    return tuple(domain for domain in DOMAINS if domain in found)


def _concepts(resource: Resource) -> Iterator[object]:
    yield resource.get("code")
    yield resource.get("medicationCodeableConcept")
    yield resource.get("event")
