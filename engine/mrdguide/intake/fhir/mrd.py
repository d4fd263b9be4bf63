"""MRD tests. A test counts as negative only where nothing in it is missing, damaged or speaks against it."""

from __future__ import annotations

from collections.abc import Mapping

from .asides import BESIDE, deepest_said
from .codes import Meaning
from .collecting import FINAL, Collector, status_of
from .contradictions import against_absence, contradicted, sentences, unsettled_by
from .current import Resource
from .elements import (
    UNREAD,
    components,
    count,
    date_of,
    fraction,
    interpretations,
    meanings,
    shown,
    value_of,
    word,
    wording,
    yes_or_no,
)
from .samples import day_of_sample, doubt_of_sample, materials, named_material, speaks_of_the_sample
from .saying import mentions, names, says
from .texts import is_text, read_as_nothing

_RESULTS = {"present": "detected", "absent": "not-detected", "indeterminate": "indeterminate", "failed": "failed"}
_METHODS = ("NGS", "NGF", "MFC", "ASO-qPCR", "mass-spectrometry")
_SPECIMENS = ("marrow", "blood")
# A depth in words is a rounded one.
_SAME_DEPTH = 1.5
_CORRECTED = ("amended", "corrected")
_FLAGS = ("first_pull", "hemodiluted", "trackable_clone")

# Where each part of a test stands.
_ELEMENTS = {
    "date": "effective[x]", "specimen": "specimen", "method": "method", "limit_of_detection": "component", "result": "value[x]",
}  # fmt: skip


