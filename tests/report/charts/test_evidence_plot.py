"""The evidence plot shows published figures as they are published, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

import mrdguide
from mrdguide.evidence.library import Library
from mrdguide.recommend.recommendation import Recommendation
from mrdguide.report.charts.evidence_plot import NOT_POOLED, evidence_plot, studies
from mrdguide.rulebook.book import RuleBook
from mrdguide.teach.examples import Example, examples

from .drawing import marker_of, middle, of_class, outside, overlaps, parsed, titles, words


def judged(name: str, rules: RuleBook) -> Recommendation:
    example = next(item for item in examples() if item.file == f"{name}.yaml")
    return mrdguide.evaluate(example.path, rules=rules, as_of=example.as_of)


def entry(**more: Any) -> dict[str, Any]:
    """An invented evidence entry with one finding that can be drawn."""
    finding = {
        "id": "one", "measure": "still off therapy", "time": {"at": 1, "unit": "a"}, "clock": "stopping maintenance",
        "arms": [{"group": "all", "value": 61.5, "unit": "%", "n": 40}], "source": "page", "verified": True,
    }  # fmt: skip
    return {
        "id": "derman2024", "name": "Invented study", "kind": "study",
        "citation": {"type": "webpage", "title": "Invented", "source": "page", "verified": True},
        "sources": {"page": {"url": "https://example.org", "level": "primary", "locator": "page", "read": "2026-01-01"}},
        "informs": [{"question": "Any?", "direction": "neutral"}],
        "findings": [{**finding, **part} for part in more.pop("findings", [{}])],
        **more,
    }  # fmt: skip


def with_entry(name: str, rules: RuleBook, folder: Path, data: dict[str, Any]) -> Recommendation:
    """An example whose rule book reads one entry, `derman2024`, from an invented file."""
    import dataclasses

    (folder / "derman2024.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    shipped = rules.evidence

    class Mixed(Library):
        def entry(self, entry_id: str) -> Any:
            return super().entry(entry_id) if entry_id in self else shipped.entry(entry_id)

    found = judged(name, dataclasses.replace(rules, evidence=Mixed(folder)))
    found.__dict__["evidence"] = (SimpleNamespace(id="derman2024", fits=None),)
    return found


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.file)
def test_every_example_draws_the_same_every_time(example: Example, shipped_rules: RuleBook) -> None:
    first = evidence_plot(mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of))
    again = evidence_plot(mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of))
    assert first == again
    if first is None:
        assert not studies(mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of))
        return
    root = parsed(first)
    ids = [item.get("id", "") for item in root.iter() if item.get("id")]
    assert ids
    assert all(name.startswith("evidence-") for name in ids)
    title, desc = list(root)[:2]
    assert title.text
    assert desc.text == first.alt
    assert 0 < len(first.alt) <= 600
    assert NOT_POOLED in first.caption
    assert not overlaps(root)
    assert not outside(root)


def test_the_shipped_evidence_is_drawn(shipped_rules: RuleBook) -> None:
    drawn = studies(judged("cessation-supported", shipped_rules))
    assert {study.name for study in drawn} >= {"MRD2STOP", "MASTER", "GEM2014MAIN"}


def test_numbers_are_exactly_those_of_the_files(shipped_rules: RuleBook) -> None:
    found = judged("cessation-supported", shipped_rules)
    picture = evidence_plot(found)
    assert picture is not None
    expected = []
    for item in found.evidence:
        raw = yaml.safe_load(found.rules.evidence.path(item.id).read_text(encoding="utf-8"))
        for finding in raw.get("findings", ()):
            clock = finding.get("clock", "")
            if not finding["verified"] or not (clock.startswith("stopping") or "taken to be stopping" in clock):
                continue
            for arm in finding.get("arms", ()):
                interval = arm.get("interval")
                if arm["unit"] == "%":
                    text = f"{float(arm['value']):g}%"
                    text += (
                        f" (95% CI {interval['low']} to {interval['high']})" if interval else ", no interval published"
                    )
                    expected.append(text)
                elif arm["unit"] == "count" and arm.get("n"):
                    expected.append(f"{arm['value']}/{arm['n']}, no interval published")
    assert expected
    assert words(parsed(picture), "number") == expected


def test_a_dot_stands_at_its_figure(shipped_rules: RuleBook) -> None:
    picture = evidence_plot(judged("cessation-supported", shipped_rules))
    assert picture is not None
    root = parsed(picture)
    ticks = {item.text: float(item.get("x", "")) for item in of_class(root, "tick")}
    low, high = ticks["0%"], ticks["100%"]
    for row in of_class(root, "row"):
        (number,) = words(row, "number")
        events = re.match(r"([\d.]+)/(\d+)", number)
        share = float(events[1]) / float(events[2]) if events else float(number.split("%")[0]) / 100
        marker = marker_of(row)
        assert middle(marker)[0] == pytest.approx(low + (high - low) * share, abs=0.02)
        assert (marker.get("fill") == marker.get("stroke")) == (events is None)
        assert bool(of_class(row, "interval")) == ("CI" in number)


@pytest.mark.parametrize("flag", [{"verified": False}, {"verified": False, "derived": True}])
def test_what_was_not_verified_is_never_drawn(flag: dict[str, Any], shipped_rules: RuleBook, tmp_path: Path) -> None:
    seen = {"id": "two", "measure": "seen at a source"}
    data = entry(findings=[{**flag, "measure": "seen nowhere"}, seen])
    found = with_entry("cessation-supported", shipped_rules, tmp_path, data)
    object.__setattr__(found, "include_unverified", True)
    picture = evidence_plot(found)
    assert picture is not None
    assert "seen at a source" in picture.svg
    assert "seen nowhere" not in picture.svg


@pytest.mark.parametrize(
    "part",
    [
        {"clock": "transplant"},
        {"clock": "not stated in the source read"},
        {"arms": [{"group": "all", "value": 30, "unit": "mo"}]},
        {"arms": [{"group": "all", "value": 5, "unit": "count"}]},
        {"arms": [{"group": "all", "value": None, "unit": "%"}]},
        {"arms": [{"group": "all", "value": 50, "unit": "%", "reached": False}]},
        {"arms": [], "statement": "in words only"},
    ],
)
def test_what_does_not_fit_is_not_drawn(part: dict[str, Any], shipped_rules: RuleBook, tmp_path: Path) -> None:
    found = with_entry("cessation-supported", shipped_rules, tmp_path, entry(findings=[part]))
    assert evidence_plot(found) is None


def test_effect_sizes_that_mislead_stay_hidden(shipped_rules: RuleBook, tmp_path: Path) -> None:
    arms = [{"group": "stopped", "value": 10, "unit": "%"}, {"group": "went on", "value": 90, "unit": "%"}]
    data = entry(findings=[{"arms": arms}], effect_sizes_hidden=True)
    assert evidence_plot(with_entry("cessation-supported", shipped_rules, tmp_path, data)) is None
    data["effect_sizes_hidden"] = False
    assert evidence_plot(with_entry("cessation-supported", shipped_rules, tmp_path, data)) is not None


def test_a_design_is_said_only_when_verified(shipped_rules: RuleBook, tmp_path: Path) -> None:
    for verified in (True, False):
        design = {"text": "single arm", "source": "page", "verified": verified}
        picture = evidence_plot(
            with_entry("cessation-supported", shipped_rules, tmp_path, entry(design=design, warnings=["small"]))
        )
        assert picture is not None
        assert words(parsed(picture), "design") == (["single arm"] if verified else [])
        assert words(parsed(picture), "warning") == ["Warning: small"]


def test_hostile_text_stays_text(shipped_rules: RuleBook, tmp_path: Path) -> None:
    hostile = '<script>alert("1")</script> "&\' ]]> \u202egnp\u202c \u05e9\u05dc\u05d5\u05dd ' + "W" * 3000
    arm = {"group": hostile, "value": 11, "unit": "count", "n": 47}
    interval = {"low": 0.123456, "high": 99.123456, "kind": "credible"}
    data = entry(
        name=hostile, warnings=[hostile], design={"text": hostile, "source": "page", "verified": True},
        findings=[{"measure": hostile, "clock": "stopping " + hostile, "arms": [arm, {**arm, "unit": "%", "interval": interval}]}],
    )  # fmt: skip
    picture = evidence_plot(with_entry("cessation-supported", shipped_rules, tmp_path, data))
    assert picture is not None
    root = parsed(picture)
    assert "<script" not in picture.svg
    assert "]]>" not in picture.svg
    assert "\u202e" not in picture.svg
    assert any("<script>alert" in title for title in titles(root, "row"))
    assert len(picture.alt) <= 600
    assert not outside(root)
    assert not overlaps(root)
