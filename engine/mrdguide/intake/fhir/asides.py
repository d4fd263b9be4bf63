"""What words say beside what is read: notes, reasons and stages of a resource, and resources of types that are not read.

A code tells what it tells; the note beside it may say that the disease came back, or that the sample was no good. Such words
decide nothing and open what they could change, as a text that a person can read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from .codes import CodeTable
from .codes.table import Domain
from .collecting import Collector
from .current import OBJECT, Resource
from .elements import codings, value_parts
from .saying import says
from .unread import by_code, by_words, in_order

BESIDE = "note"
"""The element that stands for all words beside a coded one."""

_ELEMENTS = (
    "code", "note", "reasonCode", "statusReason", "stage", "evidence", "conclusion", "outcome", "followUp", "dosage", "dosageInstruction",
    "clinicalStatus",
)  # fmt: skip
_WORDS = frozenset(
    (
        "text", "display", "title", "description", "summary", "div", "comment", "name", "conclusion", "contentString",
        "patientInstruction",
    )
)  # fmt: skip
_TAGS = re.compile(r"<[^>]*>")


def read_asides(collector: Collector, resource: Resource) -> None:
    """Open what the words beside a resource that was read could change."""
    reading = collector.table.reading
    said = "; ".join((*_said(resource), *(text for value in value_parts(resource) for text in _inner(value))))
    if not said:
        return
    found: set[Domain] = {"diagnosis"} if says(reading, said, reading.course_words) else set()
    of_code = set(by_code(collector.table, resource))
    found |= {name for name, wanted in reading.beside_words.items() if name in of_code and says(reading, said, wanted)}
    collector.open_text(
        in_order(found), resource, "words beside what is coded speak of disease or of the sample", BESIDE
    )


def _said(resource: Resource) -> Iterator[str]:
    for name in _ELEMENTS:
        value = resource.get(name)
        if isinstance(value, str):
            yield value
        elif value is not None:
            yield from _inner(value)


def _inner(value: Any) -> Iterator[str]:
    """The words inside a value: texts and displays, never codes, addresses or data."""
    if isinstance(value, list):
        for item in value:
            yield from _inner(item)
    elif isinstance(value, OBJECT):
        for name, item in value.items():
            if not isinstance(item, str):
                yield from _inner(item)
            elif name in _WORDS or name.startswith("value"):
                yield _TAGS.sub(" ", item)


def everything_said(resource: Resource) -> str:
    """All words of a resource of any type; where it has none, its codes."""
    words_ = "; ".join(dict.fromkeys(text.strip() for text in _inner(resource) if text.strip()))
    return words_ or ", ".join(code for concept in _concepts(resource) for _, code, _ in codings(concept))


def tells_of_the_course(table: CodeTable, resource: Resource) -> bool:
    """Whether a resource of a type that is not read tells that the disease came back, by a code or in words.

    By words it must name the disease as well, unless it is a document, and not deny it.
    """
    whole, reading = str(resource).casefold(), table.reading
    is_document = resource.get("resourceType") in reading.document_types
    if any(word in whole for word in reading.course_words):
        said = everything_said(resource)
        names_it = is_document or any(word in said.casefold() for word in reading.disease_words)
        if names_it and says(reading, said, reading.course_words):
            return True
    if any(word in whole for word in reading.other_disease_words) and says(
        reading, everything_said(resource), reading.other_disease_words
    ):
        return True
    return any(code in whole for code in _codes_of_the_course(table)) and any(
        _of_the_course(meaning.means)
        for concept in _concepts(resource)
        for system, code, _ in codings(concept)
        if (meaning := table.meaning(system, code)) is not None
    )


def is_an_unread_result(table: CodeTable, resource: Resource) -> bool:
    """Whether a document by its title or summary is a result of an MRD test that nobody has read."""
    return resource.get("resourceType") in table.reading.document_types and "mrd" in by_words(table, resource)


def _concepts(value: Any) -> Iterator[object]:
    if isinstance(value, list):
        for item in value:
            yield from _concepts(item)
    elif isinstance(value, OBJECT):
        if "coding" in value:
            yield value
        for item in value.values():
            yield from _concepts(item)


def _of_the_course(means: str) -> bool:
    return means.startswith("event.") or means.endswith("-in-relapse") or means in _OTHER_DISEASE


_OTHER_DISEASE = ("condition.plasma-cell-leukemia", "condition.extramedullary-plasmacytoma")


@lru_cache(maxsize=16)
def _codes_of_the_course(table: CodeTable) -> tuple[str, ...]:
    """Codes that tell of the course, as they may be written."""
    names = {code for (_, code), meaning in table.codes.items() if _of_the_course(meaning.means)}
    return tuple(sorted({form.casefold() for code in names for form in (code, f"{code[:3]}.{code[3:]}")}))
