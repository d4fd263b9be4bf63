"""Each extra that is not installed: one sentence on standard error says what to install, and nothing else fails for it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = str(ROOT / "examples" / "cessation-supported.yaml")

# For each extra the modules that it brings, and a command that needs them.
WITHOUT: dict[str, tuple[str, list[str]]] = {
    "calendar": ("icalendar", ["calendar", EXAMPLE]),
    "languages": ("babel", ["words", "template", "--language", "de"]),
    "cohort": (
        "pyarrow numpy numba narwhals",
        ["cohort", "run", EXAMPLE, "--as-of", "2026-11-21", "--output", "x.parquet"],
    ),
    "fhir": ("httpx jwt", ["fhir", "pull", "https://ehr.example", "--patient", "1"]),
    "mcp": ("mcp mcp_types", ["mcp", "serve", "--folder", "private"]),
    "pdf": ("weasyprint", ["evaluate", EXAMPLE, "--format", "pdf", "--output", "x.pdf"]),
    "postgres": ("psycopg", ["record", "verify", "postgresql://nobody@localhost/none"]),
    "service": ("uvicorn fastapi sqlalchemy jwt", ["serve"]),
}
# Needed by no command: the reason, or where its absence is told.
OF_NO_COMMAND = {
    "dev": "for those who change the program",
    "benchmark": "for those who measure it",
    "cross-check": "an answer without it says so itself: tests/report/pages/test_sheet.py",
    "docs": "for those who make the documentation",
    "spark": "called from Python: tests/cohort/test_spark.py",
}  # fmt: skip

# Runs each command in a fork of its own, in which some modules cannot be imported.
RUNNER = """
import json, os, sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

class NotThere:
    def __init__(self, names): self.names = names
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

def run(names, arguments):
    read, write = os.pipe()
    if os.fork() == 0:
        sys.meta_path.insert(0, NotThere(names.split()))
        err = StringIO()
        with redirect_stderr(err), redirect_stdout(StringIO()):
            from mrdguide.cli import main
            status = main(arguments)
        os.write(write, json.dumps([status, err.getvalue()]).encode())
        os._exit(0)
    os.close(write)
    os.wait()
    return json.loads(os.read(read, 60000) or "null")

print(json.dumps({name: run(*item) for name, item in json.load(sys.stdin).items()}))
"""


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """The status and standard error of each command without its extra, and of an evaluation without any."""
    every = " ".join(names for names, _ in WITHOUT.values())
    done = subprocess.run(
        [sys.executable, "-c", RUNNER], input=json.dumps({**WITHOUT, "none": (every, ["evaluate", EXAMPLE])}), capture_output=True,
        text=True, cwd=tmp_path_factory.mktemp("empty"), check=True,
    )  # fmt: skip
    return {name: (status, told) for name, (status, told) in json.loads(done.stdout).items()}


def test_every_extra_is_tried_or_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["optional-dependencies"]) == {*WITHOUT, *OF_NO_COMMAND}


@pytest.mark.parametrize("extra", WITHOUT)
def test_one_sentence_says_what_to_install(extra: str, ends: dict[str, tuple[int, str]]) -> None:
    status, told = ends[extra]
    assert (status, len(told.strip().splitlines())) == (2, 1), told
    assert f"pip install 'mrdguide[{extra}]'" in told


def test_a_patient_is_evaluated_without_any(ends: dict[str, tuple[int, str]]) -> None:
    assert ends["none"] == (0, "")
