"""What differs between two rule books as they are written: entries added, left out and changed, each in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from ..logic.operator import Operator
from ..logic.operators.connectives import AnyOf
from ..reading.numbers import scientific
from ..rulebook.book import RuleBook
from ..rulebook.layered import CORE, WATCH

# What a layered book adds so that the core answers too is not written by anybody, and not told.
_OF_THE_CORE, _ANSWERS = (CORE, WATCH), "answer:"
_MARK = re.compile(r" \[[A-Za-z0-9._-]+\]$")

# Numbers whose key is their unit as well.
_UNITS = {"months": "months", "years": "years", "days": "days", "within": "months", "tests": "tests"}


@dataclass(frozen=True, slots=True)
class BookChange:
    """An entry that differs. `sentences` say how, in the words of the rule language."""

    section: str
    id: str
    title: str
    how: Literal["added", "left out", "changed"]
    sentences: tuple[str, ...]
    where: str = ""


def book_changes(first: RuleBook, second: RuleBook) -> list[BookChange]:
    """Every entry that differs, in the order of the second book, those left out at the end."""
    before, after = (
        {key: entry for key, entry in _entries(book) if not key[1].startswith(_OF_THE_CORE)} for book in (first, second)
    )
    found = []
    for (section, name), entry in after.items():
        old = before.get((section, name))
        if old is None:
            found.append(
                BookChange(section, name, _title(entry), "added", tuple(_added(entry)), _where(second, section, name))
            )
        elif sentences := tuple(_differences(old, entry)):
            found.append(BookChange(section, name, _title(entry), "changed", sentences, _where(second, section, name)))
    found += [
        BookChange(section, name, _title(entry), "left out", ())
        for (section, name), entry in before.items()
        if (section, name) not in after
    ]
    return found


def _entries(rules: RuleBook) -> Iterator[tuple[tuple[str, str], BaseModel]]:
    for section, ids in rules.sections.items():
        yield from (((section, name), rules.rules[name]) for name in ids)
    lists: Mapping[str, Sequence[BaseModel]] = {
        "risk schemes": rules.schemes, "other definitions": rules.alternatives, "study patterns": rules.protocols,
        "parameters": rules.parameters, "plans": rules.plans, "background": rules.background, "questions": rules.actions,
        "outcomes": rules.decision.outcomes, "secondary answers": rules.decision.secondary,
        "invariants": rules.decider.invariants,
    }  # fmt: skip
    for section, entries in lists.items():
        yield from (((section, str(getattr(entry, "id", ""))), entry) for entry in entries)
    yield ("readings", "marrow_mrd"), rules.interpretation.marrow_mrd
    yield ("readings", "imaging"), rules.interpretation.imaging


def _title(entry: BaseModel) -> str:
    return str(getattr(entry, "title", "") or getattr(entry, "text", "") or getattr(entry, "ask", ""))


def _where(rules: RuleBook, section: str, name: str) -> str:
    prefixes = {"risk schemes": "scheme:", "study patterns": "protocol:", "plans": "plan:", "outcomes": "outcome:",
                "secondary answers": "secondary:", "other definitions": "alternative:"}  # fmt: skip
    return rules.locations.get(f"{prefixes.get(section, '')}{name}", "")


def _added(entry: BaseModel) -> Iterator[str]:
    when = getattr(entry, "when", None)
    if isinstance(when, Operator):
        yield f"met when {when.wording()}"


def _differences(before: BaseModel, after: BaseModel) -> Iterator[str]:
    if type(before) is not type(after):
        yield "is another kind of rule now"
    for name in type(after).model_fields:
        one, two = getattr(before, name, None), getattr(after, name, None)
        if one == two:
            continue
        if isinstance(one, Operator) and isinstance(two, Operator):
            if _ANSWERS in two.wording() or _written(one.wording()) == _written(two.wording()):
                continue
            numbers = list(_numbers(one, two, ""))
            yield from numbers
            if not numbers or one.wording() == two.wording():
                yield from _conditions(one, two)
        elif not _same_as_written(one, two):
            yield from _values(one, two, name)


def _conditions(one: Operator, two: Operator) -> Iterator[str]:
    """How a condition differs: of a list what joins or leaves it, of anything else both as a whole."""
    if isinstance(one, AnyOf) and isinstance(two, AnyOf):
        before, after = ({_written(item.wording()): None for item in each.of} for each in (one, two))
        new, gone = [item for item in after if item not in before], [item for item in before if item not in after]
        yield from (f"also met when {item}" for item in new)
        yield from (f"no longer met by itself when {item}" for item in gone)
        if new or gone:
            return
    yield f"the condition was: {one.wording()}; it becomes: {two.wording()}"


def _same_as_written(one: Any, two: Any) -> bool:
    if isinstance(one, str) and isinstance(two, str):
        return _written(one) == _written(two)
    if isinstance(one, tuple) and isinstance(two, tuple) and all(isinstance(item, str) for item in (*one, *two)):
        return {_written(item) for item in one} == {_written(item) for item in two}
    return False


def _written(text: str) -> str:
    """A text as its author wrote it: without the name of its layer, and by the ids of the layer's own rules."""
    return _MARK.sub("", text).replace(CORE, "").replace(WATCH, "")


