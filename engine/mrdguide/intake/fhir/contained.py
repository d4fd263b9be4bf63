"""Findings that stand inside another resource (`contained`): each is read as a resource of its own.

A laboratory report often carries its results so, an order the Condition that it is for. What belongs to an image and is
read with it (its scores) is left to the image.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .codes import CodeTable
from .collecting import DROPPED, identity, status_of
from .current import OBJECT, Resource
from .elements import inside_of, meanings
from .resources import Resources

# What such a finding is about is that of the resource around it, where it says nothing of it itself.
_ABOUT = ("subject", "patient", "individual")


def findings_inside(resources: Resources, table: CodeTable, read: tuple[str, ...]) -> Iterator[Resource]:
    """The contained resources of the types that are read, under the name of the resource around each (`Type/id#inner`)."""
    for around in resources.all:
        inside = inside_of(around)
        if not inside or around.get("resourceType") in table.reading.types_of_others:
            continue
        # Why something not read did not come about may stand inside it; what is read and dropped is no result.
        if status_of(around) in (DROPPED if around.get("resourceType") in read else ("entered-in-error",)):
            continue
        of_an_image = _is_image(table, around)
        for item in inside:
            if not isinstance(item, OBJECT) or item.get("resourceType") not in read:
                continue
            if not (of_an_image and _is_a_score(table, item)):
                yield _by_itself(item, around, inside)


def _by_itself(item: Resource, around: Resource, inside: list[object]) -> Resource:
    about = {name: around[name] for name in _ABOUT if name in around and not any(item.get(other) for other in _ABOUT)}
    if not any(item.get(name) for name in _ABOUT) and around.get("resourceType") == "Patient":
        about = {"subject": {"reference": f"Patient/{identity(around)}"}}
    return {**item, **about, "id": f"{identity(around)}#{identity(item)}", "contained": inside}


def _is_image(table: CodeTable, resource: Mapping[str, object]) -> bool:
    return any(meaning.kind == "imaging" for meaning, _, _ in meanings(table, resource.get("code")))


def _is_a_score(table: CodeTable, item: Resource) -> bool:
    """Whether the image around it reads it: a score, or a result of no meaning by itself, whose words it reads."""
    return all(meaning.kind == "deauville" for meaning, _, _ in meanings(table, item.get("code")))
