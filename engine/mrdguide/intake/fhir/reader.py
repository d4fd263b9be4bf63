"""From FHIR R4 resources to a profile, with a report on every fact taken and every resource left.

Codes decide, displays only raise a flag. Each resource is read by itself, so a broken one becomes a line in the report.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ...dates import parse_date
from ...errors import PatientError
from ...patient.profile import Patient
from ...patient.reader import read_patient
from ...reading import arguments
from .codes import load_table
from .collecting import DROPPED, BaselineValue, Collector, identity, status_of
from .diagnosis import index_patient, read_conditions, read_patient_resource
from .elements import codings, meanings
from .imaging import read_image
from .import_report import Completeness, ImportReport
from .observations import read_observation
from .resources import Resource, Resources, without_version
from .therapy import read_drug, read_transplant

_DRUGS = ("MedicationRequest", "MedicationStatement", "MedicationAdministration")
_LISTS = ("therapy", "responses", "mrd", "imaging", "events", "toxicities")
_READ = ("Condition", "Observation", "DiagnosticReport", "Procedure", *_DRUGS)
_SUBJECTS = ("Patient", "Group", "Device", "Location")
# Read only where another resource refers to them.
_SUPPORTING = ("Patient", "Specimen", "Medication", "OperationOutcome")


def read(
    source: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    site: str | os.PathLike[str] | None = None,
    *,
    expected: Sequence[str] = (),
) -> tuple[Patient, ImportReport]:
    """Read a Bundle, a list of resources or a CDS Hooks prefetch (parsed JSON) of one patient.

    `site` is a site file with local codes and conventions; `expected` are the keys that a prefetch should have.

    Raises:
        FhirError: it is no such thing, or of another version of FHIR than R4.
        NoUsablePatient: there is not exactly one Patient, or no Condition of that patient.
        SiteFileError: the site file cannot be used.
        UsageError: `site` is not a path, or `expected` not a list of keys.
    """
    table = load_table(str(arguments.path("site", site, "a site file")) if site is not None else None)
    for key in arguments.entries("expected", expected, "a list of keys of the prefetch"):
        arguments.instance_of(str, "expected", key, "a list of keys of the prefetch")
    resources = Resources(source, expected)
    patient = index_patient(resources)
    collector = Collector(table, resources, {})
    read_patient_resource(collector, patient)
    mine = [item for item in resources.all if _is_read(collector, item, identity(patient))]
    read_conditions(collector, [item for item in mine if item["resourceType"] == "Condition"])
    for resource in mine:
        _one(collector, resource)
    _settle_baseline(collector)
    profile = collector.profile
    states = dict(resources.completeness)
    if resources.broken:
        states["some resources"] = Completeness.BROKEN
    if not resources.whole:
        profile["incomplete"] = list(_LISTS)
    elif collector.therapy_open:
        profile["incomplete"] = ["therapy"]
    for text in resources.broken:
        collector.issue("error", {"resourceType": "Bundle"}, f"{text}; it was left out")
    return _patient(collector), ImportReport(
        profile["id"], tuple(collector.facts), tuple(collector.ignored), tuple(collector.conflicts),
        tuple(collector.issues), states, table.version,
    )  # fmt: skip


def _is_read(collector: Collector, resource: Resource, patient: str) -> bool:
    """Whether a resource is of a kind that is read, of this patient, and in force."""
    kind = resource.get("resourceType")
    if kind not in _READ:
        if any(str(kind).casefold() == name.casefold() for name in _READ):
            collector.unreadable(resource, f"resourceType is '{kind}', which FHIR does not know")
        elif kind not in _SUPPORTING:
            collector.ignore(resource, f"{kind} is not read")
        return False
    status = status_of(resource)
    verification = next((code for _, code, _ in codings(resource.get("verificationStatus"))), "")
    if status in DROPPED or verification in DROPPED:
        collector.ignore(resource, f"status {status or verification}")
        return False
    return _is_about(collector, resource, patient)


def _is_about(collector: Collector, resource: Resource, patient: str) -> bool:
    """Whether a resource is this patient's. One that names nobody may be, so the record is not whole without it."""
    subject = resource.get("subject")
    about = collector.resources.referred(subject, resource)
    reference = subject.get("reference") if isinstance(subject, Mapping) else None
    text = without_version(reference) if isinstance(reference, str) else ""
    kind, _, name = "/".join(text.split("/")[-2:]).partition("/")
    if about is not None:
        kind, name = str(about.get("resourceType")), identity(about)
    if (kind, name) == ("Patient", patient):
        return True
    if kind in _SUBJECTS and name:
        collector.ignore(resource, "not about this patient")
    else:
        collector.unreadable(resource, "does not say which patient it is about")
    return False


