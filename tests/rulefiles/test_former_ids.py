"""A rule that was renamed is still found by its former id, wherever a user may hold it."""

from __future__ import annotations

from pathlib import Path

import pytest

import mrdguide
from mrdguide.cli import main
from mrdguide.errors import UsageError
from mrdguide.rulebook.book import RuleBook, check_rules, load_rules

ROOT = Path(__file__).parents[2]
MINIMAL, EVIDENCE = Path(__file__).parent / "good" / "minimal", Path(__file__).parent / "good" / "evidence"
RENAMED = {
    "block.plasma-cell-leukaemia": "block.plasma-cell-leukemia",
    "risk.plasma-cell-leukaemia-diagnosed": "risk.plasma-cell-leukemia-diagnosed",
}
LAYER = """
conclusions:
  - {id: extra.new, aliases: [extra.old, extra.older], title: Renamed twice, when: mrd.negative}
  - {id: extra.user, title: Names it by a former id, when: {all: [mrd.sustained, {not: extra.older}]}}
"""


def book_with(tmp_path: Path, *texts: str) -> tuple[Path, ...]:
    folders = []
    for number, text in enumerate(texts):
        folder = tmp_path / f"layer{number}"
        folder.mkdir()
        (folder / "book.yaml").write_text(text, encoding="utf-8")
        folders.append(folder)
    return (MINIMAL, *folders)


def load(folders: tuple[Path, ...]) -> RuleBook:
    return load_rules(*folders, evidence=EVIDENCE)


def test_a_reference_by_a_former_id_is_a_warning_that_names_the_new_one(tmp_path: Path) -> None:
    folders = book_with(tmp_path, LAYER)
    book = load(folders)
    (warning,) = book.warnings
    assert (warning.severity, warning.code, warning.line) == ("warning", "old-id", 4)
    assert warning.message == "'extra.older' is now called 'extra.new'"
    assert warning.path == "conclusions[1].when.all[1].not"
    assert check_rules(*folders, evidence=EVIDENCE) == [warning]
    assert book.rules["extra.user"].when.wording() == "mrd.sustained and not (extra.new)"


def test_implications_and_reasons_may_name_a_former_id(tmp_path: Path) -> None:
    minimal = (MINIMAL / "book.yaml").read_text(encoding="utf-8")
    text = minimal.replace("- id: mrd.negative\n", "- id: mrd.now\n    aliases: [mrd.negative]\n")
    folder = tmp_path / "whole"
    folder.mkdir()
    (folder / "book.yaml").write_text(text, encoding="utf-8")
    book = load((folder,))
    assert {warning.message for warning in book.warnings} == {"'mrd.negative' is now called 'mrd.now'"}
    assert [warning.path for warning in book.warnings] == [
        "blocks[0].when.not", "protocols[0].criteria[0].when", "decision.outcomes[3].because[0]", "implications[0].then",
    ]  # fmt: skip
    assert book.decision.outcomes[3].because == ("mrd.now",)
    plain = load((MINIMAL,))
    profile = {"id": "a", "diagnosis": {"disease": "multiple-myeloma"}}
    assert mrdguide.evaluate(profile, rules=book, as_of="2026-11-21").outcome == (
        mrdguide.evaluate(profile, rules=plain, as_of="2026-11-21").outcome
    )


def test_a_layer_that_still_has_the_former_id_replaces_the_rule(tmp_path: Path) -> None:
    """Otherwise a site's stricter block would stand beside the shipped one and change nothing."""
    mine = "conclusions:\n  - {id: extra.old, title: My own, when: risk.del-17p}\n"
    book = load(book_with(tmp_path, LAYER, mine))
    assert "extra.old" not in book.rules
    assert book.rules["extra.new"].title == "My own"
    assert [warning.message for warning in book.warnings if "layer1" in warning.source] == [
        "'extra.old' is now called 'extra.new'"
    ]


def test_both_ids_in_one_layer_are_the_same_rule_twice(tmp_path: Path) -> None:
    mine = """
conclusions:
  - {id: extra.old, title: My own, when: risk.del-17p}
  - {id: extra.new, title: My own, when: risk.del-17p}
"""
    found = check_rules(*book_with(tmp_path, LAYER, mine), evidence=EVIDENCE)
    assert "duplicate-id" in {problem.code for problem in found}


def test_a_former_id_stays_when_a_layer_replaces_the_rule_without_naming_it(tmp_path: Path) -> None:
    mine = "conclusions:\n  - {id: extra.new, title: My own, when: risk.del-17p}\n"
    book = load(book_with(tmp_path, LAYER, mine))
    assert book.current("extra.older") == "extra.new"


@pytest.mark.parametrize(("former", "current"), RENAMED.items())
def test_the_shipped_rules_are_found_by_their_former_ids(
    former: str, current: str, shipped_rules: RuleBook, capsys: pytest.CaptureFixture[str]
) -> None:
    result = mrdguide.evaluate(ROOT / "examples" / "cessation-supported.yaml", as_of="2026-11-21", rules=shipped_rules)
    assert result.criteria[former] is result.criteria[current]
    assert former in result.criteria
    assert former not in list(result.criteria)
    assert shipped_rules.where(former) == shipped_rules.where(current)
    assert main(["rules", "show", former]) == 0
    assert capsys.readouterr().out.startswith(f"{current}: ")


def test_the_shipped_rules_name_nothing_by_a_former_id(shipped_rules: RuleBook) -> None:
    assert shipped_rules.warnings == ()


def test_why_not_takes_the_former_id_of_a_study(tmp_path: Path) -> None:
    text = (MINIMAL / "book.yaml").read_text(encoding="utf-8")
    folder = tmp_path / "whole"
    folder.mkdir()
    text = text.replace("- id: invented\n", "- id: renamed\n    aliases: [invented]\n")
    (folder / "book.yaml").write_text(text, encoding="utf-8")
    profile = {"id": "a", "diagnosis": {"disease": "multiple-myeloma"}}
    result = mrdguide.evaluate(profile, rules=load((folder,)), as_of="2026-11-21")
    assert result.explanation.why_not("invented").id == "renamed"
    with pytest.raises(UsageError, match="there is no outcome or study 'inventd'"):
        result.explanation.why_not("inventd")


def test_ids_have_one_spelling(shipped_rules: RuleBook) -> None:
    named = [*shipped_rules.rules, *(f"{item.id}" for part in ("schemes", "protocols", "background", "plans", "alternatives")
             for item in getattr(shipped_rules, part))]  # fmt: skip
    named += [item.id for protocol in shipped_rules.protocols for item in protocol.criteria]
    british = ("aemi", "aemo", "haem", "tumour", "randomis", "oedema")
    assert [name for name in named if any(part in name for part in british)] == []
