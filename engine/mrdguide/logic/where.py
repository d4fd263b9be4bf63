"""Conditions on the fields of a list's entries, for operators that look through a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, cast, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from ..dates import CalendarDate
from ..patient.drugs import fits_any, given, meant
from ..patient.events import Event, ResponseAssessment, Toxicity
from ..patient.markers import MarkerPanel
from ..patient.therapy import TherapyEntry
from ..reading.numbers import comparer
from ..reading.validation import annotation_parts, problem_at
from ..reading.written_words import key_hint, word_hint
from .truth import MET, NOT_MET, UNKNOWN

ListName = Literal["events", "toxicities", "responses", "therapy", "markers"]
ENTRY: dict[str, type[BaseModel]] = {
    "events": Event, "toxicities": Toxicity, "responses": ResponseAssessment, "therapy": TherapyEntry,
    "markers": MarkerPanel,
}  # fmt: skip
SINGULAR = {
    "events": "event",
    "toxicities": "toxicity",
    "responses": "response",
    "therapy": "therapy",
    "markers": "marker panel",
}

Condition = Any  # a value, a list of values, or {">=": number}


def check_where(list_name: str, where: Mapping[str, Condition]) -> None:
    """Raise a problem, placed at the condition, when it names a field or a value that entries of this list never have."""
    model = ENTRY[list_name]
    known = [
        name for name, field in model.model_fields.items() if CalendarDate not in annotation_parts(field.annotation)
    ]
    for name, wanted in where.items():
        if name not in known:
            text = f"an entry of '{list_name}' has no field '{name}' to compare"
            wanted_fields = f"one of {', '.join(known)}"
            raise problem_at(f"where.{name}", text, wanted_fields, code="unknown-fact", hint=key_hint(name, known))
        if isinstance(wanted, Mapping):
            sign, _ = _comparison(name, wanted)
            if int not in annotation_parts(model.model_fields[name].annotation):
                raise problem_at(
                    f"where.{name}", f"'{name}' is not a number; '{sign}' cannot compare it", code="bad-value"
                )
            continue
        if not _values(wanted):
            raise problem_at(
                f"where.{name}", "no value is given, so nothing could ever fit", "a value or a list of values",
                code="missing-key",
            )  # fmt: skip
        for value in _values(wanted):
            _check_value(model.model_fields[name], name, value)


def _check_value(field: FieldInfo, name: str, value: Any) -> None:
    parts = annotation_parts(field.annotation)
    words = [word for part in parts if get_origin(part) is Literal for word in get_args(part)]
    given = (value,) if any(get_origin(part) is tuple for part in parts) else value
    try:
        if value is None:
            raise ValueError
        TypeAdapter(cast(Any, Annotated[cast(Any, field.annotation), field])).validate_python(given, strict=True)
    except ValueError:
        wanted = f"one of {', '.join(map(str, words))}" if words else ""
        hint = word_hint(value, map(str, words))
        raise problem_at(f"where.{name}", f"'{name}' is never {value!r}", wanted, code="bad-value", hint=hint) from None


def matcher(where: Mapping[str, Condition]) -> Callable[[Any], int]:
    """Compile conditions: met, not met, or unknown when an entry does not record a field asked about."""
    tests: list[tuple[str, Callable[[Any], bool]]] = []
    drugs: Callable[[Any], int] | None = None
    for name, wanted in where.items():
        if name == "drugs":
            drugs = _drug_among(_values(wanted))
        elif isinstance(wanted, Mapping):
            sign, number = _comparison(name, wanted)
            tests.append((name, comparer(sign, number)))
        else:
            tests.append((name, _among(_values(wanted))))

    def match(entry: Any) -> int:
        result = MET if drugs is None else drugs(entry)
        if result == NOT_MET:
            return NOT_MET
        for name, test in tests:
            found = getattr(entry, name)
            if found is None:
                result = UNKNOWN
            elif not test(found):
                return NOT_MET
        return result

    return match


def tighter(where: Mapping[str, Condition], other: Mapping[str, Condition]) -> bool:
    """Whether an entry that fits some conditions fits others too."""
    return all(name in where and _within(where[name], wanted) for name, wanted in other.items())


def _within(some: Condition, wanted: Condition) -> bool:
    if some == wanted:
        return True
    if isinstance(wanted, Mapping):
        test = comparer(*_comparison("", wanted))
        if not isinstance(some, Mapping):
            return all(test(value) for value in _values(some))
        (sign, number), (other, limit) = _comparison("", some), _comparison("", wanted)
        return sign[0] == other[0] and (number > limit if sign[0] == ">" else number < limit)
    return not isinstance(some, Mapping) and set(_values(some)) <= set(_values(wanted))


def unrecorded(where: Mapping[str, Condition], entry: Any) -> list[str]:
    """The fields asked about that an entry does not record, or of which it is not known what they say."""
    return [
        name
        for name, wanted in where.items()
        if (_drug_among(_values(wanted))(entry) == UNKNOWN if name == "drugs" else getattr(entry, name) is None)
    ]


def fields_read(where: Mapping[str, Condition]) -> tuple[str, ...]:
    """The fields of an entry that conditions look at: with its drugs the name of the regimen."""
    return (*where, "regimen") if "drugs" in where and "regimen" not in where else tuple(where)


def where_wording(where: Mapping[str, Condition]) -> str:
    """Conditions in words."""
    parts = []
    for name, wanted in where.items():
        if isinstance(wanted, Mapping):
            sign, number = _comparison(name, wanted)
            parts.append(f"{name} {sign} {number:g}")
        else:
            values = [
                ("yes" if value else "no") if isinstance(value, bool) else str(value) for value in _values(wanted)
            ]
            parts.append(f"{name.replace('_', ' ')}: {' or '.join(values)}")
    return ", ".join(parts)


def _drug_among(values: list[Any]) -> Callable[[Any], int]:
    """Whether an entry of therapy names one of some drugs, by whatever name; unknown where it names none, or one that is on no
    list of names."""
    wanted = meant(values)

    def judged(entry: Any) -> int:
        if fits_any(entry, wanted):
            return MET
        return UNKNOWN if not entry.drugs or given(entry).unread else NOT_MET

    return judged


def _among(values: list[Any]) -> Callable[[Any], bool]:
    """Whether a field is one of the values."""
    allowed = frozenset(value.casefold() if isinstance(value, str) else value for value in values)

    return lambda found: (found.casefold() if isinstance(found, str) else found) in allowed


def _values(wanted: Condition) -> list[Any]:
    return list(wanted) if isinstance(wanted, list | tuple) else [wanted]


def _comparison(name: str, wanted: Mapping[str, Any]) -> tuple[Any, float]:
    sign, number = next(iter(wanted.items()), ("", None))
    fits = isinstance(number, int | float) and not isinstance(number, bool)
    if len(wanted) != 1 or sign not in (">", ">=", "<", "<=") or not fits:
        wanted_form = 'for example {">=": 2}, with one of > >= < <='
        raise problem_at(f"where.{name}", "this is not a comparison", wanted_form, code="bad-value")
    return sign, float(number or 0)