def _one(collector: Collector, resource: Resource) -> None:
    """Read one resource; whatever is wrong with it stays with it."""
    try:
        kind = resource["resourceType"]
        if kind == "Observation" and not _is_image(collector, resource):
            read_observation(collector, resource)
        elif kind in ("DiagnosticReport", "Observation"):
            _image(collector, resource)
        elif kind == "Procedure":
            read_transplant(collector, resource)
        elif kind in _DRUGS:
            read_drug(collector, resource)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        collector.unreadable(resource, f"could not be read ({type(error).__name__})")


def _is_image(collector: Collector, resource: Resource) -> bool:
    return any(meaning.kind == "imaging" for meaning, _, _ in meanings(collector.table, resource.get("code")))


def _image(collector: Collector, resource: Resource) -> None:
    found = collector.meaning(resource, resource.get("code"))
    if found is None or found[0].kind != "imaging":
        collector.ignore(resource, "a report that is not read here")
        return
    read_image(collector, resource, *found)


def _settle_baseline(collector: Collector) -> None:
    """Of values that may be those at diagnosis, the one nearest to it; two different ones on one day are a conflict."""
    window = _window(collector)
    by_path: dict[str, list[tuple[int, BaselineValue]]] = {}
    for item in collector.baseline:
        if item.date is None or not item.date.exact:
            collector.ignore(item.resource, f"{item.path}: without a day it cannot be told to belong to the diagnosis")
        elif window is None:
            collector.ignore(
                item.resource, f"{item.path}: the date of diagnosis is not known, so neither is what belongs to it"
            )
        elif not window[0] <= item.date.earliest <= window[2]:
            collector.ignore(item.resource, f"{item.path}, {item.date}: not of the time of diagnosis")
        else:
            by_path.setdefault(item.path, []).append((abs(item.date.earliest - window[1]), item))
    for path, found in by_path.items():
        nearest = min(distance for distance, _ in found)
        chosen = [item for distance, item in found if distance == nearest]
        if any(item.value != chosen[0].value for item in chosen):
            collector.conflict(path, path, [f"{item.fact.original} ({item.fact.code})" for item in chosen])
            continue
        collector.set(path, chosen[0].value)
        collector.facts.append(chosen[0].fact)


def _window(collector: Collector) -> tuple[int, int, int] | None:
    """First day, day of diagnosis and last day of what belongs to the diagnosis."""
    text = collector.profile["diagnosis"].get("date")
    if text is None:
        return None
    diagnosed = parse_date(text)
    conventions = collector.table.conventions
    last = diagnosed.latest + conventions.baseline_days_after
    starts = [entry.get("start") or entry.get("date") for entry in collector.profile.get("therapy", [])]
    first_therapy = min((parse_date(start).latest for start in starts if start), default=last)
    return (
        diagnosed.earliest - conventions.baseline_days_before,
        diagnosed.earliest,
        min(last, max(first_therapy, diagnosed.latest)),
    )


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
    collector.issue("error", {"resourceType": "Bundle"}, f"{path}: {error.problems[0].message}; it was left out")
    if rest and name in _LISTS:
        del profile[name][int(rest.partition("]")[0])]
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
