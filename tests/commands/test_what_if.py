"""`mrdguide what-if`: the same patient with something changed, and what differs."""

from __future__ import annotations

import json

import pytest

from . import DAY, EXAMPLE, EXAMPLES, Run, refused


def test_a_changed_fact(run: Run) -> None:
    found = run("what-if", EXAMPLE, *DAY, "--set", "mrd[-1].result=detected", "--set", "mrd[-1].level=4e-5")
    assert found.status == 0
    assert "The answer is another one." in found.out
    assert "After: Signs that disease is returning" in found.out
    assert "criteria/mrd.yaml:" in found.out


def test_a_new_entry_and_one_taken_out(run: Run) -> None:
    image = "imaging[+]={date: 2026-11-20, modality: PET-CT, conclusion: negative}"
    found = json.loads(
        run("what-if", EXAMPLES / "insufficient-no-imaging.yaml", *DAY, "--set", image, "--format", "json").out
    )
    assert found["after"]["outcome"] == "cessation-supported"
    found = json.loads(run("what-if", EXAMPLE, *DAY, "--unset", "imaging", "--format", "json").out)
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
        (["--set", "mrd[-1].result=detected", "--set", "mrd[-1].result=not-detected"], "is given twice"),
        (["--set", "mrd[-1].result=detected", "--set", "mrd[4].result=not-detected"], "are one place of the profile"),
        (["--unset", "toxicities"], "nothing is recorded there"),
    ],
)
def test_bad_input_gets_one_message(run: Run, arguments: list[str], words: str) -> None:
    refused(run("what-if", EXAMPLE, *DAY, *arguments), words)
