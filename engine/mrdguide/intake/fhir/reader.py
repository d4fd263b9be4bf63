"""From FHIR R4 resources to a profile, with a report on every fact taken and every resource left.

Codes decide, displays only raise a flag. Each resource is read by itself, so a broken one becomes a line in the report.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from ...errors import PatientError
from ...patient.profile import Patient
from ...patient.reader import read_patient
from ...reading import arguments
from ...reading.garbage import not_collected
from .alike import likeness
from .asides import (
    keep_named_therapy,
    read_asides,
    read_coded_asides,
    read_patient_words,
    read_reasons,
    read_words_beside,
)
from .baseline import settle_baseline
from .certainty import REFUTED, verification_of
from .codes import CodeTable, load_table
from .codes.table import DOMAINS
from .collecting import BROKEN, DROPPED, Collector, status_of
from .contained import findings_inside
from .current import Resource
from .diagnosis import read_conditions, read_patient_resource, settle_bone_disease, settle_diagnosis
from .elements import distrusted, flagged, labels_of, meanings, value_parts
from .explained import settle_unplaced
from .families import is_of_family
from .filtered import open_what_was_filtered
from .harm import read_adverse_event
from .imaging import read_image
from .import_report import ORDINARY, Completeness, ImportedFact, ImportReport
from .leaving import concludes_by_its_codes, leave
from .markers import settle_markers
from .not_whole import open_what_is_not_whole
from .observations import read_observation
from .other_types import read_other_types
from .resources import Resources
from .statements import TextsRead, read_statements
from .subjects import also_elsewhere, index_patient, is_about, names_of, replaced_elsewhere
from .texts import settle_texts
from .therapy import phases_of, read_dispense, read_drug, read_procedure
from .unread import LISTS, by_code, by_inside, domains_of, forget_words, speaks_against_its_code, told_against_its_code

_LISTS = ("therapy", "responses", "mrd", "imaging", "markers", "events", "toxicities")
_DRUGS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration")
_READ = ("Condition", "Observation", "DiagnosticReport", "Procedure", *_DRUGS, "MedicationDispense", "AdverseEvent")
# Read only where another resource refers to them.
_SUPPORTING = ("Patient", "Specimen", "Medication", "OperationOutcome")
# From so many entries on, looking for garbage meanwhile costs more than reading them.
_LARGE = 1_000
_ENTRY = re.compile(r"(\w+)\[(\d+)\]")


def read(
    source: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    site: str | os.PathLike[str] | None = None,
    *,
    expected: Sequence[str] = (),
    server: str = "",
    attested: Sequence[Mapping[str, Any]] = (),
) -> tuple[Patient, ImportReport]:
    """Read a Bundle, a list of resources or a CDS Hooks prefetch (parsed JSON) of one patient.

    `site` is a site file with local codes and conventions; `expected` are the keys that a prefetch should have; `server`
    is the base address of the FHIR server that the data are from, where it is known; `attested` says of texts of the
    import report who has read them and found nothing (`by`, `date`, `texts`, `nothing_found`).

    Raises:
        FhirError: it is no such thing, or of another version of FHIR than R4.
        NoUsablePatient: there is not exactly one Patient, or no Condition of that patient.
        SiteFileError: the site file cannot be used.
        UsageError: `site` is not a path, `expected` not a list of keys, or `attested` not a list of statements.
    """
    table = load_table(str(arguments.path("site", site, "a site file")) if site is not None else None)
    for key in arguments.entries("expected", expected, "a list of keys of the prefetch"):
        arguments.instance_of(str, "expected", key, "a list of keys of the prefetch")
    statements = read_statements(attested)
    try:
        with not_collected() if _is_large(source) else nullcontext():
            return _read(Resources(source, expected, server), table, statements)
    finally:
        forget_words()


def _is_large(source: object) -> bool:
    entries = source.get("entry") if isinstance(source, Mapping) else source
    return isinstance(entries, Sequence) and len(entries) >= _LARGE


def _read(resources: Resources, table: CodeTable, statements: Sequence[TextsRead]) -> tuple[Patient, ImportReport]:
    patient = index_patient(resources)
    names = names_of(resources, patient)
    collector = Collector(table, resources, {}, statements=statements)
    read_patient_resource(collector, patient)
    read_patient_words(collector, patient)
    given = [*resources.all, *findings_inside(resources, table, _READ)]
    mine = [item for item in given if _is_read(collector, item, patient, names)]
    read_conditions(collector, [item for item in mine if item["resourceType"] == "Condition"])
    for resource in mine:
        before, unplaced = collector.taken, len(collector.unplaced)
        _one(collector, resource)
        if len(collector.unplaced) > unplaced:
            continue  # the words beside it are read when it is settled
        if collector.taken > before or any(by_code(table, resource)):
            read_asides(collector, resource)
        else:
            read_coded_asides(collector, resource)
            read_words_beside(collector, resource)
    settle_unplaced(collector)
    settle_diagnosis(collector)
    settle_bone_disease(collector)
    settle_markers(collector)
    settle_baseline(collector)
    read_other_types(collector, patient, names)
    texts = settle_texts(collector)
    _settle_gaps(collector, patient)
    profile = collector.profile
    return _patient(collector), ImportReport(
        profile["id"], tuple(collector.facts), tuple(collector.ignored), tuple(collector.conflicts),
        tuple(collector.issues), _states(collector), table.version, tuple(dict.fromkeys(collector.gaps)), texts,
    )  # fmt: skip


def _states(collector: Collector) -> dict[str, Completeness]:
    states = dict(collector.resources.completeness)
    if collector.gaps:
        states["some resources"] = Completeness.BROKEN
    return states


def _settle_gaps(collector: Collector, patient: Resource) -> None:
    """What is not whole opens everything; what was not read, what it could change."""
    resources, bundle = collector.resources, {"resourceType": "Bundle"}
    for element, text in resources.broken:
        collector.open(DOMAINS, bundle, text, element)
    open_what_was_filtered(collector)
    element = distrusted(patient)
    if element:
        collector.open(DOMAINS, patient, f"{element} changes what it says", element)
    away, also = replaced_elsewhere(resources, patient), also_elsewhere(resources, patient)
    if away:
        collector.open(DOMAINS, patient, f"this record was replaced by {away}, whose data are not here", "link")
    elif also:
        text = f"{also} is another record of the same person, and its data are not here"
        collector.issue("warning", patient, text, "link")
    for gap in collector.gaps:
        resource = {"resourceType": gap.resource_type, "id": gap.resource_id}
        element = gap.element.partition(".")[2]
        collector.issue("error", resource, f"{gap.element}: {gap.reason}; what it could change stays open", element)
    for text in resources.notes:
        collector.issue("information", {"resourceType": "OperationOutcome"}, text, "issue")
    lists = collector.open_lists()
    if not all(state.whole for state in resources.completeness.values()):
        lists = list(dict.fromkeys(name for domain in DOMAINS for name in LISTS[domain]))
    if lists:
        collector.profile["incomplete"] = lists


def _is_read(collector: Collector, resource: Resource, patient: Resource, names: frozenset[str]) -> bool:
    """Whether a resource is of a kind that is read, of this patient, in force, and says what it seems to say."""
    kind = resource.get("resourceType")
    if kind not in _READ:
        _leave_type(collector, resource)
        return False
    status = status_of(resource)
    verified = verification_of(collector.table, resource)
    # What is registered has no result yet; one that has is not what it says, and may be news.
    early = status == "registered" and any(True for _ in value_parts(resource))
    dropped = status in DROPPED and not early
    if dropped or (verified and verified <= set(REFUTED)):
        collector.ignore(resource, f"status {status if dropped else min(verified)}")
        if dropped and status not in REFUTED and is_about(collector, resource, patient, names):
            read_coded_asides(collector, resource)
            read_reasons(collector, resource)
        return False
    if not is_about(collector, resource, patient, names):
        return False
    # A Condition is told with the diagnosis, and none is ordinary here.
    alike = likeness(resource) if kind != "Condition" else None
    if alike in collector.ordinary:
        collector.ignore(resource, f"{ORDINARY}{flagged(resource)}")
        return False
    if is_of_family(collector.table, resource):
        collector.ignore(resource, "history of the family")
        return False
    before = collector.noted
    if _is_irrelevant(collector, resource):
        # What was found of one is not looked for again in those alike.
        if collector.noted == before:
            collector.ordinary.add(alike)
        return False
    if early:
        collector.unreadable(resource, "is registered, which is before there is a result, and has one", "status")
        return False
    if verified & set(REFUTED):
        collector.unreadable(resource, f"is said to be {' and '.join(sorted(verified))}", "verificationStatus")
        return False
    element = distrusted(resource)
    if element and not element.startswith("component."):
        collector.unreadable(resource, f"{element} changes what it says", element)
        return False
    open_what_is_not_whole(collector, resource)
    if "HTEST" in labels_of(resource) and "HTEST" not in labels_of(patient):
        collector.unreadable(resource, "is said to be test data", "meta.security")
        return False
    if id(resource) in collector.resources.doubtful:
        collector.open(
            domains_of(collector.table, resource),
            resource,
            "stands here in versions that differ, and none is the latest",
            "meta",
        )
    return True


def _leave_type(collector: Collector, resource: Resource) -> None:
    """A resource of a type that is not read; what it tells is looked at last."""
    kind = str(resource.get("resourceType"))
    if kind == "Specimen":
        collector.other_types.append(resource)
    if kind in _SUPPORTING:
        return
    if any(kind.casefold() == name.casefold() for name in _READ):
        collector.open(DOMAINS, resource, f"resourceType is '{kind}', which FHIR does not know", "resourceType")
        return
    collector.ignore(resource, f"{kind} is not read")
    collector.other_types.append(resource)


def _is_irrelevant(collector: Collector, resource: Resource) -> bool:
    """Whether its code is known to say nothing of what an answer rests on; of Conditions it is told with the diagnosis."""
    if resource["resourceType"] == "Condition":
        return False
    concept = (
        resource.get("code") if resource["resourceType"] not in _DRUGS else resource.get("medicationCodeableConcept")
    )
    found = meanings(collector.table, concept)
    if not found or not all(meaning.irrelevant for meaning, _, _ in found):
        return False
    read_coded_asides(collector, resource)
    read_words_beside(collector, resource)
    if resource["resourceType"] in _DRUGS:
        keep_named_therapy(collector, resource)
        if speaks_against_its_code(collector.table, {"resourceType": "Medication", "code": concept}):
            collector.unreadable(resource, "its code is an ordinary one, its words are not", "medication[x]")
            return True
    elif speaks_against_its_code(collector.table, resource):
        told = told_against_its_code(collector.table, resource)
        leave(collector, resource, "its code is an ordinary one, its words are not", told=told)
        return True
    inside = frozenset(by_inside(collector.table, resource))
    if inside:
        leave(collector, resource, "its code is an ordinary one, a part of it is not", told=inside)
        return True
    if concludes_by_its_codes(collector, resource):
        leave(collector, resource, "its code is an ordinary one, what it concludes by a code may not be")
        return True
    if resource["resourceType"] in _DRUGS and phases_of(collector, resource):
        collector.open(
            ("therapy",),
            resource,
            "its category is a phase of myeloma therapy, its drug is none of myeloma",
            "category",
        )
    collector.ignore(resource, f"{ORDINARY}{flagged(resource)}")
    return True


def _one(collector: Collector, resource: Resource) -> None:
    """Read one resource; whatever is wrong with it stays with it."""
    try:
        kind = resource["resourceType"]
        if kind == "Observation" and not _is_image(collector, resource):
            read_observation(collector, resource)
        elif kind in ("DiagnosticReport", "Observation"):
            _image(collector, resource)
        elif kind == "Procedure":
            read_procedure(collector, resource)
        elif kind in _DRUGS:
            read_drug(collector, resource)
        elif kind == "MedicationDispense":
            read_dispense(collector, resource)
        elif kind == "AdverseEvent":
            read_adverse_event(collector, resource)
    except BROKEN as error:
        collector.unreadable(resource, f"could not be read ({type(error).__name__})", "*")


def _is_image(collector: Collector, resource: Resource) -> bool:
    return any(meaning.kind == "imaging" for meaning, _, _ in meanings(collector.table, resource.get("code")))


def _image(collector: Collector, resource: Resource) -> None:
    found = collector.meaning(resource, resource.get("code"))
    if found is not None and found[0].kind == "imaging":
        read_image(collector, resource, *found)
    else:
        leave(collector, resource, "a report that is not read here", found)


def _patient(collector: Collector) -> Patient:
    """The profile as a patient. An entry that cannot be (an end before its start) is left out and reported."""
    profile = collector.profile
    while True:
        try:
            return read_patient(profile)
        except PatientError as error:
            if not _without_what_is_wrong(collector, error):
                raise


def _without_what_is_wrong(collector: Collector, error: PatientError) -> bool:
    """Take out what the first problem is about; a list that loses an entry is no longer whole."""
    path = error.problems[0].path
    name, _, rest = path.partition("[")
    profile = collector.profile
    text = f"{path}: {error.problems[0].message}; it was left out"
    fact = _fact_at(collector, path)
    if fact is None:
        collector.issue("error", {"resourceType": "Bundle"}, text, "entry")
    else:
        element = fact.element.partition(".")[2]
        collector.issue("error", {"resourceType": fact.resource_type, "id": fact.resource_id}, text, element)
    if rest and name in _LISTS:
        _take_out(collector, name, int(rest.partition("]")[0]))
        profile["incomplete"] = sorted({*profile.get("incomplete", ()), name})
        return True
    parts = path.split(".")
    if parts[0] in ("baseline", "birth_year", "sex", "ecog", "surveillance", "preference") and len(parts) <= 3:
        here: Any = profile
        for part in parts[:-1]:
            here = here[part]
        return here.pop(parts[-1], None) is not None
    if parts[0] == "baseline":
        return profile["baseline"][parts[1]].pop(parts[2], None) is not None
    return False


def _fact_at(collector: Collector, path: str) -> ImportedFact | None:
    """The fact that a place of the profile is of, or lies in."""
    return next((item for item in collector.facts if path == item.path or path.startswith(f"{item.path}.")), None)


def _take_out(collector: Collector, name: str, index: int) -> None:
    """Take an entry out of a list, and its fact; those after it move up."""
    del collector.profile[name][index]
    kept = []
    for item in collector.facts:
        found = _ENTRY.fullmatch(item.path)
        if found is None or found[1] != name or int(found[2]) < index:
            kept.append(item)
        elif int(found[2]) > index:
            kept.append(replace(item, path=f"{name}[{int(found[2]) - 1}]"))
    collector.facts[:] = kept
