"""Two rule books compared: the direction is exact over verdicts, and every patient shown answers as claimed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.authoring.comparing import book_of, compare_books, with_entries_of
from mrdguide.authoring.comparison_page import as_plain, committee_page, comparison_page, witness_case
from mrdguide.authoring.running import cases_in, run_cases
from mrdguide.authoring.witnesses import MOST_CHANGES, PatientSearch
from mrdguide.errors import UsageError
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.rulebook.compare import NO_ANSWER, RULED_OUT, Comparison
from mrdguide.teach.examples import examples

from .layers import ROOT, changed, layer, own_book

SUSTAINED = "mrd.sustained-12-1e-5"
# A layer, and what it is to the shipped book.
CHANGES: dict[str, tuple[str, str, Any, str]] = {
    "18 months": (SUSTAINED, "when.mrd_run.months", 18, "stricter"),
    "6 months": (SUSTAINED, "when.mrd_run.months", 6, "looser"),
    "1e-4": (SUSTAINED, "when.mrd_run.threshold", 1e-4, "looser"),
    "recent within 3 months": (SUSTAINED, "when.mrd_run.within", 3, "stricter"),
    "beta-2 microglobulin from 6.5": ("risk.b2m-5.5", "when.compare.value", 6.5, "looser"),
    "three abnormalities": ("risk.two-or-more-hrca", "when.at_least.count", 3, "looser"),
    "another title": (SUSTAINED, "title", "Sustained negativity", "equal"),
    "another reason": ("caution.high-ldh", "why", "Another reason.", "equal"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_direction_is_that_of_the_change_and_the_patient_shows_it(
    name: str, tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    rule, place, value, verdict = CHANGES[name]
    book = own_book(tmp_path, changed(tmp_path / "layer", rule, place, value))
    comparison = Comparison(shipped_rules, book)
    assert comparison.verdict == verdict
    assert comparison.directions == (set() if verdict == "equal" else {verdict})
    for direction in sorted(comparison.directions):
        witness = PatientSearch(comparison).find(direction).witness
        assert witness is not None
        assert len(witness.changes) <= MOST_CHANGES
        assert comparison.direction(witness.before.outcome, witness.after.outcome) == direction
        # The patient as printed, read back and evaluated as any case is.
        file = tmp_path / "found.yaml"
        file.write_text(witness_case(witness), encoding="utf-8")
        assert not run_cases(cases_in(file, book), book).failed
        (case,) = cases_in(file, book)
        assert mrdguide.evaluate(case.profile, rules=shipped_rules, as_of=case.as_of).outcome == witness.before.outcome


def test_a_caution_that_another_already_covers_changes_nothing(
    tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    """A diagram knows that `therapy.later-line` is a caution already; comparing texts would not."""
    folder = changed(tmp_path / "layer", "caution.high-ldh", "when", {"any": ["risk.ldh-high", "therapy.later-line"]})
    assert Comparison(shipped_rules, own_book(tmp_path, folder)).verdict == "equal"


def test_a_declared_implication_takes_answers_away_and_the_example_without_imaging_shows_it(
    tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    implication = {"if": SUSTAINED, "then": "imaging.negative-now", "why": "An example."}
    folder = layer(tmp_path / "layer", json.dumps({"implications": [implication]}))
    comparison = Comparison(shipped_rules, own_book(tmp_path, folder))
    assert comparison.verdict == "looser"
    assert {after for before, after in comparison.pairs if before != after} == {RULED_OUT}
    witness = PatientSearch(comparison).find("looser").witness
    assert witness is not None
    assert (witness.example, witness.changes) == ("insufficient-no-imaging", ())
    assert (witness.before.outcome, witness.after.outcome) == ("insufficient-data", "cessation-supported")


@pytest.mark.parametrize("name", ["18 months", "1e-4", "three abnormalities"])
def test_no_shipped_case_differs_in_a_way_that_the_comparison_does_not_know(
    name: str, tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    rule, place, value, _ = CHANGES[name]
    book = own_book(tmp_path, changed(tmp_path / "layer", rule, place, value))
    comparison = Comparison(shipped_rules, book)
    for case in cases_in(ROOT / "tests" / "cases", shipped_rules)[::4]:
        one, two = (mrdguide.evaluate(case.profile, rules=rules, as_of=case.as_of) for rules in (shipped_rules, book))
        if one.settled and two.settled:
            assert (one.outcome, two.outcome) in comparison.pairs, case.name


def test_other_readings_tie_nothing(tmp_path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    readings = shipped_rules.interpretation.model_dump(mode="json", by_alias=True)
    readings["imaging"]["deauville_positive_from"] = 5
    folder = layer(tmp_path / "layer", json.dumps({"readings": readings}))
    comparison = Comparison(shipped_rules, own_book(tmp_path, folder))
    assert comparison.verdict == "neither"
    assert "imaging.negative-now" in comparison.split


def test_a_layer_that_is_nowhere_looser_is_said_to_be_so(tmp_path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    folder = layer(
        tmp_path / "layer",
        json.dumps(
            {
                "pack": {
                    "name": "own",
                    "version": "0.1",
                    "extends": "mrdguide-core@0.2",
                    "by": "us",
                    "date": "2026-11-26",
                },
                "parameters": {"mrd.recent": 3},
            }
        ),
    )
    found = compare_books(shipped_rules, mrdguide.load_rules(*shipped_rules.folders, folder), most_tried=0)
    assert found.comparison.directions == {"stricter", "other"}
    assert "never opens more of the way to stopping" in to_markdown(comparison_page(found))


def test_an_entry_left_out_of_the_comparison_is_taken_as_it_was(
    tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    book = own_book(tmp_path, changed(tmp_path / "layer", SUSTAINED, "when.mrd_run.months", 18))
    assert Comparison(shipped_rules, with_entries_of(shipped_rules, book, [SUSTAINED])).verdict == "equal"
    with pytest.raises(UsageError, match="the first book has no entry"):
        with_entries_of(shipped_rules, book, ["mrd.sustained-12-1e-55"])


def test_the_page_says_what_differs_in_rules_outcomes_and_patients(
    tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    found = compare_books(
        shipped_rules, own_book(tmp_path, changed(tmp_path / "layer", SUSTAINED, "when.mrd_run.months", 36))
    )
    text = to_markdown(comparison_page(found))
    assert "12 months becomes 36 months" in text
    assert "| Inside the envelope of cessation studies | Evidence does not support stopping | stricter: " in text
    assert "conditional-30-months" in text
    plain = as_plain(found)
    assert plain["verdict"] == "stricter"
    assert len(plain["answers"]) == len(found.answers) > 0
    assert all(item["before"] != item["after"] for item in plain["answers"])


def test_the_committee_reads_sentences_a_version_and_has_room_to_sign(
    tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    found = compare_books(
        shipped_rules,
        own_book(tmp_path, changed(tmp_path / "layer", SUSTAINED, "when.mrd_run.months", 36)),
        most_tried=0,
    )
    text = to_markdown(committee_page(found))
    assert f"Of {len(examples())} patients, {len(found.answers)} change." in text
    major, minor, _ = shipped_rules.version.split(".")
    assert f"From {shipped_rules.version} to {major}.{int(minor) + 1}.0: answers become stricter only." in text
    assert "signature" in text


def test_profiles_of_a_folder_are_evaluated_and_those_that_cannot_be_are_named(
    tmp_path: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    (tmp_path / "a.yaml").write_text("id: a\ndiagnosis: {disease: mgus}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("id: b\ndiagnoses: {}\n", encoding="utf-8")
    found = compare_books(shipped_rules, shipped_rules, tmp_path)
    assert (found.patients, found.answers) == (2, ())
    assert found.unread[0].startswith("b.yaml: ")
    with pytest.raises(UsageError, match="is not a folder"):
        compare_books(shipped_rules, shipped_rules, tmp_path / "nowhere")


def test_a_folder_without_outcomes_lies_on_the_shipped_book(tmp_path: Path) -> None:
    rule = {"id": "local.old", "title": "Old", "absence": "unknown", "when": {"age": {"operator": ">", "years": 80}}}
    layer(tmp_path, json.dumps({"criteria": [rule]}))
    assert "local.old" in book_of(str(tmp_path)).rules
    assert "local.old" not in book_of("core").rules


def test_a_book_that_leaves_some_patients_without_an_answer_is_compared_all_the_same(
    shipped_rules: mrdguide.RuleBook,
) -> None:
    comparison = Comparison(shipped_rules, shipped_rules)
    assert comparison.direction("continue", NO_ANSWER) == comparison.direction(NO_ANSWER, "continue") == "other"
    assert comparison.direction(NO_ANSWER, NO_ANSWER) is None
