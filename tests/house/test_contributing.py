"""The worked examples of CONTRIBUTING.md are true: each is taken from the page and run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.case.case import Case
from mrdguide.dates import parse_date
from mrdguide.evidence.library import read_entry
from mrdguide.intake.fhir.codes.table import load_table
from mrdguide.logic.operator import Context
from mrdguide.logic.truth import MET, NOT_MET, UNKNOWN
from mrdguide.reading.shipped import folder

PAGE = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def example(name: str) -> str:
    """The code block that follows a marker on the page."""
    match = re.search(rf"<!-- example: {name} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None, name
    return match.group(1)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [({}, "met"), ({"ecog": 3}, "not_met"), ({"ecog": None}, "unknown")],
    ids=["1", "3", "left out"],
)
def test_criterion_and_caution(tmp_path: Path, change: dict[str, Any], verdict: str) -> None:
    (tmp_path / "ecog.yaml").write_text(example("criterion") + example("caution"), encoding="utf-8")
    rules = mrdguide.load_rules(folder("rules"), tmp_path)
    patient = mrdguide.read_patient(folder("examples") / "cessation-supported.yaml").model_copy(update=change)
    result = mrdguide.evaluate(patient, rules, "2026-11-21")
    assert result.criteria["fitness.ecog-2-or-less"].verdict == verdict
    assert any(caution.id == "caution.poor-fitness" for caution in result.cautions) == (verdict != "met")


def test_study(tmp_path: Path) -> None:
    path = tmp_path / "example2026.yaml"
    path.write_text(example("study"), encoding="utf-8")
    entry, problems = read_entry(path)
    assert problems == []
    assert entry is not None
    assert entry.supports


def test_site_file(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(example("site"), encoding="utf-8")
    table = load_table(path)
    assert table.version.endswith("Example Hospital 2026-11")
    assert table.codes[("urn:example:lab", "CLONO")].entry.limit_of_detection == 1e-6
    assert table.codes[("urn:example:pharmacy", "LEN-MAINT")].entry.phase == "maintenance"
    assert table.values[("urn:example:lab", "NEG")] == "absent"
    assert table.conventions.less_than_means_not_detected


def test_operator() -> None:
    names: dict[str, Any] = {}
    exec(compile(example("operator"), "CONTRIBUTING.md", "exec"), names)
    operator = names["BornBy"].parse({"year": 1960})
    verdict = operator.compile(Context()).verdict
    day = parse_date("2026-11-21").earliest
    found = [
        verdict(Case(mrdguide.read_patient({"id": "x", "birth_year": year, "diagnosis": {"disease": "mgus"}}), day))
        for year in (1960, 1961, None)
    ]
    assert found == [MET, NOT_MET, UNKNOWN]
    assert operator.wording() == "born in or before 1960"
