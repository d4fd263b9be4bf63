"""The verdicts of a patient of whom something more is known, from those of the patient before.

What is tried while an answer is open are hundreds of changed copies of one record, most of which share most of their data:
a criterion is judged once for the same data, whichever way led to them. Only criteria on which the outcome can hang are
judged; the others read as unknown here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from ..case.case import Case
from ..logic.truth import UNKNOWN
from ..rulebook.book import RuleBook

# Which data a section of the profile held, as a number; the sections that criteria read with the numbers of what they held,
# and the verdicts of those criteria.
_Versions = dict[Hashable, int]
_Verdicts = dict[tuple[object, tuple[int, ...]], dict[int, int]]


def judged_again(rules: RuleBook, case: Case, judged_verdicts: Sequence[int], path: str) -> tuple[int, ...]:
    """The verdicts of a patient changed at a path of the profile; `judged_verdicts` are those of the patient before."""
    changed = list(judged_verdicts)
    read = _read_at(rules, path)
    for slot in read.idle:
        changed[slot] = UNKNOWN
    for group, known in zip(read.groups, _known(rules, case, read), strict=True):
        for slot, judge in group.judges:
            verdict = known.get(slot)
            if verdict is None:
                verdict = known[slot] = judge(case)
            changed[slot] = verdict
    return tuple(changed)


@lru_cache(maxsize=1024)
def looking_at(rules: RuleBook, path: str) -> frozenset[int]:
    """The criteria that look at a place of the profile."""
    return frozenset(
        slot
        for slot, judged in enumerate(rules.compiled_criteria)
        if any(path.startswith(seen) or seen.startswith(path) for seen in judged.paths)
    )


class _Group(NamedTuple):
    """Criteria that read the same sections of the profile: what stands for these, what takes them from those of `_Read`, and
    the slot of each criterion with what judges it."""

    key: object
    take: Callable[[Sequence[int]], tuple[int, ...]]
    judges: tuple[tuple[int, Callable[[Case], int]], ...]


class _Read(NamedTuple):
    """What the criteria of consequence read that look at a place of the profile, and the slots of those without."""

    sections: tuple[str, ...]
    groups: tuple[_Group, ...]
    idle: tuple[int, ...]


@lru_cache(maxsize=1024)
def _read_at(rules: RuleBook, path: str) -> _Read:
    idle = of_no_consequence(rules)
    found: dict[tuple[str, ...], list[tuple[int, Callable[[Case], int]]]] = {}
    for slot in sorted(read_again(rules, path)):
        compiled = rules.compiled_criteria[slot]
        found.setdefault(_sections(compiled.paths), []).append((slot, compiled.judge.verdict))
    sections = tuple(sorted({name for names in found for name in names}))
    groups = (
        _Group(_key(rules, names), itemgetter(*map(sections.index, names)), tuple(judges))
        for names, judges in found.items()
    )
    return _Read(sections, tuple(groups), idle)


@lru_cache(maxsize=1024)
def _key(_rules: RuleBook, _sections: tuple[str, ...]) -> object:
    """What stands for some sections: found faster than their names."""
    return object()


def _sections(paths: frozenset[str]) -> tuple[str, ...]:
    names = {path.partition(".")[0].partition("[")[0] for path in paths}
    # Read with every list: whether it is whole.
    return tuple(sorted({*names, "incomplete", *(("therapy_complete",) if "therapy" in names else ())}))


def read_again(rules: RuleBook, path: str) -> frozenset[int]:
    """The criteria that are judged again when something changes at a path."""
    return looking_at(rules, path).difference(of_no_consequence(rules))


@lru_cache(maxsize=8)
def of_no_consequence(rules: RuleBook) -> tuple[int, ...]:
    """The criteria on which the outcome never hangs, neither by itself nor by what follows from them."""
    follows = rules.decider.implications.follows
    needed = set(rules.decider.asked)
    grown = 0
    while grown != len(needed):
        grown = len(needed)
        for (slot, _), targets in follows.items():
            together = {slot, *(other for other, _ in targets)}
            if not needed.isdisjoint(together):
                needed |= together
    return tuple(slot for slot in range(len(rules.compiled_criteria)) if slot not in needed)


def _known(rules: RuleBook, case: Case, read: _Read) -> list[dict[int, int]]:
    """For each group of criteria the verdicts already worked out for the data that a case holds."""
    root = case.root
    if case.doubts or root.doubts or case.original.recorded is not None:
        # A doubt may rest on another section, and what was found out today stands on another day.
        return [{} for _ in read.groups]
    verdicts: _Verdicts = root.once(("verdicts by data", id(rules)), dict)
    now, before = vars(case.original), vars(root.original)
    held = [
        0 if now[section] is before[section] else _version(root, section, now[section], before[section])
        for section in read.sections
    ]
    found = []
    for group in read.groups:
        key = (group.key, group.take(held))
        known = verdicts.get(key)
        if known is None:
            known = verdicts[key] = {}
        found.append(known)
    return found


def _version(root: Case, section: str, value: Any, before: Any) -> int:
    """A number for what a section of the profile holds that held something else in the record; equal data have the same,
    those of the record 0."""
    versions: _Versions = root.once("versions", dict)
    if not isinstance(value, tuple):
        key = tuple(sorted((name, repr(item)) for name, item in value.items())) if isinstance(value, dict) else value
        return versions.setdefault((section, key), len(versions) + 1)
    # Mostly the very entries of a case tried before; these are kept, so that no other can come to stand for them.
    ids = (section, tuple(map(id, value)))
    found = versions.get(ids)
    if found is None:
        root.once("entries with a version", list[Any]).append(value)
        found = versions[ids] = versions.setdefault((section, _by_content(value, before)), len(versions) + 1)
    return found


def _by_content(entries: tuple[Any, ...], before: tuple[Any, ...]) -> Hashable:
    """Entries that are as they were are told by themselves. What is left out and what is null are equal, and not the same."""
    kept = {id(entry) for entry in before}
    return tuple([id(entry) if id(entry) in kept else (entry, _given(entry)) for entry in entries])


def _given(entry: Any) -> frozenset[str]:
    return frozenset(getattr(entry, "model_fields_set", ()))
