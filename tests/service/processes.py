"""The service as it is run: `mrdguide serve` in processes of its own, on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0


@dataclass(frozen=True)
class Running:
    """A service that answers: its address, its process, and where its log goes."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self._call("POST", path, **options)

    def get(self, path: str) -> httpx.Response:
        return self._call("GET", path)

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Over a connection of its own, so that it may come to any worker; no certificates are looked at on loopback."""
        return httpx.request(method, f"{self.url}{path}", timeout=_PATIENCE, verify=False, **options)


@contextmanager
def running(folder: Path, *options: str, **settings: str) -> Iterator[Running]:
    """A service in `folder`; `settings` are its environment variables without `MRDGUIDE_`."""
    port = _free_port()
    log = folder / f"service-{port}.log"
    command = [sys.executable, "-m", "mrdguide", "serve", "--port", str(port), *options]
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT / "engine"), *sys.path]),
        **{f"MRDGUIDE_{name.upper()}": value for name, value in settings.items()},
    }  # fmt: skip
    with log.open("wb") as errors:
        process = subprocess.Popen(command, cwd=folder, env=environment, stderr=errors)
    found = Running(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait_for(found)
        yield found
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(service: Running) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and service.process.poll() is None:
        try:
            service.get("/health").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the service did not start: {service.log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
