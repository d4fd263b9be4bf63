"""Cases, run: what came out beside what is wanted, and which rules the cases have shown met, not met and unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..answer.coverage import Coverage, coverage
from ..errors import MrdguideError, Problem, ProblemsError, UsageError
from ..logic.truth import VERDICTS
from ..patient import read_patient
from ..reading.document import Document, read_file
from ..recommend.evaluation import evaluate
from ..recommend.recommendation import Recommendation
from ..rulebook.book import RuleBook
from ..teach.examples import examples, is_index, read_index
from .cases import Expect, read_cases, strangers


@dataclass(frozen=True, slots=True)
class Case:
    """One patient to run: where it is written, what it is called and why its answer is right."""

    where: str
    name: str
    why: str
    profile: Any
    as_of: str
    expect: Expect


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that came out otherwise than expected."""

    name: str
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with what differs; `refused` says why it got no answer at all."""

    case: Case
    differences: tuple[Difference, ...]
    answer: Recommendation | None
    refused: str = ""

    @property
    def as_expected(self) -> bool:
        return not self.differences and not self.refused


@dataclass(frozen=True, slots=True)
class CaseRun:
    """Every case, run with one rule book."""

    results: tuple[CaseResult, ...]
    coverage: Coverage

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        return tuple(result for result in self.results if not result.as_expected)


def cases_in(place: Path | None, rules: RuleBook) -> list[Case]:
    """The cases of a file or of a folder with all below it; those of the shipped examples for None.

    A file belongs to them when it begins with `cases:`; an index of teaching cases counts as well.

    Raises:
        UsageError: there is no such place, or no case in it.
        ProblemsError: with every mistake in the files.
    """
    if place is None:
        return _of_index(None)
    if not place.exists():
        raise UsageError(f"{place} does not exist")
    found: list[Case] = []
    problems: list[Problem] = []
    for path in sorted(place.rglob("*.yaml")) if place.is_dir() else [place]:
        document = read_file(path)
        if place.is_dir() and not document.problems and not _holds_cases(document):
            continue
        if is_index(document):
            found += _of_index(path)
            continue
        cases, mistakes = read_cases(document, path.parent)
        mistakes = [*mistakes, *strangers(document, cases, rules)]
        problems += mistakes
        if not mistakes:
            found += _of_file(document, path)
    if problems:
        raise ProblemsError(problems)
    if not found:
        raise UsageError(f"{place} holds no cases; write a file that begins with 'cases:' (mrdguide rules new case)")
    return found


def run_cases(cases: Sequence[Case], rules: RuleBook) -> CaseRun:
    """Evaluate every case and compare."""
    results = tuple(run_case(case, rules) for case in cases)
    return CaseRun(results, coverage(rules, (result.answer for result in results if result.answer is not None)))


def run_case(case: Case, rules: RuleBook) -> CaseResult:
    """Evaluate one case and compare. A case that gets no answer is refused, with the reason."""
    try:
        answer = evaluate(case.profile, rules=rules, as_of=case.as_of)
        differences = tuple(
            Difference(name, expected, found)
            for name, expected, found in compared(answer, case.expect)
            if expected != found
        )
    except MrdguideError as error:
        return CaseResult(case, (), None, str(error))
    return CaseResult(case, differences, answer)


def compared(answer: Recommendation, expect: Expect) -> Iterator[tuple[str, Any, Any]]:
    """What is expected and what came out, by name. None came out where the rule book has no such thing."""
    yield "outcome", expect.outcome, answer.outcome
    yield "possible outcomes", set(expect.possible_outcomes), set(answer.possible_outcomes)
    for name, verdict in expect.verdicts.items():
        known = answer.rules.current(name) in answer.rules.rules
        yield name, verdict, answer.criteria[name].verdict.value if known else None
    yield from _of_studies(answer, expect)
    if expect.definitions:
        others = {item.id: item.verdict for item in answer.explanation.robustness.other_definitions}
        for name, verdict in expect.definitions.items():
            yield f"definition {name}", verdict, others.get(name)
    if expect.forbidden:
        forbidden = answer.rules.decider.forbidden(answer.judged_verdicts)
        for name, outcomes in expect.forbidden.items():
            yield f"forbidden by {name}", set(outcomes), set(forbidden.get(name, ()))
    for name, value in expect.risk.items():
        yield f"risk {name}", value, answer.risk[name].value if name in answer.risk else None
    if expect.secondary is not None:
        yield "secondary", list(expect.secondary), [item.id for item in answer.secondary]
    if expect.followup is not None:
        yield "followup", list(expect.followup), [item.id for item in answer.followup_in_studies]
    if expect.missing is not None:
        yield "missing", set(expect.missing), {item.path for item in answer.missing}


def _of_studies(answer: Recommendation, expect: Expect) -> Iterator[tuple[str, Any, Any]]:
    for name, verdict in expect.protocols.items():
        study, _, criterion = name.partition(":")
        pattern = answer.protocols.get(study)
        if pattern is None or (criterion and criterion not in pattern.criteria):
            yield f"protocol {name}", verdict, None
        else:
            yield f"protocol {name}", verdict, pattern.criteria[criterion].verdict if criterion else pattern.verdict
    for name, verdict in expect.matches.items():
        slot = answer.rules.decider.index_of.get(f"match:{name}")
        yield f"match {name}", verdict, None if slot is None else VERDICTS[answer.decided.verdicts[slot]]


def _holds_cases(document: Document) -> bool:
    return isinstance(document.data, dict) and "cases" in document.data


def _of_file(document: Document, path: Path) -> Iterator[Case]:
    cases, _ = read_cases(document, path.parent)
    for index, case in enumerate(cases):
        where = f"{path}:{document.spans['cases', index].line}"
        for single in case.alone():
            yield Case(where, single.name, single.why, single.profile(path.parent), single.as_of, single.expect)


def _of_index(path: Path | None) -> list[Case]:
    found = examples() if path is None else read_index(path)
    return [
        Case(
            item.file, item.title, item.point, read_patient(item.path), item.as_of,
            Expect.model_validate(item.expected.model_dump()),
        )
        for item in found
    ]  # fmt: skip
