"""Cases of a rule author: read with every mistake told, run, and shown with what differs and what was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

import mrdguide
from mrdguide.authoring.results import as_plain, results_text
from mrdguide.authoring.running import cases_in, run_cases
from mrdguide.errors import ProblemsError, UsageError

RIGHT = """\
cases:
  - name: found at the threshold
    why: A level at the threshold is positive.
    set: {"mrd[3].result": detected, "mrd[3].level": 1e-5}
    expect:
      outcome: act-on-resurgence
      possible_outcomes: [act-on-resurgence]
      verdicts: {mrd.positive-now: met}
"""
WRONG = RIGHT.replace("act-on-resurgence", "continue").replace("mrd.positive-now: met", "mrd.positive-now: not_met")


def written(folder: Path, text: str, name: str = "own.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_case_that_comes_out_is_said_with_what_the_cases_show(
    tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    found = run_cases(cases_in(written(tmp_path, RIGHT), shipped_rules), shipped_rules)
    text = results_text(found, shipped_rules, every_rule=True)
    assert f"{shipped_rules.pack.name} {shipped_rules.version}: 1 case, 0 not as expected" in text
    assert "  mrd.positive-now: met\n" in text
    assert "  outcome act-on-resurgence: given" in text
    assert "  outcome treat-relapse: never given" in text


def test_a_case_that_does_not_come_out_is_shown_as_a_difference_with_what_decides(
    tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    found = run_cases(cases_in(written(tmp_path, WRONG), shipped_rules), shipped_rules)
    text = results_text(found, shipped_rules, every_rule=False)
    assert text.startswith(
        f"{tmp_path / 'own.yaml'}:2: found at the threshold\n  A level at the threshold is positive.\n"
    )
    assert "  outcome\n    - continue\n    + act-on-resurgence\n" in text
    assert "  possible outcomes\n    - continue\n    + act-on-resurgence\n" in text
    assert "  mrd.positive-now\n    - not_met\n    + met\n" in text
    assert "Marrow MRD turned positive at 1e-5 on therapy" in text
    plain = as_plain(found)
    assert plain["cases"][0]["as_expected"] is False
    assert {"name": "outcome", "expected": "continue", "found": "act-on-resurgence"} in plain["cases"][0]["differences"]


def test_a_profile_that_cannot_be_read_fails_its_case_with_the_reason(
    tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    text = RIGHT.replace('level": 1e-5', 'level": high')
    found = run_cases(cases_in(written(tmp_path, text), shipped_rules), shipped_rules)
    assert found.failed[0].answer is None
    assert "mrd[3].level" in results_text(found, shipped_rules, every_rule=False)


def test_a_base_beside_the_file_and_a_whole_patient(tmp_path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    written(tmp_path, "id: mine\ndiagnosis: {disease: mgus}\n", "mine.yaml")
    expect = "expect: {outcome: out-of-scope, possible_outcomes: [out-of-scope]}"
    patient = "patient: {id: other, diagnosis: {disease: mgus}}"
    text = f"cases:\n  - {{name: a, why: So., base: mine, {expect}}}\n  - {{name: b, why: So., {patient}, {expect}}}\n"
    assert not run_cases(cases_in(written(tmp_path, text), shipped_rules), shipped_rules).failed


def test_mistakes_are_told_with_file_and_line(tmp_path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    written(tmp_path, RIGHT.replace("mrd.positive-now: met", "mrd.positve-now: met").replace("set:", "sets:"))
    written(tmp_path, "cases:\n  - {name: a, why: So., base: nobody, patient: {}, expect: {outcome: continue, possible_outcomes: [continue]}}\n", "z.yaml")  # fmt: skip
    with pytest.raises(ProblemsError) as caught:
        cases_in(tmp_path, shipped_rules)
    assert [(Path(item.source).name, item.line) for item in caught.value.problems] == [("own.yaml", 4), ("z.yaml", 2)]
    written(tmp_path, RIGHT.replace("mrd.positive-now: met", "mrd.positve-now: met"))
    with pytest.raises(ProblemsError, match=r"did you mean 'mrd.positive-now'"):
        cases_in(tmp_path / "own.yaml", shipped_rules)


def test_a_place_without_cases_is_refused(tmp_path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    with pytest.raises(UsageError, match="holds no cases"):
        cases_in(tmp_path, shipped_rules)
    with pytest.raises(UsageError, match="does not exist"):
        cases_in(tmp_path / "nowhere", shipped_rules)


def test_the_shipped_examples_are_cases(shipped_rules: mrdguide.RuleBook) -> None:
    found = run_cases(cases_in(None, shipped_rules), shipped_rules)
    assert not found.failed
    assert all(found.coverage.outcomes.values())


def test_an_index_of_teaching_cases_counts(tmp_path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    written(tmp_path, "id: mine\ndiagnosis: {disease: mgus}\n", "mine.yaml")
    entry = "{file: mine.yaml, title: Ours, question: What now?, as_of: 2026-11-21, point: None., "
    entry += "expected: {outcome: out-of-scope, possible_outcomes: [out-of-scope]}}"
    written(tmp_path, f"cases:\n  - {entry}\n", "cases.yaml")
    (case,) = cases_in(tmp_path, shipped_rules)
    assert case.name == "Ours"
    assert not run_cases([case], shipped_rules).failed
