"""Where a resource says whose it is: each type has an element of its own for it, some name several."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from .current import OBJECT, Resource, split_address

# The elements of FHIR R4 that name the patient, in any type; the first that is there decides.
_ELEMENTS = ("subject", "patient", "individual", "beneficiary", "for", "candidate", "securityContext")
# In these types it is one of several that take part.
_AMONG = {"Appointment": ("participant", "actor"), "Group": ("member", "entity")}
# These may be of several.
_OF_MANY = ("Account", "Contract")


class Whom(Enum):
    """Whom a reference means."""

    THIS = "this patient"
    MISNAMED = "this patient, with the identifier of another"
    AMONG = "a group that this patient may be in"
    OTHER = "somebody or something else"
    UNKNOWN = "cannot be told"


def whose(resource: Resource) -> tuple[str, list[object]]:
    """The element in which a resource says whose it is, and every reference in it; of those that take part the patients."""
    kind = str(resource.get("resourceType"))
    for name in _ELEMENTS:
        given = resource.get(name)
        if given:
            return name, list(given) if isinstance(given, list) and kind in _OF_MANY else [given]
    if kind == "AppointmentResponse":
        return "actor", [item for item in (resource.get("actor"),) if _may_be_a_patient(item)]
    if kind not in _AMONG:
        return "subject", []
    many, one = _AMONG[kind]
    listed = resource.get(many)
    given = [item.get(one) for item in listed if isinstance(item, OBJECT)] if isinstance(listed, list) else []
    return f"{many}.{one}", [item for item in given if _may_be_a_patient(item)]


def patients_named(resource: Resource) -> Iterator[str]:
    """The ids of the patients that a resource is about."""
    for reference in whose(resource)[1]:
        kind, name = type_and_id(reference)
        if kind == "Patient" and name:
            yield name


def _may_be_a_patient(reference: object) -> bool:
    return type_and_id(reference)[0] in ("Patient", "")


def type_and_id(reference: object) -> tuple[str, str]:
    """Type and id that a Reference names; the type may stand beside it."""
    text = reference.get("reference") if isinstance(reference, OBJECT) else None
    kind, name = split_address(text)[1:] if isinstance(text, str) and "/" in text else ("", "")
    said: Any = reference.get("type") if isinstance(reference, OBJECT) else None
    return kind or (said if isinstance(said, str) else ""), name
