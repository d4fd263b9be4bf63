"""Rules that are never or always met, that nothing uses, that double another; classes that are never given."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import Problem
from ...logic.operators.reference import Reference
from ...logic.truth import UNKNOWN
from ...rulebook.book import RuleBook
from ...rulefiles.source import Place, RuleSource
from ..uses import users

_COMBINED = ("conclusions", "blocks", "cautions", "remarks")


def doubts_on_verdicts(rules: RuleBook, source: RuleSource) -> Iterator[Problem]:
    """What the decision diagrams and the conditions themselves tell."""
    if not rules.decider.invariants:
        yield Problem(
            "no file has an invariant: nothing is proved about what must never happen", str(rules.folders[-1]),
            hint="add what must never be answered under invariants:", code="no-invariants",
        )  # fmt: skip
    yield from _met_by_none_or_all(rules, source)
    yield from _unused(rules, source)
    yield from _twice(rules, source)
    yield from _classes(rules, source)


def _met_by_none_or_all(rules: RuleBook, source: RuleSource) -> Iterator[Problem]:
    decider = rules.decider
    free = [UNKNOWN] * len(decider.order)
    for section in _COMBINED:
        for name, (_, place) in source.entries[section].items():
            ends = decider.diagrams.reachable(decider.root(name), free)
            if ends == {False}:
                text = f"'{name}' can never be met: its condition contradicts itself"
                yield _warning(place, text, "when", code="never-met", hint="correct the condition, or remove the rule")
            elif ends == {True}:
                text = f"'{name}' is met by every patient"
                yield _warning(place, text, "when", code="always-met", hint="correct the condition, or remove the rule")


def _unused(rules: RuleBook, source: RuleSource) -> Iterator[Problem]:
    off = {item.id for item, _ in source.off}
    for section, group in (("cautions", "caution.any"), ("blocks", "block.any")):
        for name, (_, place) in source.entries[section].items():
            if name not in off and not users(rules, name):
                hint = f"name it under '{group}'" if group in rules.rules else "name it in the condition of an outcome"
                text = f"nothing uses '{name}', so it changes no answer"
                yield _warning(place, text, "id", code="not-used", hint=hint)


def _twice(rules: RuleBook, source: RuleSource) -> Iterator[Problem]:
    """Criteria that read the same, and combinations of one section that hold in the same patients."""
    seen: dict[object, tuple[str, Place]] = {}
    for name, (criterion, place) in source.entries["criteria"].items():
        key = ("criteria", criterion.absence, criterion.when.keyword, repr(criterion.when), repr(criterion.attestable))
        yield from _same(seen, key, name, place)
    for section in _COMBINED:
        for name, (entry, place) in source.entries[section].items():
            if not isinstance(entry.when, Reference):
                yield from _same(seen, (section, rules.decider.root(name)), name, place)


def _same(seen: dict[object, tuple[str, Place]], key: object, name: str, place: Place) -> Iterator[Problem]:
    first, where = seen.setdefault(key, (name, place))
    if first != name:
        text = f"'{name}' means the same as '{first}'"
        also = (where.related("the other", "id"),)
        hint = "keep one of the two, and the other's id as an alias"
        yield place.problem(text, "id", code="same-meaning", hint=hint, severity="warning", also=also)


def _classes(rules: RuleBook, source: RuleSource) -> Iterator[Problem]:
    """Classes of a risk scheme that those above them leave nobody."""
    for name, (scheme, place) in source.entries["schemes"].items():
        given = rules.decider.classes(name)
        for index, item in enumerate(scheme.classes):
            if item.name not in given:
                text = f"no patient gets the class '{item.name}': the classes above it take all"
                yield _warning(place, text, "classes", index, code="not-used", hint="correct one of the conditions")


def _warning(place: Place, text: str, *path: str | int, code: str, hint: str) -> Problem:
    return place.problem(text, *path, code=code, hint=hint, severity="warning")
