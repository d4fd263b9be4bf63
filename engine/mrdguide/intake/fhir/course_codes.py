"""Codes that tell of the course of the disease, wherever in a resource they stand: that it came back, or that it is another one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from .attached import attached_json
from .certainty import without_excluded
from .codes import CodeTable
from .current import OBJECT, Resource
from .elements import codings, meanings, value_parts, words

_OTHER_DISEASE = ("condition.plasma-cell-leukemia", "condition.extramedullary-plasmacytoma")
_TOLD = frozenset(("present", "worsened", "relapse", "PD"))
_WORSE = frozenset(("worsened", "relapse"))


def of_the_course(means: str) -> bool:
    return means.startswith("event.") or means.endswith("-in-relapse") or means in _OTHER_DISEASE


def is_coded_as_news(table: CodeTable, value: Any) -> bool:
    """Whether any code inside a value is news of the course: of a diagnosis, an event, or a state of the disease."""
    return any(
        any(of_the_course(meaning.means) for meaning, _, _ in meanings(table, concept))
        or _WORSE & words(table, concept)
        for concept in (without_excluded(table, found) for found in concepts(value))
    )


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
        or is_coded_as_news(table, resource)
    )


@lru_cache(maxsize=16)
def codes_of_the_course(table: CodeTable) -> tuple[str, ...]:
    """These codes in every form in which they may be written, in small letters."""
    names = {code for (_, code), meaning in table.codes.items() if of_the_course(meaning.means)}
    names |= {code for (_, code), means in table.values.items() if means in _WORSE}
    return tuple(sorted({form.casefold() for code in names for form in (code, f"{code[:3]}.{code[3:]}")}))


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
            if name == "data":
                yield from concepts(attached_json(value))
            elif name != "coding":
                yield from concepts(item)
