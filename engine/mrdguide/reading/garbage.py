"""Reading much at once without looking for garbage in between.

What is read makes many objects and none that refer to each other in circles; looking for such ones goes through all of the
parsed data every time, and took a third of the time of a large chart.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

_paused: list[object] = []


@contextmanager
def not_collected() -> Iterator[None]:
    """Within it Python does not look for garbage. Afterwards it does, where it did before; a child forked meanwhile does at once."""
    if not gc.isenabled() and not _paused:
        yield  # the program has its own reasons
        return
    mark = object()
    _paused.append(mark)
    gc.disable()
    try:
        yield
    finally:
        # A child forked meanwhile has none left.
        if mark in _paused:
            _paused.remove(mark)
        if not _paused:
            gc.enable()


def _in_the_child() -> None:
    if _paused:
        _paused.clear()
        gc.enable()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_the_child)
