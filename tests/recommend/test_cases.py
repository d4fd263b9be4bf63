"""Clinical cases: short patients in `tests/cases/`, each with the answer that the specification gives for it.

A case starts from a base profile, changes it, and says what must come out:

    - name: the threshold itself is positive
      why: A level of exactly 1e-5 is positive at 1e-5.
      from: examples/cessation-supported.yaml      # the default
      as_of: 2026-11-21                            # the default
      set: {"mrd[3].result": detected, "mrd[3].level": 1e-5}
      remove: ["mrd[4]"]
      each: {"mrd[3].method": [NGS, NGF]}         # the case once for every value
      expect:
        outcome: act-on-resurgence
        possible_outcomes: [act-on-resurgence]
        verdicts: {mrd.positive-now: met}          # also protocols, matches, risk, definitions, secondary,
                                                   # followup, missing
        forbidden: {never.stop-with-two-hrca: []}  # the outcomes that an invariant forbids for this patient

Places are written as in the engine's messages (`therapy[2].end`). In `set` and `remove` an index means the entry of the
base profile, also where other entries are removed; the index after the last one adds an entry. `secondary`, `followup`
and `missing` are complete lists, as is each list of `forbidden`; what is missing is named by its place in the profile that is evaluated, removed entries gone.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, Field, ValidationError, model_validator

import mrdguide
from mrdguide.answer.coverage import coverage
from mrdguide.dates import parse_date
from mrdguide.errors import Problem
from mrdguide.logic.truth import UNKNOWN, VERDICTS
from mrdguide.reading.document import Document, DocumentPath, read_file, read_text
from mrdguide.reading.validation import StrictModel, closest, problems_of

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests" / "cases").glob("*.yaml"))

_STEP = re.compile(r"([A-Za-z_]\w*)((?:\[\d+\])*)$")
_REMOVED = object()
Verdict = Literal["met", "not_met", "unknown"]


def _day(text: str) -> str:
    if not parse_date(text).exact:
        raise ValueError(f"'{text}' is not a single day; give YYYY-MM-DD")
    return text


def _one_sentence(text: str) -> str:
    if not text.endswith(".") or ". " in text:
        raise ValueError("give one sentence that ends with a full stop")
    return text


class Expect(StrictModel):
    """What must come out. What is not named is not looked at."""

    outcome: str
    possible_outcomes: Annotated[tuple[str, ...], Field(min_length=1)]
    verdicts: dict[str, Verdict] = {}
    protocols: dict[str, Verdict] = {}
    matches: dict[str, Verdict] = {}
    risk: dict[str, str | int] = {}
    definitions: dict[str, Verdict] = {}
    forbidden: dict[str, tuple[str, ...]] = {}
    secondary: tuple[str, ...] | None = None
    followup: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _settled_or_not(self) -> Expect:
        several = len(self.possible_outcomes) > 1
        if several != (self.outcome == "insufficient-data"):
            raise ValueError(
                f"outcome {self.outcome} does not go with {len(self.possible_outcomes)} possible outcome(s)"
            )
        if not several and self.outcome != self.possible_outcomes[0]:
            raise ValueError(f"outcome is {self.outcome} but the possible outcome is {self.possible_outcomes[0]}")
        if self.missing and not several:
            raise ValueError("nothing is missing when the outcome is settled")
        return self


class ClinicalCase(StrictModel):
    """One case of a file."""

    name: Annotated[str, Field(min_length=1)]
    why: Annotated[str, AfterValidator(_one_sentence)]
    base: Annotated[str, Field(alias="from")] = "examples/cessation-supported.yaml"
    as_of: Annotated[str, AfterValidator(_day)] = "2026-11-21"
    set: dict[str, Any] = {}
    remove: tuple[str, ...] = ()
    each: Annotated[dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]], Field(max_length=1)] = {}
    expect: Expect

    def alone(self) -> Iterator[ClinicalCase]:
        """The case once for every value of `each`."""
        for place, values in self.each.items():
            for value in values:
                changed = {"name": f"{self.name}: {value}", "set": {**self.set, place: value}, "each": {}}
                yield self.model_copy(update=changed)
        if not self.each:
            yield self

    def profile(self) -> dict[str, Any]:
        """The base profile with the changes of the case.

        Raises:
            ValueError: the base does not exist, or a place does not exist or is left as it was.
        """
        profile = copy.deepcopy(_base(self.base))
        for place, value in self.set.items():
            _put(profile, place, copy.deepcopy(value))
        for place in self.remove:
            _put(profile, place, _REMOVED)
        return _without_removed(profile)  # type: ignore[no-any-return]


class CaseFile(StrictModel):
    cases: Annotated[tuple[ClinicalCase, ...], Field(min_length=1)]


@lru_cache
def _base(name: str) -> dict[str, Any]:
    path = ROOT / name
    if not path.is_file():
        known = [str(item.relative_to(ROOT)) for item in sorted((ROOT / "examples").glob("*.yaml"))]
        raise ValueError(f"there is no base profile '{name}'; {closest(name, known)}")
    data = read_file(path).data
    assert isinstance(data, dict)
    return data


def _steps(place: str) -> list[str | int]:
    """`mrd[3].level` as `["mrd", 3, "level"]`."""
    steps: list[str | int] = []
    for part in place.split("."):
        match = _STEP.match(part)
        if match is None:
            raise ValueError(f"'{place}' is no place in a profile; write it like mrd[3].level")
        steps += [match.group(1), *(int(number) for number in re.findall(r"\d+", match.group(2)))]
    return steps


def _put(profile: dict[str, Any], place: str, value: Any) -> None:
    """Set a place, or with `_REMOVED` mark it for removal. Mappings on the way are made, other things must be there."""
    here: Any = profile
    steps = _steps(place)
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(step, int):
            if not isinstance(here, list):
                raise ValueError(f"'{place}': there is no list to take [{step}] of")
            if step > len(here) or (step == len(here) and value is _REMOVED):
                raise ValueError(f"'{place}': there are only {len(here)} entries, the first is [0]")
            if step == len(here):
                here.append({} if following is not None else None)
        else:
            if not isinstance(here, dict):
                raise ValueError(f"'{place}': '{step}' cannot be set in {here!r}; set the whole of it")
            if value is _REMOVED and step not in here:
                raise ValueError(f"'{place}': there is no '{step}' to remove; {closest(step, here)}")
            if following is not None:
                here.setdefault(step, [] if isinstance(following, int) else {})
        if following is not None:
            here = here[step]
        elif isinstance(here, dict) and step in here and here[step] == value and type(here[step]) is type(value):
            raise ValueError(f"'{place}' is {value!r} in the base profile already")
        else:
            here[step] = value


def _without_removed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_removed(item) for name, item in value.items() if item is not _REMOVED}
    if isinstance(value, list):
        return [_without_removed(item) for item in value if item is not _REMOVED]
    return value


def read_cases(document: Document) -> tuple[tuple[ClinicalCase, ...], list[Problem]]:
    """The cases of a file, and everything that is wrong with its form. Words of the rule book are checked by `strangers`."""
    if document.problems:
        return (), document.problems
    try:
        cases = CaseFile.model_validate(document.data).cases
    except ValidationError as error:
        return (), problems_of(error, document, CaseFile)
    problems = []
    for index, case in enumerate(cases):
        if case.name in [other.name for other in cases[:index]]:
            problems.append(document.problem(("cases", index, "name"), f"the name '{case.name}' stands twice"))
        try:
            for single in case.alone():
                single.profile()
        except ValueError as error:
            problems.append(document.problem(("cases", index), str(error)))
    return cases, problems


def singly(path: Path) -> Iterator[ClinicalCase]:
    """Every case of a file, those with `each` once for every value."""
    for case in READ[path][1]:
        yield from case.alone()


def strangers(document: Document, cases: Iterable[ClinicalCase], rules: mrdguide.RuleBook) -> Iterator[Problem]:
    """Expectations that name something the rule book does not have."""
    outcomes = [outcome.id for outcome in rules.decision.outcomes]
    schemes = {scheme.id: scheme for scheme in rules.schemes}
    protocols = [protocol.id for protocol in rules.protocols]
    patterns = [name.removeprefix("protocol:") for name in rules.decider.index_of if name.startswith("protocol:")]
    secondary = [item.id for item in rules.decision.secondary]
    plans = [plan.id for plan in rules.plans]
    definitions = [item.id for item in rules.alternatives]
    invariants = list(rules.decider.forbidden([UNKNOWN] * len(rules.compiled_criteria)))

    for index, case in enumerate(cases):
        here: DocumentPath = ("cases", index, "expect")

        def unknown(key: str, word: str, known: Iterable[str], at: DocumentPath = here) -> Problem:
            return document.problem((*at, key), f"'{word}' is not known here", hint=closest(word, known))

        found = case.expect
        if found.outcome not in (*outcomes, rules.decision.insufficient.id):
            yield unknown("outcome", found.outcome, outcomes)
        named: list[tuple[str, Iterable[str], Iterable[str]]] = [
            ("possible_outcomes", found.possible_outcomes, outcomes),
            ("verdicts", found.verdicts, rules.rules),
            ("protocols", found.protocols, patterns),
            ("matches", found.matches, protocols),
            ("risk", found.risk, schemes),
            ("definitions", found.definitions, definitions),
            ("forbidden", found.forbidden, invariants),
            *(("forbidden", names, outcomes) for names in found.forbidden.values()),
            ("secondary", found.secondary or (), secondary),
            ("followup", found.followup or (), plans),
        ]
        for key, words, known in named:
            yield from (unknown(key, word, known) for word in words if word not in known)
        for name, value in found.risk.items():
            classes = [item.name for item in schemes[name].classes] if name in schemes else []
            if classes and value not in (*classes, "unknown"):
                yield unknown("risk", str(value), classes)


READ = {path: (document := read_file(path), *read_cases(document)) for path in FILES}
CASES = [pytest.param(case, id=f"{path.stem}: {case.name}") for path in FILES for case in singly(path)]


def _answers(rules: mrdguide.RuleBook) -> Iterator[mrdguide.Recommendation]:
    """Every case, evaluated. A case that cannot be evaluated fails in its own test."""
    for path in FILES:
        for case in singly(path):
            with suppress(mrdguide.errors.MrdguideError, ValueError):
                yield mrdguide.evaluate(case.profile(), rules=rules, as_of=case.as_of)


def compared(answer: mrdguide.Recommendation, expect: Expect) -> Iterator[tuple[str, Any, Any]]:
    """What is expected and what came out, by name."""
    yield "outcome", expect.outcome, answer.outcome
    yield "possible outcomes", set(expect.possible_outcomes), set(answer.possible_outcomes)
    for name, verdict in expect.verdicts.items():
        yield name, verdict, answer.criteria[name].verdict.value
    for name, verdict in expect.protocols.items():
        study, _, criterion = name.partition(":")
        pattern = answer.protocols[study]
        yield f"protocol {name}", verdict, pattern.criteria[criterion].verdict if criterion else pattern.verdict
    for name, verdict in expect.matches.items():
        yield (
            f"match {name}",
            verdict,
            VERDICTS[answer.decided.verdicts[answer.rules.decider.index_of[f"match:{name}"]]],
        )
    if expect.definitions:
        others = {item.id: item.verdict for item in answer.explanation.robustness.other_definitions}
        for name, verdict in expect.definitions.items():
            yield f"definition {name}", verdict, others[name]
    if expect.forbidden:
        forbidden = answer.rules.decider.forbidden(answer.judged_verdicts)
        for name, outcomes in expect.forbidden.items():
            yield f"forbidden by {name}", set(outcomes), set(forbidden[name])
    for name, value in expect.risk.items():
        yield f"risk {name}", value, answer.risk[name].value
    if expect.secondary is not None:
        yield "secondary", list(expect.secondary), [item.id for item in answer.secondary]
    if expect.followup is not None:
        yield "followup", list(expect.followup), [item.id for item in answer.followup_in_studies]
    if expect.missing is not None:
        yield "missing", set(expect.missing), {item.path for item in answer.missing}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_file_is_well_formed(path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    document, cases, problems = READ[path]
    found = [*problems, *strangers(document, cases, shipped_rules)]
    if found:
        pytest.fail("\n\n".join(str(problem) for problem in found), pytrace=False)


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_as_the_specification_says(case: ClinicalCase, shipped_rules: mrdguide.RuleBook) -> None:
    answer = mrdguide.evaluate(case.profile(), rules=shipped_rules, as_of=case.as_of)
    differences = [
        f"  {name}: expected {expected}, found {found}"
        for name, expected, found in compared(answer, case.expect)
        if expected != found
    ]
    if differences:
        pytest.fail("\n".join([f"{case.name}: {case.why}", *differences]), pytrace=False)


def test_every_rule_is_seen_met_and_not_met_and_every_outcome_is_given(
    shipped_rules: mrdguide.RuleBook, record_property: Callable[[str, object], None]
) -> None:
    seen = coverage(shipped_rules, _answers(shipped_rules))
    record_property("rule coverage", seen.summary())
    assert not seen.unseen_outcomes
    assert not seen.one_sided, seen.summary()


GOOD = {"name": "a name", "why": "One sentence.", "expect": "{outcome: continue, possible_outcomes: [continue]}"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"expct": "{}"}, "unknown key 'expct'"),
        ({"form": "examples/out-of-scope.yaml"}, "did you mean 'from'?"),
        ({"why": "Two. Sentences."}, "give one sentence"),
        ({"why": "no full stop"}, "give one sentence"),
        ({"as_of": "2026-02-30"}, "not in the calendar"),
        ({"as_of": "2026-02"}, "not a single day"),
        ({"from": "examples/surveil-of-therapy.yaml"}, "did you mean 'examples/surveil-off-therapy.yaml'?"),
        ({"set": '{"mrd[6].level": 1e-5}'}, "there are only 5 entries"),
        ({"set": '{"mrd.level": 1e-5}'}, "'level' cannot be set in"),
        ({"set": '{"baseline[0]": absent}'}, "there is no list"),
        ({"set": '{"baseline.cytogenetics.t_4_14.copies": 3}'}, "cannot be set in 'absent'; set the whole of it"),
        ({"set": '{"mrd(3)": absent}'}, "is no place in a profile"),
        ({"set": '{"ecog": 1}'}, "in the base profile already"),
        ({"remove": "[mrd[5]]"}, "not readable as YAML"),
        ({"remove": '["mrd[5]"]'}, "there are only 5 entries"),
        ({"remove": "[baseline.cytogenetics.del17p]"}, "did you mean 'del_17p'?"),
        ({"each": '{"mrd[3].level": []}'}, "the list is empty"),
        ({"each": '{"mrd[9].level": [1e-5, 1e-6]}'}, "there are only 5 entries"),
        ({"expect": "{outcome: continue}"}, "'possible_outcomes' is missing"),
        ({"expect": "{outcome: contine, possible_outcomes: [contine]}"}, "did you mean 'continue'?"),
        ({"expect": "{outcome: continue, possible_outcomes: [continue, treat-relapse]}"}, "does not go with 2"),
        ({"expect": "{outcome: insufficient-data, possible_outcomes: [continue]}"}, "does not go with 1"),
        ({"expect": "{outcome: continue, possible_outcomes: [treat-relapse]}"}, "but the possible outcome is"),
        ({"expect": "{outcome: continue, possible_outcomes: [continue], missing: [mrd]}"}, "nothing is missing"),
        ({"expect": "{outcome: continue, possible_outcomes: [continue], verdict: {}}"}, "did you mean 'verdicts'?"),
        (
            {"expect": "{outcome: continue, possible_outcomes: [continue], verdicts: {mrd.now: met}}"},
            "'mrd.now' is not",
        ),
        ({"expect": "{outcome: continue, possible_outcomes: [continue], verdicts: {scope.adult: no}}"}, "met, not_met"),
        ({"expect": "{outcome: continue, possible_outcomes: [continue], protocols: {perseos: met}}"}, "'perseus'?"),
        ({"expect": "{outcome: continue, possible_outcomes: [continue], matches: {perseos: met}}"}, "'perseus'?"),
        ({"expect": "{outcome: continue, possible_outcomes: [continue], definitions: {r-iss-2: met}}"}, "'r-iss-3'?"),
        ({"expect": "{outcome: continue, possible_outcomes: [continue], followup: [plan.stop]}"}, "'plan.stop' is not"),
        (
            {"expect": "{outcome: continue, possible_outcomes: [continue], forbidden: {never.go: []}}"},
            "'never.go' is not",
        ),
        (
            {
                "expect": "{outcome: continue, possible_outcomes: [continue], forbidden: {never.stop-with-two-hrca: [go]}}"
            },
            "'go' is not known",
        ),
        ({"expect": "{outcome: continue, possible_outcomes: [continue], risk: {r-is: I}}"}, "did you mean 'r-iss'?"),
        ({"expect": "{outcome: continue, possible_outcomes: [continue], risk: {r-iss: IV}}"}, "'IV' is not known"),
        ({"expect": "{outcome: continue, possible_outcomes: [continue], secondary: [trial]}"}, "'trial' is not known"),
    ],
)
def test_a_typo_in_a_case_is_pointed_out(
    changed: Mapping[str, str], words: str, shipped_rules: mrdguide.RuleBook
) -> None:
    entries = "".join(f"    {key}: {value}\n" for key, value in {**GOOD, **changed}.items())
    document = read_text(f"cases:\n  -\n{entries}", "typo.yaml")
    cases, problems = read_cases(document)
    found = [*problems, *strangers(document, cases, shipped_rules)]
    assert found
    assert words in "\n".join(str(problem) for problem in found)
    assert all(problem.source == "typo.yaml" and problem.line for problem in found)


def test_removing_an_entry_leaves_the_numbers_of_the_others() -> None:
    expect = Expect(outcome="continue", possible_outcomes=("continue",))
    case = ClinicalCase(
        name="a name", why="One sentence.", set={"mrd[3].level": 1e-5}, remove=("mrd[0]", "mrd[4]"), expect=expect
    )  # fmt: skip
    assert [test.get("level") for test in case.profile()["mrd"]] == [None, None, 1e-5]
