"""The page on a terminal."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from mrdguide.report.blocks import Page, Paragraph, Section, Table, line
from mrdguide.report.formats.terminal import to_text
from mrdguide.report.legible import legible

from .pages import HOSTILE, hostile_page, one_of_each, plain_page


def _printed(page: Page, width: int = 80, *, colour: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=colour, color_system="truecolor" if colour else None
    )
    console.print(to_text(page))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("page", [plain_page(), hostile_page()], ids=["plain", "hostile"])
def test_no_line_is_wider_than_the_terminal(page: Page, width: int) -> None:
    assert max(cell_len(text) for text in _printed(page, width).splitlines()) <= width


def test_everything_of_the_page_is_said() -> None:
    printed = _printed(plain_page(), 120)
    for words in (
        "MRD-guided cessation of maintenance",
        "Patient P-017 on 2026-03-01",
        "Not enough is known to stop maintenance",
        "+ MRD negative at 10⁻⁵ for 26 months  W-03",
        "- 36 months of maintenance  W-07",
        "? Imaging negative within 12 months  W-09",
        "2. PET/CT or whole-body MRI",
        "* lesion: continue, and biopsy",
        "Figure: MRD and therapy over time",
        "Three negative MRD results in 26 months, all under lenalidomide.",
        "DRAMMATIC  - not met",
        "Fractions of nucleated cells.",
        "Decision support for a tumor board; it replaces no clinical judgement.",
    ):
        assert words in printed
    assert "<svg" not in printed


def test_a_verdict_in_a_list_has_one_marker() -> None:
    assert "* +" not in _printed(plain_page())
    assert "+ + " not in _printed(plain_page())


def test_a_table_too_wide_for_the_terminal_becomes_paragraphs() -> None:
    table = Table("wide", tuple(f"heading{n}" for n in range(8)), (tuple(line(f"cell{n}") for n in range(8)),))
    page = Page("x", "", (table,), (), ())
    assert "cell0    " in _printed(page, 120)
    assert "cell0\n    heading1: cell1\n    heading2: cell2" in "\n".join(
        text.rstrip() for text in _printed(page, 40).splitlines()
    )


@pytest.mark.parametrize("width", range(60, 121))
def test_no_word_of_a_table_is_cut(width: int) -> None:
    cells = (
        "cessation-supported",
        "2027-05-20",
        "At least 36 months of maintenance",
        "marrow MRD on or after 2026-11-21 and imaging",
    )
    table = Table("when", ("Outcome", "First day", "Last to turn", "Tests needed for it"), (tuple(map(line, cells)),))
    printed = _printed(Page("x", "", (Section("y", (Section("z", (table,)),)),), (), ()), width).split()
    assert not {word for cell in cells for word in cell.split()} - set(printed)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_neither_styles_nor_steers_the_terminal(text: str) -> None:
    page = Page("x", "", (Paragraph(line(text)),), (), ())
    printed = _printed(page, 6000, colour=True)
    assert legible(text).strip() in printed.replace("\x1b[1mx\x1b[0m", "")
    assert "\x1b[31m" not in printed
    everywhere = _printed(one_of_each(text), 80)
    assert not [character for character in everywhere if character < " " and character != "\n"]
    assert "\u202e" not in everywhere
    everywhere.encode("utf-8")
