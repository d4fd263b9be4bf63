"""Checks across the files of a rule book, each with the place of the mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import Problem
from ..evidence import Library
from ..logic.operators.connectives import All, AnyOf, AtLeast, Not
from ..logic.operators.reference import Reference, references
from ..reading.document import DocumentPath
from ..reading.validation import closest
from .source import JUDGED, Place, RuleSource

_GROUPS = ("blocks", "cautions")


def check(source: RuleSource, evidence: Library) -> Iterator[Problem]:
    """Every mistake that can be seen without compiling."""
    for name, what in (
        ("pack", "which rule book this is"),
        ("readings", "how tests are read"),
        ("decision", "the outcomes"),
    ):
        if name not in source.single:
            yield Problem(f"no file has a section '{name}' ({what})", str(source.folders[-1]))
    known = {entry_id for _, entry_id, _, _ in source.rules()}
    protocols = {f"protocol:{item}" for item in source.entries["protocols"]}
    judged = set(source.entries["criteria"])
    yield from _criteria(source)
    yield from _attestable(source)
    for place, expression, raw_path in _combinations(source):
        # A study's pattern can be named where answers are given, and in conclusions, but studies do not name studies.
        yield from _references(
            place, expression, raw_path, known if place.path[0] == "protocols" else known | protocols
        )
    yield from _alternatives(source, known)
    yield from _cycles(source)
    yield from _implications(source, judged)
    yield from _named_outcomes(source, known)
    yield from _citations(source, evidence)


def _criteria(source: RuleSource) -> Iterator[Problem]:
    for criterion, place in source.entries["criteria"].values():
        operators = list(criterion.when.walk())
        if any(isinstance(operator, Reference) for operator in operators):
            yield place.problem(
                "a criterion reads the patient; it cannot refer to another criterion", "when",
                hint="move it to 'conclusions', which combine criteria",
            )  # fmt: skip
        leaves = [operator for operator in operators if not operator.children()]
        if criterion.absence == "not_met" and not all(leaf.absence_may_be_not_met() for leaf in leaves):
            yield place.problem(
                "not_met is only for what is written down when it happens", "absence", expected="unknown",
                hint="a test that is not on record may simply not have been done",
            )  # fmt: skip


def _attestable(source: RuleSource) -> Iterator[Problem]:
    """One subject is one question: criteria that share it must ask the same."""
    first: dict[str, Any] = {}
    for criterion, place in source.entries["criteria"].values():
        if criterion.attestable is None:
            continue
        known = first.setdefault(criterion.attestable.what, criterion)
        if known.attestable != criterion.attestable:
            yield place.problem(
                f"'{criterion.attestable.what}' is attestable with another question or time in '{known.id}'", "attestable",
                hint="give both the same, or another 'what'",
            )  # fmt: skip


def _combinations(source: RuleSource) -> Iterator[tuple[Place, Any, DocumentPath]]:
    """Every expression over references: (place of its entry, expression, path from there)."""
    for section, _, entry, place in source.rules():
        if section != "criteria":
            yield place, entry.when, ("when",)
    for scheme, place in source.entries["schemes"].values():
        for index, item in enumerate(scheme.classes):
            if item.when is not None:
                yield place, item.when, ("classes", index, "when")
        for index, item in enumerate(scheme.points):
            yield place, item.when, ("points", index, "when")
    for alternative, place in source.entries["alternatives"].values():
        if alternative.when is not None:
            yield place, alternative.when, ("when",)
    for protocol, place in source.entries["protocols"].values():
        for index, item in enumerate(protocol.criteria):
            if item.when is not None:
                yield place, item.when, ("criteria", index, "when")
        for index, item in enumerate(protocol.applicability):
            yield place, item.differs_when, ("applicability", index, "differs_when")
    for invariant, place in source.entries["invariants"].values():
        yield place, invariant.when, ("when",)
    if "decision" in source.single:
        decision, place = source.single["decision"]
        for name in ("outcomes", "secondary"):
            for index, item in enumerate(getattr(decision, name)):
                yield place, item.when, (name, index, "when")


def _alternatives(source: RuleSource, known: set[str]) -> Iterator[Problem]:
    schemes = source.entries["schemes"]
    for alternative, place in source.entries["alternatives"].values():
        if alternative.replaces not in known:
            text = f"there is no criterion or conclusion '{alternative.replaces}'"
            yield place.problem(text, "replaces", hint=closest(alternative.replaces, known))
        if alternative.scheme is None:
            continue
        if alternative.scheme not in schemes:
            text = f"there is no risk scheme '{alternative.scheme}'"
            yield place.problem(text, "scheme", hint=closest(alternative.scheme, schemes))
            continue
        classes = [item.name for item in schemes[alternative.scheme][0].classes]
        for index, name in enumerate(alternative.classes):
            if name not in classes:
                text = f"the scheme '{alternative.scheme}' has no class '{name}'"
                yield place.problem(text, "classes", index, expected=f"one of {', '.join(classes)}" if classes else "")


def _references(place: Place, expression: Any, raw_path: DocumentPath, known: set[str]) -> Iterator[Problem]:
    found = dict(_places_of_references(place.document.data, (*place.path, *raw_path)))
    for operator in expression.walk():
        if isinstance(operator, Reference):
            if operator.id not in known:
                where = found.get(operator.id, (*place.path, *raw_path))
                yield place.document.problem(
                    where, f"there is no criterion or conclusion '{operator.id}'", hint=closest(operator.id, known)
                )
        elif not isinstance(operator, All | AnyOf | AtLeast | Not):
            yield place.problem(
                f"'{operator.keyword}' reads the patient; only criteria do", *raw_path,
                hint="write it as a criterion of its own and name its id here",
            )  # fmt: skip


def _places_of_references(data: Any, path: DocumentPath) -> Iterator[tuple[str, DocumentPath]]:
    value = data
    for part in path:
        value = value[part]
    if isinstance(value, str):
        yield value, path
    elif isinstance(value, dict):
        for key in value:
            if key not in ("count",):
                yield from _places_of_references(data, (*path, key))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from _places_of_references(data, (*path, index))


def _cycles(source: RuleSource) -> Iterator[Problem]:
    edges = {entry_id: list(references(entry.when)) for _, entry_id, entry, _ in source.rules()}
    places = {entry_id: place for _, entry_id, _, place in source.rules()}
    for protocol, place in source.entries["protocols"].values():
        name = f"protocol:{protocol.id}"
        edges[name] = [ref for item in protocol.criteria if item.when is not None for ref in references(item.when)]
        places[name] = place
    state: dict[str, int] = {}

    def visit(entry_id: str, trail: list[str]) -> list[str] | None:
        if state.get(entry_id) == 2 or entry_id not in edges:
            return None
        if state.get(entry_id) == 1:
            return [*trail[trail.index(entry_id) :], entry_id]
        state[entry_id] = 1
        for target in edges[entry_id]:
            circle = visit(target, [*trail, entry_id])
            if circle is not None:
                return circle
        state[entry_id] = 2
        return None

    for entry_id in edges:
        circle = visit(entry_id, [])
        if circle is not None:
            field = () if circle[0].startswith("protocol:") else ("when",)
            yield places[circle[0]].problem(f"goes in a circle: {' -> '.join(circle)}", *field, hint="break the circle")
            return


def _implications(source: RuleSource, judged: set[str]) -> Iterator[Problem]:
    others = {entry_id: section for section, entry_id, _, _ in source.rules() if section != "criteria"}
    for implication, place in source.implications:
        for name, value in (("if", implication.if_), ("then", implication.then), ("then_not", implication.then_not)):
            if value is not None and value in others:
                text = f"'{value}' is one of the {others[value]}; implications hold between criteria only"
                yield place.problem(text, name)
            elif value is not None and value not in judged:
                yield place.problem(f"there is no criterion '{value}'", name, hint=closest(value, judged))
        ends = [source.entries["criteria"].get(name or "") for name in (implication.if_, implication.then)]
        if ends[0] and ends[1] and ends[0][0].absence == "unknown" and ends[1][0].absence == "not_met":
            yield place.problem(
                f"'{implication.then}' is not met when nothing is recorded, so it cannot follow from "
                f"'{implication.if_}', which is unknown then", "then",
                hint="remove this implication: it would turn an absent test into a result",
            )  # fmt: skip


def _named_outcomes(source: RuleSource, known: set[str]) -> Iterator[Problem]:
    if "decision" not in source.single:
        return
    decision, place = source.single["decision"]
    outcomes = [outcome.id for outcome in decision.outcomes]
    for name, ids in (("outcomes", outcomes), ("secondary", [item.id for item in decision.secondary])):
        for index, entry_id in enumerate(ids):
            if entry_id in ids[:index]:
                yield place.problem(f"'{entry_id}' is there already among the {name}", name, index, "id")
    if decision.insufficient.id in outcomes:
        text = f"'{decision.insufficient.id}' is an outcome already; 'insufficient' must have an id of its own"
        yield place.problem(text, "insufficient", "id")
    outcomes.append(decision.insufficient.id)
    for index, outcome in enumerate(decision.outcomes):
        for item_index, item in enumerate(outcome.because):
            if item not in known and item not in _GROUPS:
                yield place.problem(
                    f"there is no criterion or conclusion '{item}'", "outcomes", index, "because", item_index,
                    hint=closest(item, known),
                )  # fmt: skip
    for index, item in enumerate(decision.secondary):
        for field in ("with_outcomes", "not_with_outcomes"):
            for name in getattr(item, field):
                if name not in outcomes:
                    yield place.problem(
                        f"there is no outcome '{name}'", "secondary", index, field, hint=closest(name, outcomes)
                    )
    for plan, where in source.entries["plans"].values():
        for index, name in enumerate(plan.with_outcomes):
            if name not in outcomes:
                yield where.problem(
                    f"there is no outcome '{name}'", "with_outcomes", index, hint=closest(name, outcomes)
                )
    for invariant, where in source.entries["invariants"].values():
        for index, name in enumerate(invariant.never):
            if name not in outcomes:
                yield where.problem(f"there is no outcome '{name}'", "never", index, hint=closest(name, outcomes))


def _citations(source: RuleSource, evidence: Library) -> Iterator[Problem]:
    for place, path, citation in citations(source):
        entry_id = citation.partition("#")[0]
        if entry_id not in evidence:
            yield place.problem(
                f"there is no evidence entry '{entry_id}'", *path,
                hint=closest(entry_id, evidence.ids) or "add it under evidence/",
            )  # fmt: skip


def citations(source: RuleSource) -> Iterator[tuple[Place, DocumentPath, str]]:
    """Every citation of the book: (place of the citing entry, path from there, evidence id or id#finding)."""
    for section in (*JUDGED, "schemes", "alternatives", "background"):
        for entry, place in source.entries[section].values():
            for index, cited in enumerate(entry.cites):
                yield place, ("cites", index), cited
    for protocol, place in source.entries["protocols"].values():
        yield place, ("study",), protocol.study
    for plan, place in source.entries["plans"].values():
        for index, item in enumerate(plan.items):
            yield place, ("items", index, "source"), item.source
    if "readings" in source.single:
        readings, place = source.single["readings"]
        for name in ("marrow_mrd", "imaging"):
            for index, cited in enumerate(getattr(readings, name).cites):
                yield place, (name, "cites", index), cited
    if "decision" in source.single:
        decision, place = source.single["decision"]
        for name in ("outcomes", "secondary"):
            for number, item in enumerate(getattr(decision, name)):
                for index, cited in enumerate(item.cites):
                    yield place, (name, number, "cites", index), cited
