"""The pages as files, so that a change of words is read like prose in review. `pytest --update-golden` rewrites them.

Versions, hashes and the lines of the rule files are masked where they come from: only words matter here.
"""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from pathlib import Path

import pytest

import mrdguide
from mrdguide import Recommendation
from mrdguide.cds.card import card_of
from mrdguide.commands.files import terminal_text
from mrdguide.report.formats.html import to_html
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.formats.terminal import to_text
from mrdguide.report.pages.board import board
from mrdguide.report.pages.sheet import sheet

from ..cds.calls import report_on
from ..examples import EXAMPLES, NAMES, shipped

GOLDEN = Path(__file__).parent / "golden"
CARD, HTML = "insufficient-no-imaging", "conditional-30-months"
_HASH = "0" * 64


@cache
def _rules() -> mrdguide.RuleBook:
    rules = shipped()
    return dataclasses.replace(
        rules,
        hash=_HASH,
        pack=rules.pack.model_copy(update={"version": "VERSION", "released": "DATE"}),
        locations={name: place.partition(":")[0] for name, place in rules.locations.items()},
    )


@cache
def masked(name: str) -> Recommendation:
    """The recommendation for an example, without what changes while the words stay the same."""
    example = EXAMPLES[NAMES.index(name)]
    found = mrdguide.evaluate(example.path, rules=_rules(), as_of=example.as_of)
    made = dataclasses.replace(found.provenance, engine_version="VERSION", input_hash=_HASH)
    found.__dict__["provenance"] = made
    return found


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


def compare(file: str, said: str, update: bool) -> None:
    path = GOLDEN / file
    if update:
        path.write_text(said, encoding="utf-8")
    assert path.is_file(), f"there is no golden file {file}; write it with pytest --update-golden"
    assert said == path.read_text(encoding="utf-8"), f"{file} differs; if that is meant: pytest --update-golden"


@pytest.mark.parametrize("name", NAMES)
def test_markdown(name: str, update: bool) -> None:
    compare(f"{name}.md", to_markdown(board(masked(name))), update)


@pytest.mark.parametrize("name", NAMES)
def test_text(name: str, update: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    compare(f"{name}.txt", terminal_text([to_text(sheet(masked(name)))], to_file=True), update)


def test_card(update: bool) -> None:
    found = masked(CARD)
    card = card_of(found, report_on(found.profile), "https://cds.example/reports/x")
    compare(f"{CARD}.card.json", json.dumps(card, indent=2, ensure_ascii=False) + "\n", update)


def test_html(update: bool) -> None:
    compare(f"{HTML}.html", to_html(board(masked(HTML))), update)


def test_every_golden_file_is_compared() -> None:
    wanted = {f"{name}{ending}" for name in NAMES for ending in (".md", ".txt")}
    assert {path.name for path in GOLDEN.iterdir()} == wanted | {f"{CARD}.card.json", f"{HTML}.html"}
