"""A bench with the shipped rules, and the workbench as an application without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrdguide.workbench import Bench
from mrdguide.workbench.opening import open_bench

from ..examples import shipped
from .judged_cohort import JudgedCohort, judged

# What is asserted there is told as in a test.
pytest.register_assert_rewrite(*(f"{__package__}.{name}" for name in ("keyboard", "kept", "page_states")))

FILES = {"htmx.min.js": ("text/javascript", b"// none"), "page.css": ("text/css", b"")}


@pytest.fixture(scope="session")
def bench() -> Bench:
    return open_bench(shipped())


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> JudgedCohort:
    """Sixty invented patients, judged."""
    return judged(tmp_path_factory.mktemp("cohort"))


@pytest.fixture(scope="session")
def cohort_bench(cohort: JudgedCohort) -> Bench:
    """A bench with a cohort whose patients can be opened."""
    return open_bench(shipped(), cohort=cohort.opened())


@pytest.fixture
def without_htmx(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page links to is no matter of tests that have no browser."""
    monkeypatch.setattr("mrdguide.service.workbench_app.static_files", lambda: FILES)


@pytest.fixture
def profile_file(tmp_path: Path) -> Path:
    path = tmp_path / "patient.yaml"
    path.write_text("id: Ottilie Beispiel-4711\ndiagnosis: {disease: multiple-myeloma}\n", encoding="utf-8")
    return path
