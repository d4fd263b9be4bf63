"""One book of a core and its layers, in which the stricter of their answers is the answer.

What a layer says otherwise than the core stands in the book twice: as the layer has it under its own id, and as the core has
it under `core:ID` (`watch:ID` where a loosening is declared). What rests on nothing that differs is judged once. The outcome
is chosen from both sides by the order of strictness, for every way of filling in what is unknown, so that whatever a layer
changes can only tighten. Study cards, risk schemes and the answers beside the main one are read by the core alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from ..case.interpretation_rules import InterpretationRules
from ..logic.operator import Operator, rests_on_readings
from ..logic.operators.connectives import All, AnyOf, Not
from ..logic.operators.reference import Reference, references
from ..reading.frozen import frozen
from ..rulefiles.layers import Layered
from ..rulefiles.model import Criterion, Decision, Implication, LayerRules, Loosening, Outcome, Pack
from ..rulefiles.source import JUDGED, Place, RuleSource

CORE, WATCH, LAYER = "core:", "watch:", ""
# Read by the core alone, whatever a layer says.
_OF_THE_CORE = ("schemes", "alternatives", "protocols")
_SAID = ("blocks", "cautions", "remarks")  # what an answer says in words, by itself


@frozen
class Layering:
    """Which layers lie on which core, what they loosen, and where the answer of each alone is found.

    `core` and `layers` name the conditions of the outcomes as each alone would have them, in the order in which they are
    tried.
    """

    packs: tuple[Pack, ...]
    loosens: tuple[Loosening, ...]
    strictness: tuple[str, ...]
    core: Mapping[str, str]
    layers: Mapping[str, str]
    begins: tuple[str, ...] = ()  # days on which entries of the layers begin to hold or no longer do


@frozen
class JoinedBook:
    """The joined source, with what only the joining adds: conditions of outcomes, and the readings that the core keeps."""

    source: RuleSource
    conditions: Mapping[str, Operator]
    readings: Mapping[str, InterpretationRules]
    layering: Layering


@dataclass(slots=True)
class _Side:
    """One reading of the rules: its prefix, its entries by id, its readings."""

    prefix: str
    source: RuleSource
    also: RuleSource | None = None  # entries that only the layers have, which a loosened rule may name
    rules: dict[str, tuple[str, Any, Place]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for source in (self.also, self.source):
            if source is not None:
                self.rules.update((name, (section, entry, place)) for section, name, entry, place in source.rules())

    @property
    def readings(self) -> InterpretationRules:
        readings: InterpretationRules = self.source.single["readings"][0]
        return readings


def joined_book(layered: Layered) -> JoinedBook:
    """The book of a core and its layers; all three sources are checked and name rules by the ids in force."""
    return _Joining(layered).book()


class _Joining:
    def __init__(self, layered: Layered) -> None:
        self.layered = layered
        loosened = layered.watching is not layered.core
        self.layer = _Side(LAYER, layered.whole)
        self.core = _Side(CORE, layered.core)
        self.watch = _Side(WATCH, layered.watching, layered.whole) if loosened else self.core
        self.sides = [self.layer, *([self.watch] if loosened else []), self.core]
        self.same: dict[tuple[str, str, str], bool] = {}
        self.rests: dict[str, bool] = {}
        self.entries = {section: dict(found) for section, found in layered.whole.entries.items()}
        self.readings: dict[str, InterpretationRules] = {}
        self.conditions: dict[str, Operator] = {}

    def book(self) -> JoinedBook:
        core, whole = self.layered.core, self.layered.whole
        for section in _OF_THE_CORE:
            for name, (entry, place) in core.entries[section].items():
                self.entries[section][name] = self._of(self.core, entry), place
        watched = self.layered.watching.entries["invariants"]
        for name, (entry, place) in core.entries["invariants"].items():
            if entry.fixed:
                self.entries["invariants"][name] = self._of(self.core, entry), place
            elif name in watched:
                self.entries["invariants"][name] = self._of(self.watch, watched[name][0]), place
            else:
                self.entries["invariants"].pop(name, None)
        decision, place = core.single["decision"]
        rules = decision.layers or LayerRules(strictness=tuple(item.id for item in decision.outcomes))
        joined = self._decision(decision, rules)
        self._keep_what_is_said()
        self._mark_what_layers_say()
        pack, pack_place = core.single["pack"]
        version = " + ".join([pack.version, *(item.in_words for item in self.layered.packs[1:])])
        single = {"decision": (joined, place), "pack": (pack.model_copy(update={"version": version}), pack_place)}
        source = replace(
            whole, entries=self.entries, single={**whole.single, **single},
            implications=[(self._implication(item), where) for item, where in core.implications],
        )  # fmt: skip
        names = [item.id for item in decision.outcomes]
        layering = Layering(
            self.layered.packs, tuple(item for item, _ in whole.loosens), rules.strictness,
            {name: self._named(self.core, name) for name in names}, {name: self._named(self.layer, name) for name in names},
            self.layered.begins,
        )  # fmt: skip
        return JoinedBook(source, self.conditions, self.readings, layering)

    def _implication(self, item: Implication) -> Implication:
        """What the core knows to follow from what, of its own criteria."""
        ends = {key: getattr(item, key) for key in ("if_", "then", "then_not")}
        return item.model_copy(
            update={key: self._name(self.core, name) if name else name for key, name in ends.items()}
        )

    # Which entries are the same on two sides

    def _name(self, side: _Side, rule_id: str) -> str:
        """The id in the joined book of what a side calls by an id; the entry is added where it is not there yet."""
        if rule_id not in side.rules:
            now = side.source.aliases.get("rule", {}).get(rule_id, rule_id)
            # Otherwise a study's pattern. The outcomes name rules as the core does, and a layer may have another id for one.
            return self._name(side, now) if now in side.rules else rule_id
        for other in self.sides:
            if other is side:
                break
            if self._alike(other, side, rule_id):
                return self._name(other, rule_id)
        name = f"{side.prefix}{rule_id}"
        if side.prefix:
            self._add(side, rule_id, name)
        return name

    def _alike(self, first: _Side, second: _Side, rule_id: str) -> bool:
        """Whether two sides mean the same by an id: equal entries that rest on equal entries and equal readings."""
        key = (first.prefix, second.prefix, rule_id)
        if key not in self.same:
            self.same[key] = self._compared(first, second, rule_id)
        return self.same[key]

    def _compared(self, first: _Side, second: _Side, rule_id: str) -> bool:
        one, other = first.rules.get(rule_id), second.rules.get(rule_id)
        if one is None or other is None:
            return rule_id not in first.rules and rule_id not in second.rules
        if one[0] != other[0] or (one[1] is not other[1] and one[1] != other[1]):
            return False
        if one[0] == "criteria":
            return first.readings == second.readings or not self._rests_on_readings(one[1].when)
        return all(self._alike(first, second, name) for name in references(one[1].when))

    def _rests_on_readings(self, expression: Operator) -> bool:
        key = repr(expression)
        if key not in self.rests:
            self.rests[key] = rests_on_readings(expression)
        return self.rests[key]

    def _add(self, side: _Side, rule_id: str, name: str) -> None:
        section, entry, place = side.rules[rule_id]
        if name in self.entries[section]:
            return
        self.entries[section][name] = entry, place  # first, so that naming it again ends
        self.entries[section][name] = self._of(side, entry).model_copy(update={"id": name, "aliases": ()}), place
        if section == "criteria" and side.readings != self.layer.readings:
            self.readings[name] = side.readings

    def _of(self, side: _Side, entry: Any) -> Any:
        """An entry with every id as the joined book calls what the side means by it."""
        return renamed(entry, lambda name: self._name(side, name))

    def _keep_what_is_said(self) -> None:
        """Every block, caution and remark that the core would say stands in the book, whether or not an outcome rests on it.

        A remark that an answer does not rest on may be the only trace of bad news in a record.
        """
        for section in _SAID:
            for name in self.watch.source.entries[section]:
                self._name(self.watch, name)

    # The outcome

    def _decision(self, decision: Decision, rules: LayerRules) -> Decision:
        for side in self.sides:
            for outcome in decision.outcomes:
                self.conditions[self._named(side, outcome.id)] = self._of(side, outcome.when)
        stays = [name for name in rules.strictness if name in rules.core_stays]
        order = [*stays, *(name for name in rules.strictness if name not in stays)]
        chosen = {name: self._chosen(decision, rules, name) for name in order}
        if self.watch is not self.core:
            chosen = self._never_what_is_fixed(decision, order, chosen)
        by_id = {outcome.id: outcome for outcome in decision.outcomes}
        outcomes = tuple(
            by_id[name].model_copy(update={"when": chosen[name], "because": self._because(by_id[name])})
            for name in order
        )
        secondary = tuple(self._of(self.core, item) for item in decision.secondary)
        return decision.model_copy(update={"outcomes": outcomes, "secondary": secondary})

    def _named(self, side: _Side, outcome: str) -> str:
        return f"answer:{side.prefix or 'layer:'}{outcome}"

    def _chosen(self, decision: Decision, rules: LayerRules, name: str) -> Operator:
        """That the core or the layers give an outcome, each by its own order."""
        found = [self._first(self.watch, [item.id for item in decision.outcomes], name)]
        if name not in rules.core_only:
            others = [item.id for item in decision.outcomes if item.id not in rules.core_only]
            found.append(self._first(self.layer, others, name))
        return AnyOf(of=tuple(found)) if found[0] != found[-1] else found[0]

    def _first(self, side: _Side, tried: Sequence[str], name: str) -> Operator:
        """That an outcome is the first to hold among those tried."""
        earlier = tried[: tried.index(name)]
        parts = (
            Reference(id=self._named(side, name)),
            *(Not(of=Reference(id=self._named(side, item))) for item in earlier),
        )
        return All(of=parts)

    def _never_what_is_fixed(
        self, decision: Decision, order: Sequence[str], chosen: dict[str, Operator]
    ) -> dict[str, Operator]:
        """Where an answer that rests on a loosening breaks what is fixed, the untouched core answers too."""
        forbidden: dict[str, list[Operator]] = {}
        for invariant, _ in self.entries["invariants"].values():
            if invariant.fixed:
                for name in invariant.never:
                    forbidden.setdefault(name, []).append(invariant.when)
        for name in order:
            self.conditions[f"answer:chosen:{name}"] = chosen[name]
        broken = []
        for place, name in enumerate(order):
            if name in forbidden:
                this = Reference(id=f"answer:chosen:{name}")
                before = [Not(of=Reference(id=f"answer:chosen:{item}")) for item in order[:place]]
                broken.append(All(of=(this, *before, AnyOf(of=tuple(forbidden[name])))))
        if not broken:
            return chosen
        self.conditions["answer:fixed"] = AnyOf(of=tuple(broken))
        tried = [item.id for item in decision.outcomes]
        return {
            name: AnyOf(
                of=(
                    Reference(id=f"answer:chosen:{name}"),
                    All(of=(Reference(id="answer:fixed"), self._first(self.core, tried, name))),
                )
            )
            for name in order
        }

    def _because(self, outcome: Outcome) -> tuple[str, ...]:
        """What decides an outcome, as the layers and as the core have it."""
        found = []
        for item in outcome.because:
            found.append(item)
            found += [self._name(side, item) for side in reversed(self.sides) if item in side.rules]
        return tuple(name for name in dict.fromkeys(found) if not self._is_gone(name))

    def _is_gone(self, name: str) -> bool:
        return name in self.core.rules and name not in self.layer.rules

    def _mark_what_layers_say(self) -> None:
        """The title of what stands in a layer says in which."""
        for section in (*JUDGED, "protocols", "schemes"):
            for name, (entry, place) in self.entries[section].items():
                layer = self.layered.layer_of(place)
                if layer is not None or name.startswith((CORE, WATCH)):
                    self.entries[section][name] = _marked(entry, (layer or self.layered.packs[0]).name), place


def _marked(entry: Any, pack: str) -> Any:
    """An entry whose titles say where it stands."""
    titles = {key: title for key in ("title", "title_unknown") if (title := getattr(entry, key, ""))}
    return entry.model_copy(update={key: f"{title} [{pack}]" for key, title in titles.items()})


def read_by(criterion: Criterion, readings: InterpretationRules) -> str | None:
    """What tells the readings of tests apart by which a criterion is judged; None where it reads no tests."""
    return readings.model_dump_json() if rests_on_readings(criterion.when) else None


def renamed(value: Any, name_of: Callable[[str], str]) -> Any:
    """The same with every id that is referred to given anew."""
    if isinstance(value, Reference):
        name = name_of(value.id)
        return value if name == value.id else Reference(id=name)
    if isinstance(value, tuple):
        items = tuple(renamed(item, name_of) for item in value)
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    if not isinstance(value, BaseModel):
        return value
    changed = {name: renamed(getattr(value, name), name_of) for name in type(value).model_fields}
    for name in ("replaces", "unless"):
        if name in changed:
            found = changed[name]
            changed[name] = name_of(found) if isinstance(found, str) else tuple(name_of(item) for item in found)
    changed = {name: new for name, new in changed.items() if new is not getattr(value, name)}
    return value.model_copy(update=changed) if changed else value
