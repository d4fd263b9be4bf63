"""Texts that nobody has read: listed with date and wording, and what a named person says of them.

A text opens what it could change. Two things close it: a coded result of the same report or sample that was read, for
the domain of that result; and the word of a person who has read it. A coded finding is no text, and is never closed so.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from ...patient.attestations import TEXTS_READ
from .asides import BESIDE, everything_said
from .codes.table import Domain, Reading
from .contradictions import reports_a_finding, sentences
from .current import OBJECT, Resource
from .elements import components, date_of, value_parts, wording, words
from .import_report import UnreadText
from .saying import says
from .statements import TextsRead
from .unread import by_meaning, by_words, in_order, said

if TYPE_CHECKING:
    from .collecting import Collector

_FINAL = ("final", "amended", "corrected", "appended")
_LONGEST_WORDING = 400
_NUMBER = re.compile(r"\d")
# Numbers that are no result: days, and those that are part of a name (CD138).
_NO_RESULT = re.compile(r"\d{4}-\d\d(?:-\d\d)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|[A-Za-z]+\d+\w*")


def is_text(collector: Collector, resource: Resource) -> bool:
    """Whether a resource tells what it tells in words or numbers of no known meaning, and not by a coded finding."""
    values = [*value_parts(resource), *components(collector.table, resource).values()]
    for name in ("interpretation", "conclusionCode"):
        found = resource.get(name)
        values += found if isinstance(found, list) else [found]
    coded = set().union(*(words(collector.table, value) for value in values))
    return not coded - {"absent"} and not any(value is True for value in values)


def version_of(resource: Resource) -> str:
    """A fingerprint of what a resource says; the same only as long as nothing in it is changed."""
    plain = {name: value for name, value in resource.items() if name != "meta"}
    content = json.dumps(plain, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def statement_on(collector: Collector, resource: Resource) -> TextsRead | None:
    """What a person says who has read this text; none where it was written later, or where somebody found something."""
    name, date = _listed(resource, ()).name, date_of(resource)
    found = [item for item in collector.statements if name in item.texts]
    if not all(item.nothing_found for item in found):
        return None
    return next((item for item in found if date is None or date.earliest <= item.date.latest), None)


def names_another_drug(collector: Collector, resource: Resource) -> bool:
    """Whether it is a drug in words that name none for the disease: nothing of the disease in it means no therapy of it."""
    named = str(resource.get("resourceType")).startswith("Medication")
    return named and "therapy" not in by_words(collector.table, resource)


def read_as_nothing(collector: Collector, resource: Resource, domain: Domain) -> bool:
    """List a result of a known kind that is told in words; whether a person has read it and found nothing.

    It is left out then: read by a person it is no news, and it is not a negative test either.
    """
    collector.texts.append(((domain,), resource, "", ""))
    statement = statement_on(collector, resource)
    if statement is None or domain not in statement.about:
        return False
    collector.ignore(resource, f"told in words; read by {statement.by}, who found nothing")
    return True


def settle_texts(collector: Collector) -> tuple[UnreadText, ...]:
    """Close what was read or stands coded beside, open the rest, and list all of them."""
    listed: dict[str, UnreadText] = {}
    read_coded = {(fact.resource_type, fact.resource_id): fact.code for fact in collector.facts}
    for domains, resource, reason, element in collector.texts:
        text = _listed(resource, domains)
        statement = statement_on(collector, resource)
        closed = set(statement.about if statement is not None else ())
        if statement is not None and names_another_drug(collector, resource):
            closed.add("therapy")
        # A result without a reason to open stands in the profile, as one of which nothing is known.
        if reason and element != BESIDE:
            closed |= set(_coded_beside(collector, resource, read_coded))
        open_ = tuple(domain for domain in domains if domain not in closed)
        if reason:
            collector.open(open_, resource, reason, element)
        by, date = (statement.by, str(statement.date)) if statement is not None else ("", "")
        text = text.closed(open_, by, date)
        listed[text.name] = text.with_what_stands_beside(listed.get(text.name))
    _attest(collector, listed)
    for statement in collector.statements:
        for name in statement.texts:
            if name not in listed:
                words_ = f"{name}: was said to be read, and is not among the texts here or was changed since"
                kind, _, rest = name.partition("/")
                collector.issue("warning", {"resourceType": kind, "id": rest.partition(":")[0]}, words_, "text")
    return tuple(listed[name] for name in sorted(listed))


def _listed(resource: Resource, domains: tuple[Domain, ...]) -> UnreadText:
    date = date_of(resource)
    kind, name = str(resource.get("resourceType")), str(resource.get("id") or "(no id)")
    return UnreadText(
        kind, name, version_of(resource), str(date) if date is not None else "",
        everything_said(resource)[:_LONGEST_WORDING], domains,
    )  # fmt: skip


def _attest(collector: Collector, listed: Mapping[str, UnreadText]) -> None:
    """On whose word texts were closed goes into the profile, so that the answer names it."""
    for statement in collector.statements:
        used = [name for name in statement.texts if name in listed and listed[name].read_on == str(statement.date)
                and listed[name].read_by == statement.by]  # fmt: skip
        if used:
            date = str(statement.date)
            collector.profile.setdefault("attested", []).append(
                {"what": TEXTS_READ, "value": True, "of": date, "by": statement.by, "date": date, "note": statement.note(used)}
            )  # fmt: skip


def _coded_beside(
    collector: Collector, resource: Resource, read_coded: Mapping[tuple[str, str], str]
) -> Iterator[Domain]:
    """The domains of final, coded results of the same report or sample that were read, unless the text may tell more."""
    if reports_a_finding(collector, said(resource)) or _may_tell_more(collector, resource):
        return
    for other in _beside(collector, resource):
        code = read_coded.get((str(other.get("resourceType")), str(other.get("id"))))
        if code is None or other.get("status") not in _FINAL:
            continue
        system, _, name = code.partition("|")
        meaning = collector.table.meaning(system, name)
        if meaning is not None:
            yield from in_order(set(by_meaning(collector.table, meaning.means)))


def _may_tell_more(collector: Collector, resource: Resource) -> bool:
    """Whether a text may tell what no coded result beside it tells.

    A number other than 0 does: another test may have given it. So do words that take the ground of a result away, a value in
    words that does not say that nothing was found, and a number in a conclusion that nothing beside it says to be harmless.
    """
    reading = collector.table.reading
    values = list(value_parts(resource))
    if any(not isinstance(value, str) and _is_a_number(value) for value in values):
        return True
    if any(isinstance(value, str) and not _denies(reading, value) for value in values):
        return True
    told = "\n".join(
        text
        for text in (*map(wording, values), *(wording(resource.get(name)) for name in ("conclusion", "note")))
        if text
    )
    doubts = {word for domain in ("mrd", "imaging", "response") for word in reading.beside_words.get(domain, ())}
    return says(reading, told, (*sorted(doubts), *reading.unsettled_words)) or any(
        _NUMBER.search(sentence) is not None
        and not _denies(reading, sentence)
        and not says(reading, sentence, reading.measured_words)
        for sentence in sentences(_NO_RESULT.sub(" ", told))
    )


def _is_a_number(value: object) -> bool:
    """Whether a value is a number, or has one in it, that is not 0."""
    if isinstance(value, OBJECT):
        return any(_is_a_number(item) for name, item in value.items() if name != "coding")
    return isinstance(value, int | float | Decimal) and value != 0


def _denies(reading: Reading, text: str) -> bool:
    lowered = text.casefold()
    found = (*reading.not_found_words, *reading.denying_words)
    return re.search(r"(?<!\w)(?:" + "|".join(map(re.escape, found)) + r")(?!\w)", lowered) is not None


def _beside(collector: Collector, resource: Resource) -> Iterator[Resource]:
    """The other results of its report, and those of its sample and day."""
    resources = collector.resources
    reports = [resource] if resource.get("resourceType") == "DiagnosticReport" else []
    reports += [
        item
        for item in resources.of_type("DiagnosticReport")
        if any(one is resource for one in results_of(collector, item))
    ]
    for report in reports:
        yield from (item for item in results_of(collector, report) if item is not resource)
    specimen, date = resource.get("specimen"), date_of(resource)
    sample = resources.referred(specimen, resource) if specimen else None
    if sample is None or date is None:
        return
    for item in resources.of_type("Observation"):
        same_day = date_of(item) == date
        if item is not resource and same_day and resources.referred(item.get("specimen"), item) is sample:
            yield item


def results_of(collector: Collector, report: Resource) -> Iterator[Resource]:
    """The results of a report that are here."""
    results = report.get("result")
    for reference in results if isinstance(results, list) else ():
        found = collector.resources.referred(reference, report)
        if found is not None:
            yield found
