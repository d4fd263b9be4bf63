"""`mrdguide explain`: why, why not, what would settle it, when, and how firm the answer is."""

from __future__ import annotations

import json

import pytest

from . import DAY, EXAMPLE, EXAMPLES, NEAR_MISS, RISK, Run, command, refused


class TestExplain:
    def test_says_why_what_when_and_how_firm(self, run: Run) -> None:
        found = run("explain", NEAR_MISS, *DAY)
        assert found.status == 0
        for words in (
            "What carries the answer",
            "The proof: every verdict that settles the answer",
            "What stands in the way",
            "When",
            "How firm",
            "10 days",
            "criteria/mrd.yaml:",
        ):
            assert words in found.out

    def test_as_json(self, run: Run) -> None:
        found = json.loads(run("explain", RISK, *DAY, "--format", "json").out)
        assert found["tree"]["what"] == "TP53 mutation"
        assert found["when"]["assumptions"]
        assert found["why"] is None

    @pytest.mark.parametrize("format_", ["markdown", "html"])
    def test_as_a_page(self, run: Run, format_: str) -> None:
        assert "why continue?" in run("explain", NEAR_MISS, *DAY, "--format", format_).out

    def test_why_not(self, run: Run) -> None:
        found = run("explain", EXAMPLES / "continue-double-hit.yaml", *DAY, "--why-not", "cessation-supported")
        assert found.status == 0
        assert "Cannot be changed" in found.out
        assert "del(17p)" in found.out

    def test_given_days_for_tests(self, run: Run) -> None:
        found = json.loads(
            run(
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
        assert {item["id"]: item["possible_from"] for item in found["outcomes"]}["cessation-supported"] == "2027-02-01"

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--why-not", "cessation-suported"], "did you mean 'cessation-supported'?"),
            (["--marrow-on", "soon"], "--marrow-on"),
            (["--marrow-on", "2026-01-01"], "not before 2026-11-21"),
            (["--imaging-on", "2027-02"], "give a day YYYY-MM-DD"),
        ],
    )
    def test_bad_input_gets_one_message(self, run: Run, arguments: list[str], words: str) -> None:
        refused(run("explain", EXAMPLE, *DAY, *arguments), words)

    def test_months_are_a_number(self, run: Run) -> None:
        found = run("explain", EXAMPLE, *DAY, "--months", "many")
        assert found.status == 2
        assert "'many' is not a number of months from 1 to 240" in found.err


def test_a_terminal_that_knows_no_more_than_ascii_gets_a_page() -> None:
    found = command("explain", RISK, *DAY, PYTHONIOENCODING="ascii")
    assert (found.status, found.err) == (0, "")
    assert "TP53 mutation" in found.out


def test_a_page_on_standard_input(run: Run) -> None:
    assert run("explain", "-", *DAY, stdin=EXAMPLE.read_bytes()).status == 0
