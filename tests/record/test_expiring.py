"""What the processes of a service share for a while: apart from the chain, and forgotten in time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import mrdguide
from mrdguide.record import DecisionStore

from . import test_postgresql

_ROOT = Path(__file__).parents[2]
needs_postgresql = pytest.mark.skipif(not test_postgresql._SERVER, reason="MRDGUIDE_TEST_POSTGRES names no server")
postgresql_url = test_postgresql.url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/records.db"
    else:
        yield request.getfixturevalue("postgresql_url")


def test_a_key_is_taken_until_its_time_is_over(url: str) -> None:
    with DecisionStore(url) as store:
        table = store.shared("token")
        assert table.add("a", 10, 0, b"first")
        assert not table.add("a", 20, 9, b"second")
        assert (table.find("a", 9), table.find("a", 10), table.find("b", 0)) == (b"first", None, None)
        assert table.add("a", 30, 10, b"third")
        assert table.find("a", 11) == b"third"


def test_a_key_can_stay_taken_for_clocks_that_are_behind(url: str) -> None:
    with DecisionStore(url) as store:
        table = store.shared("token", kept_on=60)
        assert table.add("a", 10, 0)
        assert not table.add("a", 10, 69)
        assert table.find("a", 10) is None
        assert table.add("a", 100, 70)


def test_kinds_do_not_know_each_other(url: str) -> None:
    with DecisionStore(url) as store:
        one, other = store.shared("one"), store.shared("other")
        assert one.add("a", 10, 0, b"1", most=1)
        assert other.add("a", 10, 0, b"2", most=1)
        assert (one.find("a", 0), other.find("a", 0)) == (b"1", b"2")


def test_the_first_to_expire_make_room(url: str) -> None:
    with DecisionStore(url) as store:
        table = store.shared("report")
        for number in range(5):
            assert table.add(str(number), 10 + number, 0, most=3)
        assert [table.find(str(number), 0) for number in range(5)] == [None, None, b"", b"", b""]


def test_what_expired_is_deleted(url: str) -> None:
    from sqlalchemy import func, select

    from mrdguide.record.tables import EXPIRING

    with DecisionStore(url) as store:
        table = store.shared("report")
        for number in range(50):
            table.add(str(number), number + 1, number)
        count = store._database.read(
            lambda connection: connection.execute(select(func.count()).select_from(EXPIRING)).scalar()
        )
    assert count == 1


def test_of_many_at_once_one_is_the_first(url: str) -> None:
    with DecisionStore(url) as one, DecisionStore(url) as other, ThreadPoolExecutor(8) as pool:
        tables = (one.shared("token"), other.shared("token"))
        first = list(pool.map(lambda number: tables[number % 2].add(str(number // 8), 10, 0), range(64)))
    assert [sum(first[place : place + 8]) for place in range(0, 64, 8)] == [1] * 8


_TAKING = """
import sys
from mrdguide.record import DecisionStore
with DecisionStore(sys.argv[1]) as store:
    table = store.shared("token")
    print([number for number in range(40) if table.add(str(number), 10, 0)])
"""


def test_of_two_processes_one_is_the_first(url: str) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _TAKING, url], stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT / "engine"), *sys.path])},
        )
        for _ in range(2)
    ]  # fmt: skip
    taken = [json.loads(child.communicate(timeout=120)[0]) for child in started]
    assert sorted(taken[0] + taken[1]) == list(range(40))


def test_the_record_is_as_it_was(url: str, found: mrdguide.Recommendation) -> None:
    """A table apart: the chain is whole, a record without it is one, and the guards are those of the record."""
    with DecisionStore(url) as store:
        store.append(found, "test")
        head = store.head
        store.shared("token").add("a", 10, 0)
        assert store.verify(head) == []
        assert store.head == head
    with DecisionStore(url, create=False) as store:
        assert [entry.number for entry in store.entries()] == [1]
