"""The lesson for courses that code: it runs from the wheel alone, and its assertions hold its text to what the rules answer."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from .conftest import ROOT, Run
from .test_extras import WITHOUT

LESSON = "notebook/stopping_maintenance.py"
SOURCE = (ROOT / "examples" / LESSON).read_text(encoding="utf-8")
LEFT_OUT = "Part 6 is left out"


def cells() -> list[tuple[bool, str]]:
    """The cells of the percent format: whether each is text, and what stands in it."""
    found = [part.partition("\n") for part in SOURCE.split("\n# %%")[1:]]
    return [(head.strip() == "[markdown]", body) for head, _, body in found]


@pytest.fixture
def lesson(run: Run, tmp_path: Path) -> str:
    """Where the lesson stands once the installed program has copied its examples."""
    run("-m", "mrdguide", "examples", "copy", "cases")
    return str(tmp_path / "cases" / LESSON)


def test_it_runs_from_end_to_end(run: Run, lesson: str) -> None:
    told = run("-W", "error", lesson)
    assert "100 invented patients" in told
    assert LEFT_OUT not in told


def test_it_runs_where_no_extra_is_installed(run: Run, lesson: str) -> None:
    names = sorted({name for modules, _ in WITHOUT.values() for name in modules.split()})
    program = f"import runpy, sys; sys.modules.update(dict.fromkeys({names})); runpy.run_path({lesson!r})"
    told = run("-c", program)
    assert LEFT_OUT in told
    assert "eleven months" in told, "what comes after the part that is left out"


def test_an_answer_that_the_lesson_does_not_tell_stops_it(run: Run, lesson: str) -> None:
    """The assertions are what keeps the text true: with another day of the board they must not pass."""
    Path(lesson).write_text(SOURCE.replace('DAY = "2026-11-21"', 'DAY = "2027-11-21"'), encoding="utf-8")
    program = f"import runpy\ntry:\n    runpy.run_path({lesson!r})\nexcept AssertionError:\n    print('noticed')"
    assert run("-c", program).endswith("noticed\n")


def test_every_cell_stands_by_itself() -> None:
    """Jupyter runs one cell after another: none may end inside a statement, and text is comment alone."""
    assert len(cells()) > 20
    for is_text, body in cells():
        statements = ast.parse(body).body
        assert not (is_text and statements), body
        assert is_text or statements, "an empty cell"
    assert any(not is_text and "assert " in body for is_text, body in cells())


@pytest.mark.parametrize("part", ["1.", "2.", "3.", "4.", "5.", "6.", "For you"])
def test_each_part_checks_what_it_tells(part: str) -> None:
    found = SOURCE.partition(f"# ## {part} ")[2].partition("\n# ## ")[0]
    assert "\n# %%\n" in found
    assert any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(found.partition("\n")[2])))
