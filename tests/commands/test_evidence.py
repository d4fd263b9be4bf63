"""`mrdguide evidence`: list, show, check."""

from __future__ import annotations

import json

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


class TestStale:
    """Exit status 1 when something is to be reviewed, so that a scheduled job can tell."""

    def test_what_is_past_its_day(self, run: Run) -> None:
        found = run("evidence", "check", "--stale", "--as-of", "2027-06-01")
        assert (found.status, found.err) == (1, "")
        assert "freedmm: review was due by 2027-05-21, last read 2026-11-21 (studies/freedmm.yaml)" in found.out
        as_data = json.loads(run("evidence", "check", "--stale", "--as-of", "2027-06-01", "--format", "json").out)
        assert as_data["as_of"] == "2027-06-01"
        assert f"{len(as_data['due'])} of" in found.out

    def test_nothing_is(self, run: Run) -> None:
        assert run("evidence", "check", "--stale", "--as-of", "2026-11-27").status == 0

    def test_a_day_without_the_list_is_refused(self, run: Run) -> None:
        refused(run("evidence", "check", "--as-of", "2026-11-27"), "--stale")
        refused(run("evidence", "check", "--stale", "--as-of", "2027"), "--as-of: '2027' is not a single day")
