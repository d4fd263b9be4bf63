"""The dossier names only what exists, and its pages are what its data give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .data import ROOT, Control, Hazard, Threat, argument, hazard_log, threat_model
from .pages import pages
from .references import functions_of, invariant_titles, missing

HAZARDS = hazard_log().hazards
THREATS = threat_model().threats
_AT_LEAST = re.compile(r"at least (\d+) test functions")


@pytest.mark.parametrize("item", [*HAZARDS, *THREATS], ids=lambda item: item.id)
def test_a_control_names_what_exists(item: Hazard | Threat) -> None:
    assert not [name for control in item.controls for name in missing(control)]


def test_what_does_not_exist_is_found() -> None:
    control = Control(
        says="An example of a control.",
        rules=("mrd.none",),
        invariants=("never.none",),
        files=("rules/none.yaml",),
        tests=("tests/laws/none.py::test_none", "tests/dossier/test_dossier.py::test_none"),
    )
    assert missing(control) == [
        "rule mrd.none", "invariant never.none", "file rules/none.yaml",
        "test tests/laws/none.py::test_none", "test tests/dossier/test_dossier.py::test_none",
    ]  # fmt: skip


def test_there_are_hazards_enough_and_each_id_is_used_once() -> None:
    assert len(HAZARDS) >= 25
    for ids in ([item.id for item in HAZARDS], [item.id for item in THREATS], [item.id for item in argument().claims]):
        assert len(set(ids)) == len(ids)


def test_severity_and_residual_risk_are_words_of_their_lists_and_each_word_is_used() -> None:
    log = hazard_log()
    assert {item.severity for item in HAZARDS} <= set(log.severities)
    assert {item.residual for item in HAZARDS} == set(log.residuals)


def test_every_invariant_is_a_control_of_some_hazard() -> None:
    named = {name for item in HAZARDS for control in item.controls for name in control.invariants}
    assert named == set(invariant_titles())


def test_a_claim_stands_on_tests_or_on_other_claims_and_names_hazards_of_the_log() -> None:
    claims = {item.id: item for item in argument().claims}
    supported = {item.under for item in claims.values()} - {""}
    assert supported <= set(claims)
    for item in claims.values():
        assert item.evidence or item.id in supported, item.id
        assert set(item.hazards) <= {hazard.id for hazard in HAZARDS}
        assert all(functions_of(file) for file in item.evidence), item.id
        assert all((ROOT / name).exists() for name in item.files)


def test_every_hazard_stands_under_a_claim_or_is_left_to_the_site_or_open() -> None:
    covered = {name for item in argument().claims for name in item.hazards}
    assert [item.id for item in HAZARDS if item.id not in covered and item.residual not in ("site", "open")] == []


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_a_page_is_what_the_data_give(path: Path) -> None:
    """New tests need no new page, fewer do: a page says "at least" so many."""
    kept, made = path.read_text(encoding="utf-8"), pages()[path]
    assert _AT_LEAST.sub("at least N test functions", kept) == _AT_LEAST.sub("at least N test functions", made), (
        f"{path.relative_to(ROOT)} is not what the data give: run `make dossier` and look at what changed"
    )
    for said, counted in zip(_AT_LEAST.findall(kept), _AT_LEAST.findall(made), strict=True):
        assert int(said) <= int(counted), f"{path.name} says {said} test functions, and there are {counted}"


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.name)
def test_a_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (path.parent / target).exists(), f"{path.name}: {target}"
