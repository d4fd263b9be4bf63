"""Evaluations beside the event loop: a few threads, a bounded queue, a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


class TooBusy(Exception):
    """More is waiting than may wait, or the answer took too long."""


class Work:
    """Runs functions in threads. To be used from one event loop."""

    def __init__(self, threads: int, most_waiting: int, seconds: float) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="mrdguide")
        self._most_waiting, self._seconds = most_waiting, seconds
        self.waiting = 0

    async def run(self, function: Callable[[], Result]) -> Result:
        """The result of `function`; what it raises is raised here.

        Raises:
            TooBusy: the queue is full, or the time is over. A function already begun cannot be stopped: it keeps its
                place until it ends, so that late ones do not pile up.
        """
        if self.waiting >= self._most_waiting:
            raise TooBusy
        self.waiting += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, function)
        future.add_done_callback(self._ended)
        done, _ = await asyncio.wait([future], timeout=self._seconds)
        if not done:
            future.cancel()
            raise TooBusy
        return future.result()

    def _ended(self, future: asyncio.Future[Result]) -> None:
        self.waiting -= 1
        if not future.cancelled():
            future.exception()  # looked at, so that a late failure is not reported as never retrieved

    def close(self) -> None:
        """Take no more work; what runs may end."""
        self._pool.shutdown(wait=False, cancel_futures=True)
