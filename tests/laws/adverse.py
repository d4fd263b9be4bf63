"""Adverse values of the registry of bad news, and profiles to which one of them has been added."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from mrdguide.patient.bad_news import FieldNews, registry
from mrdguide.patient.profile import Patient
from mrdguide.patient.units import Quantity
from mrdguide.reading.validation import annotation_parts, models_in

from .patients import Profile

LISTS = ("mrd", "imaging", "responses", "markers", "events", "toxicities", "therapy", "attested")


@dataclass(frozen=True)
class Field:
    """A field of a profile: its path, the words it can hold (true and false among them), whether it is a lab value."""

    path: str
    words: tuple[str, ...]
    quantity: bool


def fields(model: type[BaseModel] = Patient, prefix: str = "") -> Iterator[Field]:
    """Every field of the profile schema."""
    for key, info in model.model_fields.items():
        path = f"{prefix}{info.alias or key}"
        inner = models_in(info.annotation)
        if inner and not issubclass(inner[0], Quantity):
            yield from fields(inner[0], f"{path}.")
            continue
        parts = annotation_parts(info.annotation)
        words = [str(word) for part in parts if get_origin(part) is Literal for word in get_args(part)]
        if bool in parts:
            words += ["true", "false"]
        yield Field(path, tuple(words), bool(inner))


@dataclass(frozen=True)
class AdverseValue:
    """One adverse value: where it stands, what it is, and what the registry says of it."""

    path: str
    value: Any
    news: FieldNews
    quantity: bool

    @property
    def name(self) -> str:
        return f"{self.path}={self.value:g}" if isinstance(self.value, float) else f"{self.path}={_word(self.value)}"

    @property
    def section(self) -> str:
        """The list that it is an entry of; empty for a single fact."""
        head = self.path.partition(".")[0]
        return head if head in LISTS else ""

    def said(self, about: dict[str, str]) -> str | None:
        """What `silent` says of it."""
        return next((text for key, text in about.items() if _same(key, self.value)), None)

    @property
    def in_its_course(self) -> bool:
        """Whether early in the course it is the normal thing."""
        early = (*self.news.normal_at_first, *self.news.in_remission, *self.news.after)
        return any(_same(_word(item), self.value) for item in early)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _same(key: str, value: Any) -> bool:
    if isinstance(value, float):
        try:
            return abs(float(key) - value) <= 1e-9 * abs(value)
        except ValueError:
            return False
    return key == _word(value)


def adverse_values() -> list[AdverseValue]:
    """Every adverse value of the registry, the words and the sampled numbers."""
    found = []
    for field in fields():
        news = registry().field(field.path)
        assert news is not None, field.path
        words = [word for word, kind in news.values.items() if kind in ("adverse", "possibly")]
        words += [*news.after, *news.in_remission]
        found += [AdverseValue(field.path, _plain(word), news, False) for word in dict.fromkeys(words)]
        found += [AdverseValue(field.path, float(number), news, field.quantity) for number in news.samples]
    return found


def _plain(word: str) -> Any:
    return {"true": True, "false": False}.get(word, word)


def with_it(profile: Profile, item: AdverseValue, when: str | None) -> Profile:
    """A copy of a profile with the adverse value: a new entry of that date (None: undated), or the single fact."""
    changed = deepcopy(profile)
    value: Any = item.value
    if item.quantity:
        value = {"value": value, "unit": item.news.unit}
        if item.news.above_limit:
            value["upper_limit"] = 250
    elif isinstance(value, float) and value == int(value) and not item.path.endswith(("level", "fraction", "percent")):
        value = int(value)
    *parents, last = item.path.split(".")
    if item.section:
        entry = {**deepcopy(item.news.with_), last: value}
        if when is not None:
            entry["start" if item.section == "therapy" else "date"] = when
        if item.section == "therapy":
            entry.setdefault("end", when)
        changed.setdefault(item.section, []).append(entry)
        return changed
    here = changed
    for parent in parents:
        below = here.get(parent)
        here[parent] = {"status": below} if isinstance(below, str) else (below or {})
        here = here[parent]
    here.update(deepcopy(item.news.with_))
    if last == "status" and parents[:2] == ["baseline", "cytogenetics"]:
        here.pop("fraction", None)
        here.pop("copies", None)
    here[last] = value
    return changed


def days(as_of: str, diagnosed: str) -> dict[str, str | None]:
    """No date at all, and five dates: in the days, months and years before the day judged, early, and after it."""
    today = date.fromisoformat(as_of)
    return {
        "undated": None,
        "early": (date.fromisoformat(diagnosed) + timedelta(60)).isoformat(),
        "20 months ago": (today - timedelta(600)).isoformat(),
        "5 months ago": (today - timedelta(150)).isoformat(),
        "10 days ago": (today - timedelta(10)).isoformat(),
        "tomorrow": (today + timedelta(1)).isoformat(),
    }
