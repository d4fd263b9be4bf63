"""What may take long is worked out by a process of its own, which is killed when its time is over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import mrdguide
from mrdguide import cds
from mrdguide.cds.errors import MalformedRequest, NoUsableData
from mrdguide.errors import RecordError
from mrdguide.reading.document import read_file
from mrdguide.record import DecisionStore
from mrdguide.service.app import create_app
from mrdguide.service.calculator_process import portable
from mrdguide.service.calculators import BrokeOff, Calculators, CannotStart
from mrdguide.service.reports import OwnShelf
from mrdguide.service.settings import Settings
from mrdguide.service.worker_pool import HEAVY, TookTooLong
from mrdguide.teach.examples import examples

from ..cds.calls import bundle, call, condition
from .client import BASE, client_of

HOOK = f"/cds-services/{cds.SERVICE_ID}"
_EXAMPLE = examples()[0]
_ROOT = Path(__file__).parents[2]
needs_signals = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="this system cannot stop a process")


def _heavy(value: Any) -> bytes:
    """A large request that is no work: white space may stand after JSON."""
    return json.dumps(value).encode() + b" " * HEAVY


def _asked() -> bytes:
    return _heavy({"profile": read_file(_EXAMPLE.path).data, "as_of": _EXAMPLE.as_of})


def _soon(seconds: float = 60.0) -> float:
    return time.monotonic() + seconds


@pytest.fixture(scope="module")
def outcomes() -> list[str]:
    return []


@pytest.fixture(scope="module")
def calculators(shipped_rules: mrdguide.RuleBook, outcomes: list[str]) -> Iterator[Calculators]:
    made = Calculators(Settings(record="", base_url=BASE), shipped_rules.hash, outcomes.append, OwnShelf())
    yield made
    made.close()


def _process(calculators: Calculators) -> subprocess.Popen[bytes]:
    """The one process that there is, started if there is none."""
    calculators.run("evaluation", _asked(), _soon())
    [only] = calculators._all
    return only._process


def test_the_answer_is_the_one_of_the_library(
    calculators: Calculators, outcomes: list[str], shipped_rules: mrdguide.RuleBook
) -> None:
    outcomes.clear()
    found = json.loads(calculators.run("evaluation", _asked(), _soon()))["recommendation"]
    expected = mrdguide.evaluate(_EXAMPLE.path, rules=shipped_rules, as_of=_EXAMPLE.as_of)
    assert found == expected.to_dict()
    assert outcomes == [expected.outcome]


def test_a_refusal_comes_back_with_its_words(calculators: Calculators) -> None:
    with pytest.raises(MalformedRequest, match="send either profile or bundle"):
        calculators.run("evaluation", _heavy({}), _soon())
    with pytest.raises(NoUsableData, match="Patient"):
        calculators.run("evaluation", _heavy({"bundle": bundle(condition())}), _soon())
    assert len(calculators._all) == 1


@needs_signals
def test_one_that_takes_too_long_is_killed_and_another_takes_its_place(calculators: Calculators) -> None:
    process = _process(calculators)
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(TookTooLong):
        calculators.run("evaluation", _asked(), _soon(0.2))
    assert process.returncode == -signal.SIGKILL
    assert _process(calculators).pid != process.pid


@needs_signals
def test_one_that_does_not_even_take_its_task_is_killed(calculators: Calculators) -> None:
    """The pipe is full, so that the service itself would wait for ever."""
    process = _process(calculators)
    process.send_signal(signal.SIGSTOP)
    with pytest.raises(TookTooLong):
        calculators.run("evaluation", _asked() + b" " * 4_000_000, _soon(0.2))
    assert process.returncode == -signal.SIGKILL


@needs_signals
def test_one_that_the_system_kills_breaks_off(calculators: Calculators) -> None:
    process = _process(calculators)
    process.send_signal(signal.SIGSTOP)
    [calculator] = calculators._all

    def kill_once_it_is_asked() -> None:
        while not calculator.asked:
            time.sleep(0.01)
        time.sleep(0.5)  # until it was given the task whole; another process would be asked else
        process.kill()

    Thread(target=kill_once_it_is_asked).start()
    with pytest.raises(BrokeOff):
        calculators.run("evaluation", b"{}", _soon())
    assert calculators._all == set()


def test_one_that_is_killed_while_it_is_idle_is_replaced_unnoticed(calculators: Calculators) -> None:
    process = _process(calculators)
    process.kill()
    process.wait()
    assert calculators.run("evaluation", _asked() + b" " * 100_000, _soon())


def test_it_ends_with_the_service(tmp_path: Path) -> None:
    """Killed, the service can tell nobody."""
    program = (
        "import mrdguide, os, signal, time\n"
        "from mrdguide.service.calculators import Calculators\n"
        "from mrdguide.service.reports import OwnShelf\n"
        "from mrdguide.service.settings import Settings\n"
        "found = Calculators(Settings(record=''), mrdguide.load_rules().hash, print, OwnShelf())\n"
        "one = found._started(time.monotonic() + 60)\n"
        "print(one._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT / "engine"), *sys.path])},
    )  # fmt: skip
    pid = int(done.stdout)
    until = _soon(30)
    while _is_there(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_there(pid)


def _is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked for its status does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_other_rules_are_not_calculated_by(tmp_path: Path) -> None:
    found = Calculators(Settings(record=""), "f" * 64, lambda _: None, OwnShelf())
    with pytest.raises(CannotStart, match="have changed since the service was started"):
        found.run("evaluation", _asked(), _soon())
    assert found._all == set()


def test_rules_that_changed_under_the_service_are_told_to_whoever_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large request would be calculated by other rules than a small one."""
    monkeypatch.setattr("mrdguide.service.wiring.load_rules", mrdguide.load_rules)
    layer = tmp_path / "layer.yaml"
    text = 'pack: {name: house, version: "0.1", extends: mrdguide-core@0.2, by: board, date: 2026-11-01}\nparameters: {mrd.recent: %s}\n'
    layer.write_text(text % 3)
    app = create_app(Settings(base_url=BASE, record="", rules=(tmp_path,)))
    layer.write_text(text % 2)
    with client_of(app) as client:
        answer = client.post("/evaluate", content=_asked())
        assert answer.status_code == 503
        assert "nothing is recommended until it is started again" in answer.json()["error"]["message"]


