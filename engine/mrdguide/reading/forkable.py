"""Locks that a fork finds free: a child never waits for a thread that it does not have, nor finds work half done."""

from __future__ import annotations

import os
import time
from itertools import count
from threading import Lock
from types import TracebackType
from weakref import ReferenceType, ref

# What is done under these locks takes milliseconds. One that is held for so long is left to its holder.
_LONGEST_SECONDS = 10.0
_PAUSE_SECONDS = 0.0005

_ALL: dict[int, ReferenceType[ForkableLock]] = {}
_NUMBERS = count()
_held_for_a_fork: list[ForkableLock] = []


class ForkableLock:
    """A lock for `with`. While the process is forked, the forking thread holds it, so that no other one does."""

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self._lock = Lock()
        # Those that are gone are left out here and not by a callback of the reference, which an interrupt would break off.
        for number, found in list(_ALL.items()):
            if found() is None:
                _ALL.pop(number, None)
        _ALL[next(_NUMBERS)] = ref(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def try_to_take(self) -> bool:
        """Whether it was free; then it is held from now on."""
        return self._lock.acquire(blocking=False)

    def give_back(self) -> None:
        self._lock.release()

    def renew(self) -> None:
        """Make it free in a child, whoever held it in the parent."""
        self._lock = Lock()


def _before_a_fork() -> None:
    """Take all locks at one time: one that is not free has the others given back, so that its holder can go on."""
    deadline = time.monotonic() + _LONGEST_SECONDS
    while True:
        taken = [lock for lock in _alive() if lock.try_to_take()]
        if len(taken) == len(_alive()) or time.monotonic() > deadline:
            _held_for_a_fork[:] = taken
            return
        for lock in taken:
            lock.give_back()
        time.sleep(_PAUSE_SECONDS)


def _in_the_parent() -> None:
    for lock in _held_for_a_fork:
        lock.give_back()
    _held_for_a_fork.clear()


def _in_the_child() -> None:
    for lock in _alive():
        lock.renew()
    _held_for_a_fork.clear()


def _alive() -> list[ForkableLock]:
    return [lock for found in list(_ALL.values()) if (lock := found()) is not None]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_a_fork, after_in_parent=_in_the_parent, after_in_child=_in_the_child)
