"""Processes of their own that append to a record, and print the number of each entry once it is acknowledged."""

from __future__ import annotations

import os
import subprocess
import sys

_PROGRAM = """
import sys
import mrdguide
from mrdguide.record import DecisionStore
from tests.record import answer

url, count = sys.argv[1], int(sys.argv[2])
found = answer(mrdguide.load_rules())
with DecisionStore(url) as store:
    while count:
        print(store.append(found, "child").number, flush=True)
        count -= 1
"""
FOR_EVER = -1
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def appending(url: str, count: int) -> subprocess.Popen[str]:
    """A child that appends `count` entries."""
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, url, str(count)], stdout=subprocess.PIPE, text=True, cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([_ROOT, *sys.path])},
    )  # fmt: skip


def numbers_of(child: subprocess.Popen[str]) -> list[int]:
    """What a child printed until it ended. A last line without its end was cut off by a kill."""
    out, _ = child.communicate(timeout=120)
    return [int(line) for line in out.splitlines(keepends=True) if line.endswith("\n")]
