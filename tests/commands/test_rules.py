"""`mrdguide rules`: check, list, show, coverage, uses, facts, test, mutate, new, editor."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import mrdguide
from mrdguide.authoring.templates import KINDS
from mrdguide.commands.rules import new

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


CASE = """\
cases:
  - name: ordinary
    why: Nothing is in the way.
    set: {ecog: 0}
    expect: {outcome: cessation-supported, possible_outcomes: [cessation-supported]}
"""


class TestRulesTest:
    def test_cases_that_come_out(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "own.yaml").write_text(CASE, encoding="utf-8")
        found = run("rules", "test", tmp_path)
        assert (found.status, found.err) == (0, "")
        assert "1 case, 0 not as expected" in found.out

    def test_a_case_that_does_not_come_out_ends_with_status_1(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "own.yaml").write_text(CASE.replace("cessation-supported", "continue"), encoding="utf-8")
        found = run("rules", "test", tmp_path, "--format", "json")
        assert (found.status, found.err) == (1, "")
        (case,) = json.loads(found.out)["cases"]
        assert case["differences"][0] == {"name": "outcome", "expected": "continue", "found": "cessation-supported"}

    def test_a_mistake_in_a_case_is_bad_input(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "own.yaml").write_text(CASE.replace("why:", "wy:"), encoding="utf-8")
        refused(run("rules", "test", tmp_path), "own.yaml:3:5", "did you mean 'why'")

    def test_mutants_that_no_case_notices_end_with_status_1(self, run: Run, tmp_path: Path) -> None:
        rules, tests = tmp_path / "rules", tmp_path / "tests"
        rules.mkdir()
        tests.mkdir()
        rule = (
            "{id: local.old, title: Old, absence: unknown, when: {age: {operator: '>', years: 75}}, why: An example.}"
        )
        (rules / "own.yaml").write_text(f"criteria:\n  - {rule}\n", encoding="utf-8")
        (tests / "own.yaml").write_text(CASE, encoding="utf-8")
        shipped = Path(__file__).parents[2] / "rules"
        found = run("rules", "mutate", tests, "--rules", shipped, "--rules", rules, "--only", "years: 75 -> 76")
        assert (found.status, found.err) == (1, "")
        assert (
            found.out
            == f"{rules}/own.yaml:2: no case notices: local.old when.age.years: 75 -> 76\n1 changes: 0 noticed, 1 not\n"
        )


class TestRulesNew:
    def test_writes_to_standard_output_or_a_file_and_overwrites_nothing(self, run: Run, tmp_path: Path) -> None:
        found = run("rules", "new", "caution", "--id", "caution.ours")
        assert "id: caution.ours" in found.out
        path = tmp_path / "own.yaml"
        assert run("rules", "new", "block", "--output", path).status == 0
        assert path.read_text(encoding="utf-8").startswith("# A block")
        refused(run("rules", "new", "block", "--output", path), "is there already")

    def test_the_kinds_are_those_that_have_a_template(self) -> None:
        assert set(new.KINDS) == set(KINDS)


class TestRulesEditor:
    def test_keeps_settings_and_writes_the_schemas(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / ".vscode").mkdir()
        (tmp_path / ".vscode" / "settings.json").write_text('{"editor.tabSize": 2}', encoding="utf-8")
        assert run("rules", "editor", tmp_path).status == 0
        settings = json.loads((tmp_path / ".vscode" / "settings.json").read_text(encoding="utf-8"))
        assert settings["editor.tabSize"] == 2
        assert all((tmp_path / name).is_file() for name in settings["yaml.schemas"])

    def test_settings_with_comments_are_left_alone(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / ".vscode").mkdir()
        (tmp_path / ".vscode" / "settings.json").write_text("{} // mine", encoding="utf-8")
        found = run("rules", "editor", tmp_path)
        assert found.status == 2
        assert "is not plain JSON" in found.err


def test_what_a_rule_rests_on_and_what_a_profile_holds(run: Run) -> None:
    assert "caution.any" in run("rules", "uses", "caution.high-ldh").out
    assert run("rules", "facts", "ldh").out.startswith("baseline.labs.ldh: LDH")
    refused(run("rules", "uses", "caution.high-ldl"), "did you mean")
    refused(run("rules", "facts", "shoe", "size"), "a profile holds nothing about")
