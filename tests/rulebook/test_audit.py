"""`mrdguide evidence check` proves what it says: each broken promise is found, and the shipped evidence breaks none."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import mrdguide
from mrdguide.evidence import load_library
from mrdguide.evidence.citation import bibtex, csl
from mrdguide.evidence.shown import finding_text, rendered
from mrdguide.reading.shipped import folder
from mrdguide.rulebook.audit import audit
from mrdguide.rulebook.book import RuleBook


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder("evidence"), tmp_path / "evidence"))


def messages(rules: RuleBook, evidence: Path) -> str:
    return "\n".join(str(problem) for problem in audit(replace(rules, evidence=load_library(evidence))))


def test_the_shipped_evidence_keeps_its_promises(shipped_rules: RuleBook) -> None:
    assert audit(shipped_rules) == []


def test_a_reference_that_is_missing_is_found(shipped_rules: RuleBook, evidence: Path) -> None:
    path = evidence / "studies" / "paquin2020.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("reference: 27\n", ""), encoding="utf-8")
    assert "reference 27 has 0 entries" in messages(shipped_rules, evidence)


def test_an_entry_that_nothing_reaches_is_found(shipped_rules: RuleBook, evidence: Path) -> None:
    path = evidence / "studies" / "mian2016.yaml"
    text = path.read_text(encoding="utf-8").replace("id: mian2016", "id: nobody2016")
    (evidence / "studies" / "nobody2016.yaml").write_text(text, encoding="utf-8")
    assert "reached from no rule and no background note" in messages(shipped_rules, evidence)


def test_a_rule_on_a_finding_that_is_not_shown_is_found(shipped_rules: RuleBook, evidence: Path) -> None:
    path = evidence / "studies" / "costa2023.yaml"
    text = path.read_text(encoding="utf-8").replace("id: progression-2-years", "id: renamed")
    path.write_text(text, encoding="utf-8")
    assert "'costa2023' shows no finding 'progression-2-years'" in messages(shipped_rules, evidence)


def test_retrospective_duration_series_show_no_effect_size() -> None:
    library = load_library(folder("evidence"))
    series = [entry for entry in library if entry.effect_sizes_hidden]
    assert {entry.id for entry in series} >= {"pasvolsky2023", "mian2016", "nunnelee2022", "ho2021"}
    for entry in series:
        shown = " ".join(item.text for item in rendered(entry).findings)
        assert "HR " not in shown
        assert entry.warnings


def test_unverified_figures_appear_only_when_asked_for_and_then_marked() -> None:
    example = folder("examples") / "cessation-supported.yaml"
    for asked in (False, True):
        result = mrdguide.evaluate(example, as_of="2026-11-21", include_unverified=asked)
        findings = [finding for item in result.evidence for finding in item.findings]
        hidden = [finding for finding in findings if not finding.verified]
        assert bool(hidden) == asked
        assert all(finding.text.startswith("[") for finding in hidden)


def test_every_shown_finding_says_where_it_was_read_and_what_its_clock_is() -> None:
    for entry in load_library(folder("evidence")):
        for item in rendered(entry).findings:
            assert item.read_at is not None
            assert item.read_at.url.startswith("http")
            assert item.read_at.locator
        for finding in entry.findings:
            if finding.time is not None:
                assert finding.clock in finding_text(finding)


def test_citations_as_bibtex_and_csl() -> None:
    entry = load_library(folder("evidence")).entry("mrd2stop")
    item = csl(entry.id, entry.citation)
    assert (item["DOI"], item["issued"]) == ("10.1038/s41408-024-01156-x", {"date-parts": [[2024]]})
    text = bibtex(entry.id, entry.citation)
    assert text.startswith("@article{derman2024,")
    assert "doi = {10.1038/s41408-024-01156-x}" in text
    assert text.count("{") == text.count("}")
