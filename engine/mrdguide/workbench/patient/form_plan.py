"""The plan of the form (`form.yaml`), and what can be entered at each of its places, read off the profile's schema."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ...interview.fields import field_at
from ...interview.question import Field
from ...reading.data_file import read_as
from ...reading.validation import StrictModel


class ListPlan(StrictModel):
    """A list of dated entries. `like` are the fields that another entry like the last takes over from it."""

    path: str
    one: str
    add: str
    fields: tuple[str, ...]
    more: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    add_like: str = ""
    none: str
    lane: str


class SectionPlan(StrictModel):
    """A part of the form: single facts, measured values, lists."""

    id: str
    title: str
    fields: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()
    lists: tuple[ListPlan, ...] = ()


class FormPlan(StrictModel):
    """The file `form.yaml`."""

    sections: tuple[SectionPlan, ...]
    labels: dict[str, str]
    words: dict[str, str]
    asked: dict[str, str]
    unknown: str
    ongoing: str
    no_result: dict[str, dict[str, str]]
    no_result_words: dict[str, str]

    @property
    def lists(self) -> dict[str, ListPlan]:
        return {item.path: item for section in self.sections for item in section.lists}

    def word(self, value: str) -> str:
        """A word of a profile as people read it."""
        return self.words.get(value, value.replace("-", " "))


def as_asked(what: str) -> str:
    """What is missing as people ask for it, where the rules name it in words of a profile."""
    for written, words in plan().asked.items():
        what = re.sub(written, words, what)
    return what


@cache
def plan() -> FormPlan:
    """The plan, read once."""
    return read_as(Path(__file__).with_name("form.yaml"), FormPlan)


@cache
def field_of(path: str) -> Field:
    """What can be entered at a place (`mrd.result` for an entry of a list)."""
    found = field_at("", path)
    assert found is not None, f"{path} is not a place of a profile"
    return found


@cache
def label_of(path: str) -> str:
    """How a place is called; `mrd.date` for the date of an entry."""
    return plan().labels.get(path) or field_of(path).label
