"""MRD tests. A test counts as negative only where nothing in it is missing, damaged or speaks against it."""

from __future__ import annotations

from collections.abc import Mapping

from .asides import BESIDE, deepest_said
from .codes import Meaning
from .collecting import FINAL, Collector, status_of
from .contradictions import contradicted
from .current import Resource
from .elements import UNREAD, components, distrusted, fraction, number, shown, value_of, word, wording, yes_or_no
from .samples import day_of_sample
from .saying import names
from .texts import is_text, read_as_nothing

_RESULTS = {"present": "detected", "absent": "not-detected", "indeterminate": "indeterminate", "failed": "failed"}
_METHODS = ("NGS", "NGF", "MFC", "ASO-qPCR", "mass-spectrometry")
_SPECIMENS = ("marrow", "blood")
# A depth in words is a rounded one.
_SAME_DEPTH = 1.5
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
    cells = number(parts.get("cells"))
    entry = {
        "date": str(date) if date is not None else None, "specimen": _specimen(collector, resource, meaning),
        "method": method if method in _METHODS else None, "limit_of_detection": limit, "result": result, "level": level,
        "quality": {**quality, **({"cells": cells} if cells else {})},
    }  # fmt: skip
    said = deepest_said(resource)
    if limit is not None and said is not None and said > limit * _SAME_DEPTH:
        collector.open_text(("mrd",), resource, f"its words name a depth of {said:g}, its data {limit:g}", BESIDE)
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
        if value is UNREAD or flag or (name == "cells" and number(value) is None):
            return f"a component ({name.replace('_', ' ') or 'of unknown meaning'}) cannot be read"
    specimen = collector.resources.referred(resource.get("specimen"), resource)
    if specimen is None:
        return ""
    if specimen.get("status") in ("entered-in-error", "unsatisfactory") or specimen.get("condition"):
        return f"its specimen is {specimen.get('status') if specimen.get('status') != 'available' else 'not in order'}"
    if distrusted(specimen):
        return f"Specimen.{distrusted(specimen)} changes what the specimen says"
    subject, own = specimen.get("subject"), resource.get("subject")
    if subject is not None and collector.resources.referred(subject, specimen) is not collector.resources.referred(
        own, resource
    ):
        return "its specimen is not said to be this patient's"
    return ""


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
    return "detected", found, None, ""


def _specimen(collector: Collector, resource: Resource, meaning: Meaning) -> str | None:
    """Marrow or blood; what the code says counts only where nothing beside it says otherwise or cannot be read."""
    table = collector.table
    specimen = collector.resources.referred(resource.get("specimen"), resource)
    kinds = specimen.get("type") if specimen is not None else None
    said: set[str | None] = {word(table, kinds)} if kinds else ({None} if resource.get("specimen") else set())
    site = word(table, resource.get("bodySite"))
    if site in _SPECIMENS:
        said = said | {site} if resource.get("specimen") else {site}
    elif resource.get("bodySite") and not names(wording(resource["bodySite"]), table.reading.marrow_words):
        said.add(None)
    expected = meaning.entry.specimen
    found: set[str | None] = said | ({expected} if expected else set())
    called = wording(resource.get("code"))
    names_blood = names(called, table.reading.blood_words) and not names(called, table.reading.marrow_words)
    if names_blood and "marrow" in found:
        return None
    return found.pop() if len(found) == 1 and found <= set(_SPECIMENS) else None
