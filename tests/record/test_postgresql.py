"""The same promises in PostgreSQL. Runs where MRDGUIDE_TEST_POSTGRES is the URL of a database to try on."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, create_engine, text

import mrdguide
from mrdguide.errors import RecordError, UsageError
from mrdguide.record import DecisionStore
from mrdguide.record.database import _LOCK_KEY

from .children import FOR_EVER, appending, numbers_of

_SERVER = os.environ.get("MRDGUIDE_TEST_POSTGRES", "")
pytestmark = pytest.mark.skipif(not _SERVER, reason="MRDGUIDE_TEST_POSTGRES names no PostgreSQL server")


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def url() -> Iterator[str]:
    """The server, with a schema that only this test sees."""
    schema = f"mrdguide_{secrets.token_hex(6)}"
    _run(_SERVER, f"CREATE SCHEMA {schema}")
    yield f"{_SERVER}{'&' if '?' in _SERVER else '?'}options=-csearch_path%3D{schema}"
    _run(_SERVER, f"DROP SCHEMA {schema} CASCADE")


def test_append_verify_replay(url: str, found: mrdguide.Recommendation, shipped_rules: mrdguide.RuleBook) -> None:
    with pytest.raises(UsageError, match="holds no decision record"):
        DecisionStore(url, create=False)
    with DecisionStore(url, keep_input=True) as store:
        entry = store.append(found, "test")
        feedback = store.append_feedback(entry.entry_hash, {"outcome": "accepted"})
        assert store.replay(1, rules=shipped_rules).same
    with DecisionStore(url, create=False) as store:
        assert list(store.entries()) == [entry, feedback]
        assert (store.head, store.verify(entry.entry_hash)) == (feedback.entry_hash, [])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mrdguide_entries SET outcome = 'continue'",
        "DELETE FROM mrdguide_entries",
        "TRUNCATE mrdguide_entries",
        "UPDATE mrdguide_store SET salt = ''",
        "INSERT INTO mrdguide_store VALUES (2, 1, '')",
        "INSERT INTO mrdguide_entries SELECT * FROM mrdguide_entries ON CONFLICT DO NOTHING",
    ],
)
def test_history_is_not_rewritten_by_mistake(url: str, found: mrdguide.Recommendation, statement: str) -> None:
    with DecisionStore(url) as store:
        store.append(found, "test")
        with pytest.raises(RecordError, match="append-only"):
            store._database.write(lambda connection: connection.execute(text(statement)))
        assert store.verify() == []


def test_a_change_and_a_lost_guard_are_found(url: str, found: mrdguide.Recommendation) -> None:
    with DecisionStore(url) as store:
        for _ in range(3):
            store.append(found, "test")
        _run(url, "ALTER TABLE mrdguide_entries DISABLE TRIGGER mrdguide_guard_entries_change")
        _run(
            url,
            "UPDATE mrdguide_entries SET outcome = 'x' WHERE number = 2",
            "DELETE FROM mrdguide_entries WHERE number = 1",
        )
        said = [str(problem) for problem in store.verify()]
    assert [line.rpartition("/")[2].partition(": ")[2] for line in said] == [
        "entry 1 is missing",
        "entry 2: its content was changed after it was recorded",
        "the guard mrdguide_guard_entries_change against changes is gone or altered",
    ]


def test_threads_keep_the_chain_whole(url: str, found: mrdguide.Recommendation) -> None:
    with DecisionStore(url) as store, DecisionStore(url) as other, ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda number: (store, other)[number % 2].append(found, "thread").number, range(60)))
        assert sorted(numbers) == list(range(1, 61))
        assert store.verify() == []


def test_processes_make_one_record_and_keep_it_whole(url: str) -> None:
    children = [appending(url, 25) for _ in range(2)]
    numbers = [numbers_of(child) for child in children]
    assert sorted(numbers[0] + numbers[1]) == list(range(1, 51))
    with DecisionStore(url, create=False) as store:
        assert store.verify() == []


def test_a_kill_loses_nothing_that_was_acknowledged(url: str) -> None:
    child = appending(url, FOR_EVER)
    assert child.stdout is not None
    acknowledged = [int(child.stdout.readline()) for _ in range(10)]
    child.kill()
    acknowledged.extend(numbers_of(child))
    with DecisionStore(url, create=False) as store:
        assert set(acknowledged) <= {entry.number for entry in store.entries()}
        assert store.verify() == []


def test_a_connection_that_is_lost_records_nothing_and_the_next_one_goes_on(
    url: str, found: mrdguide.Recommendation
) -> None:
    with DecisionStore(url) as store:
        store.append(found, "test")
        with pytest.raises(RecordError, match=r"terminat|closed"):
            store._database.write(_lost_while(store, found))
        assert store.append(found, "test").number == 2
        assert store.verify() == []


def _lost_while(store: DecisionStore, found: mrdguide.Recommendation) -> Callable[[Connection], None]:
    """Work in whose middle the server ends the connection, an entry written and not yet committed."""

    def work(connection: Connection) -> None:
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
        connection.execute(
            text(
                "INSERT INTO mrdguide_entries (number, kind, recorded, source, possible_outcomes, previous_hash, entry_hash) "
                "VALUES (2, 'evaluation', '', '', '[]', '', 'x')"
            )
        )
        _run(_SERVER, f"SELECT pg_terminate_backend({own})")
        connection.execute(text("SELECT 1"))

    return work


def test_an_older_state_that_is_put_back_is_not_written_to(url: str, found: mrdguide.Recommendation) -> None:
    with DecisionStore(url) as store:
        store.append(found, "test")
        store.append(found, "test")
        _run(
            url,
            "ALTER TABLE mrdguide_entries DISABLE TRIGGER mrdguide_guard_entries_change",
            "DELETE FROM mrdguide_entries WHERE number = 2",
            "ALTER TABLE mrdguide_entries ENABLE TRIGGER mrdguide_guard_entries_change",
        )
        with pytest.raises(RecordError, match="entry 2, recorded by this program, is gone"):
            store.append(found, "test")
        assert [entry.number for entry in store.entries()] == [1]


def test_a_database_that_another_has_locked_is_waited_for(url: str, found: mrdguide.Recommendation) -> None:
    """As long as a writer is at it nothing is recorded; afterwards what waited is, once."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with DecisionStore(url) as store, ThreadPoolExecutor(1) as pool:
        with engine.begin() as other:
            other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
            waiting = pool.submit(store.append, found, "test")
            while not other.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
                assert not waiting.done()
        assert waiting.result(60).number == 1
        assert [entry.number for entry in store.entries()] == [1]
    engine.dispose()


def test_a_writer_that_never_ends_is_not_waited_for_for_ever(url: str, found: mrdguide.Recommendation) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with DecisionStore(url, wait=0.2) as store:
        with engine.begin() as other:
            other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
            with pytest.raises(RecordError, match="lock timeout"):
                store.append(found, "test")
        assert store.append(found, "test").number == 1
    engine.dispose()
