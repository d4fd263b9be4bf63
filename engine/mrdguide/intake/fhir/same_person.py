"""Which records are of the same person: merged and linked ones, by `Patient.link`, and by a Linkage or a Person that ties them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .current import OBJECT, Resource, split_address

# How a Patient names other records of the same person (FHIR R4, LinkType); of the latter two the other one holds.
SAME = ("replaces", "seealso", "replaced-by", "refer")
AWAY = ("replaced-by", "refer")
# What ties records from outside, and where it names them.
TYING = {"Linkage": ("item", "resource"), "Person": ("link", "target")}
UNREADABLE = "a record that cannot be read"


def links(patient: Resource, *kinds: str) -> set[str]:
    """The ids of the other records that a Patient names as linked in one of these ways; of one named by an identifier alone
    that, or that it cannot be read."""
    found = set()
    for link in _listed(patient.get("link")):
        if link.get("type") not in kinds:
            continue
        other = link.get("other")
        text = other.get("reference") if isinstance(other, OBJECT) else None
        if isinstance(text, str):
            _, kind, name = split_address(text)
            found |= {name} if kind != "RelatedPerson" else set()
        else:
            identifier = plain_identifier(other.get("identifier")) if isinstance(other, OBJECT) else None
            found.add(f"the record {identifier[1]}" if identifier is not None else UNREADABLE)
    return found


def ties(resource: Resource) -> set[str]:
    """The ids of all records that a resource says to be of one person; none where it is no such resource, or not in use."""
    kind = str(resource.get("resourceType"))
    if kind not in TYING or resource.get("active") is False:
        return set()
    many, one = TYING[kind]
    return set(_patients(item.get(one) for item in _listed(resource.get(many))))


def tied_by(resource: Resource) -> set[str]:
    """The ids that one resource ties to each other: those that a Patient links with its own, or those that are tied from outside."""
    if resource.get("resourceType") != "Patient":
        return ties(resource)
    own = resource.get("id")
    return {own, *links(resource, *SAME)} - {UNREADABLE} if isinstance(own, str) else set()


def persons(tied: Iterable[set[str]]) -> dict[str, frozenset[str]]:
    """For every id all that are of the same person, whichever of two records names the other."""
    groups: dict[str, set[str]] = {}
    for names in tied:
        joined = set(names)
        for name in names:
            joined |= groups.get(name, set())
        for name in joined:
            groups[name] = joined
    return {name: frozenset(group) for name, group in groups.items()}


def record_that_holds(patients: Mapping[str, Resource], same: Mapping[str, frozenset[str]]) -> dict[str, Resource]:
    """Of several Patients the one that replaces the others; more than one where that cannot be told."""
    left = {name: item for name, item in patients.items() if not links(item, *AWAY) & set(patients)}
    replaced = {other for item in patients.values() for other in links(item, "replaces")}
    left = {name: item for name, item in left.items() if name not in replaced}
    first = min(left, default="")
    # Of records that only name each other as the same person any one may stand for all.
    return {first: left[first]} if len(left) > 1 and same.get(first, frozenset()).issuperset(left) else left


def plain_identifier(identifier: object) -> tuple[Any, Any] | None:
    """System and value of an Identifier; None where it has no value."""
    if not isinstance(identifier, OBJECT) or not identifier.get("value"):
        return None
    return identifier.get("system"), identifier["value"]


def _patients(references: Iterable[object]) -> Iterator[str]:
    for reference in references:
        text = reference.get("reference") if isinstance(reference, OBJECT) else None
        _, kind, name = split_address(text) if isinstance(text, str) else ("", "", "")
        if kind == "Patient":
            yield name


def _listed(value: object) -> list[Any]:
    return [item for item in value if isinstance(item, OBJECT)] if isinstance(value, list) else []
