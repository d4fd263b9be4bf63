"""Without an extra, what needs it says in one sentence what to install; and every extra is listed in the documentation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .blocks import DOCS, ROOT

_EXAMPLE = str(ROOT / "examples" / "cessation-supported.yaml")
# The modules that an extra brings, and a command that needs them.
NEEDED = {
    "calendar": (("icalendar",), ["calendar", _EXAMPLE]),
    "cohort": (("pyarrow", "numba", "narwhals"), ["cohort", "run", _EXAMPLE, "--as-of", "2026-11-21", "--output", "out.parquet"]),
    "fhir": (("httpx", "jwt"), ["fhir", "pull", "https://fhir.example/r4", "--patient", "1"]),
    "languages": (("babel",), ["words", "template", "--language", "de", "--output", "de.po"]),
    "pdf": (("weasyprint",), ["evaluate", _EXAMPLE, "--format", "pdf", "--output", "out.pdf"]),
    "service": (("fastapi", "uvicorn", "sqlalchemy"), ["serve"]),
}  # fmt: skip
_RUN = """
import sys
for name in sys.argv[1].split(","):
    sys.modules[name] = None
from mrdguide.cli import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("extra", NEEDED)
def test_an_extra_that_is_missing_is_named(extra: str, tmp_path: Path) -> None:
    modules, words = NEEDED[extra]
    done = subprocess.run(
        [sys.executable, "-c", _RUN, ",".join(modules), *words],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert f"pip install 'mrdguide[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_extra_is_listed() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    listed = re.findall(
        r"^\| `([a-z-]+)` \|", (DOCS / "reference" / "extras.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(listed) == sorted(extras)
