"""What speaks against a coded value: its own words, the interpretation beside it, a reason why the value is missing."""

from __future__ import annotations

from .collecting import Collector
from .current import Resource
from .elements import value_of, wording, words
from .saying import says


def contradicted(collector: Collector, resource: Resource, found: str | None) -> str:
    """Why a value coded as present or absent cannot be relied on; empty when nothing speaks against it."""
    name, value = value_of(resource)
    if name and resource.get("dataAbsentReason"):
        return "a reason why there is no value stands beside the value"
    if found not in ("present", "absent"):
        return ""
    interpretation = resource.get("interpretation")
    listed = interpretation if isinstance(interpretation, list) else [interpretation]
    said = {item for concept in listed for item in words(collector.table, concept)} & {
        "present",
        "absent",
        "indeterminate",
    }
    if said - {found}:
        return f"its interpretation ({', '.join(sorted(said))}) speaks against its value ({found})"
    if found == "absent":
        spoken = [text for text in (wording(value), *(wording(item) for item in listed)) if text]
        if any(reports_a_finding(collector, text) for text in spoken):
            return "the words beside its value say that something was found"
    return ""


def reports_a_finding(collector: Collector, text: str) -> bool:
    """Whether words say that something was found, those taken out that say that nothing was."""
    left = text.casefold()
    for phrase in collector.table.reading.not_found_words:
        left = left.replace(phrase, " ")
    return says(collector.table.reading, left, collector.table.reading.found_words)
