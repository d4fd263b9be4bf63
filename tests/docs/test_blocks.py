"""Every code block of the documentation does what the page says: files are written, commands and Python are run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from .blocks import DOCS, ROOT, blocks, follow

# What needs a cluster is run where there is one.
_RUN_ELSEWHERE = {"spark.md": ROOT / "tests" / "cohort" / "test_spark.py"}
PAGES = [
    page
    for folder in ("tutorials", "how-to", "explanation")
    for page in sorted((DOCS / folder).glob("*.md"))
    if page.name not in _RUN_ELSEWHERE
]
# Written down, and nothing that a reader types: a dialogue, the contents of a section.
_NOT_TYPED = ("text", "{toctree}")


def named(page: Path) -> str:
    return str(page.relative_to(DOCS))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_reader_gets_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    # A page that does not begin with them takes them as there.
    if "$ mrdguide examples copy examples" not in page.read_text(encoding="utf-8"):
        shutil.copytree(ROOT / "examples", tmp_path / "examples")
    assert follow(page, capsys.readouterr) == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_block_is_left_unread(page: Path) -> None:
    unread = [
        block for block in blocks(page) if block.language not in ("python", "console", *_NOT_TYPED) and not block.file
    ]
    assert unread == []


def test_pages_that_are_run_elsewhere_are() -> None:
    assert [name for name, test in _RUN_ELSEWHERE.items() if f"how-to/{name}" not in test.read_text("utf-8")] == []


def test_the_four_kinds_are_there() -> None:
    assert {"first-patient.md", "first-rule.md", "first-cohort.md"} <= {page.name for page in PAGES}
    assert len(list((DOCS / "how-to").glob("*.md"))) > 12


def test_what_costs_are_measured_by_is_there() -> None:
    """Figures of cost are measured, not calculated: each names the program that measures it again."""
    page = (DOCS / "reference" / "costs.md").read_text(encoding="utf-8")
    programs = set(re.findall(r"benchmarks/\w+\.py", page))
    assert len(programs) >= 4
    assert [name for name in programs if not (ROOT / name).is_file()] == []
