"""A rule book, loaded and compiled once: immutable, thread-safe, many may live side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from weakref import WeakValueDictionary

from ..case.case import Case
from ..case.interpretation_rules import InterpretationRules
from ..computed import computed
from ..decide.decision import Decider
from ..errors import EvidenceError, Problem, RuleBookError
from ..evidence import Library, load_library
from ..logic.attested import attested, turning_days
from ..logic.operator import CompiledOperator, Context, Operator
from ..logic.operators.connectives import All, Not
from ..logic.operators.reference import Reference, references
from ..logic.operators.therapy import TherapyDuration
from ..logic.operators.unobtainable import Unobtainable
from ..reading import arguments
from ..reading.shipped import folder
from ..rulefiles.checks import check
from ..rulefiles.citations import unsupported
from ..rulefiles.current_ids import with_current_ids
from ..rulefiles.model import (
    Action,
    Alternative,
    BackgroundNote,
    Criterion,
    Decision,
    Pack,
    Plan,
    Protocol,
    Rule,
    Scheme,
)
from ..rulefiles.parameters import Parameter
from ..rulefiles.source import JUDGED, Place, RuleSource, read_source
from .compiled import JudgeAll, compile_judge_all
from .fingerprint import evidence_hash
from .implied import implied
from .origin import EVIDENCE_FOLDER, RULE_FOLDER, Origin, origin_of
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


@dataclass(frozen=True, slots=True, eq=False, repr=False, weakref_slot=True)
class RuleBook:
    """Everything a rule book says. Make one with `load_rules`.

    `judge_all` gives the verdict of every criterion for a case, in the order of `compiled_criteria`. `aliases` maps former
    ids to the ids in force; `may_be_unobtainable` names the facts without which a board may go on; `warnings` are what `load_rules` would have you mend though the book can be used. A copy of a
    book is the book itself; a pickled one is loaded again from the same files, once per process.
    """

    pack: Pack
    hash: str
    origin: Origin
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
    actions: tuple[Action, ...]
    may_be_unobtainable: tuple[str, ...]
    thresholds: Thresholds
    locations: Mapping[str, str]
    aliases: Mapping[str, str]
    warnings: tuple[Problem, ...]

    @property
    def version(self) -> str:
        return self.pack.version

    def where(self, rule_id: str) -> str:
        """The file and line of a rule, relative to its folder: `criteria/mrd.yaml:12`."""
        return self.locations[self.current(rule_id)]

    def current(self, rule_id: str) -> str:
        """The id in force of a rule or protocol that may be named by a former one."""
        return self.aliases.get(rule_id, rule_id)

    def __repr__(self) -> str:
        return f"<RuleBook {self.pack.name} {self.version}, {len(self.compiled_criteria)} criteria, {self.hash[:12]}>"

    def __copy__(self) -> RuleBook:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> RuleBook:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return _reopened, (self.origin, self.hash, evidence_hash(self.evidence))


@dataclass(frozen=True)
class _Draft:
    """A source on its way to a rule book."""

    source: RuleSource
    evidence: Library

    @computed
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
            alike = [
                Not(of=Reference(id=f"differs:{protocol.id}:{index}"))
                for index, item in enumerate(protocol.applicability)
                if not item.minor
            ]
            yield f"match:{protocol.id}", All(of=[Reference(id=f"protocol:{protocol.id}"), *alike])
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
        return [name for name in self.derived_rules if not name.startswith(("scheme:", "alternative:", "invariant:"))]


# Books alive in this process, so that one that comes back from another process is the one that was sent there.
_LOADED: WeakValueDictionary[tuple[Origin, str], RuleBook] = WeakValueDictionary()


def load_rules(*folders: str | os.PathLike[str], evidence: str | os.PathLike[str] | None = None) -> RuleBook:
    """Load a rule book: the shipped one, a folder of your own, or several folders in layers.

    In layers an entry of a later folder replaces the entry with the same id in an earlier one. `evidence` is the folder
    with the evidence that the rules cite, by default the shipped one.

    Raises:
        UsageError: a folder is not given as a path.
        RuleBookError: with every problem found, each with file, line and column, in the order of the files.
    """
    book = _load(*_paths(folders, evidence))
    _LOADED.setdefault((book.origin, book.hash), book)
    return book


def check_rules(*folders: str | os.PathLike[str], evidence: str | os.PathLike[str] | None = None) -> list[Problem]:
    """Every problem of a rule book, in the order of its files: errors, and warnings with which it can still be used.

    Empty when there is nothing to mend. Citations are checked against the evidence itself.

    Raises:
        UsageError: a folder is not given as a path.
    """
    paths, folder_of_evidence = _paths(folders, evidence)
    try:
        book = _load(paths, folder_of_evidence)
    except RuleBookError as error:
        return list(error.problems)
    source = read_source(paths)
    return source.in_order([*book.warnings, *unsupported(source, book.evidence)])


@lru_cache(maxsize=8)
def _reopened(origin: Origin, rules_hash: str, evidence: str) -> RuleBook:
    """A pickled rule book in this process.

    Raises:
        RuleBookError: its files are not there, or not as they were.
    """
    book = _LOADED.get((origin, rules_hash))
    if book is not None and evidence_hash(book.evidence) == evidence:
        return book
    folders, cited = origin.found()
    book = load_rules(*folders, evidence=cited)
    for what, before, now in (("rule", rules_hash, book.hash), ("evidence", evidence, evidence_hash(book.evidence))):
        if before != now:
            raise RuleBookError([origin.changed(what, before, now)])
    return book


def _paths(
    folders: tuple[str | os.PathLike[str], ...], evidence: str | os.PathLike[str] | None
) -> tuple[tuple[Path, ...], Path]:
    paths = tuple(arguments.path(f"folders[{index}]", item, RULE_FOLDER) for index, item in enumerate(folders))
    cited = folder("evidence") if evidence is None else arguments.path("evidence", evidence, EVIDENCE_FOLDER)
    return paths or (folder("rules"),), cited


def _load(paths: tuple[Path, ...], folder_of_evidence: Path) -> RuleBook:
    """The rule book, or every mistake that can be found in one run: proofs only where nothing else is wrong."""
    library, problems = _library(folder_of_evidence)
    source = read_source(paths)
    problems += [*source.problems, *check(source, library)]
    if library is not None and not _errors(problems):
        book = _compile(_Draft(with_current_ids(source), library), tuple(source.in_order(problems)))
        problems += prove(source, book.decider)
        if not _errors(problems):
            return book
    if library is not None:
        problems += unsupported(source, library)
    raise RuleBookError(source.in_order(problems))


def _library(folder_of_evidence: Path) -> tuple[Library | None, list[Problem]]:
    try:
        return load_library(folder_of_evidence), []
    except EvidenceError as error:
        return None, list(error.problems)


def _errors(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _compile(draft: _Draft, warnings: tuple[Problem, ...]) -> RuleBook:
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
        [*(implication for implication, _ in source.implications), *implied(criteria)],
        [entry for entry, _ in source.entries["invariants"].values()],
        draft.chained(),
    )
    return RuleBook(
        pack=source.single["pack"][0],
        hash=source.hash,
        origin=origin_of(source.folders, draft.evidence.folder),
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
        actions=tuple(entry for entry, _ in source.entries["questions"].values()),
        may_be_unobtainable=_may_be_unobtainable(criteria),
        thresholds=Thresholds(
            _thresholds(criteria),
            readings.marrow_mrd.ask_limit_of_detection,
            _durations(criteria),
            _spans(criteria),
            readings.imaging,
        ),
        locations=dict(_locations(source)),
        aliases=_aliases(source),
        warnings=warnings,
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
    """Where every rule is, by id; outcomes, secondary answers, protocols, schemes and plans by their prefixed id."""
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


def _aliases(source: RuleSource) -> dict[str, str]:
    """Former ids of rules and protocols; an id in force is never one, though the other may have had it."""
    known = {entry_id for _, entry_id, _, _ in source.rules()} | set(source.entries["protocols"])
    former = {**source.aliases.get("protocols", {}), **source.aliases.get("rule", {})}
    return {old: current for old, current in former.items() if old not in known}


def _location(place: Place, folders: Sequence[Path]) -> str:
    file = Path(place.document.name)
    base = next((folder for folder in folders if file.is_relative_to(folder)), None)
    return f"{(file.relative_to(base) if base else file).as_posix()}:{place.line}"


def _durations(criteria: Sequence[Criterion]) -> tuple[int, ...]:
    operators = (operator for criterion in criteria for operator in criterion.when.walk())
    return tuple(sorted({operator.months for operator in operators if isinstance(operator, TherapyDuration)}))


def _spans(criteria: Sequence[Criterion]) -> tuple[int, ...]:
    """The calendar months that are counted from events and images."""
    operators = (operator for criterion in criteria for operator in criterion.when.walk())
    counted = (operator.spans() for operator in operators if {"events", "imaging"}.intersection(operator.paths()))
    return tuple(sorted({months for spans in counted for months in spans if months}))


def _may_be_unobtainable(criteria: Sequence[Criterion]) -> tuple[str, ...]:
    """The facts without which a board may go on, where they cannot be had any more."""
    operators = (operator for criterion in criteria for operator in criterion.when.walk())
    return tuple(dict.fromkeys(operator.fact for operator in operators if isinstance(operator, Unobtainable)))


def _thresholds(criteria: Sequence[Criterion]) -> dict[str, tuple[float, ...]]:
    found: dict[str, set[float]] = {}
    for criterion in criteria:
        for operator in criterion.when.walk():
            for path, value in operator.thresholds():
                found.setdefault(path, set()).add(value)
    return {path: tuple(sorted(values)) for path, values in found.items()}
