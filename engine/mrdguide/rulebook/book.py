"""A rule book, loaded and compiled once: immutable, thread-safe, many may live side by side."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from ..case.case import Case
from ..case.interpretation_rules import InterpretationRules
from ..decide.decision import Decider
from ..errors import EvidenceError, Problem, RuleBookError
from ..evidence import KeptEntries, Library, load_library
from ..logic.attested import attested, turning_days
from ..logic.operator import CompiledOperator, Context, Operator
from ..logic.operators.connectives import All, Not
from ..logic.operators.reference import Reference, references
from ..logic.operators.therapy import TherapyDuration
from ..logic.operators.unobtainable import Unobtainable
from ..patient.facts import ProfileFact
from ..reading import arguments
from ..reading.computed import computed
from ..reading.frozen import frozen
from ..reading.shipped import folder
from ..rulefiles.layer_words import LayerWords
from ..rulefiles.model import (
    Action,
    Alternative,
    BackgroundNote,
    Criterion,
    Decision,
    Implication,
    Pack,
    Plan,
    Protocol,
    Rule,
    Scheme,
)
from ..rulefiles.parameters import Parameter
from ..rulefiles.source import FIRST_DAY, JUDGED, FolderRead, Place, RuleSource, joined, read_folder
from .compiled import JudgeAll, compile_judge_all
from .compiled_file import content, shipped_files
from .fingerprint import evidence_hash
from .origin import EVIDENCE_FOLDER, RULE_FOLDER, Origin, origin_of
from .possible_results import Thresholds
from .shipped_core import Below, ShippedCore, compiled, keep, shipped_core

# What reads, checks and joins rule files is imported where that is done: the shipped book needs none of it.
if TYPE_CHECKING:
    from ..rulefiles.layers import Layered
    from .layered import JoinedBook, Layering


@frozen
class CompiledCriterion:
    """A criterion, compiled."""

    rule: Criterion
    judge: CompiledOperator
    recorded: CompiledOperator  # the same without attestations
    paths: frozenset[str]

    def turning_days(self, case: Case) -> Iterable[int]:
        """Days on which its verdict can differ from the day before (`Operator.turning_days`)."""
        found = self.rule.when.turning_days(case)
        return found if self.rule.attestable is None else [*found, *turning_days(case, self.rule.attestable)]


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
    local_facts: Mapping[str, ProfileFact] = field(default_factory=dict)
    words: LayerWords = field(default_factory=LayerWords.model_construct)
    layering: Layering | None = None
    kept_readings: Mapping[str, InterpretationRules] = field(default_factory=dict)  # of criteria judged by the core's
    day: str = ""  # of a book with dated entries: the first day of the stretch in which they are in force as here

    @property
    def name(self) -> str:
        """The name and version, with those of its layers: `mrdguide-core 0.1.0 + st-elsewhere 0.3`."""
        return self.pack.in_words

    @property
    def version(self) -> str:
        return self.pack.version

    def where(self, rule_id: str) -> str:
        """The file and line of a rule, relative to its folder: `criteria/mrd.yaml:12`.

        Raises:
            KeyError: there is no such rule; `rules` holds all that there are.
        """
        return self.locations[self.current(rule_id)]

    def current(self, rule_id: str) -> str:
        """The id in force of a rule or protocol that may be named by a former one. Raises nothing: any other text is given back."""
        return self.aliases.get(rule_id, rule_id)

    def __repr__(self) -> str:
        return f"<RuleBook {self.name}, {len(self.compiled_criteria)} criteria, {self.hash[:12]}>"

    def __copy__(self) -> RuleBook:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> RuleBook:
        return self

    def on(self, day: int) -> RuleBook:
        """The book as it is in force on a day: itself unless its layers date entries (`from`, `until`).

        Raises:
            RuleBookError: it has to be read again for that day, and its files are not as they were.
        """
        begins = self.layering.begins if self.layering is not None else ()
        if not begins:
            return self
        first = max((item for item in begins if item <= date.fromordinal(day).isoformat()), default=FIRST_DAY)
        return self if first == self.day else _in_force(self.origin, self.hash, evidence_hash(self.evidence), first)

    def held_at(self, day: int) -> RuleBook:
        """The book as it is in force on a day, whatever day a patient is judged on: for comparing, not for answers.

        Raises:
            RuleBookError: it has to be read again for that day, and its files are not as they were.
        """
        book = self.on(day)
        return book if book.layering is None else replace(book, layering=replace(book.layering, begins=()))

    def __reduce__(self) -> tuple[object, ...]:
        return _reopened, (self.origin, self.hash, evidence_hash(self.evidence), self.day)


@dataclass(frozen=True)
class _Draft:
    """A source on its way to a rule book."""

    source: RuleSource
    evidence: Library
    joined: JoinedBook | None = None  # of a book with layers
    core: ShippedCore | None = None  # of the shipped book, where it was compiled before

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
        if self.joined is not None:
            yield from self.joined.conditions.items()
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
            yield f"protocol:{protocol.id}", _all(_named(f"protocol:{protocol.id}:{item.id}") for item in published)
            for index, item in enumerate(protocol.applicability):
                yield f"differs:{protocol.id}:{index}", item.differs_when
            alike = [
                Not.model_construct(of=_named(f"differs:{protocol.id}:{index}"))
                for index, item in enumerate(protocol.applicability)
                if not item.minor
            ]
            # That a patient is like those of a retracted study says nothing: no pattern of it is ever matched.
            never = [Not.model_construct(of=_named(f"protocol:{protocol.id}"))] * (
                protocol.study in self.evidence.retracted
            )
            yield f"match:{protocol.id}", _all([_named(f"protocol:{protocol.id}"), *alike, *never])
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


# Conditions that are put together here of parts that are valid, so nothing is validated again.
def _named(rule_id: str) -> Reference:
    return Reference.model_construct(id=rule_id)


def _all(parts: Iterable[Operator]) -> All:
    return All.model_construct(of=tuple(parts))


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
    from ..rulefiles.layers import source_of

    paths, folder_of_evidence = _paths(folders, evidence)
    try:
        book = _load(paths, folder_of_evidence)
    except RuleBookError as error:
        return list(error.problems)
    source = source_of(paths, folder("rules"))
    return source.in_order([*book.warnings, *_citations_told(source, book.evidence)])


def _citations_told(source: RuleSource, evidence: Library) -> Iterator[Problem]:
    from ..rulefiles.citations import resting_on_retracted, unsupported

    yield from unsupported(source, evidence)
    yield from resting_on_retracted(source, evidence)


@lru_cache(maxsize=16)
def _in_force(origin: Origin, rules_hash: str, evidence: str, day: str) -> RuleBook:
    """A book with layers as it is in force from a day on.

    Raises:
        RuleBookError: its files are not as they were.
    """
    folders, cited = origin.found()
    book = _load(*_paths(tuple(folders), cited), day)
    for what, before, now in (("rule", rules_hash, book.hash), ("evidence", evidence, evidence_hash(book.evidence))):
        if before != now:
            raise RuleBookError([origin.changed(what, before, now)])
    return book


@lru_cache(maxsize=8)
def _reopened(origin: Origin, rules_hash: str, evidence: str, day: str = "") -> RuleBook:
    """A pickled rule book in this process.

    Raises:
        RuleBookError: its files are not there, or not as they were.
    """
    if day:
        return _in_force(origin, rules_hash, evidence, day)
    book = _LOADED.get((origin, rules_hash))
    if book is not None and evidence_hash(book.evidence) == evidence:
        return book
    from ..rulefiles.layers import joined_hash

    folders, cited = origin.found()
    try:
        book = load_rules(*folders, evidence=cited)
    except RuleBookError as error:
        if any(problem.code == "not-the-core" for problem in error.problems):
            now = joined_hash([read_folder(Path(item)) for item in folders])
            raise RuleBookError([origin.changed("rule", rules_hash, now)]) from None
        raise
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


def _load(paths: tuple[Path, ...], folder_of_evidence: Path, day: str = "") -> RuleBook:
    """The rule book, made of the shipped rules as they were compiled before where that is so, and otherwise of files."""
    shipped = folder("rules")
    files = shipped_files() if folder_of_evidence == folder("evidence") else None
    core = shipped_core(files.fingerprint) if files is not None else None
    if paths != (shipped,):
        return load_from_files(paths, folder_of_evidence, day, core.below(files) if core and files else None)
    if core is not None:
        return _compile(_Draft(core.source, load_library(folder_of_evidence, kept=core.evidence), core=core), ())
    book = load_from_files(paths, folder_of_evidence)
    if files is not None and not book.warnings:
        keep(files, book.evidence, book.decider, book.locations)
    return book


def compiled_shipped() -> bytes:
    """The shipped rules and evidence compiled, as a wheel holds them.

    Raises:
        RuleBookError: they cannot be used.
    """
    files = shipped_files()
    book = load_from_files((folder("rules"),), folder("evidence"))
    if files is None or book.warnings:
        raise RuleBookError(list(book.warnings))
    return content(files.fingerprint, compiled(book.evidence, book.decider, book.locations))


def load_from_files(
    paths: tuple[Path, ...], folder_of_evidence: Path, day: str = "", core: Below | None = None
) -> RuleBook:
    """The rule book, or every mistake that can be found in one run: proofs only where nothing else is wrong.

    `day` leaves out entries of layers that do not hold on it. `core` are the shipped rules where they need not be read.
    """
    from ..rulefiles.checks import check
    from ..rulefiles.citations import unsupported
    from ..rulefiles.current_ids import with_current_ids
    from ..rulefiles.layers import base_and_layers, has_layers
    from .proofs import prove

    shipped = folder("rules")
    read, problems = base_and_layers(
        paths, shipped, lambda path: core.rules if core is not None and path == shipped else read_folder(path)
    )
    added = [item.folder / "evidence" for item in read[1:] if (item.folder / "evidence").is_dir()]
    library, more = _library(folder_of_evidence, added, core.evidence if core is not None else None)
    problems += more
    if has_layers(read):
        return _load_layered(read, library, problems, day)
    source = joined(read)
    problems += [*source.problems, *check(source, library)]
    if library is not None and not _errors(problems):
        book = _compile(_Draft(with_current_ids(source), library), tuple(source.in_order(problems)))
        problems += prove(source, book.decider)
        if not _errors(problems):
            return book
    if library is not None:
        problems += unsupported(source, library)
    raise RuleBookError(source.in_order(problems))


def _load_layered(read: list[FolderRead], library: Library | None, problems: list[Problem], day: str = "") -> RuleBook:
    """A core with its layers as one book, or every mistake of the layers."""
    from ..rulefiles.checks import check
    from ..rulefiles.citations import unsupported
    from ..rulefiles.current_ids import with_current_ids
    from ..rulefiles.layers import read_layers
    from .layered import joined_book
    from .proofs import prove_layered

    layered = read_layers(read, day or None)
    whole = layered.whole
    problems += [*layered.problems, *whole.problems, *check(whole, library)]
    if layered.watching is not layered.core:
        problems += check(layered.watching, library)
    if library is not None and not _errors(problems):
        core = with_current_ids(layered.core)
        watching = core if layered.watching is layered.core else with_current_ids(layered.watching)
        layered = replace(layered, core=core, watching=watching, whole=with_current_ids(whole))
        found = joined_book(layered)
        book = _compile(_Draft(found.source, library, found), tuple(whole.in_order(problems)))
        problems += prove_layered(found.source, book.decider)
        words, more = _words(layered)
        problems += more
        if not _errors(problems):
            return replace(book, day=day, words=words, warnings=(*book.warnings, *_without_effect(book, layered)))
    if library is not None:
        problems += unsupported(whole, library)
    raise RuleBookError(whole.in_order(problems))


def _without_effect(book: RuleBook, layered: Layered) -> Iterator[Problem]:
    """That layers say something otherwise than the core, and no answer becomes stricter by it."""
    from .layered import CORE as CORE_PREFIX

    layering = book.layering
    if layering is None or layering.loosens or not any(name.startswith(CORE_PREFIX) for name in book.rules):
        return
    if not book.decider.differs_from(tuple(layering.core.items())):
        own = [(entry, place) for _, _, entry, place in layered.whole.rules() if layered.layer_of(place) is not None]
        core = {name: entry for _, name, entry, _ in layered.core.rules()}
        if own and all(
            any(name in core and core[name].when == entry.when for name in entry.aliases) for entry, _ in own
        ):
            return  # they only call entries of the core otherwise
        changed = [place for _, place in own]
        text = "no answer becomes stricter by these layers: where they are less strict than the core, the core decides"
        hint = "declare under 'loosens' what is meant to hold less strictly, or take the change out"
        code = "no-effect"
        if changed:
            yield changed[0].problem(text, hint=hint, code=code, severity="warning")
        else:
            yield Problem(text, str(layered.whole.folders[-1]), hint=hint, code=code, severity="warning")


def _words(layered: Layered) -> tuple[LayerWords, list[Problem]]:
    """What the layers say to patients of their own rules and facts."""
    from ..rulefiles.layer_words import read_words

    core = {name for _, name, _, _ in layered.core.rules()}
    own = {name for _, name, _, _ in layered.whole.rules()} - core
    facts = [entry.profile_fact.path for entry, _ in layered.whole.entries["facts"].values()]
    return read_words(layered.whole.folders[1:], own, facts)


def _library(
    folder_of_evidence: Path, added: Sequence[Path], kept: KeptEntries | None
) -> tuple[Library | None, list[Problem]]:
    try:
        return load_library(folder_of_evidence, *added, kept=kept), []
    except EvidenceError as error:
        return None, list(error.problems)


def _errors(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _compile(draft: _Draft, warnings: tuple[Problem, ...]) -> RuleBook:
    source = draft.source
    readings = source.single["readings"][0]
    criteria = [entry for entry, _ in source.entries["criteria"].values()]
    kept = draft.joined.readings if draft.joined is not None else {}
    contexts = [Context(criterion.absence == "not_met", kept.get(criterion.id, readings)) for criterion in criteria]
    judged = tuple(_criterion(criterion, context) for criterion, context in zip(criteria, contexts, strict=True))
    if kept:
        judged = tuple(_apart(item, kept.get(item.rule.id)) for item in judged)
    judge_all = compile_judge_all(
        [
            (None if item.rule.attestable or item.rule.id in kept else item.rule.when, context, item.judge)
            for item, context in zip(judged, contexts, strict=True)
        ]
    )
    schemes = tuple(entry for entry, _ in source.entries["schemes"].values())
    added = [entry.profile_fact for entry, _ in source.entries["facts"].values()]
    local_facts = {fact.path: fact for fact in added}
    core = draft.core
    following = core.implied if core is not None else _following(criteria, readings, kept)
    decider = Decider(
        [criterion.id for criterion in criteria],
        draft.derived_rules,
        draft.decision,
        schemes,
        [*(implication for implication, _ in source.implications), *following],
        [entry for entry, _ in source.entries["invariants"].values()],
        draft.chained(),
        core.diagrams if core is not None else None,
        core.chaining if core is not None else None,
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
            local_facts,
        ),
        local_facts=local_facts,
        locations=core.locations if core is not None else dict(_locations(source)),
        aliases=_aliases(source),
        warnings=warnings,
        layering=draft.joined.layering if draft.joined is not None else None,
        kept_readings=kept,
    )


def _following(
    criteria: Sequence[Criterion], readings: InterpretationRules, kept: Mapping[str, InterpretationRules]
) -> Iterable[Implication]:
    """What follows from what among criteria, of which some may be judged by readings of their own."""
    from .implied import implied
    from .layered import read_by

    return implied(criteria, [read_by(item, kept.get(item.id, readings)) for item in criteria] if kept else ())


def _apart(item: CompiledCriterion, readings: InterpretationRules | None) -> CompiledCriterion:
    """A criterion judged by other readings than the book's, on a case of its own."""
    if readings is None:
        return item
    return replace(item, judge=_on_its_own(item.judge, readings), recorded=_on_its_own(item.recorded, readings))


