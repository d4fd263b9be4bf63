"""Serial disease markers: M-protein, immunofixation and free light chains of one day make a panel."""

from __future__ import annotations

from typing import Any

from ...patient.units import factor
from .codes import Meaning
from .collecting import FINAL, Collector, status_of
from .contradictions import contradicted
from .current import Resource
from .elements import date_of, number, shown, unit, value_of, word
from .texts import is_text

_FIXED = {"present": "positive", "absent": "negative", "indeterminate": "indeterminate"}


def read_marker(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """One value of a panel; what cannot be read leaves response and markers open."""
    date = date_of(resource)
    value = value_of(resource)[1]
    found: Any = None
    if meaning.name.endswith("immunofixation"):
        coded = word(collector.table, value)
        found = None if contradicted(collector, resource, coded) else _FIXED.get(coded or "")
    else:
        amount, recorded = number(value), unit(value)
        if amount is not None and recorded is not None and factor(meaning.name, recorded) is not None:
            found = {"value": amount, "unit": recorded}
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


def read_ratio(collector: Collector, resource: Resource, meaning: Meaning, code: str) -> None:
    """A ratio of light chains alone: normal by the laboratory's own interpretation it is ordinary, else it opens."""
    if status_of(resource) in FINAL and _said_to_be_normal(collector, resource):
        collector.ignore(resource, "a normal light-chain ratio; the light chains themselves are read")
    else:
        collector.unreadable(resource, "a light-chain ratio that is not said to be normal", "value[x]")


def _said_to_be_normal(collector: Collector, resource: Resource) -> bool:
    """By the laboratory's interpretation, or, where there is none, by its reference range."""
    interpretation = resource.get("interpretation")
    said = {word(collector.table, item) for item in interpretation} if isinstance(interpretation, list) else set()
    amount = number(value_of(resource)[1])
    inside = amount is not None and _inside_range(resource, amount)
    return said == {"absent"} or (inside and not said)


def _inside_range(resource: Resource, amount: float) -> bool:
    ranges = resource.get("referenceRange")
    first = ranges[0] if isinstance(ranges, list) and len(ranges) == 1 else None
    if not isinstance(first, dict):
        return False
    low, high = number(first.get("low")), number(first.get("high"))
    return low is not None and high is not None and low <= amount <= high


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
