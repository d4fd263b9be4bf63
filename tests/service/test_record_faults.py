"""A record that is locked, gone, full or slow: no answer is given that is not on record, and none is recorded twice."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

import mrdguide
from mrdguide import cds
from mrdguide.errors import RecordError
from mrdguide.reading.document import read_file
from mrdguide.record import DecisionStore
from mrdguide.service.app import create_app
from mrdguide.service.in_time import InTime
from mrdguide.service.settings import Settings
from mrdguide.service.used_tokens import SharedTokens
from mrdguide.service.worker_pool import TookTooLong
from mrdguide.teach.examples import examples

from ..cds.calls import bundle, call, condition, patient
from ..cds.tokens import bearer, token, verifier
from .client import BASE, Client, client_of

HOOK = f"/cds-services/{cds.SERVICE_ID}"
_EXAMPLE = examples()[0]
_DOORS: list[tuple[str, Any]] = [
    ("/evaluate", {"profile": read_file(_EXAMPLE.path).data, "as_of": _EXAMPLE.as_of}),
    (HOOK, call()),
    ("/$evaluate", bundle(patient(), condition())),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def store(path: Path) -> Iterator[DecisionStore]:
    with DecisionStore(path, wait=0.1) as opened:
        yield opened


@pytest.fixture
def client(store: DecisionStore) -> Iterator[Client]:
    with client_of(create_app(Settings(base_url=BASE, record=""), store=store)) as found:
        yield found


def _see_that_nothing_is_answered(client: Client) -> None:
    for place, body in _DOORS:
        answer = client.post(place, json=body)
        assert answer.status_code == 503, place
        assert answer.headers["retry-after"]
        text = answer.text
        assert "nothing is recommended that would not be on record" in text
        assert "outcome" not in text.replace("OperationOutcome", "")


def _see_that_each_is_answered_and_recorded_once(client: Client, store: DecisionStore, before: int) -> None:
    for number, (place, body) in enumerate(_DOORS, before + 1):
        assert client.post(place, json=body).status_code == 200
        assert [entry.number for entry in store.entries()] == list(range(1, number + 1))
    assert store.verify() == []


def test_locked(client: Client, store: DecisionStore, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        _see_that_nothing_is_answered(client)
        assert client.get("/ready").status_code == 200  # it can be reached, and read
        assert client.get("/cds-services").status_code == 200
        other.execute("ROLLBACK")
    _see_that_each_is_answered_and_recorded_once(client, store, 0)


def test_gone(client: Client, store: DecisionStore, path: Path) -> None:
    hidden = path.rename(path.with_name("elsewhere.db"))
    _see_that_nothing_is_answered(client)
    assert client.get("/ready").status_code == 503
    assert client.get("/health").status_code == 200
    hidden.rename(path)
    assert client.get("/ready").status_code == 200
    _see_that_each_is_answered_and_recorded_once(client, store, 0)


def test_full(client: Client, store: DecisionStore) -> None:
    before = _fill(store)
    _see_that_nothing_is_answered(client)
    with store._database._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        connection.exec_driver_sql("DROP TABLE ballast")
        connection.commit()
    _see_that_each_is_answered_and_recorded_once(client, store, before)


def _fill(store: DecisionStore) -> int:
    """Fill the database until nothing has room; how many entries that took."""
    found = mrdguide.evaluate(_EXAMPLE.path, as_of=_EXAMPLE.as_of)
    with store._database._engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE ballast AS SELECT zeroblob(50000)")
        connection.commit()
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    try:
        while True:
            store.append(found, "test")
    except RecordError:
        return len(list(store.entries()))


def test_slow(path: Path) -> None:
    """The answer comes too late, is told so, and stands in the record at most once."""
    waits = [0.6]

    def clock() -> datetime:
        time.sleep(waits.pop() if waits else 0)  # asked for in the middle of recording
        return datetime.now(UTC)

    place, body = _DOORS[0]
    with DecisionStore(path, clock=clock) as store:
        settings = Settings(base_url=BASE, record="", handling_seconds=0.5)
        with client_of(create_app(settings, store=store)) as client:
            answer = client.post(place, json=body)
            assert answer.status_code == 504
            assert "though it may be on record" in answer.json()["error"]["message"]
            while len(list(store.entries())) < 1:
                time.sleep(0.02)
            assert client.post(place, json=body).status_code == 200
        assert len(list(store.entries())) == 2
        assert store.verify() == []


def test_what_comes_too_late_is_not_recorded(store: DecisionStore, shipped_rules: mrdguide.RuleBook) -> None:
    found = mrdguide.evaluate(_EXAMPLE.path, rules=shipped_rules, as_of=_EXAMPLE.as_of)
    in_time, late = InTime(store, time.monotonic() + 60), InTime(store, time.monotonic())
    number = in_time.append(found, "test").number
    with pytest.raises(TookTooLong):
        late.append(found, "test")
    with pytest.raises(TookTooLong):
        late.append_feedback(number, "agreed")
    assert [entry.number for entry in late.entries()] == [number]
    assert late.head == store.head


def test_a_token_whose_use_cannot_be_written_down_is_not_let_in_and_not_spent(store: DecisionStore, path: Path) -> None:
    place, body = _DOORS[0]
    door = verifier(seen=SharedTokens(store))
    head = {"Authorization": bearer(token())}
    with client_of(create_app(Settings(base_url=BASE, record=""), store=store, verifier=door)) as client:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert client.post(place, json=body, headers=head).status_code == 503
            other.execute("ROLLBACK")
        assert [client.post(place, json=body, headers=head).status_code for _ in range(2)] == [200, 401]


def test_a_token_that_was_used_is_refused_by_another_process_and_after_a_restart(path: Path) -> None:
    """Two stores are two processes here; only what they use of the token is written down, as a hash."""
    header = bearer(token())
    with DecisionStore(path) as one, DecisionStore(path) as other:
        verifier(seen=SharedTokens(one)).verify(header)
        with pytest.raises(cds.NotAuthorised, match="used before"):
            verifier(seen=SharedTokens(other)).verify(header)
    with DecisionStore(path) as again, pytest.raises(cds.NotAuthorised, match="used before"):
        verifier(seen=SharedTokens(again)).verify(header)
    stored = path.read_bytes()
    assert b"ehr.example" not in stored
    assert token().encode() not in stored


def test_a_report_lies_sealed_in_the_database(client: Client, store: DecisionStore, path: Path) -> None:
    """Who has the database and no link reads nothing of the patient in it, nor after it has expired."""
    marked = {**cast(dict[str, Any], _DOORS[0][1]["profile"]), "id": "Zebedee-Quux-4711"}
    link = client.post("/evaluate", json={"profile": marked, "as_of": _EXAMPLE.as_of}).json()["report"]
    assert "Zebedee-Quux-4711" in client.get(link).text
    secret = link.rpartition("/")[2]
    store.close()
    for file in path.parent.iterdir():
        raw = file.read_bytes()
        assert b"Zebedee" not in raw
        assert secret.encode() not in raw
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE mrdguide_expiring SET content = zeroblob(200)")
    assert client.get(link).status_code == 404
