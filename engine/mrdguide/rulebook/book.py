"""A rule book, loaded and compiled once: immutable, thread-safe, many may live side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..case.case import Case
from ..case.interpretation_rules import InterpretationRules
from ..decide.decision import Decider
from ..errors import Problem, RuleBookError
from ..evidence import Library, load_library
from ..logic.attested import attested, turning_days
from ..logic.operator import CompiledOperator, Context, Operator
from ..logic.operators.connectives import All
from ..logic.operators.reference import Reference, references
from ..reading.shipped import folder
from ..rulefiles.checks import check
from ..rulefiles.model import Alternative, BackgroundNote, Criterion, Decision, Pack, Plan, Protocol, Rule, Scheme
from ..rulefiles.parameters import Parameter
from ..rulefiles.source import JUDGED, Place, RuleSource, read_source
from .compiled import JudgeAll, compile_judge_all
from .possible_results import Thresholds
from .proofs import prove


@dataclass(frozen=True, slots=True)
class CompiledCriterion:
    """A criterion, compiled."""

    rule: Criterion
    judge: CompiledOperator
    recorded: CompiledOperator  # the same without attestations
    paths: frozenset[str]

    def turning_days(self, case: Case) -> Iterator[int]:
        """Days on which its verdict can differ from the day before though nothing new is recorded."""
        yield from self.rule.when.turning_days(case)
        if self.rule.attestable is not None:
            yield from turning_days(case, self.rule.attestable)


@dataclass(frozen=True, slots=True, eq=False)
class RuleBook:
    """Everything a rule book says. Make one with `load_rules`.

    `judge_all` gives the verdict of every criterion for a case, in the order of `compiled_criteria`.
    """

    pack: Pack
    hash: str
    folders: tuple[Path, ...]
    compiled_criteria: tuple[CompiledCriterion, ...]
    judge_all: JudgeAll
    rules: Mapping[str, Rule]
    sections: Mapping[str, tuple[str, ...]]
    plans: tuple[Plan, ...]
    background: tuple[BackgroundNote, ...]
    schemes: tuple[Scheme, ...]
    alternatives: tuple[Alternative, ...]
    protocols: tuple[Protocol, ...]
    parameters: tuple[Parameter, ...]
    decision: Decision
    decider: Decider
    evidence: Library
    interpretation: InterpretationRules
    thresholds: Thresholds
    locations: Mapping[str, str]

    @property
    def version(self) -> str:
        return self.pack.version

    def where(self, rule_id: str) -> str:
        """The file and line of a rule, relative to its folder: `criteria/mrd.yaml:12`."""
        return self.locations[rule_id]


@dataclass(frozen=True)
class _Draft:
    """A source on its way to a rule book."""

    source: RuleSource
    evidence: Library

    @cached_property
    def derived_rules(self) -> dict[str, Operator]:
        """Every combination by name, each after all that it refers to."""
        plain = {entry_id: entry.when for section, entry_id, entry, _ in self.source.rules() if section != "criteria"}
        plain.update(self._derived())
        ordered: dict[str, Operator] = {}

        def add(name: str) -> None:
            if name in ordered or name not in plain:
                return
            for reference in references(plain[name]):
                add(reference)
            ordered[name] = plain[name]

        for name in plain:
            add(name)
        return ordered

    def _derived(self) -> Iterator[tuple[str, Operator]]:
        entries = self.source.entries
        for scheme, _ in entries["schemes"].values():
            for index, item in enumerate(scheme.classes):
                if item.when is not None:
                    yield f"scheme:{scheme.id}:{index}", item.when
            for index, item in enumerate(scheme.points):
                yield f"scheme:{scheme.id}:points:{index}", item.when
        for alternative, _ in entries["alternatives"].values():
            if alternative.when is not None:
                yield f"alternative:{alternative.id}", alternative.when
        for protocol, _ in entries["protocols"].values():
            published = [item for item in protocol.criteria if item.when is not None]
            for item in published:
                yield f"protocol:{protocol.id}:{item.id}", item.when
            yield (
                f"protocol:{protocol.id}",
                All(of=[Reference(id=f"protocol:{protocol.id}:{item.id}") for item in published]),
            )
            for index, item in enumerate(protocol.applicability):
                yield f"differs:{protocol.id}:{index}", item.differs_when
        decision = self.decision
        for outcome in decision.outcomes:
            yield f"outcome:{outcome.id}", outcome.when
        for secondary in decision.secondary:
            yield f"secondary:{secondary.id}", secondary.when
        for invariant, _ in entries["invariants"].values():
            yield f"invariant:{invariant.id}", invariant.when

    @property
    def decision(self) -> Decision:
        decision: Decision = self.source.single["decision"][0]
        return decision

    def chained(self) -> list[str]:
        """What durable-rules derives too: conclusions, blocks, cautions, outcomes and secondary answers."""
        return [
            name
            for name in self.derived_rules
            if not name.startswith(("scheme:", "alternative:", "differs:", "invariant:"))
        ]


def load_rules(*folders: str | os.PathLike[str], evidence: str | os.PathLike[str] | None = None) -> RuleBook:
    """Load a rule book: the shipped one, a folder of your own, or several folders in layers.

    In layers an entry of a later folder replaces the entry with the same id in an earlier one.

    Raises:
        RuleBookError: with every problem found, each with file, line and column.
    """
    paths = tuple(Path(item) for item in folders) or (folder("rules"),)
    library = load_library(Path(evidence) if evidence is not None else folder("evidence"))
    source = read_source(paths)
    problems = [*source.problems] or list(check(source, library))
    if problems:
        raise RuleBookError(problems)
    book = _compile(_Draft(source, library))
    problems = list(prove(source, book.decider))
    if problems:
        raise RuleBookError(problems)
    return book


def check_rules(*folders: str | os.PathLike[str]) -> list[Problem]:
    """Every problem of a rule book; empty when it can be used."""
    try:
        load_rules(*folders)
    except RuleBookError as error:
        return list(error.problems)
    return []


def _compile(draft: _Draft) -> RuleBook:
    source = draft.source
    readings = source.single["readings"][0]
    criteria = [entry for entry, _ in source.entries["criteria"].values()]
    contexts = [Context(criterion.absence == "not_met", readings) for criterion in criteria]
    judged = tuple(_criterion(criterion, context) for criterion, context in zip(criteria, contexts, strict=True))
    judge_all = compile_judge_all(
        [
            (None if item.rule.attestable else item.rule.when, context, item.judge)
            for item, context in zip(judged, contexts, strict=True)
        ]
    )
    schemes = tuple(entry for entry, _ in source.entries["schemes"].values())
    decider = Decider(
        [criterion.id for criterion in criteria],
        draft.derived_rules,
        draft.decision,
        schemes,
        [implication for implication, _ in source.implications],
        [entry for entry, _ in source.entries["invariants"].values()],
        draft.chained(),
    )
    return RuleBook(
        pack=source.single["pack"][0],
        hash=source.hash,
        folders=source.folders,
        compiled_criteria=judged,
        judge_all=judge_all,
        rules={entry_id: entry for _, entry_id, entry, _ in source.rules()},
        sections={section: tuple(source.entries[section]) for section in JUDGED},
        plans=tuple(entry for entry, _ in source.entries["plans"].values()),
        background=tuple(entry for entry, _ in source.entries["background"].values()),
        schemes=schemes,
        alternatives=tuple(entry for entry, _ in source.entries["alternatives"].values()),
        protocols=tuple(entry for entry, _ in source.entries["protocols"].values()),
        parameters=tuple(entry for entry, _ in source.entries["parameters"].values()),
        decision=draft.decision,
        decider=decider,
        evidence=draft.evidence,
        interpretation=readings,
        thresholds=Thresholds(_thresholds(criteria), readings.marrow_mrd.ask_limit_of_detection),
        locations=dict(_locations(source)),
    )


def _criterion(criterion: Criterion, context: Context) -> CompiledCriterion:
    recorded = criterion.when.compile(context)
    paths = {path for operator in criterion.when.walk() for path in operator.paths()}
    if criterion.attestable is None:
        return CompiledCriterion(criterion, recorded, recorded, frozenset(paths))
    return CompiledCriterion(
        criterion, attested(recorded, criterion.attestable), recorded, frozenset({*paths, "attested"})
    )


def _locations(source: RuleSource) -> Iterator[tuple[str, str]]:
    """Where every rule stands, by id; outcomes, secondary answers, protocols, schemes and plans by their prefixed id."""
    for _, entry_id, _, place in source.rules():
        yield entry_id, _location(place, source.folders)
    for section, prefix in (
        ("protocols", "protocol"),
        ("schemes", "scheme"),
        ("plans", "plan"),
        ("alternatives", "alternative"),
    ):
        for entry_id, (_, place) in source.entries[section].items():
            yield f"{prefix}:{entry_id}", _location(place, source.folders)
    decision, place = source.single["decision"]
    for name, prefix in (("outcomes", "outcome"), ("secondary", "secondary")):
        for index, item in enumerate(getattr(decision, name)):
            yield f"{prefix}:{item.id}", _location(Place(place.document, ("decision", name, index)), source.folders)
    yield (
        f"outcome:{decision.insufficient.id}",
        _location(Place(place.document, ("decision", "insufficient")), source.folders),
    )


def _location(place: Place, folders: Sequence[Path]) -> str:
    path = Path(place.document.name)
    base = next((folder for folder in folders if path.is_relative_to(folder)), None)
    return f"{(path.relative_to(base) if base else path).as_posix()}:{place.line}"


def _thresholds(criteria: Sequence[Criterion]) -> dict[str, tuple[float, ...]]:
    found: dict[str, set[float]] = {}
    for criterion in criteria:
        for operator in criterion.when.walk():
            for path, value in operator.thresholds():
                found.setdefault(path, set()).add(value)
    return {path: tuple(sorted(values)) for path, values in found.items()}
