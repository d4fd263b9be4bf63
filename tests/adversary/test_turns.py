"""One caller with heavy requests, and processes forked in the middle of things."""

from __future__ import annotations

import asyncio
import os
import threading
import time

import pytest

from mrdguide.reading.computed import computed
from mrdguide.reading.forkable import ForkableLock
from mrdguide.service.worker_pool import TooManyOfOne, Work


def test_heavy_requests_never_have_all_threads() -> None:
    async def story() -> None:
        work, gate = Work(4, 200, 30), threading.Event()
        held = [asyncio.ensure_future(work.run(gate.wait, caller="one", heavy=True)) for _ in range(8)]
        await asyncio.sleep(0)
        assert await work.run(lambda: "at once", caller="another") == "at once"
        assert await work.run(lambda: "its own as well", caller="one") == "its own as well"
        gate.set()
        assert await asyncio.gather(*held) == [True] * 8
        assert work.waiting == 0
        work.close()

    asyncio.run(story())


def test_one_caller_has_half_the_queue() -> None:
    async def story() -> None:
        work, gate = Work(2, 4, 30), threading.Event()
        held = [asyncio.ensure_future(work.run(gate.wait, caller="one")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyOfOne, match="at most 2 requests"):
            await work.run(lambda: "a third", caller="one")
        assert await work.run(lambda: "at once", caller="another") == "at once"
        gate.set()
        await asyncio.gather(*held)
        work.close()

    asyncio.run(story())


def test_a_process_forked_while_a_thread_computes_works() -> None:
    held, gate = threading.Event(), threading.Event()

    class Slow:
        @computed
        def value(self) -> int:
            if threading.current_thread() is not threading.main_thread():
                held.set()
                gate.wait(30)
            return 1

    thread = threading.Thread(target=lambda: Slow().value)
    thread.start()
    assert held.wait(30)
    child = os.fork()
    if child == 0:
        os._exit(0 if Slow().value == 1 else 1)
    ended, deadline = (0, 0), time.monotonic() + 20
    while ended == (0, 0) and time.monotonic() < deadline:
        time.sleep(0.02)
        ended = os.waitpid(child, os.WNOHANG)
    gate.set()
    thread.join()
    if ended == (0, 0):
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert ended == (child, 0)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_waits_for_what_is_done_under_a_lock_and_leaves_it_free() -> None:
    lock, begun = ForkableLock(), threading.Event()
    done: list[bool] = []

    def work() -> None:
        with lock:
            begun.set()
            time.sleep(0.1)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(30)
    child = os.fork()
    if child == 0:
        os._exit(0 if done and lock.try_to_take() else 1)
    thread.join()
    assert os.waitpid(child, 0) == (child, 0)
    with lock:
        assert not lock.try_to_take()
