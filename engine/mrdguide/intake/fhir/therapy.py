"""Therapy: transplants, and drugs by ingredient. What an order is for (maintenance, induction) is only what is coded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .codes import Meaning
from .collecting import Collector, status_of
from .elements import codings, date_of, day, meanings, period, shown, words
from .resources import Resource

_PHASES = ("induction", "transplant", "consolidation", "maintenance", "relapse")
# Orders that do not say that the drug was given.
_NOT_GIVEN = ("draft", "intended", "not-taken")
_NOT_DONE = ("preparation", "not-done")


def read_transplant(collector: Collector, resource: Resource) -> None:
    """A Procedure; what is no transplant is ignored."""
    found = collector.meaning(resource, resource.get("code"))
    if found is None or found[0].kind != "transplant":
        collector.ignore(resource, f"no meaning for {shown(resource.get('code'))}")
        return
    meaning, code = found
    if status_of(resource) not in ("completed", "in-progress"):
        collector.therapy_open |= status_of(resource) not in _NOT_DONE
        collector.ignore(
            resource, f"a transplant with status '{status_of(resource) or 'none'}' is not known to have been done"
        )
        return
    date = date_of(resource)
    entry = {
        "phase": "transplant", "kind": meaning.name, "date": str(date) if date is not None else None,
        "line": _line(resource.get("category")),
    }  # fmt: skip
    path = collector.add("therapy", entry)
    collector.facts.append(
        collector.fact(
            path, f"{meaning.name} transplant", resource, "Procedure.code", code, shown(resource.get("code")), date=date
        )
    )


def read_drug(collector: Collector, resource: Resource) -> None:
    """A MedicationRequest, MedicationStatement or MedicationAdministration."""
    if status_of(resource) in _NOT_GIVEN:
        collector.ignore(resource, f"status '{status_of(resource)}' does not say that it was given")
        return
    if status_of(resource) in ("unknown", ""):
        collector.therapy_open = True
        collector.ignore(resource, "its status does not say whether it was given")
        return
    concepts = _concepts(collector, resource)
    drugs = [
        (meaning, code)
        for concept in concepts
        for meaning, code, _ in meanings(collector.table, concept)
        if meaning.kind == "drug"
    ]
    phase = _phase(resource, collector, drugs)
    if not drugs and phase is None:
        # It may be anything, aspirin or a myeloma drug under a product code, so the therapy list is not whole.
        collector.therapy_open = True
        collector.ignore(resource, f"no meaning for {', '.join(shown(item) for item in concepts) or 'its medication'}")
        return
    _entry(collector, resource, drugs, phase)


def _concepts(collector: Collector, resource: Resource) -> list[object]:
    """The medication, coded here or in a Medication that is referred to, with its ingredients."""
    here = resource.get("medicationCodeableConcept")
    found: list[object] = [here] if isinstance(here, Mapping) else []
    medication = collector.resources.referred(resource.get("medicationReference"), resource)
    if medication is not None:
        found.append(medication.get("code"))
        ingredients = medication.get("ingredient")
        for item in ingredients if isinstance(ingredients, list) else ():
            if isinstance(item, Mapping):
                found.append(item.get("itemCodeableConcept"))
    return [item for item in found if isinstance(item, Mapping)]


def _phase(resource: Resource, collector: Collector, drugs: list[tuple[Meaning, str]]) -> str | None:
    """What the therapy was for, where it is coded: in its category, or by the site for this code."""
    category = resource.get("category")
    named = {
        found
        for concept in (category if isinstance(category, list) else [category])
        for found in words(collector.table, concept)
        if found in _PHASES
    }
    named |= {meaning.entry.phase for meaning, _ in drugs if meaning.entry.phase is not None}
    return named.pop() if len(named) == 1 else None


def _line(category: object) -> int | None:
    """The line of therapy, coded as `urn:mrdguide:line|1` in the category."""
    for concept in category if isinstance(category, list) else [category]:
        for system, code, _ in codings(concept):
            if system == "urn:mrdguide:line" and code.isascii() and code.isdigit() and 1 <= int(code) <= 30:
                return int(code)
    return None


def _entry(collector: Collector, resource: Resource, drugs: list[tuple[Meaning, str]], phase: str | None) -> None:
    start, end = _when(resource)
    names = list(dict.fromkeys(meaning.name for meaning, _ in drugs))
    entry: dict[str, Any] = {
        "phase": phase,
        "line": _line(resource.get("category")),
        "start": str(start) if start is not None else None,
    }
    if names:
        entry["drugs"] = names
    path = collector.add("therapy", entry)
    collector.facts.append(
        collector.fact(
            path, " + ".join(names) or "therapy", resource, f"{resource['resourceType']}.medication[x]",
            drugs[0][1] if drugs else "", ", ".join(names) or "drug not coded", date=start,
        )
    )  # fmt: skip
    added = collector.profile["therapy"][-1]
    if end is not None:
        added["end"] = str(end)
    elif status_of(resource) == "active" and collector.table.conventions.active_order_goes_on:
        added["end"] = None
        collector.issue("information", resource, f"{path}: active without an end, so it is taken to go on")
    if phase is None:
        collector.issue("warning", resource, f"{path}: whether this is maintenance is not coded; it stays unknown")


def _when(resource: Resource) -> tuple[Any, Any]:
    """First and last day: of the statement or administration, or of the order's dosage or supply."""
    start, end = period(resource.get("effectivePeriod"))
    if start is None:
        start = date_of(resource)
    dosages = resource.get("dosageInstruction")
    for dosage in dosages if isinstance(dosages, list) else ():
        repeat = _within(_within(dosage, "timing"), "repeat")
        first, last = period(_within(repeat, "boundsPeriod"))
        start, end = start or first, end or last
    first, last = period(_within(resource.get("dispenseRequest"), "validityPeriod"))
    return start or first or day(resource.get("authoredOn")), end


def _within(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None
