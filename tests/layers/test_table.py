"""Layers that once turned an answer round under the core's name: each is refused at its line, or changes nothing for the worse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import RuleBookError
from mrdguide.teach.examples import examples

from .test_law import holds, on_examples
from .writing import Layer, changed, entry, write

EXAMPLES = {item.path.stem: item for item in examples()}
PRESENT = {"t_4_14": "risk.t-4-14", "t_14_16": "risk.t-14-16"}


def with_when(section: str, name: str, **values: Any) -> dict[str, Any]:
    """A criterion of the core with other numbers, under its own id and title."""
    item = entry(section, name)
    for key, value in values.items():
        (keyword,) = item["when"]
        item = {**item, "when": changed(item["when"], (keyword, key), value)}
    return item


def loosening_layers() -> dict[str, Layer]:
    sustained = with_when("criteria", "mrd.sustained-12-1e-5", threshold=1e-4, months=1)
    narrowed = {**entry("criteria", "relapse.progression")}
    narrowed["when"] = {"recorded": {"in": "events", "where": {"kind": ["clinical-relapse"]}}}
    return {
        "sustained at 1e-4 for a month": {"criteria": [sustained]},
        "progression narrowed": {"criteria": [narrowed]},
        "late positive after 60 months": {"criteria": [with_when("criteria", "mrd.late-positive", from_months=60)]},
        "blood counts": {
            "readings": {
                "marrow_mrd": {
                    "specimens": ["marrow", "blood"], "methods": ["NGS", "NGF", "MFC", "mass-spectrometry"],
                    "first_pull": False, "not_hemodiluted": False, "flag_gap_months": 18,
                },
                "imaging": {
                    "deauville_positive_from": 5, "rac_negative": [1, 2, 3], "rac_positive": [5],
                    "pet_needs_avid_disease": False,
                },
            }
        },
        "no block but one": {"conclusions": [{**entry("conclusions", "block.any"), "when": "block.plasma-cell-leukemia"}]},
        "no caution": {"conclusions": [{**entry("conclusions", "caution.any"), "when": {"not": "therapy.on-maintenance"}}]},
    }  # fmt: skip


@pytest.mark.parametrize("name", loosening_layers())
def test_a_loosening_that_is_not_declared_does_not_happen(tmp_path: Path, name: str) -> None:
    book = mrdguide.load_rules(write(tmp_path, loosening_layers()[name]))
    told = [problem.code for problem in book.warnings]
    # That one list of kinds lies within another is not read off the operator, so nothing is claimed there.
    assert told == ([] if name in ("blood counts", "progression narrowed") else ["no-effect"])
    for path, day, core in on_examples():
        layered = mrdguide.evaluate(path, rules=book, as_of=day)
        holds(core, layered)
        if name != "blood counts":  # what is found in blood then counts against stopping too
            assert set(layered.possible_outcomes) == set(core.possible_outcomes), path.name


def test_renaming_a_block_by_its_alias_leaves_the_answers_as_they_are(tmp_path: Path) -> None:
    renamed = {
        **entry("criteria", "therapy.maintenance-36-months"),
        "id": "therapy.three-years",
        "aliases": ["therapy.maintenance-36-months"],
    }
    book = mrdguide.load_rules(write(tmp_path, {"criteria": [renamed]}))
    for path, day, core in on_examples():
        assert set(mrdguide.evaluate(path, rules=book, as_of=day).possible_outcomes) == set(core.possible_outcomes)


def test_a_tightened_threshold_is_no_error_off_therapy_and_study_cards_stay(tmp_path: Path) -> None:
    deeper = with_when("criteria", "mrd.sustained-12-1e-5", threshold=1e-6, months=18)
    book = mrdguide.load_rules(write(tmp_path, {"criteria": [deeper]}))
    for path, day, core in on_examples():
        layered = mrdguide.evaluate(path, rules=book, as_of=day)
        holds(core, layered)
        for study, card in core.protocols.items():
            assert layered.protocols[study].verdict == card.verdict, (path.name, study)
        assert {name: item.class_ for name, item in layered.risk.items()} == {
            name: item.class_ for name, item in core.risk.items()
        }


def test_a_shorter_recency_shows_its_effect_and_says_who_decided(tmp_path: Path) -> None:
    """It once left both verdicts met beside a test that was too old."""
    names = ("mrd.negative-now-1e-5", "mrd.sustained-12-1e-5")
    book = mrdguide.load_rules(write(tmp_path, {"criteria": [with_when("criteria", name, within=2) for name in names]}))
    example = EXAMPLES["cessation-supported"]
    found = mrdguide.evaluate(example.path, rules=book, as_of=example.as_of)
    assert found.outcome == "insufficient-data"
    assert found.core_outcome == "cessation-supported"
    assert found.decided_by == "st-elsewhere 0.3"
    assert book.warnings == ()
    assert [found.criteria[name].verdict for name in names] == ["unknown", "unknown"]
    assert found.criteria["core:mrd.negative-now-1e-5"].verdict == "met"
    assert "mrdguide-core 0.2.0 alone says: cessation-supported" in " ".join(found.said_of_the_rules)
    assert found.provenance.rules_name == "mrdguide-core"
    assert found.provenance.rules_version == "0.2.0 + st-elsewhere 0.3"
    assert found.rules.name == "mrdguide-core 0.2.0 + st-elsewhere 0.3"
    assert found.to_dict()["layers"]["core_outcome"] == "cessation-supported"


REFUSED: dict[str, tuple[Layer, str]] = {
    "an implication": (
        {"implications": [{"if": "mrd.sustained-12-1e-5", "then": "imaging.negative-now"}]},
        "a layer cannot have a section 'implications'",
    ),
    "the outcomes": ({"decision": {"outcomes": []}}, "a layer cannot have a section 'decision'"),
    "a study's pattern": (
        {"protocols": [entry("protocols", "terpos2025")]}, "'terpos2025' is a study's pattern of the core",
    ),
    "a risk scheme": ({"schemes": [entry("schemes", "iss")]}, "'iss' is a risk scheme of the core"),
    "an invariant": (
        {"invariants": [{"id": "never.stop-without-mrd-negative", "title": "Nothing", "never": ["continue"], "when": "relapse.ever", "or_unknown": False}]},
        "'never.stop-without-mrd-negative' is an invariant of the core",
    ),
    "a kind that is none": (
        {"cautions": [{"id": "own.one", "title": "One of ours", "when": "relapse.ever", "kind": "warning"}]},
        "there is no list of the kind 'warning'",
    ),
    "a parameter beyond its range": ({"parameters": {"response.recent": 60}}, "60 is outside the allowed range 1 to 12"),
    "what is not there, switched off": ({"off": [{"id": "block.nothing", "why": "not ours"}]}, "there is no rule 'block.nothing'"),
    "what is not there, loosened": (
        {"loosens": [{"what": "block.nothing", "why": "not ours", "by": "board", "date": "2026-11-26"}]},
        "the core has no rule or parameter 'block.nothing'",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_only_the_core_can_say_is_refused_at_its_line(tmp_path: Path, name: str) -> None:
    layer, message = REFUSED[name]
    with pytest.raises(RuleBookError) as caught:
        mrdguide.load_rules(write(tmp_path, layer))
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.line is not None
    assert problem.line > 1


@pytest.mark.parametrize(
    ("pack", "message"),
    [
        ({"extends": "mrdguide-core@0.1"}, "is written for mrdguide-core@0.1, but lies on mrdguide-core@0.2"),
        ({"name": "mrdguide-core"}, "a layer cannot be called mrdguide-core"),
        ({"by": ""}, "is missing"),
        ({"extends": ""}, "says neither what it lies on nor that it stands alone"),
        ({"extends": "", "name": "mrdguide-core"}, "calls itself mrdguide-core, but its files are not those"),
    ],
)
def test_a_layer_says_what_it_is(tmp_path: Path, pack: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleBookError) as caught:
        mrdguide.load_rules(write(tmp_path, {}, **pack))
    assert message in str(caught.value)
