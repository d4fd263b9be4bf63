"""`one_of`: a word or a yes/no of the profile."""

from __future__ import annotations

from .judging import JudgedExpression, judge

DISEASE = {"one_of": {"fact": "diagnosis.disease", "values": ["multiple-myeloma", "plasma-cell-leukemia"]}}
FEASIBLE = {"one_of": {"fact": "surveillance.feasible", "values": [True]}}
BIALLELIC = {"one_of": {"fact": "baseline.cytogenetics.del_1p32.zygosity", "values": ["biallelic"]}}


def test_a_word_is_among_the_values_or_not() -> None:
    assert judge(DISEASE) == JudgedExpression("met", ["diagnosis: multiple-myeloma"], [])
    assert judge(DISEASE, diagnosis={"disease": "mgus"}).verdict == "not_met"


def test_yes_no_and_nothing_recorded_are_three_answers() -> None:
    assert judge(FEASIBLE, surveillance={"feasible": True}).verdict == "met"
    assert judge(FEASIBLE, surveillance={"feasible": False}).verdict == "not_met"
    found = judge(FEASIBLE)
    assert (found.verdict, found.needs) == ("unknown", ["surveillance.feasible"])
    assert found.text == "surveillance (marrow MRD and imaging) agreed and feasible: not recorded"


def test_false_can_be_the_value_asked_for() -> None:
    not_feasible = {"one_of": {"fact": "surveillance.feasible", "values": [False]}}
    assert judge(not_feasible, surveillance={"feasible": False}).verdict == "met"
    assert judge(not_feasible, surveillance={"feasible": True}).verdict == "not_met"
    assert judge(not_feasible).verdict == "unknown"


def test_absence_can_be_declared_to_mean_not_met() -> None:
    assert judge(FEASIBLE, absence="not_met").verdict == "not_met"


def test_a_detail_of_a_finding_that_was_not_tested_asks_for_the_finding() -> None:
    assert judge(BIALLELIC).needs == ["baseline.cytogenetics.del_1p32"]
    untested = judge(BIALLELIC, baseline={"cytogenetics": {"del_1p32": "not-tested"}})
    assert (untested.verdict, untested.needs) == ("unknown", ["baseline.cytogenetics.del_1p32"])
    present = judge(BIALLELIC, baseline={"cytogenetics": {"del_1p32": "present"}})
    assert (present.verdict, present.needs) == ("unknown", ["baseline.cytogenetics.del_1p32.zygosity"])
