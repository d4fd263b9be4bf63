"""Clinical cases: short patients in `tests/cases/`, each with the answer that the specification gives for it.

Their form is explained in `mrdguide/authoring/cases.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

import mrdguide
from mrdguide.answer.coverage import coverage
from mrdguide.authoring.cases import Expect, RuleCase, read_cases, strangers
from mrdguide.authoring.running import compared
from mrdguide.reading.document import read_file, read_text

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests" / "cases").glob("*.yaml"))


def singly(path: Path) -> Iterator[RuleCase]:
    """Every case of a file, those with `each` once for every value."""
    for case in READ[path][1]:
        yield from case.alone()


READ = {path: (document := read_file(path), *read_cases(document)) for path in FILES}
CASES = [pytest.param(case, id=f"{path.stem}: {case.name}") for path in FILES for case in singly(path)]


def _answers(rules: mrdguide.RuleBook) -> Iterator[mrdguide.Recommendation]:
    """Every case, evaluated. A case that cannot be evaluated fails in its own test."""
    for path in FILES:
        for case in singly(path):
            with suppress(mrdguide.errors.MrdguideError, ValueError):
                yield mrdguide.evaluate(case.profile(), rules=rules, as_of=case.as_of)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_file_is_well_formed(path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    document, cases, problems = READ[path]
    found = [*problems, *strangers(document, cases, shipped_rules)]
    if found:
        pytest.fail("\n\n".join(str(problem) for problem in found), pytrace=False)


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_as_the_specification_says(case: RuleCase, shipped_rules: mrdguide.RuleBook) -> None:
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
    # What cannot be read is unknown or nothing, and never a finding.
    assert set(seen.one_sided) == {
        "markers.unreadable", "relapse.said-elsewhere", "relapse.said-unanswered", "harm.said-elsewhere",
    }, seen.summary()  # fmt: skip


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
        ({"expect": "{outcome: continue, possible_outcomes: [continue], definitions: {r-is-3: met}}"}, "'r-iss-3'?"),
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
    case = RuleCase(
        name="a name", why="One sentence.", set={"mrd[3].level": 1e-5}, remove=("mrd[0]", "mrd[4]"), expect=expect
    )  # fmt: skip
    assert [test.get("level") for test in case.profile()["mrd"]] == [None, None, 1e-5]
