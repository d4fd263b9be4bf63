"""Checks across the files of a rule book, each with the place of the mistake."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from ..errors import Problem
from ..evidence import Library
from ..logic.operators.connectives import All, AnyOf, AtLeast, Not
from ..logic.operators.reference import Reference
from ..reading.document import DocumentPath
from ..reading.validation import closest
from .circles import circles
from .citations import stops_without_support, unknown_studies
from .current_ids import references_by_old_ids
from .expressions import Written, derived, named
from .model import Criterion
from .partly_read import Unread
from .source import Place, RuleSource
from .unread_files import unread_files

_HINT_PACK = "for rules that lie on the shipped ones write pack: {name: ..., version: ..., extends: mrdguide-core@..., by: ..., date: ...}"
_GROUPS = ("blocks", "cautions")


def check(source: RuleSource, evidence: Library | None) -> Iterator[Problem]:
    """Every mistake, and every reference by a former id, that can be seen without compiling and without reading evidence.

    What refers to something that could not be read is passed over: the mistake is there, not here. Citations are not looked
    at when there is no evidence.
    """
    for problem in _found(source, evidence):
        if not (source.has_gaps and problem.code in ("unknown-id", "missing-section")):
            yield problem


def _found(source: RuleSource, evidence: Library | None) -> Iterator[Problem]:
    # A pack that cannot be read may say that these rules lie on others, which have the rest.
    hidden = "pack" in source.sections and "pack" not in source.single
    for name, what in (
        ("pack", "which rule book this is"),
        ("readings", "how tests are read"),
        ("decision", "the outcomes"),
    ):
        if name not in source.single and name not in source.sections and not hidden:
            text = f"no file has a section '{name}' ({what})"
            hint = _HINT_PACK if name == "pack" else ""
            yield Problem(text, str(source.folders[-1]), code="missing-section", hint=hint)
    for folder in source.folders:
        yield from unread_files(folder)
    rules = {entry_id for _, entry_id, _, _ in source.rules()}
    known = rules | source.unread | set(source.aliases.get("rule", {}))
    studies = {*source.entries["protocols"], *source.aliases.get("protocols", {}), *source.unread}
    patterns = {f"{kind}:{item}" for item in studies for kind in ("protocol", "match")}
    yield from _criteria(source)
    yield from _attestable(source)
    for written in derived(source):
        # A study's pattern can be named where answers are given, and in conclusions, but studies do not name studies.
        in_study = written.place.path[0] == "protocols"
        yield from _references(written, known if in_study else known | patterns)
    yield from _alternatives(source, known)
    yield from circles(source)
    yield from _implications(source, known)
    yield from _outcomes(source, known)
    yield from _named_outcomes(source)
    yield from _strictness(source, known)
    for problem in references_by_old_ids(source):
        # What a layer calls otherwise the core goes on calling as it did.
        if not (source.renames and Path(problem.source).is_relative_to(source.folders[0])):
            yield problem
    if evidence is not None:
        yield from unknown_studies(source, evidence)
        yield from stops_without_support(source, evidence)


def _unknown_rule(
    place: Place, name: str, known: Iterable[str], *more: str | int, what: str = "criterion or conclusion"
) -> Problem:
    text = f"there is no {what} '{name}'"
    return place.problem(text, *more, code="unknown-id", hint=closest(name, sorted(known)))


def _criteria(source: RuleSource) -> Iterator[Problem]:
    for criterion, place in source.entries["criteria"].values():
        operators = list(criterion.when.walk())
        if any(isinstance(operator, Reference) for operator in operators):
            yield place.problem(
                "a criterion reads the patient; it cannot refer to another criterion", "when", code="misplaced",
                hint="move it to 'conclusions', which combine criteria",
            )  # fmt: skip
        leaves = [operator for operator in operators if not operator.children()]
        if criterion.absence == "not_met" and not all(leaf.absence_may_be_not_met() for leaf in leaves):
            yield place.problem(
                "not_met is only for what is written down when it happens", "absence", expected="unknown",
                code="misplaced", hint="a test that is not on record may simply not have been done",
            )  # fmt: skip


def _attestable(source: RuleSource) -> Iterator[Problem]:
    """One subject is one question: criteria that share it must ask the same."""
    first: dict[str, Criterion] = {}
    for criterion, place in source.entries["criteria"].values():
        if criterion.attestable is None:
            continue
        known = first.setdefault(criterion.attestable.what, criterion)
        if known.attestable is None or not known.attestable.asks_the_same(criterion.attestable):
            yield place.problem(
                f"'{criterion.attestable.what}' is attestable with another question or time in '{known.id}'", "attestable",
                hint="give both the same, or another 'what'", code="contradiction",
            )  # fmt: skip


def _alternatives(source: RuleSource, known: set[str]) -> Iterator[Problem]:
    schemes, former = source.entries["schemes"], source.aliases.get("schemes", {})
    for alternative, place in source.entries["alternatives"].values():
        if alternative.replaces not in known:
            yield _unknown_rule(place, alternative.replaces, known, "replaces")
        name = former.get(alternative.scheme, alternative.scheme)
        if name is None or name in source.unread:
            continue
        if name not in schemes:
            yield _unknown_rule(place, name, schemes, "scheme", what="risk scheme")
            continue
        scheme, where = schemes[name]
        classes = [item.name for item in scheme.classes]
        for index, item in enumerate(alternative.classes):
            if item not in classes and item not in source.unread and where.whole:
                text = f"the scheme '{name}' has no class '{item}'"
                expected = f"one of {', '.join(classes)}" if classes else ""
                yield place.problem(text, "classes", index, code="unknown-id", expected=expected)


def _references(written: Written, known: set[str]) -> Iterator[Problem]:
    for name in dict.fromkeys(named(written.expression)):
        if name not in known:
            yield _unknown_rule(written.place, name, known, *written.where(name))
    for operator in written.expression.walk():
        if not isinstance(operator, All | AnyOf | AtLeast | Not | Reference | Unread):
            yield written.place.problem(
                f"'{operator.keyword}' reads the patient; only criteria do", *written.path, code="misplaced",
                hint="write it as a criterion of its own and name its id here",
            )  # fmt: skip


def _implications(source: RuleSource, known: set[str]) -> Iterator[Problem]:
    criteria = source.entries["criteria"]
    former = source.aliases.get("rule", {})
    others = {entry_id: section for section, entry_id, _, _ in source.rules() if section != "criteria"}
    for implication, place in source.implications:
        for key, value in (("if", implication.if_), ("then", implication.then), ("then_not", implication.then_not)):
            section = others.get(former.get(value, value))
            if section is not None:
                text = f"'{value}' is one of the {section}; implications hold between criteria only"
                yield place.problem(text, key, code="misplaced")
            elif value is not None and value not in known:
                yield _unknown_rule(place, value, criteria, key, what="criterion")
        ends = [criteria.get(former.get(name, name)) for name in (implication.if_, implication.then)]
        if ends[0] and ends[1] and ends[0][0].absence == "unknown" and ends[1][0].absence == "not_met":
            yield place.problem(
                f"'{implication.then}' is not met when nothing is recorded, so it cannot follow from "
                f"'{implication.if_}', which is unknown then", "then", code="contradiction",
                hint="remove this implication: it would turn an absent test into a result",
            )  # fmt: skip


def _outcomes(source: RuleSource, known: set[str]) -> Iterator[Problem]:
    """What the decision says about itself."""
    if "decision" not in source.single:
        return
    decision, place = source.single["decision"]
    outcomes = [outcome.id for outcome in decision.outcomes]
    by_list = {
        name: [item.id for item in getattr(decision, name)] for name in ("outcomes", "secondary", "sides", "decisions")
    }
    for name, ids in by_list.items():
        for index, entry_id in enumerate(ids):
            if entry_id in ids[:index] and entry_id not in source.unread:
                first = place.related("first", name, ids.index(entry_id), "id")
                text = f"'{entry_id}' is there already among the {name}"
                yield place.problem(text, name, index, "id", code="duplicate-id", also=(first,))
    if decision.insufficient.id in outcomes and decision.insufficient.id not in source.unread:
        text = f"'{decision.insufficient.id}' is an outcome already; 'insufficient' must have an id of its own"
        first = place.related("the outcome", "outcomes", outcomes.index(decision.insufficient.id), "id")
        yield place.problem(text, "insufficient", "id", code="duplicate-id", also=(first,))
    for index, outcome in enumerate(decision.outcomes):
        for number, item in enumerate(outcome.because):
            if item not in known and item not in _GROUPS:
                yield _unknown_rule(place, item, known, "outcomes", index, "because", number)
    for index, secondary in enumerate(decision.secondary):
        for number, item in enumerate(secondary.unless):
            if item not in known:
                yield _unknown_rule(place, item, known, "secondary", index, "unless", number)


def _named_outcomes(source: RuleSource) -> Iterator[Problem]:
    """Outcomes named by secondary answers, sides of the scale, plans and invariants."""
    if "decision" not in source.single:
        return
    decision, place = source.single["decision"]
    outcomes = [*(outcome.id for outcome in decision.outcomes), decision.insufficient.id]
    named_at: list[tuple[Place, DocumentPath, Collection[str]]] = []
    for index, item in enumerate(decision.secondary):
        for field in ("with_outcomes", "not_with_outcomes", "while_possible", "not_while_possible"):
            named_at.append((place, ("secondary", index, field), getattr(item, field)))
    named_at += [
        (place, ("sides", index, "with_outcomes"), side.with_outcomes) for index, side in enumerate(decision.sides)
    ]
    named_at += [
        (place, ("decisions", index, "with_outcomes"), item.with_outcomes)
        for index, item in enumerate(decision.decisions)
    ]
    named_at.append((place, ("alarms",), decision.alarms))
    if decision.layers is not None:
        for field in ("strictness", "core_only", "core_stays"):
            named_at.append((place, ("layers", field), getattr(decision.layers, field)))
    for index, headline in enumerate(decision.insufficient.headlines):
        at = ("insufficient", "headlines", index)
        named_at += [(place, (*at, "within"), headline.within), (place, (*at, "with"), headline.with_)]
    named_at += [(where, ("with_outcomes",), plan.with_outcomes) for plan, where in source.entries["plans"].values()]
    named_at += [(where, ("never",), entry.never) for entry, where in source.entries["invariants"].values()]
    for where, path, names in named_at:
        for index, name in enumerate(names):
            if name not in outcomes and name not in source.unread and _readable(decision):
                text = f"there is no outcome '{name}'"
                yield where.problem(text, *path, index, code="unknown-id", hint=closest(name, outcomes))


def _strictness(source: RuleSource, known: set[str]) -> Iterator[Problem]:
    """That the order by which the stricter answer is chosen names every outcome once: one left out could never be given."""
    if "decision" not in source.single or source.single["decision"][0].layers is None:
        return
    decision, place = source.single["decision"]
    order = decision.layers.strictness
    for outcome in decision.outcomes:
        if outcome.id not in order and outcome.id not in source.unread:
            yield place.problem(
                f"the order of strictness leaves out '{outcome.id}'", "layers", "strictness", code="missing-key",
                expected="every outcome, the strictest first",
                hint="say where it stands, or it could not be given where a layer and this book differ",
            )  # fmt: skip
    for index, name in enumerate(order):
        if name in order[:index]:
            first = place.related("first", "layers", "strictness", order.index(name))
            text = f"'{name}' stands in the order of strictness already"
            yield place.problem(text, "layers", "strictness", index, code="duplicate-id", also=(first,))
    for kind, name in decision.layers.joins.items():
        if name not in known:
            yield _unknown_rule(place, name, known, "layers", "joins", kind)


def _readable(decision: object) -> bool:
    """Whether the list of outcomes could be read at all."""
    return bool(getattr(decision, "outcomes", ()))
