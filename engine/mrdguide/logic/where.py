"""Conditions on the fields of a list's entries, for operators that look through a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel

from ..patient.events import Event, ResponseAssessment, Toxicity
from ..patient.therapy import TherapyEntry
from ..validation import closest
from .numbers import comparer
from .truth import MET, NOT_MET, UNKNOWN

ListName = Literal["events", "toxicities", "responses", "therapy"]
ENTRY: dict[str, type[BaseModel]] = {
    "events": Event, "toxicities": Toxicity, "responses": ResponseAssessment, "therapy": TherapyEntry,
}  # fmt: skip
SINGULAR = {"events": "event", "toxicities": "toxicity", "responses": "response", "therapy": "therapy"}

Condition = Any  # a value, a list of values, or {">=": number}


def check_where(list_name: str, where: Mapping[str, Condition]) -> None:
    """Raise ValueError when a condition names a field or a value that entries of this list never have."""
    model = ENTRY[list_name]
    for name, wanted in where.items():
        field = model.model_fields.get(name)
        if field is None:
            near = closest(name, model.model_fields)
            raise ValueError(f"an entry of '{list_name}' has no field '{name}'" + (f"; {near}" if near else ""))
        if isinstance(wanted, Mapping):
            sign, _ = _comparison(wanted)
            if "int" not in str(field.annotation):
                raise ValueError(f"'{name}' is no number; '{sign}' cannot compare it")
            continue
        words = [
            word
            for part in (field.annotation, *get_args(field.annotation))
            for word in get_args(part)
            if isinstance(word, str)
        ]
        for value in _values(wanted):
            if words and value not in words:
                near = closest(str(value), words)
                raise ValueError(
                    f"'{name}' is never '{value}'; one of {', '.join(words)}" + (f"; {near}" if near else "")
                )


def matcher(where: Mapping[str, Condition]) -> Callable[[Any], int]:
    """Compile conditions: met, not met, or unknown when an entry does not record a field asked about."""
    tests: list[tuple[str, Callable[[Any], bool]]] = []
    for name, wanted in where.items():
        if isinstance(wanted, Mapping):
            sign, number = _comparison(wanted)
            tests.append((name, comparer(sign, number)))
        else:
            tests.append((name, _among(_values(wanted))))

    def match(entry: Any) -> int:
        result = MET
        for name, test in tests:
            found = getattr(entry, name)
            if found is None:
                result = UNKNOWN
            elif not test(found):
                return NOT_MET
        return result

    return match


def unrecorded(where: Mapping[str, Condition], entry: Any) -> list[str]:
    """The fields asked about that an entry does not record."""
    return [name for name in where if getattr(entry, name) is None]


def where_wording(where: Mapping[str, Condition]) -> str:
    """Conditions in words."""
    parts = []
    for name, wanted in where.items():
        if isinstance(wanted, Mapping):
            sign, number = _comparison(wanted)
            parts.append(f"{name} {sign} {number:g}")
        else:
            values = [{True: "yes", False: "no"}.get(value, str(value)) for value in _values(wanted)]
            parts.append(f"{name.replace('_', ' ')}: {' or '.join(values)}")
    return ", ".join(parts)


def _among(values: list[Any]) -> Callable[[Any], bool]:
    """Whether a field is one of the values; of a field that holds a list (drugs), whether any of its items is."""
    allowed = frozenset(value.casefold() if isinstance(value, str) else value for value in values)

    def test(found: Any) -> bool:
        items = found if isinstance(found, tuple) else (found,)
        return any((item.casefold() if isinstance(item, str) else item) in allowed for item in items)

    return test


def _values(wanted: Condition) -> list[Any]:
    return list(wanted) if isinstance(wanted, list | tuple) else [wanted]


def _comparison(wanted: Mapping[str, Any]) -> tuple[Any, float]:
    sign, number = next(iter(wanted.items()), ("", None))
    if len(wanted) != 1 or sign not in (">", ">=", "<", "<=") or not isinstance(number, int | float):
        raise ValueError('a comparison is written {">=": 2}, with one of > >= < <=')
    return sign, float(number)
