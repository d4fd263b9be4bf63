"""NDJSON: a profile in every line, plain or gzip."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, cast

from ...errors import UsageError
from ...reading.bounded import MOST_TEXT, open_file
from ...reading.json_text import loads
from ..entry import Entry, Reject

_GZIP = b"\x1f\x8b"
_PIECE = 1024 * 1024


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """A file of lines, unpacked where it is compressed.

    Raises:
        UsageError: it cannot be opened.
    """
    with ExitStack() as open_files:
        try:
            stream = open_files.enter_context(open_file(path))
            packed = stream.read(2) == _GZIP
            stream.seek(0)
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}") from None
        if packed:
            yield cast("IO[bytes]", open_files.enter_context(gzip.GzipFile(fileobj=stream)))
        else:
            yield stream


def first_object(path: Path) -> Any:
    """What stands in the first line that is not empty; None where that is not JSON."""
    with opened(path) as stream:
        for _, text in _lines(stream, path):
            try:
                return loads(text.decode("utf-8")) if text is not None else None
            except (ValueError, RecursionError):
                return None
    return None


class ProfileLines:
    """One file. `as_of_column` is the key under which a line says the days to judge on."""

    def __init__(self, path: Path, as_of_column: str | None) -> None:
        self.files: tuple[Path, ...] = (path,)
        self._path, self._as_of_column = path, as_of_column

    def count(self) -> int:
        with opened(self._path) as stream:
            return sum(1 for _ in _lines(stream, self._path))

    def entries(self) -> Iterator[Entry]:
        with opened(self._path) as stream:
            for number, text in _lines(stream, self._path):
                yield self._entry(f"{self._path}:{number}", text)

    def _entry(self, place: str, text: bytes | None) -> Entry:
        if text is None:
            return Entry(place, Reject("", place, f"the line is longer than {MOST_TEXT // 1024**2} MiB", "too-large"))
        try:
            profile = loads(text.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            return Entry(
                place, Reject("", place, f"the line is not JSON: {str(error).splitlines()[0]}", "not-readable")
            )
        if not isinstance(profile, dict):
            return Entry(place, Reject("", place, "the line is not a profile (a JSON object)", "bad-value"))
        days = profile.pop(self._as_of_column, None) if self._as_of_column is not None else None
        return Entry(place, profile, days)


def _lines(stream: IO[bytes], path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Every line that holds anything, with its number; None in the place of one that is too long.

    Raises:
        UsageError: the file cannot be read to its end.
    """
    number = 0
    try:
        while text := stream.readline(MOST_TEXT):
            number += 1
            too_long = len(text) == MOST_TEXT and not text.endswith(b"\n")
            while too_long and (rest := stream.readline(_PIECE)):
                if rest.endswith(b"\n"):
                    break
            text = text.removeprefix(b"\xef\xbb\xbf") if number == 1 else text
            if text.strip():
                yield number, None if too_long else text
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path} cannot be read after line {number:,}: {reason}; the file may be cut off") from None
