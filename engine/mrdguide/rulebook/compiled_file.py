"""The file in which the shipped rules and evidence are kept compiled, and when it may be used.

It lies in the package, where the wheel has it and a checkout writes it at first use: whoever can write there can change the
program itself, so nobody else can slip in rules. It is data (JSON), never code. Its first line is the fingerprint of the
rules, the evidence and the program that made it, its second a hash of the rest; where either does not fit, where the file is
cut short, or where it may be written by more people than the program, it counts as not there.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from ..reading.frozen import frozen
from ..reading.shipped import folder

# The layout of the file; another one has another number.
_LAYOUT = b"3"
_PACKAGE = Path(__file__).resolve().parents[1]
# What the compiled form rests on: reading, validating and deciding, not what is said about an answer.
_ROOMS = ("reading", "patient", "evidence", "case", "logic", "rulefiles", "decide", "rulebook")
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
# A program file changed after this may not be what runs in this process; clocks of file systems count in up to two seconds.
_BEGUN = time.time() - 2


@frozen
class ShippedFiles:
    """The files of the shipped rules, by their path below the folder, and the fingerprint of everything that is compiled."""

    rules: dict[str, bytes]
    fingerprint: str


def shipped_files() -> ShippedFiles | None:
    """The shipped files as they are now; None where some cannot be read."""
    try:
        rules = _contents(folder("rules"))
        parts = [_LAYOUT, _hash_of(rules), _hash_of(_contents(folder("evidence"))), _program()]
    except OSError:
        return None
    return ShippedFiles(rules, hashlib.sha256(b"\0".join(parts)).hexdigest())


def read(fingerprint: str) -> list[bytes] | None:
    """The parts that were written for this fingerprint, each as JSON; None where there is no such file, or none that may be
    used."""
    try:
        with place().open("rb") as file:
            if not _as_safe_as_the_program(os.fstat(file.fileno())):
                return None
            header, found, body = file.readline(), file.readline(), file.read()
    except OSError:
        return None
    if header != fingerprint.encode() + b"\n" or found != hashlib.sha256(body).hexdigest().encode() + b"\n":
        return None
    return body.split(b"\n")


def can_be_written() -> bool:
    """Whether it is worth making what would be written."""
    folder_of_it = place().parent
    return os.access(folder_of_it if folder_of_it.is_dir() else folder_of_it.parent, os.W_OK)


def write(fingerprint: str, parts: Sequence[Any]) -> None:
    """Keep parts for the next process. Where that cannot be done (a read-only folder, a full disk), nothing is kept: the
    rules are read from their own files then. Nor is it where the program has been changed since it was started."""
    if _changed_since(_BEGUN):
        return
    target = place()
    partial = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with suppress(OSError):
        target.parent.mkdir(mode=0o755, exist_ok=True)
        try:
            partial.write_bytes(content(fingerprint, parts))
            partial.chmod(0o644)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)


def _changed_since(moment: float) -> bool:
    with suppress(OSError):
        return any(os.stat(path).st_mtime > moment for room in _ROOMS for path in _files(str(_PACKAGE / room)))
    return True


def content(fingerprint: str, parts: Sequence[Any]) -> bytes:
    """The bytes of the file."""
    texts = (json.dumps(part, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for part in parts)
    body = "\n".join(texts).encode()
    return b"\n".join([fingerprint.encode(), hashlib.sha256(body).hexdigest().encode(), body])


def place() -> Path:
    """Where the file is, or would be."""
    return _PACKAGE / "shipped" / "compiled.json"


def _as_safe_as_the_program(status: os.stat_result) -> bool:
    """Whether nobody can have written the file but those who can write the program."""
    program = _own_status()
    return (
        stat.S_ISREG(status.st_mode)
        and status.st_uid in {program.st_uid, *_own_user()}
        and not status.st_mode & ~program.st_mode & _WRITABLE_BY_OTHERS
    )


@cache
def _own_status() -> os.stat_result:
    return os.stat(__file__)


def _own_user() -> tuple[int, ...]:
    # Windows has neither owners nor modes of this kind.
    return (os.geteuid(), 0) if hasattr(os, "geteuid") else ()


@cache
def _program() -> bytes:
    """A hash of the program's own files, as far as the compiled form rests on them. They are imported already, so it is
    worked out once in a process."""
    found = hashlib.sha256()
    for room in _ROOMS:
        found.update(_hash_of(_contents(_PACKAGE / room)))
    return found.digest()


def _hash_of(files: dict[str, bytes]) -> bytes:
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(f"{name}\0{len(files[name])}\0".encode())
        found.update(files[name])
    return found.digest()


def _contents(above: Path) -> dict[str, bytes]:
    """Every file of a folder by its path in it, without what Python compiles there."""
    return {path.removeprefix(f"{above}{os.sep}").replace(os.sep, "/"): _read(path) for path in _files(str(above))}


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.read()


def _files(above: str) -> Iterator[str]:
    with os.scandir(above) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            elif not entry.name.endswith((".pyc", "~")):
                yield entry.path
