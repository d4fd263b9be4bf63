"""What one layer takes from another: refused where neither is written for the other, told where one is.

The core keeps watch over its own rules; over what a layer adds nobody does. So a layer switches off only what the core has,
no alias of it names an id of another layer, and what the entries of another layer rest on is changed by none that does not
lie on that layer, in whatever order the two are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import Problem
from ..logic.operator import rests_on_readings
from ..logic.operators.connectives import All
from ..logic.operators.reference import Reference, references
from ..reading.document import Document, DocumentPath
from .model import Decision, Pack
from .source import JUDGED, FolderRead, Place, RuleSource, parameters_named

READINGS = "readings"
_WITH_IDS = ("parameters", "facts", *JUDGED)
_OTHER_ID = "give one of the two another id; a layer that says extends: on the other one may replace its entries"
_ONE_OF_THEM = "leave them to one of the two; a layer that says extends: on the other one may replace them"
_ONLY_OFF = "a layer switches off only what the core has"

At = tuple[Document, DocumentPath]


@dataclass(slots=True)
class _Said:
    """What one layer says, by id, each with its place."""

    pack: Pack
    reference: str
    folder: Path
    ids: dict[str, At] = field(default_factory=dict)
    aliases: dict[str, At] = field(default_factory=dict)
    off: dict[str, At] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()  # the parameters that its entries name

    def has(self, place: Place) -> bool:
        return Path(place.document.name).is_relative_to(self.folder)

    def problem(
        self, at: At, message: str, *, code: str, hint: str, other: tuple[_Said, At] | None, told: bool = False
    ) -> Problem:
        document, path = at
        related = () if other is None else (other[1][0].related(other[1][1], f"in {other[0].pack.in_words}"),)
        return document.problem(
            path, message, code=code, hint=hint, also=related, severity="warning" if told else "error"
        )


def between_layers(
    read: Sequence[FolderRead], core: RuleSource, whole: RuleSource, packs: Sequence[Pack]
) -> Iterator[Problem]:
    """Every mistake of a layer towards another one. `whole` is as the layers write it, before any list is joined."""
    base, layers = read[0], read[1:]
    said = [_said(layer, pack) for layer, pack in zip(layers, packs, strict=True)]
    known = {name for _, name, _, _ in core.rules()} | set(core.aliases.get("rule", {}))
    for one in said:
        yield from _own_switched_off(one, known)
    for number, first in enumerate(said):
        for second in said[number + 1 :]:
            yield from _same_ids(first, second, told=_lies_on(second, first, said))
            for one, other in ((first, second), (second, first)):
                yield from _taken(one, other)
    if len(said) > 1:
        yield from _Resting(base, core, whole, said).problems()


def _said(layer: FolderRead, pack: Pack) -> _Said:
    found = _Said(pack, f"{pack.name}@{'.'.join(pack.version.split('.')[:2])}", layer.folder)
    for document in layer.documents:
        if not isinstance(document.data, dict):
            continue
        if document.data.get(READINGS) is not None:
            found.ids[READINGS] = document, (READINGS,)
        for section in _WITH_IDS:
            for path, entry in _entries(document, section):
                found.ids[entry["id"]] = document, (*path, "id")
                aliases = entry.get("aliases")
                for alias in aliases if isinstance(aliases, list | tuple) else ():
                    found.aliases[str(alias)] = document, (*path, "aliases")
        for path, entry in _entries(document, "off"):
            found.off[entry["id"]] = document, (*path, "id")
    found.numbers = frozenset(parameters_named(layer.documents))
    return found


def _entries(document: Document, section: str) -> Iterator[tuple[DocumentPath, dict[str, Any]]]:
    entries = document.data.get(section)
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            yield (section, index), entry


def _lies_on(upper: _Said, lower: _Said, said: Sequence[_Said]) -> bool:
    """Whether a layer is written for another, itself or by way of layers between them."""
    seen: set[str] = set()
    while upper.pack.extends not in seen:
        if upper.pack.extends in ("", lower.reference):
            return True  # without a pack a layer lies on whatever is below it
        seen.add(upper.pack.extends)
        upper = next((item for item in said if item.reference == upper.pack.extends), upper)
    return False


def _own_switched_off(one: _Said, known: set[str]) -> Iterator[Problem]:
    for name in one.off:
        if name in one.ids and name not in known:
            yield one.problem(
                one.off[name], f"'{name}' is an entry of this layer: {_ONLY_OFF}", code="not-in-a-layer",
                hint="take the entry itself out", other=None,
            )  # fmt: skip


def _same_ids(first: _Said, second: _Said, *, told: bool) -> Iterator[Problem]:
    """Entries that two layers have: the later takes the earlier one's place."""
    for name, at in second.ids.items():
        if name not in first.ids:
            continue
        if told:
            yield second.problem(
                at, f"'{name}' takes the place of what the layer {first.pack.in_words} says of it", code="replaced",
                hint="take it out if both are meant to hold", other=(first, first.ids[name]), told=True,
            )  # fmt: skip
        else:
            hint = _ONE_OF_THEM if name == READINGS else _OTHER_ID
            text = f"'{name}' is in the layer {first.pack.in_words} too"
            yield second.problem(at, text, code="duplicate-id", hint=hint, other=(first, first.ids[name]))


