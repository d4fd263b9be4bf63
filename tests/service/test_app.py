"""The HTTP service: the right answers, and refusals of one shape."""

from __future__ import annotations

import gzip
import json
import logging
import re
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin

import jsonschema
import pytest
from fhir.resources.R4B.guidanceresponse import GuidanceResponse

import mrdguide
from mrdguide import cds
from mrdguide.cds.store import Store
from mrdguide.errors import RecordError
from mrdguide.reading.document import read_file
from mrdguide.record import DecisionStore
from mrdguide.service.app import create_app
from mrdguide.service.reports import OwnShelf, Reports
from mrdguide.service.settings import Settings
from mrdguide.teach.examples import examples

from ..cds.calls import PATIENT, bundle, call, condition, patient, prefetch, without
from ..cds.response_schema import DISCOVERY, RESPONSE
from ..cds.tokens import AUDIENCE, bearer, claims, ec_key, jwk, token, verifier
from ..intake.fhir.charts import negative_reports
from ..intake.fhir.test_damage import SUPPORTED, written
from .client import BASE, Client, client_of

HOOK = f"/cds-services/{cds.SERVICE_ID}"
_EXAMPLES = examples()


def _profile(number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = read_file(_EXAMPLES[number].path).data
    return found


def _failure(answer: Any, status: int) -> str:
    """The message of a refusal, whose shape is always the same."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    [(name, told)] = answer.json().items()
    assert name == "error"
    assert set(told) == {"status", "code", "message", "request_id"}
    assert told["status"] == status
    assert told["request_id"] == answer.headers["x-request-id"]
    return str(told["message"])


def test_discovery_is_served(client: Client) -> None:
    answer = client.get("/cds-services")
    assert answer.status_code == 200
    jsonschema.validate(answer.json(), DISCOVERY)


def test_a_card_links_to_a_report_that_opens(client: Client) -> None:
    answer = client.post(HOOK, json=call())
    assert answer.status_code == 200
    jsonschema.validate(answer.json(), RESPONSE)
    [card] = answer.json()["cards"]
    link, _ = card["links"]
    assert link["url"].startswith(f"{BASE}/reports/")
    assert PATIENT not in link["url"]
    report = client.get(link["url"])
    assert report.status_code == 200
    assert report.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in report.headers["content-security-policy"]
    assert report.headers["cache-control"] == "no-store"
    assert report.text.startswith("<!DOCTYPE html>")
    assert "May maintenance be stopped?" in report.text
    assert "Condition/diagnosis" in report.text


def test_a_card_links_to_a_calendar_that_names_nobody(client: Client) -> None:
    icalendar = pytest.importorskip("icalendar")
    [card] = client.post(HOOK, json=call()).json()["cards"]
    report, link = card["links"]
    assert link["url"] == f"{report['url']}/calendar.ics"
    found = client.get(link["url"])
    assert (found.status_code, found.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert found.headers["cache-control"] == "no-store"
    assert found.content == client.get(link["url"]).content
    events = icalendar.Calendar.from_ical(found.content).walk("VEVENT")
    assert {str(event["summary"]) for event in events} <= {"Follow-up: last day"}
    assert PATIENT not in found.text
    gone = client.get(f"{BASE}/reports/guessed/calendar.ics")
    assert (gone.status_code, gone.json()["error"]["status"]) == (404, 404)


def test_without_the_library_there_is_no_calendar_and_no_link_to_one(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mrdguide.service.tasks.can_be_made", lambda: False)
    [card] = client.post(HOOK, json=call()).json()["cards"]
    assert [link["url"].endswith("calendar.ics") for link in card["links"]] == [False]


def test_a_report_with_windows_links_to_its_calendar(client: Client) -> None:
    pytest.importorskip("icalendar")
    profile = read_file(next(item.path for item in _EXAMPLES if item.file == "cessation-supported.yaml")).data
    answer = client.post("/evaluate", json={"profile": profile, "as_of": "2026-11-21"}).json()
    page = client.get(answer["report"]).text
    [address] = re.findall(r'href="([^"#]+)"', page)
    days = client.get(urljoin(answer["report"], address))
    assert (days.status_code, days.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert b"20270310" in days.content
    assert "mrdguide calendar" not in page


def test_two_calls_about_one_patient_have_reports_of_their_own(client: Client) -> None:
    links = {client.post(HOOK, json=call()).json()["cards"][0]["links"][0]["url"] for _ in range(2)}
    assert len(links) == 2


@pytest.mark.parametrize("number", range(len(_EXAMPLES)), ids=[str(item.file) for item in _EXAMPLES])
def test_a_profile_gets_the_answer_of_the_library(
    client: Client, number: int, shipped_rules: mrdguide.RuleBook
) -> None:
    example = _EXAMPLES[number]
    answer = client.post("/evaluate", json={"profile": _profile(number), "as_of": example.as_of})
    assert answer.status_code == 200
    found = answer.json()
    assert (
        found["recommendation"] == mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of).to_dict()
    )
    assert found["import_report"] is None
    assert found["report"].startswith(f"{BASE}/reports/")


def test_an_answer_in_short(client: Client, shipped_rules: mrdguide.RuleBook) -> None:
    example = _EXAMPLES[0]
    asked = {"profile": _profile(0), "as_of": example.as_of, "detail": "short"}
    found = client.post("/evaluate", json=asked).json()["recommendation"]
    assert found == mrdguide.evaluate(example.path, rules=shipped_rules, as_of=example.as_of).to_dict("short")
    assert "detail" in _failure(client.post("/evaluate", json=asked | {"detail": "long"}), 400)


def test_a_bundle_is_evaluated_with_its_import_report(client: Client) -> None:
    answer = client.post("/evaluate", json={"bundle": bundle(patient(), condition()), "as_of": "2026-11-21"})
    assert answer.status_code == 200
    assert answer.json()["import_report"]["patient_id"] == PATIENT
    assert client.get(answer.json()["report"]).status_code == 200


def test_a_guidance_response_comes_with_the_answer_when_asked_for(client: Client) -> None:
    asked = {"bundle": bundle(patient(), condition()), "as_of": "2026-11-21", "guidance_response": True}
    found = client.post("/evaluate", json=asked).json()
    GuidanceResponse.model_validate(found["guidance_response"])
    assert found["guidance_response"]["subject"] == {"reference": f"Patient/{PATIENT}"}
    assert found["guidance_response"]["status"] == "data-required"
    assert client.post("/evaluate", json=asked | {"guidance_response": False}).json()["guidance_response"] is None


@pytest.mark.parametrize("body", [b"", b"{", b"[", b"nonsense", b"\xff\xfe", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": 1, "a": 2}',
                                  b"[" * 15_000, b'{"a": "\\ud800"}', b'{"a": ' + b"9" * 5_000 + b"}"], ids=range(11))  # fmt: skip
@pytest.mark.parametrize("path", [HOOK, f"{HOOK}/feedback", "/evaluate"])
def test_malformed_json_is_refused(client: Client, path: str, body: bytes) -> None:
    told = _failure(client.post(path, content=body), 400)
    assert told.startswith("the body: ")
    assert "sys." not in told


@pytest.mark.parametrize(("body", "field"), [
    ({}, "send either profile or bundle"), ({"profile": {}, "bundle": {}}, "send either profile or bundle"),
    ([], "the body"), ({"profile": 5}, "profile"), ({"profile": {}, "as_of": "tomorrow"}, "as_of"),
    ({"profile": {"id": "x", "diagnosis": {"disease": "multiple-myeloma"}}, "as_of": "2026-02-30"}, "as_of"),
    ({"profile": {}, "patient": 1}, "patient"), ({"profile": {}, "guidance_response": True}, "guidance_response"), ({"profile": {"id": "x"}}, "diagnosis"),
    ({"profile": {}, "asOf": "2026-01-01"}, "'asOf' is called 'as_of' here"), ({"profile": {}, "as_of": "1/2/2026"}, "expected a date YYYY-MM-DD"),
    ({"id": "x", "diagnosis": {"disease": "multiple-myeloma"}}, 'wrap it: send {"profile": {...}}'), ({"resourceType": "Patient"}, "put it into a Bundle"),
    ({"profile": []}, "expected an object"),
    ({"bundle": {"resourceType": "Bundle", "entry": 5}}, "Bundle.entry"), ({"bundle": {"resourceType": 7}}, "resourceType"),
])  # fmt: skip
def test_what_cannot_be_evaluated_is_told_the_field(client: Client, body: Any, field: str) -> None:
    assert field in _failure(client.post("/evaluate", json=body), 400)


def test_a_bundle_without_patient_fails_the_precondition(client: Client) -> None:
    assert "Patient" in _failure(client.post("/evaluate", json={"bundle": bundle(condition())}), 412)
    assert "prefetch" in _failure(client.post(HOOK, json=without(call(), "prefetch")), 412)


def test_what_is_not_there_is_not_found(client: Client) -> None:
    for path in ("/cds-services/unknown", "/cds-services/unknown/feedback"):
        assert cds.SERVICE_ID in _failure(client.post(path, json=call()), 404)
    for path in ("/", "/nothing", "/reports/guessed", "/docs", "/cds-services/%00/x", "/../etc/passwd"):
        _failure(client.get(path), 404)
    _failure(client.get("/evaluate"), 405)


def test_a_report_does_not_last_and_the_oldest_makes_room() -> None:
    clock = {"now": 0.0}
    shelf = OwnShelf()
    reports = Reports(shelf, 2, 60, lambda: clock["now"])
    found = mrdguide.evaluate(_EXAMPLES[0].path, as_of=_EXAMPLES[0].as_of)
    names = [reports.publish(found).partition("/")[2] for _ in range(3)]
    assert len(set(names)) == 3
    assert [reports.find(name) is not None for name in names] == [False, True, True]
    clock["now"] = 60.0
    assert [reports.find(name) for name in names] == [None, None, None]
    assert len(shelf) == 0


def test_feedback_is_recorded(tmp_path: Path) -> None:
    store = DecisionStore(tmp_path / "record.db")
    with client_of(create_app(Settings(base_url=BASE, record=""), store=store)) as client:
        card = client.post(HOOK, json=call()).json()["cards"][0]["uuid"]
        body = {"feedback": [{"card": card, "outcome": "accepted", "outcomeTimestamp": "2026-11-21T10:00:00Z"}]}
        answer = client.post(f"{HOOK}/feedback", json=body)
        assert (answer.status_code, answer.content) == (200, b"")
        body["feedback"][0]["card"] = "00000000-0000-4000-8000-000000000000"
        _failure(client.post(f"{HOOK}/feedback", json=body), 404)
    assert [(entry.kind, entry.about) for entry in store.entries()] == [("evaluation", None), ("feedback", 1)]


def test_an_answer_that_cannot_be_recorded_is_not_given() -> None:
    class Full:
        def append(self, *_: object) -> None:
            raise mrdguide.errors.MrdguideError(f"the disk is full at {PATIENT}")

    with client_of(create_app(Settings(base_url=BASE, record=""), store=Full())) as client:  # type: ignore[arg-type]
        message = _failure(client.post(HOOK, json=call()), 500)
    assert PATIENT not in message


@pytest.mark.parametrize("path", [HOOK, f"{HOOK}/feedback", "/evaluate"])
def test_with_issuers_only_their_tokens_are_let_in(path: str) -> None:
    app = create_app(Settings(base_url=BASE, record=""), verifier=verifier())
    with client_of(app) as client:
        answer = client.post(path, content=b"{}")
        _failure(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
        good = {"Authorization": bearer(token())}
        assert client.post(path, content=b"{}", headers=good).status_code == 400
        _failure(client.post(path, content=b"{}", headers=good), 401)
        assert client.get("/cds-services").status_code == 200


def test_issuers_come_from_the_settings() -> None:
    import time

    now = int(time.time())
    issuer = {"iss": "https://ehr.example", "jwks": {"keys": [jwk(ec_key(), "ec")]}}
    settings = Settings.model_validate({"base_url": "https://cds.example", "issuers": [issuer], "record": ""})
    with client_of(create_app(settings)) as client:
        _failure(client.post(HOOK, json=call()), 401)
        payload = claims(iat=now, exp=now + 60, aud=AUDIENCE)
        assert client.post(HOOK, json=call(), headers={"Authorization": bearer(token(payload))}).status_code == 200


def test_a_mistake_in_the_site_file_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("nonsense: true\n")
    with pytest.raises(mrdguide.errors.SiteFileError):
        create_app(Settings(site=tmp_path / "site.yaml"))


def test_health_names_the_rules(client: Client, shipped_rules: mrdguide.RuleBook) -> None:
    answer = client.get("/health").json()
    assert answer["status"] == "ok"
    assert answer["rules_hash"] == shipped_rules.hash


def test_metrics_count_by_route_and_name_no_path(client: Client) -> None:
    client.post(HOOK, json=call())
    client.get("/reports/secret-name")
    client.call("BREW", "/health")
    text = client.get("/metrics").text
    assert 'mrdguide_requests_total{route="/cds-services/{service_id}",method="POST",status="200"} 1' in text
    assert 'mrdguide_requests_total{route="/reports/{token}",method="GET",status="404"} 1' in text
    assert 'mrdguide_recommendations_total{outcome="' in text
    assert 'mrdguide_request_seconds_count{route="/cds-services/{service_id}"} 1' in text
    assert 'le="+Inf"' in text
    for hidden in ("secret-name", PATIENT, "BREW", cds.SERVICE_ID):
        assert hidden not in text


def test_every_request_is_one_line_of_json_without_patient_data(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    marked = "patient-id-that-must-not-be-logged"
    link = client.post(HOOK, json=call()).json()["cards"][0]["links"][0]["url"]
    client.get(link)
    client.post("/evaluate", json={"profile": {**_profile(), "id": marked}, "as_of": "2026-11-21"})
    client.post("/evaluate", json={"profile": {"id": marked}})
    client.get(f"/{marked}")
    client.get(f"/reports/{marked}", headers={"X-Request-ID": marked})
    lines = [json.loads(record.message) for record in caplog.records if record.name == "mrdguide.service"]
    assert [line["status"] for line in lines] == [200, 200, 200, 400, 404, 404]
    assert all(set(line) == {"time", "route", "method", "status", "milliseconds", "request_id"} for line in lines)
    assert len({line["request_id"] for line in lines}) == len(lines)
    for hidden in (marked, PATIENT, link.rpartition("/")[2], "1961"):
        # All but what the client of this test itself writes down.
        assert not [record for record in caplog.records if record.name != "httpx" and hidden in record.getMessage()]


def test_a_failure_inside_is_an_answer_and_a_line_without_its_text(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"something about {PATIENT}")

    monkeypatch.setattr("mrdguide.service.tasks.evaluate", broken)
    message = _failure(client.post("/evaluate", json={"profile": _profile()}), 500)
    assert PATIENT not in message
    assert "Traceback" not in message
    assert PATIENT not in caplog.text
    line = [record for record in caplog.records if record.name == "mrdguide.service"][-1]
    assert json.loads(line.message)["failed"] == "RuntimeError"


@pytest.mark.parametrize("error", [
    mrdguide.errors.InferenceDisagreement({"outcome": "x"}, {"outcome": "y"}),
    mrdguide.errors.SafetyInvariantViolated("safety.x", "title"), mrdguide.errors.InconsistentVerdicts("x"),
], ids=type)  # fmt: skip
def test_an_answer_that_must_not_be_trusted_is_not_given(
    error: Exception, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withheld(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("mrdguide.cds.handler.evaluate", withheld)
    assert "nothing is recommended" in _failure(client.post(HOOK, json=call()), 500)


def test_browsers_of_other_origins_are_kept_out_unless_named(client: Client) -> None:
    asking = {"Origin": "https://ehr.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.get("/cds-services", headers=asking).headers
    app = create_app(Settings(base_url=BASE, record="", cors_origins=("https://ehr.example",)))
    with client_of(app) as open_client:
        allowed = open_client.call("OPTIONS", HOOK, headers=asking)
        assert allowed.headers["access-control-allow-origin"] == "https://ehr.example"
        other = open_client.call("OPTIONS", HOOK, headers={**asking, "Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


def test_prefetch_of_a_patient_without_myeloma_gives_no_card(client: Client) -> None:
    answer = client.post(HOOK, json=call(prefetch(conditions=bundle(condition("E11.9")))))
    assert answer.json() == {"cards": []}


def test_a_bundle_is_taken_as_it_is(client: Client) -> None:
    given = bundle(patient(), condition())
    bare, wrapped = client.post("/evaluate", json=given), client.post("/evaluate", json={"bundle": given})
    assert bare.status_code == 200
    assert bare.json()["recommendation"] == wrapped.json()["recommendation"]


def test_a_byte_order_mark_is_no_part_of_the_text(client: Client) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(bundle(patient(), condition())).encode()
    assert client.post("/evaluate", content=body).status_code == 200


def test_gzip_is_unpacked_within_limits_and_nothing_else_is(client: Client) -> None:
    body = json.dumps({"bundle": bundle(patient(), condition())}).encode()
    packed, head = gzip.compress(body), {"content-encoding": "gzip"}
    assert client.post("/evaluate", content=packed, headers=head).status_code == 200
    for content, encoding in ((packed, "br"), (body, "gzip"), (packed[:-4], "gzip"), (packed + packed, "gzip")):
        _failure(client.post("/evaluate", content=content, headers={"content-encoding": encoding}), 415)
    with client_of(create_app(Settings(largest_body=20_000))) as small:
        bomb = gzip.compress(b" " * 30_000)
        assert len(bomb) < 1_000
        assert "unpacked" in _failure(small.post("/evaluate", content=bomb, headers=head), 413)


def test_texts_are_closed_by_a_statement_in_the_request(client: Client) -> None:
    text = {
        "resourceType": "Observation", "id": "text", "status": "final", "effectiveDateTime": "2026-10-04",
        "subject": {"reference": "Patient/invented-1"}, "code": {"text": "Marrow MRD"}, "valueString": "MRD negative",
    }  # fmt: skip
    asked: dict[str, Any] = {"bundle": bundle(patient(), condition(), text), "as_of": "2026-11-21"}
    [found] = client.post("/evaluate", json=asked).json()["import_report"]["texts"]
    said = {"by": "tumor board", "date": "2026-11-20", "texts": [found["name"]], "nothing_found": True}
    report = client.post("/evaluate", json={**asked, "attested": [said]}).json()["import_report"]
    assert (found["open"], report["texts"][0]["open"], report["gaps"]) == (["mrd"], [], [])
    assert "attested" in _failure(client.post("/evaluate", json={**asked, "attested": [{"by": "me"}]}), 400)
    assert "attested" in _failure(client.post("/evaluate", json={"profile": {}, "attested": [said]}), 400)


def test_a_bundle_with_texts_is_answered_with_the_one_question_on_them(client: Client) -> None:
    items = written(SUPPORTED)
    both = [*items, *negative_reports(f"Patient/{items[0]['id']}", ("2026-10-05",))]
    asked: dict[str, Any] = {"bundle": bundle(*both), "as_of": "2026-11-21", "guidance_response": True}
    found = client.post("/evaluate", json=asked).json()
    question = found["texts_question"]
    assert len(question["texts"]) == 4
    assert question["asked_then"] == []
    assert question["leads_to"]["none reports disease"] == ["cessation-supported"]
    assert any(question["texts"][0] in note["text"] for note in found["guidance_response"]["note"])
    said = {"by": "tumor board", "date": "2026-11-20", "texts": question["texts"], "nothing_found": True}
    after = client.post("/evaluate", json={**asked, "attested": [said]}).json()
    assert (after["recommendation"]["outcome"], after["texts_question"]) == ("cessation-supported", None)


def test_a_record_that_cannot_be_used_is_said_and_nothing_is_recommended() -> None:
    class Broken:
        @property
        def head(self) -> str:
            raise RecordError("the disk of patient invented-1 is full")

        def append(self, *_: object) -> None:
            raise RecordError("the disk of patient invented-1 is full")

        append_feedback = entry = entries = close = append

    with client_of(create_app(Settings(record=""), store=cast(Store, Broken()))) as broken:
        for answer in (broken.get("/ready"), broken.post("/evaluate", json=bundle(patient(), condition()))):
            assert "invented-1" not in _failure(answer, 503)
        assert broken.get("/health").status_code == 200


def test_a_service_is_ready_while_its_record_can_be_reached(client: Client) -> None:
    assert client.get("/ready").json()["status"] == "ok"
