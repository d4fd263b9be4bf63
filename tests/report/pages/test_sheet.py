"""The answer on a terminal: the front of the report, read in ten seconds, and the way to the rest."""

from __future__ import annotations

import dataclasses
from io import StringIO

import pytest
from rich.console import Console

import mrdguide
from mrdguide import Recommendation
from mrdguide.report.blocks import Banner, Picture, Section
from mrdguide.report.formats.terminal import to_text
from mrdguide.report.pages.board import board
from mrdguide.report.pages.sheet import sheet

from ...examples import NAMES, evaluated, shipped

ORDER = (
    "Options to discuss", "Also", "Why", "Blocks that are established as well",
    "What is missing, and where each result leads", "Cautions", "What would change the answer", "What studies found",
    "Study patterns", "Risk at diagnosis", "Set aside",
)  # fmt: skip


def printed(recommendation: Recommendation, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(to_text(sheet(recommendation)))
    assert isinstance(console.file, StringIO)
    return "\n".join(text.rstrip() for text in console.file.getvalue().splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_comes_first_and_the_rest_in_one_order(name: str) -> None:
    found = evaluated(name)
    page = sheet(found)
    assert isinstance(page.front[0], Banner)
    assert found.outcome in page.front[0].title
    titles = [block.title for block in page.front[1:] if isinstance(block, Section)]
    assert len(titles) == len(page.front) - 1
    assert titles == [title for title in ORDER if title in titles]
    assert "Risk at diagnosis" in titles
    assert page.details == ()


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_the_front_of_the_report_says(name: str) -> None:
    whole, short = board(evaluated(name)), sheet(evaluated(name))
    shared = tuple(block for block in whole.front if not isinstance(block, Picture))
    assert short.front[: len(shared)] == shared


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_eighty_columns_and_ends_with_the_way_to_the_details(name: str) -> None:
    found = evaluated(name)
    lines = printed(found).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == f"{found.patient_id} on {found.provenance.as_of}: {found.outcome}"
    assert "--details" in lines[-1]
    assert "'mrdguide evidence show ID'" in printed(found)
    assert "decided by two engines that agree" in " ".join(lines[-8:])


def test_risk_stands_in_a_few_lines() -> None:
    said = " ".join(printed(evaluated("insufficient-risk-unknown")).split())
    assert (
        "ims-imwg-2025 unknown (high or standard); iss I; r-iss I; r2-iss I (0 points); hrca 0 (list: master)." in said
    )


def test_what_was_set_aside_is_said() -> None:
    found = mrdguide.evaluate(
        {"id": "later", "diagnosis": {"disease": "multiple-myeloma"}, "mrd": [{"date": "2027-01-01"}]},
        rules=shipped(), as_of="2026-11-21",
    )  # fmt: skip
    assert "Set aside" in printed(found).splitlines()
    assert "mrd[0], dated 2027-01-01, is after the as-of date and was ignored" in " ".join(printed(found).split())


def test_an_answer_that_was_not_cross_checked_says_so() -> None:
    found = evaluated("cessation-supported")
    alone = dataclasses.replace(found, decided=dataclasses.replace(found.decided, cross_checked=False))
    said = " ".join(printed(alone).split())
    assert "NOT cross-checked: the second engine is not installed here (pip install" in said
    assert "two engines" not in said