def read_mrd(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    if isinstance(value_of(resource)[1], str) and _in_words(collector, resource):
        return
    parts = components(collector.table, resource)
    method = word(collector.table, resource.get("method")) or (
        meaning.entry.method if not resource.get("method") else None
    )
    result, level, limit, why = _mrd_result(collector, resource)
    limit, why = _limit(collector, parts, limit or meaning.entry.limit_of_detection, why)
    doubt = _doubt(collector, resource, parts)
    if result == "not-detected" and status_of(resource) not in FINAL:
        result = "indeterminate"
    if result == "not-detected" and doubt:
        result, why = None, doubt
    if level is not None and level < (limit or collector.table.conventions.no_assay_reaches):
        why = f"its level, {level:g}, lies below what the assay can detect (is the unit right?)"
        level = None
    date = day_of_sample(collector, resource)
    quality = {
        name: value
        for name in ("first_pull", "hemodiluted", "trackable_clone")
        if (value := yes_or_no(collector.table, parts.get(name))) is not None
    }
    cells = count(parts.get("cells"))
    entry = {
        "date": str(date) if date is not None else None, "specimen": _specimen(collector, resource, meaning),
        "method": method if method in _METHODS else None, "limit_of_detection": limit, "result": result, "level": level,
        "quality": {**quality, **({"cells": cells} if cells else {})},
    }  # fmt: skip
    said = deepest_said(resource)
    if limit is not None and said is not None and said > limit * _SAME_DEPTH:
        collector.open_text(("mrd",), resource, f"its words name a depth of {said:g}, its data {limit:g}", BESIDE)
    if result == "not-detected":
        _beside_nothing_found(collector, resource)
    path = collector.add("mrd", entry)
    collector.facts.append(
        collector.fact(
            path, "MRD test", resource, "Observation.value[x]", code, shown(value_of(resource)[1]), date=date
        )
    )
    missing = [name for name in ("date", "specimen", "method", "limit_of_detection", "result") if entry[name] is None]
    if missing or why:
        text = why or f"not recorded: {', '.join(missing).replace('_', ' ')}"
        collector.issue(
            "warning",
            resource,
            f"{path}: {text}; it cannot count as negative",
            _ELEMENTS[missing[0]] if missing else "component",
        )


def _in_words(collector: Collector, resource: Resource) -> bool:
    """Whether the result is told in words alone, and a person has read them and found nothing."""
    return is_text(collector, {**resource, "component": None}) and read_as_nothing(collector, resource, "mrd")


def _limit(
    collector: Collector, parts: dict[str, object], otherwise: float | None, why: str
) -> tuple[float | None, str]:
    """The limit of detection; none where it is said twice, with "more than", or cannot be."""
    if "limit_of_detection" not in parts:
        limit = otherwise
    else:
        stated = parts["limit_of_detection"]
        sign = stated.get("comparator") if isinstance(stated, Mapping) else None
        limit = fraction(stated) if sign in (None, "<", "<=") else None
        if limit is None:
            return None, why or "its limit of detection cannot be read"
        if otherwise is not None and limit != otherwise:
            limit = max(limit, otherwise)
    if limit is not None and limit <= collector.table.conventions.no_assay_reaches:
        return None, f"its limit of detection, {limit:g}, is lower than any assay reaches (is the unit right?)"
    return limit, why


def _doubt(collector: Collector, resource: Resource, parts: dict[str, object]) -> str:
    """Why a result that found nothing cannot be relied on: what speaks for the sample is damaged, or the sample is no good."""
    for name, value in parts.items():
        flag = name in _FLAGS and yes_or_no(collector.table, value) is None
        if value is UNREAD or flag or (name == "cells" and count(value) is None):
            return f"a component ({name.replace('_', ' ') or 'of unknown meaning'}) cannot be read"
    for part in resource.get("component") or ():
        against = against_absence(collector.table, [], interpretations(part)) if isinstance(part, Mapping) else ""
        if against:
            return f"of a component, {against}"
    called = wording(resource.get("code"))
    if says(collector.table.reading, called, collector.table.reading.unsettled_words):
        return f"its code is called '{called[:60]}'"
    return doubt_of_sample(collector, resource) or _corrected_elsewhere(collector, resource)


def _corrected_elsewhere(collector: Collector, resource: Resource) -> str:
    """Whether the same test stands here once more, corrected under another id, and does not say the same."""
    for other in collector.resources.of_type("Observation"):
        if other is resource or status_of(other) not in _CORRECTED or not _same_test(collector, resource, other):
            continue
        if _mrd_result(collector, other)[0] != "not-detected" or _depth(collector, other) != _depth(
            collector, resource
        ):
            return f"Observation {other.get('id') or '(no id)'} corrects this test and says otherwise"
    return ""


def _same_test(collector: Collector, resource: Resource, other: Resource) -> bool:
    """Whether two results are of one day, one code, one sample and one method, as far as either says."""
    referred, table = collector.resources.referred, collector.table
    if date_of(other) != date_of(resource) or not _codes(collector, resource) & _codes(collector, other):
        return False
    if other.get("subject") and referred(other["subject"], other) is not referred(resource.get("subject"), resource):
        return False
    methods = {word(table, item.get("method")) for item in (resource, other) if item.get("method")}
    samples = {id(referred(item["specimen"], item)) for item in (resource, other) if item.get("specimen")}
    return len(methods) < 2 and len(samples) < 2


def _codes(collector: Collector, resource: Resource) -> set[str]:
    return {code for _, code, _ in meanings(collector.table, resource.get("code"))}


def _depth(collector: Collector, resource: Resource) -> float | None:
    return fraction(components(collector.table, resource).get("limit_of_detection"))


def _beside_nothing_found(collector: Collector, resource: Resource) -> None:
    """Open what a note beside a negative test leaves in doubt: that something was found, or what the sample was."""
    reading, notes = collector.table.reading, resource.get("note")
    for text in (
        (wording(item.get("text")) for item in notes if isinstance(item, Mapping)) if isinstance(notes, list) else ()
    ):
        found = unsettled_by(reading, text)
        if found:
            collector.open_text(("mrd",), resource, f"the words of a note {found}", BESIDE)
        elif speaks_of_the_sample(reading, text):
            collector.open_text(("mrd",), resource, "a note speaks of the sample or the depth of the test", BESIDE)
    ranges = resource.get("referenceRange")
    for text in (wording(item) for item in ranges if isinstance(item, Mapping)) if isinstance(ranges, list) else ():
        # What is said of a range explains values; what is said of the patient does not.
        own = [part for part in sentences(text) if mentions(reading, part, reading.self_words)]
        if any(unsettled_by(reading, part) for part in own):
            collector.open_text(("mrd",), resource, "a reference range speaks of the patient", BESIDE)


def _mrd_result(collector: Collector, resource: Resource) -> tuple[str | None, float | None, float | None, str]:
    """Result, level, a limit of detection said in the value, and what stands in the way of reading it."""
    name, value = value_of(resource)
    if isinstance(resource.get("dataAbsentReason"), Mapping) and not name:
        return "failed", None, None, ""
    coded = word(collector.table, value)
    against = contradicted(collector, resource, coded)
    if against:
        return None, None, None, against
    if coded in _RESULTS:
        return _RESULTS[coded], None, None, ""
    found = fraction(value)
    if found is None or not isinstance(value, Mapping):
        return (
            None,
            None,
            None,
            f"the value {shown(value)} is neither coded nor a fraction of cells in a unit on the list",
        )
    sign = value.get("comparator")
    if sign in ("<", "<="):
        if collector.table.conventions.less_than_means_not_detected:
            return "not-detected", None, found, ""
        return (
            None,
            None,
            None,
            f"'{shown(value)}' does not say whether anything was found below; a site file can state it",
        )
    # Of "more than" the level is not known, only that something was found.
    return "detected", None if sign else found, None, ""


def _specimen(collector: Collector, resource: Resource, meaning: Meaning) -> str | None:
    """Marrow or blood; what the code says counts only where nothing beside it says otherwise or cannot be read."""
    table = collector.table
    said = materials(collector, resource)
    site = word(table, resource.get("bodySite"))
    if site in _SPECIMENS:
        said = said | {site} if resource.get("specimen") else {site}
    elif resource.get("bodySite") and not names(wording(resource["bodySite"]), table.reading.marrow_words):
        said.add(None)
    expected = meaning.entry.specimen
    found: set[str | None] = said | ({expected} if expected else set())
    if named_material(table.reading, wording(resource.get("code"))) not in (None, *found):
        return None
    return found.pop() if len(found) == 1 and found <= set(_SPECIMENS) else None
