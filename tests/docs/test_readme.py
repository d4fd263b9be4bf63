"""The README fits a screen, names the two commands, shows what is printed, and links only what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.making.picture import DAY, EXAMPLE

import mrdguide

from .blocks import ROOT, blocks, follow

README = ROOT / "README.md"
PAGE = README.read_text(encoding="utf-8")


def test_it_fits_a_screen() -> None:
    assert len(PAGE.splitlines()) <= 100


def test_its_commands_print_what_it_shows(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert [block.language for block in blocks(README)] == ["console", "console"]
    assert follow(README, capsys.readouterr) == []


def test_the_two_commands() -> None:
    assert re.findall(r"^\$ (make \w+)", PAGE, re.MULTILINE) == ["make run", "make test"]


def test_make_run_is_the_command_that_is_shown() -> None:
    [shown] = re.findall(r"^\$ mrdguide (evaluate .*)$", PAGE, re.MULTILINE)
    assert f"mrdguide {shown}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_picture_is_of_the_example_that_is_shown() -> None:
    assert f"mrdguide evaluate examples/{EXAMPLE}.yaml --as-of {DAY}" in PAGE
    title = mrdguide.evaluate(ROOT / "examples" / f"{EXAMPLE}.yaml", as_of=DAY).answer
    assert title in PAGE
    assert (ROOT / "docs" / "sheet.png").stat().st_size < 150_000


@pytest.mark.parametrize("words", ["FHIR bundle", "local rule", "Not for", "Who checked the evidence, and when"])
def test_what_a_newcomer_looks_for_is_named(words: str) -> None:
    assert words in PAGE


def test_every_link_leads_to_a_file() -> None:
    links = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", PAGE)]
    assert len(links) > 15
    assert [target for target in links if not Path(ROOT, target).exists()] == []
