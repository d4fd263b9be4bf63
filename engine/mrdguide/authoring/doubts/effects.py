"""Entries of a layer by which no answer becomes stricter, and numbers that are less strict than the core's: there the core decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ...errors import Problem
from ...logic.implied import implies
from ...rulebook.book import RuleBook
from ...rulebook.used_parameters import users_of
from ...rulefiles.between_layers import READINGS
from ...rulefiles.model import Rule
from ...rulefiles.source import Place, RuleSource, read_source
from ..taken_out import Instead, without_number, without_readings, without_rule, without_switching_off

_NEW = ": wherever it is met, other rules say as much"
_HINT_NEW = "correct its condition, or take it out"
_OTHERWISE = " as this layer has it: where it is less strict than the core, the core decides"
_WIDER = ": where an answer would be less strict by it, the number of the core decides"


def doubts_on_effects(rules: RuleBook, source: RuleSource) -> Iterator[Problem]:
    """Each entry by itself, with whatever else the layers say left as it is.

    What is declared to be loosened is left out: it says by itself what it changes. Where the layers as a whole have no
    effect, that has been told.
    """
    if rules.layering is None or any(item.code == "no-effect" for item in rules.warnings):
        return
    below = read_source(rules.folders[:1])
    known = {name: entry for _, name, entry, _ in below.rules()}
    declared = {item.what for item in rules.layering.loosens}
    for what, place, instead in _taken_out(rules, source, known):
        if what not in declared and not (instead and rules.decider.takes_effect(instead)):
            new = None in instead.values()
            yield place.problem(
                f"no answer becomes stricter by '{what}'" + (_NEW if new else _OTHERWISE), *([] if what == READINGS else ["id"]),
                hint=_HINT_NEW if new else f"declare '{what}' under 'loosens' if it is meant to hold less strictly, or take it out",
                code="no-effect", severity="warning",
            )  # fmt: skip
        elif what in source.entries["parameters"] and what not in declared and _is_held_back(rules, instead):
            value = source.entries["parameters"][what][0].value
            yield place.problem(
                f"'{what}' is {value:g} in this layer and not declared to be looser than in the core" + _WIDER, "id",
                hint=f"declare '{what}' under 'loosens' if it is meant to hold there too, or leave it out",
                code="not-loosened", severity="warning",
            )  # fmt: skip


def _is_held_back(rules: RuleBook, instead: Mapping[str, str | None]) -> bool:
    """Whether some criterion is met in more patients by the layer's number, and the core's own decides where that tells."""
    kept = {core: name for name, core in instead.items() if core is not None}
    wider = any(implies(rules.rules[core].when, rules.rules[name].when) for core, name in kept.items())
    return wider and rules.decider.takes_effect(kept)


def _taken_out(rules: RuleBook, source: RuleSource, known: Mapping[str, Rule]) -> Iterator[tuple[str, Place, Instead]]:
    """What the layers say, with the verdicts that stand in its place once it is taken out; none: the same ones."""
    for section, name, entry, place in source.rules():
        if not _in_layer(rules, place) or section == "remarks":
            continue
        former = next((item for item in (name, *entry.aliases) if item in known), None)
        if former is not None and former != name and known[former].when == entry.when:
            continue  # it only has another name
        instead = without_rule(rules, section, name, entry.kind, former)
        if instead is not None:
            yield name, place, instead
    for name, (_, place) in source.entries["parameters"].items():
        if _in_layer(rules, place) and users_of(rules, name):
            yield name, place, without_number(rules, name)
    if READINGS in source.single and _in_layer(rules, source.single[READINGS][1]):
        yield READINGS, source.single[READINGS][1], without_readings(rules)
    for item, place in source.off:
        yield item.id, place, without_switching_off(rules, item.id, known)


def _in_layer(rules: RuleBook, place: Place) -> bool:
    return any(Path(place.document.name).is_relative_to(folder) for folder in rules.folders[1:])
