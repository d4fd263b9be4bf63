"""Elements of resources, read without trust: what is not there or of the wrong kind is None."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ...dates import CalendarDate, parse_date
from ...reading.numbers import scientific
from .codes import CodeTable, Meaning
from .current import OBJECT

Resource = Mapping[str, Any]

UCUM = "http://unitsofmeasure.org"
_DATES = ("effectiveDateTime", "effectiveInstant", "performedDateTime", "onsetDateTime", "started")
_PERIODS = ("effectivePeriod", "performedPeriod", "onsetPeriod")
# UCUM units of a fraction of cells, as powers of ten.
_FRACTIONS = {
    "1": "1",
    "{fraction}": "1",
    "%": "0.01",
    "10*-3": "1e-3",
    "10*-4": "1e-4",
    "10*-5": "1e-5",
    "10*-6": "1e-6",
    "[ppm]": "1e-6",
}

# Units of a number of cells: of UCUM, and as people write them.
_COUNTS = {
    "1": 1, "": 1, "{cells}": 1, "{cell}": 1, "{#}": 1, "{count}": 1, "cells": 1, "cell": 1, "10*3": 1e3, "10*3{cells}": 1e3,
    "10^3": 1e3, "thousand": 1e3, "10*6": 1e6, "10*6{cells}": 1e6, "10^6": 1e6, "million": 1e6, "million cells": 1e6,
    "10^6 cells": 1e6, "10*9": 1e9,
}  # fmt: skip

# Most of a chart is texts and numbers; they are told apart by their type, which costs far less than asking for a Mapping.
PLAIN = (str, int, float, type(None))


def codings(concept: object) -> Iterator[tuple[str, str, str]]:
    """System, code and display of every coding of a CodeableConcept."""
    items = concept.get("coding") if isinstance(concept, OBJECT) else None
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, OBJECT):
            continue
        system, code, display = item.get("system"), item.get("code"), item.get("display")
        if isinstance(system, str) and isinstance(code, str):
            yield system, code, display if isinstance(display, str) else ""


def meanings(table: CodeTable, concept: object) -> list[tuple[Meaning, str, str]]:
    """What the codings of a concept mean, each with `system|code` and its display."""
    found: list[tuple[Meaning, str, str]] = []
    if concept is None:
        return found
    for system, code, display in codings(concept):
        meaning = table.meaning(system, code)
        if meaning is not None:
            found.append((meaning, f"{system}|{code}", display))
    return found


def words(table: CodeTable, concept: object) -> set[str]:
    """Everything that the codings of a concept mean."""
    found = (table.value(system, code) for system, code, _ in codings(concept))
    return {name for name in found if name is not None}


def word(table: CodeTable, concept: object) -> str | None:
    """What a coded value means; None when it is not in the table, or its codings disagree."""
    found = words(table, concept)
    return found.pop() if len(found) == 1 else None


def inside_of(resource: Resource) -> list[object]:
    """What a resource contains; one that stands there without a list around it is one as well."""
    found = resource.get("contained")
    if found is None:
        return []
    return found if isinstance(found, list) else [found] if isinstance(found, OBJECT) else []


def wording(value: object) -> str:
    """The words of a concept, a text or a list of them: displays and texts, never codes."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(text for item in value if (text := wording(item)))
    if not isinstance(value, OBJECT):
        return ""
    items = value.get("coding")
    found: dict[str, None] = {}
    for item in items if isinstance(items, list) else ():
        said = item.get("display") if isinstance(item, OBJECT) else None
        if isinstance(said, str) and said.strip():
            found[said] = None
    said = value.get("text")
    if isinstance(said, str) and said.strip():
        found[said] = None
    return "; ".join(found)


def interpretations(resource: Resource) -> list[object]:
    """The interpretations of a result."""
    found = resource.get("interpretation")
    return found if isinstance(found, list) else ([] if found is None else [found])


def yes_or_no(table: CodeTable, value: object) -> bool | None:
    """A flag as true or false, or coded as present or absent; None when it is neither."""
    if isinstance(value, bool):
        return value
    return {"present": True, "absent": False}.get(word(table, value) or "")


def date_of(resource: Resource) -> CalendarDate | None:
    """The clinically relevant day: both choice types; of a period its start. A time of day is left out."""
    for name in _DATES:
        found = day(resource.get(name))
        if found is not None:
            return found
    return next((found for name in _PERIODS if (found := day(_inside(resource.get(name), "start"))) is not None), None)


def day(text: object) -> CalendarDate | None:
    if not isinstance(text, str):
        return None
    try:
        return parse_date(text[:10])
    except ValueError:
        return None


def period(value: object) -> tuple[CalendarDate | None, CalendarDate | None]:
    """Start and end of a Period."""
    return day(_inside(value, "start")), day(_inside(value, "end"))


def number(quantity: object) -> float | None:
    """The number of a Quantity, or a bare number; a comparator makes it none."""
    if isinstance(quantity, OBJECT):
        return None if quantity.get("comparator") else number(quantity.get("value"))
    if isinstance(quantity, bool) or not isinstance(quantity, int | float | Decimal):
        return None
    try:
        return float(quantity)
    except OverflowError:
        return None


def unit(quantity: object) -> str | None:
    """The UCUM code of a Quantity, or its unit as text where there is no code."""
    code, text = _inside(quantity, "code"), _inside(quantity, "unit")
    if isinstance(code, str) and _inside(quantity, "system") in (UCUM, None):
        return code
    return text if isinstance(text, str) else None


