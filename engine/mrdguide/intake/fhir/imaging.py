"""Functional imaging: a report's coded conclusion and its scores. A narrative is never read as negative."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .codes import Meaning
from .collecting import FINAL, Collector, status_of
from .contradictions import reports_a_finding
from .current import Resource
from .elements import (
    UNREAD,
    components,
    date_of,
    distrusted,
    meanings,
    number,
    shown,
    value_of,
    word,
    wording,
    yes_or_no,
)
from .texts import read_as_nothing

_CONCLUSIONS = {"present": "positive", "absent": "negative", "indeterminate": "indeterminate"}
_GRADES, _POSITIVE = ("1", "2", "3", "4", "5"), 4
_SCORES = ("deauville_focal", "deauville_marrow", "rac")


def read_image(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """One DiagnosticReport (or Observation) of a PET-CT or whole-body DW-MRI."""
    if _in_words(collector, resource) and read_as_nothing(collector, resource, "imaging"):
        return
    date = date_of(resource)
    entry: dict[str, Any] = {
        "date": str(date) if date is not None else None, "modality": meaning.name, "conclusion": _conclusion(collector, resource),
    }  # fmt: skip
    unread = []
    for name, value in _parts(collector, resource):
        score = grade(value)
        if name in _SCORES and score is not None and entry.get(name, score) == score:
            entry[name] = score
        elif name == "new_lesion" and (new := yes_or_no(collector.table, value)) is not None:
            entry[name] = entry.get(name, False) or new
        elif name == "attribution" and (cause := word(collector.table, value)) in ("myeloma", "benign"):
            entry[name] = cause
        elif name in (*_SCORES, "new_lesion", "attribution", ""):
            unread.append(name.replace("_", " ") or "a part of unknown meaning")
    if unread and entry["conclusion"] != "positive":
        text = f"{', '.join(unread)} cannot be read; whatever else it says, it is taken as indeterminate"
        collector.issue("warning", resource, text, "component")
        entry["conclusion"] = "indeterminate"
    if status_of(resource) not in FINAL and entry["conclusion"] != "positive":
        collector.issue(
            "warning", resource, "an image that is not final is taken as indeterminate unless it is positive", "status"
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
        collector.issue(
            "warning",
            resource,
            f"{path}: no coded conclusion and no scores; the narrative is not read",
            _where(resource),
        )


def read_deauville(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """A Deauville grade by itself: 4 or 5 is a positive PET-CT; a lower one is no news, and no negative image either."""
    value = value_of(resource)[1]
    score = None if resource.get("dataAbsentReason") else grade(value)
    if score is None:
        collector.unreadable(resource, f"a Deauville grade that cannot be read: {shown(value)}", "value[x]")
    elif score < _POSITIVE:
        collector.ignore(resource, f"Deauville {score} by itself: an image is negative by its own report only")
    else:
        date = date_of(resource)
        entry = {"date": str(date) if date is not None else None, "modality": "PET-CT", "deauville_focal": score}
        path = collector.add("imaging", entry)
        collector.facts.append(
            collector.fact(path, "Deauville grade", resource, "Observation.value[x]", code, shown(value), date=date)
        )


def grade(value: object) -> int | None:
    """A grade from 1 to 5, as a number, a quantity or a single digit."""
    found = float(value) if isinstance(value, str) and value.strip() in _GRADES else number(value)
    return int(found) if found in (1, 2, 3, 4, 5) else None


def _in_words(collector: Collector, resource: Resource) -> bool:
    """Whether it concludes in words alone: nothing coded, no scores."""
    coded = resource.get("conclusionCode") or resource.get("interpretation")
    said = resource.get("conclusion") or isinstance(value_of(resource)[1], str)
    return bool(said) and not coded and not list(_parts(collector, resource))


def _where(resource: Resource) -> str:
    """The element that holds what an image concludes."""
    return "conclusionCode" if resource["resourceType"] == "DiagnosticReport" else "value[x]"


def _conclusion(collector: Collector, resource: Resource) -> str | None:
    codes = resource.get("conclusionCode")
    listed = codes if isinstance(codes, list) else ([codes] if codes else [])
    value = value_of(resource)[1]
    parts = [*listed, *([value] if value is not None else [])]
    said = {_CONCLUSIONS.get(word(collector.table, item) or "") for item in parts}
    readable = {item for item in said if item is not None}
    if "positive" in readable:
        if len(said) > 1:
            collector.issue("warning", resource, "its conclusions disagree; positive counts if named", _where(resource))
        return "positive"
    if None in said or len(readable) > 1 or resource.get("dataAbsentReason"):
        collector.issue(
            "warning",
            resource,
            "a part of its conclusion cannot be read; it is taken as indeterminate, whatever its scores",
            _where(resource),
        )
        return "indeterminate"
    if readable == {"negative"} and _speaks_against(collector, resource, parts):
        collector.issue(
            "warning",
            resource,
            "words or interpretation speak against its negative conclusion; it is indeterminate",
            _where(resource),
        )
        return "indeterminate"
    return readable.pop() if readable else None


def _speaks_against(collector: Collector, resource: Resource, parts: list[object]) -> bool:
    if any(reports_a_finding(collector, wording(item)) for item in parts if wording(item)):
        return True
    interpretation = resource.get("interpretation")
    return isinstance(interpretation, list) and any(word(collector.table, item) == "present" for item in interpretation)


def _parts(collector: Collector, resource: Resource) -> Iterator[tuple[str, object]]:
    """Scores in components of the resource, or in Observations that a report refers to."""
    yield from components(collector.table, resource).items()
    results = resource.get("result")
    for reference in results if isinstance(results, list) else ():
        part = collector.resources.referred(reference, resource)
        if part is None or distrusted(part):
            yield "", UNREAD
        elif status_of(part) not in ("entered-in-error", "cancelled"):
            name = word(collector.table, part.get("code"))
            if name is not None:
                yield name, UNREAD if part.get("dataAbsentReason") else value_of(part)[1]
            elif any(meaning.kind == "deauville" for meaning, _, _ in meanings(collector.table, part.get("code"))):
                yield "deauville_focal", UNREAD if part.get("dataAbsentReason") else value_of(part)[1]
            yield from components(collector.table, part).items()
