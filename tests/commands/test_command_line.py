"""The command line: exit status 0 when everything was done, 2 for bad input with one clear message on standard error."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import mrdguide
from mrdguide.cli import main

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "cessation-supported.yaml"
PATIENT = mrdguide.read_patient(EXAMPLE).id
DAY = ("--as-of", "2026-11-21")


class Ran(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run one command in this process."""

    def call(*arguments: str | Path) -> Ran:
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as exit_:  # argparse leaves this way
            status = int(exit_.code or 0)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return call


def command(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> Ran:
    """Run one command as people do, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "mrdguide.cli", *map(str, arguments)],
        input=stdin, capture_output=True, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def refused(found: Ran, *words: str) -> None:
    """Status 2, a message that names the matter on standard error, nothing on standard output, no traceback."""
    assert found.status == 2
    assert found.out == ""
    assert found.err.startswith("mrdguide: ")
    assert "Traceback" not in found.err
    for word in words:
        assert word in found.err


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "profile.yaml"
    path.write_text("id: small\ndiagnosis: {disease: mgus}\n", encoding="utf-8")
    return path


class TestEvaluate:
    def test_json_is_the_recommendation(self, run: Any, shipped_rules: mrdguide.RuleBook) -> None:
        found = run("evaluate", EXAMPLE, *DAY, "--format", "json")
        assert (found.status, found.err) == (0, "")
        assert json.loads(found.out) == mrdguide.evaluate(EXAMPLE, shipped_rules, "2026-11-21").to_dict()

    def test_several_files_give_a_list_in_their_order(self, run: Any, profile: Path) -> None:
        found = run("evaluate", profile, EXAMPLE, *DAY, "--format", "json")
        assert found.status == 0
        assert [item["patient"] for item in json.loads(found.out)] == ["small", PATIENT]

    def test_text_names_patient_day_and_answer(self, run: Any) -> None:
        found = run("evaluate", EXAMPLE, *DAY)
        assert (found.status, found.err) == (0, "")
        assert f"{PATIENT} on 2026-11-21: cessation-supported" in found.out
        assert all(len(line) <= 100 for line in found.out.splitlines())
        assert not any(line != line.rstrip() for line in found.out.splitlines())

    def test_text_is_the_front_of_the_report_and_says_how_to_see_the_rest(self, run: Any) -> None:
        short, whole = run("evaluate", EXAMPLE, *DAY), run("evaluate", EXAMPLE, *DAY, "--details")
        assert (short.status, whole.status) == (0, 0)
        assert "--details" in short.out.splitlines()[-1]
        for heading in ("Why this answer", "Every criterion", "Basis", "Evidence"):
            assert heading in whole.out.splitlines()
            assert heading not in short.out.splitlines()
        assert all(len(line) <= 100 for line in whole.out.splitlines())

    @pytest.mark.parametrize("other", [("--format", "json"), ("--format", "html"), ("--audience", "patient")])
    def test_details_where_they_are_shown_anyway_are_refused(self, run: Any, other: tuple[str, str]) -> None:
        refused(run("evaluate", EXAMPLE, *DAY, "--details", *other), "--details is for --format text")

    def test_without_a_day_it_is_today_and_says_so(self, run: Any, profile: Path) -> None:
        from datetime import date

        before = date.today()
        found = json.loads(run("evaluate", profile, "--format", "json").out)
        assert before <= date.fromisoformat(found["provenance"]["as_of"]) <= date.today()

    def test_standard_input(self, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", StringIO("id: piped\ndiagnosis: {disease: mgus}\n"))
        found = run("evaluate", "-", *DAY, "--format", "json")
        assert found.status == 0
        assert json.loads(found.out)["patient"] == "piped"

    def test_output_goes_to_a_file(self, run: Any, tmp_path: Path) -> None:
        target = tmp_path / "result.json"
        on_screen = run("evaluate", EXAMPLE, *DAY, "--format", "json").out
        found = run("evaluate", EXAMPLE, *DAY, "--format", "json", "--output", target)
        assert (found.status, found.out, found.err) == (0, "", "")
        assert target.read_text(encoding="utf-8") == on_screen

    def test_own_rules(self, run: Any, tmp_path: Path, profile: Path) -> None:
        rules = tmp_path / "rules"
        rules.mkdir()
        book = (HERE.parent / "rulefiles" / "good" / "minimal" / "book.yaml").read_text(encoding="utf-8")
        (rules / "book.yaml").write_text(book.replace("invented2020", "derman2024"), encoding="utf-8")
        found = run("evaluate", profile, "--rules", rules, *DAY, "--format", "json")
        assert found.status == 0
        assert json.loads(found.out)["provenance"]["rules_name"] == "minimal"

    def test_the_same_input_gives_the_same_bytes(self) -> None:
        """Also in another process with another seed of Python's hashes."""
        first = command("evaluate", EXAMPLE, *DAY, "--format", "json", PYTHONHASHSEED="1")
        second = command("evaluate", EXAMPLE, *DAY, "--format", "json", PYTHONHASHSEED="2")
        assert first.status == 0
        assert first.out == second.out

    def test_text_in_a_pipe_has_no_colour_codes(self) -> None:
        found = command("evaluate", EXAMPLE, *DAY)
        assert found.status == 0
        assert "\x1b" not in found.out

    def test_a_reader_that_goes_away_is_no_error(self) -> None:
        line = f'"{sys.executable}" -m mrdguide.cli evaluate "{EXAMPLE}" --as-of 2026-11-21 --format json | head -c 10'
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {line}"], capture_output=True, check=False, timeout=120,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (0, b'{\n  "patie', b"")


class TestBadInput:
    def test_a_file_that_does_not_exist(self, run: Any, tmp_path: Path) -> None:
        refused(run("evaluate", tmp_path / "nowhere.yaml", *DAY), "nowhere.yaml: cannot be read: No such file")

    def test_a_directory(self, run: Any, tmp_path: Path) -> None:
        refused(run("evaluate", tmp_path, *DAY), "cannot be read: Is a directory")

    def test_a_binary_file(self, run: Any, tmp_path: Path) -> None:
        path = tmp_path / "scan.yaml"
        path.write_bytes(bytes(range(256)))
        refused(run("evaluate", path, *DAY), "scan.yaml: the file is not UTF-8 text")

    def test_an_empty_file(self, run: Any, tmp_path: Path) -> None:
        path = tmp_path / "empty.yaml"
        path.write_text("", encoding="utf-8")
        refused(run("evaluate", path, *DAY), "empty.yaml")

    def test_broken_yaml(self, run: Any, tmp_path: Path) -> None:
        path = tmp_path / "broken.yaml"
        path.write_text("id: [a\ndiagnosis: b\n", encoding="utf-8")
        refused(run("evaluate", path, *DAY), "broken.yaml:2:", "not readable as YAML")

    def test_a_bad_profile_with_every_mistake(self, run: Any, tmp_path: Path) -> None:
        path = tmp_path / "bad.yaml"
        path.write_text("id: bad\ndiagnosis: {disease: mgus}\necog: 9\nbirthyear: 1961\n", encoding="utf-8")
        refused(
            run("evaluate", path, *DAY), "bad.yaml:3:7: ecog", "bad.yaml:4:1: birthyear", "did you mean 'birth_year'?"
        )

    @pytest.mark.parametrize("stdin", [b"id: caf\xe9\n", bytes(range(256)), b""])
    def test_standard_input_that_is_no_profile(self, stdin: bytes) -> None:
        refused(command("evaluate", "-", *DAY, stdin=stdin), "standard input")

    @pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "2026-11", "2026", "21.11.2026", ""])
    def test_a_day_that_is_none(self, run: Any, profile: Path, day: str) -> None:
        refused(run("evaluate", profile, "--as-of", day), "as_of: ", "YYYY-MM-DD")

    @pytest.mark.parametrize(
        ("folder", "why"),
        [
            ("nowhere", "does not exist"),
            ("empty", "no rule files (*.yaml) found here"),
            ("file", "is a file, not a folder"),
        ],
    )
    def test_rules_that_are_none(self, run: Any, profile: Path, tmp_path: Path, folder: str, why: str) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "file").write_text("x", encoding="utf-8")
        refused(run("evaluate", profile, "--rules", tmp_path / folder, *DAY), f"{folder}: {why}")

    def test_an_output_that_cannot_be_written(self, run: Any, profile: Path, tmp_path: Path) -> None:
        refused(run("evaluate", profile, *DAY, "--output", tmp_path / "no" / "where"), "cannot write", "No such file")
        refused(run("evaluate", profile, *DAY, "--output", tmp_path), "cannot write", "Is a directory")

    def test_in_text_the_good_patients_are_shown_and_the_status_says_that_one_failed(
        self, run: Any, profile: Path, tmp_path: Path
    ) -> None:
        found = run("evaluate", tmp_path / "nowhere.yaml", profile, *DAY)
        assert found.status == 2
        assert "nowhere.yaml: cannot be read" in found.err
        assert "small on 2026-11-21" in found.out

    def test_in_json_a_list_that_lacks_a_patient_is_not_given(self, run: Any, profile: Path, tmp_path: Path) -> None:
        refused(run("evaluate", profile, tmp_path / "nowhere.yaml", *DAY, "--format", "json"), "nowhere.yaml")

    def test_a_failed_patient_leaves_no_output_file_in_json(self, run: Any, profile: Path, tmp_path: Path) -> None:
        target = tmp_path / "result.json"
        found = run("evaluate", profile, tmp_path / "nowhere.yaml", *DAY, "--format", "json", "--output", target)
        assert found.status == 2
        assert not target.exists()

    @pytest.mark.parametrize(
        "arguments",
        [(), ("evaluate",), ("evaluate", "x", "--format", "yaml"), ("advise",), ("rules",), ("schema", "drug")],
    )
    def test_a_command_that_is_none_shows_how_to_use_it(self, run: Any, arguments: tuple[str, ...]) -> None:
        found = run(*arguments)
        assert found.status == 2
        assert found.err.startswith("usage: mrdguide")

    def test_bad_input_gives_no_traceback_in_a_process_of_its_own(self, tmp_path: Path) -> None:
        refused(command("evaluate", tmp_path, *DAY))


