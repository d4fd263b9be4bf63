"""Signs that a result is not all that it should be: parts left out, members elsewhere, a date that cannot be, part of a body."""

from __future__ import annotations

from collections.abc import Iterator

from .attached import cannot_be_read
from .codes.table import Domain
from .collecting import Collector
from .contradictions import says_why_missing
from .current import OBJECT, Resource
from .elements import DOUBTED, WITHHELD, codings, date_of, day, labels_of, word, wording
from .saying import names, says
from .unnamed import names_no_more_than_a_test
from .unread import by_code, by_words, domains_of, in_order, spoken_of
from .whose import type_and_id

_MEMBERS = ("hasMember", "result")
# Where types that are not read name what belongs to a record.
_NAMING = {
    "List": ("entry",), "Composition": ("section",), "Encounter": ("diagnosis",), "EpisodeOfCare": ("diagnosis",),
}  # fmt: skip
# A list that holds no longer.
_NO_LONGER = ("retired", "entered-in-error")
# These are looked for where they are used.
_SUPPORTING = ("Patient", "Bundle", "Specimen", "Medication")
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
    labels = labels_of(resource)
    for label in sorted(labels & WITHHELD):
        yield "meta", f"parts of it were left out or hidden ({label})"
    for label in sorted(labels & DOUBTED):
        yield "meta", f"it is labelled as not to be relied on ({label})"
    for element, text in _no_days(resource):
        yield element, f"'{text[:40]}' is no day of the calendar"
    for name in resource:
        if name.startswith("_") and resource.get(name[1:]) is not None and says_why_missing(resource[name]):
            yield name, f"an extension of {name[1:]} says why there is none, beside it"
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
    lacking = [member for name in _MEMBERS if name in resource for member in _lacking(collector, resource, name)]
    if not lacking:
        return found
    # It is called a result, and nothing says of what.
    unnamed = names_no_more_than_a_test(collector.table.reading, wording(resource.get("code")))
    for member in lacking:
        said = member.get("display") if isinstance(member, OBJECT) else None
        if isinstance(said, str) and said.strip():
            found |= set(spoken_of(collector.table, said))
        elif unnamed or not isinstance(member, OBJECT) or not member.get("reference"):
            by_type = unnamed and not resource.get("category")
            found |= set(domains_of(collector.table, resource)) if by_type else _of_its_category(collector, resource)
    return found


def named_and_not_here(collector: Collector, resource: Resource) -> dict[str, tuple[Domain, ...]]:
    """What a list, a document or a visit names that is not here, with what it could change: by its words, else by its type."""
    kind, found = str(resource.get("resourceType")), {}
    if resource.get("status") in _NO_LONGER or _bears_on_nothing(collector, resource):
        return {}
    for reference in (item for name in _NAMING.get(kind, ()) for item in _references(collector, resource.get(name))):
        named, said = type_and_id(reference)[0], reference.get("display")
        known = collector.table.reading.domains_of_types.get(named, ())
        if named in _SUPPORTING or not known or collector.resources.referred(reference, resource) is not None:
            continue
        spoken = spoken_of(collector.table, said) if isinstance(said, str) and said.strip() else known
        found[str(reference.get("reference") or f"a {named} by its identifier")] = spoken
    return {name: domains for name, domains in found.items() if domains}


def _references(collector: Collector, value: object) -> Iterator[Resource]:
    """Every reference in a value, but those in sections that bear on nothing and in entries that were taken out."""
    if isinstance(value, list):
        for item in value:
            yield from _references(collector, item)
    elif isinstance(value, OBJECT) and value.get("deleted") is not True and not _bears_on_nothing(collector, value):
        if isinstance(value.get("reference"), str) or ("type" in value and "identifier" in value):
            yield value
        for name, item in value.items():
            if name not in ("author", "focus") and not isinstance(item, str):
                yield from _references(collector, item)


def _bears_on_nothing(collector: Collector, value: Resource) -> bool:
    title = value.get("title")
    return isinstance(title, str) and says(collector.table.reading, title, collector.table.reading.ordinary_sections)


def _of_its_category(collector: Collector, resource: Resource) -> set[Domain]:
    known, categories = collector.table.reading.domains_of_categories, resource.get("category")
    listed = categories if isinstance(categories, list) else [categories]
    return {domain for item in listed for _, code, _ in codings(item) for domain in known.get(code, ())}


def _no_days(resource: Resource) -> Iterator[tuple[str, str]]:
    """What stands where a day should and is none; read as if nothing stood there, it would be taken for a record without a gap."""
    given = [(name, resource[name]) for name in _DAYS if name in resource]
    for name in _PERIODS:
        period = resource.get(name)
        if period is not None and isinstance(period, OBJECT):
            given += [(f"{name}.{end}", period.get(end)) for end in ("start", "end")]
    yield from ((name, text) for name, text in given if isinstance(text, str) and day(text) is None)
