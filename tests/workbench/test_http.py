"""The workbench over HTTP: headers, who may call, what is kept (nothing), what is logged (nothing of a patient)."""

from __future__ import annotations

import asyncio
import gc
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest

from mrdguide.service.workbench_app import create_workbench
from mrdguide.workbench import Bench
from mrdguide.workbench.opening import started

from .pages import AS_OF, LONGER, opened

HOST = "http://127.0.0.1:8737"
pytestmark = pytest.mark.usefixtures("without_htmx")


def call(app: Any, method: str, path: str, **options: Any) -> httpx.Response:
    async def sent() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST) as client:
            return await client.request(method, path, **options)

    return asyncio.run(sent())


def test_every_answer_has_the_headers(bench: Bench) -> None:
    app, _ = create_workbench(bench)
    state = {"state": started(AS_OF).to_text()}
    for found in (
        call(app, "GET", "/"),
        call(app, "POST", "/do/patient/show", data=state),
        call(app, "GET", "/static/page.css"),
    ):
        assert found.status_code == 200
        policy = found.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert found.headers["x-content-type-options"] == "nosniff"
        assert found.headers["referrer-policy"] == "no-referrer"
    assert call(app, "GET", "/").headers["cache-control"] == "no-store"
    assert call(app, "POST", "/do/patient/show", data=state).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"host": "evil.example"}, 421), ({"host": "127.0.0.1.evil.example:8737"}, 421), ({"origin": "https://evil.example"}, 403),
     ({"origin": "null"}, 403), ({"origin": "http://127.0.0.1:9999"}, 403), ({"content-type": "text/plain"}, 415),
     ({"content-type": "application/json"}, 415), ({"origin": HOST}, 200), ({}, 200)],
)  # fmt: skip
def test_pages_of_others_are_refused(bench: Bench, headers: dict[str, str], status: int) -> None:
    app, _ = create_workbench(bench)
    body = httpx.QueryParams({"state": opened("cessation-supported").to_text()})
    given = {"content-type": "application/x-www-form-urlencoded", **headers}
    assert call(app, "POST", "/do/patient/show", content=str(body), headers=given).status_code == status
    if status == 421:
        assert call(app, "GET", "/", headers=headers).status_code == 421


def test_nothing_is_changed_by_get(bench: Bench) -> None:
    app, _ = create_workbench(bench)
    assert call(app, "GET", "/do/patient/show").status_code == 405


def test_a_file_is_shown_to_who_has_its_address_alone(bench: Bench, profile_file: Path) -> None:
    app, address = create_workbench(bench, profile_file)
    assert "Ottilie" not in address
    assert "Ottilie Beispiel-4711" in call(app, "GET", address).text
    assert "Ottilie" not in call(app, "GET", "/").text
    assert call(app, "GET", "/?open=guessed").status_code == 404
    without, plain = create_workbench(bench)
    assert plain == "/"
    assert call(without, "GET", "/?open=").status_code == 200


def test_two_tabs_do_not_mix(bench: Bench) -> None:
    app, _ = create_workbench(bench)
    one, two = opened("cessation-supported"), opened("out-of-scope")
    for state in (one, two, one):
        found = call(app, "POST", "/do/patient/set", data={"state": state.to_text(), "p.ecog": "3"}).text
        other = (two if state is one else one).profile["id"]
        assert str(state.profile["id"]) in found.replace("&#34;", '"')
        assert f'"id":"{other}"' not in found.replace("&#34;", '"')


def test_nothing_of_a_patient_stays_in_the_memory_of_the_server(bench: Bench) -> None:
    parts = ["Ottilie", "Beispiel", "4712"]  # put together later: the text of this test holds it too
    _look_at_everything(bench, "-".join(parts))
    gc.collect()
    kept = (item for held in gc.get_objects() for item in gc.get_referents(held) if type(item) is str)
    assert not any("-".join(parts) in text for text in kept)


def _look_at_everything(bench: Bench, name: str) -> None:
    """Every view once with a patient of this name, the rules with a layer too."""
    app, _ = create_workbench(bench)
    state = opened("cessation-supported")
    named = state.model_copy(update={"profile": {**state.profile, "id": name}}).to_text()
    for address in ("patient/show", "rules/check", "evidence/show", "teach/show", "cohort/show"):
        assert call(app, "POST", f"/do/{address}", data={"state": named, "layer": LONGER}).status_code == 200


def test_nothing_of_a_patient_is_logged_or_told_in_a_refusal(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    app, _ = create_workbench(bench)
    state = opened("cessation-supported")
    named = {"state": state.model_copy(update={"profile": {**state.profile, "id": "Ottilie Beispiel-4711"}}).to_text()}
    with caplog.at_level(logging.DEBUG):
        for address in ("patient/set", "patient/nothing", "nowhere/at-all", "patient/add"):
            call(app, "POST", f"/do/{address}", data={**named, "p.ecog": "Ottilie", "list": "Ottilie"})
        call(
            app,
            "POST",
            "/do/patient/set",
            content="%ff=Ottilie",
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
    assert caplog.records
    assert "Ottilie" not in caplog.text


@pytest.mark.parametrize(
    "body", ["", "state", "state=", "state=%7B", "%ff", "state=%00", "=", "&" * 50, "state=" + "[" * 5000]
)
def test_a_form_that_cannot_be_read_is_refused_in_words(bench: Bench, body: str) -> None:
    app, _ = create_workbench(bench)
    found = call(
        app, "POST", "/do/patient/set", content=body, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert found.status_code == 400
    assert "reload the page" in found.json()["error"]["message"]
