"""Changes of a rule author's own folder that no case notices."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrdguide.authoring.mutation import tried
from mrdguide.errors import UsageError

ROOT = Path(__file__).parents[2]
RULE = """\
criteria:
  - id: local.over-75
    title: Age over 75
    absence: unknown
    when: {age: {operator: ">", years: 75}}
    why: An example.
"""
CASE = """\
cases:
  - name: {name}
    why: An example.
    set: {{birth_year: {born}}}
    expect: {{outcome: cessation-supported, possible_outcomes: [cessation-supported], verdicts: {{local.over-75: {verdict}}}}}
"""


def folders(tmp_path: Path, *cases: tuple[str, int, str]) -> tuple[list[Path], Path]:
    rules, tests = tmp_path / "rules", tmp_path / "tests"
    rules.mkdir()
    tests.mkdir()
    (rules / "own.yaml").write_text(RULE, encoding="utf-8")
    for name, born, verdict in cases:
        (tests / f"{name}.yaml").write_text(CASE.format(name=name, born=born, verdict=verdict), encoding="utf-8")
    return [ROOT / "rules", rules], tests


def test_a_change_that_no_case_notices_is_told_with_its_line_and_one_that_is_noticed_with_the_case(
    tmp_path: Path,
) -> None:
    asked, tests = folders(tmp_path, ("young", 1960, "not_met"), ("old", 1949, "met"))
    found = {item.mutant.name: item for item in tried(asked, tests, only="years: 75")}
    assert set(found) == {"local.over-75 when.age.years: 75 -> 74", "local.over-75 when.age.years: 75 -> 76"}
    older = found["local.over-75 when.age.years: 75 -> 76"]
    younger = found["local.over-75 when.age.years: 75 -> 74"]
    assert older.noticed_by is not None
    assert older.noticed_by.endswith("old.yaml:2 old")
    assert younger.noticed_by is None
    assert younger.where == f"{tmp_path / 'rules' / 'own.yaml'}:5"


def test_a_rule_book_that_is_refused_has_noticed(tmp_path: Path) -> None:
    asked, tests = folders(tmp_path, ("young", 1960, "not_met"))
    (found,) = tried(asked, tests, only="without years")
    assert found.noticed_by is not None
    assert found.noticed_by.startswith("refused: ")


def test_cases_that_fail_already_are_to_be_mended_first(tmp_path: Path) -> None:
    asked, tests = folders(tmp_path, ("young", 1960, "met"))
    with pytest.raises(UsageError, match=r"mend them first: .*young"):
        list(tried(asked, tests))


def test_the_folder_is_left_as_it_was(tmp_path: Path) -> None:
    asked, tests = folders(tmp_path, ("young", 1960, "not_met"))
    list(tried(asked, tests, only="absence"))
    assert (tmp_path / "rules" / "own.yaml").read_text(encoding="utf-8") == RULE
