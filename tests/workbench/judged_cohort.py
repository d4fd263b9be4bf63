"""A small invented cohort that was judged, as files and as rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..examples import shipped

if TYPE_CHECKING:
    from mrdguide.workbench.cohort.opened import OpenedCohort

DAY = date(2026, 11, 21)
PATIENTS = 60


@dataclass(frozen=True)
class JudgedCohort:
    """The profiles by id, the file with them, and the file that `cohort run` makes of it."""

    profiles: Mapping[str, dict[str, Any]]
    lines: Path
    answers: Path

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as another program reads them."""
        from pyarrow import parquet

        found: list[dict[str, Any]] = parquet.read_table(self.answers).to_pylist()
        return found

    def opened(self, *inputs: Path, least: int = 0) -> OpenedCohort:
        """As the workbench opens it, by default with the profiles."""
        from mrdguide.workbench.cohort.opened import open_cohort

        return open_cohort(self.answers, inputs or (self.lines,), None, least)


def judged(folder: Path, profiles: Iterable[dict[str, Any]] = ()) -> JudgedCohort:
    """Judge profiles, or invented ones, with what is missing and where it leads."""
    pytest.importorskip("pyarrow")
    from mrdguide.cohort.batches import Task
    from mrdguide.cohort.invented.patients import invented
    from mrdguide.cohort.rows import Asked
    from mrdguide.cohort.running import Run, run

    from ..cohort.conftest import Silent

    listed = list(profiles) or [invented(5, number) for number in range(1, PATIENTS + 1)]
    found = JudgedCohort({item["id"]: item for item in listed}, folder / "cohort.ndjson", folder / "answers.parquet")
    found.lines.write_text("".join(json.dumps(item) + "\n" for item in listed), encoding="utf-8")
    run(Run((found.lines,), found.answers, Task(shipped(), DAY, asked=Asked("leads")), 1, 100), Silent())
    return found
