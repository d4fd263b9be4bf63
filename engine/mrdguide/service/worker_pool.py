"""Evaluations beside the event loop: a few threads, a bounded queue in which callers take turns, a time limit.

A thread cannot be stopped: what runs over its time is no longer waited for and keeps its place until it ends. What may take
long therefore only waits here, and is calculated by a process that can be killed (`calculators.py`).
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

Result = TypeVar("Result")

# A body from this many bytes on may take as long as a hundred usual ones. Such ones never have all threads at one time.
HEAVY = 16 * 1024


class TooBusy(Exception):
    """More is waiting than may wait, or waited for so long that its time was over before its turn."""


class TookTooLong(Exception):
    """The time was over before the answer was there."""


class TooManyOfOne(Exception):
    """One caller has as many requests waiting as one may have."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"at most {most} requests of one caller may wait at one time")


@dataclass(eq=False)
class _Job:
    function: Callable[[], Any]
    caller: str
    heavy: bool
    done: asyncio.Future[Any] = field(repr=False)


class Work:
    """Runs functions in threads. To be used from one event loop.

    Callers take turns, so that one with many requests delays its own. With more than one thread neither one caller nor
    heavy requests together get the last free one: the others find it.
    """

    def __init__(self, threads: int, most_waiting: int, seconds: float) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="mrdguide")
        self._threads, self._most_waiting, self._seconds = threads, most_waiting, seconds
        self._most_of_one = max(1, most_waiting // 2)
        self._most_heavy = max(1, threads // 2)
        # In the order in which callers are next.
        self._queues: dict[str, deque[_Job]] = {}
        self._running: Counter[str] = Counter()
        self._busy = self._heavy = 0
        self.waiting = 0

    async def run(self, function: Callable[[], Result], *, caller: str = "", heavy: bool = False) -> Result:
        """The result of `function`; what it raises is raised here. `caller` is who asks; without it nobody in particular.

        Raises:
            TooBusy: the queue is full, or its turn did not come in time.
            TookTooLong: the time is over. A function already begun cannot be stopped: it keeps its place until it ends, so
                that late ones do not pile up.
            TooManyOfOne: too many of this caller's wait or run.
        """
        if self.waiting >= self._most_waiting:
            raise TooBusy
        if caller and len(self._queues.get(caller, ())) + self._running[caller] >= self._most_of_one:
            raise TooManyOfOne(self._most_of_one)
        self.waiting += 1
        job = _Job(function, caller, heavy, asyncio.get_running_loop().create_future())
        self._queues.setdefault(caller, deque()).append(job)
        self._start()
        done, _ = await asyncio.wait([job.done], timeout=self._seconds)
        if not done:
            raise TooBusy if self._forgotten(job) else TookTooLong
        result: Result = job.done.result()
        return result

    def _start(self) -> None:
        while self._busy < self._threads and (job := self._next()) is not None:
            self._busy += 1
            self._heavy += job.heavy
            self._running[job.caller] += 1
            running = asyncio.get_running_loop().run_in_executor(self._pool, job.function)
            running.add_done_callback(lambda found, job=job: self._ended(job, found))  # type: ignore[misc]

    def _next(self) -> _Job | None:
        """The next job that may run; its caller is the last in the next round."""
        for caller, queue in self._queues.items():
            alone = caller and self._threads > 1 and self._running[caller] >= self._threads - 1
            job = next((job for job in queue if not (job.heavy and self._heavy >= self._most_heavy)), None)
            if alone or job is None:
                continue
            self._taken_out(job)
            if caller in self._queues:
                self._queues[caller] = self._queues.pop(caller)
            return job
        return None

    def _taken_out(self, job: _Job) -> None:
        queue = self._queues[job.caller]
        queue.remove(job)
        if not queue:
            del self._queues[job.caller]

    def _forgotten(self, job: _Job) -> bool:
        """What has not begun when its time is over never does; whether that is so."""
        waits = job in self._queues.get(job.caller, ())
        if waits:
            self._taken_out(job)
            self.waiting -= 1
        job.done.cancel()
        return waits

    def _ended(self, job: _Job, found: asyncio.Future[Any]) -> None:
        self.waiting -= 1
        self._busy -= 1
        self._heavy -= job.heavy
        self._running[job.caller] -= 1
        if not self._running[job.caller]:
            del self._running[job.caller]
        # Looked at, so that a late failure is not reported as never retrieved.
        failed = None if found.cancelled() else found.exception()
        if not job.done.done():
            if found.cancelled():
                job.done.cancel()
            elif failed is not None:
                job.done.set_exception(failed)
            else:
                job.done.set_result(found.result())
        self._start()

    def close(self) -> None:
        """Take no more work; what runs may end."""
        self._queues.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)
