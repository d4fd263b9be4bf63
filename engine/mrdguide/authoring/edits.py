"""Small changes of a profile, for looking for a patient: one fact set to another value, or one entry added to a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from ..dates import add_months
from ..reading.document import read_file
from .profile_facts import HeldFact, profile_facts

_INDEX = re.compile(r"\[\*\]")
_DAYS_BESIDE = (-1, 0, 1)


@dataclass(frozen=True, slots=True)
class Change:
    """A fact that differs: its place, what the example says, and what the patient has."""

    place: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Marks:
    """What the conditions that matter compare with: months, and other numbers."""

    months: tuple[int, ...]
    numbers: tuple[float, ...]


def differences(before: Any, after: Any, place: str = "") -> list[Change]:
    """Every single fact in which two plain profiles differ; an entry that is there in one alone counts with all it holds."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = dict.fromkeys([*before, *after])
        inner = [(f"{place}.{name}" if place else name, before.get(name), after.get(name)) for name in names]
        return [change for here, one, two in inner for change in differences(one, two, here)]
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        longer = max(len(before), len(after))
        return [
            change
            for index in range(longer)
            for change in differences(
                before[index] if index < len(before) else None,
                after[index] if index < len(after) else None,
                f"{place}[{index}]",
            )
        ]
    if before == after:
        return []
    if isinstance(after, Mapping) and after and before is None:
        return [change for name, value in after.items() for change in differences(None, value, f"{place}.{name}")] or [
            Change(place, before, after)
        ]
    return [Change(place, before, after)]


def edits(profile: Mapping[str, Any], roots: Iterable[str], marks: Marks, day: date) -> Iterator[dict[str, Any]]:
    """Places with another value, for the facts that some criteria read.

    Beside single facts: a fact of every entry of a list, and of every entry but the last.
    """
    wanted = {root.partition(".")[0] for root in roots}
    days = list(_days(profile, wanted, marks, day))
    for fact in profile_facts():
        root = fact.path.partition(".")[0].partition("[")[0]
        if root not in wanted or not any(_within(fact.path, path) for path in roots):
            continue
        if fact.kind == "list":
            yield from _entries(fact.path, profile, days, day)
            continue
        places = _places(fact.path, profile)
        if fact.kind in ("words", "flag", "number") and len(places) > 1:
            for value in _values(fact, value_at(profile, places[0]), marks, days):
                for chosen in (places, places[:-1], places[:-2]):
                    changed = {place: value for place in chosen if value_at(profile, place) != value}
                    if len(changed) > 1:
                        yield changed
        for place in places:
            current = value_at(profile, place)
            yield from ({place: value} for value in _values(fact, current, marks, days) if value != current)


def value_at(profile: Any, place: str) -> Any:
    """What stands at a place; None where nothing does."""
    here = profile
    for name, index in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", place):
        if name:
            here = here.get(name) if isinstance(here, Mapping) else None
        else:
            here = here[int(index)] if isinstance(here, list) and int(index) < len(here) else None
    return here


@cache
def _added() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = read_file(Path(__file__).parent / "added_entries.yaml").data
    return found


def _within(path: str, read: str) -> bool:
    plain = _INDEX.sub("", path)
    return plain == read or plain.startswith(f"{read}.") or read.startswith(f"{plain}.")


def _places(pattern: str, profile: Mapping[str, Any]) -> list[str]:
    head, mark, rest = pattern.partition("[*]")
    if not mark:
        return [pattern]
    entries = value_at(profile, head)
    return [f"{head}[{index}]{rest}" for index in range(len(entries) if isinstance(entries, list) else 0)]


def _values(fact: HeldFact, current: Any, marks: Marks, days: list[str]) -> list[Any]:
    if fact.kind == "flag":
        return [True, False]
    if fact.kind == "words":
        return (
            list(fact.words)
            if not isinstance(current, Mapping)
            else [{**current, "status": word} for word in fact.words]
        )
    if fact.kind == "date":
        return list(days)
    if fact.kind == "number":
        whole = fact.holds == "a whole number"
        return [round(item) if whole else item for item in marks.numbers]
    if fact.kind == "quantity":
        unit = current["unit"] if isinstance(current, Mapping) and "unit" in current else fact.unit
        kept = current if isinstance(current, Mapping) else {}
        found = [{**kept, "value": item, "unit": unit} for item in marks.numbers]
        if isinstance(current, Mapping) and current.get("upper_limit"):
            found += [{**kept, "value": current["upper_limit"] * share} for share in (0.9, 1.1)]
        return found
    return []


def _entries(pattern: str, profile: Mapping[str, Any], days: list[str], day: date) -> Iterator[dict[str, Any]]:
    head = pattern.removesuffix("[*]")
    there = value_at(profile, head)
    place = f"{head}[{len(there) if isinstance(there, list) else 0}]"
    dated = "start" if f"{head}[*].start" in {fact.path for fact in profile_facts()} else "date"
    for entry in _added().get(head, ()):
        for when in dict.fromkeys([(day - timedelta(days=30)).isoformat(), *days[:12]]):
            yield {place: {dated: when, **entry}}


def _days(profile: Mapping[str, Any], roots: set[str], marks: Marks, day: date) -> Iterator[str]:
    """Days at the distances that matter from the day of judgement and from what is dated already, up to that day."""
    bases = [day, *_dated(profile, roots)]
    spans = sorted({*marks.months, *(sum(pair) // 2 for pair in combinations(marks.months, 2))})
    found: dict[date, None] = {}
    for base in bases:
        for months in spans:
            for sign in (-1, 1):
                there = date.fromordinal(add_months(base.toordinal(), sign * months))
                found.update(dict.fromkeys(there + timedelta(days=near) for near in _DAYS_BESIDE))
    yield from (item.isoformat() for item in found if item <= day)


def _dated(profile: Mapping[str, Any], roots: set[str]) -> Iterator[date]:
    for root in sorted(roots):
        entries = profile.get(root)
        for entry in entries if isinstance(entries, list) else ():
            text = str(entry.get("date") or entry.get("start") or "") if isinstance(entry, Mapping) else ""
            if re.match(r"\d{4}-\d\d-\d\d$", text):
                yield date.fromisoformat(text)
