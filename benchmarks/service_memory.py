"""How much memory one worker of the service takes after it has answered every example, as objects and as whole JSON.

python benchmarks/service_memory.py
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from measuring import Row
from serving import bodies_of_examples, memory, service

AT_MOST_MIB = 150
_ROUNDS = 5


def rows() -> list[Row]:
    """One line; none where the system does not say how much memory a process takes."""
    if memory(os.getpid()) is None:
        return []
    cores = os.sched_getaffinity(0)
    try:
        at_start, after = _measured()
    finally:
        os.sched_setaffinity(0, cores)  # the service has had one of them to itself
    what = f"a worker after {_ROUNDS} rounds of all examples (after its start {at_start} MiB)"
    return [Row(what, f"{after} MiB", "", f"under {AT_MOST_MIB} MiB", after is not None and after < AT_MOST_MIB)]


def _measured() -> tuple[int | None, int | None]:
    with TemporaryDirectory() as folder, service(Path(folder)) as (port, process, _):
        at_start = memory(process.pid)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            for _ in range(_ROUNDS):
                for body in bodies_of_examples():
                    client.post("/evaluate", content=body).raise_for_status()
        return at_start, memory(process.pid)


if __name__ == "__main__":
    for row in rows():
        print(f"{row.what}: {row.value} ({row.target})")
