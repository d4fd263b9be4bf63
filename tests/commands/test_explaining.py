"""The command line: explain, what-if, teach, and the formats to read on paper and screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mrdguide.cli import main
from mrdguide.teach.examples import examples

from ..report.formats.test_pdf import needs_weasyprint
from .test_command_line import DAY, EXAMPLE, Ran, command, refused

HERE = EXAMPLE.parent
NEAR_MISS, RISK = HERE / "continue-near-miss.yaml", HERE / "insufficient-risk-unknown.yaml"


class TestEvaluate:
    def test_html_is_one_file(self, tmp_path: Path) -> None:
        target = tmp_path / "page.html"
        found = command("evaluate", EXAMPLE, *DAY, "--format", "html", "--output", target)
        assert (found.status, found.out, found.err) == (0, "", "")
        assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        assert [path.name for path in tmp_path.iterdir()] == ["page.html"]

    def test_several_patients_get_a_file_each(self, tmp_path: Path) -> None:
        target = tmp_path / "pages"
        found = command("evaluate", EXAMPLE, NEAR_MISS, *DAY, "--format", "html", "--output", target)
        assert found.status == 0
        assert sorted(path.name for path in target.iterdir()) == ["cessation-supported.html", "continue-near-miss.html"]

    def test_several_patients_as_html_need_a_folder(self) -> None:
        refused(command("evaluate", EXAMPLE, NEAR_MISS, *DAY, "--format", "html"), "--output DIR")

    def test_files_of_the_same_name_do_not_overwrite_each_other(self, tmp_path: Path) -> None:
        other = tmp_path / "other" / EXAMPLE.name
        other.parent.mkdir()
        other.write_bytes(EXAMPLE.read_bytes())
        target = tmp_path / "pages"
        refused(command("evaluate", EXAMPLE, other, *DAY, "--format", "html", "--output", target), "same name")
        assert not target.exists()

    def test_markdown(self) -> None:
        found = command("evaluate", EXAMPLE, NEAR_MISS, *DAY, "--format", "markdown")
        assert found.status == 0
        assert [line for line in found.out.splitlines() if line.startswith("# ")] == [
            "# cessation-supported: may maintenance be stopped?", "# continue-near-miss: may maintenance be stopped?",
        ]  # fmt: skip

    def test_a_patient_that_cannot_be_read_leaves_no_page_that_looks_whole(self, tmp_path: Path) -> None:
        bad = tmp_path / "bad.yaml"
        bad.write_text("id: x\n", encoding="utf-8")
        target = tmp_path / "pages"
        refused(command("evaluate", EXAMPLE, bad, *DAY, "--format", "html", "--output", target), "diagnosis")
        assert not target.exists()

    def test_the_page_for_patients(self) -> None:
        found = command("evaluate", EXAMPLE, *DAY, "--audience", "patient")
        assert found.status == 0
        assert "criteria/" not in found.out
        assert "not a decision" in found.out

    def test_the_page_for_patients_is_no_json(self) -> None:
        refused(command("evaluate", EXAMPLE, *DAY, "--audience", "patient", "--format", "json"), "--audience patient")

    def test_pdf_does_not_go_to_the_terminal(self) -> None:
        refused(command("evaluate", EXAMPLE, *DAY, "--format", "pdf"), "needs --output")

    @needs_weasyprint
    def test_pdf(self, tmp_path: Path) -> None:
        target = tmp_path / "page.pdf"
        found = command("evaluate", EXAMPLE, *DAY, "--format", "pdf", "--audience", "patient", "--output", target)
        assert (found.status, found.out, found.err) == (0, "", "")
        assert target.read_bytes().startswith(b"%PDF")

    def test_a_folder_that_cannot_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        target = tmp_path / "file" / "pages"
        refused(command("evaluate", EXAMPLE, NEAR_MISS, *DAY, "--format", "html", "--output", target), "cannot make")


class TestExplain:
    def test_says_why_what_when_and_how_firm(self) -> None:
        found = command("explain", NEAR_MISS, *DAY)
        assert found.status == 0
        for words in (
            "What settles the answer",
            "What stands in the way",
            "When",
            "How firm",
            "10 days",
            "criteria/mrd.yaml:",
        ):
            assert words in found.out

    def test_as_json(self) -> None:
        found = json.loads(command("explain", RISK, *DAY, "--format", "json").out)
        assert found["tree"]["what"] == "TP53 mutation"
        assert found["when"]["assumptions"]
        assert found["why"] is None

    @pytest.mark.parametrize("format_", ["markdown", "html"])
    def test_as_a_page(self, format_: str) -> None:
        assert "why continue?" in command("explain", NEAR_MISS, *DAY, "--format", format_).out

    def test_why_not(self) -> None:
        found = command("explain", HERE / "continue-double-hit.yaml", *DAY, "--why-not", "cessation-supported")
        assert found.status == 0
        assert "Cannot be changed" in found.out
        assert "del(17p)" in found.out

    def test_given_days_for_tests(self) -> None:
        found = json.loads(
            command(
                "explain",
                NEAR_MISS,
                *DAY,
                "--marrow-on",
                "2027-02-01",
                "--imaging-on",
                "2027-02-03",
                "--format",
                "json",
            ).out
        )["when"]
        assert [visit["day"] for visit in found["tests_on"]] == ["2027-02-01", "2027-02-03"]
        assert {item["id"]: item["day"] for item in found["outcomes"]}["cessation-supported"] == "2027-02-01"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--why-not", "cessation-suported"], "did you mean 'cessation-supported'?"),
            (["--marrow-on", "soon"], "--marrow-on"),
            (["--marrow-on", "2026-01-01"], "not before 2026-11-21"),
            (["--imaging-on", "2027-02"], "give a day YYYY-MM-DD"),
        ],
    )
    def test_bad_input_gets_one_message(self, arguments: list[str], words: str) -> None:
        refused(command("explain", EXAMPLE, *DAY, *arguments), words)

    def test_months_are_a_number(self) -> None:
        found = command("explain", EXAMPLE, *DAY, "--months", "many")
        assert found.status == 2
        assert "'many' is not a number of months from 1 to 240" in found.err


class TestWhatIf:
    def test_a_changed_fact(self) -> None:
        found = command("what-if", EXAMPLE, *DAY, "--set", "mrd[-1].result=detected", "--set", "mrd[-1].level=4e-5")
        assert found.status == 0
        assert "The answer is another one." in found.out
        assert "After: act-on-resurgence" in found.out
        assert "criteria/mrd.yaml:" in found.out

    def test_a_new_entry_and_one_taken_out(self) -> None:
        image = "imaging[+]={date: 2026-11-20, modality: PET-CT, conclusion: negative}"
        found = json.loads(
            command("what-if", HERE / "insufficient-no-imaging.yaml", *DAY, "--set", image, "--format", "json").out
        )
        assert found["after"]["outcome"] == "cessation-supported"
        found = json.loads(command("what-if", EXAMPLE, *DAY, "--unset", "imaging", "--format", "json").out)
        assert found["after"]["outcome"] == "insufficient-data"
        assert found["missing_added"] == ["PET-CT (or whole-body DW-MRI)"]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ([], "nothing is changed"),
            (["--set", "ecog"], "a path and a value"),
            (["--set", "mrd[9].result=detected"], "there is no entry [9]"),
            (["--set", "mrd[-1].resul=detected"], "did you mean 'result'?"),
            (["--set", "ecog={"], "not readable as a value"),
            (["--unset", "toxicities"], "nothing is recorded there"),
        ],
    )
    def test_bad_input_gets_one_message(self, arguments: list[str], words: str) -> None:
        refused(command("what-if", EXAMPLE, *DAY, *arguments), words)


class TestTeach:
    def test_lists_the_cases(self) -> None:
        found = command("teach")
        assert found.status == 0
        assert all(example.question in " ".join(found.out.split()) for example in examples())

    def test_asks_then_tells(self) -> None:
        found = command("teach", "4", stdin=b"continue\n")
        assert found.status == 0
        flat = " ".join(found.out.split())
        assert "10 days short of 12 months" in flat
        assert next(example.point for example in examples() if example.file == "continue-near-miss.yaml") in flat

    def test_an_answer_given_beforehand_asks_nothing(self) -> None:
        found = command("teach", "4", "--answer", "cessation-supported")
        assert found.status == 0
        assert "10 days short" in found.out

    @pytest.mark.parametrize(
        ("arguments", "words"), [(["99"], "99"), (["1", "--answer", "cessation-suported"], "did you mean")]
    )
    def test_bad_input_gets_one_message(self, arguments: list[str], words: str) -> None:
        refused(command("teach", *arguments), words)


@pytest.mark.parametrize("name", ["evaluate", "explain", "what-if", "teach"])
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([name, "--help"])
    assert caught.value.code == 0
    assert "usage: mrdguide" in capsys.readouterr().out


def test_a_terminal_that_knows_no_more_than_ascii_gets_a_page() -> None:
    found = command("explain", RISK, *DAY, PYTHONIOENCODING="ascii")
    assert (found.status, found.err) == (0, "")
    assert "TP53 mutation" in found.out


def test_a_page_on_standard_input(tmp_path: Path) -> None:
    found: Ran = command("explain", "-", *DAY, stdin=EXAMPLE.read_bytes())
    assert found.status == 0
