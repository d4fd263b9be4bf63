"""A process that calculates for a service: one task after another from standard input, results to standard output.

    python -P -m mrdguide.service.calculator_process         started by `calculators.py`, by nobody else

Python cannot stop a thread. A process can be killed at any moment, and its work delays no thread of the service.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, cast

from ..errors import MrdguideError
from .calculator_frames import READY, Kept, Orders, Reply, received, send
from .reports import Reports
from .tasks import Tasks
from .wiring import make_store, rules_of, shelf_of

# Small requests, which the service calculates itself, come first.
_NICER = 5


class HandedBack:
    """A shelf whose rows go back with the reply."""

    def __init__(self) -> None:
        self.rows: list[Kept] = []

    def add(self, key: str, expires: float, now: float, content: bytes = b"", *, most: int | None = None) -> bool:
        self.rows.append(Kept(key, expires, now, content, most))
        return True

    def find(self, _key: str, _now: float) -> bytes | None:
        return None


def main() -> int:
    """Calculate until the service is gone."""
    # Whatever else writes to standard output must not get between the replies.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(_NICER)
    inbox: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_listen, args=(sys.stdin.buffer, inbox), daemon=True).start()
    orders = cast(Orders, inbox.get())
    outcomes: list[str] = []
    handed_back = HandedBack()
    try:
        tasks = _tasks(orders, outcomes, handed_back)
    except MrdguideError as error:
        print(f"mrdguide: {error}", file=sys.stderr)
        send(replies, Reply(None, portable(error), (), ()))
        return 1
    send(replies, READY)
    gc.collect()
    gc.freeze()
    while True:
        name, body = inbox.get()
        outcomes.clear()
        handed_back.rows.clear()
        send(replies, _done(tasks, name, body, outcomes, handed_back))


def _listen(stream: IO[bytes], inbox: SimpleQueue[Any]) -> None:
    """Take in tasks; once the service is gone there is nobody to calculate for."""
    while True:
        try:
            inbox.put(received(stream))
        except (EOFError, OSError):
            os._exit(0)


def _tasks(orders: Orders, outcomes: list[str], handed_back: HandedBack) -> Tasks:
    settings = orders.settings
    rules = rules_of(settings, orders.rules_hash)
    store = make_store(settings)
    shelf = shelf_of(store) or handed_back
    reports = Reports(shelf, settings.most_reports, settings.report_seconds)
    return Tasks(settings, rules, reports, outcomes.append, store)


def _done(tasks: Tasks, name: str, body: bytes, outcomes: list[str], handed_back: HandedBack) -> Reply:
    result, raised = None, None
    try:
        result = getattr(tasks, name)(body)
    except Exception as error:
        raised = portable(error)
    return Reply(result, raised, tuple(outcomes), tuple(handed_back.rows))


def portable(error: Exception) -> Exception:
    """The error, or where it cannot be carried to another process its name in one that can."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return (MrdguideError if isinstance(error, MrdguideError) else RuntimeError)(type(error).__name__)
    return error


if __name__ == "__main__":
    sys.exit(main())