def test_an_error_that_cannot_be_carried_over_is_named() -> None:
    class Local(mrdguide.errors.MrdguideError):
        pass

    assert (type(portable(Local("x"))), str(portable(Local("x")))) == (mrdguide.errors.MrdguideError, "Local")
    assert isinstance(portable(RecordError("gone")), RecordError)
    assert isinstance(portable(KeyError("x")), KeyError)


def test_a_large_request_is_answered_like_a_small_one(tmp_path: Path) -> None:
    """The whole way: answer, report, record and count."""
    settings = Settings(base_url=BASE, record=f"sqlite:///{tmp_path}/records.db")
    with client_of(create_app(settings)) as client:
        small = client.post("/evaluate", json=json.loads(_asked()))
        large = client.post("/evaluate", content=_asked())
        assert small.json()["recommendation"] == large.json()["recommendation"]
        # A report links to its calendar under its own token.
        reports = [
            client.get(answer.json()["report"]).text.replace(answer.json()["report"].rpartition("/")[2], "TOKEN")
            for answer in (large, small)
        ]
        assert reports[0] == reports[1]
        assert client.post(HOOK, content=_heavy(call())).json()["cards"]
        assert client.post("/evaluate", content=_heavy([])).status_code == 400
        counted = sum(
            float(line.rpartition(" ")[2])
            for line in client.get("/metrics").text.splitlines()
            if line.startswith("mrdguide_recommendations_total{")
        )
    with DecisionStore(tmp_path / "records.db", create=False) as store:
        assert counted == len(list(store.entries())) == 3
        assert store.verify() == []


def test_without_a_record_its_report_opens_as_well() -> None:
    with client_of(create_app(Settings(base_url=BASE, record=""))) as client:
        link = client.post("/evaluate", content=_asked()).json()["report"]
        assert client.get(link).text.startswith("<!DOCTYPE html>")


def test_what_takes_too_long_is_told_with_the_limit() -> None:
    with client_of(create_app(Settings(base_url=BASE, record="", handling_seconds=0.05))) as client:
        answer = client.post("/evaluate", content=_asked())
        assert (answer.status_code, answer.json()["error"]["code"]) == (504, "took-too-long")
        assert "no answer within 0.05 seconds" in answer.json()["error"]["message"]
        assert "retry-after" not in answer.headers
        outcome = client.post("/$evaluate", content=_asked()).json()
        assert outcome["issue"][0]["code"] == "timeout"
        assert client.get("/health").status_code == 200
