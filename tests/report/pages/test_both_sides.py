"""The table of both sides: every cell says something, each figure is cited, and an entry answers for its own cells only."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from mrdguide.evidence import Library, StudyFinding, load_library
from mrdguide.evidence.model import Axis
from mrdguide.evidence.shown import finding_text
from mrdguide.report.blocks import Picture, Table
from mrdguide.report.pages.board import board
from mrdguide.report.pages.board_words import board_words
from mrdguide.report.pages.both_sides import both_sides, outside_of

from ...examples import NAMES, evaluated, shipped

ROOT = Path(__file__).parents[3]
LIBRARY = load_library(ROOT / "evidence")


def cells(library: Library) -> list[list[str]]:
    """The texts of every cell, lines of a cell with a line break between them."""
    [table] = [block for block in both_sides(library, board_words()) if isinstance(block, Table)]
    return [
        ["".join("\n" if part.style == "break" else part.text for part in cell) for cell in row] for row in table.rows
    ]


def test_every_axis_has_both_sides_and_no_cell_is_empty() -> None:
    found = cells(LIBRARY)
    assert len(found) == len(get_args(Axis))
    for row in found:
        assert len(row) == 3
        assert all(text.strip() for text in row)
    assert any("not measured" in row[2] for row in found)


def test_each_figure_is_a_finding_with_its_size_and_how_direct_it_is() -> None:
    lines = [text for _, *sides in cells(LIBRARY) for side in sides for text in side.split("\n")]
    bearing = [
        (entry, finding) for entry in LIBRARY for finding in entry.findings if finding.bears_on and finding.verified
    ]
    assert len(bearing) > 20
    for entry, finding in bearing:
        [line] = [text for text in lines if finding_text(finding) in text and text.startswith(entry.name)]
        assert finding.directness in line
        assert re.search(r"\((n=|study of |n not in what was read)", line)


@pytest.mark.parametrize("entry_id", LIBRARY.bearing)
def test_without_an_entry_only_its_own_figures_are_gone(entry_id: str, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    shutil.copytree(LIBRARY.folder, folder)
    (folder / LIBRARY.relative(entry_id)).unlink()
    name = LIBRARY.entry(entry_id).name
    for before, after in zip(cells(LIBRARY), cells(load_library(folder)), strict=True):
        for whole, rest in zip(before, after, strict=True):
            kept = [text for text in whole.split("\n") if not text.startswith(f"{name} (")]
            assert rest.split("\n") == (kept or ["not measured in what was read"])


def test_what_was_not_verified_is_not_in_the_table(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    shutil.copytree(LIBRARY.folder, folder)
    path = folder / LIBRARY.relative("rosinol2023")
    path.write_text(path.read_text(encoding="utf-8").replace("verified: true", "verified: false"), encoding="utf-8")
    assert "17.2%" in str(cells(LIBRARY))
    assert "17.2%" not in str(cells(load_library(folder)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"bears_on": {"option": "stop", "axis": "return"}},
        {"directness": "stopped by MRD"},
        {"bears_on": {"option": "pause", "axis": "return"}, "directness": "x"},
        {"bears_on": {"option": "stop", "axis": "luck"}, "directness": "x"},
    ],
)
def test_what_bears_on_the_decision_says_how_directly_and_on_what(wrong: dict[str, object]) -> None:
    right = {"id": "x", "measure": "relapse", "statement": "none", "verified": False}
    assert StudyFinding.model_validate(right).bears_on is None
    with pytest.raises(ValidationError):
        StudyFinding.model_validate({**right, **wrong})


@pytest.mark.parametrize("name", NAMES)
def test_the_table_stands_where_a_stop_is_open_and_the_sheet_has_both_sides_where_it_is_named(name: str) -> None:
    found = evaluated(name)
    titles = [section.title for section in board(found).details]
    open_ = shipped().decision.stop_possible(found.possible_outcomes)
    assert ("Going on and stopping, side by side" in titles) is (open_ or bool(found.sides))
    if shipped().decision.stop_possible([found.outcome]):
        shown = {side.id for side in found.sides}
        assert {"side.continuing-gains", "side.continuing-costs"} <= shown


def test_figures_of_studies_that_would_not_have_taken_the_patient_say_so() -> None:
    said = "this patient is outside its published pattern"
    found = evaluated("drop-daratumumab")
    assert {"derman2024", "terpos2025"} <= outside_of(found)
    blocks = both_sides(LIBRARY, board_words(), found)
    [table] = [block for block in blocks if isinstance(block, Table)]
    told = [
        text for row in table.rows for cell in row for text in "".join(part.text or "\n" for part in cell).split("\n")
    ]
    of_study = [text for text in told if text.startswith("MRD2STOP")]
    assert len(of_study) > 1
    assert all(f"; {said})" in text for text in of_study)
    assert not any(said in text for text in told if text.startswith("IFM 2005-02"))
    drawn = [block for block in blocks if isinstance(block, Picture) and block.caption.startswith("MRD2STOP")]
    assert drawn
    assert all(said in block.caption and said in block.alt for block in drawn)
    assert not {"derman2024", "terpos2025"} & outside_of(evaluated("cessation-supported"))
