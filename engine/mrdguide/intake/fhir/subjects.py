"""Whether a resource is about the patient: by reference, with the server in it, and by identifier; merged patients are one."""

from __future__ import annotations

from ...errors import NoUsablePatient
from .codes.table import Domain
from .collecting import Collector, identity
from .current import OBJECT, Resource, split_address
from .resources import Resources
from .same_person import AWAY, TYING, links, persons, plain_identifier, record_that_holds, tied_by
from .unread import told_by_itself
from .whose import Whom, patients_named, whose

_OTHERS = ("Patient", "Group", "Device", "Location")


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
    left = record_that_holds(patients, _same(resources))
    if len(left) != 1:
        raise NoUsablePatient(
            f"there are {len(left) or len(patients)} Patient resources; hand over the data of one patient at a time"
        )
    [patient] = left.values()
    return patient


def names_of(resources: Resources, patient: Resource) -> frozenset[str]:
    """The ids under which the patient stands here, those of records merged into this one with it."""
    own = identity(patient)
    return _same(resources).get(own, frozenset((own,)))


def _same(resources: Resources) -> dict[str, frozenset[str]]:
    return persons(tied_by(item) for item in resources.of_type("Patient", *TYING))


def replaced_elsewhere(resources: Resources, patient: Resource) -> str:
    """The record that holds in the place of this one and is not here; empty where there is none."""
    return min(links(patient, *AWAY) - _here(resources), default="")


def also_elsewhere(resources: Resources, patient: Resource) -> str:
    """Another record of the same person that is not here, and may hold more; empty where there is none."""
    return min(links(patient, "seealso") - _here(resources), default="")


def _here(resources: Resources) -> set[str]:
    return {identity(item) for item in resources.of_type("Patient")}


def is_about(
    collector: Collector, resource: Resource, patient: Resource, names: frozenset[str], tells: tuple[Domain, ...] = ()
) -> bool:
    """Whether a resource is this patient's. One that names nobody may be, so what it could change is open: what it `tells`,
    where that is known."""
    element, references = whose(resource)
    if resource.get("resourceType") == "Group" and not references:
        collector.ignore(resource, "not about this patient")
        return False
    found = [_whom(collector, resource, patient, names, reference) for reference in references] or [Whom.UNKNOWN]
    if found == [Whom.THIS]:
        return _of_the_patient(collector, resource, names)
    if Whom.AMONG in found:
        reason = "is about a group that this patient may be in"
        collector.open(tells or told_by_itself(collector.table, resource), resource, reason, element)
        collector.ignore(resource, reason)
        return False
    if Whom.THIS in found:
        return _of_the_patient(collector, resource, names)
    if Whom.MISNAMED in found:
        reason = "names this patient with an identifier that is not this patient's"
        collector.unreadable(resource, reason, f"{element}.identifier", tells)
    elif Whom.UNKNOWN in found:
        collector.unreadable(resource, "does not say which patient it is about", element, tells)
    else:
        collector.ignore(resource, "not about this patient")
    return False


def _whom(collector: Collector, resource: Resource, patient: Resource, names: frozenset[str], subject: object) -> Whom:
    """Whom a reference means; nearly all of a chart have the same, so one by its address alone is followed once."""
    reference = subject.get("reference") if isinstance(subject, OBJECT) and "identifier" not in subject else None
    if not isinstance(reference, str) or reference.startswith("#"):
        return _followed(collector, resource, patient, names, subject)
    if reference not in collector.whom:
        collector.whom[reference] = _followed(collector, resource, patient, names, subject)
    return collector.whom[reference]


def _followed(
    collector: Collector, resource: Resource, patient: Resource, names: frozenset[str], subject: object
) -> Whom:
    identifier = subject.get("identifier") if isinstance(subject, OBJECT) else None
    about = collector.resources.referred(subject, resource)
    reference = subject.get("reference") if isinstance(subject, OBJECT) else None
    server, kind, name = split_address(reference) if isinstance(reference, str) else ("", "", "")
    if about is not None:
        server, kind, name = "", str(about.get("resourceType")), identity(about)
    known = _identifies(patient, identifier)
    if kind == "Patient" and name in names and (not server or collector.resources.is_here(server)):
        return Whom.MISNAMED if known is False else Whom.THIS
    if not kind and known:
        return Whom.THIS
    if kind == "Group" and _may_hold(about, names):
        return Whom.AMONG
    inside = isinstance(reference, str) and reference.startswith("#")
    if kind in _OTHERS and name and name not in names and not (inside and kind == "Patient"):
        return Whom.OTHER
    return Whom.UNKNOWN


def _may_hold(group: Resource | None, names: frozenset[str]) -> bool:
    """Whether a group may hold the patient: one that is not here, does not say who is in it, or names the patient."""
    if group is None or group.get("resourceType") != "Group":
        return True
    of_people, members = group.get("type") in (None, "person"), set(patients_named(group))
    return of_people and (not group.get("member") or bool(members & names))


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
    wanted = plain_identifier(identifier)
    found = patient.get("identifier")
    known = [plain_identifier(item) for item in found] if isinstance(found, list) else []
    return wanted is not None and wanted in known
