"""Signs that a result is not all that it should be: parts left out, members elsewhere, a date that cannot be, part of a body."""

from __future__ import annotations

from collections.abc import Iterator

from .collecting import Collector
from .current import OBJECT, Resource
from .elements import DOUBTED, WITHHELD, date_of, day, labels_of, word, wording
from .saying import names
from .unread import by_code, by_words

_MEMBERS = ("hasMember", "result")
# When it was; of a Condition and of the Patient it is told with the diagnosis.
_DAYS = ("effectiveDateTime", "effectiveInstant", "performedDateTime", "started", "authoredOn", "whenHandedOver")
_PERIODS = ("effectivePeriod", "performedPeriod")


def not_whole(collector: Collector, resource: Resource) -> Iterator[tuple[str, str]]:
    """Each such sign: the element, and what it says in words."""
    for label in sorted(labels_of(resource) & WITHHELD):
        yield "meta", f"parts of it were left out or hidden ({label})"
    for label in sorted(labels_of(resource) & DOUBTED):
        yield "meta", f"it is labelled as not to be relied on ({label})"
    for element, text in _no_days(resource):
        yield element, f"'{text[:40]}' is no day of the calendar"
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


def _no_days(resource: Resource) -> Iterator[tuple[str, str]]:
    """What stands where a day should and is none; read as if nothing stood there, it would be taken for a record without a gap."""
    given = [(name, resource.get(name)) for name in _DAYS]
    for name in _PERIODS:
        period = resource.get(name)
        if isinstance(period, OBJECT):
            given += [(f"{name}.{end}", period.get(end)) for end in ("start", "end")]
    yield from ((name, text) for name, text in given if isinstance(text, str) and day(text) is None)