class TestRulesCheck:
    def test_the_shipped_rules_have_no_problems(self, run: Any, shipped_rules: mrdguide.RuleBook) -> None:
        found = run("rules", "check")
        assert (found.status, found.err) == (0, "")
        assert found.out.startswith(f"{shipped_rules.pack.name} {shipped_rules.version}: no problems.")
        assert shipped_rules.hash[:12] in found.out

    def test_a_bad_book_is_refused_with_every_problem(self, run: Any, tmp_path: Path) -> None:
        shutil.copytree(HERE.parent / "rulefiles" / "good" / "minimal", tmp_path / "rules")
        shutil.copy(
            HERE.parent / "rulefiles" / "bad" / "layered" / "several-mistakes" / "book.yaml",
            tmp_path / "rules" / "more.yaml",
        )
        found = run("rules", "check", tmp_path / "rules")
        refused(found, "more.yaml:5:", "more.yaml:9:", "more.yaml:13:", "more.yaml:15:")

    def test_a_folder_that_does_not_exist(self, run: Any, tmp_path: Path) -> None:
        refused(run("rules", "check", tmp_path / "nowhere"), "does not exist")

    def test_an_own_book_without_its_evidence_names_each_missing_entry(self, run: Any) -> None:
        refused(
            run("rules", "check", HERE.parent / "rulefiles" / "good" / "minimal"),
            "there is no evidence entry 'invented2020'",
        )


