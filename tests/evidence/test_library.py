"""The evidence base as shipped: whole, every figure with its source, and nothing shown that was not read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import EvidenceError
from mrdguide.evidence import EvidenceEntry, Library, load_library
from mrdguide.evidence.shown import rendered, visible_findings
from mrdguide.rulefiles.citations import citations
from mrdguide.rulefiles.source import read_source

ROOT = Path(__file__).parents[2]
LIBRARY = load_library(ROOT / "evidence")
IDS = LIBRARY.ids


@pytest.fixture(params=IDS)
def entry(request: pytest.FixtureRequest) -> EvidenceEntry:
    """Every entry in turn."""
    return LIBRARY.entry(str(request.param))


def test_the_whole_library_loads() -> None:
    assert [str(problem) for problem in LIBRARY.check()] == []
    assert [entry.id for entry in LIBRARY] == LIBRARY.ids


def test_all_forty_five_references_are_there_once() -> None:
    assert sorted(entry.reference for entry in LIBRARY if entry.reference is not None) == list(range(1, 46))


def test_no_file_name_stands_in_two_folders() -> None:
    names = [path.stem for path in LIBRARY.folder.rglob("*.yaml") if path.stem != "glossary"]
    assert sorted(names) == LIBRARY.ids


def test_aliases_are_found_without_parsing_and_name_one_entry_each() -> None:
    written = {alias: entry.id for entry in LIBRARY for alias in entry.aliases}
    assert sum(len(entry.aliases) for entry in LIBRARY) == len(written)
    assert LIBRARY.aliases == written
    assert not set(written) & set(LIBRARY.ids)
    assert LIBRARY.entry("mrd2stop") is LIBRARY.entry("derman2024")


def test_related_entries_exist() -> None:
    known = {*LIBRARY.ids, *LIBRARY.aliases}
    assert {related for entry in LIBRARY for related in entry.related} - known == set()


def test_a_verified_figure_was_read_on_a_page_that_can_verify(entry: EvidenceEntry) -> None:
    for name, fact in entry.facts():
        if fact.verified:
            assert fact.source is not None, name
            assert entry.sources[fact.source].level != "tertiary", name
            assert not fact.derived, name


def test_only_verified_findings_are_shown(entry: EvidenceEntry) -> None:
    verified = {finding.id for finding in entry.findings if finding.verified}
    shown = rendered(entry)
    assert {finding.id for finding in shown.findings} <= verified
    assert all(finding.read_at and finding.read_at.url.startswith("http") for finding in shown.findings)


def test_the_summary_holds_only_what_was_verified(entry: EvidenceEntry) -> None:
    summary = rendered(entry).summary
    if entry.design is not None and not entry.design.verified:
        assert entry.design.text not in summary
    if entry.population is None or not entry.population.verified:
        assert "n=" not in summary
        assert "stopped" not in summary.replace(entry.design.text if entry.design else "", "")
    followed = [item for item in entry.follow_up if item.verified]
    assert ("follow-up" in summary.replace(entry.design.text if entry.design else "", "")) is bool(followed)


def test_retrospective_duration_series_never_show_an_effect_size() -> None:
    hidden = [entry for entry in LIBRARY if entry.effect_sizes_hidden]
    assert {"pasvolsky2023", "mian2016", "nunnelee2022", "ho2021"} <= {entry.id for entry in hidden}
    for entry in hidden:
        assert any("immortal" in warning for warning in entry.warnings), entry.id
        assert entry.design is not None
        assert entry.design.retrospective, entry.id
        for finding in visible_findings(entry):
            assert finding.effect is None
            assert len(finding.arms) <= 1
        for shown in rendered(entry).findings:
            assert not re.search(r"\b(HR|OR|RR) \d", shown.text), shown.text


def test_hidden_entries_keep_their_warning_in_a_recommendation(shipped_rules: mrdguide.RuleBook) -> None:
    shown = shipped_rules.evidence.shown("nunnelee2022")
    assert any("immortal" in warning for warning in shown.warnings)


def cited_by_the_rules() -> list[tuple[str, str, str]]:
    """Every citation of the shipped rules: (section, where, what), what being an entry or `entry#finding`."""
    found = citations(read_source((ROOT / "rules",)))
    return [(str(place.path[0]), f"{Path(place.document.name).name}:{place.line}", cited) for place, _, cited in found]


def test_every_reference_is_reached_from_the_rules() -> None:
    cited = {what.partition("#")[0] for _, _, what in cited_by_the_rules()}
    assert {entry.id for entry in LIBRARY if entry.reference is not None} - cited == set()


def test_no_rule_rests_on_an_entry_of_which_nothing_was_verified() -> None:
    """Background notes may name such an entry; a rule, an outcome or a protocol may not rest on it."""
    resting = {
        (where, what.partition("#")[0]) for section, where, what in cited_by_the_rules() if section != "background"
    }
    assert [f"{where} cites {cited}" for where, cited in sorted(resting) if not LIBRARY.entry(cited).supports] == []


def test_a_finding_that_a_rule_names_exists_and_is_shown() -> None:
    for _, where, what in cited_by_the_rules():
        entry_id, _, finding_id = what.partition("#")
        if finding_id:
            shown = {finding.id for finding in visible_findings(LIBRARY.entry(entry_id))}
            assert finding_id in shown, f"{where} cites {what}"


def test_a_finding_with_a_time_says_what_the_clock_started_from(entry: EvidenceEntry) -> None:
    for finding in entry.findings:
        if finding.time is not None:
            assert finding.clock, finding.id


def test_what_does_not_exist_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="there is no evidence entry 'nobody2020'"):
        LIBRARY.entry("nobody2020")
    assert "nobody2020" not in LIBRARY
    assert "derman2024" in LIBRARY


def entry_data(**more: Any) -> dict[str, Any]:
    """A small entry that is right."""
    return {
        "id": "small", "kind": "study", "name": "SMALL",
        "citation": {"type": "article-journal", "title": "Small", "source": None, "verified": False},
        "sources": {
            "page": {"url": "https://example.org/a", "level": "primary", "locator": "abstract", "read": "2026-01-01"},
            "blog": {"url": "https://example.org/b", "level": "tertiary", "locator": "post", "read": "2026-01-01"},
        },
        "informs": [{"question": "Does it load?", "direction": "none"}],
        **more,
    }  # fmt: skip


def finding(**more: Any) -> dict[str, Any]:
    return {"id": "one", "measure": "survival", "source": "page", "verified": True, "statement": "alive", **more}


def arm(**more: Any) -> dict[str, Any]:
    return {"group": "all", "unit": "%", **more}


def test_the_small_entry_is_right() -> None:
    assert EvidenceEntry.model_validate(entry_data(findings=[finding()])).supports


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"findings": [finding(arms=[arm(value=20, interval={"low": 21, "high": 30})])]}, "does not contain the estimate"),
        ({"findings": [finding(arms=[arm(value=31, interval={"low": 21, "high": 30})])]}, "does not contain the estimate"),
        ({"findings": [finding(effect={"kind": "HR", "of": "a against b", "value": 1.2, "interval": {"low": 0.4, "high": 0.9}})]}, "does not contain the estimate"),
        ({"findings": [finding(arms=[arm(value=25, interval={"low": 30, "high": 20})])]}, "low end is above its high end"),
        ({"findings": [finding(arms=[arm(unit="count", value=5, n=4, events=5)])]}, "5 events in a group of 4"),
        ({"findings": [finding(source=None)]}, "verified: true needs a source"),
        ({"findings": [finding(derived=True)]}, "computed, not read"),
        ({"findings": [finding(source="nowhere")]}, "which is not in 'sources'"),
        ({"findings": [finding(source="blog")]}, "tertiary page"),
        ({"findings": [finding(statement="")]}, "needs arms, an effect or a statement"),
        ({"findings": [finding(time={"at": 3, "unit": "a"})]}, "must say what the clock started from"),
        ({"findings": [finding(), finding()]}, "two findings have the id"),
        ({"informs": []}, "at least 1"),
        ({"reference": 46}, "less than or equal to 45"),
        ({"finding": []}, "Extra inputs"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused(more: dict[str, Any], words: str) -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError) as caught:
        EvidenceEntry.model_validate(entry_data(**more))
    assert words in str(caught.value)


def test_an_interval_may_touch_its_estimate() -> None:
    touching = finding(arms=[arm(value=100, interval={"low": 90, "high": 100})])
    assert EvidenceEntry.model_validate(entry_data(findings=[touching])).findings[0].arms[0].value == 100


def test_an_entry_whose_name_is_not_its_files_is_refused(tmp_path: Path) -> None:
    text = "id: other\nkind: study\nname: X\ncitation: {type: report, title: X, source: null, verified: false}\n"
    (tmp_path / "small.yaml").write_text(text + "informs: [{question: Why?, direction: none}]\n", encoding="utf-8")
    library: Library = load_library(tmp_path)
    with pytest.raises(EvidenceError, match=r"small\.yaml:1:5: id: the file is named small but its id is other"):
        library.entry("small")


def test_a_wrong_file_is_reported_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text("id: small\nkind: trail\nname: X\n", encoding="utf-8")
    messages = [str(problem) for problem in load_library(tmp_path).check()]
    assert any(message.startswith(f"{tmp_path}/small.yaml:2:7: kind: found 'trail'") for message in messages)
    assert any("'citation' is missing" in message for message in messages)


def test_every_mistake_of_an_entry_is_told_in_one_run_and_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Also those that the model only looks at once its fields are right: sources, ids, the name of the file."""
    (tmp_path / "small.yaml").write_text(
        """\
id: other
kind: trail
name: X
citation: {type: report, title: X, source: papre, verified: false}
sources:
  paper: {url: "https://example.org/a", level: primary, locator: abstract, read: "2026-01-01"}
findngs:
  - {id: one, measure: survival, source: paper, verified: true, statement: alive}
  - {id: one, measure: survival, source: papr, verified: true, statement: alive}
informs: [{question: Why?, direction: none}]
""",
        encoding="utf-8",
    )
    library = load_library(tmp_path)
    problems = library.check()
    assert [(problem.line, problem.path, problem.code) for problem in problems] == [
        (1, "id", "contradiction"),
        (2, "kind", "bad-value"),
        (4, "citation.source", "unknown-id"),
        (7, "findngs", "unknown-key"),
        (9, "findings[1].id", "duplicate-id"),
        (9, "findings[1].source", "unknown-id"),
    ]
    assert problems[2].hint == "did you mean 'paper'?"
    assert library.read("small") == (None, problems)


def test_what_rests_on_sources_that_cannot_be_read_is_not_told_again(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(
        """\
id: small
kind: study
name: X
citation: {type: report, title: X, source: paper, verified: true}
sources: {paper: {url: example.org, level: primary, locator: abstract, read: "2026-01-01"}}
informs: [{question: Why?, direction: none}]
""",
        encoding="utf-8",
    )
    (problem,) = load_library(tmp_path).check()
    assert problem.path == "sources.paper.url"


def test_a_folder_without_entries_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="the evidence folder holds no evidence entries"):
        load_library(tmp_path)
    with pytest.raises(EvidenceError, match="nowhere: the evidence folder does not exist"):
        load_library(tmp_path / "nowhere")
