"""How the service bears load: 50 evaluations a second on one core, and 1,000 clients that send a byte now and then.

    python benchmarks/service_load.py                            about 30 seconds
    python benchmarks/service_load.py --mixed 20 --workers 1 2 4    small requests alone, then beside charts and abuse

Mixed load: small profiles, whole charts in FHIR, and what nobody should send, each from an address of its own. Shown for each kind:
answers per second, percentiles, statuses; and by how much the others delay small requests.

The service runs in a process of its own, pinned to one core; the clients run here. Latencies count from the moment at which
a request was due, so that a service that falls behind cannot hide it. Every answer is recorded in a SQLite file. What was
reached is shown; it fails only if the service gives a wrong answer or none.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from mixed_bodies import abusive, charts, largest, small
from mixed_load import Clients, Tally, asked, percentile
from serving import bodies_of_examples, memory, service

PER_SECOND, SECONDS = 50, 10.0
SLOW_CLIENTS, SLOW_SECONDS, READING_SECONDS = 1_000, 5, 8
_HEAD = b"POST /evaluate HTTP/1.1\r\nHost: slow\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n"


@dataclass
class Measured:
    """Seconds that answers took, and what was answered."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)

    def note(self, status: str, seconds: float) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.seconds.append(seconds)

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.seconds, n=100, method="inclusive")[percent - 1]

    def __str__(self) -> str:
        shown = ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        times = ", ".join(f"p{percent} {self.percentile(percent) * 1000:.1f} ms" for percent in (50, 99))
        return f"{times}, slowest {max(self.seconds) * 1000:.1f} ms ({shown})"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how the service bears load.")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of sustained load (default: 10)")
    parser.add_argument("--per-second", type=int, default=PER_SECOND, help="requests (default: 50)")
    parser.add_argument("--mixed", type=float, metavar="SECONDS", help="mixed load instead, each part so long")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], help="of mixed load (default: 1 2 4)")
    parser.add_argument("--clients", type=int, default=SLOW_CLIENTS, help="slow ones (default: 1000)")
    chosen = parser.parse_args()
    _allow_open_files(chosen.clients + 200)
    if chosen.mixed:
        held = [_mixed(workers, chosen.mixed) for workers in chosen.workers]
        return 0 if all(held) else 1
    with (
        TemporaryDirectory() as folder,
        service(Path(folder), MRDGUIDE_READING_SECONDS=str(READING_SECONDS)) as (port, process, cores),
    ):
        good = asyncio.run(_measure(port, process.pid, chosen, cores))
    return 0 if good else 1


async def _measure(port: int, pid: int, chosen: argparse.Namespace, cores: str) -> bool:
    bodies = bodies_of_examples()
    print(f"Service on {cores}, {memory(pid)} MiB after its start; {len(bodies)} example profiles in turn.")
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, limits=limits) as client:
        for body in bodies:  # the first of each is cross-checked by the second engine, which later ones are not
            await client.post("/evaluate", content=body)
        began = time.perf_counter()
        load = await sustained(client, bodies, chosen.per_second, chosen.seconds)
        rate = len(load.seconds) / (time.perf_counter() - began)
        print(
            f"Sustained load: {rate:.1f} of {chosen.per_second} evaluations per second answered; {load}; {memory(pid)} MiB"
        )
        beside, connected, let_go = await beside_slow_clients(client, bodies, port, chosen.clients)
        after = await sustained(client, bodies, 10, 1)
    print(f"Beside {connected} slow clients: {beside}; {let_go} of them were let go within {READING_SECONDS} s")
    print(f"After them: {after}; {memory(pid)} MiB")
    return (
        all(set(found.statuses) == {"200"} for found in (load, beside, after)) and connected == chosen.clients == let_go
    )


def _mixed(workers: int, seconds: float) -> bool:
    """Small requests alone, beside charts and abuse, and beside the largest requests that are allowed."""
    few = Clients(small(), 2, "127.0.0.2", pause=0.05)
    parts = {
        "small alone": [few],
        "beside charts and abuse": [few, Clients(charts(), 2, "127.0.0.3"), Clients(abusive(), 1, "127.0.0.4")],
        "beside the largest that is allowed": [few, Clients(largest(), 4, "127.0.0.5")],
    }
    good, usual = True, 0.0
    with TemporaryDirectory() as folder, service(Path(folder), workers=workers) as (port, process, cores):
        print(f"Service on {cores}")
        for name, groups in parts.items():
            tally = Tally()
            asyncio.run(asked(f"http://127.0.0.1:{port}", groups, seconds, tally))
            print(f" {name}: {memory(process.pid)} MiB", *tally.lines(), sep="\n")
            usual = usual or percentile(tally.seconds["small"], 50)
            slow = [percentile(tally.seconds["small"], percent) / usual for percent in (50, 95, 99)]
            print("  small against small alone (p50): " + ", ".join(f"{times:.1f}" for times in slow) + " times")
            good = good and not tally.wrong
            if tally.wrong:
                print(f"  WRONG: {dict(tally.wrong)}")
    return good


async def sustained(client: httpx.AsyncClient, bodies: list[bytes], per_second: int, seconds: float) -> Measured:
    """Requests that begin when they are due, whether or not earlier ones are answered."""
    found, began, running = Measured(), time.perf_counter(), []
    for number in range(int(per_second * seconds)):
        due = began + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        running.append(asyncio.create_task(_one(client, bodies[number % len(bodies)], due, found)))
    await asyncio.gather(*running)
    return found


async def _one(client: httpx.AsyncClient, body: bytes, due: float, found: Measured) -> None:
    try:
        answer = await client.post("/evaluate", content=body)
        status = str(answer.status_code)
        if status == "200" and not answer.json()["recommendation"]["outcome"]:
            status = "no outcome"
    except httpx.HTTPError as error:
        status = type(error).__name__
    found.note(status, time.perf_counter() - due)


async def beside_slow_clients(
    client: httpx.AsyncClient, bodies: list[bytes], port: int, count: int
) -> tuple[Measured, int, int]:
    """Ordinary requests while slow clients hold their connections: how they fare, and how many slow ones were let go."""
    writers: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    for first in range(0, count, 100):
        some = min(100, count - first)
        opened = (asyncio.open_connection("127.0.0.1", port) for _ in range(some))
        writers += [pair for pair in await asyncio.gather(*opened, return_exceptions=True) if isinstance(pair, tuple)]
    dripping = [asyncio.create_task(_drip(*pair, whole_head=number % 2 == 0)) for number, pair in enumerate(writers)]
    found = await sustained(client, bodies, 20, SLOW_SECONDS)
    done = await asyncio.gather(*dripping)
    return found, len(writers), sum(done)


async def _drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, whole_head: bool) -> bool:
    """Half of a request, then a byte now and then, until the service has enough; whether it ended the connection."""
    ended = False
    try:
        writer.write(_HEAD + (b"\r\n{" if whole_head else b"X-Slow: "))
        for _ in range(READING_SECONDS + 4):
            writer.write(b" ")
            await writer.drain()
            try:
                async with asyncio.timeout(1):
                    ended = not await reader.read(2_000) or ended
                    if ended or whole_head:
                        ended = True
                        break
            except TimeoutError:
                continue
    except ConnectionError:
        ended = True
    finally:
        writer.close()
    return ended


def _allow_open_files(wanted: int) -> None:
    from mrdguide.service.worker import allow_open_files

    allow_open_files(wanted)


if __name__ == "__main__":
    sys.exit(main())
