"""`all`, `any`, `not`, `at_least`: strong Kleene logic, with the observations that decide."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from mrdguide.logic.truth import MET, NOT_MET, UNKNOWN, at_least

from .judging import JudgedExpression, judge

NAMES = ("t_4_14", "t_14_16", "t_14_20")
STATUS = {"met": "present", "not_met": "absent", "unknown": "not-tested"}
PARTS = [{"present": f"baseline.cytogenetics.{name}"} for name in NAMES]
THREE = ("met", "unknown", "not_met")


def judged(expression: dict[str, Any], *verdicts: str) -> JudgedExpression:
    """Judge on a patient whose findings have these verdicts."""
    findings = {name: STATUS[verdict] for name, verdict in zip(NAMES, verdicts, strict=False)}
    return judge(expression, baseline={"cytogenetics": findings})


@pytest.mark.parametrize(("first", "second"), list(product(THREE, THREE)))
def test_all_is_the_worse_of_two_and_any_the_better(first: str, second: str) -> None:
    order = {"not_met": 0, "unknown": 1, "met": 2}
    worse, better = sorted((first, second), key=lambda verdict: order[verdict])
    assert judged({"all": PARTS[:2]}, first, second).verdict == worse
    assert judged({"any": PARTS[:2]}, first, second).verdict == better


@pytest.mark.parametrize(("verdict", "opposite"), [("met", "not_met"), ("not_met", "met"), ("unknown", "unknown")])
def test_not_turns_round_what_is_known(verdict: str, opposite: str) -> None:
    assert judged({"not": PARTS[0]}, verdict).verdict == opposite


@pytest.mark.parametrize("verdicts", list(product(THREE, repeat=3)))
def test_at_least_two_of_three(verdicts: tuple[str, ...]) -> None:
    met, open_ = verdicts.count("met"), verdicts.count("unknown")
    expected = "met" if met >= 2 else ("not_met" if met + open_ < 2 else "unknown")
    assert judged({"at_least": {"count": 2, "of": PARTS}}, *verdicts).verdict == expected


def test_at_least_counts_what_can_still_be_met() -> None:
    assert at_least(1, [UNKNOWN, NOT_MET]) == UNKNOWN
    assert at_least(1, [MET, UNKNOWN]) == MET
    assert at_least(3, [MET, MET]) == NOT_MET


def test_only_the_parts_that_decide_are_shown() -> None:
    found = judged({"any": PARTS}, "met", "not_met", "unknown")
    assert found.observed == ["t(4;14): present"]
    found = judged({"all": PARTS}, "met", "not_met", "unknown")
    assert found.observed == ["t(14;16): absent"]


def test_an_open_answer_shows_and_asks_for_what_keeps_it_open() -> None:
    found = judged({"any": PARTS}, "not_met", "unknown", "unknown")
    assert found.observed == ["t(14;16): not tested", "t(14;20): not tested"]
    assert found.needs == ["baseline.cytogenetics.t_14_16", "baseline.cytogenetics.t_14_20"]


def test_what_stands_twice_is_shown_and_asked_for_once() -> None:
    found = judged({"any": [PARTS[0], {"not": PARTS[0]}]}, "unknown")
    assert found == JudgedExpression("unknown", ["t(4;14): not tested"], ["baseline.cytogenetics.t_4_14"])
