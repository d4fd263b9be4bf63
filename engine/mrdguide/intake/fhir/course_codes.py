"""Codes that are news wherever in a resource they stand: the disease came back or is another one, other harm, other therapy."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from .attached import attached_json
from .certainty import without_excluded
from .codes import CodeTable, Meaning
from .codes.table import IRRELEVANT, Domain
from .current import OBJECT, Resource
from .elements import PLAIN, codings, meanings, value_parts, words
from .unread import by_meaning

_OTHER_DISEASE = ("condition.plasma-cell-leukemia", "condition.extramedullary-plasmacytoma")
# Of these families nothing that is recorded can be the same.
_UNREAD = ("unread.harm", "unread.therapy")
_TOLD = frozenset(("present", "worsened", "relapse", "PD"))
_WORSE = frozenset(("worsened", "relapse"))


def of_the_course(means: str) -> bool:
    """Whether what a code means is news of the course of the disease, as a diagnosis or as an event."""
    return means.startswith("event.") or means.endswith("-in-relapse") or means in _OTHER_DISEASE


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
    found: set[Domain] = set()
    for system, code, _ in codings(without_excluded(table, concept)):
        news, is_worse = _news_of_code(table, system, code)
        found.update(news)
        if is_worse and states:
            found.add("diagnosis")
    return found


@lru_cache(maxsize=8192)
def _news_of_code(table: CodeTable, system: str, code: str) -> tuple[tuple[Domain, ...], bool]:
    """What a code is news of, and whether it says that the disease got worse; a chart says the same codes again and again."""
    meaning = table.meaning(system, code)
    news = news_of_meaning(table, meaning.means) if meaning is not None else ()
    return news, table.value(system, code) in _WORSE


def meanings_inside(table: CodeTable, value: Any) -> Iterator[tuple[Meaning, str]]:
    """What the codes anywhere in a value mean, each with `system|code`."""
    for concept in concepts(value):
        for meaning, code, _ in meanings(table, concept):
            yield meaning, code


def is_told_by_code(table: CodeTable, resource: Resource) -> bool:
    """Whether a resource is news by its own codes: of the course, a finding that is there, a state or phase of relapse."""
    told = [resource.get(name) for name in ("code", "category", "conclusionCode", "clinicalStatus", "interpretation")]
    # Those of an MRD test say how it was done.
    parts = (
        resource.get("component") if not any(item.means == "mrd" for item, _, _ in meanings(table, told[0])) else None
    )
    listed = [item for item in (parts if isinstance(parts, list) else ()) if isinstance(item, OBJECT)]
    values = [*value_parts(resource), *(value for item in listed for value in value_parts(item))]
    meant = {name for value in (*values, *told) for concept in concepts(value) for name in words(table, concept)}
    states = {code.casefold() for _, code, _ in codings(resource.get("clinicalStatus"))}
    return (
        not meant.isdisjoint(_TOLD)
        or any(value is True for value in values)
        or any(state.startswith(table.reading.relapse_status) for state in states)
        or bool(coded_news(table, resource))
    )


def concepts(value: Any) -> list[object]:
    """Every coded concept anywhere in a value; a Coding by itself as a concept of that coding."""
    found: list[object] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[object]) -> None:
    if isinstance(value, list):
        for item in value:
            if not isinstance(item, PLAIN):
                _collect(item, found)
    elif isinstance(value, OBJECT):
        if "coding" in value:
            found.append(value)
        elif "value" not in value and isinstance(value.get("system"), str) and isinstance(value.get("code"), str):
            found.append({"coding": [value]})  # with a value it is the unit of a quantity
        for name, item in value.items():
            if name == "data":
                _collect(attached_json(value), found)
            elif name != "coding" and not isinstance(item, PLAIN):
                _collect(item, found)
