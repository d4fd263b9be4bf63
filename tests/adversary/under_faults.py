"""Run one command under several faults of its surroundings, each in a fork of this process, which has imported everything.

Reads a list of runs as JSON from standard input (fault, arguments, typed, folder) and writes one of their ends (status,
out, err as latin-1) to standard output. The fork does with the streams what Python does when it starts and ends.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import mrdguide
from mrdguide.cli import main

# Python's own status where what is left in standard output cannot be written at its end.
_NOT_FLUSHED = 120


def run(fault: str, arguments: list[str], typed: str, folder: str) -> dict[str, Any]:
    """The status, and what came on standard output and on standard error."""
    out = Path(folder) / "out"
    told, err = os.pipe()  # a full disk takes no room from what is told
    (Path(folder) / "in").write_text(typed, encoding="utf-8")
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.chdir(Path(folder) / "own")
            _take_streams(fault, Path(folder) / "in", out, err)
            status = _ended(arguments)
        finally:
            os._exit(status)
    os.close(err)
    with open(told, encoding="latin-1", newline="") as stream:
        said = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {"status": status, "out": out.read_bytes().decode("latin-1") if out.exists() else "", "err": said}


def _take_streams(fault: str, given: Path, out: Path, err: int) -> None:
    files = [
        os.open(given, os.O_RDONLY),
        os.open("/dev/full", os.O_WRONLY) if fault == "full" else _broken_pipe() if fault == "pipe" else _new(out),
        err,
    ]
    closed = {"closed output": (1,), "closed input": (0,), "closed others": (0, 2)}.get(fault, ())
    for number, file in enumerate(files):
        if number in closed:
            os.close(number)
        else:
            os.dup2(file, number)
        os.close(file)
    encoding = fault.removeprefix("encoding ") if fault.startswith("encoding ") else "utf-8"
    sys.stdin, sys.stdout, sys.stderr = (
        None if number in closed else open(number, mode, encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115
        for number, mode, errors in ((0, "r", "strict"), (1, "w", "strict"), (2, "w", "backslashreplace"))
    )
    if fault == "small files":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    if fault.startswith("interrupt "):
        signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, float(fault.removeprefix("interrupt ")))


def _ended(arguments: list[str]) -> int:
    try:
        status = main(arguments)
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:
        if sys.stderr is not None:
            traceback.print_exc()
        status = 1
    signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except (OSError, ValueError):
        status = _NOT_FLUSHED
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    return status


def _new(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def _broken_pipe() -> int:
    read, write = os.pipe()
    os.close(read)
    return write


if __name__ == "__main__":
    mrdguide.load_rules()
    print(json.dumps([run(**item) for item in json.load(sys.stdin)]))
