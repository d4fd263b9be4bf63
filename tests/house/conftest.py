"""The wheel that would be published, and Python with nothing but it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., str]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, laid out as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        capture_output=True, check=True,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture
def run(wheel: Path, tmp_path: Path) -> Run:
    """Runs Python in an empty folder, with the wheel in the place of the checkout."""

    def python(*arguments: str, stdin: str = "") -> str:
        found = subprocess.run(
            [sys.executable, *arguments], input=stdin, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(wheel)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert found.returncode == 0, found.stderr
        return found.stdout

    return python
