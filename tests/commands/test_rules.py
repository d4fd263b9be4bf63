"""`mrdguide rules`: check, list, show, coverage."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import mrdguide

from . import RULE_FILES, Run, refused


class TestRulesCheck:
    def test_the_shipped_rules_have_no_problems(self, run: Run, shipped_rules: mrdguide.RuleBook) -> None:
        found = run("rules", "check")
        assert (found.status, found.err) == (0, "")
        assert found.out.startswith(f"{shipped_rules.pack.name} {shipped_rules.version}: no problems.")
        assert shipped_rules.hash[:12] in found.out

    def test_a_bad_book_is_refused_with_every_problem(self, run: Run, tmp_path: Path) -> None:
        shutil.copytree(RULE_FILES / "good" / "minimal", tmp_path / "rules")
        shutil.copy(
            RULE_FILES / "bad" / "layered" / "several-mistakes" / "book.yaml",
            tmp_path / "rules" / "more.yaml",
        )
        found = run("rules", "check", tmp_path / "rules")
        refused(
            found,
            "more.yaml:5:",
            "more.yaml:9:",
            "more.yaml:13:",
            "more.yaml:17:",
            "there is no evidence entry",
            "7 problems",
        )

    def test_a_folder_that_does_not_exist(self, run: Run, tmp_path: Path) -> None:
        refused(run("rules", "check", tmp_path / "nowhere"), "does not exist")

    def test_an_own_book_without_its_evidence_names_each_missing_entry(self, run: Run) -> None:
        refused(
            run("rules", "check", RULE_FILES / "good" / "minimal"),
            "there is no evidence entry 'invented2020'",
        )


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        (("list",), "imaging.negative-now"),
        (("show", "imaging.negative-now"), "criteria/imaging.yaml:"),
        (("show", "cessation-supported"), "rests on:"),
        (("show", "mrd2stop"), "not published in the sources read"),
        (("coverage",), "outcomes seen: 9 of 9"),
    ],
)
def test_shows(run: Run, action: tuple[str, ...], shown: str) -> None:
    found = run("rules", *action)
    assert (found.status, found.err) == (0, "")
    assert shown in found.out


def test_what_is_not_there_is_said_with_what_may_be_meant(run: Run) -> None:
    refused(run("rules", "show", "imaging.negativ"), "did you mean")
