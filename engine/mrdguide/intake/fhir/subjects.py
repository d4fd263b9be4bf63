"""Whether a resource is about the patient: by reference, with the server in it, and by identifier; merged patients are one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import NoUsablePatient
from .codes.table import Domain
from .collecting import Collector, identity
from .current import OBJECT, Resource, split_address
from .resources import Resources

_OTHERS = ("Patient", "Group", "Device", "Location")
# How a Patient names other records of the same person (FHIR R4, LinkType); of the latter two the other one holds.
_SAME = ("replaces", "seealso", "replaced-by", "refer")
_AWAY = ("replaced-by", "refer")


def index_patient(resources: Resources) -> Resource:
    """The one patient that the data are about; of merged ones the one that replaces the others.

    Raises:
        NoUsablePatient: there is none, or more than one.
    """
    patients = {identity(item): item for item in resources.of_type("Patient") if item.get("id")}
    if not patients:
        if any(True for _ in resources.of_type("Patient")):
            raise NoUsablePatient("Patient.id is missing; without it no resource can be told to be this patient's")
        raise NoUsablePatient("there is no Patient resource; include the Patient that the data are about")
    left = {name: item for name, item in patients.items() if not _links(item, *_AWAY) & set(patients)}
    replaced = {other for item in patients.values() for other in _links(item, "replaces")}
    left = {name: item for name, item in left.items() if name not in replaced}
    if len(left) > 1:
        # Of records that only name each other as the same person any one may stand for all.
        left = _one_of_the_same(left)
    if len(left) != 1:
        raise NoUsablePatient(
            f"there are {len(left) or len(patients)} Patient resources; hand over the data of one patient at a time"
        )
    [patient] = left.values()
    return patient


def names_of(resources: Resources, patient: Resource) -> frozenset[str]:
    """The ids under which the patient stands here, those of records merged into this one with it."""
    records = {identity(item): _links(item, *_SAME) for item in resources.of_type("Patient")}
    return frozenset(_same_person(records, identity(patient)))


def _same_person(links: Mapping[str, set[str]], first: str) -> set[str]:
    """The names that lead to each other, whichever of two records names the other; `links` are the names that each one has."""
    found, before = {first}, 0
    while before != len(found):
        before = len(found)
        for name, others in links.items():
            if name in found:
                found |= others
            elif others & found:
                found |= {name} | others
    return found


def replaced_elsewhere(resources: Resources, patient: Resource) -> str:
    """The record that holds in the place of this one and is not here; empty where there is none."""
    return min(_links(patient, *_AWAY) - _here(resources), default="")


def also_elsewhere(resources: Resources, patient: Resource) -> str:
    """Another record of the same person that is not here, and may hold more; empty where there is none."""
    return min(_links(patient, "seealso") - _here(resources), default="")


def _here(resources: Resources) -> set[str]:
    return {identity(item) for item in resources.of_type("Patient")}


def is_about(
    collector: Collector, resource: Resource, patient: Resource, names: frozenset[str], tells: tuple[Domain, ...] = ()
) -> bool:
    """Whether a resource is this patient's. One that names nobody may be, so what it could change is open: what it `tells`,
    where that is known."""
    subject = resource.get("subject") or resource.get("patient") or resource.get("individual")
    identifier = subject.get("identifier") if isinstance(subject, OBJECT) else None
    about = collector.resources.referred(subject, resource)
    reference = subject.get("reference") if isinstance(subject, OBJECT) else None
    server, kind, name = split_address(reference) if isinstance(reference, str) else ("", "", "")
    if about is not None:
        server, kind, name = "", str(about.get("resourceType")), identity(about)
    known = _identifies(patient, identifier)
    if kind == "Patient" and name in names and (not server or collector.resources.is_here(server)):
        if known is False:
            reason = "names this patient with an identifier that is not this patient's"
            collector.unreadable(resource, reason, "subject.identifier", tells)
            return False
        return _of_the_patient(collector, resource, names)
    if not kind and known:
        return _of_the_patient(collector, resource, names)
    inside = isinstance(reference, str) and reference.startswith("#")
    if kind in _OTHERS and name and name not in names and not (inside and kind == "Patient"):
        collector.ignore(resource, "not about this patient")
    else:
        collector.unreadable(resource, "does not say which patient it is about", "subject", tells)
    return False


def _of_the_patient(collector: Collector, resource: Resource, names: frozenset[str]) -> bool:
    """Whether the finding is of the patient and not of a donor, a child or a relative (`focus`)."""
    focus = resource.get("focus")
    if resource.get("resourceType") != "Observation" or not focus:
        return True
    for item in focus if isinstance(focus, list) else [focus]:
        text = item.get("reference") if isinstance(item, OBJECT) else None
        _, kind, name = split_address(text) if isinstance(text, str) else ("", "", "")
        if kind in ("Condition", "Observation", "Procedure", "BodyStructure") or (kind == "Patient" and name in names):
            continue
        collector.unreadable(resource, "is about somebody or something else than the patient", "focus")
        return False
    return True


def _identifies(patient: Resource, identifier: object) -> bool | None:
    """Whether an identifier is the patient's; None where there is none."""
    if identifier is None:
        return None
    wanted = _plain(identifier)
    found = patient.get("identifier")
    known = [_plain(item) for item in found] if isinstance(found, list) else []
    return wanted is not None and wanted in known


def _plain(identifier: object) -> tuple[Any, Any] | None:
    if not isinstance(identifier, OBJECT) or not identifier.get("value"):
        return None
    return identifier.get("system"), identifier["value"]


def _links(patient: Resource, *kinds: str) -> set[str]:
    """The ids of the other records that a Patient names as linked in one of these ways; of one named by an identifier alone
    that, or that it cannot be read."""
    links = patient.get("link")
    found = set()
    for link in links if isinstance(links, list) else ():
        if not isinstance(link, OBJECT) or link.get("type") not in kinds:
            continue
        other = link.get("other")
        text = other.get("reference") if isinstance(other, OBJECT) else None
        if isinstance(text, str):
            _, kind, name = split_address(text)
            found |= {name} if kind != "RelatedPerson" else set()
        else:
            identifier = _plain(other.get("identifier")) if isinstance(other, OBJECT) else None
            found.add(f"the record {identifier[1]}" if identifier is not None else "a record that cannot be read")
    return found


def _one_of_the_same(patients: dict[str, Resource]) -> dict[str, Resource]:
    """One of several records where each names another of them as the same person; else all of them."""
    first = min(patients)
    here = {name: _links(item, *_SAME) & set(patients) for name, item in patients.items()}
    return {first: patients[first]} if _same_person(here, first) == set(patients) else patients
