"""What if: any fact changed, and what that changes."""

from __future__ import annotations

from typing import Any

import pytest

import mrdguide
from mrdguide.errors import PatientError, UsageError

from ..examples import evaluated


def test_a_positive_test_turns_the_answer() -> None:
    before = evaluated("cessation-supported")
    found = mrdguide.what_if(before, {"mrd[-1].result": "detected", "mrd[-1].level": 4e-5})
    assert not found.same_answer
    assert (found.before.outcome, found.after.outcome) == ("cessation-supported", "act-on-resurgence")
    verdict_changes = {change.id: (change.before, change.after) for change in found.verdict_changes}
    assert verdict_changes["mrd.negative-now-1e-5"] == ("met", "not_met")
    assert verdict_changes["block.mrd-positive"] == ("not_met", "met")
    assert verdict_changes["mrd2stop"] == ("met", "not_met")
    assert "Matches at least one prospective cessation study with published results" in found.reasons_removed
    assert found.reasons_added == ("Marrow MRD turned positive at 1e-5 on therapy",)
    assert found.changes == ("mrd[-1].result = detected", "mrd[-1].level = 4e-5")
    assert before.case.patient.mrd[-1].result == "not-detected", "the patient asked about stays as it was"


def test_what_is_missing_comes_and_goes() -> None:
    found = mrdguide.what_if(evaluated("cessation-supported"), remove=["imaging"])
    assert found.after.outcome == "insufficient-data"
    assert found.missing_added == ("PET-CT (or whole-body DW-MRI)",)
    back = mrdguide.what_if(
        found.after, {"imaging[+]": {"date": "2026-11-20", "modality": "PET-CT", "conclusion": "negative"}}
    )
    assert back.after.outcome == "cessation-supported"
    assert back.missing_removed == ("PET-CT (or whole-body DW-MRI)",)


def test_a_bare_status_takes_a_detail() -> None:
    found = mrdguide.what_if(
        evaluated("cessation-supported"),
        {"baseline.cytogenetics.del_17p": "present", "baseline.cytogenetics.del_17p.fraction": 0.1},
    )
    assert found.after.case.patient.baseline.cytogenetics.del_17p.fraction == 0.1
    assert found.after.outcome == "cessation-conditional"


def test_another_day() -> None:
    found = mrdguide.what_if(evaluated("conditional-30-months"), {"as_of": "2027-03-20"})
    assert found.after.provenance.as_of == "2027-03-20"
    assert found.same_answer


def test_nothing_that_matters() -> None:
    found = mrdguide.what_if(evaluated("cessation-supported"), {"sex": "male", "ecog": 1, "preference.stop": True})
    assert found.changes == ("sex = male", "ecog = 1", "preference.stop = true")
    assert found.same_answer
    assert found.verdict_changes == ()


@pytest.mark.parametrize(
    ("assignments", "remove", "words"),
    [
        ({"mrd[9].result": "detected"}, [], "there is no entry [9], the list has 5 entries"),
        ({"mrd.result": "detected"}, [], "say which entry"),
        ({"[0]": 1}, [], "is no path of a profile"),
        ({"mrd[x]": 1}, [], "is no path of a profile"),
        ({"": 1}, [], "is no path of a profile"),
        ({"ecog.value": 1}, [], "nothing lies below it"),
        ({"ecog[0]": 1}, [], "nothing lies below it"),
        ({"surveillance[0]": 1}, [], "there is no list here"),
        ({}, ["mrd[-1].level"], "nothing is recorded there"),
        ({}, ["toxicities[0]"], "nothing is recorded there"),
        ({}, ["mrd[5]"], "there is no entry [5]"),
        ({}, ["mrd[+]"], "name the one to take out"),
        ({}, ["mrd[+].level"], "name the one to take out"),
        ({3: 4}, [], "3 is no path"),
        ("ecog", [], "give a mapping from paths to values"),
        ({"as_of": "soon"}, [], "is not a date"),
    ],
)  # fmt: skip
def test_a_path_that_leads_nowhere(assignments: dict[str, Any], remove: list[str], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        mrdguide.what_if(evaluated("cessation-supported"), assignments, remove=remove)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("assignments", "words"),
    [
        ({"mrd[-1].resul": "detected"}, "did you mean 'result'?"),
        ({"mrd[-1].result": "positive"}, "expected: not-detected, detected, indeterminate or failed"),
        ({"mrd[-1].level": 1e-5}, "correct one of the two"),
        ({"ecog": "one"}, "a whole number"),
        ({"nonsense": {"deep": 1}}, "unknown key 'nonsense'"),
        ({"baseline.labs.ldh": {"value": 1, "unit": "stones"}}, "unit 'stones' is not known"),
    ],
)
def test_a_value_that_cannot_be(assignments: dict[str, Any], words: str) -> None:
    with pytest.raises(PatientError) as caught:
        mrdguide.what_if(evaluated("cessation-supported"), assignments)
    assert words in str(caught.value)
