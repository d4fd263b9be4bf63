"""Several processes behind one address, and one after another: what must be shared is."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from mrdguide import cds
from mrdguide.commands import serve
from mrdguide.errors import UsageError
from mrdguide.reading.document import read_file
from mrdguide.record import DecisionStore
from mrdguide.service.settings import Settings
from mrdguide.service.worker import ENVIRONMENT, WorkerOrders, application
from mrdguide.teach.examples import examples

from ..cds.calls import call
from ..cds.tokens import AUDIENCE, ISSUER, bearer, claims, ec_key, jwk, token
from .processes import Running, running

HOOK = f"/cds-services/{cds.SERVICE_ID}"
_EXAMPLE = examples()[0]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """A record in a folder of the test, and one client that may call."""
    issuer = {"iss": ISSUER, "jwks": {"keys": [jwk(ec_key(), "ec")]}}
    return {
        "record": f"sqlite:///{tmp_path}/records.db", "base_url": "https://cds.example", "issuers": json.dumps([issuer]),
    }  # fmt: skip


def _head(number: int) -> dict[str, str]:
    now = int(time.time())
    return {"Authorization": bearer(token(claims(iat=now, exp=now + 300, jti=f"t{number}", aud=AUDIENCE)))}


def _body() -> dict[str, Any]:
    return {"profile": read_file(_EXAMPLE.path).data, "as_of": _EXAMPLE.as_of}


def _page(service: Running, link: str) -> int:
    return service.get(link.removeprefix("https://cds.example")).status_code


def test_two_services_with_one_record_share_tokens_and_reports(tmp_path: Path, settings: dict[str, str]) -> None:
    """As behind a load balancer; then one that is started when the others are gone."""
    head = _head(1)
    with running(tmp_path, **settings) as first, running(tmp_path, **settings) as second:
        answer = first.post("/evaluate", json=_body(), headers=head)
        assert answer.status_code == 200
        link = answer.json()["report"]
        assert second.post("/evaluate", json=_body(), headers=head).status_code == 401
        assert second.post(HOOK, json=call(), headers=head).status_code == 401
        assert (_page(first, link), _page(second, link)) == (200, 200)
        card = second.post(HOOK, json=call(), headers=_head(2)).json()["cards"][0]
        said = {"card": card["uuid"], "outcome": "accepted", "outcomeTimestamp": "2026-11-21T10:00:00Z"}
        assert first.post(f"{HOOK}/feedback", json={"feedback": [said]}, headers=_head(3)).status_code == 200
    with running(tmp_path, **settings) as third:
        assert third.post("/evaluate", json=_body(), headers=head).status_code == 401
        assert _page(third, link) == 200
    with DecisionStore(tmp_path / "records.db", create=False) as store:
        assert [entry.kind for entry in store.entries()] == ["evaluation", "evaluation", "feedback"]
        assert store.verify() == []


def test_workers_answer_at_one_address_and_one_that_is_killed_is_replaced(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    with running(tmp_path, "--workers", "2", **settings) as service:
        seen = _processes(service)
        assert len(seen) == 2
        link = service.post("/evaluate", json=_body(), headers=_head(1)).json()["report"]
        # Whichever answers, each new connection anew.
        assert {_page(service, link) for _ in range(2)} == {200}
        assert {service.post(HOOK, json=call(), headers=_head(1)).status_code for _ in range(5)} == {401}
        os.kill(int(seen.pop()), signal.SIGKILL)
        assert len(_processes(service, besides=seen)) == 1
        assert service.post(HOOK, json=call(), headers=_head(2)).status_code == 200
    with DecisionStore(tmp_path / "records.db", create=False) as store:
        assert len(list(store.entries())) == 2
        assert store.verify() == []


def _processes(service: Running, besides: set[str] | None = None) -> set[str]:
    """The processes that answer at the address, as their metrics name them."""
    besides, until = besides or set(), time.monotonic() + 60
    found: set[str] = set()
    while len(found) < (2 if not besides else 1) and time.monotonic() < until:
        try:
            text = service.get("/metrics").text
        except OSError:
            continue
        found |= {text.partition('process="')[2].partition('"')[0]} - besides
    return found


def test_several_workers_need_a_record_to_share(monkeypatch: pytest.MonkeyPatch) -> None:
    from .test_serving import _parsed

    monkeypatch.setenv("MRDGUIDE_RECORD", "")
    with pytest.raises(UsageError, match="--workers: several processes need a record"):
        serve.run(_parsed(workers=2))


def test_a_worker_with_other_rules_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All workers at one address answer by the same rules. With this exit status the other workers end as well."""
    monkeypatch.setenv("MRDGUIDE_RECORD", "")
    orders = WorkerOrders(settings=Settings(record=""), rules_hash="f" * 64)
    monkeypatch.setenv(ENVIRONMENT, orders.model_dump_json())
    with pytest.raises(SystemExit) as ended:
        application()
    assert ended.value.code == 3
    assert "the files of the rules have changed since the service was started" in capsys.readouterr().err
