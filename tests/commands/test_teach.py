"""`mrdguide teach`: the list of cases, and a case gone through."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mrdguide.teach.examples import examples

from . import Run, refused


def test_lists_the_cases(run: Run) -> None:
    found = run("teach")
    assert found.status == 0
    assert all(example.question in " ".join(found.out.split()) for example in examples())


def test_asks_then_tells(run: Run) -> None:
    found = run("teach", "4", stdin=b"continue\n")
    assert found.status == 0
    flat = " ".join(found.out.split())
    assert "10 days short of 12 months" in flat
    assert next(example.point for example in examples() if example.file == "continue-near-miss.yaml") in flat


def test_an_answer_given_beforehand_asks_nothing(run: Run) -> None:
    found = run("teach", "4", "--answer", "cessation-supported")
    assert found.status == 0
    assert "10 days short" in found.out


@pytest.mark.parametrize(
    ("arguments", "words"), [(["99"], "99"), (["1", "--answer", "cessation-suported"], "did you mean")]
)
def test_bad_input_gets_one_message(run: Run, arguments: list[str], words: str) -> None:
    refused(run("teach", *arguments), words)


def test_all_cases_in_another_order_with_results(run: Run, tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    found = run("teach", "--all", "--shuffle", "7", "--results", results, stdin=b"continue\n" * 3)
    assert found.status == 0
    written = json.loads(results.read_text(encoding="utf-8"))
    assert written["answered"] == 3
    assert written["right"] == sum(item["right"] for item in written["cases"])
    assert [item["case"] for item in written["cases"]] != [1, 2, 3]


def test_a_handout_and_its_key(run: Run, tmp_path: Path) -> None:
    handout, key = tmp_path / "handout.html", tmp_path / "key.html"
    assert run("teach", "4", "--handout", handout, "--key", key).status == 0
    point = next(example.point for example in examples() if example.file == "continue-near-miss.yaml")
    assert point in key.read_text(encoding="utf-8")
    assert point not in handout.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"), [(["--shuffle"], "needs --all"), (["3", "--all"], "goes through every case")]
)
def test_options_that_do_not_go_together(run: Run, arguments: list[str], words: str) -> None:
    refused(run("teach", *arguments), words)
