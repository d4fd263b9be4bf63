"""Killed, full, cut off, mistaken: one message, nothing half, and the same bytes once it is run again."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mrdguide.cli import main
from mrdguide.cohort import work_folder
from mrdguide.cohort.profile_columns import profile_schema, row_of
from mrdguide.errors import MrdguideError, PatientError, UsageError

from .conftest import PATIENTS, Judge, Silent


class Killed(BaseException):
    pass


class KilledAfter(Silent):
    """Ends the run after so many groups."""

    def __init__(self, groups: int) -> None:
        self._left = groups

    def begins(self, total: int | None, done: int) -> None:
        super().begins(total, done)
        if not self._left:
            raise Killed

    def finished(self, done: int) -> None:
        self._left -= 1
        if not self._left:
            raise Killed


@pytest.fixture
def mixed(lines: Path) -> Path:
    """The cohort with two patients who cannot be read."""
    text = lines.read_text("utf-8").splitlines()
    text[1:1] = ['{"id": "unread", "diagnosis": {"disease": "myeloma"}}', "{no JSON"]
    lines.write_text("\n".join(text), encoding="utf-8")
    return lines


@pytest.mark.parametrize("groups", [0, 1, 2, 3, 4])
def test_killed_after_any_group_it_gives_the_same_bytes(mixed: Path, judge: Judge, tmp_path: Path, groups: int) -> None:
    answers, rejects = tmp_path / "answers.parquet", tmp_path / "answers.parquet.rejects.ndjson"
    judge(mixed)
    wanted = answers.read_bytes(), rejects.read_bytes()
    answers.unlink()
    rejects.unlink()
    with pytest.raises(Killed):
        judge(mixed, watcher=KilledAfter(groups))
    assert not answers.exists()
    assert not rejects.exists()
    counts = judge(mixed)
    assert counts.resumed == min(4 * groups, PATIENTS + 2)
    assert (counts.read, counts.answered, counts.rejected) == (PATIENTS + 2, PATIENTS, 2)
    assert (answers.read_bytes(), rejects.read_bytes()) == wanted
    assert sorted(path.name for path in tmp_path.iterdir()) == [answers.name, rejects.name, mixed.name]


@pytest.mark.parametrize("after", range(7))
def test_killed_while_a_group_is_written(
    lines: Path, judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    judge(lines)
    wanted = (tmp_path / "answers.parquet").read_bytes()
    left, write = [after], work_folder._write

    def killed(path: Path, content: Any) -> None:
        if not left[0]:
            path.with_name(f"{path.name}.part").write_bytes(b"half")
            raise Killed
        left[0] -= 1
        write(path, content)

    monkeypatch.setattr(work_folder, "_write", killed)
    with pytest.raises(Killed):
        judge(lines)
    monkeypatch.undo()
    judge(lines)
    assert (tmp_path / "answers.parquet").read_bytes() == wanted


def test_what_was_finished_of_another_run_is_not_taken(lines: Path, judge: Judge, tmp_path: Path) -> None:
    from datetime import date

    with pytest.raises(Killed):
        judge(lines, watcher=KilledAfter(1))
    counts = judge(lines, as_of=date(2025, 1, 1))
    assert counts.resumed == 0
    assert set(pq.read_table(tmp_path / "answers.parquet")["as_of"].to_pylist()) == {date(2025, 1, 1)}


def test_a_full_disk_leaves_the_old_file_and_says_so(
    lines: Path, judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answers.parquet").write_bytes(b"old")

    def full(_path: Path, _content: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(work_folder, "_write", full)
    with pytest.raises(UsageError, match=r"cannot write .*answers.parquet: No space left on device"):
        judge(lines)
    assert (tmp_path / "answers.parquet").read_bytes() == b"old"


def test_every_patient_is_accounted_for(mixed: Path, judge: Judge) -> None:
    counts = judge(mixed)
    assert counts.rejects_file is not None
    unread, broken = (json.loads(line) for line in counts.rejects_file.read_text("utf-8").splitlines())
    assert (unread["patient"], unread["place"], unread["code"]) == ("unread", f"{mixed}:2", "bad-value")
    assert "diagnosis.disease" in unread["reason"]
    assert (broken["patient"], broken["place"], broken["code"]) == ("", f"{mixed}:3", "not-readable")


def test_a_patient_who_stands_twice_is_told(
    lines: Path, judge: Judge, profiles: list[dict[str, Any]], tmp_path: Path
) -> None:
    with lines.open("a", encoding="utf-8") as out:
        out.write(json.dumps(profiles[0]) + "\n")
    with pytest.raises(UsageError, match=f"the patient '{profiles[0]['id']}' stands twice"):
        judge(lines)
    assert not (tmp_path / "answers.parquet").exists()
    with pytest.raises(UsageError, match="stands twice"):
        judge(lines)  # going on after the groups that were finished


def test_a_file_that_is_cut_off(lines: Path, judge: Judge, profiles: list[dict[str, Any]], tmp_path: Path) -> None:
    table = pa.Table.from_pylist([row_of(profile) for profile in profiles], profile_schema())
    pq.write_table(table, tmp_path / "cut.parquet")
    whole = (tmp_path / "cut.parquet").read_bytes()
    packed = gzip.compress(lines.read_bytes())
    for name, content in (("cut.parquet", whole[:-100]), ("cut.ndjson.gz", packed[:-20])):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UsageError, match=f"{name} cannot be read .*may be cut off"):
            judge(tmp_path / name)
        assert not (tmp_path / "answers.parquet").exists()


def _without(table: pa.Table) -> pa.Table:
    return table.drop_columns(["mrd"])


def _of_numbers(table: pa.Table) -> pa.Table:
    return table.set_column(table.schema.get_field_index("imaging"), "imaging", pa.array([1] * table.num_rows))


def _misspelt(table: pa.Table) -> pa.Table:
    return table.append_column("mdr", pa.array([None] * table.num_rows, pa.string()))


def _other_inside(table: pa.Table) -> pa.Table:
    tests = pa.array([[{"date": "2024-01-01", "resullt": "detected"}]] * table.num_rows)
    return table.set_column(table.schema.get_field_index("mrd"), "mrd", tests)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (_without, "the column 'mrd' is missing"),
        (_of_numbers, "imaging: the column is of type int64"),
        (_misspelt, "unknown column 'mdr'"),
        (_other_inside, "unknown column 'mrd[].resullt'"),
    ],
)
def test_columns_that_are_missing_unknown_or_of_the_wrong_type(
    changed: Any, words: str, judge: Judge, profiles: list[dict[str, Any]], tmp_path: Path
) -> None:
    table = pa.Table.from_pylist([row_of(profile) for profile in profiles], profile_schema())
    pq.write_table(changed(table), tmp_path / "wrong.parquet")
    with pytest.raises(PatientError) as caught:
        judge(tmp_path / "wrong.parquet")
    assert words in str(caught.value)
    assert not (tmp_path / "answers.parquet").exists()


def test_a_list_that_is_null_is_not_known_to_be_empty(
    judge: Judge, profiles: list[dict[str, Any]], tmp_path: Path
) -> None:
    rows = [{**row_of(profile), "events": []} for profile in profiles[:1]]
    rows += [{**rows[0], "id": "null", "events": None}]
    pq.write_table(pa.Table.from_pylist(rows, profile_schema()), tmp_path / "two.parquet")
    judge(tmp_path / "two.parquet")
    empty, null = pq.read_table(tmp_path / "answers.parquet", columns=["harm.second-malignancy"]).to_pydict()[
        "harm.second-malignancy"
    ]
    assert (empty, null) == ("not_met", "unknown")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["nowhere", "--as-of", "2026-11-21"], "nowhere does not exist"),
        (["{lines}", "--as-of", "2026"], "as_of: '2026' is not a single day"),
        (["{lines}"], "one of the arguments --as-of --as-of-column is required"),
        (
            ["{lines}", "--as-of", "2026-11-21", "--output", "nowhere/answers.parquet"],
            "give the name of a file in a folder",
        ),
    ],
)
def test_the_command_says_what_is_wrong(
    given: list[str],
    words: str,
    lines: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = [str(lines) if item == "{lines}" else item for item in given]
    try:
        status = main(["cohort", "run", *arguments, *([] if "--output" in given else ["--output", "answers.parquet"])])
    except SystemExit as error:
        status = int(str(error.code))
    assert status == 2
    assert words in capsys.readouterr().err


def test_an_absent_extra_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from mrdguide.cohort.arrow import needed

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MrdguideError) as caught:
        needed("pyarrow")
    assert str(caught.value) == "cohorts need pyarrow, which is not installed; pip install 'mrdguide[cohort]'"
