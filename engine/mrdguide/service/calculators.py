"""Processes that calculate what may take long, each of which can be killed when its time is over."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Lock, Timer
from typing import IO, Any, cast

from ..errors import RecordError
from .calculator_frames import Orders, Reply, received, send
from .reports import Shelf
from .settings import Settings
from .worker_pool import TookTooLong

_COMMAND = (sys.executable, "-P", "-m", "mrdguide.service.calculator_process")


class BrokeOff(Exception):
    """The process of a calculation ended before it was done, by nobody's wish: out of memory, perhaps."""


class CannotStart(Exception):
    """No process that calculates can be started, because rules or settings are no longer those of the service."""


class Calculators:
    """As many processes as there are calculations at one time, started when they are needed first. Thread-safe.

    `recommended` is told of every outcome, `shelf` keeps the reports of a service without a record.
    """

    def __init__(self, settings: Settings, rules_hash: str, recommended: Callable[[str], None], shelf: Shelf) -> None:
        self._orders = Orders(settings, rules_hash)
        self._recommended, self._shelf = recommended, shelf
        self._idle: LifoQueue[_Calculator] = LifoQueue()
        self._all: set[_Calculator] = set()
        self._lock = Lock()

    def run(self, task: str, body: bytes, deadline: float) -> Any:
        """The result of a task of `Tasks`, worked out by another process; what it raises is raised here.

        Raises:
            TookTooLong: `deadline` (of `time.monotonic`) has come; the process was killed.
            BrokeOff: the process ended by itself.
            CannotStart: none can be started; why stands in the log.
            RecordError: none can be started, because the database of the record refuses.
        """
        while (calculator := self._idle_one()) is not None:
            try:
                return self._asked(calculator, task, body, deadline)
            except _NotGiven:
                continue  # killed by the system while it was idle; what it was not given whole it did not do
        try:
            return self._asked(self._started(deadline), task, body, deadline)
        except _NotGiven:
            raise BrokeOff from None

    def close(self) -> None:
        """Kill all of them."""
        with self._lock:
            for calculator in self._all:
                calculator.kill()
            self._all.clear()

    def _asked(self, calculator: _Calculator, task: str, body: bytes, deadline: float) -> Any:
        reply = self._reply(calculator, (task, body), deadline)
        self._idle.put(calculator)
        return self._taken(reply)

    def _reply(self, calculator: _Calculator, value: object, deadline: float) -> Reply:
        """What it answers; one that does not is no longer there afterwards."""
        try:
            return calculator.ask(value, deadline)
        except BaseException:
            self._dropped(calculator)
            raise

    def _dropped(self, calculator: _Calculator) -> None:
        calculator.kill()
        with self._lock:
            self._all.discard(calculator)

    def _taken(self, reply: Reply) -> Any:
        for outcome in reply.outcomes:
            self._recommended(outcome)
        for row in reply.kept:
            self._shelf.add(row.key, row.expires, row.now, row.content, most=row.most)
        if reply.raised is not None:
            raise reply.raised
        return reply.result

    def _idle_one(self) -> _Calculator | None:
        try:
            return self._idle.get_nowait()
        except Empty:
            return None

    def _started(self, deadline: float) -> _Calculator:
        calculator = _Calculator()
        with self._lock:
            self._all.add(calculator)
        raised = self._reply(calculator, self._orders, deadline).raised
        if raised is not None:
            self._dropped(calculator)
            raise raised if isinstance(raised, RecordError) else CannotStart(str(raised))
        return calculator


class _NotGiven(Exception):
    """The process was gone before it had the task."""


class _Calculator:
    """One process, used by one thread at a time; `asked` says whether it has all of what it was asked last."""

    asked = False

    def __init__(self) -> None:
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path},
            # An interrupt at the terminal is for the service; this process ends when its standard input does.
            start_new_session=True,
        )  # fmt: skip
        self._to, self._from = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)

    def ask(self, value: object, deadline: float) -> Reply:
        self.asked = False
        timer = Timer(max(0.0, deadline - time.monotonic()), self._process.kill)
        timer.start()
        try:
            send(self._to, value)
            self.asked = True
            return cast(Reply, received(self._from))
        except (EOFError, OSError, ValueError):  # a ValueError where the service is closed meanwhile
            if time.monotonic() >= deadline:
                raise TookTooLong from None
            raise BrokeOff if self.asked else _NotGiven from None
        finally:
            timer.cancel()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._to, self._from):
            try:
                stream.close()
            except OSError:
                continue  # not everything written was taken
