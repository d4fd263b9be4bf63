"""Records from a FHIR server, tried against one on this machine that can be busy, lie, or break off."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mrdguide import fhir
from mrdguide.cli import main
from mrdguide.errors import FhirError, UsageError
from mrdguide.fhir.pull import Client, Pulled, pull, read_client

from ..cds.calls import condition
from ..cds.tokens import ec_key

PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1961-05-04"}
CONDITION = {**condition(), "subject": {"reference": "Patient/p1"}}
KEY = ec_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
Answer = tuple[int, dict[str, Any] | bytes, dict[str, str]]


def bundle(*resources: dict[str, Any], following: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": one} for one in resources],
    }
    if following:
        made["link"] = [{"relation": "next", "url": following}]
    return made


class Server:
    """A FHIR server that answers by a table of types, each with its answers in turn; the last one stays."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.token: str | None = None
        self.forms: list[dict[str, list[str]]] = []
        self.answers: dict[str, list[Answer]] = {
            "Patient": [(200, PATIENT, {})], "Condition": [(200, bundle(CONDITION), {})],
        }  # fmt: skip
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                self._answer(*outer.found(self.path, self.headers.get("Authorization")))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.forms.append(parse_qs(body))
                self._answer(200, {"access_token": outer.token, "token_type": "bearer"}, {})

            def _answer(self, status: int, body: dict[str, Any] | bytes, headers: dict[str, str]) -> None:
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/fhir"
        Thread(target=self._http.serve_forever, daemon=True).start()

    def found(self, path: str, authorization: str | None) -> Answer:
        name = urlsplit(path).path.removeprefix("/fhir/").partition("/")[0]
        if name == ".well-known":
            return 200, {"token_endpoint": self.url.replace("/fhir", "/token")}, {}
        if self.token is not None and authorization != f"Bearer {self.token}":
            return 401, {}, {}
        nothing: list[Answer] = [(200, bundle(), {})]
        answers = self.answers.get(name, nothing)
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def pulled(server: Server, waits: list[float]) -> Callable[..., Pulled]:
    return lambda **options: pull(server.url, "p1", pause=waits.append, **options)


def test_what_was_pulled_can_be_read(server: Server, pulled: Callable[..., Pulled]) -> None:
    found = pulled()
    patient, report = fhir.read(found.bundle)
    assert patient.diagnosis.disease == "multiple-myeloma"
    assert report.patient_id == "p1"
    assert found.lacking == []
    asked = {urlsplit(path).path for path in server.asked}
    assert {"/fhir/Patient/p1", "/fhir/Observation", "/fhir/AdverseEvent", "/fhir/MedicationDispense"} <= asked


def test_pages_are_followed_and_the_same_resource_comes_once(server: Server, pulled: Callable[..., Pulled]) -> None:
    second = {**CONDITION, "id": "second"}
    server.answers["Condition"] = [
        (200, bundle(CONDITION, following="?patient=p1&page=2"), {}), (200, bundle(CONDITION, second), {}),
    ]  # fmt: skip
    ids = [entry["resource"]["id"] for entry in pulled().bundle["entry"]]
    assert ids == ["p1", CONDITION["id"], "second"]


def test_what_is_busy_is_asked_again_when_the_server_says(
    server: Server, pulled: Callable[..., Pulled], waits: list[float]
) -> None:
    server.answers["Observation"] = [
        (429, {}, {"Retry-After": "7"}),
        (503, {}, {"Retry-After": "Fri"}),
        (200, bundle(), {}),
    ]
    pulled()
    assert waits == [7.0, 1.0]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([(503, {}, {})], "Observation: tried 5 times, no answer (status 503); nothing was written"),
        ([(500, {}, {})], "Observation: the server answered with status 500"),
        ([(403, {}, {})], "Observation: the server answered with status 403"),
        ([(302, {}, {"Location": "http://127.0.0.1:9/"})], "Observation: the server answered with status 302"),
        ([(200, b"<html>", {})], "Observation: the answer is not JSON"),
        ([(200, b"[]", {})], "Observation: the answer is not a resource"),
        ([(200, b"\xff\xfe", {})], "Observation: the answer is not JSON"),
        ([(200, b'{"resourceType": "Bundle", "entry": [1], "entry": []}', {})], "a key stands twice in one object"),
        ([(200, b'{"resourceType": "Bundle", "total": NaN}', {})], "NaN and Infinity are no JSON"),
        ([(200, b'{"resourceType": "\\ud800"}', {})], "half a character"),
        ([(200, b"[" * 100_000, {})], "Observation: the answer is nested too deeply"),
        ([(200, bundle(following="https://elsewhere.example/fhir?page=2"), {})], "lies on another server"),
        ([(200, bundle(following="?page=2"), {})], "the pages do not come to an end"),
        ([(200, {"resourceType": "Bundle", "entry": [{"fullUrl": "x"}]}, {})], "Bundle.entry[0] holds no resource"),
    ],
)
def test_what_cannot_be_had_whole_is_an_error(
    server: Server, pulled: Callable[..., Pulled], answers: list[Answer], words: str
) -> None:
    server.answers["Observation"] = answers
    with pytest.raises(FhirError) as refused:
        pulled()
    assert words in str(refused.value)
    assert "p1" not in str(refused.value)


