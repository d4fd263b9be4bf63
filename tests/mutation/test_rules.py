"""A sample of rule mutation on every run; `make mutants` does the whole. The list of equivalents names what is there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mrdguide.authoring.mutants import Mutant, mutants, neighbours
from mrdguide.reading.document import read_text

from . import rules

SAMPLED = 4

TEXT = """\
parameters: [{id: a, title: A number, value: 3, least: 1, most: 9}]
criteria:
  - id: b
    title: 7 of 9
    absence: unknown
    when: {any: [{compare: {fact: ecog, operator: ">=", value: 1e-5, note: 1}}, {recorded: {in: therapy, where: {line: {">=": 2}}, still: true}}]}
"""


def test_what_is_listed_as_equivalent_is_there() -> None:
    there = Counter(mutant.name for mutant in rules.shipped_mutants())
    assert [name for name, times in there.items() if times > 1] == []
    assert [name for name in rules.listed() if name not in there] == []


def test_a_mutant_listed_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "equivalent.yaml"
    entry = "  - {why: Written down for this test only., mutants: [one]}\n"
    path.write_text(f"equivalent:\n{entry}{entry}", encoding="utf-8")
    monkeypatch.setattr(rules, "EQUIVALENT", path)
    with pytest.raises(ValueError, match="'one' is listed twice"):
        rules.listed()


def test_some_case_notices_each_of_a_sample_of_mutants() -> None:
    expected = rules.listed()
    others = [mutant for mutant in rules.shipped_mutants() if mutant.name not in expected]
    sample = others[:: len(others) // SAMPLED]
    assert [mutant.name for mutant in sample if rules.killer(mutant) is None] == []


def test_a_mutant_that_is_listed_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    some = rules._patients()[:60]
    monkeypatch.setattr(rules, "_patients", lambda: some)
    expected = rules.listed()
    listed = next(mutant for mutant in rules.shipped_mutants() if mutant.name in expected)
    assert rules.killer(listed) is None


def test_survivors_and_what_is_noticed_though_listed_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [mutant for mutant in rules.shipped_mutants() if mutant.rule == "scope.adult"][:2]
    monkeypatch.setattr(rules, "listed", lambda: {second.name: "A reason that is none.", "gone": "Another one."})
    noticed: dict[str, str | None] = {first.name: None, second.name: "a case"}

    def run(chosen: list[Mutant], _jobs: int, tell: rules.Tell) -> None:
        for number, mutant in enumerate(chosen):
            tell(number, mutant, noticed.get(mutant.name, "another case"))

    monkeypatch.setattr(rules, "run", run)
    assert rules.main(["--only", "scope.adult"]) == 1
    told = capsys.readouterr().out
    assert f"survives: {first.name}\n" in told
    assert f"'{second.name}' is noticed now, by a case" in told
    assert "there is no mutant 'gone'" in told
    assert "1 survive" in told


def test_numbers_signs_conditions_and_entries_are_changed_and_prose_is_not() -> None:
    found = [mutant.name for mutant in mutants([read_text(TEXT, "text.yaml")])]
    assert found == [
        "a value: 3 -> 2",
        "a value: 3 -> 4",
        "b absence: unknown -> not_met",
        "b when: any -> all",
        "b when.any[0]: without compare ecog >=",
        "b when.any[0].compare.fact: without fact",
        "b when.any[0].compare.operator: without operator",
        "b when.any[0].compare.operator: >= -> >",
        "b when.any[0].compare.value: without value",
        "b when.any[0].compare.value: 1e-05 -> 1e-06",
        "b when.any[0].compare.value: 1e-05 -> 0.0001",
        "b when.any[1]: without recorded therapy",
        "b when.any[1].recorded.in: without in",
        "b when.any[1].recorded.where: without where",
        "b when.any[1].recorded.where.line: >= -> >",
        "b when.any[1].recorded.where.line.>=: 2 -> 1",
        "b when.any[1].recorded.where.line.>=: 2 -> 3",
        "b when.any[1].recorded.still: true -> false",
    ]


def test_a_mutant_is_one_change_at_its_line() -> None:
    document = read_text(TEXT, "text.yaml")
    mutant = next(item for item in mutants([document]) if item.name == "b when: any -> all")
    assert mutant.where == "text.yaml:6"
    assert list(mutant.changed().data["criteria"][0]["when"]) == ["all"]
    assert list(document.data["criteria"][0]["when"]) == ["any"]


@pytest.mark.parametrize(
    ("number", "near"),
    [(6, [5, 7]), (1e-5, [1e-6, 1e-4]), (2e-6, [1e-6, 1e-5]), (5.5, [5.4, 5.6]), (0.26, [0.25, 0.27])],
)
def test_numbers_are_changed_to_those_just_beside_them(number: float, near: list[float]) -> None:
    assert neighbours(number) == near
