"""Clients of all kinds at once: what each gets, and whether one kind delays another.

Each kind of client has an address of its own on loopback, as callers do, and asks again as soon as it is answered.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice

import httpx
from mixed_bodies import Call

_BUSY = (429, 503, 504)
# Seconds until a service that does not answer is asked again.
_AWAY = 1.0


@dataclass
class Tally:
    """Seconds and statuses by kind of request; what went wrong in words."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.perf_counter)

    def note(self, call: Call, status: str, seconds: float) -> None:
        self.statuses[call.name][status] += 1
        self.seconds[call.name].append(seconds)
        if status.isdigit() and int(status) not in (*call.right, *_BUSY):
            self.wrong[f"{call.name}: {status}"] += 1

    def lines(self) -> list[str]:
        """A line for each kind: answers per second, percentiles in milliseconds, statuses."""
        found, lasted = [], time.perf_counter() - self.began
        for name, seconds in self.seconds.items():
            p50, p95, p99 = (percentile(seconds, percent) * 1000 for percent in (50, 95, 99))
            statuses = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses[name].items()))
            found.append(
                f"  {name:<15}{len(seconds) / lasted:7.1f}/s  p50 {p50:7.0f}  p95 {p95:7.0f}  p99 {p99:7.0f} ms  ({statuses})"
            )
        return found


def percentile(seconds: Sequence[float], percent: int) -> float:
    if len(seconds) < 2:
        return seconds[0] if seconds else 0.0
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


@dataclass(frozen=True)
class Clients:
    """So many clients of one kind at one address, with a pause in seconds between an answer and the next request."""

    calls: Sequence[Call]
    count: int
    address: str
    pause: float = 0.0


async def asked(base_url: str, groups: Sequence[Clients], seconds: float, tally: Tally) -> None:
    """Let all clients ask for so long. A service that is away for a while is asked again."""
    until = time.perf_counter() + seconds
    async with asyncio.TaskGroup() as tasks:
        for group in groups:
            for number in range(group.count):
                tasks.create_task(_one_client(base_url, group, number, until, tally))


async def _one_client(base_url: str, group: Clients, number: int, until: float, tally: Tally) -> None:
    transport = httpx.AsyncHTTPTransport(local_address=group.address, verify=False)
    async with httpx.AsyncClient(base_url=base_url, transport=transport, timeout=60) as client:
        for call in islice(cycle(group.calls), number, None):
            if time.perf_counter() >= until:
                return
            began = time.perf_counter()
            status = await _status(client, call, tally)
            tally.note(call, status, time.perf_counter() - began)
            await asyncio.sleep(group.pause if status.isdigit() else _AWAY)


async def _status(client: httpx.AsyncClient, call: Call, tally: Tally) -> str:
    try:
        answer = await client.post("/evaluate", content=call.body, headers=call.headers)
    except httpx.HTTPError as error:
        return type(error).__name__
    if answer.status_code == 200:
        tally.acknowledged[answer.json()["recommendation"]["provenance"]["input_hash"]] += 1
    return str(answer.status_code)
