"""From what a form holds to the profile: what is as it was stays untouched, what was changed is read or refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import PatientError, Problem
from ...interview.answering import typed
from ...interview.question import Field
from ...rulebook.book import RuleBook
from .form import LIMIT, PREFIX, UNIT, VALUE, places, text_at, whole_name
from .form_plan import label_of, plan
from .places import value_at, with_value, without


@dataclass(frozen=True, slots=True)
class Entered:
    """The profile as the form has it, what was changed in words, and what could not be read."""

    profile: dict[str, Any]
    told: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_form(profile: Mapping[str, Any], fields: Mapping[str, str], book: RuleBook, day: int) -> Entered:
    """The profile with every control whose text is another one than the profile gives. `day` is the day judged, an ordinal."""
    found: dict[str, Any] = dict(profile)
    told: list[str] = []
    problems: list[Problem] = []
    for path, field in places(profile, book):
        before = text_at(profile, path, field)
        posted = {end: fields.get(f"{PREFIX}{path}{end}", text).strip() for end, text in before.items()}
        if posted == before:
            continue
        try:
            found = _put(found, path, field, posted, day)
        except PatientError as error:
            problems += error.problems
        else:
            told.append(f"{_named(path)}: {_said(before, field)} \N{RIGHTWARDS ARROW} {_said(posted, field)}")
    found, lists = _whole_lists(found, fields)
    return Entered(found, (*told, *lists), tuple(problems))


def _put(profile: dict[str, Any], path: str, field: Field, posted: Mapping[str, str], day: int) -> dict[str, Any]:
    if field.kind == "quantity":
        return _quantity(profile, path, field, posted, day)
    text = posted[""]
    if not text:
        return without(profile, path)
    if path == "id":
        return with_value(profile, path, text)
    value = typed(field, text, path, day)
    # A finding with details keeps them: its word is its status.
    details = isinstance(value_at(profile, path), Mapping)
    return with_value(profile, f"{path}.status" if details else path, value)


def _quantity(profile: dict[str, Any], path: str, field: Field, posted: Mapping[str, str], day: int) -> dict[str, Any]:
    value, unit, limit = posted[VALUE], posted[UNIT], posted[LIMIT]
    if not value and not limit:
        return without(profile, path)
    if not value:
        raise _missing(path, "an upper limit without a value", "the value that was measured")
    if not unit:
        raise _missing(path, f"{value} without a unit", f"a unit, one of {', '.join(field.units)}")
    number = Field("", field.label, "number")
    found = {"value": typed(number, value, path, day), "unit": unit}
    if limit:
        found["upper_limit"] = typed(number, limit, path, day)
    return with_value(profile, path, found)


def _missing(path: str, message: str, wanted: str) -> PatientError:
    return PatientError([Problem(message, "answer", path, expected=wanted, code="missing-key")])


def _whole_lists(profile: dict[str, Any], fields: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The profile with the lists that are said to be whole, or not to be."""
    incomplete = list(profile.get("incomplete") or ())
    told = []
    for path, item in plan().lists.items():
        said = fields.get(whole_name(path))
        if said is None or (said == "yes") == (path not in incomplete):
            continue
        if said == "yes":
            incomplete.remove(path)
            told.append(item.none)
        else:
            incomplete.append(path)
            told.append(f"There may be more: {item.one}")
    if not told:
        return profile, []
    return (with_value(profile, "incomplete", incomplete) if incomplete else without(profile, "incomplete")), told


def _named(path: str) -> str:
    """`MRD test 2, result`."""
    name, bracket, rest = path.partition("[")
    if not bracket:
        return path.rpartition(".")[2].replace("_", " ") if path.startswith("local.") else label_of(path)
    index, _, field = rest.partition("].")
    return f"{plan().lists[name].one} {int(index) + 1}, {label_of(f'{name}.{field}')}"


def _said(texts: Mapping[str, str], field: Field) -> str:
    parts = [texts.get("", texts.get(VALUE, "")), texts.get(UNIT, "")]
    if texts.get(LIMIT):
        parts.append(f"(upper limit {texts[LIMIT]})")
    words = " ".join(part for part in parts if part)
    if not words:
        return plan().unknown
    return plan().word(words) if field.kind == "choice" else words
