"""Signs that a result is not all that it should be: parts left out, members elsewhere, a date that cannot be, part of a body."""

from __future__ import annotations

from collections.abc import Iterator

from .attached import cannot_be_read
from .codes.table import Domain
from .collecting import Collector
from .current import OBJECT, Resource
from .elements import DOUBTED, WITHHELD, codings, date_of, day, labels_of, word, wording
from .saying import names
from .unread import by_code, by_words, domains_of, in_order, spoken_of

_MEMBERS = ("hasMember", "result")
_RESULTS = ("Observation", "DiagnosticReport")
# When it was; of a Condition and of the Patient it is told with the diagnosis.
_DAYS = ("effectiveDateTime", "effectiveInstant", "performedDateTime", "started", "authoredOn", "whenHandedOver")
_PERIODS = ("effectivePeriod", "performedPeriod")


def open_what_is_not_whole(collector: Collector, resource: Resource) -> None:
    """Open what each such sign leaves out: what the resource could change, and of results elsewhere what their names tell."""
    for element, reason in _not_whole(collector, resource):
        collector.open(domains_of(collector.table, resource), resource, reason, element)
    if cannot_be_read(resource.get("presentedForm")):
        domains = domains_of(collector.table, resource)
        collector.open_text(domains, resource, "what is attached cannot be read", "presentedForm")
    if resource.get("resourceType") in _RESULTS:
        named = _named_and_not_here(collector, resource)
        collector.open(in_order(named), resource, "a result that it names is not here", "result")


def _not_whole(collector: Collector, resource: Resource) -> Iterator[tuple[str, str]]:
    """Each such sign: the element, and what it says in words."""
    for label in sorted(labels_of(resource) & WITHHELD):
        yield "meta", f"parts of it were left out or hidden ({label})"
    for label in sorted(labels_of(resource) & DOUBTED):
        yield "meta", f"it is labelled as not to be relied on ({label})"
    for element, text in _no_days(resource):
        yield element, f"'{text[:40]}' is no day of the calendar"
    if resource.get("resourceType") not in _RESULTS:
        return
    for name in _MEMBERS:
        lacking = any(True for _ in _lacking(collector, resource, name))
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


def _lacking(collector: Collector, resource: Resource, name: str) -> Iterator[object]:
    """The references to results that belong to it and are not here."""
    members = resource.get(name)
    for member in members if isinstance(members, list) else ():
        if collector.resources.referred(member, resource) is None:
            yield member


def _named_and_not_here(collector: Collector, resource: Resource) -> set[Domain]:
    """What such results could change by the words of the references to them; of one told by a number alone, by the category."""
    found: set[Domain] = set()
    for member in (member for name in _MEMBERS for member in _lacking(collector, resource, name)):
        said = member.get("display") if isinstance(member, OBJECT) else None
        if isinstance(said, str) and said.strip():
            found |= set(spoken_of(collector.table, said))
        elif not isinstance(member, OBJECT) or not member.get("reference"):
            found |= _of_its_category(collector, resource)
    return found


def _of_its_category(collector: Collector, resource: Resource) -> set[Domain]:
    known, categories = collector.table.reading.domains_of_categories, resource.get("category")
    listed = categories if isinstance(categories, list) else [categories]
    return {domain for item in listed for _, code, _ in codings(item) for domain in known.get(code, ())}


def _no_days(resource: Resource) -> Iterator[tuple[str, str]]:
    """What stands where a day should and is none; read as if nothing stood there, it would be taken for a record without a gap."""
    given = [(name, resource.get(name)) for name in _DAYS]
    for name in _PERIODS:
        period = resource.get(name)
        if isinstance(period, OBJECT):
            given += [(f"{name}.{end}", period.get(end)) for end in ("start", "end")]
    yield from ((name, text) for name, text in given if isinstance(text, str) and day(text) is None)
