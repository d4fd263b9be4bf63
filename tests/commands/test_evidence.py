"""`mrdguide evidence`: list, show, check."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import mrdguide
from mrdguide.reading.shipped import folder

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


class TestAddFigure:
    WHERE = ("--locator", "table 2, page 712", "--by", "A. Reader", "--date", "2026-11-27")
    WHAT = ("--id", "pfs-5-years", "--measure", "progression-free survival")

    @pytest.fixture
    def layer(self, tmp_path: Path) -> Path:
        (tmp_path / "house" / "evidence").mkdir(parents=True)
        text = (folder("evidence") / "studies" / "derman2024.yaml").read_text(encoding="utf-8")
        file = tmp_path / "house" / "evidence" / "own2024.yaml"
        file.write_text(text.replace("id: derman2024", "id: own2024"), encoding="utf-8")
        return tmp_path / "house"

    def test_a_figure_of_a_group(self, run: Run, layer: Path) -> None:
        figure = ("--group", "all", "--value", "61", "--unit", "%", "--low", "45", "--high", "74", "--n", "47")
        time = ("--at", "5", "--time-unit", "a", "--clock", "stopping")
        found = run("evidence", "add-figure", "own2024", "--rules", layer, *self.WHERE, *self.WHAT, *time, *figure)
        assert (found.status, found.err) == (0, "")
        assert (
            "own2024#pfs-5-years: progression-free survival at 5 years (from stopping): all 61% (95% CI 45 to 74)"
            in found.out
        )
        assert "read at https://doi.org/10.1038/s41408-024-01156-x, table 2, page 712, by A. Reader" in found.out
        again = run("evidence", "add-figure", "own2024", "--rules", layer, *self.WHERE, *self.WHAT, *time, *figure)
        refused(again, "two findings have the id 'pfs-5-years'")

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            (("--value", "61"), "--value: say of what"),
            (("--group", "all", "--unit", "%"), "--group needs --value"),
            (("--effect", "HR", "--value", "0.5"), "--effect needs --of"),
            (("--effect", "HR", "--group", "all"), "two figures"),
            (("--group", "all", "--unit", "%", "--value", "61", "--low", "50"), "--low and --high go together"),
            (("--group", "all", "--unit", "%", "--value", "61", "--percent", "90"), "--percent is of an interval"),
            (("--group", "all", "--unit", "%", "--value", "6,1"), "with a decimal point"),
            (("--statement", "x", "--at", "3"), "--at and --time-unit go together"),
            (("--statement", "x", "--date", "2999-01-01"), "--date"),
            (("--statement", "x", "--locator", " "), "--locator is empty"),
        ],
    )
    def test_what_does_not_go_together_is_said(self, run: Run, layer: Path, more: tuple[str, ...], said: str) -> None:
        before = (layer / "evidence" / "own2024.yaml").read_bytes()
        found = run("evidence", "add-figure", "own2024", "--rules", layer, *self.WHERE, *self.WHAT, *more)
        assert (found.status, found.out) == (2, "")
        assert said in found.err
        assert (layer / "evidence" / "own2024.yaml").read_bytes() == before

    def test_a_layer_does_not_change_what_lies_below_it(self, run: Run, layer: Path, tmp_path: Path) -> None:
        asked = (*self.WHERE, *self.WHAT, "--statement", "x")
        refused(run("evidence", "add-figure", "smrd", "--rules", layer, *asked), "a name of its own")
        refused(run("evidence", "add-figure", "mrd2stop", "--rules", tmp_path, *asked), "has no folder 'evidence'")


class TestExport:
    @pytest.mark.parametrize(
        ("form", "begins"),
        [("bibtex", "@article{derman2024,\n"), ("csl", '[\n  {\n    "id": "derman2024"'), ("fhir", "{\n")],
    )
    def test_the_entries_that_are_named(self, run: Run, form: str, begins: str, tmp_path: Path) -> None:
        found = run("evidence", "export", "mrd2stop", "giri2025", "--format", form)
        assert (found.status, found.err) == (0, "")
        assert found.out.startswith(begins)
        assert found.out.count("10.1182/blood.2024027674") == 1
        run("evidence", "export", "mrd2stop", "giri2025", "--format", form, "--output", tmp_path / "out")
        assert (tmp_path / "out").read_text(encoding="utf-8") == found.out

    def test_one_that_is_not_there(self, run: Run) -> None:
        refused(run("evidence", "export", "mrd2stop", "giri2052"), "there is no evidence entry 'giri2052'")


class TestTrials:
    @pytest.fixture
    def place(self, tmp_path: Path) -> Path:
        (tmp_path / "evidence").mkdir()
        shutil.copy(folder("evidence") / "studies" / "freedmm.yaml", tmp_path / "evidence")
        status = {"overallStatus": "COMPLETED"}
        for name, trial in (("trial", "NCT05192122"), ("other", "NCT00000000")):
            study = {
                "protocolSection": {"identificationModule": {"nctId": trial}, "statusModule": status},
                "hasResults": True,
            }
            (tmp_path / f"{name}.json").write_text(json.dumps(study), encoding="utf-8")
        (tmp_path / "bad.json").write_text("{}", encoding="utf-8")
        return tmp_path

    def test_shown_before_it_is_written(self, run: Run, place: Path) -> None:
        file = place / "evidence" / "freedmm.yaml"
        before = file.read_bytes()
        asked = ("evidence", "trials", place / "trial.json", place / "other.json", "--evidence", place / "evidence")
        found = run(*asked)
        assert (found.status, found.err) == (0, "")
        assert "NCT05192122 (freedmm):\n  status: not recorded -> COMPLETED\n" in found.out
        assert "NCT00000000: no entry names this trial" in found.out
        assert "1 entry to change" in found.out
        assert file.read_bytes() == before
        assert "1 entry written" in run(*asked, "--write").out
        assert file.read_bytes() != before
        assert "NCT05192122 (freedmm): as recorded" in run(*asked).out

    def test_where_one_file_is_bad_nothing_is_written(self, run: Run, place: Path) -> None:
        before = (place / "evidence" / "freedmm.yaml").read_bytes()
        files = (place / "trial.json", place / "bad.json")
        refused(
            run("evidence", "trials", *files, "--evidence", place / "evidence", "--write"), "bad.json: no study in it"
        )
        assert (place / "evidence" / "freedmm.yaml").read_bytes() == before


def test_what_is_not_verified_is_listed_and_each_finding_says_when_it_was_read(
    run: Run, shipped_rules: mrdguide.RuleBook
) -> None:
    lines = run("evidence", "list", "--unverified").out.splitlines()
    hidden = [
        f"{entry.id}: {place}" for entry in shipped_rules.evidence for place, fact in entry.facts() if not fact.verified
    ]
    assert [line.partition(": worked out")[0] for line in lines[:-1]] == hidden
    assert lines[-1].startswith(f"{len(hidden)} statements")
    shown = run("evidence", "show", "terpos2025").out
    assert shown.count("read at: ") == shown.count(", on 2026-11-21")
