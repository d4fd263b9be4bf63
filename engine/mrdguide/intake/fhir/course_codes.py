"""Codes that are news wherever in a resource they stand: the disease came back or is another one, other harm, other therapy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .codes import CodeTable, Meaning
from .codes.table import IRRELEVANT, Domain
from .current import OBJECT
from .elements import meanings, words
from .unread import by_meaning

_OTHER_DISEASE = ("condition.plasma-cell-leukemia", "condition.extramedullary-plasmacytoma")
# Of these families nothing that is recorded can be the same.
_UNREAD = ("unread.harm", "unread.therapy")
_WORSE = frozenset(("worsened", "relapse"))


def news_of_meaning(table: CodeTable, means: str) -> tuple[Domain, ...]:
    """What a code of this meaning is news of, whatever else is recorded and whenever it was written down."""
    if means == IRRELEVANT:
        return ()
    if means.endswith("-in-relapse") or means in _OTHER_DISEASE:
        return ("diagnosis",)
    return by_meaning(table, means) if means.startswith("event.") or means in _UNREAD else ()


def coded_news(table: CodeTable, value: Any, *, states: bool = True) -> set[Domain]:
    """What the codes anywhere inside a value are news of; a state of the disease (worsened) among them unless `states` is false."""
    return {domain for concept in concepts(value) for domain in coded_in(table, concept, states=states)}


def coded_in(table: CodeTable, concept: object, *, states: bool = True) -> set[Domain]:
    """The same of a single concept."""
    found = {domain for meaning, _, _ in meanings(table, concept) for domain in news_of_meaning(table, meaning.means)}
    return found | {"diagnosis"} if states and _WORSE & words(table, concept) else found


def meanings_inside(table: CodeTable, value: Any) -> Iterator[tuple[Meaning, str]]:
    """What the codes anywhere in a value mean, each with `system|code`."""
    for concept in concepts(value):
        for meaning, code, _ in meanings(table, concept):
            yield meaning, code


def concepts(value: Any) -> Iterator[object]:
    """Every coded concept anywhere in a value; a Coding by itself as a concept of that coding."""
    if isinstance(value, list):
        for item in value:
            yield from concepts(item)
    elif isinstance(value, OBJECT):
        if "coding" in value:
            yield value
        elif isinstance(value.get("system"), str) and isinstance(value.get("code"), str):
            yield {"coding": [value]}
        for name, item in value.items():
            if name != "coding":
                yield from concepts(item)
