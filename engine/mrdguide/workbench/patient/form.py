"""The form as it is shown: a control for every place, with what is recorded there or what was typed and not understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import Problem
from ...interview.asking import local_field
from ...interview.question import Field
from ...reading.numbers import scientific
from ...rulebook.book import RuleBook
from .form_plan import ListPlan, SectionPlan, field_of, label_of, plan
from .places import holds, value_at

PREFIX = "p."
VALUE, UNIT, LIMIT = "~value", "~unit", "~limit"
_WHOLE = "whole."
_YES_NO = {True: "yes", False: "no"}


@dataclass(frozen=True, slots=True)
class Control:
    """One place of the form. `value` is the text in it; of a quantity `unit` and `limit` are those beside it."""

    name: str
    label: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    limit: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def id(self) -> str:
        return "".join(sign if sign.isalnum() else "-" for sign in self.name)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list: its place, what it is called, its controls."""

    path: str
    title: str
    controls: tuple[Control, ...]
    more: tuple[Control, ...]
    problems: tuple[Problem, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class ShownList:
    plan: ListPlan
    entries: tuple[Entry, ...]
    whole: bool
    like: bool

    @property
    def name(self) -> str:
        return f"{_WHOLE}{self.plan.path}"


@dataclass(frozen=True, slots=True)
class ShownSection:
    plan: SectionPlan
    controls: tuple[Control, ...]
    measured: tuple[Control, ...]
    more: tuple[Control, ...]
    lists: tuple[ShownList, ...]


@dataclass(frozen=True)
class Form:
    """What a form is made of: the profile, the texts typed into it that are not part of the profile, and their problems."""

    profile: Mapping[str, Any]
    typed: Mapping[str, str]
    problems: Sequence[Problem]

    def sections(self, book: RuleBook) -> tuple[ShownSection, ...]:
        """Every section in order, the facts of the house's own rules last."""
        shown = [self._section(section) for section in plan().sections]
        local = tuple(self._local(path, fact.label, local_field(fact)) for path, fact in book.local_facts.items())
        if local:
            shown.append(ShownSection(SectionPlan(id="house", title="Facts of your own rules"), local, (), (), ()))
        return tuple(shown)

    def loose_problems(self) -> tuple[Problem, ...]:
        """Problems that stand at no control and no entry of the form."""
        placed = {path for section in plan().sections for path in (*section.fields, *section.more, *section.measured)}
        lists = tuple(plan().lists)
        return tuple(
            item for item in self.problems
            if not item.path.startswith((*lists, "q.")) and not any(_is_at(item.path, path) for path in placed)
        )  # fmt: skip

    def _section(self, section: SectionPlan) -> ShownSection:
        return ShownSection(
            section, self._all(section.fields), self._all(section.measured), self._all(section.more),
            tuple(self._list(item) for item in section.lists),
        )  # fmt: skip

    def _list(self, item: ListPlan) -> ShownList:
        entries = value_at(self.profile, item.path) or []
        shown = tuple(self._entry(item, index, len(entries)) for index in range(len(entries)))
        whole = item.path not in (self.profile.get("incomplete") or ())
        whole = self.typed.get(f"{_WHOLE}{item.path}", "yes" if whole else "") == "yes"
        return ShownList(item, shown, whole, bool(like_the_last(item, entries)))

    def _entry(self, item: ListPlan, index: int, count: int) -> Entry:
        path = f"{item.path}[{index}]"
        controls = self._all(item.fields, path, item.path)
        more = self._all(item.more, path, item.path)
        at_fields = {problem for control in (*controls, *more) for problem in control.problems}
        own = tuple(problem for problem in self.problems if _is_at(problem.path, path) and problem not in at_fields)
        number = f" {index + 1}" if count > 1 else ""
        opened = any(control.problems for control in more)
        return Entry(path, f"{item.one[0].upper()}{item.one[1:]}{number}", controls, more, own, opened)

    def _all(self, names: Iterable[str], below: str = "", named: str = "") -> tuple[Control, ...]:
        return tuple(
            self._control(f"{below}.{name}" if below else name, f"{named}.{name}" if named else name) for name in names
        )

    def _control(self, path: str, place: str) -> Control:
        field = field_of(place)
        return self._made(path, label_of(place), field, text_at(self.profile, path, field))

    def _local(self, path: str, label: str, field: Field) -> Control:
        return self._made(path, label, field, text_at(self.profile, path, field))

    def _made(self, path: str, label: str, field: Field, texts: Mapping[str, str]) -> Control:
        name = f"{PREFIX}{path}"
        shown = {end: self.typed.get(f"{name}{end}", text) for end, text in texts.items()}
        return _control(name, label, field, shown, tuple(item for item in self.problems if _is_at(item.path, path)))


def empty_control(
    name: str, label: str, field: Field, typed: Mapping[str, str], problems: tuple[Problem, ...]
) -> Control:
    """A control for something that is not recorded; it holds what was typed."""
    ends = (VALUE, UNIT, LIMIT) if field.kind == "quantity" else ("",)
    return _control(name, label, field, {end: typed.get(f"{name}{end}", "") for end in ends}, problems)


def _control(name: str, label: str, field: Field, shown: Mapping[str, str], problems: tuple[Problem, ...]) -> Control:
    if field.kind == "quantity":
        units = _choices(field.units, shown[UNIT], words=False)
        return Control(name, label, "quantity", shown[VALUE], units, shown[UNIT], shown[LIMIT], problems)
    words = field.choices if field.kind == "choice" else ("yes", "no") if field.kind == "flag" else ()
    kind = "choice" if words else "date" if field.kind == "date" else "text"
    return Control(name, label, kind, shown[""], _choices(words, shown[""]), "", "", problems)


def _choices(known: Iterable[str], chosen: str, *, words: bool = True) -> tuple[tuple[str, str], ...]:
    """What can be chosen; a value that is on record and not among it stays choosable, so that it is not lost."""
    found = [(word, plan().word(word) if words else word) for word in known]
    if chosen and chosen not in dict(found):
        found.append((chosen, chosen))
    return tuple(found)


def _is_at(found: str, path: str) -> bool:
    return found == path or found.startswith((f"{path}.", f"{path}["))


def text_at(profile: Mapping[str, Any], path: str, field: Field) -> dict[str, str]:
    """What is recorded at a place as the texts of its control, by the end of their names."""
    value = value_at(profile, path)
    if field.kind == "quantity":
        found = value if isinstance(value, Mapping) else {}
        parts = ((VALUE, "value"), (UNIT, "unit"), (LIMIT, "upper_limit"))
        return {end: _number(found[key]) if found.get(key) is not None else "" for end, key in parts}
    if value is None:
        return {"": plan().ongoing if field.nothing and holds(profile, path) else ""}
    if isinstance(value, Mapping):
        value = value.get("status") or ""
    if isinstance(value, list | tuple):
        return {"": ", ".join(str(item) for item in value)}
    return {"": _YES_NO[value] if isinstance(value, bool) else _number(value)}


def _number(value: object) -> str:
    if isinstance(value, float):
        return scientific(value) if 0 < abs(value) < 1e-3 else f"{value:.12g}"
    return str(value)


def places(profile: Mapping[str, Any], book: RuleBook) -> Iterator[tuple[str, Field]]:
    """Every place that the form has a control for, with what can be entered there."""
    for section in plan().sections:
        for path in (*section.fields, *section.more, *section.measured):
            yield path, field_of(path)
        for item in section.lists:
            for index in range(len(value_at(profile, item.path) or [])):
                for name in (*item.fields, *item.more):
                    yield f"{item.path}[{index}].{name}", field_of(f"{item.path}.{name}")
    for path, fact in book.local_facts.items():
        yield path, local_field(fact)


def like_the_last(item: ListPlan, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What another entry takes over from the last one; nothing where nothing of it is recorded."""
    last = entries[-1] if entries else {}
    return {name: last[name] for name in item.like if name in last}


def whole_name(path: str) -> str:
    """The name of the control that says whether a list is whole."""
    return f"{_WHOLE}{path}"