def _numbers(before: Operator, after: Operator, _name: str) -> Iterator[str]:
    """Numbers that differ between two conditions of one form; none where the forms differ."""
    one, two = list(before.walk()), list(after.walk())
    if [type(item) for item in one] != [type(item) for item in two]:
        return
    told: list[str] = []
    for left, right in zip(one, two, strict=True):
        for name in type(left).model_fields:
            was, now = getattr(left, name), getattr(right, name)
            if was == now or isinstance(was, Operator | tuple | list):
                continue
            if isinstance(was, bool) or not isinstance(was, int | float) or not isinstance(now, int | float):
                return
            told.append(_becomes(name, was, now))
        if left.children() == () and _words(left) != _words(right):
            return
    yield from told


def _words(operator: Operator) -> dict[str, Any]:
    return {
        name: value
        for name in type(operator).model_fields
        if not isinstance(value := getattr(operator, name), int | float) or isinstance(value, bool)
    }


def _values(before: Any, after: Any, name: str) -> Iterator[str]:
    label = name.rstrip("_").replace("_", " ")
    if isinstance(before, BaseModel) and isinstance(after, BaseModel):
        yield from _differences(before, after)
    elif isinstance(before, bool) or isinstance(after, bool) or not isinstance(before, int | float):
        if isinstance(before, tuple) and isinstance(after, tuple):
            yield from _lists(before, after, label)
        else:
            yield f"{label}: “{_shown(before)}” becomes “{_shown(after)}”"
    else:
        yield _becomes(name, before, after)


def _lists(before: tuple[Any, ...], after: tuple[Any, ...], label: str) -> Iterator[str]:
    gone = [item for item in before if item not in after]
    new = [item for item in after if item not in before]
    if len(gone) == len(new) and all(isinstance(item, BaseModel) for item in (*gone, *new)):
        for one, two in zip(gone, new, strict=True):
            yield from (f"{label}: {sentence}" for sentence in _differences(one, two))
        return
    if new:
        yield f"{label}: with {', '.join(map(_shown, new))}"
    if gone:
        yield f"{label}: without {', '.join(map(_shown, gone))}"
    if not new and not gone:
        yield f"{label}: in another order"


def _becomes(name: str, before: float, after: float | Any) -> str:
    unit = _UNITS.get(name, "")
    label = f"{name.replace('_', ' ')}: " if not unit or name == "within" else ""
    return f"{label}{_shown(before)}{f' {unit}' if unit else ''} becomes {_shown(after)}{f' {unit}' if unit else ''}"


def _shown(value: Any) -> str:
    if isinstance(value, float) and 0 < abs(value) < 1e-3:
        return scientific(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Operator):
        return value.wording()
    if isinstance(value, BaseModel):
        return str(getattr(value, "title", "") or getattr(value, "id", "") or value)
    return "nothing" if value in (None, "", ()) else str(value)
