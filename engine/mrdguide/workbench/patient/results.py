"""The results that something missing can have: where each leads, and the profile that it would make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...answer.missing import Answered, NeedsOf, after_each_answer, needs
from ...explain.questions import Asked
from ...interview.asking import as_mapping
from ...patient.facts import catalogue
from ...recommend.recommendation import Recommendation
from .form_plan import plan
from .judged import counted, judge
from .places import value_at, with_value


@dataclass(frozen=True, slots=True)
class PossibleResult:
    """One result of one missing fact: where it stands, its words, the outcomes that it alone leaves possible."""

    path: str
    answer: str
    possible: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked first, who can answer, and the results of each of its facts, by what the fact is."""

    asked: Asked
    facts: tuple[tuple[str, tuple[PossibleResult, ...]], ...]


def questions(answer: Recommendation, profile: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions of an open answer, in their order; none where it is settled."""
    what = {item.path: item.what for item in answer.missing}
    return tuple(
        Question(asked, tuple((what[path], _results(answer, profile, path)) for path in asked.paths if path in what))
        for asked in answer.explanation.questions.asked
    )


def _results(answer: Recommendation, profile: Mapping[str, Any], path: str) -> tuple[PossibleResult, ...]:
    found = [PossibleResult(path, item.label, item.possible) for item in _answers(answer, path)]
    word = _no_result_word(path)
    if not found or word is None:
        return tuple(found)
    failed = judge(answer.rules, with_result(answer, profile, path, word), answer.as_of.isoformat()).answer
    possible = failed.possible_outcomes if failed is not None else answer.possible_outcomes
    return (*found, PossibleResult(path, word, possible))


def with_result(answer: Recommendation, profile: Mapping[str, Any], path: str, result: str) -> dict[str, Any]:
    """The profile with one of the results entered; as it was where there is no such result any more."""
    known = counted(profile)
    if result == _no_result_word(path):
        return _without_result(answer, known, path)
    found = next((item for item in _answers(answer, path) if item.label == result), None)
    return known if found is None else _taken_over(known, as_mapping(found.case.original), path)


def _taken_over(profile: dict[str, Any], filled: dict[str, Any], path: str) -> dict[str, Any]:
    """What is new in a filled profile at a place, put into the profile; everything else stays as it was written."""
    name = path.partition(":")[0]
    entry = name.partition("].")[0]
    if name in plan().lists:
        before = list(profile.get(name) or ())
        return with_value(profile, name, [*before, *filled[name][len(before) :]])
    place = f"{entry}]" if "]." in name else name.removesuffix(".upper_limit")
    return with_value(profile, place, value_at(filled, place))


def _without_result(answer: Recommendation, profile: dict[str, Any], path: str) -> dict[str, Any]:
    """The profile with a test that was done and gave no result."""
    words = plan().no_result.get(path)
    if words is None:
        details = isinstance(value_at(profile, path), Mapping)
        return with_value(profile, f"{path}.status" if details else path, "failed")
    done = as_mapping(next(_answers(answer, path)).case.original)[path][-1]
    kept = {name: value for name, value in done.items() if name != "level"}
    return with_value(profile, path, [*(profile.get(path) or ()), {**kept, **words}])


def _no_result_word(path: str) -> str | None:
    """What a test without a result is called at a place; None where no test is asked for."""
    words = plan().no_result_words
    if path in plan().no_result:
        return words[path]
    fact = catalogue().get(path)
    return words["finding"] if fact is not None and fact.kind == "finding" else None


def _answers(answer: Recommendation, path: str) -> Iterator[Answered]:
    rules, case, verdicts = answer.rules, answer.case, answer.judged_verdicts
    for need, _ in needs(rules, case, rules.decider.depends_on(verdicts), NeedsOf(rules, case)):
        if need.path == path:
            yield from after_each_answer(rules, case, verdicts, need)
