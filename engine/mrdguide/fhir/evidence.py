"""Findings of evidence entries as FHIR Evidence resources, in R5 (5.0.0), each citing the Citation of its entry.

Only figures that were read at a source become one; whatever must be known to read them aright (clock, directness, warnings)
goes along as notes. https://hl7.org/fhir/R5/evidence.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from ..evidence import EvidenceEntry, Library
from ..evidence.model import Arm, CertaintyOfEvidence, Effect, Interval, StudyFinding
from .citation import citation_bundle, fhir_id, fhir_url, filled

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_UCUM = "http://unitsofmeasure.org"
# Kinds of statistic that have a code of their own; the rest are said in words.
_STATISTICS = {"HR": "C93150", "count": "C25463"}
_WORDS = {
    "HR": "hazard ratio", "OR": "odds ratio", "RR": "relative risk", "difference": "difference", "count": "count",
    "%": "percentage", "mo": "time", "a": "time", "1": "number",
}  # fmt: skip
_IN_UCUM = {"%": "%", "mo": "mo", "a": "a", "count": "1", "1": "1"}
_TIMES = {"d": "days", "mo": "months", "a": "years"}


def evidence_bundle(library: Library, entry_ids: Iterable[str]) -> dict[str, Any]:
    """A Bundle (collection): the Citation of each entry, and an Evidence for each of its verified findings.

    What was retracted has its Citation alone, and so have series whose effect sizes mislead.

    Raises:
        EvidenceError: an entry cannot be read.
    """
    entries = [library.entry(entry_id) for entry_id in entry_ids]
    bundle = citation_bundle(library, [entry.id for entry in entries])
    found = [_evidence(entry, finding) for entry in entries for finding in _shown(entry)]
    bundle["entry"] += [{"fullUrl": item["url"], "resource": item} for item in found]
    return bundle


def _shown(entry: EvidenceEntry) -> Iterator[StudyFinding]:
    if entry.retracted is None and not entry.effect_sizes_hidden:
        yield from (finding for finding in entry.findings if finding.verified)


def _evidence(entry: EvidenceEntry, finding: StudyFinding) -> dict[str, Any]:
    name = f"{entry.id}#{finding.id}"
    source = entry.sources[finding.source] if finding.source else None
    read = f"read {source.read} in {source.url} ({source.level} source: {source.locator})" if source else ""
    notes = [*entry.warnings, f"directness: {finding.directness}" if finding.directness else "", finding.note, read]
    return filled(
        {
            "resourceType": "Evidence", "id": fhir_id(name), "url": fhir_url(name),
            "identifier": [{"system": "urn:mrdguide:finding", "value": name}],
            "title": f"{entry.called}: {finding.measure}", "status": "active",
            "citeAsReference": {"reference": fhir_url(entry.id), "display": entry.called},
            "description": finding.statement, "note": [{"text": text} for text in notes if text],
            "variableDefinition": list(_variables(entry, finding)), "statistic": list(_statistics(entry, finding)),
            "certainty": _certainty(entry.certainty),
        }
    )  # fmt: skip


def _variables(entry: EvidenceEntry, finding: StudyFinding) -> Iterator[dict[str, Any]]:
    population = entry.population
    if population is not None and population.verified:
        yield {"description": population.text, "variableRole": _coded("variable-role", "population")}
    yield {"description": _measured(finding), "variableRole": _coded("variable-role", "measuredVariable")}


def _measured(finding: StudyFinding) -> str:
    at = f" at {finding.time.at:g} {_TIMES[finding.time.unit]}" if finding.time is not None else ""
    return f"{finding.measure}{at}{f' (clock: {finding.clock})' if finding.clock else ''}"


def _statistics(entry: EvidenceEntry, finding: StudyFinding) -> Iterator[dict[str, Any]]:
    yield from (_of_arm(arm, finding) for arm in finding.arms)
    if finding.effect is not None:
        yield _of_effect(finding.effect)


def _of_arm(arm: Arm, finding: StudyFinding) -> dict[str, Any]:
    described = f"{arm.group}: {finding.measure}{'' if arm.reached else ', median not reached'}"
    return filled(
        {
            "description": described, "statisticType": _statistic(arm.unit),
            "quantity": _quantity(arm.value, arm.unit), "numberOfEvents": arm.events,
            "sampleSize": {"numberOfParticipants": arm.n} if arm.n is not None else {},
            "attributeEstimate": _estimates(arm.interval, arm.unit, ""),
        }
    )  # fmt: skip


def _of_effect(effect: Effect) -> dict[str, Any]:
    return filled(
        {
            "description": effect.of, "statisticType": _statistic(effect.kind), "quantity": _quantity(effect.value, "1"),
            "attributeEstimate": _estimates(effect.interval, "1", effect.p),
        }
    )  # fmt: skip


def _statistic(kind: str) -> dict[str, Any]:
    words = _WORDS.get(kind, kind)
    return _coded("statistic-type", _STATISTICS[kind], words) if kind in _STATISTICS else {"text": words}


def _quantity(value: float | None, unit: str) -> dict[str, Any]:
    if value is None:
        return {}
    code = _IN_UCUM.get(unit)
    return {"value": _number(value), "unit": unit, **({"system": _UCUM, "code": code} if code else {})}


def _estimates(interval: Interval | None, unit: str, p: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if interval is not None:
        bounds = {"low": _quantity(interval.low, unit), "high": _quantity(interval.high, unit)}
        level = _number(interval.percent / 100)
        found.append({"type": {"text": f"{interval.kind} interval"}, "level": level, "range": bounds})
    if p:
        found.append({"type": {"text": "p value"}, "description": f"p {p}" if p[0] in "<>=" else f"p = {p}"})
    return found


def _certainty(certainty: CertaintyOfEvidence | None) -> list[dict[str, Any]]:
    """Certainty in the terms of GRADE, as these rules judge it for the whole of the entry."""
    if certainty is None:
        return []
    notes = [{"text": text} for text in ("judged for the entry as a whole", *certainty.reasons)]
    return [{"note": notes, "rating": _coded("certainty-rating", certainty.level)}]


def _coded(system: str, code: str, text: str = "") -> dict[str, Any]:
    coding = {"coding": [{"system": f"{_TERMINOLOGY}/{system}", "code": code}]}
    return {**coding, "text": text} if text else coding


def _number(value: float) -> int | float:
    """A number as it was written: 0.95, not 0.9500000000000001; 84, not 84.0."""
    exact = Decimal(f"{value:.12g}")
    return int(exact) if exact == exact.to_integral_value() else float(exact)
