"""Databases that are full, gone, or an older copy of themselves: nothing counts as recorded that is not there, nothing twice."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import mrdguide
from mrdguide.errors import RecordError
from mrdguide.record import DecisionStore

_ROOT = Path(__file__).parents[2]


def test_a_file_that_is_gone_takes_no_more(store: DecisionStore, found: mrdguide.Recommendation, path: Path) -> None:
    """SQLite itself would write on into the file without a name, and say that all is well."""
    store.append(found, "test")
    hidden = path.rename(path.with_name("elsewhere.db"))
    for _ in range(2):
        with pytest.raises(RecordError, match="was removed or replaced while it was in use"):
            store.append(found, "test")
    with pytest.raises(RecordError, match="was removed or replaced"):
        _ = store.head
    assert not path.exists()
    hidden.rename(path)
    assert store.append(found, "test").number == 2


def test_no_new_file_takes_the_place_of_one_that_is_gone(
    store: DecisionStore, found: mrdguide.Recommendation, path: Path
) -> None:
    """With no connection left a new one is made, and must not make a file."""
    store.append(found, "test")
    store.close()
    path.unlink()
    with pytest.raises(RecordError, match="unable to open database file"):
        store.append(found, "test")
    assert not path.exists()


def test_a_copy_that_takes_the_place_of_the_file_is_not_written_to(
    store: DecisionStore, found: mrdguide.Recommendation, path: Path
) -> None:
    older = _copy(store, found, path)
    noted = store.append(found, "test").entry_hash
    for file in path.parent.glob("records.db*"):
        file.unlink()
    older.rename(path)
    with pytest.raises(RecordError, match="was removed or replaced"):
        store.append(found, "test")
    store.close()
    _see_what_verify_notices(path, noted)


def test_an_older_copy_that_is_put_back_in_place_is_not_written_to(
    store: DecisionStore, found: mrdguide.Recommendation, path: Path
) -> None:
    """The file is the same one, and what was recorded since the copy was made is not in it."""
    older = _copy(store, found, path)
    noted = store.append(found, "test").entry_hash
    with closing(sqlite3.connect(older)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    for _ in range(2):
        with pytest.raises(RecordError, match="entry 2, recorded by this program, is gone: an older copy"):
            store.append(found, "test")
    store.close()
    _see_what_verify_notices(path, noted)


def test_an_older_copy_with_other_entries_since_is_not_written_to(
    store: DecisionStore, found: mrdguide.Recommendation, path: Path
) -> None:
    """Another program went on from the copy, so that the number is taken and the entry is not ours."""
    older = _copy(store, found, path)
    store.append(found, "test")
    with DecisionStore(older) as other:
        other.append(found, "elsewhere")
    with closing(sqlite3.connect(older)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    with pytest.raises(RecordError, match="entry 2, recorded by this program, is gone"):
        store.append(found, "test")


def test_what_was_there_when_a_store_was_opened_must_be_there_too(
    store: DecisionStore, found: mrdguide.Recommendation, path: Path
) -> None:
    older = _copy(store, found, path)
    store.append(found, "test")
    with DecisionStore(path) as opened:
        with closing(sqlite3.connect(older)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        with pytest.raises(RecordError, match="entry 2"):
            opened.append(found, "test")


def _copy(store: DecisionStore, found: mrdguide.Recommendation, path: Path) -> Path:
    """A copy of a record of one entry."""
    store.append(found, "test")
    older = path.with_name("older.db")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(older)) as target:
        source.backup(target)
    return older


def _see_what_verify_notices(path: Path, noted: str) -> None:
    """An older copy is a whole chain. That it ends too early shows only to whoever noted a later head."""
    with DecisionStore(path, create=False) as opened:
        assert [entry.number for entry in opened.entries()] == [1]
        assert opened.verify() == []
        [problem] = opened.verify(noted)
    assert "entries that were there have been removed or replaced" in problem.message


def test_a_full_database_takes_nothing_and_goes_on_once_there_is_room(
    store: DecisionStore, found: mrdguide.Recommendation
) -> None:
    store.append(found, "test")
    with store._database._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    recorded = 1
    while _appended(store, found):
        recorded += 1
    with pytest.raises(RecordError, match="database or disk is full"):
        store.append(found, "test")
    assert [entry.number for entry in store.entries()] == list(range(1, recorded + 1))
    with store._database._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    assert store.append(found, "test").number == recorded + 1
    assert store.verify() == []


def _appended(store: DecisionStore, found: mrdguide.Recommendation) -> bool:
    try:
        store.append(found, "test")
    except RecordError:
        return False
    return True


_NO_ROOM = """
import resource, sys
import mrdguide
from mrdguide.errors import RecordError
from mrdguide.record import DecisionStore
from tests.record import answer

found = answer(mrdguide.load_rules())
with DecisionStore(sys.argv[1], keep_input=True) as store:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    refused = 0
    for _ in range(400):
        try:
            print(store.append(found, "test").number)
        except RecordError:
            refused += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    print(store.append(found, "test").number)
assert refused > 10, refused
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files as Linux does")
def test_a_file_that_may_not_grow_loses_nothing_that_was_acknowledged(path: Path) -> None:
    """As on a full disk: writing breaks off anywhere, in the log as in the file."""
    done = subprocess.run(
        [sys.executable, "-c", _NO_ROOM, str(path)], capture_output=True, text=True, check=False, timeout=120, cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), *sys.path])},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    acknowledged = [int(line) for line in done.stdout.split()]
    with DecisionStore(path, create=False) as store:
        assert [entry.number for entry in store.entries()] == acknowledged == list(range(1, len(acknowledged) + 1))
        assert store.verify() == []


def test_a_record_copied_while_it_is_written_to_is_whole(
    store: DecisionStore, found: mrdguide.Recommendation, path: Path, tmp_path: Path
) -> None:
    """The copy of a backup program, log and all: shorter at worst, never broken."""
    for number in range(5):
        store.append(found, "test")
        folder = tmp_path / f"copy-{number}"
        folder.mkdir()
        for file in path.parent.glob("records.db*"):
            shutil.copy(file, folder)
        with DecisionStore(folder / "records.db", create=False) as copy:
            assert copy.verify() == []