def _on_its_own(judge: CompiledOperator, readings: InterpretationRules) -> CompiledOperator:
    return CompiledOperator(
        lambda case: judge.verdict(case.beside(readings)),
        lambda case: judge.observe(case.beside(readings)),
        lambda case: judge.needs(case.beside(readings)),
        lambda case: judge.margins(case.beside(readings)),
    )


def _criterion(criterion: Criterion, context: Context) -> CompiledCriterion:
    recorded = criterion.when.compile(context)
    paths = [path for operator in criterion.when.walk() for path in operator.paths()]
    if criterion.attestable is None:
        return CompiledCriterion(criterion, recorded, recorded, frozenset(paths))
    judge = attested(recorded, criterion.attestable, paths[0])
    return CompiledCriterion(criterion, judge, recorded, frozenset({*paths, "attested"}))


def _locations(source: RuleSource) -> Iterator[tuple[str, str]]:
    """Where every rule is, by id; outcomes, secondary answers, protocols, schemes and plans by their prefixed id."""
    for _, entry_id, _, place in source.rules():
        yield entry_id, _location(place, source)
    for section, prefix in (
        ("parameters", "parameter"),
        ("protocols", "protocol"),
        ("schemes", "scheme"),
        ("plans", "plan"),
        ("alternatives", "alternative"),
    ):
        for entry_id, (_, place) in source.entries[section].items():
            yield f"{prefix}:{entry_id}", _location(place, source)
    decision, place = source.single["decision"]
    for name, prefix in (("outcomes", "outcome"), ("secondary", "secondary"), ("sides", "side")):
        for index, item in enumerate(getattr(decision, name)):
            yield f"{prefix}:{item.id}", _location(Place(place.document, ("decision", name, index)), source)
    yield (
        f"outcome:{decision.insufficient.id}",
        _location(Place(place.document, ("decision", "insufficient")), source),
    )


def _aliases(source: RuleSource) -> dict[str, str]:
    """Former ids of rules and protocols; an id in force is never one, though the other may have had it."""
    known = {entry_id for _, entry_id, _, _ in source.rules()} | set(source.entries["protocols"])
    former = {**source.aliases.get("protocols", {}), **source.aliases.get("rule", {})}
    return {old: current for old, current in former.items() if old not in known}


def _location(place: Place, source: RuleSource) -> str:
    file = Path(place.document.name)
    number = next((number for number, folder in enumerate(source.folders) if file.is_relative_to(folder)), None)
    if number is None:
        return f"{file.as_posix()}:{place.line}"
    above = source.folders[number].absolute()
    if number > 0 and source.renames:
        above = above.parent  # files of a layer may be called like those of the core, so its folder is named too
    return f"{file.absolute().relative_to(above).as_posix()}:{place.line}"


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
