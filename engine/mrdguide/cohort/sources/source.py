"""What every source has: its files, how many patients are in it where that is known beforehand, and its entries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from ..entry import Given


def stamp_of(path: Path) -> tuple[int, int]:
    """What tells a file from what stands in its place later: its size in bytes, and when it was written (nanoseconds).

    Raises:
        OSError: it is not there.
    """
    found = path.stat()
    return found.st_size, found.st_mtime_ns


class Source(Protocol):
    """One input, or several that belong together. `files` are what a fingerprint is made of."""

    files: tuple[Path, ...]

    def count(self) -> int | None:
        """How many entries there are; None where only reading all of it would tell."""

    def entries(self) -> Iterator[Given]:
        """The patients, in the same order every time.

        Raises:
            MrdguideError: the input as a whole cannot be read (a file that is cut off, a column of the wrong type).
        """
