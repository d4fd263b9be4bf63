"""A book with other values of its parameters says what it would if every file were read again with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrdguide.reading.shipped import folder
from mrdguide.rulefiles import other_values
from mrdguide.rulefiles.other_values import with_other_values
from mrdguide.rulefiles.parameters import Parameter
from mrdguide.rulefiles.source import FolderRead, RuleSource, joined, read_folder

BASE = read_folder(folder("rules"))
SOURCE = joined([BASE])
PARAMETERS = {name: entry for name, (entry, _) in SOURCE.entries["parameters"].items()}


def other(parameter: Parameter) -> Parameter:
    """The same parameter at the end of its range that it is not at."""
    end = parameter.most if parameter.value != parameter.most else parameter.least
    return parameter.model_copy(update={"value": type(parameter.value)(end)})


def same(one: RuleSource, two: RuleSource) -> bool:
    def said(source: RuleSource) -> object:
        return (
            {
                section: [(name, entry) for name, (entry, _) in found.items()]
                for section, found in source.entries.items()
            },
            {name: entry for name, (entry, _) in source.single.items()},
            source.aliases,
            source.problems,
        )

    return said(one) == said(two)


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_shipped_parameter(name: str) -> None:
    changed = {name: other(PARAMETERS[name])}
    assert changed[name].value != PARAMETERS[name].value
    found = with_other_values(BASE, SOURCE, changed)
    assert same(found, joined([BASE], changed))
    assert not same(found, SOURCE)
    assert same(SOURCE, joined([BASE]))  # which is left as it was


def test_all_of_them_at_once() -> None:
    changed = {name: other(parameter) for name, parameter in PARAMETERS.items()}
    assert same(with_other_values(BASE, SOURCE, changed), joined([BASE], changed))


def test_only_entries_that_name_it_are_validated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(other_values, "joined", None)
    name = next(iter(PARAMETERS))
    found = with_other_values(BASE, SOURCE, {name: other(PARAMETERS[name])})
    again = {entry_id for entry_id, entry in _rules(found).items() if entry is not _rules(SOURCE)[entry_id]}
    assert again
    assert len(again) < len(_rules(SOURCE)) / 5


def _rules(source: RuleSource) -> dict[str, object]:
    return {entry_id: entry for _, entry_id, entry, _ in source.rules()}


BOOK = """
parameters: [{{id: months, title: Months, value: 12, unit: months, least: 1, most: 24, source: convention}}]
criteria:
  - {{id: long, title: Long enough, absence: not_met, when: {{therapy_duration: {{phases: [maintenance], months: $months}}}}}}
{more}
"""


def book(tmp_path: Path, more: str = "") -> tuple[FolderRead, RuleSource, Parameter]:
    (tmp_path / "book.yaml").write_text(BOOK.format(more=more), encoding="utf-8")
    base = read_folder(tmp_path)
    source = joined([base])
    return base, source, source.entries["parameters"]["months"][0]


def test_a_value_that_an_entry_cannot_have_is_told_at_its_place(tmp_path: Path) -> None:
    base, source, months = book(tmp_path)
    changed = {"months": months.model_copy(update={"value": -3})}
    found = with_other_values(base, source, changed)
    assert found.problems == joined([base], changed).problems
    assert found.problems


def test_former_ids_of_an_entry_that_is_read_again_stay(tmp_path: Path) -> None:
    more = "  - {id: longer, aliases: [long-ago], title: Longer, absence: not_met, when: {therapy_duration: {phases: [maintenance], months: $months}}}"
    base, source, months = book(tmp_path, more)
    changed = {"months": months.model_copy(update={"value": 18})}
    assert same(with_other_values(base, source, changed), joined([base], changed))
