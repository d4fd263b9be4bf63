"""Who may knock at which door, with what: host, origin, kind of content, size, number."""

from __future__ import annotations

import asyncio
import gzip
import threading
from typing import Any

import httpx
import pytest

from mrdguide import cds
from mrdguide.service.app import create_app
from mrdguide.service.settings import Settings

from ..cds.calls import bundle, call, condition, patient
from .client import BASE, Client, client_of

HOOK = f"/cds-services/{cds.SERVICE_ID}"
DOORS = (HOOK, f"{HOOK}/feedback", "/evaluate", "/$evaluate")
OPEN = ("/cds-services", "/health", "/ready", "/metrics", "/metadata", "/OperationDefinition/evaluate", "/openapi.json")
_LOOPBACK = {"hosts": ("localhost",)}
_NAMED = {"hosts": ("cds.hospital.example",)}


def _refused(answer: httpx.Response, status: int) -> str:
    """The words of a refusal, in the shape of its door, after which the connection is not used again."""
    assert answer.status_code == status, answer.text
    told = answer.json()
    if told.get("resourceType") == "OperationOutcome":
        assert answer.headers["content-type"] == "application/fhir+json"
        return str(told["issue"][0]["diagnostics"])
    assert set(told) == {"error"}
    assert told["error"]["status"] == status
    return str(told["error"]["message"])


def _body(door: str) -> Any:
    return {HOOK: call(), "/evaluate": {"bundle": bundle(patient(), condition())}}.get(
        door, bundle(patient(), condition())
    )


class TestHost:
    @pytest.mark.parametrize("made", [_LOOPBACK], indirect=True)
    @pytest.mark.parametrize(
        "host", ["localhost", "localhost:8000", "LOCALHOST:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:8000",
                 "service.test"],
    )  # fmt: skip
    def test_a_service_on_loopback_answers_to_its_own_names(self, made: Client, host: str) -> None:
        """`service.test` is the name in `base_url`."""
        assert made.get("/health", headers={"Host": host}).status_code == 200
        assert made.post("/evaluate", json=_body("/evaluate"), headers={"Host": host}).status_code == 200

    @pytest.mark.parametrize("made", [_LOOPBACK], indirect=True)
    @pytest.mark.parametrize(
        "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "", "[::1",
                 "[evil]:8000", "localhost]", "cds.hospital.example", "127.0.0.1@evil.example"],
    )  # fmt: skip
    def test_and_to_no_other(self, made: Client, host: str) -> None:
        """A page can give 127.0.0.1 a name of its own, and would then be of the same origin."""
        asked = [made.get(path, headers={"Host": host}) for path in OPEN]
        asked += [made.post(door, json=_body(door), headers={"Host": host}) for door in DOORS]
        for answer in asked:
            assert "not called by that host name" in _refused(answer, 421)
            assert answer.headers["connection"] == "close"

    @pytest.mark.parametrize("made", [_NAMED], indirect=True)
    def test_hosts_are_those_that_are_named(self, made: Client) -> None:
        for host, status in (("cds.hospital.example", 200), ("CDS.hospital.example:443", 200), ("evil.example", 421)):
            assert made.get("/health", headers={"Host": host}).status_code == status

    def test_where_none_is_named_any_is_taken(self, client: Client) -> None:
        for host in ("anything.example", "", "[::1"):
            assert client.get("/health", headers={"Host": host}).status_code == 200


class TestOrigin:
    @pytest.mark.parametrize("door", DOORS)
    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "http://service.test.evil.example", "file://", "http://[", "http://service.test:1",
                   "x", "http://"],
    )  # fmt: skip
    @pytest.mark.parametrize("host", ["service.test", ""])
    def test_a_page_of_another_origin_may_not_post(self, client: Client, door: str, origin: str, host: str) -> None:
        answer = client.post(door, json=_body(door), headers={"Origin": origin, "Host": host})
        assert "pages of that origin may not call" in _refused(answer, 403)

    @pytest.mark.parametrize("origin", [None, BASE, "HTTP://SERVICE.TEST", "https://service.test"])
    def test_nobody_and_the_own_page_may(self, client: Client, origin: str | None) -> None:
        """What is no browser names no origin."""
        headers = {} if origin is None else {"Origin": origin}
        assert client.post("/evaluate", json=_body("/evaluate"), headers=headers).status_code == 200

    @pytest.mark.parametrize("made", [{"cors_origins": ("https://ehr.example",), **_LOOPBACK}], indirect=True)
    @pytest.mark.parametrize(("origin", "status"), [("https://ehr.example", 200), ("https://ehr.example.evil", 403)])
    def test_origins_that_are_named_may(self, made: Client, origin: str, status: int) -> None:
        answer = made.post("/evaluate", json=_body("/evaluate"), headers={"Origin": origin})
        assert answer.status_code == status

    @pytest.mark.parametrize("made", [_LOOPBACK], indirect=True)
    @pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
    def test_an_own_page_on_loopback_may(self, made: Client, host: str) -> None:
        headers = {"Host": host, "Origin": f"http://{host}"}
        assert made.post("/evaluate", json=_body("/evaluate"), headers=headers).status_code == 200
        foreign = {"Host": host, "Origin": "http://localhost:9999"}
        _refused(made.post("/evaluate", json=_body("/evaluate"), headers=foreign), 403)


