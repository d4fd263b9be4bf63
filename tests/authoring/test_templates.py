"""Every file that `mrdguide rules new` writes passes the check as it is, and says in comments what to change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import mrdguide
from mrdguide.authoring.doubts import doubts
from mrdguide.authoring.running import cases_in, run_cases
from mrdguide.authoring.templates import KINDS, template
from mrdguide.errors import UsageError
from mrdguide.rulebook.book import check_rules

ROOT = Path(__file__).parents[2]
RULES = [kind for kind in KINDS if kind not in ("layer", "study", "case")]


@pytest.mark.parametrize("kind", RULES)
def test_a_rule_passes_the_check(kind: str, tmp_path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    (tmp_path / "new.yaml").write_text(template(kind), encoding="utf-8")
    assert [item for item in check_rules(ROOT / "rules", tmp_path) if item.severity == "error"] == []
    layered = mrdguide.load_rules(*shipped_rules.folders, tmp_path)
    names = {*layered.rules, *(item.id for item in (*layered.protocols, *layered.schemes))}
    names |= {path.removeprefix("local.") for path in layered.local_facts}
    assert KINDS[kind] in names
    # A caution or block counts once it is named in the rules of decision, as its comment says.
    assert {item.code for item in doubts(layered)} <= {"not-used"}


def test_a_layer_is_whole_as_it_is_and_nothing_in_it_is_doubted(tmp_path: Path) -> None:
    (tmp_path / "layer.yaml").write_text(template("layer", "st-elsewhere"), encoding="utf-8")
    assert check_rules(tmp_path) == []
    layered = mrdguide.load_rules(tmp_path)
    assert list(doubts(layered)) == []
    assert layered.name.endswith(" + st-elsewhere 0.1")


def test_a_study_can_be_read_and_cited(tmp_path: Path) -> None:
    evidence, rules = tmp_path / "evidence", tmp_path / "rules"
    shutil.copytree(ROOT / "evidence", evidence)
    rules.mkdir()
    (evidence / "studies" / "local2026.yaml").write_text(template("study"), encoding="utf-8")
    (rules / "new.yaml").write_text(
        template("caution").replace("[sato2025]", '["local2026#progression-2-years"]'), encoding="utf-8"
    )
    found = check_rules(ROOT / "rules", rules, evidence=evidence)
    assert [str(item) for item in found if item.severity == "error"] == []


def test_a_case_comes_out_as_it_says(tmp_path: Path, shipped_rules: mrdguide.RuleBook) -> None:
    (tmp_path / "new.yaml").write_text(template("case", "our first case"), encoding="utf-8")
    (case,) = cases_in(tmp_path, shipped_rules)
    assert case.name == "our first case"
    assert not run_cases([case], shipped_rules).failed


@pytest.mark.parametrize("kind", KINDS)
def test_it_has_comments_and_the_id_that_was_asked_for(kind: str) -> None:
    name = {"fact": "own_name", "layer": "own-name"}.get(kind, "own.name-1")
    text = template(kind, name)
    assert name in text
    assert "ID" not in text.replace("PMID", "")
    assert text.count("#") >= 2


@pytest.mark.parametrize("name", ["Two Words", "ümlaut", "-x"])
def test_an_id_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be an id"):
        template("criterion", name)


def test_a_fact_is_named_as_rules_can_name_it() -> None:
    with pytest.raises(UsageError, match="small letters, digits and underscores: frailty_score"):
        template("fact", "frailty-score")
