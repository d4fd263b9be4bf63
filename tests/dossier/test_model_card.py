"""The model card is made from data: every count is recounted here in another way, and every word of it stands in a table."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

import mrdguide
from mrdguide.answer.provenance import engine_version
from mrdguide.cli import main
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.pages import model_card as cards
from mrdguide.report.pages.applied_model_card import NAMESPACE
from mrdguide.report.pages.model_card import applied_model_card, card_data, card_page, model_card

from .data import ROOT
from .references import functions_of


@pytest.fixture(scope="module")
def card(shipped_rules: mrdguide.RuleBook) -> cards.ModelCard:
    return model_card(shipped_rules)


def _documents(folder: str) -> list[dict[str, Any]]:
    paths = sorted((ROOT / folder).rglob("*.yaml"))
    return [yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) for path in paths if path.stem != "glossary"]


def test_every_count_is_that_of_the_files(card: cards.ModelCard) -> None:
    rules, evidence = _documents("rules"), _documents("evidence")
    counted = card.rule_counts
    for section in ("criteria", "conclusions", "blocks", "cautions", "remarks", "parameters"):
        assert counted[section] == sum(len(file.get(section) or ()) for file in rules), section
    [safety] = [file["invariants"] for file in rules if "invariants" in file]
    assert (counted["safety invariants"], counted["of them fixed"]) == (
        len(safety), sum(item.get("fixed", False) for item in safety),
    )  # fmt: skip
    [decision] = [file["decision"] for file in rules if "decision" in file]
    assert counted["outcomes"] == len(decision["outcomes"])
    assert sum(card.evidence.entries.values()) == len(evidence)
    findings = [finding for entry in evidence for finding in entry.get("findings") or ()]
    assert card.evidence.findings_verified == sum(finding["verified"] for finding in findings)
    assert card.evidence.findings_not_verified == sum(not finding["verified"] for finding in findings)
    read = [str(source["read"]) for entry in evidence for source in (entry.get("sources") or {}).values()]
    assert (card.evidence.sources, card.evidence.first_read, card.evidence.last_read) == (
        len(read),
        min(read),
        max(read),
    )
    assert card.evidence.first_review == min(str(entry["review_by"]) for entry in evidence)
    assert card.examples == len(yaml.safe_load((ROOT / "examples" / "cases.yaml").read_text(encoding="utf-8"))["cases"])


def test_test_functions_are_those_that_are_written(card: cards.ModelCard) -> None:
    assert card.tests is not None
    files = [path.relative_to(ROOT) for path in (ROOT / "tests" / "dossier").glob("test_*.py")]
    assert card.tests["dossier"] == sum(len(functions_of(str(path))) for path in files)
    assert set(card.tests) <= {path.name for path in (ROOT / "tests").iterdir()} | {"tests"}


def test_without_the_tests_none_are_counted(
    shipped_rules: mrdguide.RuleBook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cards, "folder", lambda name: tmp_path / name)
    without = model_card(shipped_rules)
    assert without.tests is None
    assert "Tests: not counted" in to_markdown(card_page(without, shipped_rules))


def test_versions_and_hashes_are_those_of_an_answer(card: cards.ModelCard, shipped_rules: mrdguide.RuleBook) -> None:
    found = mrdguide.evaluate(ROOT / "examples" / "cessation-supported.yaml", as_of="2026-11-21").provenance
    assert (card.version, card.rules_hash) == (found.engine_version, found.rules_hash)
    assert card.rules == shipped_rules.name


def test_the_page_says_what_the_data_say(card: cards.ModelCard, shipped_rules: mrdguide.RuleBook) -> None:
    page, data = to_markdown(card_page(card, shipped_rules)), card_data(card, shipped_rules)
    assert len(data["source_attributes"]) == 13
    for text in (
        data["rules_hash"],
        data["evidence_hash"],
        data["evidence"]["last_read"],
        data["kind"],
        *data["limits"],
    ):
        assert text in page
    assert all(f"### {topic['topic']}" in page for topic in data["open_questions"])


def test_what_no_rule_is_said_to_read_is_read_by_none(card: cards.ModelCard, shipped_rules: mrdguide.RuleBook) -> None:
    """The card says so in words of sex, race, ethnicity, language and social circumstances."""
    here = {item["name"]: item["here"] for item in card_data(card, shipped_rules)["source_attributes"]}
    for name in ("Sex", "Race", "Ethnicity", "Language", "Social determinants of health"):
        assert here[name].startswith("not used")


def test_the_applied_model_card_leaves_no_name_unfilled_and_claims_nothing_measured(card: cards.ModelCard) -> None:
    elements = dict(applied_model_card(card))
    assert all(text and "{" not in text for text in elements.values())
    for metric in ("UsefulnessUsabilityEfficacy", "FairnessEquity"):
        assert elements[f"KeyMetrics/{metric}/Results/MetricResult/ValueJson"] == "null"
        assert elements[f"KeyMetrics/{metric}/Interpretation"].startswith("Not measured")
    assert elements["ReleaseInfo/ReleaseStage"] == ("in development" if "dev" in engine_version() else "released")


def test_the_applied_model_card_as_xml_has_each_element_in_its_place(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["about", "--card", "--format", "chai"]) == 0
    root = ElementTree.fromstring(capfdbinary.readouterr().out)
    assert root.tag == f"{{{NAMESPACE}}}AppliedModelCard"

    def leaves(element: ElementTree.Element, path: str) -> Iterator[str]:
        for child in element:
            name = f"{path}{child.tag.removeprefix(f'{{{NAMESPACE}}}')}"
            yield from leaves(child, f"{name}/") if len(child) else [name]

    assert list(leaves(root, "")) == [item.element for item in cards.wording().applied_model_card]
    assert [child.tag for child in root] == list(dict.fromkeys(child.tag for child in root))


def test_the_xml_is_a_form_of_the_card_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["about", "--format", "chai"]) == 2
    assert "add --card" in capsys.readouterr().err


def test_the_command_gives_both_forms(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["about", "--card", "--format", "json"]) == 0
    data = json.loads(capfdbinary.readouterr().out)
    assert main(["about", "--format", "json"]) == 0
    short = json.loads(capfdbinary.readouterr().out)
    assert short.items() <= data.items()
    assert "limits" not in short


def test_the_citation_has_the_version_of_the_project() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
    assert cited["authors"] == [{"name": "mrdguide contributors"}]
