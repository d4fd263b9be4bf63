"""Serial disease markers: M-protein, immunofixation and free light chains of one day make a panel."""

from __future__ import annotations

from typing import Any

from ...patient.units import factor
from .codes import Meaning
from .collecting import FINAL, Collector, status_of
from .contradictions import against_absence, contradicted, is_usual, spoken
from .current import OBJECT, Resource
from .elements import date_of, interpretations, number, shown, unit, value_of, word
from .saying import says
from .texts import is_text

_FIXED = {"present": "positive", "absent": "negative", "indeterminate": "indeterminate"}


def read_marker(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """One value of a panel; what cannot be read leaves response and markers open."""
    date = date_of(resource)
    value = value_of(resource)[1]
    found: Any = None
    if meaning.name.endswith("immunofixation"):
        coded = _as_word(value) or word(collector.table, value)
        found = None if contradicted(collector, resource, coded) else _FIXED.get(coded or "")
    else:
        amount, recorded = number(value), unit(value)
        if amount is not None and recorded is not None and factor(meaning.name, recorded) is not None:
            found = None if _belied(collector, resource, amount) else {"value": amount, "unit": recorded}
    if found is None or date is None or status_of(resource) not in FINAL or resource.get("dataAbsentReason"):
        reason = f"{meaning.name.replace('_', ' ')}: {shown(value)} is no final, dated value in a known unit"
        if isinstance(value, str) and is_text(collector, resource):
            collector.open_text(("response",), resource, reason, "value[x]")
            collector.ignore(resource, reason)
        else:
            collector.unreadable(resource, reason, "value[x]")
        return
    collector.panels.append((str(date), meaning.name, found, resource))
    collector.facts.append(
        collector.fact(
            "markers", meaning.name.replace("_", " "), resource, "Observation.value[x]", code, shown(value), date=date
        )
    )


def _as_word(value: object) -> str:
    """What a flag says of what was looked for; empty where it is none."""
    return {True: "present", False: "absent"}[value] if isinstance(value, bool) else ""


def read_ratio(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """A ratio of light chains alone: normal by the laboratory's own interpretation it is ordinary, else it opens."""
    if status_of(resource) in FINAL and _said_to_be_normal(collector, resource):
        collector.ignore(resource, "a normal light-chain ratio; the light chains themselves are read")
    else:
        collector.unreadable(resource, "a light-chain ratio that is not said to be normal", "value[x]")


def _belied(collector: Collector, resource: Resource, amount: float) -> bool:
    """Whether the laboratory's own interpretation cannot be true of a value: nothing there, or a usual value, called abnormal."""
    said = interpretations(resource)
    reading = collector.table.reading
    if any(says(reading, text, reading.unsettled_words) for item in said for text in spoken(collector.table, item)):
        return True
    quiet = amount == 0 or _inside_range(resource, amount) is True
    return quiet and any(against_absence(collector.table, [], [item]) for item in said)


def _said_to_be_normal(collector: Collector, resource: Resource) -> bool:
    """By its reference range and the laboratory's interpretation: one of them is there, and neither speaks against it."""
    said, value = interpretations(resource), value_of(resource)[1]
    if not all(is_usual(collector.table, item) for item in said):
        return False
    amount = number(value)
    inside = _inside_range(resource, amount) if amount is not None else None
    if inside is None:
        return bool(said) and (amount is not None or value is None)
    return inside


def _inside_range(resource: Resource, amount: float) -> bool | None:
    """Whether a value lies in its reference range; None where that cannot be told: no range, one without an end, or several."""
    ranges = resource.get("referenceRange")
    listed = [item for item in ranges if isinstance(item, OBJECT)] if isinstance(ranges, list) else []
    limits = [(number(item.get("low")), number(item.get("high"))) for item in listed]
    if limits and all(_beyond(amount, low, high) for low, high in limits):
        return False
    return True if len(limits) == 1 and None not in limits[0] else None


def _beyond(amount: float, low: float | None, high: float | None) -> bool:
    return (low is not None and amount < low) or (high is not None and amount > high)


def settle_markers(collector: Collector) -> None:
    """Panels by day. Two different values of one thing on one day are a conflict: neither is taken."""
    days: dict[str, dict[str, Any]] = {}
    for date, name, value, resource in sorted(collector.panels, key=lambda item: item[:2]):
        panel = days.setdefault(date, {"date": date})
        if name in panel and panel[name] != value:
            collector.open(
                ("response",), resource, f"two different values of {name.replace('_', ' ')} on {date}", "value[x]"
            )
            panel[name] = None
        elif name not in panel:
            panel[name] = value
    for date, name, _, resource in collector.panels:
        other = {"kappa": "lambda", "lambda": "kappa"}.get(name)
        if other is not None and other not in days[date] and not _said_to_be_normal(collector, resource):
            reason = f"{name} without {other} of {date}, and not said to be normal: its ratio cannot be told"
            collector.open(("response",), resource, reason, "value[x]")
    for panel in days.values():
        collector.add("markers", panel)
