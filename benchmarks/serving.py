"""The service under measurement: in a process of its own, on loopback, recording in a SQLite file."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from mrdguide.reading.document import read_file
from mrdguide.teach.examples import examples

RECORD = "records.db"


@contextmanager
def service(
    folder: Path, *, workers: int = 1, port: int | None = None, **settings: str
) -> Iterator[tuple[int, subprocess.Popen[bytes], str]]:
    """The service in processes of its own; it records in `folder`. What it logs is in `service.log` there.

    One worker has one core to itself and its clients the others; several share all with their clients. `settings` are
    environment variables of the service.
    """
    port = port or free_port()
    core, cores = _cores() if workers == 1 else (None, f"all cores, {workers} workers")
    environment = {
        **os.environ, "MRDGUIDE_RECORD": f"sqlite:///{folder}/{RECORD}", **settings,
        "PYTHONPATH": os.pathsep.join([_package_root(), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }  # fmt: skip
    command = [sys.executable, "-m", "mrdguide", "serve", "--port", str(port), "--workers", str(workers)]
    with (folder / "service.log").open("ab") as log:
        process = subprocess.Popen(command, env=environment, cwd=folder, stderr=log)
    try:
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        _wait_for(port, process)
        yield port, process, cores
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _cores() -> tuple[int | None, str]:
    if not hasattr(os, "sched_getaffinity"):
        return None, "all cores (this system cannot pin processes)"
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) > 1:
        os.sched_setaffinity(0, set(allowed[:-1]))
    return allowed[-1], f"core {allowed[-1]} of {len(allowed)}"


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            httpx.get(f"http://127.0.0.1:{port}/health", timeout=1).raise_for_status()
        except httpx.HTTPError:
            if process.poll() is not None:
                raise SystemExit("the service did not start") from None
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the service did not answer in time")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _package_root() -> str:
    import mrdguide

    return str(Path(mrdguide.__file__).resolve().parents[1])


def memory(process: int) -> int | None:
    """The resident memory of a process in MiB; None where the system does not say."""
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    return next((int(row.split()[1]) // 1_024 for row in text.splitlines() if row.startswith("VmRSS")), None)


def bodies_of_examples() -> list[bytes]:
    """A request for each example."""
    given: list[Any] = [{"profile": read_file(item.path).data, "as_of": item.as_of} for item in examples()]
    return [json.dumps(item).encode() for item in given]
