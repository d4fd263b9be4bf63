"""Which recorded values are bad news: the registry `bad_news.yaml`, and what it says of one entry of a list.

Bad news may be uncertain but is never lost: where a date, a number or a test cannot be relied on, an adverse finding
still counts, a favourable one does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from keyword import iskeyword
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, model_validator

from ..reading.data_file import read_as
from ..reading.validation import StrictModel, problem_at
from .profile import Patient
from .units import UNITS, Quantity, convert

REGISTRY = Path(__file__).with_name("bad_news.yaml")

News = Literal["adverse", "possibly", "favourable", "neutral"]


class Adversity(IntEnum):
    """Whether an entry is bad news."""

    NO = 0
    POSSIBLY = 1
    CERTAINLY = 2


_ADVERSITY = {"adverse": Adversity.CERTAINLY, "possibly": Adversity.POSSIBLY}


class FieldNews(StrictModel):
    """What the values of one field are. The keys are explained at the top of `bad_news.yaml`."""

    any_value: News = "neutral"
    values: dict[str, News] = {}
    from_: float | None = None
    to: float | None = None
    unit: str = ""
    above_limit: bool = False
    unless: dict[str, str | bool] = {}
    after: dict[str, tuple[str, ...]] = {}
    in_remission: tuple[str, ...] = ()
    normal_at_first: tuple[str | float | bool, ...] = ()
    with_: dict[str, Any] = {}
    samples: tuple[float, ...] = ()
    silent: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, data: Any) -> Any:
        """A word alone says what any value is; `from` and `with` are no names that Python can use."""
        if isinstance(data, str):
            return {"any_value": data}
        if isinstance(data, dict):
            return {f"{key}_" if key in ("from", "with") else key: value for key, value in data.items()}
        return data

    @model_validator(mode="after")
    def _fits_together(self) -> FieldNews:
        for name in (*self.after, *self.in_remission):
            if name not in self.values:
                raise problem_at("values", f"'{name}' has no class of its own")
        return self

    def of(self, value: Any) -> News:
        """The class of one value, whatever else is recorded."""
        if isinstance(value, Quantity):
            over = self.above_limit and value.upper_limit is not None and value.value > value.upper_limit
            return "adverse" if over else self._of_number(value.value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self.values.get(str(value).lower() if isinstance(value, bool) else str(value), self.any_value)
        return self._of_number(value)

    @property
    def may_be_adverse(self) -> bool:
        """Whether any value of it, by itself or in its course, is bad news."""
        classes = {self.any_value, *self.values.values()}
        numbers = self.from_ is not None or self.to is not None or self.above_limit
        return numbers or bool(classes & _ADVERSITY.keys() or self.after or self.in_remission)

    def _of_number(self, number: float) -> News:
        high = self.from_ is not None and number >= self.from_
        low = self.to is not None and number <= self.to
        return "adverse" if high or low else self.any_value


class Registry(StrictModel):
    """Every field of a profile by its path; `*` stands for the seven cytogenetic abnormalities."""

    fields: dict[str, FieldNews]

    def field(self, path: str) -> FieldNews | None:
        """What is said of a field, by its path without indexes."""
        found = self.fields.get(path)
        if found is None and path.startswith("baseline.cytogenetics."):
            found = self.fields.get(f"baseline.cytogenetics.*.{path.rpartition('.')[2]}")
        return found


@cache
def registry() -> Registry:
    """The shipped registry, with its laboratory numbers in canonical units."""
    found = read_as(REGISTRY, Registry)
    fields = {path: _in_canonical_unit(path, item) for path, item in found.fields.items()}
    return Registry.model_construct(fields=fields)


def _in_canonical_unit(path: str, item: FieldNews) -> FieldNews:
    if not item.unit:
        return item
    name = path.rpartition(".")[2]
    numbers = {
        side: convert(name, number, item.unit)
        for side, number in (("from_", item.from_), ("to", item.to))
        if number is not None
    }
    return item.model_copy(update={**numbers, "unit": UNITS[name][0], "samples": _converted(name, item)})


def _converted(name: str, item: FieldNews) -> tuple[float, ...]:
    return tuple(convert(name, number, item.unit) for number in item.samples)


class AdverseField(NamedTuple):
    """A field of an entry that is bad news. `unexplained`: nobody has said whether it has a benign cause, and it may."""

    name: str
    adversity: Adversity
    unexplained: bool


@cache
def may_be_adverse(list_name: str) -> dict[str, FieldNews]:
    """The fields of a list's entries of which some value is bad news, by the name they have in Python."""
    found = {}
    for path, item in registry().fields.items():
        section, _, name = path.partition(".")
        if section == list_name and item.may_be_adverse:
            found[f"{name}_" if iskeyword(name) else name] = item
    return dict(sorted(found.items()))


def adverse_fields(list_name: str, entry: BaseModel, patient: Patient | None = None) -> Iterator[AdverseField]:
    """The fields of an entry of a list that are bad news; see `adverse` for `patient`."""
    for name, item in may_be_adverse(list_name).items():
        value = getattr(entry, name)
        if value is None or any(getattr(entry, key) == word for key, word in item.unless.items()):
            continue
        found = _ADVERSITY.get(item.of(value), Adversity.NO)
        if found == Adversity.NO and _adverse_in_its_course(item, value, patient):
            found = Adversity.CERTAINLY
        if found != Adversity.NO:
            yield AdverseField(name, found, any(getattr(entry, key) is None for key in item.unless))


def adverse(list_name: str, entry: BaseModel, patient: Patient | None = None) -> Adversity:
    """Whether an entry of a list is bad news: certainly, possibly, or not at all.

    `patient` is looked at for what makes a value adverse only in its course (a lesser response after a better one, a new
    induction once maintenance has begun); without it such a value counts as adverse.
    """
    unnamed = list_name == "events" and getattr(entry, "kind", None) is None
    found = [item.adversity for item in adverse_fields(list_name, entry, patient)]
    return max([*found, Adversity.POSSIBLY if unnamed else Adversity.NO])


def _adverse_in_its_course(item: FieldNews, value: Any, patient: Patient | None) -> bool:
    word = str(value)
    if word in item.after:
        better = item.after[word]
        return patient is None or any(response.category in better for response in patient.responses)
    if word in item.in_remission:
        return patient is None or any(entry.phase == "maintenance" for entry in patient.therapy)
    return False
