"""What strict type checkers say of client programs: a right one passes, each wrong one is told where it is wrong.

Every wrong program marks its one wrong line with `# wrong`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = sorted((ROOT / "tests" / "house" / "typing").glob("*.py"))
WRONG = [path for path in PROGRAMS if path.name.startswith("wrong_")]

# The lines with an error, by the name of the program.
Told = Mapping[str, set[int]]


@pytest.fixture(scope="module")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Without the pydantic plugin, which a client need not have."""
    cache = ROOT / ".mypy_cache" / "clients"
    found = subprocess.run(
        [
            sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", "--output=json",
            f"--cache-dir={cache if os.access(ROOT, os.W_OK) else tmp_path_factory.mktemp('mypy')}", *map(str, PROGRAMS),
        ],
        env={**os.environ, "MYPYPATH": str(ROOT / "engine")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode in (0, 1), found.stderr
    errors = [json.loads(line) for line in found.stdout.splitlines()]
    return _by_program((item["file"], item["line"]) for item in errors if item["severity"] == "error")


@pytest.fixture(scope="module")
def pyright() -> Told:
    """By basedpyright, which is pyright with a Node.js of its own."""
    found = subprocess.run(
        [
            sys.executable, "-m", "basedpyright", "--project", str(PROGRAMS[0].parent), "--pythonpath", sys.executable,
            "--outputjson",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode in (0, 1), found.stderr
    told = json.loads(found.stdout)
    assert told["summary"]["filesAnalyzed"] == len(PROGRAMS)
    return _by_program(
        (item["file"], item["range"]["start"]["line"] + 1)
        for item in told["generalDiagnostics"]
        if item["severity"] == "error"
    )


def _by_program(errors: Any) -> Told:
    found: dict[str, set[int]] = {}
    for file, line in errors:
        found.setdefault(Path(file).name, set()).add(line)
    return found


def marked(path: Path) -> set[int]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {number for number, line in enumerate(lines, start=1) if line.endswith("# wrong")}


def test_there_is_one_right_program_and_there_are_five_wrong_ones() -> None:
    assert {path.name for path in PROGRAMS} - {path.name for path in WRONG} == {"right_client.py"}
    assert len(WRONG) == 5
    assert all(len(marked(path)) == 1 for path in WRONG)


def test_the_right_program_passes_both(mypy: Told, pyright: Told) -> None:
    assert "right_client.py" not in mypy
    assert "right_client.py" not in pyright


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_wrong_program_fails_both_on_its_wrong_line(path: Path, mypy: Told, pyright: Told) -> None:
    assert mypy.get(path.name) == marked(path)
    assert pyright.get(path.name) == marked(path)
