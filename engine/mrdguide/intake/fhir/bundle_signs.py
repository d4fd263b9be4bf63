"""What a Bundle or an entry says of itself: that it is one page of several, or that something is not in it or only to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .current import OBJECT, Resource
from .elements import DOUBTED, WITHHELD, labels_of

# HTTP: what came back is a part of it.
_PARTIAL = "206"
# HTTP: something was written, or was deleted, so that nothing has to come back.
_NOTHING_TO_COME = ("201", "204")
_OTHER_PAGES = ("next", "previous", "prev")
# How servers number pages in the address of a search, and the number of the first one.
_FIRST = {"page": 1, "_page": 1, "offset": 0, "_offset": 0, "_getpagesoffset": 0, "_skip": 0}
# Not every element of the resources: `_summary` with any other word than this, `_elements` with any.
_NO_SUMMARY = "false"
# A message that says that the other side failed (FHIR R4, ResponseType).
_FAILED_MESSAGES = ("fatal-error", "transient-error")


def links_of(bundle: Resource) -> list[Resource]:
    """The links of a Bundle; what is none of them is left out."""
    found = bundle.get("link")
    return [link for link in found if isinstance(link, OBJECT)] if isinstance(found, list) else []


def is_a_page(bundle: Resource) -> bool:
    """Whether pages stand before or behind this one."""
    if any(str(link.get("relation")).casefold() in _OTHER_PAGES for link in links_of(bundle)):
        return True
    return any(name in _FIRST and value.isdecimal() and int(value) > _FIRST[name] for name, value in _search(bundle))


def whats_missing(bundle: Resource) -> Iterator[tuple[str, str]]:
    """What a Bundle says of itself that makes it less than it seems: the element, and the reason in words."""
    if bundle.get("implicitRules") or bundle.get("modifierExtension"):
        yield "implicitRules", "implicitRules or modifierExtension changes what the Bundle says"
    for label in sorted(labels_of(bundle) & WITHHELD):
        yield "meta", f"it says of itself that parts of it are left out ({label})"
    for label in sorted(labels_of(bundle) & DOUBTED):
        yield "meta", f"it says of itself that it is not to be relied on ({label})"
    for name, value in _search(bundle):
        if name == "_elements" or (name == "_summary" and value.casefold() != _NO_SUMMARY):
            yield "link", f"it was searched for with {name}={value[:40]}, which leaves elements out"


def whats_missing_in(entry: Mapping[str, Any], request: Resource) -> Iterator[tuple[str, str]]:
    """What an entry says of itself of that kind; a change to something of which the outcome is not here is one."""
    if entry.get("modifierExtension"):
        yield "entry", "modifierExtension changes what an entry says"
    url = str(request.get("url"))
    if request.get("method") == "DELETE" and is_by_a_search(request):
        yield "entry", f"it deletes what a search finds ({url[:60]}), and what that is cannot be told"
    if is_a_patch(entry, request):
        yield "entry", f"a PATCH changes {url[:60]}, and what comes of it is not here"


def is_by_a_search(request: Resource) -> bool:
    """Whether a request is about whatever a search finds, and not about a resource by its id."""
    return "?" in str(request.get("url"))


def is_a_patch(entry: Mapping[str, Any], request: Resource) -> bool:
    """Whether an entry holds only the changes to a resource; in a history it holds the resource as it became."""
    resource = entry.get("resource")
    kind = resource.get("resourceType") if isinstance(resource, OBJECT) else None
    return request.get("method") == "PATCH" and kind in (None, "Parameters", "Binary")


def came_back(entry: Mapping[str, Any], request: Resource, response: Resource) -> bool:
    """Whether a response brought what it should: that it went well, and a resource, or a note on something that was written."""
    if not response:
        return True
    told = str(response.get("status", "200"))[:3]
    if told[:1] not in ("1", "2", "3") or told == _PARTIAL:
        return False
    if "resource" in entry or isinstance(response.get("outcome"), OBJECT) or told in _NOTHING_TO_COME:
        return True
    if told[:1] == "2" and request.get("method") == "DELETE":
        return True
    # Of what was written, the new version is named.
    written = response.get("etag") or "/_history/" in str(response.get("location"))
    return told[:1] == "2" and bool(written)


def says_that_it_failed(resource: Resource) -> bool:
    """Whether it is the header of a message that says that the other side could not answer."""
    response = resource.get("response")
    code = response.get("code") if isinstance(response, OBJECT) else None
    return resource.get("resourceType") == "MessageHeader" and code in _FAILED_MESSAGES


def self_links(bundle: Resource) -> list[str]:
    found = links_of(bundle)
    own = (link.get("url") for link in found if str(link.get("relation")).casefold() == "self")
    return [url for url in own if isinstance(url, str)]


def _search(bundle: Resource) -> Iterator[tuple[str, str]]:
    """The parameters of the search that a Bundle answers."""
    for link in self_links(bundle):
        try:
            yield from parse_qsl(urlsplit(link).query)
        except ValueError:
            yield "_elements", "an address that cannot be read"
