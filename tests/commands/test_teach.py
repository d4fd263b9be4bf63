"""`mrdguide teach`: the list of cases, and a case gone through."""

from __future__ import annotations

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
