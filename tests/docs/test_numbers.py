"""Every number in the prose of the documentation is explained: by the program, a test, a measurement, or as a name or an aim."""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import mrdguide
from mrdguide import cli
from mrdguide.commands.streams import CANNOT_WRITE
from mrdguide.rulefiles.model import Criterion

from ..dossier.references import functions_of
from .blocks import ROOT, blocks
from .numbers import Said, numbers, prose, register, spelled, unexplained, value_of, written_pages

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SAID = [(name, item) for name, items in register().pages.items() for item in items]


def named(value: object) -> str:
    if isinstance(value, Path):
        return str(value.relative_to(ROOT))
    return value.says if isinstance(value, Said) else str(value)


@pytest.mark.parametrize("page", written_pages(), ids=named)
def test_every_number_of_a_page_is_explained(page: Path) -> None:
    assert unexplained(page) == [], "say in tests/docs/numbers.yaml where each comes from"


def test_the_pages_looked_at_are_those_with_a_part_that_is_made_too() -> None:
    names = {str(page.relative_to(ROOT)) for page in written_pages()}
    assert set(register().pages) <= names
    assert {"docs/reference/costs.md", "docs/how-to/spark.md", "docs/safety/before-use.md"} <= names
    assert "docs/safety/hazard-log.md" not in names


@pytest.mark.parametrize(("page", "said"), SAID, ids=named)
def test_an_explanation_holds(page: str, said: Said) -> None:
    assert said.says in prose(ROOT / page), "no page says this any more"
    there = _numbers(said.says)
    assert there, "there is no number in it"
    if said.value:
        assert there <= _texts(value_of(said.value)), f"the program says {value_of(said.value)!r}"
    if said.test:
        file, _, function = said.test.partition("::")
        assert function in functions_of(file)
    if said.run:
        assert any(said.run in block.text for block in blocks(ROOT / page) if block.language == "console")
        assert there <= set(re.findall(r"[0-9.]+", said.run))
    if said.measured:
        assert (ROOT / said.measured).is_file()


def test_a_number_without_an_explanation_is_found(tmp_path: Path) -> None:
    page = ROOT / "docs" / "index.md"
    assert unexplained(page) == []
    text = "It has 17 rules, and twelve of them `are 5` as [x](y-4.md) <!-- 9 --> of FHIR R4 was.\n"
    assert [text[start:end] for start, end in numbers(text)] == ["17", "twelve", "5", "4", "9"]
    other = tmp_path / "page.md"
    other.write_text(f"1. {text}\n```text\n3\n```\n", encoding="utf-8")
    said = prose(other)
    assert [said[start:end] for start, end in numbers(said)] == ["17", "twelve"]


def test_python_versions_are_those_of_the_project() -> None:
    """The least one, those for which the second engine comes by itself, and the first that needs a setting."""
    assert PROJECT["requires-python"] == ">=3.11"
    [second] = [line for line in PROJECT["dependencies"] if line.startswith("durable-rules")]
    assert "python_version < '3.13' and sys_platform == 'linux'" in second
    assert re.search(r"NEWER := .*< \(3, 13\)", (ROOT / "Makefile").read_text(encoding="utf-8"))


def test_36_months_imply_12(shipped_rules: mrdguide.RuleBook) -> None:
    longer, shorter = (shipped_rules.rules[f"therapy.maintenance-{months}-months"] for months in (36, 12))
    assert isinstance(longer, Criterion)
    assert isinstance(shorter, Criterion)
    assert longer.when.implies(shorter.when)


def test_the_example_of_the_first_tutorial_is_as_it_says() -> None:
    profile: dict[str, Any] = yaml.safe_load(
        (ROOT / "examples" / "insufficient-no-imaging.yaml").read_text(encoding="utf-8")
    )
    assert {(test["specimen"], test["result"]) for test in profile["mrd"]} == {("marrow", "not-detected")}
    days = sorted({date.fromisoformat(str(test["date"])) for test in profile["mrd"]})
    assert len(days) == 4
    assert days[-1].year - days[0].year == 3
    assert not profile.get("imaging")


def test_the_lesson_invents_a_hundred_patients() -> None:
    lesson = (ROOT / "examples" / "notebook" / "stopping_maintenance.py").read_text(encoding="utf-8")
    assert '"cohort", "synthesize", "-n", "100"' in lesson


def test_exit_statuses_are_those_of_the_command_line() -> None:
    assert (cli._OK, cli._BAD_INPUT, CANNOT_WRITE, cli._INTERRUPTED) == (0, 2, 74, 130)


def _numbers(text: str) -> set[str]:
    return {spelled(text[start:end]) for start, end in numbers(text)}


def _texts(value: object) -> set[str]:
    """The numbers that a value of the program may be given as."""
    if isinstance(value, timedelta):
        return {f"{value.total_seconds() / 3600:g}"}
    if isinstance(value, dict | tuple | list | set | frozenset):
        return set().union(*(_texts(item) for item in value))
    if isinstance(value, int | float):
        return {f"{value:g}", f"{value / 1024:g}"}
    return {str(value)}


def test_the_page_on_upgrading_is_of_these_rules(shipped_rules: mrdguide.RuleBook) -> None:
    page = (ROOT / "docs" / "upgrading.md").read_text(encoding="utf-8")
    [version, rules] = re.findall(r" to mrdguide-core (\S+) \(`([0-9a-f]{12})`\)", page)[0]
    assert (version, rules) == (shipped_rules.version, shipped_rules.hash[:12]), (
        "run `make upgrading TAG=...` and look at what changed"
    )
    assert f"of the {len(list((ROOT / 'examples').glob('*.yaml'))) - 1} shipped examples" in page
