"""The façade: what `import mrdguide` shows, and what it costs."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import mrdguide
from mrdguide.answer.provenance import engine_version

ROOT = Path(__file__).resolve().parents[2]


def fresh(program: str) -> str:
    """What a program prints in a process in which nothing was imported yet."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def test_dir_shows_the_public_names_and_only_those() -> None:
    shown = {name for name in dir(mrdguide) if not name.startswith("__")}
    assert shown == set(mrdguide.__all__) - {"__version__"}
    assert "__version__" in dir(mrdguide)
    assert all(hasattr(mrdguide, name) for name in mrdguide.__all__)
    assert not hasattr(mrdguide, "evaluat")


@pytest.mark.parametrize(
    "expression",
    [
        "cds.discovery()",
        "fhir.read",
        "record.DecisionStore",
        "errors.UsageError",
        "__version__",
        "Visit.on('2027-01-15')",
    ],
)
def test_everything_is_reachable_after_one_import(expression: str) -> None:
    assert fresh(f"import mrdguide; mrdguide.{expression}; print('there')") == "there"


def test_a_star_import_brings_every_name() -> None:
    names = ", ".join(mrdguide.__all__)
    assert fresh(f"from mrdguide import *; {names}; print('all')") == "all"


def test_the_import_loads_next_to_nothing() -> None:
    """No pydantic, no YAML, no engine: they come with the first use."""
    loaded = fresh("import sys, mrdguide; print(*(name for name in sys.modules if name.startswith('mrdguide')))")
    assert loaded == "mrdguide"
    assert fresh("import sys, mrdguide; print({'pydantic', 'yaml', 'json'} & set(sys.modules))") == "set()"


def test_it_runs_as_a_module() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "mrdguide", "--version"], capture_output=True, text=True, check=True
    ).stdout
    assert found == f"mrdguide {mrdguide.__version__}\n"


class TestVersion:
    WRITTEN = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    def test_the_installed_one_is_the_one_written_down(self) -> None:
        """Where this fails the installation is older than the checkout: install it again."""
        assert mrdguide.__version__ == engine_version() == self.WRITTEN

    def test_the_changelog_names_it_and_says_whether_it_is_released(self) -> None:
        page = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        headings = re.findall(r"^## (\S+) \((unreleased|\d{4}-\d{2}-\d{2})\)$", page, re.MULTILINE)
        assert len(headings) == len(re.findall(r"^## ", page, re.MULTILINE))
        newest, when = headings[0]
        base, dev, _ = self.WRITTEN.partition(".dev")
        assert newest == base
        assert (when == "unreleased") == bool(dev)
        versions = [tuple(map(int, version.split("."))) for version, _ in headings]
        assert versions == sorted(versions, reverse=True)
        assert all(when != "unreleased" for _, when in headings[1:])

    def test_the_rules_have_the_version_of_the_engine(self, shipped_rules: mrdguide.RuleBook) -> None:
        assert shipped_rules.version == self.WRITTEN.partition(".dev")[0]

    def test_provenance_names_a_state_in_development(self, shipped_rules: mrdguide.RuleBook) -> None:
        found = mrdguide.evaluate(
            {"id": "x", "diagnosis": {"disease": "mgus"}}, rules=shipped_rules, as_of="2026-11-21"
        )
        assert found.provenance.engine_version == self.WRITTEN
        assert found.to_dict()["provenance"]["rules_version"] == shipped_rules.version
