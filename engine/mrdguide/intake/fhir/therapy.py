"""Therapy: transplants, and drugs by ingredient. What an order is for (maintenance, induction) is only what is coded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from ...dates import CalendarDate
from .acts import is_act_of_a_test
from .asides import BESIDE, read_asides, said_beside
from .codes import Meaning
from .collecting import Collector, Unplaced, status_of
from .current import Resource
from .elements import codings, date_of, day, distrusted, meanings, period, shown, wording, words
from .explained import (
    is_around_transplant,
    is_dose_of,
    is_infusion_of,
    names_another_drug,
    part_of_transplant,
)
from .import_report import ORDINARY
from .leaving import leave, no_meaning
from .saying import says
from .unread import by_words, speaks_against_its_code

_PHASES = ("induction", "transplant", "consolidation", "maintenance", "relapse")
# Orders that do not say that the drug was given.
_NOT_GIVEN = ("draft", "intended", "not-taken")
_NOT_DONE = ("preparation", "not-done")
_NOT_ORDERED = ("proposal", "plan", "option")
_NOT_HANDED_OUT = ("cancelled", "declined", "preparation")
# What tells of the days that an export knows of.
_RESULTS = ("Observation", "DiagnosticReport", "Condition")


def read_procedure(collector: Collector, resource: Resource) -> None:
    """A Procedure: transplants and radiotherapy are read, others of their family leave the therapy list open."""
    if is_act_of_a_test(collector, resource):
        collector.ignore(resource, "the act of a test, which says nothing of what it found")
        read_asides(collector, resource)
        return
    found = collector.meaning(resource, resource.get("code"))
    if found is None or found[0].kind not in ("transplant", "radiotherapy"):
        _other_procedure(collector, resource, found)
        return
    meaning, code = found
    if status_of(resource) not in ("completed", "in-progress"):
        reason = f"a {meaning.kind} with status '{status_of(resource) or 'none'}' is not known to have been done"
        if status_of(resource) not in _NOT_DONE:
            collector.open(("therapy",), resource, reason, "status")
        collector.ignore(resource, reason)
        read_asides(collector, resource)
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
    line = _line(resource.get("category"))
    same = _told_already(collector, entry, line) if date is not None and date.exact else None
    if same is not None:
        same.update({"line": line} if line is not None else {})
        collector.ignore(resource, "told again, of a transplant of that day")
        read_asides(collector, resource)
        return
    path = collector.add("therapy", {**entry, "line": line})
    collector.facts.append(
        collector.fact(
            path, f"{meaning.name} {meaning.kind}".strip(), resource, "Procedure.code", code, shown(resource.get("code")), date=date
        )
    )  # fmt: skip
    if meaning.kind == "transplant" and says(
        collector.table.reading, said_beside(resource), collector.table.reading.not_done_words
    ):
        reason = "words beside a transplant say that it may not have been done"
        collector.open_text(("therapy",), resource, reason, BESIDE)


def _told_already(collector: Collector, entry: Mapping[str, Any], line: int | None) -> dict[str, Any] | None:
    """The entry of a transplant of this kind and day, of the same line where both say one."""
    for item in collector.profile.get("therapy", ()) if entry["phase"] == "transplant" else ():
        if (entry.items() <= item.items() and None in (line, item.get("line"))) or {**entry, "line": line} == item:
            return item  # type: ignore[no-any-return]
    return None


def _other_procedure(collector: Collector, resource: Resource, found: tuple[Meaning, str] | None) -> None:
    if status_of(resource) in _NOT_DONE:
        collector.ignore(resource, f"status '{status_of(resource)}': not done")
        read_asides(collector, resource)
    elif found is not None and found[0].kind == "drug-administration":
        leave_to_infusion(collector, resource)
    elif not leave_to_transplant(collector, resource, found):
        leave(collector, resource, no_meaning(resource), found)


def leave_to_infusion(collector: Collector, resource: Resource) -> None:
    """A drug against cancer that was given, not said which: what it means is settled when it is known which are recorded."""
    explained = partial(is_infusion_of, collector.table, resource)
    collector.unplaced.append(Unplaced(resource, explained, partial(_unknown_infusion, collector, resource)))


def leave_to_transplant(collector: Collector, resource: Resource, found: tuple[Meaning, str] | None) -> bool:
    """Whether a resource tells of an autologous transplant: what it means is settled when it is known which are recorded."""
    part = part_of_transplant(collector.table, resource)
    if part is None:
        return False
    explained = partial(is_around_transplant, collector.table, part, resource)
    otherwise = partial(leave, collector, resource, no_meaning(resource), found)
    collector.unplaced.append(Unplaced(resource, explained, otherwise))
    return True


def _unknown_infusion(collector: Collector, resource: Resource) -> None:
    """A drug against cancer that was given, not said which, and that no recorded phase explains."""
    reason = f"{shown(resource.get('code'))}: a drug against cancer that no recorded phase of injected drugs explains"
    collector.open(("therapy",), resource, reason, "code")
    collector.ignore(resource, "a drug was given, and not said which")


def _reason(collector: Collector, resource: Resource) -> None:
    """Why it was irradiated: a plasmacytoma or a relapse in the words of the reason is news of the course."""
    reason = {"resourceType": "Procedure", "reasonCode": resource.get("reasonCode"), "note": resource.get("note")}
    domains = tuple(domain for domain in by_words(collector.table, reason) if domain != "therapy")
    collector.open(domains, resource, "the reason for radiotherapy is given in words", "reasonCode")


def read_drug(collector: Collector, resource: Resource) -> None:
    """A MedicationRequest, MedicationStatement or MedicationAdministration."""
    if status_of(resource) in _NOT_GIVEN:
        collector.ignore(resource, f"status '{status_of(resource)}' does not say that it was given")
        read_asides(collector, resource)
        return
    concepts = _concepts(collector, resource)
    found = [(meaning, code) for concept in concepts for meaning, code, _ in meanings(collector.table, concept)]
    drugs = [item for item in found if item[0].kind == "drug"]
    phases = phases_of(collector, resource)
    phase = _phase(phases, drugs)
    if concepts and not phases and all(_known_as_irrelevant(collector, concept) for concept in concepts):
        collector.ignore(resource, ORDINARY)
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
        names = list(dict.fromkeys(meaning.name for meaning, _ in drugs))
        _doubts(collector, resource, concepts, found)
        if _speak_against(collector, resource, names):
            collector.open(("therapy",), resource, "its words name another drug than its code", "medication[x]")
        _beside(collector, resource, names)
        _take(collector, resource, drugs, names, phase)


def _take(
    collector: Collector, resource: Resource, drugs: list[tuple[Meaning, str]], names: list[str], phase: str | None
) -> None:
    """Take an entry at once where its phase is coded; else when it is known whether a recorded phase explains it."""
    taken = partial(_entry, collector, resource, drugs, names, phase)
    if phase is not None or phases_of(collector, resource) or _line(resource.get("category")) is not None:
        taken()
        return
    start, end = _when(resource)
    collector.unplaced.append(
        Unplaced(resource, partial(is_dose_of, drugs=names, start=start, end=end, status=status_of(resource)), taken)
    )


def _speak_against(collector: Collector, resource: Resource, names: list[str]) -> bool:
    """Whether the words of the drug, here or in the Medication that is referred to, name one for the disease that is not coded."""
    reference, medication = resource.get("medicationReference"), _medication(collector, resource)
    said = [wording(concept) for concept in _concepts(collector, resource)]
    said.append(wording(medication.get("code")) if medication is not None else "")
    said.append(str(reference.get("display") or "") if isinstance(reference, Mapping) else "")
    return any(names_another_drug(collector.table.reading, text, names) for text in said)


def _beside(collector: Collector, resource: Resource, names: list[str]) -> None:
    """Open therapy where words beside the drug say that it became another one, or that what is said to go on does not."""
    reading, start_and_end = collector.table.reading, _when(resource)
    said = "; ".join((said_beside(resource), wording(resource.get("category"))))
    goes_on = status_of(resource) == "active" or start_and_end[1] is None
    wanted = (*reading.other_therapy_words, *(reading.interrupted_words if goes_on else ()))
    if says(reading, said, wanted) or names_another_drug(reading, said, names):
        reason = "words beside a drug speak of other therapy, or say that it did not go on"
        collector.open_text(("therapy",), resource, reason, BESIDE)


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
        collector.ignore(resource, ORDINARY)
    elif status_of(resource) in _NOT_HANDED_OUT:
        collector.ignore(resource, f"status '{status_of(resource)}' does not say that it was given")
        read_asides(collector, resource)
    else:
        reason = "a dispense says that a drug was handed out, and not for which therapy"
        unknown = partial(_unknown_drug, collector, resource, concepts, reason)
        names = _only_drugs(collector, concepts)
        if not names or _speak_against(collector, resource, names):
            unknown()
            return
        _beside(collector, resource, names)
        handed_out = day(resource.get("whenHandedOver")) or day(resource.get("whenPrepared"))
        explained = partial(is_dose_of, drugs=names, start=handed_out, end=None, status=status_of(resource))
        collector.unplaced.append(Unplaced(resource, explained, unknown))


def _only_drugs(collector: Collector, concepts: list[object]) -> list[str]:
    """The drugs for the disease that concepts are coded as; none where one of them has no meaning or another one."""
    found = [[meaning for meaning, _, _ in meanings(collector.table, concept)] for concept in concepts]
    if not all(known and all(meaning.kind == "drug" for meaning in known) for known in found):
        return []
    return list(dict.fromkeys(meaning.name for known in found for meaning in known))


def _concepts(collector: Collector, resource: Resource) -> list[object]:
    """The medication, coded here or in a Medication that is referred to, with its ingredients."""
    here = resource.get("medicationCodeableConcept")
    found: list[object] = [here] if isinstance(here, Mapping) else []
    medication = _medication(collector, resource)
    if medication is not None:
        ingredients = medication.get("ingredient")
        listed = ingredients if isinstance(ingredients, list) else []
        # An ingredient without a code may be any drug.
        found += [item.get("itemCodeableConcept") or {} if isinstance(item, Mapping) else {} for item in listed]
        if not listed or meanings(collector.table, medication.get("code")):
            found.append(medication.get("code"))
    return [item for item in found if isinstance(item, Mapping)]


def _medication(collector: Collector, resource: Resource) -> Resource | None:
    """The Medication that is referred to, unless it is not to be relied on."""
    found = collector.resources.referred(resource.get("medicationReference"), resource)
    return found if found is not None and not distrusted(found) and status_of(found) != "entered-in-error" else None


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


def _entry(
    collector: Collector, resource: Resource, drugs: list[tuple[Meaning, str]], names: list[str], phase: str | None
) -> None:
    start, end = _when(resource)
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
    stated = _stated_end(resource, end)
    if status_of(resource) == "active" and stated is not None and _is_past(collector, stated):
        text = f"{path}: active, and with an end on {stated} that is past; whether it goes on stays unknown"
        collector.issue("warning", resource, text, "status")
    elif end is not None:
        added["end"] = str(end)
    elif status_of(resource) == "active" and collector.table.conventions.active_order_goes_on:
        added["end"] = None
        collector.issue("information", resource, f"{path}: active without an end, so it is taken to go on", "status")
    if phase is None:
        collector.issue(
            "warning", resource, f"{path}: whether this is maintenance is not coded; it stays unknown", "category"
        )


def _stated_end(resource: Resource, end: CalendarDate | None) -> CalendarDate | None:
    """The last day that is stated, of an order the last one of its dosage."""
    return end or _planned(resource)[1]


def _is_past(collector: Collector, end: CalendarDate) -> bool:
    """Whether an end lies before the last day that anything here tells of: of when it was exported, that is all there is."""
    if collector.last_day is None:
        collector.last_day = max((told.earliest for told in _days_told(collector)), default=0)
    return end.earliest <= collector.last_day


def _days_told(collector: Collector) -> Iterator[CalendarDate]:
    """The days of results and Conditions, and those on which anything was last written."""
    for item in collector.resources.all:
        told = date_of(item) if item.get("resourceType") in _RESULTS else None
        written = day(_within(item.get("meta"), "lastUpdated"))
        yield from (found for found in (told, written) if found is not None)


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
