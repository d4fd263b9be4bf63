"""Therapy: transplants, and drugs by ingredient. What an order is for (maintenance, induction) is only what is coded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...dates import CalendarDate
from .codes import Meaning
from .collecting import Collector, status_of
from .current import Resource
from .elements import codings, date_of, day, distrusted, meanings, period, shown, wording, words
from .leaving import leave, no_meaning
from .unread import by_words, speaks_against_its_code

_PHASES = ("induction", "transplant", "consolidation", "maintenance", "relapse")
# Orders that do not say that the drug was given.
_NOT_GIVEN = ("draft", "intended", "not-taken")
_NOT_DONE = ("preparation", "not-done")
_NOT_ORDERED = ("proposal", "plan", "option")
# Melphalan is given in the days before the stem cells.
_DAYS_OF_CONDITIONING = 14


def read_procedure(collector: Collector, resource: Resource) -> None:
    """A Procedure: transplants and radiotherapy are read, others of their family leave the therapy list open."""
    found = collector.meaning(resource, resource.get("code"))
    if found is not None and found[0].kind == "drug-administration" and status_of(resource) not in _NOT_DONE:
        collector.administrations.append(resource)
        return
    if found is None or found[0].kind not in ("transplant", "radiotherapy"):
        if status_of(resource) in _NOT_DONE:
            collector.ignore(resource, f"status '{status_of(resource)}': not done")
        else:
            leave(collector, resource, no_meaning(resource), found)
        return
    meaning, code = found
    if status_of(resource) not in ("completed", "in-progress"):
        reason = f"a {meaning.kind} with status '{status_of(resource) or 'none'}' is not known to have been done"
        if status_of(resource) not in _NOT_DONE:
            collector.open(("therapy",), resource, reason, "status")
        collector.ignore(resource, reason)
        return
    if meaning.kind == "transplant":
        date = date_of(resource)
        entry = {"phase": "transplant", "kind": meaning.name, "date": str(date) if date is not None else None}
    else:
        date, end = period(resource.get("performedPeriod"))
        date = date or date_of(resource)
        entry = {
            "phase": "radiotherapy",
            **{name: str(day) if day is not None else None for name, day in (("start", date), ("end", end))},
        }
        _reason(collector, resource)
    path = collector.add("therapy", {**entry, "line": _line(resource.get("category"))})
    collector.facts.append(
        collector.fact(
            path, f"{meaning.name} {meaning.kind}".strip(), resource, "Procedure.code", code, shown(resource.get("code")), date=date
        )
    )  # fmt: skip


def settle_administrations(collector: Collector) -> None:
    """Drugs against cancer that were given, and not said which: they open therapy unless a phase that is recorded explains them.

    A phase of injected drugs does on its days, and a transplant for what was given in the weeks before it.
    """
    for resource in collector.administrations:
        date = date_of(resource) or period(resource.get("performedPeriod"))[0]
        if date is None or not any(_explains(collector, entry, date) for entry in collector.profile.get("therapy", ())):
            reason = f"{shown(resource.get('code'))}: a drug against cancer that no recorded phase of injected drugs explains"
            collector.open(("therapy",), resource, reason, "code")
        collector.ignore(resource, "a drug was given, and not said which")


def _explains(collector: Collector, entry: Mapping[str, Any], date: CalendarDate) -> bool:
    if entry.get("phase") == "transplant":
        done = day(entry.get("date"))
        return done is not None and date.earliest <= done.latest <= date.latest + _DAYS_OF_CONDITIONING
    start, end = day(entry.get("start")), day(entry.get("end"))
    if start is None or not set(entry.get("drugs", ())) & set(collector.table.reading.injected):
        return False
    over = end is None and "end" not in entry
    return not over and start.earliest <= date.latest and (end is None or date.earliest <= end.latest)


def _reason(collector: Collector, resource: Resource) -> None:
    """Why it was irradiated: a plasmacytoma or a relapse in the words of the reason is news of the course."""
    reason = {"resourceType": "Procedure", "reasonCode": resource.get("reasonCode"), "note": resource.get("note")}
    domains = tuple(domain for domain in by_words(collector.table, reason) if domain != "therapy")
    collector.open(domains, resource, "the reason for radiotherapy is given in words", "reasonCode")


def read_drug(collector: Collector, resource: Resource) -> None:
    """A MedicationRequest, MedicationStatement or MedicationAdministration."""
    if status_of(resource) in _NOT_GIVEN:
        collector.ignore(resource, f"status '{status_of(resource)}' does not say that it was given")
        return
    concepts = _concepts(collector, resource)
    found = [(meaning, code) for concept in concepts for meaning, code, _ in meanings(collector.table, concept)]
    drugs = [item for item in found if item[0].kind == "drug"]
    phases = phases_of(collector, resource)
    phase = _phase(phases, drugs)
    if concepts and not phases and all(_known_as_irrelevant(collector, concept) for concept in concepts):
        collector.ignore(resource, "known to say nothing of what an answer rests on")
        return
    if status_of(resource) in ("unknown", ""):
        collector.unreadable(resource, "its status does not say whether it was given", "status")
    elif resource.get("doNotPerform") or resource.get("intent") in _NOT_ORDERED:
        intent = "doNotPerform" if resource.get("doNotPerform") else f"intent '{resource.get('intent')}'"
        collector.unreadable(resource, f"{intent}: it does not say that the drug was given", "intent")
    elif not drugs and phase is None:
        named = ", ".join(shown(item) for item in concepts) or "its medication"
        _unknown_drug(collector, resource, concepts, f"no meaning for {named}")
    else:
        _doubts(collector, resource, concepts, found)
        _entry(collector, resource, drugs, phase)


def _unknown_drug(collector: Collector, resource: Resource, concepts: list[object], reason: str) -> None:
    """A drug of no known meaning may be anything, aspirin or a myeloma drug under a product code: therapy is open.

    What is named in words, here or in the Medication that is referred to, a person can read; a code of the family of such
    drugs is no text.
    """
    if len(concepts) == 1 and wording(concepts[0]) and not meanings(collector.table, concepts[0]):
        collector.open_text(
            ("therapy",), {**resource, "medicationCodeableConcept": concepts[0]}, reason, "medication[x]"
        )
        collector.ignore(resource, reason)
    else:
        collector.unreadable(resource, reason, "medication[x]")


def _known_as_irrelevant(collector: Collector, concept: object) -> bool:
    found = meanings(collector.table, concept)
    named = {"resourceType": "Medication", "code": concept}
    return (
        bool(found)
        and all(meaning.irrelevant for meaning, _, _ in found)
        and not speaks_against_its_code(collector.table, named)
    )


def _doubts(collector: Collector, resource: Resource, concepts: list[object], found: list[tuple[Meaning, str]]) -> None:
    """An entry that is taken and leaves something open: a drug of it that has no meaning, or a drug named twice over."""
    for concept in concepts:
        names = {meaning.means for meaning, _, _ in meanings(collector.table, concept)}
        if len(names) != 1:
            text = (
                f"has codes that mean different things: {', '.join(sorted(names))}"
                if names
                else f"no meaning for {shown(concept)}"
            )
            collector.open(("therapy",), resource, text, "medication[x]")
    if any(meaning.kind == "unread" for meaning, _ in found):
        collector.open(("therapy",), resource, "a drug of the family that is not read", "medication[x]")


def read_dispense(collector: Collector, resource: Resource) -> None:
    """A MedicationDispense: of a drug that is not known to be irrelevant it leaves the therapy list open."""
    concepts = _concepts(collector, resource)
    if concepts and all(_known_as_irrelevant(collector, concept) for concept in concepts):
        collector.ignore(resource, "known to say nothing of what an answer rests on")
    elif status_of(resource) in ("cancelled", "declined", "preparation"):
        collector.ignore(resource, f"status '{status_of(resource)}' does not say that it was given")
    else:
        reason = "a dispense says that a drug was handed out, and not for which therapy"
        _unknown_drug(collector, resource, concepts, reason)


def _concepts(collector: Collector, resource: Resource) -> list[object]:
    """The medication, coded here or in a Medication that is referred to, with its ingredients."""
    here = resource.get("medicationCodeableConcept")
    found: list[object] = [here] if isinstance(here, Mapping) else []
    medication = collector.resources.referred(resource.get("medicationReference"), resource)
    if medication is not None and not distrusted(medication) and status_of(medication) != "entered-in-error":
        ingredients = medication.get("ingredient")
        listed = ingredients if isinstance(ingredients, list) else []
        # An ingredient without a code may be any drug.
        found += [item.get("itemCodeableConcept") or {} if isinstance(item, Mapping) else {} for item in listed]
        if not listed or meanings(collector.table, medication.get("code")):
            found.append(medication.get("code"))
    return [item for item in found if isinstance(item, Mapping)]


def phases_of(collector: Collector, resource: Resource) -> set[str]:
    """What the therapy was for, where its category is coded."""
    category = resource.get("category")
    return {
        found
        for concept in (category if isinstance(category, list) else [category])
        for found in words(collector.table, concept)
        if found in _PHASES
    }


def _phase(phases: set[str], drugs: list[tuple[Meaning, str]]) -> str | None:
    """What the therapy was for: by its category, or by the site for this code."""
    named = phases | {meaning.entry.phase for meaning, _ in drugs if meaning.entry.phase is not None}
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
        collector.issue("information", resource, f"{path}: active without an end, so it is taken to go on", "status")
    if phase is None:
        collector.issue(
            "warning", resource, f"{path}: whether this is maintenance is not coded; it stays unknown", "category"
        )


def _when(resource: Resource) -> tuple[Any, Any]:
    """First and last day: of the statement or administration, or of the order's dosage or supply."""
    start, end = period(resource.get("effectivePeriod"))
    if start is None:
        start = date_of(resource)
    if resource["resourceType"] == "MedicationRequest" and status_of(resource) != "completed":
        # Of an order that goes on or was stopped, the dosage and the supply say only what was planned.
        planned = _planned(resource)[0]
        return start or planned or day(resource.get("authoredOn")), end
    dosages_start, dosages_end = _planned(resource)
    return start or dosages_start or day(resource.get("authoredOn")), end or dosages_end


def _planned(resource: Resource) -> tuple[Any, Any]:
    """First and last day of the dosage or of the supply."""
    start = end = None
    dosages = resource.get("dosageInstruction")
    for dosage in dosages if isinstance(dosages, list) else ():
        repeat = _within(_within(dosage, "timing"), "repeat")
        first, last = period(_within(repeat, "boundsPeriod"))
        start, end = start or first, end or last
    first, _ = period(_within(resource.get("dispenseRequest"), "validityPeriod"))
    return start or first, end


def _within(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None
