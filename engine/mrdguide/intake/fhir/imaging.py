"""Functional imaging: a report's coded conclusion and its scores. A narrative is never read as negative."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .codes import Meaning
from .collecting import FINAL, Collector, status_of
from .elements import components, date_of, number, shown, value_of, word
from .resources import Resource

_CONCLUSIONS = {"present": "positive", "absent": "negative", "indeterminate": "indeterminate"}
_SCORES = ("deauville_focal", "deauville_marrow", "rac")


def read_image(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """One DiagnosticReport (or Observation) of a PET-CT or whole-body DW-MRI."""
    date = date_of(resource)
    entry: dict[str, Any] = {
        "date": str(date) if date is not None else None, "modality": meaning.name, "conclusion": _conclusion(collector, resource),
    }  # fmt: skip
    for name, value in _parts(collector, resource):
        score = number(value)
        if name in _SCORES and score is not None and score in (1, 2, 3, 4, 5):
            entry[name] = int(score)
        elif name == "new_lesion" and isinstance(value, bool):
            entry[name] = value
        elif name == "attribution" and (cause := word(collector.table, value)) in ("myeloma", "benign"):
            entry[name] = cause
    if status_of(resource) not in FINAL and entry["conclusion"] != "positive":
        collector.issue(
            "warning", resource, "an image that is not final is taken as indeterminate unless it is positive"
        )
        entry = {"date": entry["date"], "modality": entry["modality"], "conclusion": "indeterminate"}
    path = collector.add("imaging", entry)
    said = shown(value_of(resource)[1]) if value_of(resource)[0] else (entry["conclusion"] or "no coded conclusion")
    collector.facts.append(
        collector.fact(
            path, meaning.name, resource, f"{resource['resourceType']}.conclusionCode", code, said, date=date
        )
    )
    if entry["conclusion"] is None and not any(name in entry for name in _SCORES):
        collector.issue("warning", resource, f"{path}: no coded conclusion and no scores; the narrative is not read")


def _conclusion(collector: Collector, resource: Resource) -> str | None:
    codes = resource.get("conclusionCode")
    found = {word(collector.table, item) for item in codes} if isinstance(codes, list) else set()
    found.add(word(collector.table, value_of(resource)[1]))
    words = {_CONCLUSIONS[item] for item in found if item in _CONCLUSIONS}
    if len(words) > 1:
        collector.issue(
            "warning", resource, f"its conclusions disagree: {', '.join(sorted(words))}; positive counts if named"
        )
        return "positive" if "positive" in words else "indeterminate"
    if not words and codes:
        collector.issue(
            "warning", resource, "its conclusion cannot be read; it is taken as indeterminate, whatever its scores"
        )
        return "indeterminate"
    return words.pop() if words else None


def _parts(collector: Collector, resource: Resource) -> Iterator[tuple[str, object]]:
    """Scores in components of the resource, or in Observations that a report refers to."""
    yield from components(collector.table, resource).items()
    results = resource.get("result")
    for reference in results if isinstance(results, list) else ():
        part = collector.resources.referred(reference, resource)
        if part is not None and status_of(part) not in ("entered-in-error", "cancelled"):
            name = word(collector.table, part.get("code"))
            if name is not None:
                yield name, value_of(part)[1]
            yield from components(collector.table, part).items()
