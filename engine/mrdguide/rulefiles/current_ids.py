"""References by a former id: told as warnings, and put in terms of the ids in force before a rule book is compiled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from ..errors import Problem
from ..logic.operators.reference import Reference
from .expressions import derived, named
from .source import RuleSource, old_id


def references_by_old_ids(source: RuleSource) -> Iterator[Problem]:
    """A warning for every reference by a former id."""
    aliases = source.aliases.get("rule", {})
    studies = source.aliases.get("protocols", {})
    for written in derived(source):
        for name in dict.fromkeys(named(written.expression)):
            current = _current(name, aliases, studies)
            if current != name:
                yield old_id(written.place, name, current, *written.where(name))
    for implication, place in source.implications:
        for key, value in (("if", implication.if_), ("then", implication.then), ("then_not", implication.then_not)):
            if value in aliases:
                yield old_id(place, value, aliases[value], key)
    for alternative, place in source.entries["alternatives"].values():
        if alternative.replaces in aliases:
            yield old_id(place, alternative.replaces, aliases[alternative.replaces], "replaces")
        if alternative.scheme in source.aliases.get("schemes", {}):
            yield old_id(place, alternative.scheme, source.aliases["schemes"][alternative.scheme], "scheme")
    if "decision" in source.single:
        decision, place = source.single["decision"]
        for number, outcome in enumerate(decision.outcomes):
            for index, name in enumerate(outcome.because):
                if name in aliases:
                    yield old_id(place, name, aliases[name], "outcomes", number, "because", index)


def with_current_ids(source: RuleSource) -> RuleSource:
    """The same book with every reference by the id in force."""
    aliases, studies = source.aliases.get("rule", {}), source.aliases.get("protocols", {})
    schemes = source.aliases.get("schemes", {})

    def renamed(value: Any) -> Any:
        if isinstance(value, Reference):
            current = _current(value.id, aliases, studies)
            return value if current == value.id else Reference(id=current)
        if isinstance(value, tuple):
            items = tuple(renamed(item) for item in value)
            return value if all(new is old for new, old in zip(items, value, strict=True)) else items
        if not isinstance(value, BaseModel):
            return value
        changed = {name: renamed(getattr(value, name)) for name in type(value).model_fields}
        for name, table in (
            ("if_", aliases),
            ("then", aliases),
            ("then_not", aliases),
            ("replaces", aliases),
            ("scheme", schemes),
        ):
            if isinstance(changed.get(name), str):
                changed[name] = table.get(changed[name], changed[name])
        if "because" in changed and isinstance(changed["because"], tuple):
            changed["because"] = tuple(aliases.get(name, name) for name in changed["because"])
        changed = {name: new for name, new in changed.items() if new is not getattr(value, name)}
        return value.model_copy(update=changed) if changed else value

    return replace(
        source,
        entries={
            section: {name: (renamed(entry), place) for name, (entry, place) in entries.items()}
            for section, entries in source.entries.items()
        },
        implications=[(renamed(entry), place) for entry, place in source.implications],
        single={name: (renamed(entry), place) for name, (entry, place) in source.single.items()},
    )


def _current(name: str, aliases: Mapping[str, str], studies: Mapping[str, str]) -> str:
    prefix, _, study = name.rpartition("protocol:")
    if name.startswith("protocol:") and not prefix:
        return f"protocol:{studies.get(study, study)}"
    return aliases.get(name, name)
