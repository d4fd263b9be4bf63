"""Rules that refer to each other in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from .expressions import Written, named
from .source import RuleSource


def circles(source: RuleSource) -> Iterator[Problem]:
    """Every circle, at its first leg in the book, with the places of its other legs."""
    legs = _legs(source)
    visiting: list[str] = []
    done: set[str] = set()

    def visit(name: str) -> Iterator[list[str]]:
        visiting.append(name)
        for target in legs[name]:
            if target in visiting:
                yield visiting[visiting.index(target) :]
            elif target not in done and target in legs:
                yield from visit(target)
        visiting.pop()
        done.add(name)

    for name in legs:
        if name not in done:
            for circle in visit(name):
                yield _problem(circle, legs)


def _legs(source: RuleSource) -> dict[str, dict[str, Written]]:
    """For every rule, and every study's pattern, the rules that it names and the expression in which it does."""
    current = source.aliases.get("rule", {})
    legs: dict[str, dict[str, Written]] = {}

    def add(name: str, written: Written) -> None:
        for target in named(written.expression):
            legs[name].setdefault(current.get(target, target), written)

    for _, entry_id, entry, place in source.rules():
        legs[entry_id] = {}
        add(entry_id, Written(place, entry.when, ("when",)))
    for protocol, place in source.entries["protocols"].values():
        name = f"protocol:{protocol.id}"
        legs[name] = {}
        for index, item in enumerate(protocol.criteria):
            if item.when is not None:
                add(name, Written(place, item.when, ("criteria", index, "when")))
        legs[f"match:{protocol.id}"] = dict(legs[name])
        for index, difference in enumerate(protocol.applicability):
            if not difference.minor:
                written = Written(place, difference.differs_when, ("applicability", index, "differs_when"))
                add(f"match:{protocol.id}", written)
    return legs


def _problem(circle: list[str], legs: dict[str, dict[str, Written]]) -> Problem:
    steps = list(zip(circle, [*circle[1:], circle[0]], strict=True))
    (_, first), *others = steps
    written = legs[circle[0]][first]
    also = []
    for name, target in others:
        leg = legs[name][target]
        also.append(leg.place.related(f"'{name}' names '{target}'", *leg.where(target)))
    return written.place.problem(
        f"goes in a circle: {' -> '.join([*circle, circle[0]])}", *written.where(first), code="circle",
        hint="take one of these references away", also=tuple(also),
    )  # fmt: skip
