"""Several threads and processes at one record, and processes that are killed while they write."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

import mrdguide
from mrdguide.errors import RecordError
from mrdguide.record import DecisionStore

from .children import FOR_EVER, appending, numbers_of

_FORKING = """
import os
import sys
import mrdguide
from mrdguide.record import DecisionStore
from tests.record import answer

found = answer(mrdguide.load_rules())
store = DecisionStore(sys.argv[1])
store.append(found, "parent")
store._database._lock.acquire()  # another thread is writing at the moment of the fork
child = os.fork()
if not child:
    for _ in range(10):
        store.append(found, "child")
    os._exit(0)
store._database._lock.release()
for _ in range(10):
    store.append(found, "parent")
assert os.waitpid(child, 0)[1] == 0
assert store.verify() == []
store.close()
"""


def test_threads_keep_the_chain_whole(store: DecisionStore, found: mrdguide.Recommendation) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: store.append(found, "thread").number, range(80)))
    assert sorted(numbers) == list(range(1, 81))
    assert store.verify() == []


def test_reading_goes_on_beside_writing(store: DecisionStore, found: mrdguide.Recommendation) -> None:
    store.append(found, "thread")
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(store.append, found, "thread") for _ in range(40)]
        reading = [pool.submit(store.verify) for _ in range(10)]
        assert [task.result() for task in reading] == [[]] * 10
        assert len({task.result().number for task in writing}) == 40


def test_stores_opened_at_once_make_one_record(path: Path, found: mrdguide.Recommendation) -> None:
    """Each makes the record where it finds none, and each has connections and a lock of its own."""

    def one(_: int) -> int:
        with DecisionStore(path) as store:
            return store.append(found, "thread").number

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(12))) == list(range(1, 13))
    with DecisionStore(path) as store:
        assert store.verify() == []


def test_two_processes_keep_the_chain_whole(path: Path) -> None:
    children = [appending(str(path), 25) for _ in range(2)]
    numbers = [numbers_of(child) for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert sorted(numbers[0] + numbers[1]) == list(range(1, 51))
    with DecisionStore(path, create=False) as store:
        assert store.verify() == []


def test_a_kill_loses_nothing_that_was_acknowledged(path: Path) -> None:
    """Several rounds on one record, each killed after some other number of entries."""
    acknowledged: list[int] = []
    for lines in (1, 7, 20):
        child = appending(str(path), FOR_EVER)
        assert child.stdout is not None
        for _ in range(lines):
            acknowledged.append(int(child.stdout.readline()))
        child.kill()
        acknowledged.extend(numbers_of(child))
        assert child.returncode == -9
    with DecisionStore(path, create=False) as store:
        there = [entry.number for entry in store.entries()]
        assert store.verify() == []
    assert len(acknowledged) >= 28
    assert set(acknowledged) <= set(there)
    # At most one entry of each round was written and not yet acknowledged.
    assert len(there) <= len(acknowledged) + 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_store_is_carried_over_a_fork(path: Path) -> None:
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", _FORKING, str(path)], capture_output=True, text=True, check=False, timeout=120, cwd=root,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([root, *sys.path])},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    with DecisionStore(path, create=False) as store:
        assert len(list(store.entries())) == 21
        assert store.verify() == []


def test_a_writer_is_alone_from_its_beginning(store: DecisionStore, path: Path) -> None:
    """Else two could read the same last entry, and one of them would have to begin again."""

    def beside_another(_: Connection) -> None:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other:
            other.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        store._database.write(beside_another)
    store._database.read(beside_another)


def test_a_writer_that_never_ends_is_not_waited_for_for_ever(path: Path, found: mrdguide.Recommendation) -> None:
    with DecisionStore(path, wait=0.1) as store:
        store.append(found, "test")
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(RecordError, match="database is locked"):
                store.append(found, "test")
            assert store.verify() == []
            other.execute("ROLLBACK")
        assert store.append(found, "test").number == 2


def test_a_writer_that_ends_in_time_is_waited_for(
    path: Path, found: mrdguide.Recommendation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other writer goes away between two attempts."""
    with DecisionStore(path, wait=0.1) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr("mrdguide.record.database.time.sleep", lambda _: other.execute("ROLLBACK"))
        assert store.append(found, "test").number == 1


def test_a_write_that_fails_leaves_nothing(store: DecisionStore, found: mrdguide.Recommendation) -> None:
    store.append(found, "test")

    def broken() -> None:
        raise OSError("no clock")

    store._clock = broken  # type: ignore[assignment]
    with pytest.raises(OSError, match="no clock"):
        store.append(found, "test")
    assert len(list(store.entries())) == 1
    assert store.verify() == []
