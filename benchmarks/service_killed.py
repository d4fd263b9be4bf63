"""Mixed load while processes are killed and the service is started again: no answer without record, nothing lost, no 500.

    python benchmarks/service_killed.py                          one minute; fails if anything of that does not hold
    python benchmarks/service_killed.py --seconds 1800           the long run

Killed (SIGKILL) in turn are a worker, a process that calculates, and the whole service, which is then started again; now and then it
is stopped as one should (SIGTERM). Afterwards every answer that a client got must be in the record, the chain whole, and each case
worked out again from its entry the same to the byte.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from mixed_bodies import abusive, charts, small
from mixed_load import Clients, Tally, asked
from serving import RECORD, free_port, service

import mrdguide
from mrdguide.record import DecisionStore

_PAUSE = (1.0, 4.0)
_RIGHT_WHILE_KILLED = (429, 503, 504)


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill the service under mixed load, and look for what is lost.")
    parser.add_argument("--seconds", type=float, default=60.0, help="of load (default: 60)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the service (default: 2)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the kills")
    chosen = parser.parse_args()
    print(f"Seed {chosen.seed}, {chosen.workers} workers, {chosen.seconds:g} s")
    tally, killed = Tally(), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = free_port()
        groups = (
            Clients(small(), 4, "127.0.0.2", pause=0.02), Clients(charts(), 1, "127.0.0.3"),
            Clients(abusive(), 1, "127.0.0.4", pause=0.5),
        )  # fmt: skip
        over = threading.Event()
        killing = threading.Thread(target=_kill_and_restart, args=(folder, port, chosen, over, killed))
        killing.start()
        try:
            asyncio.run(asked(f"http://127.0.0.1:{port}", groups, chosen.seconds, tally))
        finally:
            over.set()
            killing.join()
        print(*tally.lines(), sep="\n")
        print("Killed: " + ", ".join(f"{what}: {count}" for what, count in sorted(killed.items())))
        faults = [*_faults_of_the_record(folder, tally), *_faults_of_the_log(folder), *map(str, tally.wrong)]
    for fault in faults:
        print(f"WRONG: {fault}")
    return 1 if faults or not tally.acknowledged else 0


def _kill_and_restart(
    folder: Path, port: int, chosen: argparse.Namespace, over: threading.Event, killed: Counter[str]
) -> None:
    """Keep the service running, and kill something of it every few seconds."""
    chance = random.Random(chosen.seed)
    turns = cycle(("worker", "calculator", "service", "worker", "calculator", "stopped"))
    settings = {"MRDGUIDE_KEEP_INPUT": "true", "MRDGUIDE_HANDLING_SECONDS": "10"}
    while not over.is_set():
        with service(folder, workers=chosen.workers, port=port, **settings) as (_, process, _):
            for turn in turns:
                if over.wait(chance.uniform(*_PAUSE)):
                    break
                if turn in ("service", "stopped"):
                    killed[turn] += 1
                    _end(process, signal.SIGKILL if turn == "service" else signal.SIGTERM)
                    break
                killed[turn] += _killed_one(process, turn, chance)


def _end(process: subprocess.Popen[bytes], with_signal: signal.Signals) -> None:
    """End the service; without it the processes that it started end by themselves."""
    below = list(_below(process.pid))
    process.send_signal(with_signal)
    process.wait(30)
    until = time.monotonic() + 20
    while any(_is_there(pid) for pid in below):
        if time.monotonic() > until:
            raise SystemExit("processes of the service outlive it")
        time.sleep(0.05)


def _killed_one(process: subprocess.Popen[bytes], kind: str, chance: random.Random) -> int:
    """Kill a worker or a calculator, if there is one; how many."""
    marks = {"worker": "spawn_main", "calculator": "calculator_process"}
    found = [pid for pid in _below(process.pid) if marks[kind] in _command(pid)]
    if not found:
        return 0
    os.kill(chance.choice(found), signal.SIGKILL)
    return 1


def _below(pid: int) -> Iterator[int]:
    """The processes that a process has started, and those that they have started."""
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = thread.read_text(encoding="ascii").split()
        except OSError:
            continue  # the thread has ended
        for child in map(int, children):
            yield child
            yield from _below(child)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _faults_of_the_record(folder: Path, tally: Tally) -> Iterator[str]:
    """Answers that are not on record, entries that do not verify or cannot be worked out again."""
    rules = mrdguide.load_rules()
    recorded, seen = Counter[str](), dict[tuple[object, ...], object]()
    with DecisionStore(folder / RECORD, create=False) as store:
        yield from (str(problem) for problem in store.verify())
        for entry in store.entries():
            recorded[entry.input_hash or ""] += 1
            case = (entry.input_hash, entry.as_of, entry.cross_checked)
            if case not in seen:
                seen[case] = entry.recommendation_hash
                replay = store.replay(entry.number, rules=rules)
                if not replay.same:
                    yield f"entry {entry.number}: {replay}"
            elif seen[case] != entry.recommendation_hash:
                yield f"entry {entry.number}: another answer to the same case"
    lost = tally.acknowledged - recorded
    print(
        f"{tally.acknowledged.total():,} answers given, {recorded.total():,} recorded (so {recorded.total() - tally.acknowledged.total():,} "
        f"whose caller got none), {len(seen)} cases worked out again"
    )
    if lost:
        yield f"{lost.total()} answers are not on record"


def _faults_of_the_log(folder: Path) -> Iterator[str]:
    """Requests that the service itself says to have failed."""
    for line in (folder / "service.log").read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("Traceback"):
            yield "a traceback in the log"
        if not line.startswith("{"):
            continue
        status = json.loads(line).get("status", 0)
        if status >= 500 and status not in _RIGHT_WHILE_KILLED:
            yield f"in the log: {line}"


if __name__ == "__main__":
    raise SystemExit(main())
