"""Files and streams as bytes, never more of them than is said here: whatever is named as input ends."""

from __future__ import annotations

import os
import stat
import zlib
from errno import EFBIG, EINVAL, EISDIR
from typing import IO

# A profile, a rule file or a table; and a FHIR record, packed or not. Each is many times the largest that anybody has.
MOST_TEXT, MOST_RECORD = 32 * 1024 * 1024, 256 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_PIECE = 1024 * 1024
# What the shell hands over by name is open already, and comes to its end.
_HANDED_OVER = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")


def read_bytes(path: str | os.PathLike[str], most: int = MOST_TEXT) -> bytes:
    """The bytes of a file.

    Raises:
        OSError: it cannot be read, is larger than `most`, or is no file.
    """
    with open_file(path) as stream:
        return read_stream(stream, most)


def open_file(path: str | os.PathLike[str]) -> IO[bytes]:
    """An ordinary file (or what the shell has handed over), opened to be read.

    Raises:
        OSError: it cannot be opened, or is no file (a device, a pipe that nobody may ever write to).
    """
    name = os.fspath(path)
    # Not waiting for a writer, to see first what it is.
    opened = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    kind = os.fstat(opened).st_mode
    if not stat.S_ISREG(kind):
        if stat.S_ISDIR(kind) or not name.startswith(_HANDED_OVER):
            os.close(opened)
            raise OSError(
                *((EISDIR, os.strerror(EISDIR)) if stat.S_ISDIR(kind) else (EINVAL, "it is no ordinary file"))
            )
        if hasattr(os, "set_blocking"):
            os.set_blocking(opened, True)
    return open(opened, "rb")


def read_stream(stream: IO[bytes], most: int = MOST_TEXT) -> bytes:
    """All bytes of a stream.

    Raises:
        OSError: it cannot be read, or holds more than `most`.
    """
    found = bytearray()
    while piece := stream.read(_PIECE):
        found += piece
        if len(found) > most:
            raise OSError(EFBIG, f"it is larger than {_mebibytes(most)}")
    return bytes(found)


def unpacked(raw: bytes, most: int = MOST_RECORD) -> bytes:
    """What gzip holds; other bytes as they are. Never more than `most` bytes are made of it.

    Raises:
        OSError: it is no whole gzip, or holds more.
    """
    if not raw.startswith(_GZIP):
        return raw
    found = bytearray()
    while raw:
        reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            found += reader.decompress(raw, most + 1 - len(found))
        except zlib.error:
            raise OSError(EINVAL, "it is no whole gzip") from None
        if len(found) > most:
            raise OSError(EFBIG, f"it holds more than {_mebibytes(most)} when it is unpacked")
        if not reader.eof:
            raise OSError(EINVAL, "it is no whole gzip")
        raw = reader.unused_data.lstrip(b"\0")
    return bytes(found)


def _mebibytes(count: int) -> str:
    return f"{count // 1024 // 1024} MiB"
