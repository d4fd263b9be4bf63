"""The verdicts of a patient of whom something more is known, from those of the patient before.

What is tried while an answer is open are hundreds of changed copies of one record, most of which share most of their data:
a criterion is judged once for the same data, whichever way led to them. Only criteria on which the outcome can hang are
judged; the others read as unknown here.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ..case.case import Case
from ..logic.truth import UNKNOWN
from ..rulebook.book import RuleBook

# Which data a section of the profile held, as a number; the sections that criteria read with the numbers, and the verdicts.
_Versions = dict[Hashable, int]
_Verdicts = dict[tuple[tuple[str, ...], tuple[int, ...]], dict[int, int]]


def judged_again(rules: RuleBook, case: Case, judged_verdicts: Sequence[int], path: str) -> tuple[int, ...]:
    """The verdicts of a patient changed at a path of the profile; `judged_verdicts` are those of the patient before."""
    changed = list(judged_verdicts)
    for slot in _of_no_consequence(rules):
        changed[slot] = UNKNOWN
    compiled = rules.compiled_criteria
    for group in _groups(rules, path):
        known = _known(rules, case, group.sections)
        for slot in group.slots:
            verdict = known.get(slot)
            if verdict is None:
                verdict = known[slot] = compiled[slot].judge.verdict(case)
            changed[slot] = verdict
    return tuple(changed)


@lru_cache(maxsize=1024)
def looking_at(rules: RuleBook, path: str) -> tuple[int, ...]:
    """The criteria that look at a place of the profile."""
    return tuple(
        slot
        for slot, judged in enumerate(rules.compiled_criteria)
        if any(path.startswith(seen) or seen.startswith(path) for seen in judged.paths)
    )


class _Group(NamedTuple):
    """Criteria that read the same sections of the profile."""

    sections: tuple[str, ...]
    slots: tuple[int, ...]


@lru_cache(maxsize=1024)
def _groups(rules: RuleBook, path: str) -> tuple[_Group, ...]:
    """The criteria of consequence that look at a place of the profile, by the sections they read."""
    idle = frozenset(_of_no_consequence(rules))
    found: dict[tuple[str, ...], list[int]] = {}
    for slot in looking_at(rules, path):
        if slot not in idle:
            found.setdefault(_sections(rules.compiled_criteria[slot].paths), []).append(slot)
    return tuple(_Group(sections, tuple(slots)) for sections, slots in found.items())


def _sections(paths: frozenset[str]) -> tuple[str, ...]:
    names = {path.partition(".")[0].partition("[")[0] for path in paths}
    # Read with every list: whether it is whole.
    return tuple(sorted({*names, "incomplete", *(("therapy_complete",) if "therapy" in names else ())}))


@lru_cache(maxsize=8)
def _of_no_consequence(rules: RuleBook) -> tuple[int, ...]:
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


def _known(rules: RuleBook, case: Case, sections: tuple[str, ...]) -> dict[int, int]:
    """The verdicts already worked out for the data that a case holds in some sections, by criterion."""
    root = case.root
    if case.doubts or root.doubts or case.original.recorded is not None:
        return {}  # a doubt may rest on another section, and what was found out today stands on another day
    verdicts: _Verdicts = root.once(("verdicts by data", id(rules)), dict)
    held = tuple([_version(case, section) for section in sections])
    return verdicts.setdefault((sections, held), {})


def _version(case: Case, section: str) -> int:
    """A number for what a section of the profile holds; equal data of one record have the same."""
    value, before = getattr(case.original, section), getattr(case.root.original, section)
    if value is before:
        return 0
    return case.once(("version", section), lambda: _numbered(case.root, section, value, before))


def _numbered(root: Case, section: str, value: Any, before: Any) -> int:
    versions: _Versions = root.once("versions", dict)
    if isinstance(value, tuple):
        kept = {id(entry) for entry in before}
        # Entries that are as they were are told by themselves. What is left out and what is null are equal, and not the same.
        key: Hashable = tuple([id(entry) if id(entry) in kept else (entry, _given(entry)) for entry in value])
    else:
        key = value
    return versions.setdefault((section, key), len(versions) + 1)


def _given(entry: Any) -> frozenset[str]:
    return frozenset(getattr(entry, "model_fields_set", ()))
