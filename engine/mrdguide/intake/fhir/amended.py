"""What a Provenance says of a result that is read: that it was withdrawn, or was another before.

Most of them say who wrote something and when, and open nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from .asides import everything_said
from .codes import CodeTable
from .codes.table import DOMAINS, Domain
from .collecting import Collector, identity
from .current import OBJECT, Resource
from .elements import codings, inside_of
from .samples import speaks_of_the_sample
from .saying import says
from .unread import domains_of, in_order, news_of, told_by_itself
from .whose import patients_named

# Where it says why, what was done, and from what; who did it is in none of these.
_SAYING = ("reason", "activity", "entity", "text", "extension")
_WHY = ("reason", "activity")
# In these two versions of the same content may differ.
_NOT_THE_CONTENT = ("meta", "id", "text", "status", "subject")


def read_provenance(collector: Collector, resource: Resource, names: frozenset[str]) -> None:
    """Open what was withdrawn, or stands in another version inside, by what it is about."""
    if not tells_of_an_amendment(collector.table, resource):
        return
    targets = list(_targets(collector, resource, names))
    domains = in_order({domain for target in targets for domain in _domains(collector, target)})
    if any(_is_another_version(item, target) for item in _inside(resource) for target in targets):
        collector.open(domains, resource, "it holds what it is about in another version", "contained")
    code = _withdrawing_code(collector.table, resource)
    if code:
        collector.open(domains, resource, f"what it is about was withdrawn ({code})", "activity")
    elif _withdrawing_words(collector.table, resource):
        collector.open_text(domains, resource, "its words speak against what it is about", "reason")


def tells_of_an_amendment(table: CodeTable, resource: Resource) -> bool:
    """Whether a resource is a Provenance that says more than who wrote something."""
    if resource.get("resourceType") != "Provenance":
        return False
    told = _withdrawing_code(table, resource) or _withdrawing_words(table, resource)
    return bool(told) or any(True for _ in _inside(resource))


def _withdrawing_code(table: CodeTable, resource: Resource) -> str:
    found = [code for _, code, _ in codings(resource.get("activity"))]
    return next((code for code in found if code.casefold() in table.reading.withdrawing_activities), "")


def _withdrawing_words(table: CodeTable, resource: Resource) -> bool:
    reading = table.reading
    said = everything_said({name: resource[name] for name in _SAYING if name in resource})
    why = everything_said({name: resource[name] for name in _WHY if name in resource})
    against = (*reading.withdrawing_words, *reading.sample_words, *reading.beside_words["mrd"])
    return says(reading, said, against) or speaks_of_the_sample(reading, why) or bool(news_of(table, said))


def _targets(collector: Collector, resource: Resource, names: frozenset[str]) -> Iterator[Resource]:
    """What it is about of this patient's, in the version that is here."""
    listed = resource.get("target")
    for reference in listed if isinstance(listed, list) else [listed]:
        target = collector.resources.referred(reference, resource)
        if target is None or _is_of_an_earlier_version(reference, target):
            continue
        own = {identity(target)} if target.get("resourceType") == "Patient" else set(patients_named(target))
        if not own or own & names:
            yield target


def _is_of_an_earlier_version(reference: object, target: Resource) -> bool:
    text = reference.get("reference") if isinstance(reference, OBJECT) else None
    version = text.partition("/_history/")[2] if isinstance(text, str) else ""
    meta = target.get("meta")
    here = meta.get("versionId") if isinstance(meta, OBJECT) else None
    return bool(version) and here is not None and version != here


def _domains(collector: Collector, target: Resource) -> tuple[Domain, ...]:
    """What was read from a resource, or with it; nothing of an ordinary one."""
    table, kind = collector.table, target.get("resourceType")
    if kind == "Patient":
        return DOMAINS
    if kind == "Specimen":
        return ("mrd",)
    told = told_by_itself(table, target)
    taken = any((fact.resource_type, fact.resource_id) == (kind, identity(target)) for fact in collector.facts)
    # A drug may stand in another resource than the one that was taken.
    return told or (domains_of(table, target) if taken else ())


def _inside(resource: Resource) -> Iterator[Resource]:
    """The findings that it holds."""
    for item in inside_of(resource):
        if isinstance(item, OBJECT) and item.get("resourceType") in ("Observation", "DiagnosticReport", "Condition"):
            yield item


def _is_another_version(item: Resource, target: Resource) -> bool:
    if item.get("resourceType") != target.get("resourceType"):
        return False
    names = {name for name in (*item, *target) if name not in _NOT_THE_CONTENT}
    return any(item.get(name) != target.get(name) for name in names)