class TestContent:
    @pytest.mark.parametrize("door", [HOOK, "/evaluate", "/$evaluate"])
    @pytest.mark.parametrize(
        "kind", ["application/json", "application/fhir+json", "application/json; charset=utf-8", "Application/JSON", None],
    )  # fmt: skip
    def test_json_is_taken(self, client: Client, door: str, kind: str | None) -> None:
        content = httpx.Request("POST", BASE, json=_body(door)).content
        headers = {} if kind is None else {"Content-Type": kind}
        assert client.post(door, content=content, headers=headers).status_code == 200

    @pytest.mark.parametrize("door", DOORS)
    @pytest.mark.parametrize(
        "kind", ["text/plain", "text/plain; x=application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                 "application/xml", "application/fhir+xml", "application/fhir+ndjson", "text/json", ""],
    )  # fmt: skip
    def test_nothing_else_is(self, client: Client, door: str, kind: str) -> None:
        """What a page may send without asking first is among it."""
        content = httpx.Request("POST", BASE, json=_body(door)).content
        assert "send JSON" in _refused(client.post(door, content=content, headers={"Content-Type": kind}), 415)

    @pytest.mark.parametrize("door", DOORS)
    @pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
    def test_no_other_packing_is_read(self, client: Client, door: str, encoding: str) -> None:
        answer = client.post(door, content=b"{}", headers={"Content-Encoding": encoding})
        assert "Content-Encoding" in _refused(answer, 415)

    @pytest.mark.parametrize("door", DOORS)
    @pytest.mark.parametrize("made", [{"largest_body": 1_024}], indirect=True)
    def test_what_is_too_large_is_refused_packed_or_not(self, made: Client, door: str) -> None:
        content = b" " * 100_000
        assert "larger than" in _refused(made.post(door, content=content), 413)
        packed = gzip.compress(content)
        assert len(packed) < 1_024
        assert "larger than" in _refused(made.post(door, content=packed, headers={"Content-Encoding": "gzip"}), 413)


@pytest.mark.parametrize("door", DOORS)
def test_one_caller_does_not_fill_the_queue(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of four places one caller has two; the next one is told to wait, and another caller is let in."""
    gate, begun = threading.Event(), threading.Semaphore(0)

    def held(*_: object) -> bytes:
        begun.release()
        assert gate.wait(30)
        return b"{}"

    for task in ("hook", "feedback", "evaluation", "operation"):
        monkeypatch.setattr(f"mrdguide.service.tasks.Tasks.{task}", held)
    app = create_app(Settings(base_url=BASE, record="", threads=2, most_waiting=4))

    async def story() -> None:
        first, second = (
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app, client=(address, 1)), base_url=BASE)
            for address in ("192.0.2.1", "192.0.2.2")
        )
        waiting = [asyncio.ensure_future(first.post(door, json={})) for _ in range(2)]
        while not begun.acquire(blocking=False):
            await asyncio.sleep(0.005)
        answer = await first.post(door, json={})
        assert "at most 2 requests of one caller" in _refused(answer, 429)
        assert answer.headers["retry-after"]
        other = asyncio.ensure_future(second.post(door, json={}))
        await asyncio.sleep(0.05)
        gate.set()
        assert [(await task).status_code for task in (*waiting, other)] == [200, 200, 200]
        await first.aclose()
        await second.aclose()

    asyncio.run(story())


@pytest.mark.parametrize("path", OPEN)
def test_what_is_open_is_read_only(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200
    assert client.post(path, json={}).status_code == 405


def test_a_service_of_its_own_process_on_loopback_keeps_strangers_out() -> None:
    """As `mrdguide serve` sets it up where no hosts are named: see `commands/serve.py`."""
    with client_of(create_app(Settings(record="", hosts=("localhost",)))) as client:
        page = {"Host": "evil.example", "Origin": "http://evil.example", "Content-Type": "text/plain"}
        _refused(client.post("/evaluate", content=b"{}", headers=page), 421)
        page["Host"] = "127.0.0.1:8000"
        _refused(client.post("/evaluate", content=b"{}", headers=page), 403)
        del page["Origin"]
        _refused(client.post("/evaluate", content=b"{}", headers=page), 415)
