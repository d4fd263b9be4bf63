"""The service is killed (SIGKILL) while clients ask: every answer that a client got must be in the decision record.

    python benchmarks/service_killed.py              about 20 seconds; fails if an answer is lost or the chain is broken

A body over the limit is sent as well, and must be refused.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
from serving import RECORD, bodies_of_examples, service

from mrdguide.record import DecisionStore

ROUNDS, CLIENTS, SECONDS = 3, 4, 2.0
_OVER_THE_LIMIT = 11 * 1024 * 1024


def main() -> int:
    acknowledged: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            with service(Path(folder)) as (port, process, _cores):
                if number == 0:
                    refused = httpx.post(f"http://127.0.0.1:{port}/evaluate", content=b" " * _OVER_THE_LIMIT)
                    print(f"A body of 11 MiB: {refused.status_code}")
                asyncio.run(_ask_until_killed(port, process.pid, acknowledged))
        with DecisionStore(Path(folder) / RECORD, create=False) as store:
            problems = store.verify()
            recorded = Counter(entry.input_hash or "" for entry in store.entries())
    lost = acknowledged - recorded
    print(
        f"Killed {ROUNDS} times: {acknowledged.total()} answers given, {recorded.total()} recorded, {lost.total()} lost; "
        f"the chain is {'broken' if problems else 'whole'}"
    )
    return 1 if problems or lost or not acknowledged or refused.status_code != 413 else 0


async def _ask_until_killed(port: int, pid: int, acknowledged: Counter[str]) -> None:
    bodies = bodies_of_examples()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        asking = [
            asyncio.create_task(_ask(client, bodies[first:] + bodies[:first], acknowledged)) for first in range(CLIENTS)
        ]
        began = time.perf_counter()
        await asyncio.sleep(SECONDS)
        os.kill(pid, signal.SIGKILL)
        await asyncio.gather(*asking)
        assert time.perf_counter() - began < SECONDS + 15


async def _ask(client: httpx.AsyncClient, bodies: list[bytes], acknowledged: Counter[str]) -> None:
    """One question after another until there is nobody to answer."""
    while True:
        for body in bodies:
            try:
                answer = await client.post("/evaluate", content=body)
            except httpx.HTTPError:
                return
            acknowledged[answer.raise_for_status().json()["recommendation"]["provenance"]["input_hash"]] += 1


if __name__ == "__main__":
    raise SystemExit(main())
