"""Every example case gives what it says it gives, and together they cover every outcome."""

from __future__ import annotations

import pytest

import mrdguide
from mrdguide.rulebook.book import RuleBook
from mrdguide.teach.examples import Example, examples

CASES = examples()


@pytest.fixture(scope="module")
def rules() -> RuleBook:
    return mrdguide.load_rules()


@pytest.mark.parametrize("example", CASES, ids=lambda example: example.file)
def test_gives_what_it_says(example: Example, rules: RuleBook) -> None:
    result = mrdguide.evaluate(example.path, rules=rules, as_of=example.as_of)
    expected = example.expected
    assert result.outcome == expected.outcome
    assert result.possible_outcomes == expected.possible_outcomes
    assert {name: result.criteria[name].verdict.value for name in expected.verdicts} == expected.verdicts
    assert tuple(item.id for item in result.secondary) == expected.secondary
    assert tuple(item.path for item in result.missing) == expected.missing


def test_cover_every_outcome(rules: RuleBook) -> None:
    outcomes = {outcome.id for outcome in rules.decision.outcomes} | {rules.decision.insufficient.id}
    assert {example.expected.outcome for example in CASES} == outcomes


def test_every_profile_is_in_the_index() -> None:
    folder = CASES[0].path.parent
    assert {path.name for path in folder.glob("*.yaml")} == {example.file for example in CASES} | {"cases.yaml"}
