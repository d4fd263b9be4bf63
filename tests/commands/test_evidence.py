"""`mrdguide evidence`: list, show, check."""

from __future__ import annotations

import pytest

from . import Run, refused


@pytest.mark.parametrize(
    ("action", "shown"),
    [
        (("list",), "derman2024"),
        (("show", "master"), "read at:"),
        (("show", "terpos2025", "--format", "vancouver"), "Terpos E"),
        (("show", "terpos2025", "--format", "bibtex"), "@article{terpos2025,"),
        (("show", "terpos2025", "--format", "csl-json"), '"container-title": "Blood"'),
        (("show", "terpos2025", "--include-unverified"), "computed here, not published"),
        (("check",), "no problems"),
    ],
)
def test_shows(run: Run, action: tuple[str, ...], shown: str) -> None:
    found = run("evidence", *action)
    assert (found.status, found.err) == (0, "")
    assert shown in found.out


def test_what_is_not_there_is_said_with_what_may_be_meant(run: Run) -> None:
    refused(run("evidence", "show", "terpo2025"), "did you mean")
