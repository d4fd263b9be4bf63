"""mrdguide stays right when it is asked very often, and by many threads that share one rule book."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

import mrdguide

from .effort import tries

# The same check as the long benchmark, only shorter; benchmarks/ holds scripts and is no package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import endurance


@pytest.fixture(scope="module")
def asked(shipped_rules: mrdguide.RuleBook) -> list[endurance.Question]:
    """The example profiles with their expected answers."""
    return endurance.questions(shipped_rules)


def test_very_many_evaluations_and_eight_threads_give_no_wrong_answer(
    asked: list[endurance.Question], shipped_rules: mrdguide.RuleBook
) -> None:
    report = endurance.endure(asked, shipped_rules, evaluations=tries(1_000), threads=8, threaded=8 * tries(125))

    assert report.evaluations == tries(1_000) + 8 * tries(125) >= 800
    assert (report.wrong, report.exceptions) == (0, 0), report.shown


def test_threads_may_meet_a_rule_book_that_has_not_decided_anything_yet(asked: list[endurance.Question]) -> None:
    """The second engine is built on first use; eight threads then ask for it at the same moment."""
    report = endurance.endure(asked, mrdguide.load_rules(), evaluations=0, threads=8, threaded=8 * len(asked))

    assert report.evaluations == 8 * len(asked)
    assert (report.wrong, report.exceptions) == (0, 0), report.shown


def test_a_wrong_answer_is_counted(asked: list[endurance.Question], shipped_rules: mrdguide.RuleBook) -> None:
    """A check that cannot fail would promise nothing."""
    other = replace(asked[0].expected, outcome="no-such-outcome")

    report = endurance.endure([replace(asked[0], expected=other)], shipped_rules, evaluations=10, threads=2, threaded=5)

    assert (report.evaluations, report.wrong, report.exceptions) == (15, 15, 0)
    assert "no-such-outcome" in report.shown[0]


def test_a_result_that_changes_in_any_part_is_counted(
    asked: list[endurance.Question], shipped_rules: mrdguide.RuleBook
) -> None:
    changed = replace(asked[0], fingerprint="of another result")

    report = endurance.endure([changed], shipped_rules, evaluations=1, threads=1, threaded=1)

    assert report.wrong == 2
    assert "JSON form" in report.shown[0]


def test_an_evaluation_that_fails_is_counted_and_the_others_go_on(
    asked: list[endurance.Question], shipped_rules: mrdguide.RuleBook
) -> None:
    broken = replace(asked[0], profile={"id": "no diagnosis"})

    report = endurance.endure([broken, asked[0]], shipped_rules, evaluations=4, threads=1, threaded=2)

    assert (report.evaluations, report.wrong, report.exceptions) == (6, 0, 3)
    assert "PatientError" in report.shown[0]
