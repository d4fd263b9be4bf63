"""A small invented cohort, as lines and as columns, and runs over it in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")

from mrdguide.cohort.batches import Task
from mrdguide.cohort.invented.patients import invented
from mrdguide.cohort.rows import Asked
from mrdguide.cohort.running import Counts, Run, run

from ..examples import shipped

AS_OF = date(2026, 11, 21)
PATIENTS = 12


class Silent:
    """Is told how far a run is, and says nothing."""

    def begins(self, total: int | None, done: int) -> None:
        self.total, self.before = total, done

    def finished(self, done: int) -> None:
        self.done = done


@pytest.fixture(scope="session")
def profiles() -> list[dict[str, Any]]:
    return [invented(7, number) for number in range(1, PATIENTS + 1)]


@pytest.fixture
def lines(profiles: list[dict[str, Any]], tmp_path: Path) -> Path:
    path = tmp_path / "cohort.ndjson"
    path.write_text("".join(json.dumps(profile) + "\n" for profile in profiles), encoding="utf-8")
    return path


Judge = Callable[..., Counts]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Run over inputs, to `answers.parquet`, in groups of four."""

    def judged(
        *inputs: Path, output: str = "answers.parquet", watcher: Any = None, group: int = 4, **more: Any
    ) -> Counts:
        asked = more.pop("asked", Asked("paths"))
        check = more.pop("check", 0)
        workers = more.pop("workers", 1)
        task = Task(more.pop("rules", shipped()), more.pop("as_of", AS_OF), more.pop("column", None), asked=asked)
        assert not more
        return run(Run(inputs, tmp_path / output, task, workers, group, check), watcher or Silent())

    return judged
