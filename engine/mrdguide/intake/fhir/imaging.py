"""Functional imaging: a report's coded conclusion and its scores. A narrative is never read as negative."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .asides import BESIDE, everything_said
from .codes import Meaning
from .collecting import FINAL, Collector, status_of
from .contradictions import against_absence, reports_a_finding, sentences, spoken
from .current import OBJECT, Resource
from .elements import (
    UNREAD,
    components,
    date_of,
    distrusted,
    interpretations,
    meanings,
    number,
    shown,
    value_of,
    value_parts,
    word,
    wording,
    yes_or_no,
)
from .saying import names, says
from .texts import read_as_nothing

_CONCLUSIONS = {"present": "positive", "absent": "negative", "indeterminate": "indeterminate"}
_GRADES, _POSITIVE = ("1", "2", "3", "4", "5"), 4
# A grade in words; "5-point scale" is none.
_GRADE_SAID = re.compile(
    r"deauville(?:\s+(?:score|grade|category|of|is))*\s*[:=]?\s*([1-5])(?![0-9]|\s*-?\s*(?:point|[1-5]))"
)
_TELLING = ("conclusion", "note", "extension", "media", "presentedForm")
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
    if entry["conclusion"] != "positive":
        _news_beside(collector, resource)
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
        _news_beside(collector, resource)
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
    texts = [text for item in parts for text in spoken(collector.table, item)]
    if any(reports_a_finding(collector, text) or _tells_of_a_lesion(collector, text) for text in texts):
        return True
    return bool(against_absence(collector.table, parts, interpretations(resource)))


def _news_beside(collector: Collector, resource: Resource) -> None:
    """Open imaging by what a report says of lesions elsewhere than in its coded conclusion: in its words, titles and results."""
    if _tells_of_a_lesion(collector, everything_said({name: resource.get(name) for name in _TELLING})):
        collector.open_text(("imaging",), resource, "its words tell of a lesion", BESIDE)
    for part in _results(collector, resource):
        if part is None:
            continue
        where = resource if any(part is item for item in resource.get("contained") or ()) else part
        if any(_tells_of_a_lesion(collector, text) for text in _words_of_part(collector, part)):
            collector.open_text(("imaging",), where, "a result of it tells of a lesion", BESIDE)
        if any(against_absence(collector.table, [], interpretations(item)) for item in _with_components(part)):
            collector.open(("imaging",), where, "a result of it is interpreted as abnormal", "interpretation")


def _words_of_part(collector: Collector, part: Resource) -> Iterator[str]:
    """The words of a result of an image: those of a code only where the code is not known and its value denies nothing."""
    yield everything_said({"note": part.get("note")})
    for item in _with_components(part):
        known = word(collector.table, item.get("code")) is not None
        values = list(value_parts(item))
        yield from (text for value in values for text in spoken(collector.table, value))
        if not known and any(yes_or_no(collector.table, value) is True for value in values):
            yield wording(item.get("code"))


def _with_components(part: Resource) -> list[Resource]:
    items = part.get("component")
    return [part, *(item for item in items if isinstance(item, OBJECT))] if isinstance(items, list) else [part]


def _tells_of_a_lesion(collector: Collector, text: str) -> bool:
    """Whether words tell of a lesion that is not said to be an old or a quiet one, or of a grade that is positive."""
    reading = collector.table.reading
    for sentence in sentences(text):
        if says(reading, sentence, reading.beside_words["imaging"]):
            return True
        for wanted, quiet in (
            (reading.lesion_words, reading.quiet_lesion_words),
            (reading.uptake_words, reading.quiet_uptake_words),
        ):
            if says(reading, sentence, wanted) and not names(sentence, quiet):
                return True
        if any(int(found) >= _POSITIVE for found in _GRADE_SAID.findall(sentence)):
            return True
    return False


def _results(collector: Collector, resource: Resource) -> Iterator[Resource | None]:
    """The Observations that a report refers to; None for one that is not here."""
    results = resource.get("result")
    for reference in results if isinstance(results, list) else ():
        yield collector.resources.referred(reference, resource)


def _parts(collector: Collector, resource: Resource) -> Iterator[tuple[str, object]]:
    """Scores in components of the resource, or in Observations that a report refers to."""
    yield from components(collector.table, resource).items()
    for part in _results(collector, resource):
        if part is None or distrusted(part):
            yield "", UNREAD
        elif status_of(part) not in ("entered-in-error", "cancelled"):
            if status_of(part) not in ("", *FINAL):
                yield "", UNREAD
            name = word(collector.table, part.get("code"))
            if name is not None:
                yield name, UNREAD if part.get("dataAbsentReason") else value_of(part)[1]
            elif any(meaning.kind == "deauville" for meaning, _, _ in meanings(collector.table, part.get("code"))):
                yield "deauville_focal", UNREAD if part.get("dataAbsentReason") else value_of(part)[1]
            yield from components(collector.table, part).items()