def test_what_was_packed_is_counted_unpacked(
    server: Server, pulled: Callable[..., Pulled], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mrdguide.fhir.pull.MOST_RECORD", 1024 * 1024)
    bomb = gzip.compress(b" " * 2 * 1024 * 1024)
    assert len(bomb) < 10_000
    server.answers["Observation"] = [(200, bomb, {"Content-Encoding": "gzip"})]
    with pytest.raises(FhirError, match="Observation: more than 1 MiB in all"):
        pulled()


def test_what_a_server_need_not_have_is_named(server: Server, pulled: Callable[..., Pulled]) -> None:
    server.answers["AdverseEvent"] = [(404, {}, {})]
    assert pulled().lacking == ["AdverseEvent"]
    server.answers["Procedure"] = [(404, {}, {})]
    with pytest.raises(FhirError, match="Procedure: the server answered with status 404"):
        pulled()


def test_an_outcome_of_the_server_stays_in_the_bundle(server: Server, pulled: Callable[..., Pulled]) -> None:
    issue = {"severity": "error", "code": "processing", "diagnostics": "some observations were suppressed"}
    server.answers["Observation"] = [(200, bundle({"resourceType": "OperationOutcome", "issue": [issue]}), {})]
    _, report = fhir.read(pulled().bundle)
    assert "failed" in {state.value for state in report.completeness.values()}


def test_a_client_signs_in_with_its_key(server: Server, pulled: Callable[..., Pulled]) -> None:
    server.token = "secret-token"
    found = pulled(client=Client("guide", KEY, kid="k1"))
    assert len(found.bundle["entry"]) == 2
    [form] = server.forms
    assert form["grant_type"] == ["client_credentials"]
    [assertion] = form["client_assertion"]
    endpoint = server.url.replace("/fhir", "/token")
    claims = jwt.decode(assertion, ec_key().public_key(), ["ES384"], audience=endpoint)
    assert (claims["iss"], claims["sub"]) == ("guide", "guide")
    assert jwt.get_unverified_header(assertion)["kid"] == "k1"


def test_without_signing_in_where_it_is_needed(server: Server, pulled: Callable[..., Pulled]) -> None:
    server.token = "secret-token"
    with pytest.raises(FhirError, match="Patient: the server answered with status 401"):
        pulled()


@pytest.mark.parametrize(
    "url", ["http://fhir.example/r4", "ftp://127.0.0.1/", "https://me:pw@fhir.example/", "fhir.example"]
)
def test_only_a_safe_address_is_taken(url: str) -> None:
    with pytest.raises(UsageError):
        pull(url, "p1")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "must be an object"),
        ({"client_id": "guide"}, "key_file"),
        ({"client_id": "guide", "key": KEY, "algorithm": "HS256"}, "RS384 or ES384"),
        ({"client_id": "guide", "key": KEY, "secret": "x"}, "'secret' is not one of"),
    ],
)
def test_a_client_file_that_is_wrong(data: object, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_client(data)


def test_a_key_of_another_kind(server: Server, pulled: Callable[..., Pulled]) -> None:
    for key in ("no key", KEY):
        with pytest.raises(UsageError, match="cannot be used with RS384"):
            pulled(client=Client("guide", key, "RS384"))


def test_the_command_writes_the_bundle_or_nothing(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key.pem").write_text(KEY)
    (tmp_path / "client.json").write_text(json.dumps({"client_id": "guide", "key_file": "key.pem"}))
    server.token = "secret-token"
    out = tmp_path / "bundle.json"
    line = [
        "fhir",
        "pull",
        server.url,
        "--patient",
        "p1",
        "--client",
        str(tmp_path / "client.json"),
        "--output",
        str(out),
    ]
    assert main(line) == 0
    assert main(["fhir", "check", str(out)]) == 0
    out.unlink()
    server.answers["Procedure"] = [(500, {}, {})]
    assert main(line) != 0
    assert not out.exists()
    told = capsys.readouterr()
    assert "secret-token" not in told.out + told.err
    assert "Procedure: the server answered with status 500" in told.err


def test_nothing_of_a_patient_is_logged_and_others_log_as_they_did(
    server: Server, pulled: Callable[..., Pulled], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        pulled()
        assert caplog.records == []
        httpx.get(f"{server.url}/Patient/p1")
        assert caplog.records