def fraction(quantity: object) -> float | None:
    """A fraction of cells from a Quantity in a unit on the list; None for any other, or out of range."""
    value, scale = number({**quantity, "comparator": None} if isinstance(quantity, OBJECT) else None), unit(quantity)
    if value is None or scale not in _FRACTIONS:
        return None
    found = float(Decimal(repr(value)) * Decimal(_FRACTIONS[scale]))
    return found if 0 < found <= 1 else None


def count(quantity: object) -> float | None:
    """A number of cells, by the multiple that its unit is; None where it cannot be one, none at all among them."""
    value, written = number(quantity), unit(quantity)
    scale = _COUNTS.get((written or "").strip().casefold().removeprefix("x").strip())
    return value * scale if value is not None and value > 0 and scale is not None else None


def shown(value: object) -> str:
    """A value as it was found, in words short enough for a line."""
    if isinstance(value, OBJECT):
        if "value" in value:
            sign = value.get("comparator") or ""
            amount = value["value"]
            text = scientific(amount) if isinstance(amount, float) and 0 < amount < 1e-3 else str(amount)
            return f"{sign}{text} {unit(value) or '(no unit)'}"
        named = [display or code for _, code, display in codings(value)]
        return ", ".join(named) or str(value.get("text", "not coded"))[:80]
    return str(value)[:80]


def shown_with_flag(resource: Resource) -> str:
    """The value of a result with the interpretation beside it, `600 umol/L (HH)`; empty where nothing is said of it.

    Of several values each is shown, for this only names what is left out.
    """
    listed = interpretations(resource)
    flags = [code for item in listed for _, code, _ in codings(item)] or [
        said for item in listed if (said := wording(item))
    ]
    values = ", ".join(shown(value) for value in value_parts(resource))
    return f"{values} ({', '.join(flags)})" if values and flags else values


def flagged(resource: Resource) -> str:
    """The value that is left out with a reason, after a colon, where an interpretation stands beside it; else empty."""
    return f": {shown_with_flag(resource)}" if resource.get("interpretation") else ""


def value_of(resource: Resource) -> tuple[str, object]:
    """The name and the content of value[x]; empty when there is none.

    Raises:
        ValueError: there are several, which may contradict each other.
    """
    found = [(name, item) for name, item in resource.items() if name.startswith("value") and item is not None]
    if len(found) > 1:
        raise ValueError("several value[x]")
    return found[0] if found else ("", None)


def value_parts(resource: Resource) -> Iterator[object]:
    """Everything that stands as value[x], however many there are."""
    return (item for name, item in resource.items() if name.startswith("value") and item is not None)


UNREAD = object()
"""Stands for the value of a component that is there and cannot be read."""


def components(table: CodeTable, resource: Resource) -> dict[str, object]:
    """The values of an Observation's components by what their codes mean; `UNREAD` where one is there and unreadable.

    A component of which nothing tells what it is stands under an empty name.
    """
    found: dict[str, object] = {}
    items = resource.get("component")
    for item in items if isinstance(items, list) else ([] if items is None else [items]):
        if not isinstance(item, OBJECT):
            found[""] = UNREAD
            continue
        names = words(table, item.get("code"))
        ordinary = not names and any(meaning.irrelevant for meaning, _, _ in meanings(table, item.get("code")))
        if ordinary and not any(letter.isalpha() for letter in str(item.get("valueString") or "")):
            continue
        name = names.pop() if len(names) == 1 else ""
        value = _trusted_value(item) if name else UNREAD
        found[name] = value if name not in found or found[name] == value else UNREAD
    return found


def _trusted_value(item: Mapping[str, Any]) -> object:
    """The value of a component, unless something in it says not to rely on it or there is more than one."""
    values = [(name, value) for name, value in item.items() if name.startswith("value") and value is not None]
    if len(values) != 1 or item.get("dataAbsentReason") or distrusted(item):
        return UNREAD
    return values[0][1]


def labels_of(resource: Resource) -> set[str]:
    """The codes of the tags and security labels of a resource."""
    meta = resource.get("meta")
    if not isinstance(meta, OBJECT):
        return set()
    found = [item for name in ("tag", "security") if isinstance(meta.get(name), list) for item in meta[name]]
    return {str(item.get("code")) for item in found if isinstance(item, OBJECT)}


# Labels that say that a resource is not whole (HL7 v3 ObservationValue).
WITHHELD = frozenset(("SUBSETTED", "REDACTED", "MASKED"))
# Labels that say that it may be wrong (HL7 v3 ObservationValue, integrity confidence).
DOUBTED = frozenset(("UNRELIABLE", "UNCERTREL"))


def distrusted(value: object, path: str = "") -> str:
    """Where an element stands that forbids to read what is round it without knowing it; empty where there is none."""
    if isinstance(value, list):
        for inner in value:
            found = "" if isinstance(inner, PLAIN) else distrusted(inner, path)
            if found:
                return found
    elif isinstance(value, OBJECT):
        for name, inner in value.items():
            if name in ("modifierExtension", "implicitRules"):
                if inner:
                    return f"{path}.{name}" if path else name
            elif not isinstance(inner, PLAIN) and name not in ("contained", "text"):
                found = distrusted(inner, f"{path}.{name}" if path else name)
                if found:
                    return found
    return ""


def _inside(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, OBJECT) else None
