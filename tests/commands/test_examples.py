"""`mrdguide examples`: list, copy."""

from __future__ import annotations

from pathlib import Path

from . import EXAMPLE, Run, refused


def test_examples_are_listed_and_copied(run: Run, tmp_path: Path) -> None:
    assert "cessation-supported.yaml" in run("examples", "list").out
    target = tmp_path / "cases"
    assert run("examples", "copy", target).status == 0
    assert (target / "cessation-supported.yaml").read_bytes() == EXAMPLE.read_bytes()
    refused(run("examples", "copy", target), "exists already")
