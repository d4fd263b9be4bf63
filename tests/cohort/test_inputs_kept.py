"""What a cohort is read from stays as it is, what changes under way is noticed, and who cannot be read stays in sight."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mrdguide.cli import main
from mrdguide.cohort.figures.answer_rows import read_answers
from mrdguide.errors import UsageError

from .conftest import PATIENTS, Judge, Silent

DAY = ["--as-of", "2026-11-21", "--workers", "1"]


def refused(capsys: pytest.CaptureFixture[str], *given: str) -> str:
    assert main(["cohort", *given]) == 2
    return capsys.readouterr().err


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, without frames and line breaks."""
    return " ".join(re.sub("[│─╭╮╰╯]", " ", capsys.readouterr().out).split())


def test_an_output_is_never_written_over_an_input(
    lines: Path, judge: Judge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(lines)
    answers, happened = tmp_path / "answers.parquet", tmp_path / "happened.csv"
    happened.write_text("patient,stopped\n", encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    inside = folder / "one.ndjson"
    inside.write_bytes(lines.read_bytes())
    kept = {path: path.read_bytes() for path in (lines, answers, happened, inside)}
    beside = str(lines.parent / "folder" / ".." / lines.name)
    for given in (
        ["run", str(lines), *DAY, "--output", beside],
        ["run", str(folder), *DAY, "--output", str(inside)],
        ["report", str(answers), "--output", str(answers)],
        ["outcomes", str(answers), "--happened", str(happened), "--output", str(happened)],
        ["compare", str(lines), *DAY, "--sweep", "mrd.recent=3,6", "--output", str(lines)],
    ):
        assert "is an input, which would be written over; name another file" in refused(capsys, *given), given
    two = str(tmp_path / "two")
    compared = ["compare", str(lines), *DAY, "--rules", "core", "--rules", "core", "--changes", two, "--output", two]
    assert "is named for two outputs" in refused(capsys, *compared)
    assert {path: path.read_bytes() for path in kept} == kept


class Changing(Silent):
    """Changes an input after the first group."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def finished(self, done: int) -> None:
        if done <= 4:
            self._path.write_text(self._path.read_text("utf-8") + "\n", encoding="utf-8")


def test_an_input_that_changes_under_way_ends_the_run(lines: Path, judge: Judge, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cohort\.ndjson has changed while it was read; run again"):
        judge(lines, watcher=Changing(lines))
    assert not (tmp_path / "answers.parquet").exists()
    assert judge(lines).answered == PATIENTS


def test_a_group_that_was_cut_off_is_judged_again(lines: Path, judge: Judge, tmp_path: Path) -> None:
    judge(lines)
    wanted = (tmp_path / "answers.parquet").read_bytes()
    (tmp_path / "answers.parquet").unlink()

    class Killed(Silent):
        def finished(self, done: int) -> None:
            if done >= 8:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(lines, watcher=Killed())
    second = tmp_path / "answers.parquet.work" / "group-000001.arrow"
    second.write_bytes(second.read_bytes()[:100])
    assert judge(lines).resumed == 4
    assert (tmp_path / "answers.parquet").read_bytes() == wanted


def test_who_cannot_be_read_is_named_in_what_is_said_of_the_others(
    lines: Path, judge: Judge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines.write_text(lines.read_text("utf-8") + '{"id": "bad"}\nno JSON\n', encoding="utf-8")
    judge(lines)
    answers = str(tmp_path / "answers.parquet")
    assert read_answers(Path(answers)).rejected == 2
    assert main(["cohort", "report", answers]) == 0
    assert "2 of the input could not be read and have no answer" in shown(capsys)
    assert main(["cohort", "report", answers, "--min-cell", "3"]) == 0
    assert "fewer than 3 of the input could not be read" in shown(capsys)
    compared = ["cohort", "compare", str(lines), *DAY]
    for given in (["--sweep", "mrd.recent=3"], ["--rules", "core", "--rules", "core"]):
        assert main([*compared, *given]) == 0
        assert "2 of the input could not be read" in shown(capsys)
        assert main([*compared, *given, "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["rejected"] == 2


def test_a_day_before_the_diagnosis_is_told(
    lines: Path, judge: Judge, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    too_early = f"{PATIENTS} of them were judged in a year before that of their diagnosis"
    for day, told in ((date(2001, 1, 1), True), (date(2026, 11, 21), False)):
        judge(lines, as_of=day)
        assert main(["cohort", "report", str(tmp_path / "answers.parquet")]) == 0
        assert (too_early in shown(capsys)) is told


def test_a_layer_that_changes_no_answer_changes_none(
    lines: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layer, changes = tmp_path / "layer", tmp_path / "changes.parquet"
    layer.mkdir()
    pack: dict[str, Any] = {
        "name": "own",
        "version": "1.0",
        "extends": "mrdguide-core@0.2",
        "by": "us",
        "date": "2026-11-26",
    }
    caution = {
        "id": "own.caution",
        "title": "A look",
        "when": "therapy.on-maintenance",
        "why": "An example.",
        "cites": ["giri2025"],
    }
    (layer / "layer.yaml").write_text(json.dumps({"pack": pack, "remarks": [caution]}), encoding="utf-8")
    given = ["cohort", "compare", str(lines), *DAY, "--rules", "core", "--rules", str(layer), "--changes", str(changes)]
    assert main(given) == 0
    assert f"Of {PATIENTS} answers 0 change. For all patients there can be, the second book is equal." in shown(capsys)
    assert pq.read_table(changes).num_rows == 0
