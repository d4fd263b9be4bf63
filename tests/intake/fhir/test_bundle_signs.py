"""A Bundle that says of itself that something is missing, or is different from what it holds, is not whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import mrdguide

from .bundles import OWN, concept
from .test_damage import PERMISSIVE, SUPPORTED, TOLD, Resource, answer, written

SERVER = "https://fhir.example/r4"
EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
Wrap = Callable[[list[Resource]], Resource]


def bundle(items: list[Resource], *more: Resource, **said: Any) -> Resource:
    entries = [*({"resource": item} for item in items), *more]
    return {"resourceType": "Bundle", "type": "searchset", **said, "entry": entries}


def links(**addresses: str) -> Wrap:
    listed = [{"relation": name, "url": f"{SERVER}/Observation?{rest}"} for name, rest in addresses.items()]
    return lambda items: bundle(items, link=listed)


def entry(**parts: Any) -> Wrap:
    return lambda items: bundle(items, parts)


def also(**resource: Any) -> Wrap:
    return lambda items: bundle([*items, {"id": "new", **resource}])


def labelled(code: str) -> Wrap:
    label = {"meta": {"security": [{"system": "x", "code": code}]}}
    return lambda items: bundle(
        [{**item, **label} if item["resourceType"] == "Observation" else item for item in items]
    )


def composition(title: str, reason: str) -> Wrap:
    section = {"title": "All", "section": [{"title": title, "emptyReason": concept(EMPTY, reason)}]}
    return also(resourceType="Composition", status="final", title="Summary", section=[section], **TOLD)


def a_list(title: str, reason: str) -> Wrap:
    return also(resourceType="List", status="current", title=title, emptyReason=concept(EMPTY, reason), **TOLD)


PATCH = {"method": "PATCH", "url": "Observation/r27"}
CHANGES = {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [{"name": "type"}]}]}
HEADER = {"resourceType": "MessageHeader", "eventCoding": {"code": "query"}}

NOT_WHOLE: dict[str, Wrap] = {
    "a later page": links(previous="page=1"),
    "a later page, in short": links(self="x=1", prev="x=0"),
    "a later page by its number": links(self="patient=p&_page=3"),
    "a later page by its offset": links(self="patient=p&_getpagesoffset=50"),
    "some elements": links(self="patient=p&_elements=code,status"),
    "a summary": links(self="patient=p&_summary=true"),
    "not changed": entry(response={"status": "304 Not Modified", "etag": 'W/"2"'}),
    "accepted, to come later": entry(response={"status": "202 Accepted"}),
    "moved": entry(response={"status": "301", "location": "https://other.example/Observation/1"}),
    "well, and nothing": entry(response={"status": "200 OK"}),
    "a patch": entry(request=PATCH, resource=CHANGES),
    "a patch without its content": entry(request=PATCH),
    "deleted by a search": entry(request={"method": "DELETE", "url": "Observation?code=mrd"}),
    "an entry that means something else": lambda items: bundle(
        items[:-1], {"resource": items[-1], "modifierExtension": [{"url": "http://x/not"}]}
    ),
    "unreliable": labelled("UNRELIABLE"),
    "uncertain": labelled("UNCERTREL"),
    "a Bundle that is unreliable": lambda items: bundle(items, meta={"tag": [{"code": "UNRELIABLE"}]}),
    "a message that failed": also(**HEADER, response={"code": "fatal-error"}),
    "a message that failed for now": also(**HEADER, response={"code": "transient-error"}),
    "a section kept back": composition("Results", "withheld"),
    "a section that cannot be had": composition("Oncology", "unavailable"),
    "a list kept back": a_list("Problem list", "withheld"),
}  # fmt: skip

WHOLE: dict[str, Wrap] = {
    "the only page": links(self="patient=p", first="patient=p", last="patient=p"),
    "the first page by its number": links(self="patient=p&_page=1&_count=1000&_summary=false"),
    "the first page by its offset": links(self="patient=p&_getpagesoffset=0"),
    "created": entry(response={"status": "201 Created", "location": "Observation/new/_history/1"}),
    "written": entry(response={"status": "200 OK", "location": "Observation/new/_history/2", "etag": 'W/"2"'}),
    "written, by its version alone": entry(response={"status": "200", "etag": 'W/"2"'}),
    "deleted what is not here": entry(
        request={"method": "DELETE", "url": "Observation/none"}, response={"status": "200"}
    ),
    "a history with what came of a patch": lambda items: bundle(
        items[:-1], {"resource": items[-1], "request": {"method": "PATCH", "url": "Observation/r27"}}
    ),
    "reliable": labelled("RELIABLE"),
    "a message that went well": also(**HEADER, response={"code": "ok"}),
    "a section with nothing in it": composition("Results", "nilknown"),
    "a section kept back that bears on nothing": composition("Allergies and intolerances", "withheld"),
    "a list kept back that bears on nothing": a_list("Social history", "unavailable"),
}


@pytest.mark.parametrize("name", NOT_WHOLE)
def test_a_bundle_that_says_so_is_not_whole(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer(NOT_WHOLE[name](written(SUPPORTED)), shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("name", WHOLE)
def test_an_ordinary_bundle_is_whole(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer(WHOLE[name](written(SUPPORTED)), shipped_rules).outcome == "cessation-supported"


def test_a_deletion_by_a_search_for_an_address_deletes_nothing_by_that_address(
    shipped_rules: mrdguide.RuleBook,
) -> None:
    found = {"resourceType": "Observation", "id": "new", "status": "final", **TOLD, "effectiveDateTime": "2026-10-04",
             "code": concept(OWN, "mrd"), "valueCodeableConcept": concept(OWN, "present")}  # fmt: skip
    gone = {"request": {"method": "DELETE", "url": f"Observation?identifier={SERVER}/Observation/new"}}
    with_it = answer(bundle([*written(SUPPORTED), found]), shipped_rules).outcome
    assert answer(bundle([*written(SUPPORTED), found], gone), shipped_rules).outcome not in PERMISSIVE
    assert with_it not in PERMISSIVE
