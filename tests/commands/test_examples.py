"""`mrdguide examples`: list, copy."""

from __future__ import annotations

from pathlib import Path

from . import EXAMPLE, Run, refused


def test_examples_are_listed_and_copied(run: Run, tmp_path: Path) -> None:
    assert "cessation-supported.yaml" in run("examples", "list").out
    target = tmp_path / "cases"
    assert run("examples", "copy", target).status == 0
    assert (target / "cessation-supported.yaml").read_bytes() == EXAMPLE.read_bytes()
    again = run("examples", "copy", target)
    assert (again.status, "there already, unchanged" in again.out) == (0, True)
    (target / "cessation-supported.yaml").write_text("id: mine", encoding="utf-8")
    refused(run("examples", "copy", target), "exists already")
    assert (target / "cessation-supported.yaml").read_text(encoding="utf-8") == "id: mine"
