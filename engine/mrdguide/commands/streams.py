"""The standard streams as a command finds them: closed, full, broken, of another encoding. One line and a status, always."""

from __future__ import annotations

import io
import os
import sys
from errno import EBADF
from typing import Any

# As in sysexits.h: what was worked out could not be written.
CANNOT_WRITE = 74


class _Closed(io.RawIOBase):
    """In the place of a stream that was closed before the command began: using it is an error, not a traceback."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._told = f"{name} is closed"

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def readinto(self, _buffer: Any) -> int:
        raise OSError(EBADF, self._told)

    def write(self, _data: Any) -> int:
        raise OSError(EBADF, self._told)


def make_usable() -> None:
    """See to it that all three are there, and that a terminal that cannot show a character shows another in its place."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        # A file that is opened next would get the number of the closed stream, and what is meant for people be in it.
        for number in range(3):
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_Closed("standard input")), encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_Closed("standard output")), encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def give_up_output() -> None:
    """Nothing more can be written: what is left is dropped, so that the end of the process does not try again."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        # Not a stream of the process, or one that was closed: what would write it later is nobody.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def tell_cannot_write(error: OSError) -> None:
    """One line on standard error, if that can still be written."""
    try:
        print(f"mrdguide: cannot write: {error.strerror or error}", file=sys.stderr, flush=True)
    except OSError:
        return
