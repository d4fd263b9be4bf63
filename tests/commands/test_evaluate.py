"""`mrdguide evaluate`: exit status 0 when everything was done, 2 for bad input with one clear message on standard error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import mrdguide

from ..report.formats.test_pdf import needs_weasyprint
from . import DAY, EXAMPLE, NEAR_MISS, RULE_FILES, Run, command, refused

PATIENT = mrdguide.read_patient(EXAMPLE).id


class TestEvaluate:
    def test_json_is_the_recommendation(self, run: Run, shipped_rules: mrdguide.RuleBook) -> None:
        found = run("evaluate", EXAMPLE, *DAY, "--format", "json")
        assert (found.status, found.err) == (0, "")
        assert json.loads(found.out) == mrdguide.evaluate(EXAMPLE, rules=shipped_rules, as_of="2026-11-21").to_dict()

    def test_several_files_give_a_list_in_their_order(self, run: Run, profile: Path) -> None:
        found = run("evaluate", profile, EXAMPLE, *DAY, "--format", "json")
        assert found.status == 0
        listed = json.loads(found.out)
        assert [item["patient"] for item in listed] == ["small", PATIENT]
        assert found.out == json.dumps(listed, indent=2, ensure_ascii=False) + "\n"

    def test_text_names_patient_day_and_answer(self, run: Run) -> None:
        found = run("evaluate", EXAMPLE, *DAY)
        assert (found.status, found.err) == (0, "")
        assert f"{PATIENT} on 2026-11-21: cessation-supported" in found.out
        assert all(len(line) <= 100 for line in found.out.splitlines())
        assert not any(line != line.rstrip() for line in found.out.splitlines())

    def test_text_is_the_front_of_the_report_and_says_how_to_see_the_rest(self, run: Run) -> None:
        short, whole = run("evaluate", EXAMPLE, *DAY), run("evaluate", EXAMPLE, *DAY, "--details")
        assert (short.status, whole.status) == (0, 0)
        assert "--details" in short.out.splitlines()[-1]
        assert "Every criterion, conclusion, block" not in short.out
        for heading in ("Why this answer", "Every criterion", "Basis", "Evidence"):
            assert heading in whole.out.splitlines() or f"  {heading}" in whole.out
        assert all(len(line) <= 100 for line in whole.out.splitlines())

    def test_json_in_short(self, run: Run, shipped_rules: mrdguide.RuleBook) -> None:
        found = run("evaluate", EXAMPLE, *DAY, "--format", "json", "--detail", "short")
        assert json.loads(found.out) == mrdguide.evaluate(EXAMPLE, rules=shipped_rules, as_of=DAY[1]).to_dict("short")
        refused(run("evaluate", EXAMPLE, *DAY, "--detail", "short"), "--detail short is for --format json")

    @pytest.mark.parametrize("other", [("--format", "json"), ("--format", "html"), ("--audience", "patient")])
    def test_details_where_they_are_shown_anyway_are_refused(self, run: Run, other: tuple[str, str]) -> None:
        refused(run("evaluate", EXAMPLE, *DAY, "--details", *other), "--details is for --format text")

    def test_the_sheet_the_report_and_the_full_trace(self, run: Run) -> None:
        sheet, report, full = (
            run("evaluate", EXAMPLE, *DAY, "--format", "markdown", *option).out
            for option in (("--sheet-only",), (), ("--full",))
        )
        shared = sheet[sheet.index("> **Stopping may be discussed") :].rstrip()
        assert shared in report
        assert shared in full
        assert "What carries the answer" in report
        assert "What carries the answer" not in sheet
        assert "Every criterion, conclusion, block" in full
        assert "Every criterion, conclusion, block" not in report

    @pytest.mark.parametrize("option", ["--sheet-only", "--full"])
    @pytest.mark.parametrize("other", [("--format", "json"), (), ("--format", "html", "--audience", "patient")])
    def test_the_extent_of_a_report_for_what_is_none_is_refused(
        self, run: Run, option: str, other: tuple[str, ...]
    ) -> None:
        refused(run("evaluate", EXAMPLE, *DAY, option, *other), f"{option} is for --format html, pdf or markdown")

    def test_without_a_day_it_is_today_and_says_so(self, run: Run, profile: Path) -> None:
        before = date.today()
        found = json.loads(run("evaluate", profile, "--format", "json").out)
        assert before <= date.fromisoformat(found["provenance"]["as_of"]) <= date.today()

    def test_standard_input(self, run: Run) -> None:
        found = run("evaluate", "-", *DAY, "--format", "json", stdin=b"id: piped\ndiagnosis: {disease: mgus}\n")
        assert found.status == 0
        assert json.loads(found.out)["patient"] == "piped"

    def test_output_goes_to_a_file(self, run: Run, tmp_path: Path) -> None:
        target = tmp_path / "result.json"
        on_screen = run("evaluate", EXAMPLE, *DAY, "--format", "json").out
        found = run("evaluate", EXAMPLE, *DAY, "--format", "json", "--output", target)
        assert (found.status, found.out, found.err) == (0, "", "")
        assert target.read_text(encoding="utf-8") == on_screen

    def test_own_rules(self, run: Run, tmp_path: Path, profile: Path) -> None:
        rules = tmp_path / "rules"
        rules.mkdir()
        book = (RULE_FILES / "good" / "minimal" / "book.yaml").read_text(encoding="utf-8")
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
        line = f'"{sys.executable}" -m mrdguide evaluate "{EXAMPLE}" --as-of 2026-11-21 --format json | head -c 10'
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; {line}"], capture_output=True, check=False, timeout=120,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (0, b'{\n  "patie', b"")


class TestFormats:
    def test_html_is_one_file(self, run: Run, tmp_path: Path) -> None:
        target = tmp_path / "page.html"
        found = run("evaluate", EXAMPLE, *DAY, "--format", "html", "--output", target)
        assert (found.status, found.out, found.err) == (0, "", "")
        assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        assert [path.name for path in tmp_path.iterdir()] == ["page.html"]

    def test_several_patients_get_a_file_each(self, run: Run, tmp_path: Path) -> None:
        target = tmp_path / "pages"
        found = run("evaluate", EXAMPLE, NEAR_MISS, *DAY, "--format", "html", "--output", target)
        assert found.status == 0
        assert sorted(path.name for path in target.iterdir()) == ["cessation-supported.html", "continue-near-miss.html"]

    def test_several_patients_as_html_need_a_folder(self, run: Run) -> None:
        refused(run("evaluate", EXAMPLE, NEAR_MISS, *DAY, "--format", "html"), "--output DIR")

    def test_files_of_the_same_name_do_not_overwrite_each_other(self, run: Run, tmp_path: Path) -> None:
        other = tmp_path / "other" / EXAMPLE.name
        other.parent.mkdir()
        other.write_bytes(EXAMPLE.read_bytes())
        target = tmp_path / "pages"
        refused(run("evaluate", EXAMPLE, other, *DAY, "--format", "html", "--output", target), "same name")
        assert not target.exists()

    def test_markdown(self, run: Run) -> None:
        found = run("evaluate", EXAMPLE, NEAR_MISS, *DAY, "--format", "markdown")
        assert found.status == 0
        assert [line for line in found.out.splitlines() if line.startswith("# ")] == [
            "# May maintenance be stopped? cessation-supported", "# May maintenance be stopped? continue-near-miss",
        ]  # fmt: skip

    def test_a_patient_that_cannot_be_read_leaves_no_page_that_looks_whole(self, run: Run, tmp_path: Path) -> None:
        bad = tmp_path / "bad.yaml"
        bad.write_text("id: x\n", encoding="utf-8")
        target = tmp_path / "pages"
        refused(run("evaluate", EXAMPLE, bad, *DAY, "--format", "html", "--output", target), "diagnosis")
        assert not target.exists()

    def test_the_page_for_patients(self, run: Run) -> None:
        found = run("evaluate", EXAMPLE, *DAY, "--audience", "patient")
        assert found.status == 0
        assert "criteria/" not in found.out
        assert "not a decision" in found.out

    def test_the_page_for_patients_is_no_json(self, run: Run) -> None:
        refused(run("evaluate", EXAMPLE, *DAY, "--audience", "patient", "--format", "json"), "--audience patient")

    def test_numbers_for_patients_who_ask(self, run: Run) -> None:
        page = ("evaluate", EXAMPLE, *DAY, "--audience", "patient", "--format", "markdown")
        assert "What studies found, in numbers" not in run(*page).out
        assert "What studies found, in numbers" in run(*page, "--numbers").out
        refused(run("evaluate", EXAMPLE, *DAY, "--numbers"), "--numbers is for --audience patient")

    def test_pdf_does_not_go_to_the_terminal(self, run: Run) -> None:
        refused(run("evaluate", EXAMPLE, *DAY, "--format", "pdf"), "needs --output")

    @needs_weasyprint
    def test_pdf(self, run: Run, tmp_path: Path) -> None:
        target = tmp_path / "page.pdf"
        found = run("evaluate", EXAMPLE, *DAY, "--format", "pdf", "--audience", "patient", "--output", target)
        assert (found.status, found.out, found.err) == (0, "", "")
        assert target.read_bytes().startswith(b"%PDF")

    def test_a_folder_that_cannot_be_made(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        target = tmp_path / "file" / "pages"
        refused(
            run("evaluate", EXAMPLE, NEAR_MISS, *DAY, "--format", "html", "--output", target), "cannot write the folder"
        )


class TestBadInput:
    def test_a_file_that_does_not_exist(self, run: Run, tmp_path: Path) -> None:
        refused(run("evaluate", tmp_path / "nowhere.yaml", *DAY), "nowhere.yaml: cannot be read: No such file")

    def test_a_directory(self, run: Run, tmp_path: Path) -> None:
        refused(run("evaluate", tmp_path, *DAY), "cannot be read: Is a directory")

    def test_a_binary_file(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "scan.yaml"
        path.write_bytes(bytes(range(256)))
        refused(run("evaluate", path, *DAY), "scan.yaml:2:118: the file is not UTF-8 text")

    def test_an_empty_file(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "empty.yaml"
        path.write_text("", encoding="utf-8")
        refused(run("evaluate", path, *DAY), "empty.yaml")

    def test_broken_yaml(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "broken.yaml"
        path.write_text("id: [a\ndiagnosis: b\n", encoding="utf-8")
        refused(run("evaluate", path, *DAY), "broken.yaml:1:5", "not readable as YAML")

    def test_a_bad_profile_with_every_mistake(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "bad.yaml"
        path.write_text("id: bad\ndiagnosis: {disease: mgus}\necog: 9\nbirthyear: 1961\n", encoding="utf-8")
        refused(
            run("evaluate", path, *DAY), "bad.yaml:3:7: ecog", "bad.yaml:4:1: birthyear", "did you mean 'birth_year'?"
        )

    @pytest.mark.parametrize("stdin", [b"id: caf\xe9\n", bytes(range(256)), b""])
    def test_standard_input_that_is_no_profile(self, run: Run, stdin: bytes) -> None:
        refused(run("evaluate", "-", *DAY, stdin=stdin), "standard input")

    @pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "2026-11", "2026", "21.11.2026", ""])
    def test_a_day_that_is_none(self, run: Run, profile: Path, day: str) -> None:
        refused(run("evaluate", profile, "--as-of", day), "as_of: ", "YYYY-MM-DD")

    @pytest.mark.parametrize(
        ("folder", "why"),
        [
            ("nowhere", "does not exist"),
            ("empty", "no rule files (*.yaml) found here"),
            ("file", "is a file, not a folder"),
        ],
    )
    def test_rules_that_are_none(self, run: Run, profile: Path, tmp_path: Path, folder: str, why: str) -> None:
        (tmp_path / "empty").mkdir()
        (tmp_path / "file").write_text("x", encoding="utf-8")
        refused(run("evaluate", profile, "--rules", tmp_path / folder, *DAY), f"{folder}: {why}")

    def test_an_output_that_cannot_be_written(self, run: Run, profile: Path, tmp_path: Path) -> None:
        refused(run("evaluate", profile, *DAY, "--output", tmp_path / "no" / "where"), "cannot write", "No such file")
        refused(run("evaluate", profile, *DAY, "--output", tmp_path), "cannot write", "Is a directory")

    def test_in_text_the_good_patients_are_shown_and_the_status_says_that_one_failed(
        self, run: Run, profile: Path, tmp_path: Path
    ) -> None:
        found = run("evaluate", tmp_path / "nowhere.yaml", profile, *DAY)
        assert found.status == 2
        assert "nowhere.yaml: cannot be read" in found.err
        assert "small on 2026-11-21" in found.out

    def test_in_json_a_list_that_lacks_a_patient_is_not_given(self, run: Run, profile: Path, tmp_path: Path) -> None:
        refused(run("evaluate", profile, tmp_path / "nowhere.yaml", *DAY, "--format", "json"), "nowhere.yaml")

    def test_a_failed_patient_leaves_no_output_file_in_json(self, run: Run, profile: Path, tmp_path: Path) -> None:
        target = tmp_path / "result.json"
        found = run("evaluate", profile, tmp_path / "nowhere.yaml", *DAY, "--format", "json", "--output", target)
        assert found.status == 2
        assert not target.exists()

    def test_bad_input_gives_no_traceback_in_a_process_of_its_own(self, tmp_path: Path) -> None:
        refused(command("evaluate", tmp_path, *DAY))


def test_no_rules_are_loaded_where_no_profile_can_be_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loaded(*_: object) -> None:
        raise AssertionError("rules were loaded")

    monkeypatch.setattr("mrdguide.rulebook.book.load_rules", loaded)
    refused(run("evaluate", str(tmp_path / "none.yaml")), "none.yaml", "cannot be read")
    output = tmp_path / "before.txt"
    output.write_text("what was there before", encoding="utf-8")
    refused(run("evaluate", str(tmp_path / "none.yaml"), "--output", str(output)), "none.yaml", "cannot be read")
    assert output.read_text(encoding="utf-8") == "what was there before"
    with pytest.raises(AssertionError, match="rules were loaded"):
        run("evaluate", str(tmp_path / "none.yaml"), "--rules", str(tmp_path))  # a mistake in them is told as well
