"""Observations: laboratory values, cytogenetics, MRD, response, fitness, agreements, events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ...patient.facts import catalogue
from ...patient.units import UNITS, factor
from .asides import BESIDE
from .codes import Meaning
from .collecting import FINAL, BaselineValue, Collector, status_of
from .contradictions import contradicted
from .current import OBJECT, Resource
from .elements import (
    UNREAD,
    codings,
    components,
    date_of,
    fraction,
    number,
    shown,
    unit,
    value_of,
    value_parts,
    word,
    words,
    yes_or_no,
)  # fmt: skip
from .genetics import speaks_against_absence
from .imaging import read_deauville
from .leaving import leave, no_meaning
from .markers import read_marker, read_ratio
from .mrd import read_mrd
from .responses import read_response
from .samples import collected, doubt_of_sample
from .unread import by_meaning, by_words


def read_observation(collector: Collector, resource: Resource) -> None:
    """One Observation; what has no meaning here is ignored with the reason."""
    found = collector.meaning(resource, resource.get("code"))
    if found is None:
        leave(collector, resource, no_meaning(resource))
        return
    meaning, code = found
    reader = _READERS.get(meaning.kind)
    if reader is None:
        leave(collector, resource, f"{meaning.means} is not read from an Observation", found)
        return
    if status_of(resource) not in FINAL:
        collector.issue(
            "warning", resource, f"{meaning.means} has status '{status_of(resource) or 'none'}', not final", "status"
        )
    reader(collector, resource, meaning, code)


def _lab(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    quantity = resource.get("valueQuantity")
    value, recorded = number(quantity), unit(quantity)
    why = _why_not_read(collector, resource, meaning.name)
    if value is None or recorded is None or why:
        collector.issue("warning", resource, f"{meaning.name} {shown(quantity)}: {why}; it stays unknown", "value[x]")
        collector.ignore(resource, f"{meaning.name}: {why}")
        return
    entry: dict[str, Any] = {"value": value, "unit": recorded}
    if meaning.name == "ldh":
        high, several = _upper_limit(collector, resource)
        if several:
            text = "ldh: its reference ranges are of other things than what is normal, or differ; it has no upper limit"
            collector.issue("warning", resource, text, "referenceRange")
        entry.update({"upper_limit": high} if high is not None else {})
    canonical = UNITS[meaning.name][0]
    path = f"baseline.labs.{meaning.name}"
    converted = "" if recorded == canonical else f"to {canonical}"
    _baseline(collector, resource, path, entry, code, "Observation.valueQuantity", shown(quantity), converted)


def _why_not_read(collector: Collector, resource: Resource, name: str) -> str:
    """What forbids to take a laboratory value as it stands; empty where nothing does."""
    quantity = resource.get("valueQuantity")
    value, recorded = number(quantity), unit(quantity)
    if value is None:
        return "has no plain number"
    if recorded is None or factor(name, recorded) is None:
        return f"unit '{recorded}' is not on the list" if recorded else "has no unit"
    if resource.get("dataAbsentReason"):
        return "a reason why there is no value stands beside the value"
    high, _ = _upper_limit(collector, resource)
    if high is not None and value <= high and "present" in _flags(collector, resource):
        return "its interpretation says that it is high, and it lies within its reference range"
    return ""


def _flags(collector: Collector, resource: Resource) -> set[str]:
    """What the interpretations beside a value mean."""
    found = resource.get("interpretation")
    return {name for item in (found if isinstance(found, list) else [found]) for name in words(collector.table, item)}


def _upper_limit(collector: Collector, resource: Resource) -> tuple[float | None, bool]:
    """The upper limit of what is normal, and whether there are ranges that do not tell it: of something else, or several."""
    ranges, recorded = resource.get("referenceRange"), unit(resource.get("valueQuantity"))
    with_limit = [
        item for item in (ranges if isinstance(ranges, list) else ())
        if isinstance(item, OBJECT) and unit(item.get("high")) == recorded and number(item.get("high"))
    ]  # fmt: skip
    normal = [
        item for item in with_limit if not item.get("type") or word(collector.table, item["type"]) == "normal-range"
    ]
    highs = {number(item["high"]) for item in normal}
    return (highs.pop(), False) if len(highs) == 1 else (None, bool(with_limit))


def _baseline(
    collector: Collector, resource: Resource, path: str, value: Any, code: str, element: str, original: str,
    converted: str = "",
) -> None:  # fmt: skip
    taken, reported = collected(collector, resource), date_of(resource)
    found = isinstance(value, dict) and value.get("status") == "present"
    # What was found counts by whichever day makes it one of the diagnosis; what was not, by the day of its sample.
    dates = {taken or reported, reported} if found else {taken or reported}
    if taken is not None and reported is not None and taken.earliest > reported.latest and not found:
        dates = {None}
    for date in sorted(dates, key=str):
        fact = collector.fact(
            path, catalogue()[path].label, resource, element, code, original, converted=converted, date=date
        )
        collector.baseline.append(BaselineValue(path, date, value, fact, resource))


def _status(collector: Collector, resource: Resource) -> str | None:
    """Present, absent, failed or not-tested; None when the value says none of it, or something speaks against it."""
    _, value = value_of(resource)
    found = word(collector.table, value)
    if isinstance(value, bool):
        found = "present" if value else "absent"
    against = contradicted(collector, resource, found)
    if against:
        collector.unreadable(resource, against, "value[x]")
        return None
    doubt = doubt_of_sample(collector, resource) if found == "absent" else ""
    if doubt:
        collector.unreadable(resource, f"{doubt}, so that nothing was found says nothing", "specimen")
        return None
    if found == "absent" and status_of(resource) not in FINAL:
        return "failed"
    if found in ("present", "absent", "failed", "not-tested"):
        return found
    absent = resource.get("dataAbsentReason")
    return "not-tested" if isinstance(absent, OBJECT) and value is None else None


def _cytogenetics(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    status = _status(collector, resource)
    if status is None:
        collector.unreadable(resource, f"{meaning.name}: the value says neither present nor absent", "value[x]")
        return
    entry: dict[str, Any] = {"status": status}
    if status in ("present", "absent"):
        parts = components(collector.table, resource)
        if any(value is UNREAD for value in parts.values()):
            collector.open(("genetics",), resource, f"{meaning.name}: a component cannot be read", "component")
        share, copies, sorted_ = fraction(parts.get("fraction")), number(parts.get("copies")), parts.get("cd138_sorted")
        zygosity = word(collector.table, parts.get("zygosity"))
        if share is not None and meaning.name != "gain_1q":
            entry["fraction"] = share
        if copies is not None:
            entry["copies"] = int(copies)
        if isinstance(sorted_, bool):
            entry["cd138_sorted"] = sorted_
        if zygosity in ("monoallelic", "biallelic") and status == "present":
            entry["zygosity"] = zygosity
        elif zygosity is not None:
            reason = f"{meaning.name}: its zygosity ({zygosity}) speaks against its value ({status})"
            collector.open(("genetics",), resource, reason, "component")
    if status == "absent":
        _read_beside_an_absent(collector, resource)
    path = f"baseline.cytogenetics.{meaning.name}"
    _baseline(collector, resource, path, entry, code, "Observation.value[x]", shown(value_of(resource)[1]))


def _read_beside_an_absent(collector: Collector, resource: Resource) -> None:
    """Open genetics where words beside an abnormality that was not found say something else."""
    if speaks_against_absence(collector, resource):
        reason = "words beside an abnormality that is coded as absent say that it was found, or could not be looked for"
        collector.open_text(("genetics",), resource, reason, BESIDE)


def _variant(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """A genomic variant, by its genes: a mutation of TP53, a fusion, a gain or a loss; what may be one of them opens."""
    reading, status = collector.table.reading, _status(collector, resource)
    genes, all_known = _genes(collector, resource)
    copies = components(collector.table, resource).get("copies")
    fitting = [item.means for item in reading.variants if item.fits(genes, number(copies))]
    if status == "present" and all_known and fitting:
        for name in fitting:
            entry: dict[str, Any] = {"status": "present"}
            if name == "gain_1q" and (counted := number(copies)) is not None:
                entry["copies"] = int(counted)
            _baseline(
                collector, resource, f"baseline.cytogenetics.{name}", entry, code, "Observation.component",
                f"{' and '.join(sorted(genes))} {status}",
            )  # fmt: skip
    elif genes == {"TP53"} and all_known and status in ("present", "absent"):
        if status == "absent":
            _read_beside_an_absent(collector, resource)
        path = "baseline.cytogenetics.tp53_mutation"
        _baseline(collector, resource, path, {"status": status}, code, "Observation.value[x]", f"TP53 {status}")
    elif status == "absent":
        collector.ignore(resource, "a genomic variant that was not found")
    elif (
        status is None
        or not all_known
        or genes & {"TP53", *reading.variants_open}
        or by_words(collector.table, resource)
    ):
        collector.unreadable(resource, "a genomic variant that is not read here", "component")
    else:
        collector.ignore(resource, "a genomic variant of a gene that no rule reads")


def _genes(collector: Collector, resource: Resource) -> tuple[set[str], bool]:
    """The genes of a variant, and whether every one of them is coded by HGNC; of a fusion there are two."""
    table, found, all_known, listed = collector.table, set(), True, resource.get("component")
    for item in listed if isinstance(listed, list) else ():
        if not isinstance(item, OBJECT) or word(table, item.get("code")) != "gene":
            continue
        value = components(table, {"component": [item]}).get("gene")
        named = [(system, code) for system, code, _ in codings(value) if table.names.get(system) == "hgnc"
                 or table.key(system, code)[0] == "hgnc"]  # fmt: skip
        all_known = all_known and bool(named)
        found |= {word(table, value) or f"{code}" for _, code in named}
    return found, all_known and bool(found)


def _ecog(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    value = resource.get("valueInteger")
    date = date_of(resource)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 5 or date is None:
        collector.ignore(resource, "ECOG without a whole number from 0 to 5 and a date")
        return
    fact = collector.fact("ecog", "ECOG", resource, "Observation.valueInteger", code, str(value), date=date)
    known = [item for item in collector.facts if item.path == "ecog"]
    if not known or known[0].date <= fact.date:
        collector.facts[:] = [item for item in collector.facts if item.path != "ecog"] + [fact]
        collector.profile["ecog"] = value


def _finding(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    status = _status(collector, resource)
    if status is None:
        collector.unreadable(resource, f"{meaning.name}: the value says neither present nor absent", "value[x]")
        return
    if meaning.name.startswith("baseline."):
        _baseline(collector, resource, meaning.name, {"status": status}, code, "Observation.value[x]", status)
    else:
        _once(collector, resource, meaning.name, {"status": status}, code, status)


def _percent(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    quantity = resource.get("valueQuantity")
    value = number(quantity)
    if value is None or unit(quantity) != "%" or not 0 <= value <= 100:
        below = isinstance(quantity, OBJECT) and quantity.get("comparator") in ("<", "<=")
        leave_out = collector.ignore if below else partial(collector.unreadable, element="value[x]")
        leave_out(resource, f"{meaning.name}: {shown(quantity)} is no percentage")
        return
    _baseline(collector, resource, meaning.name, value, code, "Observation.valueQuantity", shown(quantity))


def _flag(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    value = resource.get("valueBoolean")
    if not isinstance(value, bool):
        collector.ignore(resource, f"{meaning.name}: the value is neither true nor false")
        _once(collector, resource, meaning.name, None, code, "unreadable")
        return
    _once(collector, resource, meaning.name, value, code, "yes" if value else "no")


def _once(collector: Collector, resource: Resource, path: str, value: Any, code: str, original: str) -> None:
    """A single fact: stated twice with the same value it counts once, with different ones it stays unknown."""
    if any(item.path == path for item in collector.conflicts):
        return
    known = [item for item in collector.facts if item.path == path]
    label = catalogue()[path].label
    fact = collector.fact(path, label, resource, "Observation.value[x]", code, original, date=date_of(resource))
    if known and known[0].original != original:
        collector.conflict(path, label, [known[0].original, original])
        if isinstance(value, OBJECT):
            # Rules may read nothing recorded as absent, and it is not absent: so nothing permissive may rest on this record.
            reason = f"{label} is said to be both {known[0].original} and {original}"
            collector.open(by_meaning(collector.table, f"finding.{path}"), resource, reason, "value[x]")
        return
    collector.set(path, value)
    collector.facts.append(fact)


def _event(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    status = _status(collector, resource)
    if status == "absent":
        collector.ignore(resource, f"{meaning.name}: said not to have happened")
        return
    if status == "failed":
        collector.unreadable(resource, f"{meaning.name}: it is not certain whether it happened", "value[x]")
        return
    if status is None and any(True for _ in value_parts(resource)):
        collector.open(
            by_meaning(collector.table, meaning.means),
            resource,
            f"{meaning.name}: its value cannot be read",
            "value[x]",
        )
    date = date_of(resource)
    path = collector.add("events", {"kind": meaning.name, "date": str(date) if date is not None else None})
    collector.facts.append(
        collector.fact(path, meaning.name, resource, "Observation.code", code, meaning.name, date=date)
    )


def _disease_status(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """Progress as mCODE tells it: worsened is progression; anything that is not understood leaves the course open."""
    status = word(collector.table, value_of(resource)[1])
    date = date_of(resource)
    if status == "worsened":
        path = collector.add("events", {"kind": "progression", "date": str(date) if date is not None else None})
        text = shown(value_of(resource)[1])
        collector.facts.append(
            collector.fact(path, "progression", resource, "Observation.value[x]", code, text, date=date)
        )
    elif (
        status in ("improved", "stable")
        and status_of(resource) in FINAL
        and not contradicted(collector, resource, "absent")
    ):
        collector.ignore(resource, f"disease status '{status}': too coarse for a response category")
    else:
        collector.unreadable(resource, "a disease status that is not understood", "value[x]")


def _toxicity(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """An adverse effect with its CTCAE grade; what it was is free text and stays in the record."""
    parts = components(collector.table, resource)
    grade, date = number(parts.get("grade")), date_of(resource)
    unacceptable, status = (
        yes_or_no(collector.table, parts.get("unacceptable")),
        word(collector.table, parts.get("toxicity_status")),
    )
    if any(value is UNREAD for value in parts.values()):
        collector.open(("harm",), resource, "a component of the toxicity cannot be read", "component")
    entry = {
        "date": str(date) if date is not None else None, "grade": int(grade) if grade in (1, 2, 3, 4, 5) else None,
        "status": status if status in ("ongoing", "resolved") else None,
        "unacceptable": unacceptable,
    }  # fmt: skip
    path = collector.add("toxicities", entry)
    collector.facts.append(collector.fact(path, "toxicity", resource, "Observation.component", code, "", date=date))


_READERS: dict[str, Callable[[Collector, Resource, Meaning, str], None]] = {
    "lab": _lab, "cytogenetics": _cytogenetics, "genomic-variant": _variant, "mrd": read_mrd, "ecog": _ecog,
    "response": read_response, "finding": _finding, "percent": _percent, "flag": _flag, "event": _event, "toxicity": _toxicity,
    "disease-status": _disease_status, "marker": read_marker, "light-chain-ratio": read_ratio,
    "deauville": read_deauville,
}  # fmt: skip