def _taken(one: _Said, other: _Said) -> Iterator[Problem]:
    """What a layer switches off or calls otherwise of what another one has."""
    owned = {**other.aliases, **other.ids}
    for name, at in one.off.items():
        if name in owned:
            text = f"'{name}' is in the layer {other.pack.in_words}: {_ONLY_OFF}"
            yield one.problem(
                at,
                text,
                code="not-in-a-layer",
                hint="take this out, or take the entry out of that layer",
                other=(other, owned[name]),
            )
    for name, at in one.aliases.items():
        if name in other.ids:
            yield one.problem(
                at, f"the alias '{name}' is in the layer {other.pack.in_words} too", code="alias-taken",
                hint="an alias of a layer may be a former id of its own or an id of the core; take it out",
                other=(other, other.ids[name]),
            )  # fmt: skip


class _Resting:
    """Which rules mean something else by what the layers say, and which entries of other layers rest on them."""

    def __init__(self, base: FolderRead, core: RuleSource, whole: RuleSource, said: Sequence[_Said]) -> None:
        self.base, self.core, self.said = base, core, said
        self.cores = {name: (section, entry) for section, name, entry, _ in core.rules()}
        self.rules = {name: (section, entry, place) for section, name, entry, place in whole.rules()}
        self.renamed = whole.aliases.get("rule", {})
        self.changed = [{what: self._changed_by(what) for what in one.ids} for one in said]
        decision = core.single.get("decision")
        self.decision: Decision | None = decision[0] if decision is not None else None

    def problems(self) -> Iterator[Problem]:
        for name, (section, entry, place) in self.rules.items():
            other = next((item for item in self.said if item.has(place)), None)
            if other is not None:
                below = self._below((name, *self._carried_by(section, entry)))
                yield from self._shaken(other, name, below)

    def _shaken(self, other: _Said, name: str, below: set[str]) -> Iterator[Problem]:
        for one, changed in zip(self.said, self.changed, strict=True):
            if one is other or _lies_on(other, one, self.said):
                continue
            shaken = [(what, at) for what, at in one.ids.items() if what not in other.ids and changed[what] & below]
            shaken += [(what, at) for what, at in one.ids.items() if what in other.numbers and name in other.ids]
            shaken += [(what, at) for what, at in one.off.items() if what in below - other.ids.keys()]
            for what, at in dict(shaken).items():
                yield self._problem(one, at, what, other, name)

    def _problem(self, one: _Said, at: At, what: str, other: _Said, name: str) -> Problem:
        told = _lies_on(one, other, self.said)
        hint = "give the changed entry an id of its own, or say extends: on the other layer in one of the two"
        return one.problem(
            at, f"'{name}' of the layer {other.pack.in_words} rests on '{what}', which is another one here", code="replaced",
            hint="see that it still does what it is meant to do" if told else hint,
            other=(other, other.ids[name]) if name in other.ids else None, told=told,
        )  # fmt: skip

    def _changed_by(self, what: str) -> set[str]:
        """The rules that mean something else by an entry, a parameter or the readings of a layer."""
        if what == READINGS:
            return {name for name, (_, entry, _) in self.rules.items() if _reads_tests(entry)}
        if what in self.core.entries["parameters"]:
            return {name for name in self._naming(what) if self._is_another(name)}
        former = {old for old, new in self.renamed.items() if new == what and old in self.cores}
        another = {name for name in (what, *former) if self._is_another(name)}
        return another | {what} if another else set()

    def _naming(self, parameter: str) -> Iterator[str]:
        at = {(document.name, path) for document, path in self.base.naming([parameter])}
        for name, (_, _, place) in self.rules.items():
            if (place.document.name, place.path) in at:
                yield name

    def _is_another(self, name: str) -> bool:
        """Whether a rule of the core is judged otherwise than by the core."""
        if name not in self.cores:
            return False
        section, entry = self.cores[name]
        now = self.rules.get(self.renamed.get(name, name))
        return now is None or _meaning(section, entry) != _meaning(now[0], now[1])

    def _carried_by(self, section: str, entry: Any) -> Iterator[str]:
        """What has to hold beside the list that an entry joins, so that the list gives its answer."""
        if self.decision is None or self.decision.layers is None:
            return
        kind = getattr(entry, "kind", "") or {"blocks": "block", "cautions": "caution"}.get(section, "")
        listed = Reference(id=self.decision.layers.joins.get(kind, ""))
        for outcome in self.decision.outcomes:
            if isinstance(outcome.when, All) and listed in outcome.when.of:
                yield from (name for name in references(outcome.when) if name != listed.id)

    def _below(self, names: Iterable[str]) -> set[str]:
        """Some rules and all that they rest on, as they are called in the layers."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            rule = self.rules.get(self.renamed.get(name, name))
            if rule is not None:
                waiting += [self.renamed.get(name, name), *references(rule[1].when)]
        return found


def _meaning(section: str, entry: Any) -> tuple[Any, ...]:
    """What an entry is judged by, whatever words it has."""
    attestable = getattr(entry, "attestable", None)
    return section == "criteria", entry.when, getattr(entry, "absence", ""), attestable


def _reads_tests(entry: Any) -> bool:
    return bool(getattr(entry, "absence", "")) and rests_on_readings(entry.when)