class TestOtherCommands:
    @pytest.mark.parametrize("name", ["patient", "rules", "evidence", "answer"])
    def test_schema(self, run: Any, name: str) -> None:
        found = run("schema", name)
        assert found.status == 0
        assert json.loads(found.out)["$schema"] == "https://json-schema.org/draft/2020-12/schema"

    def test_examples_are_listed_and_copied(self, run: Any, tmp_path: Path) -> None:
        assert "cessation-supported.yaml" in run("examples", "list").out
        target = tmp_path / "cases"
        assert run("examples", "copy", target).status == 0
        assert (target / "cessation-supported.yaml").read_bytes() == EXAMPLE.read_bytes()
        refused(run("examples", "copy", target), "exists already")

    @pytest.mark.parametrize("arguments", [("--help",), ("evaluate", "--help"), ("--version",)])
    def test_help_and_version(self, run: Any, arguments: tuple[str, ...]) -> None:
        found = run(*arguments)
        assert found.status == 0
        assert "mrdguide" in found.out


class TestBook:
    """Reading the rules and the evidence on the command line."""

    @pytest.mark.parametrize(
        ("command", "shown"),
        [
            (("rules", "list"), "imaging.negative-now"),
            (("rules", "show", "imaging.negative-now"), "criteria/imaging.yaml:"),
            (("rules", "show", "cessation-supported"), "rests on:"),
            (("rules", "show", "mrd2stop"), "not published in the sources read"),
            (("rules", "coverage"), "outcomes seen: 9 of 9"),
            (("evidence", "list"), "derman2024"),
            (("evidence", "show", "master"), "read at:"),
            (("evidence", "show", "terpos2025", "--format", "vancouver"), "Terpos E"),
            (("evidence", "show", "terpos2025", "--format", "bibtex"), "@article{terpos2025,"),
            (("evidence", "show", "terpos2025", "--format", "csl-json"), '"container-title": "Blood"'),
            (("evidence", "show", "terpos2025", "--include-unverified"), "computed here, not published"),
            (("evidence", "check"), "no problems"),
        ],
    )
    def test_shows(self, run: Any, command: tuple[str, ...], shown: str) -> None:
        found = run(*command)
        assert (found.status, found.err) == (0, "")
        assert shown in found.out

    @pytest.mark.parametrize("command", [("rules", "show", "imaging.negativ"), ("evidence", "show", "terpos202")])
    def test_what_is_not_there_is_said_with_what_may_be_meant(self, run: Any, command: tuple[str, ...]) -> None:
        refused(run(*command), "did you mean")
