"""Responses by the IMWG's categories. One stands only where nothing beside its code says another, or that it is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .codes import Meaning
from .codes.table import Reading
from .collecting import FINAL, Collector, status_of
from .contradictions import (
    against_absence,
    says_why_missing,
    sentences,
    silent_code,
    spoken,
    unsettled_by,
)
from .current import OBJECT, Resource
from .elements import date_of, interpretations, meanings, number, shown, value_of, value_parts, word, wording, yes_or_no
from .saying import says
from .unread import spoken_of

_CATEGORIES = ("sCR", "CR", "VGPR", "PR", "MR", "SD", "PD")


def read_response(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """One response; where something speaks against it, what is known of the response stays open."""
    value = value_of(resource)[1]
    category = word(collector.table, value)
    date = date_of(resource)
    if category not in _CATEGORIES or resource.get("dataAbsentReason") or says_why_missing(value):
        collector.open(("response",), resource, "its category cannot be read", "value[x]")
        category = None
    elif status_of(resource) not in FINAL:
        collector.open(("response",), resource, f"has status '{status_of(resource) or 'none'}', not final", "status")
    elif category != _CATEGORIES[-1]:
        for element, reason in _against(collector, resource, category):
            collector.open(("response",), resource, reason, element)
    entry = {"date": str(date) if date is not None else None, "category": category}
    path = collector.add("responses", entry)
    collector.facts.append(
        collector.fact(path, "response", resource, "Observation.value[x]", code, shown(value), date=date)
    )


def _against(collector: Collector, resource: Resource, category: str) -> Iterator[tuple[str, str]]:
    """What speaks against a category that is no progression: where it stands, and what it is."""
    table, value = collector.table, value_of(resource)[1]
    reading, said = table.reading, interpretations(resource)
    silent = silent_code(table, value)
    if silent:
        yield "value[x]", f"a second code of its value ({silent}) is not known and says nothing"
    for text in spoken(table, value):
        worse = _worse_named(reading, text, category)
        if worse:
            yield "value[x]", f"its words name {worse}, its code {category}"
        elif category in reading.responses_without_m_protein and unsettled_by(reading, text):
            yield "value[x]", f"the words beside its value {unsettled_by(reading, text)}"
    if category in reading.responses_without_m_protein:
        found = against_absence(table, [], said)
        if found:
            yield "interpretation", found
    if any(_worse_named(reading, text, category) or says(reading, text, reading.course_words)
           for item in said for text in spoken(table, item)):  # fmt: skip
        yield "interpretation", "its interpretation says that the disease got worse"
    notes = resource.get("note")
    noted = [wording(item.get("text")) for item in notes if isinstance(item, OBJECT)] if isinstance(notes, list) else []
    # A note may name the responses before; only progression is news.
    if any(_worse_named(reading, text, _CATEGORIES[-2]) for text in noted):
        yield "note", "a note on it names progression"
    if any(_tells_of_disease(collector, part, category) for part in _components(resource)):
        yield "component", f"a component of it speaks against {category}"


def _worse_named(reading: Reading, text: str, category: str) -> str:
    """A worse category that words name without denying it; the longer of two names is taken first."""
    for sentence in sentences(text):
        left = sentence
        for name, called in reading.response_names.items():
            # Short names are whole words: 'pr' is not 'previous'.
            pattern = "|".join(rf"(?<![a-z0-9]){re.escape(item)}(?![a-z0-9])" for item in called)
            if name in _CATEGORIES and _CATEGORIES.index(name) > _CATEGORIES.index(category):
                named = [found[0] for found in re.finditer(pattern, left)]
                if named and says(reading, left, named):
                    return name
            left = re.sub(pattern, " ", left)
    return ""


def _components(resource: Resource) -> list[Any]:
    found = resource.get("component")
    return [item for item in found if isinstance(item, OBJECT)] if isinstance(found, list) else []


def _tells_of_disease(collector: Collector, part: Resource, category: str) -> bool:
    """Whether a component says that something of the disease is there."""
    table, code = collector.table, part.get("code")
    about = any(not meaning.irrelevant for meaning, _, _ in meanings(table, code)) or bool(
        spoken_of(table, wording(code))
    )
    values = list(value_parts(part))
    if about and any(yes_or_no(table, value) is True for value in values):
        return True
    if category not in table.reading.responses_without_m_protein:
        return False
    if about and any((number(value) or 0) > 0 for value in values):
        return any(meaning.name.endswith("m_protein") for meaning, _, _ in meanings(table, code))
    said = [item for item in values if not isinstance(item, OBJECT) or "coding" in item or "text" in item]
    return bool(against_absence(table, said, interpretations(part)))
