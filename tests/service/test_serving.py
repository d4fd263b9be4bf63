"""The server around the application: what it is started with, and clients that never finish a request head."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import pickle
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
import uvicorn

from mrdguide.commands import serve
from mrdguide.errors import UsageError
from mrdguide.record import DecisionStore
from mrdguide.service.app import create_app
from mrdguide.service.protocol import HeadLimit
from mrdguide.service.settings import Settings
from mrdguide.service.worker import ENVIRONMENT, WorkerOrders


@pytest.fixture(autouse=True)
def _nothing_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MRDGUIDE_RECORD", "")


@pytest.fixture(autouse=True)
def _loggers_as_they_were() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("mrdguide.service", "uvicorn.error")]
    before = [(logger, list(logger.handlers), logger.level, logger.propagate) for logger in loggers]
    yield
    for logger, handlers, level, propagate in before:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


def _parsed(**options: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"host": "127.0.0.1", "port": 8080, "config": None, "workers": 1, **options})


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the server is started with, instead of starting it."""
    found: dict[str, Any] = {}
    monkeypatch.setattr("uvicorn.run", lambda app, **options: found.update(app=app, **options))
    monkeypatch.setattr("mrdguide.service.worker.allow_open_files", lambda _: None)
    monkeypatch.setattr("gc.freeze", lambda: None)
    return found


def test_the_server_is_started_with_its_limits(started: dict[str, Any], tmp_path: Path) -> None:
    config = tmp_path / "service.yaml"
    config.write_text("most_connections: 2000\nreading_seconds: 7\n")
    assert serve.run(_parsed(config=str(config))) == 0
    assert (started["host"], started["port"], started["limit_concurrency"]) == ("127.0.0.1", 8080, 2_000)
    assert started["http"].head_seconds == 7
    assert started["access_log"] is False  # it would write down the names of reports
    assert started["server_header"] is False


def test_whoever_opens_the_service_to_all_is_told(started: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        serve.run(_parsed(host=host))
    assert "no issuers" not in capsys.readouterr().err
    for host in ("0.0.0.0", "::", "cds.example"):
        serve.run(_parsed(host=host))
        assert "no issuers" in capsys.readouterr().err
    assert started["host"] == "cds.example"


def test_it_says_where_used_tokens_and_reports_are(
    started: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And the head of its record, noted in the log: an older copy put back later is noticed by it."""
    serve.run(_parsed())
    assert "used tokens and reports are in the memory of this process alone" in capsys.readouterr().err
    monkeypatch.setenv("MRDGUIDE_RECORD", f"sqlite:///{tmp_path}/records.db")
    serve.run(_parsed())
    told = capsys.readouterr().err
    assert "memory of this process" not in told
    with DecisionStore(tmp_path / "records.db", create=False) as store:
        assert f"recording in sqlite:///{tmp_path}/records.db, head {store.head}\n" in told
    assert started["app"]


def test_several_workers_are_started_by_what_can_go_to_other_processes(
    started: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MRDGUIDE_RECORD", f"sqlite:///{tmp_path}/records.db")
    monkeypatch.setenv(ENVIRONMENT, "")  # what is set there goes with the test
    serve.run(_parsed(workers=3))
    assert (started["workers"], started["factory"], started["app"]) == (3, True, "mrdguide.service.worker:application")
    assert pickle.loads(pickle.dumps(started["http"])) == started["http"]
    orders = WorkerOrders.model_validate_json(os.environ[ENVIRONMENT])
    assert orders.settings.record == f"sqlite:///{tmp_path}/records.db"
    assert orders.settings.hosts == ("localhost",)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(UsageError, match=r"mrdguide\[service\]"):
        serve.run(_parsed())


@asynccontextmanager
async def _connected(app: Any) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a server that waits a tenth of a second for a head."""
    config = uvicorn.Config(
        app,
        port=0,
        http=cast(Any, HeadLimit(0.1)),
        ws="none",
        log_config=None,
        access_log=False,
        timeout_keep_alive=600,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection(*server.servers[0].sockets[0].getsockname()[:2])
    yield reader, writer
    writer.close()
    server.should_exit = True
    await running


@pytest.mark.parametrize("begun", [b"", b"GET /health HTTP/1.1\r\nX-Slow: "])
def test_a_client_that_never_finishes_its_head_is_let_go(begun: bytes) -> None:
    async def story() -> None:
        async with _connected(create_app(Settings(record=""))) as (reader, writer):
            writer.write(begun)
            assert await reader.read() == b""  # the other side ends the connection

    asyncio.run(story())


def test_nor_may_it_dawdle_over_its_second_request() -> None:
    async def story() -> None:
        async with _connected(create_app(Settings(record=""))) as (reader, writer):
            writer.write(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            assert (await reader.readexactly(length)).startswith(b"{")
            writer.write(b"GET /he")
            assert await reader.read() == b""

    asyncio.run(story())


def test_a_slow_answer_is_not_cut_off_by_the_limit_of_the_head() -> None:
    app = create_app(Settings(record=""))

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(0.3)
        await app(scope, receive, send)

    async def story() -> None:
        async with _connected(slow) as (reader, writer):
            writer.write(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 200")

    asyncio.run(story())


def test_a_client_that_sends_too_much_gets_to_read_why() -> None:
    """Cut off in the middle of writing it would see a broken connection, and no answer."""

    async def story() -> None:
        async with _connected(create_app(Settings(record="", largest_body=1_000_000))) as (reader, writer):
            writer.write(b"POST /evaluate HTTP/1.1\r\nHost: a\r\nContent-Length: 1900000\r\n\r\n")
            for _ in range(19):
                writer.write(b" " * 100_000)
                await writer.drain()
            answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 413")
            assert b"larger than" in answer

    asyncio.run(story())
