"""Signs that a result is not all that it should be: parts left out, members elsewhere, a date that cannot be, part of a body."""

from __future__ import annotations

from collections.abc import Iterator

from .collecting import Collector
from .current import Resource
from .elements import date_of, day, labels_of, word, wording
from .saying import names
from .unread import by_code, by_words

_MEMBERS = ("hasMember", "result")


def not_whole(collector: Collector, resource: Resource) -> Iterator[tuple[str, str]]:
    """Each such sign: the element, and what it says in words."""
    if "SUBSETTED" in labels_of(resource):
        yield "meta.tag", "the server left parts of it out"
    if resource.get("resourceType") not in ("Observation", "DiagnosticReport"):
        return
    for name in _MEMBERS:
        members = resource.get(name)
        lacking = isinstance(members, list) and any(
            collector.resources.referred(member, resource) is None for member in members
        )
        # A panel of which nothing tells what it is holds what its members tell.
        if lacking and (any(by_code(collector.table, resource)) or by_words(collector.table, resource)):
            yield name, "a result that belongs to it is not here"
    found, issued = date_of(resource), day(resource.get("issued"))
    if found is not None and issued is not None and issued.latest + 1 < found.earliest:
        yield "issued", f"it is dated {found} and was issued on {issued}, before it"
    if resource.get("bodySite") and "imaging" in by_code(collector.table, resource):
        site = resource["bodySite"]
        whole = names(wording(site), collector.table.reading.whole_body_words)
        if not whole and word(collector.table, site) != "whole-body":
            yield "bodySite", "it is not said to show the whole body"
