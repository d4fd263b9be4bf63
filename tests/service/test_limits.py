"""What a client may cost: size, time, memory, places in the queue."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from mrdguide.service.app import create_app
from mrdguide.service.settings import Settings
from mrdguide.service.worker_pool import TooBusy, TookTooLong, Work

from .client import BASE, Client

_KIB = 1_024


def _told(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status
    return str(answer.json()["error"]["message"])


@pytest.mark.parametrize("made", [{"largest_body": _KIB}], indirect=True)
def test_a_body_that_says_it_is_too_large_is_refused_unread(made: Client) -> None:
    read = []

    async def sent() -> AsyncIterator[bytes]:
        read.append(1)
        yield b"x"

    answer = made.post("/evaluate", content=sent(), headers={"Content-Length": str(_KIB + 1)})
    assert "larger than" in _told(answer, 413)
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("made", [{"largest_body": _KIB}], indirect=True)
def test_a_body_that_grows_too_large_is_cut_off_while_it_streams(made: Client) -> None:
    """The application is called by hand: what a client reads ahead cannot be seen from its side."""
    chunks: Iterator[dict[str, Any]] = iter(
        {"type": "http.request", "body": b"x" * 256, "more_body": True} for _ in range(1_000)
    )
    taken, sent = [], []

    async def receive() -> Any:
        taken.append(1)
        return next(chunks)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(made.app(_scope(), receive, send))
    assert sent[0]["status"] == 413
    # Four are within the limit, one is beyond; as much again is thrown away, so that a client still writing gets to read why.
    assert len(taken) == 9


@pytest.mark.parametrize("made", [{"largest_body": _KIB}], indirect=True)
def test_a_client_that_waits_to_be_told_to_send_is_not_told_to(made: Client) -> None:
    async def receive() -> Any:
        raise AssertionError("asking for the body is what tells it to send")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    head = [(b"content-length", b"5000"), (b"expect", b"100-continue")]
    asyncio.run(made.app({**_scope(), "headers": head}, receive, send))
    assert sent[0]["status"] == 413


@pytest.mark.parametrize("made", [{"largest_body": _KIB}], indirect=True)
def test_a_body_of_exactly_the_largest_size_is_read(made: Client) -> None:
    body = b'{"profile": "' + b"x" * (_KIB - 15) + b'"}'
    assert len(body) == _KIB
    assert "profile" in _told(made.post("/evaluate", content=body), 400)
    assert "larger" in _told(made.post("/evaluate", content=body + b" "), 413)


def _scope() -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/evaluate", "raw_path": b"/evaluate", "query_string": b"", "root_path": "", "headers": [],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip


def _called(app: Any, *messages: dict[str, Any]) -> list[dict[str, Any]]:
    """What the application sends after these messages of a client that then falls silent."""
    sent: list[dict[str, Any]] = []
    waiting = list(messages)

    async def receive() -> Any:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(_scope(), receive, send))
    return sent


@pytest.mark.parametrize("made", [{"reading_seconds": 0.05}], indirect=True)
def test_a_client_that_falls_silent_is_let_go(made: Client) -> None:
    sent = _called(made.app, {"type": "http.request", "body": b"{", "more_body": True})
    assert sent[0]["status"] == 408


def test_a_client_that_goes_away_is_not_answered(client: Client) -> None:
    assert _called(client.app, {"type": "http.disconnect"}) == []


@pytest.mark.parametrize("made", [{"most_buffered": _KIB, "reading_seconds": 0.05}], indirect=True)
def test_all_requests_together_have_a_limit_and_give_it_back(made: Client) -> None:
    half = {"type": "http.request", "body": b"x" * 600, "more_body": True}
    sent = _called(made.app, half, half)
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"2") in sent[0]["headers"]
    for _ in range(3):
        assert _called(made.app, half)[0]["status"] == 408


def test_work_beyond_the_queue_is_refused_and_its_place_comes_free() -> None:
    async def story() -> None:
        work, gate = Work(1, 2, 60), threading.Event()
        first = asyncio.ensure_future(work.run(gate.wait))
        second = asyncio.ensure_future(work.run(lambda: "second"))
        await asyncio.sleep(0)
        with pytest.raises(TooBusy):
            await work.run(lambda: "third")
        gate.set()
        assert (await first, await second) == (True, "second")
        assert await work.run(lambda: "third") == "third"
        assert work.waiting == 0
        work.close()

    asyncio.run(story())


def test_work_that_takes_too_long_is_given_up_and_keeps_its_place() -> None:
    async def story() -> None:
        work, gate = Work(1, 1, 0.02), threading.Event()
        with pytest.raises(TookTooLong):
            await work.run(gate.wait)
        assert work.waiting == 1
        with pytest.raises(TooBusy):
            await work.run(lambda: "next")
        gate.set()
        while work.waiting:
            await asyncio.sleep(0.01)
        assert await work.run(lambda: "next") == "next"
        work.close()

    asyncio.run(story())


def test_what_work_raises_is_raised_to_whoever_asked() -> None:
    async def story() -> None:
        work = Work(1, 1, 60)
        with pytest.raises(ZeroDivisionError):
            await work.run(lambda: 1 / 0)
        work.close()

    asyncio.run(story())


def test_a_slow_evaluation_does_not_keep_others_from_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Health is answered while an evaluation is held fast; were it run in the event loop, this would never end."""
    gate, begun = threading.Event(), threading.Event()

    def held(*_: object, **__: object) -> bytes:
        begun.set()
        assert gate.wait(30)
        return b"{}"

    monkeypatch.setattr("mrdguide.service.tasks.Tasks.evaluation", held)
    app = create_app(Settings(base_url=BASE, record=""))

    async def story() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            slow = asyncio.ensure_future(client.post("/evaluate", json={}))
            while not begun.is_set():
                await asyncio.sleep(0.005)
            assert (await client.get("/health")).status_code == 200
            gate.set()
            assert (await slow).status_code == 200

    asyncio.run(story())
